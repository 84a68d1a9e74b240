"""MkDocs hook: the place of a section in its chapter, its code to take away, its terms explained.

Each section gets its code as a script beside it; theme/main.html shows what `reading` holds.
"""

from pathlib import Path
from types import SimpleNamespace

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File
from mkdocs.utils import get_relative_url

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

scripts: dict[str, str] = {}  # of the language in progress: file names by page
terms: Terms | None = None  # of the language in progress


def _course(config: MkDocsConfig) -> Course:
    return config.hooks["livedocs/hook.py"].course


def on_files(files, config: MkDocsConfig):
    global terms
    course, language = _course(config), Path(config.docs_dir).name
    terms = Terms(course.glossary.terms, language)
    scripts.clear()
    for names in chapters(course.project).values():
        for name in names[1:]:
            outcome, stem = course.outcomes[name], name.rpartition("/")[2]
            if text := page_script(outcome.lesson.pages[language], outcome.result):
                scripts[name] = f"{stem}.py"
                files.append(File.generated(config, f"{name}/{stem}.py", content=text))
    return files


@event_priority(-300)  # after the search has read the page: a link would cut its words
def on_page_context(context, page, config: MkDocsConfig, nav):
    course, language = _course(config), Path(config.docs_dir).name
    name = page.file.src_uri.removesuffix(".md")
    chapter = name.partition("/")[0]
    sections = chapters(course.project).get(chapter, [])[1:]
    if name in sections:
        page.content = terms.explain(page.content, get_relative_url("glossary/", page.url))
        words, place = WORDS[language], sections.index(name) + 1
        context["reading"] = {
            "chapter": course.title(chapter, language),
            "place": words["place"].format(place, len(sections)),
            "done": (place - 1, place, len(sections)),
            "script": scripts.get(name),
            "words": words,
        }
    for side in ("previous_page", "next_page"):
        if neighbour := getattr(page, side):
            title = _title(neighbour, course, language)
            setattr(page, side, SimpleNamespace(url=neighbour.url, title=title))
    return context


def _title(page, course: Course, language: str) -> str:
    """What the link to a neighbour says: of a chapter's first page and notebook, which chapter."""
    chapter, _, name = page.file.src_uri.partition("/")
    if name == "index.md":
        return course.title(chapter, language)
    if name == "notebook.ipynb":
        return WORDS[language]["as_notebook"].format(course.title(chapter, language))
    return page.title
