"""Run what is stale, take the rest from the store, report all failures together."""

import contextlib
import itertools
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cached_property

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from livedocs.errors import PageError, relative
from livedocs.includes import Line
from livedocs.lessons import Lesson
from livedocs.memo import digest
from livedocs.pages import Text
from livedocs.pool import Task, end_pages, run_page, warm_up
from livedocs.store import DamagedError, Store

SPARE = 3  # results of earlier states of the pages that the store keeps, for each page


class RunError(Exception):
    """One or more pages failed. The message lists them all."""


@dataclass(frozen=True)
class Outcome:
    """Where a lesson's result came from."""

    lesson: Lesson
    result: dict
    stored: bool

    @cached_property
    def digests(self) -> dict[str, str]:
        """Hash of the page and its result, by language."""
        result = digest(self.result)
        return {language: digest(page, result) for language, page in self.lesson.pages.items()}


def workers() -> int:
    """One worker per core that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_lessons(
    lessons: list[Lesson], store: Store, rerun: bool = False, executor: Executor | None = None
) -> list[Outcome]:
    """Results of all lessons, in the order given. Runs those that the store does not hold.

    executor: what runs run_page(task); processes of this machine if None.
    Raises RunError after all pages have run if any of them failed.
    """
    nothing_stored = rerun or not store.folder.is_dir()
    if executor is None and nothing_stored and any(lesson.has_cells() for lesson in lessons):
        warm_up()  # while the keys are computed
    known = [o for o in stored(lessons, store) if not (rerun and o.lesson.has_cells())]
    outcomes = {outcome.lesson.name: outcome for outcome in known}
    stale = [lesson for lesson in lessons if lesson.name not in outcomes]
    failures = []
    for lesson, result in _run_all(stale, store.seconds(), executor):
        if "failed" in result:
            failures.append(describe_failure(lesson, result))
            continue
        result |= {"environment": lesson.environment, "date": time.strftime("%Y-%m-%d", _now())}
        _save(store, lesson, result)
        outcomes[lesson.name] = Outcome(lesson, result, stored=False)
    if failures:
        raise RunError("\n\n".join(failures))
    return [outcomes[lesson.name] for lesson in lessons]


def stored(lessons: list[Lesson], store: Store) -> Iterator[Outcome]:
    """Outcomes of the lessons that need not run: the store has them, or they have no cells.

    A damaged entry counts as none, and one line says so.
    """
    for lesson in lessons:
        if not lesson.has_cells():
            yield Outcome(lesson, _empty(lesson), stored=True)
            continue
        try:
            result = store.load(lesson.key)
        except DamagedError as error:
            print(f"{error}; {lesson.name} runs again", file=sys.stderr)
            continue
        if result is not None:
            yield Outcome(lesson, result, stored=True)


def shard(lessons: list[Lesson], store: Store, index: int, count: int) -> list[Lesson]:
    """The stale lessons of one shard of `count`, which take about as long as those of any other.

    Every shard of the same tree and store draws the same line: each lesson, the longest first,
    goes where least has gathered. index: from 1.
    """
    fresh = {outcome.lesson.name for outcome in stored(lessons, store)}
    seconds, total, shards = store.seconds(), [0.0] * count, [[] for _ in range(count)]
    for lesson in _longest_first([x for x in lessons if x.name not in fresh], seconds):
        least = total.index(min(total))
        total[least] += seconds.get(lesson.name, 1.0)
        shards[least].append(lesson)
    return shards[index - 1]


def trim(lessons: list[Lesson], store: Store) -> None:
    """Keep the store from growing without bound. lessons: all of the course."""
    store.remove({lesson.key for lesson in lessons}, spare=SPARE * len(lessons))


def _longest_first(lessons: list[Lesson], seconds: dict[str, float]) -> list[Lesson]:
    """By the seconds of their last runs; one that has never run counts as a second."""
    return sorted(lessons, key=lambda lesson: (-seconds.get(lesson.name, 1.0), lesson.name))


def _save(store: Store, lesson: Lesson, result: dict) -> None:
    try:
        store.save(lesson.key, result)
        store.save_seconds(lesson.name, result["seconds"])
    except OSError as error:  # the disk is full: this build has the result all the same
        print(f"the result of {lesson.name} cannot be stored: {error}", file=sys.stderr)


def _empty(lesson: Lesson) -> dict:
    return {"steps": [{"values": {}} for _ in lesson.steps], "seconds": 0.0}


def _now():
    return time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", time.time())))


def _run_all(
    lessons: list[Lesson], seconds: dict[str, float], executor: Executor | None
) -> Iterator[tuple[Lesson, dict]]:
    """Yield (lesson, result) as pages end. An interrupt ends all that run."""
    if not lessons:
        return
    executor = executor or ThreadPoolExecutor(workers())  # a thread waits for its page's process
    futures = {}
    try:
        for lesson in _longest_first(lessons, seconds):
            task = Task(lesson.name, lesson.steps, lesson.first.limits, lesson.variables)
            futures[executor.submit(run_page, task)] = lesson
        with _progress(len(lessons)) as advance:
            for future in as_completed(futures):
                lesson, result = futures[future], future.result()
                yield lesson, result
                advance(lesson.name, result)  # it is stored now
    finally:
        for future in futures:
            future.cancel()
        executor.shutdown(wait=False)
        while not all(future.done() for future in futures):
            end_pages()
            time.sleep(0.05)


@contextlib.contextmanager
def _progress(total: int):
    """A function to call as pages end: a bar in a terminal, a line for each page elsewhere."""
    console = Console(stderr=True)
    columns = [TextColumn("running pages"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
               TextColumn("{task.description}")]  # fmt: skip
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task("warming up", total=total)
        count = itertools.count(1)

        def advance(name: str, result: dict) -> None:
            progress.update(bar, advance=1, description=name)
            if not console.is_terminal:
                status = "failed" if "failed" in result else f"{result['seconds']:.1f} s"
                console.print(f"[{next(count)}/{total}] {name}: {status}", markup=False)

        yield advance


def describe_failure(lesson: Lesson, result: dict) -> str:
    """Page and line, snippet and line, the message, the cell and the end of the traceback."""
    if result["failed"] % 2 == 0:  # inline expressions, or the whole process
        line = field_line(lesson, result["field"])
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


def field_line(lesson: Lesson, field: str) -> Line:
    """Where an inline expression stands; the first line of the page if there is none."""
    for page in lesson.pages.values():
        for block in page.blocks:
            for text, line in block.fields if isinstance(block, Text) else ():
                if text == field:
                    return line
    return Line("", lesson.first.path, 1)
