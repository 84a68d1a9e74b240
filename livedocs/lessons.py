"""A lesson: one page in every language, run once; the steps of that run and its key."""

import ast
import hashlib
import io
import json
import os
import re
import sys
import tokenize
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.metadata import version
from pathlib import Path

from livedocs.errors import PageError, relative
from livedocs.includes import stamp
from livedocs.pages import LANGUAGES, Cell, Page, expression, read_page

PACKAGES = ("torch", "torchvision", "numpy", "pandas", "scikit-learn", "matplotlib", "ipython")

# Variables that choose the images and the folder of the data, on pages that read them
DATASET, DATA = "NOTES_DATASET", "NOTES_DATA"


@dataclass(frozen=True)
class Lesson:
    """The pages of one name, by language. Their cells are the same."""

    name: str
    pages: dict[str, Page] = field(hash=False)

    @property
    def first(self) -> Page:
        return next(iter(self.pages.values()))

    @cached_property
    def steps(self) -> list[dict]:
        """What a run does, in order.

        {"code", "raises"} runs a cell; {"fields"} evaluates the inline expressions of all
        languages that stand before the next cell. Step i of the result belongs to step i.
        """
        steps = []
        gaps = zip(*(_gaps(page) for page in self.pages.values()))
        cells = [cell for cell in self.first.cells if cell.runs]
        for i, fields in enumerate(gaps):
            steps.append({"fields": sorted(set().union(*fields))})
            if i < len(cells):
                steps.append({"code": cells[i].code, "raises": cells[i].options.get("raises")})
        return steps

    @cached_property
    def key(self) -> str:
        """Hash of all that can change the result: code without comments, and the environment."""
        steps = [{**step, "code": _without_comments(step.get("code", ""))} for step in self.steps]
        text = json.dumps([steps, self.environment], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def environment(self) -> dict:
        """Everything outside the page that its outputs depend on."""
        code, facts = self._code, environment()
        if DATASET in code:
            facts = {**facts, "dataset": os.environ.get(DATASET, "digits")}
        if DATA in code:
            facts = {**facts, "data": _data_files()}
        return facts

    @cached_property
    def _code(self) -> str:
        return "".join(cell.code for cell in self.first.cells)

    @property
    def variables(self) -> tuple[tuple[str, str], ...]:
        """Environment variables that its code may read."""
        data = str(Path(os.environ.get(DATA, "data")).absolute())
        return ((DATASET, os.environ.get(DATASET, "digits")), (DATA, data))

    def has_cells(self) -> bool:
        return any(cell.runs for cell in self.first.cells) or any(
            step["fields"] for step in self.steps
        )


def read_lessons(docs: Path, snippets: Path) -> list[Lesson]:
    """All lessons below docs/<language>, in path order.

    Raises PageError if a page lacks its twin or the twins' cells differ.
    """
    names = sorted(
        {p.relative_to(docs / lang).with_suffix("").as_posix() for lang in LANGUAGES
         for p in (docs / lang).rglob("*.md")}
    )  # fmt: skip
    return [read_lesson(docs, snippets, name) for name in names]


_read: dict[tuple, tuple] = {}  # by docs folder and name: the stamps of its files, environment


def read_lesson(docs: Path, snippets: Path, name: str) -> Lesson:
    """Read one page in all languages; the same object again as long as no file of it changes.

    Raises PageError if it does not exist in all of them or if the cells differ.
    """
    known = _read.get((docs, snippets, name))
    if known and _unchanged(*known):
        return known[0]
    lesson = _read_lesson(docs, snippets, name)
    files = {page.path for page in lesson.pages.values()} | _sources(lesson)
    if not any(_includes(path) for path in files if path.suffix == ".py"):
        stamps = [stamp(path) for path in files]
        _read[docs, snippets, name] = lesson, stamps, lesson.environment
    return lesson


def _unchanged(lesson: Lesson, stamps: list[tuple], environment: dict) -> bool:
    try:
        same = all(stamp(known[0]) == known for known in stamps)
    except OSError:  # a file is gone
        return False
    return same and lesson.environment == environment


def _sources(lesson: Lesson) -> set[Path]:
    """Files that its pages include."""
    blocks = [block for page in lesson.pages.values() for block in page.blocks]
    return {line.path for block in blocks for line in block.lines}


def _includes(path: Path) -> bool:
    """Whether a snippet file includes others, which nothing here would see change."""
    return re.search(r'-8<-+ "', path.read_text(encoding="utf-8")) is not None


def _read_lesson(docs: Path, snippets: Path, name: str) -> Lesson:
    paths = {language: docs / language / f"{name}.md" for language in LANGUAGES}
    present = [path for path in paths.values() if path.is_file()]
    for path in paths.values():
        if not present:
            raise PageError(path, 1, "there is no such page")
        if path not in present:
            raise PageError(present[0], 1, f"this page has no twin {relative(path)}")
    pages = {lang: read_page(path, snippets, name, lang) for lang, path in paths.items()}
    first, *others = pages.values()
    for other in others:
        _compare_cells(first, other)
    return Lesson(name, pages)


def _compare_cells(first: Page, other: Page) -> None:
    for ours, theirs in zip(first.cells, other.cells):
        if (ours.code, _run_options(ours)) != (theirs.code, _run_options(theirs)):
            raise PageError(
                other.path,
                theirs.opening.number,
                f"this cell differs from its twin at {relative(first.path)}:{ours.opening.number}",
            )
    if len(first.cells) != len(other.cells):
        raise PageError(
            other.path,
            1,
            f"{len(other.cells)} cells here, {len(first.cells)} in {relative(first.path)}",
        )


def _run_options(cell: Cell) -> dict:
    return {key: value for key, value in cell.options.items() if key != "title"}


def _gaps(page: Page) -> list[set[str]]:
    """Inline fields before the first running cell, between cells, and after the last."""
    gaps = [set()]
    for block in page.blocks:
        if isinstance(block, Cell):
            if block.runs:
                gaps.append(set())
        else:
            gaps[-1] |= {text for text, _ in block.fields}
    return gaps


def gap_expressions(page: Page) -> list[list[str]]:
    """As the gaps, but expressions without their formats: what must agree between languages."""
    gaps = [[]]
    for block in page.blocks:
        if isinstance(block, Cell):
            gaps += [[]] * block.runs
        else:
            gaps[-1] = sorted(gaps[-1] + [expression(text, line) for text, line in block.fields])
    return gaps


def _without_comments(code: str) -> str:
    try:
        return ast.unparse(ast.parse(code)) + ";" * _is_quiet(code)
    except SyntaxError:  # a cell that shows a syntax error, or an IPython magic
        return code


def _is_quiet(code: str) -> bool:
    """Whether the code ends with a semicolon, which hides the value of its last line."""
    lines = [line.strip() for line in code.splitlines()]
    if ";" not in next((x for x in reversed(lines) if x and not x.startswith("#")), ""):
        return False  # at a glance: most cells
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    words = [t.string for t in tokens if t.type != tokenize.COMMENT and t.string.strip()]
    return words[-1:] == [";"]


@lru_cache
def environment() -> dict:
    """The versions of all that runs a page."""
    return {
        "engine": _engine(),
        "python": ".".join(map(str, sys.version_info[:3])),
        **{package: version(package) for package in PACKAGES},
        "threads": 1,
    }


def _data_files() -> list[list]:
    """Names and sizes of the data sets at hand, as they were downloaded."""
    folder = Path(os.environ.get(DATA, "data"))
    files = sorted(folder.rglob("*.gz"))
    return [[path.relative_to(folder).as_posix(), path.stat().st_size] for path in files]


def _engine() -> str:
    """Hash of the modules that decide what a cell's outputs are."""
    folder = Path(__file__).parent
    sources = b"".join((folder / name).read_bytes() for name in ("session.py", "style.py"))
    return hashlib.sha256(sources).hexdigest()[:12]
