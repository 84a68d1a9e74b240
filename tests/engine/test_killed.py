"""Whatever ends a build, no result is lost or wrong, no process is left, the last site stays."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from livedocs.store import DamagedError

PAGES = 12
CELL = "# T {{ #t }}\n\n```python\nimport time\ntime.sleep(0.1)\n{i} + 1\n```\n"
STUBS = {  # what takes seconds to import, and what this test does not need
    "torch/__init__.py": "def set_num_threads(n): pass\n",
    "torch/_dynamo.py": "",
    "torchvision.py": "",
    "pandas.py": "",
    "sklearn/__init__.py": "",
    "sklearn/datasets.py": "",
}


class Builds:
    """Builds of one project as processes that can be killed."""

    def __init__(self, tiny, folder: Path):
        self.tiny, self.mark = tiny, str(folder)
        for name, text in STUBS.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        self.environment = {**os.environ, "PYTHONPATH": str(folder), "LIVEDOCS_MARK": self.mark}
        self.environment |= {"NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": "0"}

    def start(self, *command: str, **options) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=self.tiny.root,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            **options,
        )

    def complete(self, *command: str) -> float:
        """Seconds that it takes."""
        start, process = time.perf_counter(), self.start(*command)
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
        return time.perf_counter() - start

    def left(self) -> list[psutil.Process]:
        """Processes of these builds that are still there."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("LIVEDOCS_MARK") == self.mark:
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def none_left(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.left() and time.monotonic() < deadline:
            time.sleep(0.05)
        return not self.left()


@pytest.fixture
def builds(tiny, tmp_path_factory):
    tiny.only(**{f"page{i}": CELL.format(i=i) for i in range(PAGES)})
    builds = Builds(tiny, tmp_path_factory.mktemp("stubs"))
    yield builds
    for process in builds.left():
        process.kill()


def results(tiny) -> dict:
    """The steps of all pages that the store has; what is there must be whole."""
    loaded = {lesson.name: tiny.project.store.load(lesson.key) for lesson in tiny.project.lessons()}
    return {name: result["steps"] for name, result in loaded.items() if result}


def test_fifty_killed_builds_two_at_a_time_leave_only_whole_results(builds, tiny):
    chance = random.Random(0)
    length = builds.complete("livedocs", "run")
    expected = results(tiny)
    assert len(expected) == PAGES
    for _ in range(25):
        for entry in chance.sample(sorted(tiny.project.store.folder.glob("??/*.json")), 3):
            entry.unlink(missing_ok=True)  # something to do for the next two
        pair = [builds.start("livedocs", "run", "--rerun"), builds.start("livedocs", "run")]
        for process in pair:
            time.sleep(chance.uniform(0, length / 2))
            process.kill()
        for process in pair:
            process.communicate()
        found = results(tiny)
        assert found == {name: expected[name] for name in found}
        if len(found) < PAGES - 6:
            builds.complete("livedocs", "run")
    assert builds.none_left(5)
    builds.complete("livedocs", "run")
    assert results(tiny) == expected


def test_a_killed_build_of_the_site_leaves_the_last_one(builds, tiny, file_bytes):
    edited = "docs/en/index.md"
    for name, text in (("index", "# Home { #home }\n"), ("basics/index", "# B { #basics }\n")):
        tiny.page(name, f"---\ndescription: A page.\n---\n{text}")
    tiny.page("basics/sum", "---\ndescription: A page.\n---\n# S { #sums }\n")
    whole, chance = [], random.Random(0)
    for old, new in (("# Home", "# Home"), ("# Home", "# Another home")):
        tiny.edit(edited, old, new)
        length = builds.complete("mkdocs", "build", "-q")
        whole.append(file_bytes(tiny.root / "site"))
    for i in range(8):
        tiny.edit(edited, *(("# Another", "# Home of a")[:: 1 if i % 2 == 0 else -1]))
        process = builds.start("mkdocs", "build", "-q")
        time.sleep(chance.uniform(0.2, 0.9) * length)
        process.kill()
        process.communicate()
        assert file_bytes(tiny.root / "site") in whole


@pytest.mark.parametrize("whom", ["group", "build"])
@pytest.mark.parametrize("moment", ["warming up", "running"])
def test_an_interrupt_ends_the_build_and_keeps_what_is_done(builds, tiny, moment, whom):
    for i in range(PAGES):
        tiny.edit_twins(f"p/page{i}", "time.sleep(0.1)", f"time.sleep({30 if i > 4 else 0.1})")
    for i in range(5):  # these start first
        tiny.project.store.save_seconds(f"p/page{i}", 100.0)
    process = builds.start("livedocs", "run")
    if moment == "running":
        for line in process.stderr:
            if line.startswith("[5/"):
                break
    else:
        while not psutil.Process(process.pid).children():  # from which the pages will be forked
            time.sleep(0.01)
    start = time.monotonic()
    if whom == "group":  # as Ctrl-C in a terminal
        os.killpg(process.pid, signal.SIGINT)
    else:
        process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    seconds = time.monotonic() - start
    assert process.returncode == 130, errors
    assert errors.endswith("interrupted; what has been run is stored\n")
    print(f"interrupted after {seconds:.2f} s")  # below 2 s where nothing else runs
    assert seconds < 15 and builds.none_left(5)
    done = 5 if moment == "running" else 0
    assert len(results(tiny)) >= done


def test_two_builds_of_the_site_at_once_give_a_whole_site(builds, tiny, file_bytes):
    for name, text in (("index", "# Home { #home }\n"), ("basics/index", "# B { #basics }\n")):
        tiny.page(name, f"---\ndescription: A page.\n---\n{text}")
    tiny.page("basics/sum", "---\ndescription: A page.\n---\n# S { #sums }\n")
    builds.complete("mkdocs", "build", "-q")
    good = file_bytes(tiny.root / "site")
    for _ in range(2):
        pair = [builds.start("mkdocs", "build", "-q") for _ in range(2)]
        for process in pair:
            _, errors = process.communicate(timeout=120)
            assert process.returncode == 0, errors
        assert file_bytes(tiny.root / "site") == good
        assert not list(tiny.root.glob(".site-*"))


def test_a_full_disk_costs_the_stored_result_and_nothing_else(tiny, monkeypatch, capsys):
    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("livedocs.store.os.replace", full)
        outcome = tiny.run()["basics/sum"]
    assert outcome.result["steps"]
    message = "the result of basics/sum cannot be stored: [Errno 28] No space left on device\n"
    assert message in capsys.readouterr().err
    assert not list(tiny.project.store.folder.rglob("*.json"))
    assert not tiny.run()["basics/sum"].stored


def test_a_damaged_entry_is_told_in_one_line_and_run_again(tiny, capsys):
    first = tiny.run()["basics/sum"]
    [entry] = tiny.project.store.folder.glob("??/*.json")
    entry.write_bytes(entry.read_bytes().replace(b'"6"', b'"7"'))
    with pytest.raises(DamagedError):
        tiny.project.store.load(first.lesson.key)
    capsys.readouterr()
    again = tiny.run()["basics/sum"]
    assert not again.stored
    assert again.result["steps"] == first.result["steps"]
    line, *_ = capsys.readouterr().err.splitlines()
    assert line == f"{entry} is damaged: its checksum is wrong; basics/sum runs again"
