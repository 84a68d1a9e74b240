"""MkDocs hook: the place of a section in its chapter, its code to take away, its terms explained.

Each section gets its code as a script beside it; theme/main.html shows what `reading` holds.
"""

from functools import partial
from pathlib import Path
from types import SimpleNamespace

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File
from mkdocs.utils import get_relative_url

from livedocs.memo import Memo
from livedocs.script import page_script
from livedocs.site import Course, chapters
from livedocs.terms import Terms

WORDS = {
    "en": {
        "place": "section {} of {}",
        "script": "Download .py",
        "notebook": "Open the chapter as a notebook",
        "as_notebook": "{} (notebook)",
    },
    "zh": {
        "place": "第 {} 节，共 {} 节",
        "script": "下载 .py",
        "notebook": "打开本章笔记本",
        "as_notebook": "{}（笔记本）",
    },
}

scripts: dict[str, str] = {}  # of the language in progress: paths by page
terms: Terms | None = None  # of the language in progress
urls: dict[str, str] = {}  # of the language in progress, by source


def _course(config: MkDocsConfig) -> Course:
    return config.hooks["livedocs/hook.py"].course


def _memo(config: MkDocsConfig) -> Memo:
    return config.hooks["livedocs/conversion.py"].conversions.memo


def on_files(files, config: MkDocsConfig):
    global terms
    course, language = _course(config), Path(config.docs_dir).name
    terms = Terms(course.glossary.terms, language)
    scripts.clear()
    for names in chapters(course.project).values():
        for name in names[1:]:
            outcome, stem = course.outcomes[name], name.rpartition("/")[2]
            make = partial(page_script, outcome.lesson.pages[language], outcome.result)
            if text := course.made(make, "script", [outcome], language):
                scripts[name] = f"{name}/{stem}.py"
                files.append(File.generated(config, scripts[name], content=text))
    return files


def on_nav(nav, config: MkDocsConfig, files):
    urls.clear()
    urls.update({file.src_uri: file.url for file in files})
    return nav


@event_priority(-300)  # after the search has read the page: a link would cut its words
def on_page_context(context, page, config: MkDocsConfig, nav):
    course, language = _course(config), Path(config.docs_dir).name
    name = page.file.src_uri.removesuffix(".md")
    chapter = name.partition("/")[0]
    sections = chapters(course.project).get(chapter, [])[1:]
    if name in sections:
        words, place = WORDS[language], sections.index(name) + 1
        explain = partial(terms.explain, page.content, _link("glossary.md", page))
        page.content = _memo(config)(explain, "terms", *explain.args)
        context["reading"] = {
            "chapter": (_link(f"{chapter}/index.md", page), course.title(chapter, language)),
            "place": words["place"].format(place, len(sections)),
            "done": (place - 1, place, len(sections)),
            "script": _link(scripts.get(name), page),
            "notebook": _link(f"{chapter}/notebook.ipynb", page),
            "words": words,
        }
    for side in ("previous_page", "next_page"):
        if neighbour := getattr(page, side):
            title = _title(neighbour, course, language)
            setattr(page, side, SimpleNamespace(url=neighbour.url, title=title))
    return context


def _link(source: str | None, page) -> str | None:
    """From a page to what becomes of a source; None if it is not on the site."""
    return get_relative_url(urls[source], page.url) if source in urls else None


def _title(page, course: Course, language: str) -> str:
    """What the link to a neighbour says: of a chapter's first page and notebook, which chapter."""
    chapter, _, name = page.file.src_uri.partition("/")
    if name == "index.md":
        return course.title(chapter, language)
    if name == "notebook.ipynb":
        return WORDS[language]["as_notebook"].format(course.title(chapter, language))
    return page.title
