"""What differs between two runs of a page, numbers within the page's tolerance aside."""

import difflib
import math
import re
from collections.abc import Iterator

from livedocs.errors import PageError
from livedocs.lessons import Lesson
from livedocs.outputs import shown, text_of
from livedocs.pages import LANGUAGES
from livedocs.run import field_line

NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?", re.IGNORECASE)
IDS = re.compile(r'id="[^"]*"|#[^")]*')  # matplotlib makes them from the coordinates
SHOWN = 12  # lines of each difference


def changes(lesson: Lesson, old: dict, new: dict) -> Iterator[str]:
    """`page:line: what changed` for each output, figure and inline value that differs.

    Numbers a and b are the same if |a - b| <= tolerance * max(1, |a|, |b|); the tolerance stands
    in the page's front matter and is 0 without.
    """
    tolerance = lesson.first.meta.get("tolerance", 0.0)
    for step, (before, after) in enumerate(zip(old["steps"], new["steps"])):
        if "values" in before:
            yield from _values(lesson, before["values"], after["values"], tolerance)
        elif not _all_same(before["outputs"], after["outputs"], tolerance):
            yield _described(lesson, step, before["outputs"], after["outputs"])


def same(old: str, new: str, tolerance: float) -> bool:
    """Whether two texts differ in nothing but numbers within the tolerance."""
    if old == new:
        return True
    return NUMBER.split(old) == NUMBER.split(new) and all(
        _close(float(a), float(b), tolerance)
        for a, b in zip(NUMBER.findall(old), NUMBER.findall(new))
    )


def _close(a: float, b: float, tolerance: float) -> bool:
    return math.isclose(a, b, rel_tol=tolerance, abs_tol=tolerance)


def _values(lesson: Lesson, old: dict, new: dict, tolerance: float) -> Iterator[str]:
    for field, value in old.items():
        if not same(value, new[field], tolerance):
            line = field_line(lesson, field)
            message = f"{{{{ {field} }}}} was {value} and is {new[field]}"
            yield str(PageError(line.path, line.number, message))


def _all_same(old: list[dict], new: list[dict], tolerance: float) -> bool:
    return len(old) == len(new) and all(
        a.keys() == b.keys() and all(same(x, y, tolerance) for x, y in zip(_texts(a), _texts(b)))
        for a, b in zip(old, new)
    )


def _texts(output: dict) -> list[str]:
    data = output.get("data", {})
    pictures = [IDS.sub("", text) if "svg" in mime else text for mime, text in data.items()]
    return [*data, *pictures] if data else [_text(output)]


def _text(output: dict) -> str:
    return text_of(shown(output, LANGUAGES[0]))


def _described(lesson: Lesson, step: int, old: list[dict], new: list[dict]) -> str:
    cell = [cell for cell in lesson.first.cells if cell.runs][step // 2]
    before, after = (
        [line for output in outputs for line in _text(output).splitlines()]
        for outputs in (old, new)
    )
    lines = [
        line
        for line in difflib.unified_diff(before, after, lineterm="", n=0)
        if not line.startswith(("---", "+++", "@@"))
    ]
    what = "the output changed" if lines else "the figure changed"
    head = str(PageError(lesson.first.path, cell.opening.number, what))
    return "\n".join([head, *(f"  {line}" for line in lines[:SHOWN])])
