"""MkDocs hook: runs the pages before a build, hands MkDocs Markdown with outputs in place.

`mkdocs build` of English, the language of mkdocs.yml, builds the other languages below it.
"""

import itertools
import re
import shutil
import sys
from base64 import b64decode
from pathlib import Path
from urllib.parse import urlsplit

from mkdocs.commands.build import build
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File
from mkdocs_jupyter.config import settings as jupyter

sys.path.insert(0, str(Path(__file__).parents[1]))  # MkDocs loads a hook by its path alone

from livedocs import figures  # noqa: E402
from livedocs.build import configuration  # noqa: E402
from livedocs.config import Project  # noqa: E402
from livedocs.errors import PageError  # noqa: E402
from livedocs.includes import stamp  # noqa: E402
from livedocs.notebook import drawings  # noqa: E402
from livedocs.pages import LANGUAGES  # noqa: E402
from livedocs.run import RunError  # noqa: E402
from livedocs.site import NOTEBOOK_TITLE, Course, chapters  # noqa: E402
from livedocs.store import write_atomically  # noqa: E402

STYLE_OR_SCRIPT = re.compile(r"<(style|script)[^>]*>.*?</\1>", re.DOTALL)
FIGURE = re.compile(r'<img alt="([^"]*)" src="data:image/svg\+xml;base64,([^"]*)"\s*/?>')
HEADING = re.compile(r'<h(?P<level>[1-6])[^>]* id="(?P<id>[^"]*)".*?</h(?P=level)>', re.DOTALL)
NO_PROSE = re.compile(  # code, outputs and tags: no formulas in there
    r'(<pre.*?</pre>|<code.*?</code>|<div id="cell-\d+" class="clipboard-copy-txt">.*?</div>'
    r'|<div[^>]* data-mime-type="text/html".*?</div>|<svg.*?</svg>|<[^>]*>)',
    re.DOTALL,
)

jupyter.templates_dir = str(Path(__file__).with_name("nbconvert"))
course: Course | None = None  # of the build in progress; English makes it, Chinese uses it
serving = False
served: dict[Path, set] = {}  # under `mkdocs serve`: folders of the other languages, their sources


def _language(config: MkDocsConfig) -> str:
    return Path(config.docs_dir).name


def _folder(language: str) -> str:
    """Where the pages of a language are, below the root of the site."""
    return "" if language == LANGUAGES[0] else f"{language}/"


@event_priority(100)  # before the search plugin reads its dictionary
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    global course
    if _language(config) == LANGUAGES[0]:
        try:
            course = Course(Project(Path(config.config_file_path).parent))
        except (PageError, RunError) as error:
            raise PluginError(f"\n{error}") from None
        course.root = urlsplit(config.site_url or "").path or "/"
    for alternate in config.extra["alternate"]:  # for 404.html; each page names its own twin
        alternate["link"] = course.root + _folder(alternate["lang"])
    config.plugins["material/search"].config.jieba_dict_user = str(course.dictionary())
    return config


@event_priority(100)  # before mkdocs-jupyter wraps the notebooks
def on_files(files, config: MkDocsConfig):
    language, project = _language(config), course.project
    for path in sorted((project.docs / "assets").rglob("*")):
        if path.is_file():
            files.append(_file(path.relative_to(project.docs).as_posix(), project.docs, config))
    for name, text in course.generated(language).items():
        files.append(File.generated(config, name, content=text))
    folder = project.cache / "notebooks" / language
    sheets = [project.docs / sheet for sheet in config.extra_css]
    css = "".join(sheet.read_text(encoding="utf-8") for sheet in sheets if sheet.is_file())
    for chapter in chapters(project):
        name = f"{chapter}/notebook.ipynb"
        notebook = course.notebook(chapter, language, config.site_url or "")
        write_atomically(folder / name, notebook)
        files.append(_file(name, folder, config))
        for number, svg in enumerate(drawings(notebook), 1):
            figure = figures.standalone(svg, figures.style_sheet(css), language)
            uri = f"{chapter}/notebook/figure-{number}.svg"
            files.append(File.generated(config, uri, content=figure))
    return files


def _file(uri: str, folder: Path, config: MkDocsConfig) -> File:
    return File(uri, str(folder), config.site_dir, config.use_directory_urls)


def on_nav(nav, config: MkDocsConfig, files):
    language = _language(config)
    for section in nav.items:
        if section.is_section:
            chapter = section.title
            section.title = course.title(chapter, language)
            for page in section.children:
                if page.file.src_uri.endswith(".ipynb"):
                    page.title = NOTEBOOK_TITLE[language]
    return nav


def on_page_markdown(markdown: str, page, config: MkDocsConfig, files) -> str:
    name = page.file.src_uri.removesuffix(".md")
    return course.markdown.get((name, _language(config)), markdown)


def on_page_content(content: str, page, config: MkDocsConfig, files) -> str:
    """Notebook pages: no styles or scripts of their own, all else as on other pages."""
    if not page.file.src_uri.endswith(".ipynb"):
        return content
    page.meta["search"] = {"exclude": True}  # it repeats the pages of its chapter
    numbers = itertools.count(1)
    content = FIGURE.sub(
        lambda m: _lazy(f"figure-{next(numbers)}.svg", *m.groups()),
        STYLE_OR_SCRIPT.sub("", content),
    )
    title = config.mdx_configs["toc"]["permalink_title"]
    content = content.replace('class="anchor-link"', f'class="headerlink" title="{title}"')
    parts = NO_PROSE.split(content)
    parts[::2] = [_formulas(part) for part in parts[::2]]
    return _with_ids("".join(parts), _anchors(page.toc))


def _lazy(name: str, alt: str, data: str) -> str:
    """A figure that is loaded when it comes into view."""
    size = figures.size(b64decode(data).decode("utf-8", "replace"))
    room = "".join(f' {name}="{value}"' for name, value in size.items())
    return f'<img alt="{alt}" src="{name}"{room} loading="lazy">'


def _anchors(items) -> list[str]:
    """The ids of a table of contents, in reading order."""
    return [anchor for item in items for anchor in [item.id, *_anchors(item.children)]]


def _with_ids(content: str, ids: list[str]) -> str:
    """The headings with the ids that the table of contents links to."""
    left = iter(ids)

    def renamed(match):
        identity = next(left, match["id"])
        return (
            match[0]
            .replace(f'id="{match["id"]}"', f'id="{identity}"')
            .replace(f'href="#{match["id"]}"', f'href="#{identity}"')
        )

    return HEADING.sub(renamed, content)


def _formulas(text: str) -> str:
    text = re.sub(r"\$\$(.+?)\$\$", r'<span class="arithmatex">\\[\1\\]</span>', text, flags=re.S)
    return re.sub(r"\$([^$\n]+)\$", r'<span class="arithmatex">\\(\1\\)</span>', text)


def on_page_context(context, page, config: MkDocsConfig, nav):
    """The language switch leads to this page's twin."""
    for alternate in config.extra["alternate"]:
        alternate["link"] = course.root + _folder(alternate["lang"]) + page.url
    return context


def on_post_build(config: MkDocsConfig) -> None:
    if _language(config) != LANGUAGES[0]:
        return
    for language in LANGUAGES[1:]:
        if serving:
            _serve(language, config)
        else:
            _build(language, Path(config.site_dir, language), config)


def _build(language: str, folder: Path, config: MkDocsConfig) -> None:
    overlay = config.extra.get("overlay", {})
    build(configuration(course.project, language, folder, config.strict, overlay))


def _serve(language: str, config: MkDocsConfig) -> None:
    """Build a language beside the served folder, and again only if its sources have changed."""
    site = Path(config.site_dir)
    folder = site.with_name(f"{site.name}-{language}")
    sources = _sources(course.project, language)
    if served.get(folder) != sources:
        _build(language, folder, config)
        served[folder] = sources
    if not (site / language).is_symlink():
        (site / language).symlink_to(folder)


def _sources(project: Project, language: str) -> set[tuple]:
    """Stamps of all files but the pages of the other languages."""
    roots = [project.docs, project.snippets, project.root / "livedocs"]
    files = [project.root / "mkdocs.yml", *(path for root in roots for path in root.rglob("*"))]
    others = [project.docs / other for other in LANGUAGES if other != language]
    return {
        stamp(path)
        for path in files
        if path.is_file() and not any(path.is_relative_to(other) for other in others)
    }


def on_startup(command: str, dirty: bool) -> None:
    global serving
    serving = command == "serve"


def on_shutdown() -> None:
    for folder in served:
        shutil.rmtree(folder, ignore_errors=True)
