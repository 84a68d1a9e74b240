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
print(json.dumps([run_steps(x.steps)["seconds"] for x in lessons]))
"""
ENGINE = """
import time
from pathlib import Path
from livedocs.config import Project
from livedocs.pages import LANGUAGES
from livedocs.site import Course, chapters
start = time.perf_counter()
project = Project(Path.cwd())
course = Course(project)
for chapter in chapters(project):
    for language in LANGUAGES:
        course.notebook(chapter, language)
print(time.perf_counter() - start)
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
    pages = json.loads(_python(folder, "-c", FLOOR))
    floor = max(sum(pages) / workers(), max(pages))
    warm = float(_python(folder, "-c", WARM))
    with _memory() as peak:
        cold = _run(folder)
    yield (
        f"cold, {len(pages)} pages, {workers()} workers",
        f"{(cold - warm) / floor:.2f} x floor + warm-up "
        f"({cold:.1f} s; floor {floor:.1f} s, warm-up {warm:.1f} s)",
        "1.15 x floor + warm-up",
    )
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
    first = _seconds(folder, "-m", "mkdocs", "build", "-q")
    again = _seconds(folder, "-m", "mkdocs", "build")
    again = _seconds(folder, "-m", "mkdocs", "build")
    engine = float(_python(folder, "-c", ENGINE))
    yield "the engine's share of mkdocs build", f"{engine / first:.1%} of {first:.1f} s", "5 %"
    yield (
        "mkdocs build, conversions kept",
        f"{again / first:.2f} x the first ({again:.1f} s, of which the engine {engine:.1f} s)",
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
    page, snippet = "docs/en/gradient_descent/sgd.md", "snippets/gradient_descent/sgd.py"
    command = [sys.executable, "-m", "mkdocs", "serve", "-a", "127.0.0.1:8765"]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    url = "http://127.0.0.1:8765/gradient_descent/sgd/"
    with subprocess.Popen(command, cwd=folder, env=environment, stderr=-3, stdout=-3) as server:
        try:
            _until(url, "A sentence more.", 300)
            prose = []
            for i in range(6):
                _edit(folder / page, "A sentence more.", f"A sentence more. {i}00{i}")
                prose.append(_until(url, f"more. {i}00{i}", 60))
            prose = statistics.median(prose[1:])
            cells = []
            for i in range(3):
                _edit(folder / snippet, "import torch", f"a_name_{i} = 1\nimport torch")
                cells.append(_until(url, f"a_name_{i}", 60))
            cell = statistics.median(cells)
        finally:
            server.terminate()
    ran = Project(folder).store.seconds()["gradient_descent/sgd"]
    yield "save to refreshed page, prose", f"{prose:.1f} s", "2 s"
    yield (
        "save to refreshed page, one cell",
        f"{cell:.1f} s = the page's run {ran:.1f} s + {cell - ran:.1f} s",
        "the page's run + 0.5 s + MkDocs",
    )


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
