"""Parity of the languages and the conventions that keep the three trees one."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from livedocs import course_map, figures
from livedocs.concordance import read_rows
from livedocs.config import Project
from livedocs.errors import PageError, did_you_mean
from livedocs.glossary import Glossary
from livedocs.includes import sections
from livedocs.language import localize
from livedocs.lessons import Lesson, gap_expressions
from livedocs.pages import FIGURE, LANGUAGES, Page, Text
from livedocs.run import run_lessons
from livedocs.site import chapters, plan, settings
from livedocs.svg import FigureError

CONTAINER = re.compile(r"^ *(\?\?\?\+?|!!!|===) *([\w-]*)")
LINK = re.compile(r"\]\(([^)\s]+)\)")
WIDTH = 88
HAN = r"[\u4e00-\u9fff]"
CODE = re.compile(r"`[^`]*`|\$[^$]*\$|\{\{.*?\}\}|\]\([^)]*\)|\{ *#[^}]*\}|<[^>]*>")
CHINESE = (
    (re.compile(rf"{HAN}[,;:!?]|[,;:!?]{HAN}"), "half-width punctuation beside Chinese"),
    (re.compile(rf"{HAN}[A-Za-z0-9]|[A-Za-z0-9]{HAN}"), "no space between Chinese and Latin"),
    (re.compile("[「」！]|显然|众所周知|很简单|魔法"), "a mark or word that the course avoids"),
)
ENGLISH = re.compile(
    r"\b(easy|easily|obviously|as we all know|magic|simply|of course)\b|!(?!\[)", re.IGNORECASE
)


def problems(project: Project) -> list[str]:
    """Everything that is wrong, as `file:line: message`. Empty if all is well."""
    lessons = project.lessons()
    found = [*_unused_sections(project, lessons), *_mirrors(project, lessons)]
    for lesson in lessons:
        found += _parity(lesson)
        for page in lesson.pages.values():
            found += [*_headings(page), *_captions(page), *_words(page), *_widths(page)]
    found += [*_needs(project, lessons), *_notes(project, lessons), *_labels(project, lessons)]
    return found


def _problem(path: Path, line: int, message: str) -> str:
    return str(PageError(path, line, message))


def _outline(page: Page) -> dict[str, list]:
    """What must be the same in all languages, by its name."""
    texts = [block for block in page.blocks if isinstance(block, Text)]
    lines = [line.text for block in texts if not block.literal for line in block.lines]
    return {
        "headings": [f"{'#' * level} {anchor}" for level, _, anchor, _ in page.headings],
        "inline expressions": gap_expressions(page),
        "figures": _gap_counts(page, FIGURE),
        "captions": _gap_counts(page, re.compile(r"^ */// caption")),
        "folded and marked blocks": [m.groups() for t in lines if (m := CONTAINER.match(t))],
        "links": sorted(target for text in lines for target in LINK.findall(text)),
        "other fences": [[x.text for x in block.lines] for block in texts if block.literal],
        "front matter": {k: v for k, v in page.meta.items() if k not in ("title", "description")},
    }


def _gap_counts(page: Page, pattern: re.Pattern) -> list[int]:
    """How often a pattern stands between the cells."""
    counts = [0]
    for block in page.blocks:
        if isinstance(block, Text):
            counts[-1] += sum(bool(pattern.match(line.text)) for line in block.lines)
        else:
            counts.append(0)
    return counts


def _parity(lesson: Lesson) -> Iterator[str]:
    first, *others = lesson.pages.values()
    for other in others:
        theirs = _outline(other)
        for what, ours in _outline(first).items():
            if ours != theirs[what]:
                message = f"{what} differ from {first.language}: {theirs[what]} is not {ours}"
                yield _problem(other.path, 1, message)


def _headings(page: Page) -> Iterator[str]:
    anchors = Counter(anchor for _, _, anchor, _ in page.headings)
    levels = [level for level, _, _, _ in page.headings]
    if levels.count(1) != 1 or levels[0] != 1:
        yield _problem(page.path, 1, "a page has one H1, and it comes first")
    for previous, (level, title, anchor, line) in zip([1, *levels], page.headings):
        if not anchor or not re.fullmatch(r"[a-z0-9][a-z0-9-]*", anchor):
            yield _problem(line.path, line.number, f"'{title}' needs an anchor like {{ #word }}")
        elif anchors[anchor] > 1:
            yield _problem(line.path, line.number, f"anchor '{anchor}' is used twice")
        if level > previous + 1:
            yield _problem(line.path, line.number, f"'{title}' skips a heading level")


def _captions(page: Page) -> Iterator[str]:
    if not page.meta.get("description"):
        yield _problem(page.path, 1, "front matter lacks `description`")
    for block in page.blocks:
        lines = block.lines if isinstance(block, Text) and not block.literal else ()
        for i, line in enumerate(lines):
            if figure := FIGURE.match(line.text):
                after = [x.text.strip() for x in lines[i + 1 : i + 4] if x.text.strip()]
                if after[:1] != ["/// caption"]:
                    yield _problem(line.path, line.number, "this figure has no /// caption")
                if len(figure["alt"]) < 20:
                    yield _problem(line.path, line.number, "say what the figure shows")


def _words(page: Page) -> Iterator[str]:
    for block in page.blocks:
        for line in block.lines if isinstance(block, Text) and not block.literal else ():
            prose = CODE.sub(" ", line.text)
            if page.language == "en" and (
                match := ENGLISH.search(prose.lstrip().removeprefix("!!! "))
            ):
                yield _problem(line.path, line.number, f"'{match[0]}' is a word to avoid")
            for pattern, message in CHINESE if page.language == "zh" else ():
                if match := pattern.search(prose):
                    yield _problem(line.path, line.number, f"{message}: '{match[0]}'")


def _widths(page: Page) -> Iterator[str]:
    """Code must fit the column of a page at 1280 pixels."""
    for cell in page.cells:
        for line, shown in zip(cell.lines, localize(cell.code, page.language).splitlines()):
            if len(shown) > WIDTH:
                yield _problem(line.path, line.number, f"longer than {WIDTH} columns")


def _needs(project: Project, lessons: list[Lesson]) -> Iterator[str]:
    """Each chapter names what it needs; it exists and comes earlier. What is written is no plan."""
    by_name = {lesson.name: lesson for lesson in lessons}
    yield from map(str, course_map.faults(plan(project, by_name)))
    for chapter in chapters(project):
        index = by_name[f"{chapter}/index"].first
        if not isinstance(index.meta.get("needs"), list):
            yield _problem(index.path, 1, "front matter lacks `needs`, a list of earlier chapters")
    extra = settings(project, LANGUAGES[0])["extra"]
    for name in extra.get("planned", {}):
        if name in chapters(project) or name not in extra["chapters"]:
            message = f"extra.planned: '{name}' is no chapter that is still to be written"
            yield _problem(project.root / "mkdocs.yml", 1, message)


def content_map(project: Project) -> dict[str, list[str]]:
    """Row id of the notes to the chapters that teach it."""
    return {row.id: list(row.chapters) for row in read_rows(project.docs / "notes.tsv")}


def absorbed(project: Project, lessons: list[Lesson]) -> dict[str, tuple[int, int]]:
    """For each chapter in the navigation: rows named by some page, and rows it has to teach."""
    rows, taught = content_map(project), set()
    for lesson in lessons:
        taught |= set(lesson.first.meta.get("notes", []))
    counts = {}
    for chapter in chapters(project):
        wanted = [row for row, where in rows.items() if chapter in where]
        counts[chapter] = (sum(row in taught for row in wanted), len(wanted))
    return counts


def _notes(project: Project, lessons: list[Lesson]) -> Iterator[str]:
    """Ids exist; the rows that a chapter marked complete has to teach are all named."""
    rows, taught = content_map(project), set()
    for lesson in lessons:
        for row in lesson.first.meta.get("notes", []):
            taught.add(row)
            if row not in rows:
                hint = did_you_mean(row, rows)
                yield _problem(lesson.first.path, 1, f"'{row}' is not a row of the notes{hint}")
    for lesson in lessons:
        if lesson.first.meta.get("complete"):
            chapter = lesson.name.split("/")[0]
            missing = [r for r, where in rows.items() if chapter in where and r not in taught]
            if missing:
                yield _problem(lesson.first.path, 1, f"no page teaches {', '.join(missing)}")


def _unused_sections(project: Project, lessons: list[Lesson]) -> Iterator[str]:
    text = "".join(
        page.path.read_text(encoding="utf-8") for x in lessons for page in x.pages.values()
    )
    for path in sorted(project.snippets.rglob("*.py")):
        name = path.relative_to(project.snippets).as_posix()
        for section in sections(path):
            if f'"{name}:{section}"' not in text:
                yield _problem(path, 1, f"no page shows section '{section}'")


def _mirrors(project: Project, lessons: list[Lesson]) -> Iterator[str]:
    names = {lesson.name for lesson in lessons}
    tests = project.root / "tests" / "snippets"
    for path in sorted(project.snippets.rglob("*.py")):
        name = path.relative_to(project.snippets).with_suffix("").as_posix()
        if name.endswith("__init__"):
            continue
        if name not in names and not name.startswith("common/"):
            yield _problem(path, 1, f"no page docs/<language>/{name}.md")
        folder, _, stem = name.rpartition("/")
        if not (tests / folder / f"test_{stem}.py").is_file():
            yield _problem(path, 1, f"no test tests/snippets/{folder}/test_{stem}.py")
    for path in sorted(tests.rglob("test_*.py")):
        folder = path.parent.relative_to(tests)
        if not (project.snippets / folder / path.name.removeprefix("test_")).is_file():
            yield _problem(path, 1, "tests a snippet that does not exist")


def _labels(project: Project, lessons: list[Lesson]) -> Iterator[str]:
    """Every word in a figure is in the glossary."""
    labels = Glossary(project.docs / "glossary.yml").labels(LANGUAGES[1])
    for outcome in run_lessons(lessons, project.store):
        words = set()
        for step in outcome.result["steps"]:
            for output in step.get("outputs", []):
                if svg := output.get("data", {}).get("image/svg+xml"):
                    try:
                        words |= set(figures.untranslated(svg, labels))
                    except FigureError as error:
                        yield _problem(outcome.lesson.first.path, 1, str(error))
        if words:
            names = ", ".join(sorted(words))
            message = f"docs/glossary.yml has no Chinese for these words of its figures: {names}"
            yield _problem(outcome.lesson.first.path, 1, message)
