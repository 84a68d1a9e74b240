"""A process per page, forked from one warm parent; what a page does ends with its process."""

import contextlib
import json
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
import types
from dataclasses import dataclass
from multiprocessing import forkserver
from multiprocessing.connection import wait
from pathlib import Path

import psutil

from livedocs.pages import Limits

LARGEST_FILE = 2**30  # bytes; a page that writes without end must not fill the disk
LARGEST_RESULT = 2**28

_starting = threading.Lock()  # multiprocessing looks after its children in no thread-safe way
_running: set = set()


@dataclass(frozen=True)
class Task:
    """One page to run, in a form that may travel to another machine.

    variables: of the environment, for the page. versions: what must be installed.
    """

    name: str
    steps: list[dict]
    limits: Limits = Limits()
    variables: tuple[tuple[str, str], ...] = ()


def run_page(task: Task) -> dict:
    """Run a page in a process of its own and wait for it; returns what run_steps returns.

    A process that dies, or exceeds its time, gives a result with "failed": the step it was at.
    """
    receiver, process = _start(task)
    deadline, step = time.monotonic() + task.limits.seconds, 0
    try:
        while True:
            if not receiver.poll(max(0.0, deadline - time.monotonic())):
                limit = f"its limit of {task.limits.seconds:g} s"
                return _failure(step, f"the page ran longer than {limit}")
            message = json.loads(receiver.recv_bytes(LARGEST_RESULT))
            if "begin" not in message:
                return message
            step = message["begin"]
    except (EOFError, OSError, ValueError):
        return _failure(step, _death(process))
    finally:
        _end(process)
        receiver.close()


def warm_up() -> None:
    """Start the process from which pages are forked, and do not wait for it."""
    if sys.platform != "win32":
        with _starting, _without_main():
            _context()
            forkserver.ensure_running()


def end_pages() -> None:
    """Kill all pages that run, and the process they are forked from."""
    for process in list(_running):
        _kill(process.pid)
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.Error):
            if "multiprocessing.forkserver" in " ".join(child.cmdline()):
                child.kill()


def _context():
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    root = str(Path(__file__).parents[1])
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if root not in paths:  # the fork server must find this package, wherever it is started
        os.environ["PYTHONPATH"] = os.pathsep.join([root, *filter(None, paths)])
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["livedocs.warm"])
    return context


def _start(task: Task):
    """(receiving end of its pipe, process)"""
    with _starting, _without_main():
        context = _context()
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=(sender, task))
        process.start()
        sender.close()
        _running.add(process)
    return receiver, process


@contextlib.contextmanager
def _without_main():
    """Keep workers from importing the caller's main module: it costs time and may have effects."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _work(connection, task: Task) -> None:
    """In the process of the page."""
    if hasattr(os, "setsid"):
        os.setsid()  # so that what the page starts ends with it
    threading.Thread(target=_die_with_parent, daemon=True).start()
    os.environ.update(task.variables)
    multiprocessing.set_start_method(None, force=True)  # the default, as in a reader's program
    import livedocs.warm  # noqa: F401  (already there when forked, needed when spawned)
    from livedocs.session import run_steps

    page = os.getpid()

    def send(message: dict) -> None:
        if os.getpid() != page:  # a cell has forked, and this is the copy
            os._exit(0)
        text = json.dumps(message, ensure_ascii=False)
        connection.send_bytes(text.encode("utf-8", "replace"))  # it may hold half a character

    with tempfile.TemporaryFile() as printed:
        _keep_off_the_terminal(printed)
        send(run_steps(task.steps, task.limits, lambda step: send({"begin": step})))
        threading.Event().wait()  # for _end, which finds what this page started only while it lives


def _die_with_parent() -> None:
    """Whoever kills the build kills its pages."""
    wait([multiprocessing.parent_process().sentinel])
    _kill(os.getpid())


def _keep_off_the_terminal(file) -> None:
    """What C code and subprocesses print does not go through Python's streams."""
    for stream in (1, 2):
        os.dup2(file.fileno(), stream)
    with contextlib.suppress(ImportError):  # Windows
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, hard))


def _death(process) -> str:
    with _starting:
        process.join(1)
    if process.exitcode is None:
        return "the process of this page closed its connection to the build"
    if process.exitcode < 0:
        return f"the process of this page was killed by {signal.Signals(-process.exitcode).name}"
    return f"the process of this page ended with exit code {process.exitcode}"


def _failure(step: int, message: str) -> dict:
    return {"failed": step, "message": message, "line": None, "trace": "", "field": ""}


def _end(process) -> None:
    _kill(process.pid)
    with _starting:
        process.join()
        _running.discard(process)


def _kill(pid: int) -> None:
    """Kill a page with all that it started, sessions of their own included."""
    with contextlib.suppress(psutil.NoSuchProcess):
        for child in psutil.Process(pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
    with contextlib.suppress(AttributeError, ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(pid).kill()
