"""MkDocs hook: runs the pages before a build, hands MkDocs Markdown with outputs in place.

`mkdocs build` of English, the language of mkdocs.yml, builds the other languages below it.
"""

import itertools
import re
import sys
from base64 import b64decode
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from mkdocs.commands.build import build
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File
from mkdocs_jupyter.config import settings as jupyter

sys.path.insert(0, str(Path(__file__).parents[1]))  # MkDocs loads a hook by its path alone

from livedocs import figures  # noqa: E402
from livedocs.build import configuration  # noqa: E402
from livedocs.config import Project  # noqa: E402
from livedocs.errors import PageError  # noqa: E402
from livedocs.notebook import drawings  # noqa: E402
from livedocs.pages import LANGUAGES  # noqa: E402
from livedocs.run import RunError  # noqa: E402
from livedocs.serving import Serving  # noqa: E402
from livedocs.site import NOTEBOOK_TITLE, Course, chapters  # noqa: E402
from livedocs.store import write_atomically  # noqa: E402

STYLE_OR_SCRIPT = re.compile(r"<(style|script)[^>]*>.*?</\1>", re.DOTALL)
FIGURE = re.compile(r'<img alt="([^"]*)" src="data:image/svg\+xml;base64,([^"]*)"\s*/?>')
HEADING = re.compile(r'<h(?P<level>[1-6])[^>]* id="(?P<id>[^"]*)".*?</h(?P=level)>', re.DOTALL)
DISPLAYED = re.compile(r"<p>\s*\$\$([^$]+)\$\$\s*</p>")
NO_PROSE = re.compile(  # code, outputs and tags: no formulas in there
    r'(<pre.*?</pre>|<code.*?</code>|<div class="output-table">.*?</div>|<svg.*?</svg>|<[^>]*>)',
    re.DOTALL,
)

jupyter.templates_dir = str(Path(__file__).with_name("nbconvert"))
course: Course | None = None  # of the build in progress; English makes it, Chinese uses it
serving: Serving | None = None  # under `mkdocs serve`


def _language(config: MkDocsConfig) -> str:
    return Path(config.docs_dir).name


def _folder(language: str) -> str:
    """Where the pages of a language are, below the root of the site."""
    return "" if language == LANGUAGES[0] else f"{language}/"


def _course(project: Project, site_url: str | None) -> Course:
    try:
        made = Course(project)
    except (PageError, RunError) as error:
        raise PluginError(f"\n{error}") from None
    made.root = urlsplit(site_url or "").path or "/"
    return made


@event_priority(100)  # before the search plugin reads its dictionary
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    global course
    if _language(config) == LANGUAGES[0]:
        project = Project(Path(config.config_file_path).parent)
        if serving:
            serving.begin(LANGUAGES[0], project)
        course = _course(project, config.site_url)
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
        place = (chapter, language, config.site_url or "")
        notebook = serving.notebook(course, *place) if serving else course.notebook(*place)
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
    title = config.mdx_configs["toc"]["permalink_title"]
    memo, anchors = config.hooks["livedocs/conversion.py"].conversions.memo, _anchors(page.toc)
    return memo(
        partial(notebook_html, content, title, anchors), "notebook", content, title, anchors
    )


def notebook_html(content: str, title: str, anchors: list[str]) -> str:
    """A notebook as its page has it. title: of the links to headings; anchors: their ids."""
    numbers = itertools.count(1)
    content = FIGURE.sub(
        lambda m: _lazy(f"figure-{next(numbers)}.svg", *m.groups()),
        STYLE_OR_SCRIPT.sub("", content),
    )
    content = DISPLAYED.sub(r'<div class="arithmatex">\\[\1\\]</div>', content)
    content = content.replace('class="anchor-link"', f'class="headerlink" title="{title}"')
    parts = NO_PROSE.split(content)
    parts[::2] = [_formulas(part) for part in parts[::2]]
    return _with_ids("".join(parts), anchors)


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
    if serving:
        _serve_others(config)
        serving.complete(LANGUAGES[0])
        serving.done()
    else:
        for language in LANGUAGES[1:]:
            _build(config, language, Path(config.site_dir, language))
    course.memo.trim()


def _serve_others(config: MkDocsConfig) -> None:
    for language in LANGUAGES[1:]:
        build_one = partial(_build, config, language)
        serving.site(language, Path(config.site_dir), course.project, build_one)


def _build_others(config: MkDocsConfig) -> None:
    """Build what is behind where the first language is as it was."""
    global course
    try:
        course = _course(course.project, config.site_url)
        _serve_others(config)
    except PluginError as error:
        raise Abort(str(error)) from None  # which the server prints
    finally:
        serving.done()


def _build(config: MkDocsConfig, language: str, folder: Path) -> None:
    overlay = config.extra.get("overlay", {})
    build(configuration(course.project, language, folder, config.strict, overlay))


def on_startup(command: str, dirty: bool) -> None:
    global serving
    serving = Serving() if command == "serve" else None


def on_serve(server, config: MkDocsConfig, builder):
    serving.listen(server, course.project, partial(_build_others, config))
    return server


def on_build_error(error: Exception) -> None:
    if serving:
        serving.done()


def on_shutdown() -> None:
    if serving:
        serving.close()
