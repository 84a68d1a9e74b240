"""The site of one language: its configuration, its pages with outputs, its notebooks."""

import copy
import os
from functools import lru_cache
from pathlib import Path

from mkdocs.utils.yaml import yaml_load

from livedocs import course_map
from livedocs.concordance import Concordance
from livedocs.config import Project
from livedocs.course_map import Chapter
from livedocs.errors import PageError, did_you_mean
from livedocs.glossary import read_glossary
from livedocs.includes import stamp
from livedocs.lessons import Lesson
from livedocs.memo import Memo
from livedocs.notebook import chapter_notebook, write_notebook
from livedocs.pages import LANGUAGES
from livedocs.render import render
from livedocs.run import Outcome, run_lessons, trim

NOTEBOOK_TITLE = {"en": "As a notebook", "zh": "本章笔记本"}


def settings(project: Project, language: str) -> dict:
    """mkdocs.yml with what `extra.languages` says of a language laid over it."""
    base = _configuration(project)
    merged = merge(base, base["extra"]["languages"][language])
    del merged["extra"]["languages"]
    merged["docs_dir"] = f"docs/{language}"
    if language != LANGUAGES[0] and merged.get("site_url"):
        merged["site_url"] = f"{merged['site_url'].rstrip('/')}/{language}/"
    return merged


def _configuration(project: Project) -> dict:
    """What mkdocs.yml says, not to be changed."""
    return _read(stamp(project.root / "mkdocs.yml"), tuple(sorted(os.environ.items())))


@lru_cache(maxsize=4)
def _read(stamp: tuple, environment: tuple) -> dict:
    with stamp[0].open("rb") as file:
        return yaml_load(file)  # knows !ENV


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
        for entry in _configuration(project)["nav"]
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


def plan(project: Project, lessons: dict[str, Lesson]) -> list[Chapter]:
    """All chapters in teaching order, those in the navigation and those still to be written.

    Raises PageError if nothing says what a chapter is called.
    """
    extra, written = settings(project, LANGUAGES[0])["extra"], chapters(project)
    found = []
    for number, name in enumerate(extra["chapters"], 1):
        if name in written:
            index = lessons[f"{name}/index"]
            titles = {language: page.title for language, page in index.pages.items()}
            source, needs = index.first.path, index.first.meta.get("needs")
        else:
            titles, source = extra.get("planned", {}).get(name, {}), project.root / "mkdocs.yml"
            if not set(LANGUAGES) <= set(titles):
                message = f"'{name}' is not in the navigation: extra.planned needs its titles"
                raise PageError(source, 1, message)
            needs = titles.get("needs")
        needs = tuple(map(str, needs)) if isinstance(needs, list) else ()
        found.append(Chapter(name, number, titles, needs, name in written, source))
    return found


_made: dict[tuple, tuple] = {}  # in this process, for `mkdocs serve`


def _once(place: tuple, sources: tuple, make):
    """What make() gave last time at this place, if it was made from the very same objects."""
    known = _made.get(place)
    if known and same(known[0], sources):
        return known[1]
    _made[place] = sources, make()
    return _made[place][1]


def same(sources: tuple, others: tuple) -> bool:
    """Whether they are the very same objects."""
    return len(sources) == len(others) and all(a is b for a, b in zip(sources, others))


class Course:
    """All lessons with their results, and everything that is written from them.

    Raises PageError or RunError before anything is written.
    """

    def __init__(self, project: Project):
        self.project = project
        self.root = "/"  # path of the published site
        glossary = project.docs / "glossary.yml"
        self.glossary = read_glossary(stamp(glossary))
        self.memo = Memo(project.cache / "rendered", glossary)
        _check_navigation(project)
        lessons = project.lessons()
        by_name = {lesson.name: lesson for lesson in lessons}
        self.plan = plan(project, by_name)
        for fault in course_map.faults(self.plan):
            raise fault
        in_order = [by_name[name] for names in chapters(project).values() for name in names]
        sets = settings(project, LANGUAGES[0])["extra"].get("notes", {})
        self.concordance = Concordance(project.docs / "notes.tsv", sets, self.plan, in_order)
        self.outcomes = self._run(lessons)
        self.markdown = {
            (name, language): self._rendered(outcome, language)
            for name, outcome in self.outcomes.items()
            for language in LANGUAGES
        }
        for language in LANGUAGES:
            home = self.markdown["index", language]
            self.markdown["index", language] = course_map.placed(home, self.plan, language)

    def _run(self, lessons: list[Lesson]) -> dict[str, Outcome]:
        known = {lesson.name: _made.get((self.project.root, lesson.name)) for lesson in lessons}
        new = [x for x in lessons if not known[x.name] or known[x.name][0][0] is not x]
        outcomes = {o.lesson.name: o for o in run_lessons(new, self.project.store)}
        trim(lessons, self.project.store)
        return {
            x.name: _once((self.project.root, x.name), (x,), lambda x=x: outcomes[x.name])
            for x in lessons
        }

    def _rendered(self, outcome: Outcome, language: str) -> str:
        """Markdown of a page with its outputs."""
        labels, name = self.glossary.labels(language), outcome.lesson.name
        return _once(
            (self.project.root, name, language),
            (outcome, labels),
            lambda: self.made(
                lambda: render(outcome.lesson.pages[language], outcome.result, labels),
                "page",
                [outcome],
                language,
            ),
        )

    def made(self, make, what: str, outcomes: list[Outcome], language: str, *inputs):
        """What make() makes of some outcomes in a language, or has made in an earlier build."""
        return self.memo(make, what, [o.digests[language] for o in outcomes], language, *inputs)

    def title(self, chapter: str, language: str) -> str:
        """`5. Gradient descent`: number among all chapters, title of the index page."""
        return next(c.label(language) for c in self.plan if c.name == chapter)

    def generated(self, language: str) -> dict[str, str]:
        """Pages that no author writes: Markdown by path."""
        return {
            "glossary.md": self.glossary.page(language),
            "concordance.md": self.concordance.page(language),
        }

    def sources(self, chapter: str, language: str) -> tuple:
        """What the notebook of a chapter is made from: its outcomes, the labels of figures."""
        names = chapters(self.project)[chapter]
        return (*(self.outcomes[name] for name in names), self.glossary.labels(language))

    def notebook(self, chapter: str, language: str, base: str = "") -> str:
        """The notebook of a chapter as JSON text."""
        *outcomes, labels = sources = self.sources(chapter, language)
        pages = [(outcome.lesson.pages[language], outcome.result) for outcome in outcomes]
        return _once(
            (self.project.root, chapter, language, base),
            sources,
            lambda: self.made(
                lambda: write_notebook(chapter_notebook(pages, labels, base)),
                "notebook",
                outcomes,
                language,
                base,
            ),
        )

    def dictionary(self) -> Path:
        """A jieba user dictionary with the glossary's Chinese terms."""
        path = self.project.cache / "jieba.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(self.glossary.words()) + "\n", encoding="utf-8")
        return path
