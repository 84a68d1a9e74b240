"""python -m livedocs run | check | stage | offline | pdf"""

import argparse
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from livedocs.config import Project
from livedocs.errors import PageError
from livedocs.run import RunError, run_lessons


def main(arguments: list[str] | None = None) -> int:
    """The exit code: 0, or 1 if a page, a check or the command line is wrong."""
    parser = argparse.ArgumentParser(prog="python -m livedocs", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run the pages whose results are stale")
    run.add_argument("pages", nargs="*", metavar="PAGE", help="e.g. gradient_descent/sgd")
    run.add_argument("--rerun", action="store_true", help="run even what is up to date")
    commands.add_parser("check", help="parity of the languages, conventions, content map")
    stage = commands.add_parser("stage", help="write a plain tree per language, outputs in place")
    stage.add_argument("folder", nargs="?", type=Path, default=Path(".livedocs/staged"))
    offline = commands.add_parser(
        "offline", help="write a zip per language, to read without a server"
    )
    offline.add_argument("folder", nargs="?", type=Path, default=Path("dist"))
    pdf = commands.add_parser("pdf", help="write a PDF per language, made by Chromium")
    pdf.add_argument("folder", nargs="?", type=Path, default=Path("dist"))
    options = parser.parse_args(arguments)
    project = Project(Path.cwd())
    try:
        command = {"run": _run, "check": _check, "stage": _stage, "offline": _offline, "pdf": _pdf}
        return command[options.command](project, options)
    except (PageError, RunError) as error:
        print(error, file=sys.stderr)
        return 1


def _run(project: Project, options) -> int:
    chosen = [project.lesson(_name(page)) for page in options.pages] or project.lessons()
    table = Table("page", "cells", "seconds", "result", box=None)
    table.columns[1].justify = table.columns[2].justify = "right"
    for outcome in run_lessons(chosen, project.store, options.rerun):
        cells = sum(cell.runs for cell in outcome.lesson.first.cells)
        if cells:
            origin = "store" if outcome.stored else "run"
            seconds = f"{outcome.result['seconds']:.2f}"
            table.add_row(outcome.lesson.name, str(cells), seconds, origin)
    Console().print(table)
    return 0


def _name(page: str) -> str:
    """A page as one may type it: a name, or the path of its Markdown file."""
    parts = Path(page).with_suffix("").parts
    return "/".join(parts[2:] if parts[:1] == ("docs",) else parts)


def _check(project: Project, options) -> int:
    from livedocs.check import absorbed, problems

    for chapter, (done, total) in absorbed(project, project.lessons()).items():
        print(f"{chapter}: {done} of {total} rows of the notes")
    found = problems(project)
    print("\n".join(found) if found else "no problem found")
    return 1 if found else 0


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
