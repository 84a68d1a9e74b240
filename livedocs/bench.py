"""What the engine costs, as ratios: `python -m livedocs bench`. Works on copies of the project."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from livedocs.config import Project
from livedocs.run import workers

WARM = "import time; t = time.perf_counter(); import livedocs.warm; print(time.perf_counter() - t)"
FLOOR = """
import json, livedocs.warm
from pathlib import Path
from livedocs.config import Project
from livedocs.session import run_steps
lessons = [x for x in Project(Path.cwd()).lessons() if x.has_cells()]
print(json.dumps({x.name: run_steps(x.steps)["seconds"] for x in lessons}))
"""
CELL = "# Page {{ #page }}\n\n```python\nx = {i}\nx + 1\n```\n\nIt is {{{{ x }}}}.\n"


def bench(project: Project) -> None:
    """Measure and print the table. Takes some minutes on two cores; give it a quiet machine."""
    table = Table("what", "measured", "target", box=None)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "project")
        for name in ("docs", "snippets", "livedocs", "mkdocs.yml"):
            source = project.root / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, _made(copy / name))
        for part in (_cold, _unchanged, _prose, _serve):
            for row in part(copy):
                table.add_row(*row)
                print(": ".join(row[:2]), file=sys.stderr)
        for row in _growth(Path(folder)):
            table.add_row(*row)
    Console().print(table)


def _made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _python(folder: Path, *arguments: str) -> str:
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, check=True, stdout=-1, stderr=-3, text=True
    ).stdout


def _seconds(folder: Path, *arguments: str) -> float:
    start = time.perf_counter()
    _python(folder, *arguments)
    return time.perf_counter() - start


def _run(folder: Path) -> float:
    return _seconds(folder, "-m", "livedocs", "run")


def _cold(folder: Path) -> Iterator[tuple]:
    together = json.loads(_python(folder, "-c", FLOOR))
    warm = float(_python(folder, "-c", WARM))
    cold = _run(folder)
    # A page may leave work to the next one in its process, such as data loaders that end.
    alone = Project(folder).store.seconds()
    pages = [min(seconds, alone[name]) for name, seconds in together.items()]
    floor = max(sum(pages) / workers(), max(pages))
    yield (
        f"cold, {len(pages)} pages, {workers()} workers",
        f"{(cold - warm) / floor:.2f} x floor + warm-up "
        f"({cold:.1f} s; floor {floor:.1f} s, warm-up {warm:.1f} s)",
        "1.15 x floor + warm-up",
    )
    shutil.rmtree(Project(folder).store.folder)
    with _memory() as peak:  # apart from the time: counting pages takes some
        _run(folder)
    yield "memory, shared pages counted once", f"{max(peak) / 2**30:.2f} GiB", "1.5 GiB"


@contextmanager
def _memory() -> Iterator[list[float]]:
    """Samples of the proportional set size of all processes below this one."""
    samples, done = [0.0], threading.Event()

    def sample() -> None:
        while not done.wait(0.3):
            total = 0.0
            for process in psutil.Process().children(recursive=True):
                try:
                    total += process.memory_full_info().pss
                except (psutil.Error, AttributeError):  # gone, or not counted by this system
                    continue
            samples.append(total)

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield samples
    finally:
        done.set()
        thread.join()


def _unchanged(folder: Path) -> Iterator[tuple]:
    yield "unchanged", f"{_ran(folder)} pages run, {_run(folder):.1f} s", "0"
    first, again = [json.loads(_python(folder, "-m", "livedocs.stopwatch")) for _ in range(2)]
    mkdocs = first["build"] - first["engine"]
    yield (
        "unchanged, the engine's part of mkdocs build",
        f"{again['engine'] / (mkdocs + again['engine']):.1%} where MkDocs converts every page "
        f"({again['engine']:.1f} s and {mkdocs:.1f} s)",
        "5 %",
    )
    yield (
        "unchanged, mkdocs build with what was kept",
        f"{again['build'] / first['build']:.2f} x the first ({again['build']:.1f} s)",
        "",
    )


def _ran(folder: Path) -> int:
    table = _python(folder, "-m", "livedocs", "run")
    return sum(line.split()[-1:] == ["run"] for line in table.splitlines())


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, (path, old)
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def _prose(folder: Path) -> Iterator[tuple]:
    _edit(folder / "docs/en/gradient_descent/sgd.md", "\n## ", "\nA sentence more.\n\n## ")
    _edit(folder / "snippets/gradient_descent/sgd.py", "import torch", "import torch  # torch")
    yield "prose and a comment edited", f"{_ran(folder)} pages run", "0"


def _serve(folder: Path) -> Iterator[tuple]:
    """Times from saving a file to seeing the new page."""
    command = [sys.executable, "-m", "mkdocs", "serve", "-a", "127.0.0.1:8765"]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    with subprocess.Popen(command, cwd=folder, env=environment, stderr=-3, stdout=-3) as server:
        try:
            prose = [
                _saved(folder / f"docs/{language}/gradient_descent/sgd.md", "\n## ", url, limit=300)
                for language, url in (("en", ""), ("zh", "zh/"))
            ]
            cell = _saved(folder / "snippets/gradient_descent/sgd.py", "import torch", "")
        finally:
            server.terminate()
    ran = Project(folder).store.seconds()["gradient_descent/sgd"]
    for language, seconds in zip(("English", "Chinese"), prose):
        yield f"save to refreshed page, {language} prose", f"{seconds:.1f} s", "2 s"
    yield (
        "save to refreshed page, one cell",
        f"{cell:.1f} s = the page's run {ran:.1f} s + {cell - ran:.1f} s for both languages",
        "the page's run + 0.5 s + MkDocs",
    )


def _saved(path: Path, place: str, url: str, limit: float = 60) -> float:
    """Median of the seconds from six edits of a file to the page that shows them, but the first."""
    text, seconds = path.read_text(encoding="utf-8"), []
    url = f"http://127.0.0.1:8765/{url}gradient_descent/sgd/"
    _until(url, "<title>", limit)
    for i in range(6):
        new = f"a_name_{i} = 1"  # a sentence as good as any
        path.write_text(text.replace(place, f"\n{new}\n{place}", 1), encoding="utf-8")
        seconds.append(_until(url, f"a_name_{i}", limit))
    return statistics.median(seconds[1:])


def _until(url: str, text: str, limit: float) -> float:
    start = time.perf_counter()
    while time.perf_counter() - start < limit:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if text in answer.read().decode():
                    return time.perf_counter() - start
        except OSError:
            pass
        time.sleep(0.02)
    raise TimeoutError(f"'{text}' did not appear on {url}")


def _growth(folder: Path) -> Iterator[tuple]:
    few, many = (_times(_generated(folder / str(n), n)) for n in (30, 300))
    for what, before, after in zip(("cold", "unchanged", "one cell edited"), few, many):
        yield f"10 x the pages, {what}", f"{after / before:.1f} x the time", "10 x"


def _generated(folder: Path, count: int) -> Path:
    for i in range(count):
        for language in ("en", "zh"):
            path = _made(folder / "docs" / language / f"pages/page{i}.md")
            path.write_text(CELL.format(i=i), encoding="utf-8")
    (folder / "snippets").mkdir()
    (folder / "livedocs").symlink_to(Path(__file__).parent, target_is_directory=True)
    return folder


def _times(folder: Path) -> tuple[float, float, float]:
    cold, unchanged = _run(folder), _run(folder)
    for language in ("en", "zh"):
        _edit(folder / f"docs/{language}/pages/page7.md", "x + 1", "x + 2")
    return cold, unchanged, _run(folder)
