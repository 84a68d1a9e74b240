"""Pages on a real Dask scheduler with two worker processes, one of which is killed at work."""

import os
import re
import subprocess
import sys
import threading
import time

import psutil
import pytest

from livedocs.cluster import ClusterError, executor
from livedocs.run import run_lessons

CELL = "# T {{ #t }}\n\n```python\nimport time\ntime.sleep({seconds})\n{i} + 1\n```\n"


@pytest.fixture
def start(tmp_path):
    """Start `dask scheduler` or `dask worker` as its manual says."""
    processes = []

    def start(*command: str) -> tuple[subprocess.Popen, str]:
        """The process, and the address that it tells."""
        environment = {**os.environ, "DASK_DISTRIBUTED__WORKER__DAEMON": "False"}
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *command],
            env=environment,
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        for line in process.stderr:
            if match := re.search(r"tcp://127\.0\.0\.1:\d+", line):
                return process, match[0]
        raise AssertionError("it does not start")

    yield start
    for process in reversed(processes):
        process.kill()
        process.communicate()


@pytest.fixture
def scheduler(start):
    return start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")[1]


def worker(start, scheduler: str) -> subprocess.Popen:
    options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"]
    return start("worker", scheduler, *options)[0]


def test_a_worker_that_is_killed_at_a_page_costs_no_result(tiny, start, scheduler, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(tiny.root))
    tiny.only(**{f"page{i}": CELL.format(i=i, seconds=1) for i in range(6)})
    doomed, other = worker(start, scheduler), worker(start, scheduler)
    with executor(scheduler) as remote:
        lessons, killed = tiny.project.lessons(), []

        def kill_at_work():
            while not psutil.Process(doomed.pid).children(recursive=True):
                time.sleep(0.05)
            time.sleep(0.5)
            doomed.kill()
            killed.append(doomed.wait())

        thread = threading.Thread(target=kill_at_work)
        thread.start()
        outcomes = run_lessons(lessons, tiny.project.store, executor=remote)
        thread.join()
    assert killed and other.poll() is None
    texts = [o.result["steps"][1]["outputs"][0]["data"]["text/plain"] for o in outcomes]
    assert texts == [str(i + 1) for i in range(6)]
    assert all(tiny.project.store.load(lesson.key) for lesson in lessons)
    assert all(outcome.stored for outcome in tiny.run().values())


def test_a_failure_on_the_cluster_is_told_as_here(tiny, start, scheduler, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(tiny.root))
    worker(start, scheduler)
    tiny.page("basics/bad", "# Bad { #bad }\n\n```python\n1 / 0\n```\n")
    result = tiny.python("livedocs", "run", "--scheduler", scheduler)
    assert result.returncode == 1
    assert "docs/en/basics/bad.md:3: ZeroDivisionError: division by zero" in result.stderr


def test_workers_with_other_versions_are_refused(tiny, start, scheduler, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(tiny.root))
    worker(start, scheduler)
    message = r"torch is \d[^ ]* there and 0.0.0 here"
    with pytest.raises(ClusterError, match=message), executor(scheduler, 10, {"torch": "0.0.0"}):
        pass


def test_without_a_scheduler_the_address_is_named(tiny):
    address = "tcp://127.0.0.1:1"
    message = f"no scheduler with workers at {address}"
    with pytest.raises(ClusterError, match=message), executor(address, seconds=1):
        pass


def test_a_scheduler_without_workers_is_no_use(tiny, scheduler):
    result = tiny.python("livedocs", "run", "--scheduler", scheduler)
    assert result.returncode == 1
    assert result.stderr.startswith(f"no scheduler with workers at {scheduler}")
