"""Run what is stale, take the rest from the store, report all failures together."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from livedocs.errors import PageError, relative
from livedocs.includes import Line
from livedocs.lessons import Lesson
from livedocs.pages import Text
from livedocs.pool import run_pool
from livedocs.store import Store

TIME_LIMIT = 300  # seconds a page may run, unless its front matter sets `seconds`


class RunError(Exception):
    """One or more pages failed. The message lists them all."""


@dataclass(frozen=True)
class Outcome:
    """Where a lesson's result came from."""

    lesson: Lesson
    result: dict
    stored: bool


def workers() -> int:
    """One worker per core that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_lessons(lessons: list[Lesson], store: Store, rerun: bool = False) -> list[Outcome]:
    """Results of all lessons, in the order given. Runs those that the store does not hold.

    Raises RunError after all pages have run if any of them failed.
    """
    keys = {lesson.name: lesson.key for lesson in lessons}
    outcomes, stale = {}, []
    for lesson in lessons:
        result = None if rerun else store.load(keys[lesson.name])
        if result is not None:
            outcomes[lesson.name] = Outcome(lesson, result, stored=True)
        elif lesson.has_cells():
            stale.append(lesson)
        else:
            outcomes[lesson.name] = Outcome(lesson, _empty(lesson), stored=True)
    failures, seconds = [], {}
    for lesson, result in _run_stale(stale, store.seconds()):
        if "failed" in result:
            failures.append(describe_failure(lesson, result))
            continue
        result |= {"environment": lesson.environment, "date": time.strftime("%Y-%m-%d", _now())}
        store.save(keys[lesson.name], result)
        seconds[lesson.name] = result["seconds"]
        outcomes[lesson.name] = Outcome(lesson, result, stored=False)
    if seconds:
        store.save_seconds(seconds)
    if failures:
        raise RunError("\n\n".join(failures))
    return [outcomes[lesson.name] for lesson in lessons]


def _empty(lesson: Lesson) -> dict:
    return {"steps": [{"values": {}} for _ in lesson.steps], "seconds": 0.0}


def _now():
    return time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", time.time())))


def _run_stale(lessons: list[Lesson], seconds: dict[str, float]):
    """Yield (lesson, result), the longest page of the last run started first."""
    by_name = {lesson.name: lesson for lesson in lessons}
    longest_first = sorted(by_name, key=lambda name: -seconds.get(name, 1.0))
    tasks = [
        (name, by_name[name].steps, float(by_name[name].first.meta.get("seconds", TIME_LIMIT)))
        for name in longest_first
    ]
    if not tasks:
        return
    os.environ.setdefault("NOTES_DATA", str(Path("data").absolute()))
    console = Console(stderr=True)
    columns = [TextColumn("running pages"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
               TextColumn("{task.description}")]  # fmt: skip
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task("warming up", total=len(tasks))
        for done, (name, result) in enumerate(run_pool(tasks, workers()), 1):
            progress.update(bar, advance=1, description=name)
            if not console.is_terminal:
                status = "failed" if "failed" in result else f"{result['seconds']:.1f} s"
                console.print(f"[{done}/{len(tasks)}] {name}: {status}", markup=False)
            yield by_name[name], result


def describe_failure(lesson: Lesson, result: dict) -> str:
    """Page and line, snippet and line, the message, the cell and the end of the traceback."""
    if result["failed"] % 2 == 0:  # inline expressions, or the whole process
        line = _field_line(lesson, result["field"])
        return str(PageError(line.path, line.number, result["message"]))
    cells = [cell for cell in lesson.first.cells if cell.runs]
    cell = cells[result["failed"] // 2]
    parts = [str(PageError(lesson.first.path, cell.opening.number, result["message"]))]
    if result["line"] and result["line"] <= len(cell.lines):
        line = cell.lines[result["line"] - 1]
        parts.append(f"  at {relative(line.path)}:{line.number}: {line.text.strip()}")
    parts += ["  in the cell:", *("    " + line.text for line in cell.lines)]
    parts += ["  " + line for line in result["trace"].splitlines()[-12:]]
    return "\n".join(parts)


def _field_line(lesson: Lesson, field: str) -> Line:
    """Where an inline expression stands; the first line of the page if there is none."""
    for page in lesson.pages.values():
        for block in page.blocks:
            for text, line in block.fields if isinstance(block, Text) else ():
                if text == field:
                    return line
    return Line("", lesson.first.path, 1)
