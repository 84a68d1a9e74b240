"""A process per page, forked from one warm parent, as many at a time as there are cores."""

import contextlib
import json
import multiprocessing
import os
import signal
import sys
import time
import types
from multiprocessing.connection import wait
from pathlib import Path


def _context():
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    root = str(Path(__file__).parents[1])
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if root not in paths:  # the fork server must find this package, wherever it is started
        os.environ["PYTHONPATH"] = os.pathsep.join([root, *filter(None, paths)])
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["livedocs.warm"])
    return context


def _work(connection, steps: list[dict]) -> None:
    os.setsid()  # so that what the page started ends with it
    multiprocessing.set_start_method(None, force=True)  # the default, as in a reader's program
    import livedocs.warm  # noqa: F401  (already there when forked, needed when spawned)
    from livedocs.session import run_steps

    result = json.dumps(run_steps(steps), ensure_ascii=False)
    connection.send_bytes(result.encode("utf-8", "replace"))  # a page may print half a character


def run_pool(tasks: list[tuple[str, list[dict], float]], workers: int):
    """Yield (name, result) as pages end. tasks: (name, steps, limit in seconds), longest first.

    A page whose process dies or takes longer than its limit gives a result with "failed".
    """
    context = _context()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    waiting, running = list(tasks), {}
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                name, steps, limit = waiting.pop(0)
                receiver, sender = context.Pipe(duplex=False)
                process = context.Process(target=_work, args=(sender, steps))
                with _without_main():
                    process.start()
                sender.close()
                running[receiver] = (name, process, time.monotonic() + limit, limit)
            wait(list(running), timeout=0.2)
            for receiver, (name, process, deadline, limit) in list(running.items()):
                if receiver.poll():
                    result = _receive(receiver, process)
                elif time.monotonic() > deadline:
                    result = _failure(f"the page ran longer than its limit of {limit:g} s")
                else:
                    continue
                _end(process)
                del running[receiver]
                yield name, result
    finally:
        for _, process, _, _ in running.values():
            _end(process)


@contextlib.contextmanager
def _without_main():
    """Keep workers from importing the caller's main module: it costs time and may have effects."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _receive(receiver, process) -> dict:
    try:
        return json.loads(receiver.recv_bytes())
    except EOFError:
        process.join()
        return _failure(f"the process of this page died with exit code {process.exitcode}")


def _failure(message: str) -> dict:
    return {"failed": 0, "message": message, "line": None, "trace": "", "field": ""}


def _end(process) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.join()
