"""python -m livedocs run | check | stage | offline | pdf | gc | bench"""

import argparse
import re
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

from rich.console import Console
from rich.table import Table

from livedocs.cluster import ClusterError, executor
from livedocs.config import Project
from livedocs.errors import PageError
from livedocs.run import RunError, run_lessons, shard, stored, trim
from livedocs.store import Store


def main(arguments: list[str] | None = None) -> int:
    """The exit code: 0; 1 if a page, a check or the command line is wrong; 130 if interrupted."""
    options = _parser().parse_args(arguments)
    project = Project(Path.cwd())
    commands = {"run": _run, "check": _check, "stage": _stage, "offline": _offline, "pdf": _pdf}
    commands |= {"gc": _gc, "bench": _bench}
    try:
        return commands[options.command](project, options)
    except (PageError, RunError, ClusterError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; what has been run is stored", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m livedocs", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run the pages whose results are stale")
    run.add_argument("pages", nargs="*", metavar="PAGE", help="e.g. gradient_descent/sgd")
    run.add_argument("--rerun", action="store_true", help="run even what is up to date")
    run.add_argument("--shard", type=_shard, metavar="I/N", help="only the I-th of N equal parts")
    run.add_argument("--scheduler", metavar="ADDRESS", help="on a Dask cluster: tcp://host:8786")
    check = commands.add_parser("check", help="parity of the languages, conventions, content map")
    check.add_argument("--rerun", action="store_true", help="run all afresh and tell what changed")
    stage = commands.add_parser("stage", help="write a plain tree per language, outputs in place")
    stage.add_argument("folder", nargs="?", type=Path, default=Path(".livedocs/staged"))
    offline = commands.add_parser(
        "offline", help="write a zip per language, to read without a server"
    )
    offline.add_argument("folder", nargs="?", type=Path, default=Path("dist"))
    pdf = commands.add_parser("pdf", help="write a PDF per language, made by Chromium")
    pdf.add_argument("folder", nargs="?", type=Path, default=Path("dist"))
    commands.add_parser("gc", help="remove what no page of the current tree needs")
    commands.add_parser("bench", help="measure what the engine costs; takes some minutes")
    return parser


def _shard(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d+)/(\d+)", text)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise argparse.ArgumentTypeError(f"'{text}' is not a part like 2/4")
    return int(match[1]), int(match[2])


def _run(project: Project, options) -> int:
    chosen = [project.lesson(_name(page)) for page in options.pages] or project.lessons()
    if options.shard:
        chosen = shard(chosen, project.store, *options.shard)
    table = Table("page", "cells", "seconds", "result", box=None)
    table.columns[1].justify = table.columns[2].justify = "right"
    with executor(options.scheduler) if options.scheduler else nullcontext() as remote:
        outcomes = run_lessons(chosen, project.store, options.rerun, remote)
    for outcome in outcomes:
        cells = sum(cell.runs for cell in outcome.lesson.first.cells)
        if cells:
            origin = "store" if outcome.stored else "run"
            seconds = f"{outcome.result['seconds']:.2f}"
            table.add_row(outcome.lesson.name, str(cells), seconds, origin)
    Console().print(table)
    if not (options.pages or options.shard):
        trim(chosen, project.store)
    return 0


def _name(page: str) -> str:
    """A page as one may type it: a name, or the path of its Markdown file."""
    parts = Path(page).with_suffix("").parts
    return "/".join(parts[2:] if parts[:1] == ("docs",) else parts)


def _check(project: Project, options) -> int:
    if options.rerun:
        return _compare(project)
    from livedocs.check import absorbed, problems

    for chapter, (done, total) in absorbed(project, project.lessons()).items():
        print(f"{chapter}: {done} of {total} rows of the notes")
    found = problems(project)
    print("\n".join(found) if found else "no problem found")
    return 1 if found else 0


def _compare(project: Project) -> int:
    """Run all pages into a store of their own; tell each output that is not as it was."""
    from livedocs.compare import changes

    known = {o.lesson.name: o.result for o in stored(project.lessons(), project.store)}
    lessons = [x for x in project.lessons() if x.has_cells() and x.name in known]
    with tempfile.TemporaryDirectory() as folder:
        outcomes = run_lessons(lessons, Store(Path(folder)), rerun=True)
    found = [text for o in outcomes for text in changes(o.lesson, known[o.lesson.name], o.result)]
    missing = sum(x.has_cells() for x in project.lessons()) - len(lessons)
    if lessons:
        print("\n".join(found) or f"{len(lessons)} pages run again, no output changed")
    if missing:
        print(f"{missing} pages had no result in the store to compare with", file=sys.stderr)
    return 1 if found or missing else 0


def _gc(project: Project, options) -> int:
    removed = project.store.remove({lesson.key for lesson in project.lessons()})
    print(f"{len(removed)} files removed")
    return 0


def _bench(project: Project, options) -> int:
    from livedocs.bench import bench

    bench(project)
    return 0


def _stage(project: Project, options) -> int:
    from livedocs.stage import stage

    for folder in stage(project, options.folder):
        print(folder)
    return 0


def _offline(project: Project, options) -> int:
    from livedocs.offline import offline

    return _taken_away(offline, project, options.folder)


def _pdf(project: Project, options) -> int:
    from livedocs.pdf import pdf

    return _taken_away(pdf, project, options.folder)


def _taken_away(write, project: Project, folder: Path) -> int:
    """Print the files that `write` makes, their sizes and the time it took."""
    from mkdocs.exceptions import MkDocsException

    start = time.perf_counter()
    try:
        files = write(project, folder)
    except MkDocsException as error:
        print(error, file=sys.stderr)
        return 1
    for path in files:
        print(f"{path}  {path.stat().st_size / 1e6:.1f} MB")
    print(f"{time.perf_counter() - start:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
