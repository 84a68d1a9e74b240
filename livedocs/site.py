"""The site of one language: its configuration, its pages with outputs, its notebooks."""

import copy
from pathlib import Path

from mkdocs.utils.yaml import yaml_load

from livedocs.config import Project
from livedocs.errors import PageError, did_you_mean
from livedocs.glossary import Glossary
from livedocs.notebook import chapter_notebook, write_notebook
from livedocs.pages import LANGUAGES
from livedocs.render import render
from livedocs.run import run_lessons

NOTEBOOK_TITLE = {"en": "As a notebook", "zh": "本章笔记本"}


def settings(project: Project, language: str) -> dict:
    """mkdocs.yml with what `extra.languages` says of a language laid over it."""
    with (project.root / "mkdocs.yml").open("rb") as file:
        raw = yaml_load(file)  # knows !ENV
    languages = raw["extra"].pop("languages")
    merged = merge(raw, languages[language])
    merged["docs_dir"] = f"docs/{language}"
    if language != LANGUAGES[0] and merged.get("site_url"):
        merged["site_url"] = f"{merged['site_url'].rstrip('/')}/{language}/"
    return merged


def merge(base: dict, over: dict) -> dict:
    """A copy of `base` with the values of `over`, mapping by mapping."""
    result = copy.deepcopy(base)
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = merge(result[key], value)
        else:
            result[key] = value
    return result


def chapters(project: Project) -> dict[str, list[str]]:
    """Section names of each chapter, index first, as the navigation orders them."""
    return {
        chapter: [path.removesuffix(".md") for path in paths if path.endswith(".md")]
        for entry in settings(project, LANGUAGES[0])["nav"]
        if isinstance(entry, dict)
        for chapter, paths in entry.items()
    }


def _check_navigation(project: Project) -> None:
    """Raises PageError if the navigation names a page or a chapter that does not exist."""
    path = project.root / "mkdocs.yml"
    lines = path.read_text(encoding="utf-8").splitlines()
    planned = settings(project, LANGUAGES[0])["extra"]["chapters"]
    for chapter, names in chapters(project).items():
        line = next((i for i, text in enumerate(lines, 1) if text.strip() == f"- {chapter}:"), 1)
        if chapter not in planned:
            hint = did_you_mean(chapter, planned)
            raise PageError(path, line, f"'{chapter}' is not in extra.chapters{hint}")
        if names[:1] != [f"{chapter}/index"]:
            raise PageError(path, line, f"the first page of a chapter is {chapter}/index.md")
        for name in names:
            if not (project.docs / LANGUAGES[0] / f"{name}.md").is_file():
                raise PageError(path, line, f"the navigation names {name}.md, which does not exist")


class Course:
    """All lessons with their results, and everything that is written from them.

    Raises PageError or RunError before anything is written.
    """

    def __init__(self, project: Project):
        self.project = project
        self.root = "/"  # path of the published site
        self.glossary = Glossary(project.docs / "glossary.yml")
        _check_navigation(project)
        self.outcomes = {o.lesson.name: o for o in run_lessons(project.lessons(), project.store)}
        self.markdown = {
            (name, language): render(page, outcome.result, self.glossary.labels(language))
            for name, outcome in self.outcomes.items()
            for language, page in outcome.lesson.pages.items()
        }

    def title(self, chapter: str, language: str) -> str:
        """`5. Gradient descent`: number among all planned chapters, title of the index page."""
        planned = settings(self.project, language)["extra"]["chapters"]
        page = self.outcomes[f"{chapter}/index"].lesson.pages[language]
        return f"{planned.index(chapter) + 1}. {page.title}"

    def notebook(self, chapter: str, language: str, base: str = "") -> str:
        """The notebook of a chapter as JSON text."""
        outcomes = [self.outcomes[name] for name in chapters(self.project)[chapter]]
        pages = [(outcome.lesson.pages[language], outcome.result) for outcome in outcomes]
        return write_notebook(chapter_notebook(pages, self.glossary.labels(language), base))

    def dictionary(self) -> Path:
        """A jieba user dictionary with the glossary's Chinese terms."""
        path = self.project.cache / "jieba.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(self.glossary.words()) + "\n", encoding="utf-8")
        return path
