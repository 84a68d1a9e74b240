"""Every page gets a process of its own; what happens in it stays in it."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from livedocs.pages import Limits
from livedocs.pool import Task, end_pages, run_page


def steps(*cells: str) -> list[dict]:
    result = [{"fields": []}]
    for code in cells:
        result += [{"code": code, "raises": None}, {"fields": []}]
    return result


def results(tasks: dict[str, list[dict]], workers: int = 2, **limits: float) -> dict:
    """Results by name, from as many threads as there are workers, as a run does it."""
    with ThreadPoolExecutor(workers) as executor:
        tasks = [Task(name, task, Limits(**limits)) for name, task in tasks.items()]
        return {task.name: result for task, result in zip(tasks, executor.map(run_page, tasks))}


def text(result: dict) -> str:
    [output] = result["steps"][1]["outputs"]
    return output.get("text") or output["data"]["text/plain"]


def test_results_come_back_by_name():
    found = results({"a": steps("1 + 1"), "b": steps("'b'"), "c": steps("print('损失')")})
    assert {name: text(result) for name, result in found.items()} == {
        "a": "2",
        "b": "'b'",
        "c": "损失\n",
    }


def test_nothing_is_no_work():
    assert results({}) == {}


def test_pages_share_no_process():
    code = (
        "import os, builtins\nbuiltins.leak = getattr(builtins, 'leak', 0) + 1\nos.getpid(), leak"
    )
    found = results({"a": steps(code), "b": steps(code)}, workers=1)
    values = [eval(text(result)) for result in found.values()]
    assert values[0][0] != values[1][0]
    assert [leak for _, leak in values] == [1, 1]


def test_two_workers_run_at_the_same_time(tmp_path):
    """Each waits for the file that the other one writes."""
    code = (
        "import pathlib, time\n"
        "folder = pathlib.Path({folder!r})\n"
        "(folder / {mine!r}).touch()\n"
        "while not (folder / {other!r}).exists(): time.sleep(0.01)\n"
    )
    pairs = [("a", "b"), ("b", "a")]
    tasks = {m: steps(code.format(folder=str(tmp_path), mine=m, other=o)) for m, o in pairs}
    found = results(tasks, seconds=20)
    assert all("failed" not in result for result in found.values())


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("os._exit(3)", "ended with exit code 3"),
        ("os._exit(0)", "ended with exit code 0"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "was killed by SIGKILL"),
        ("os.abort()", "was killed by SIGABRT"),
        ("os.closerange(0, 1000); time.sleep(60)", "closed its connection to the build"),
    ],
)
def test_a_process_that_dies_fails_at_its_step_and_the_others_go_on(code, message):
    found = results({"gone": steps("import os, signal, time", code), "fine": steps("2")})
    assert found["gone"]["message"] == f"the process of this page {message}"
    assert found["gone"]["failed"] == 3
    assert text(found["fine"]) == "2"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("x = [bytearray(2**20) for _ in range(4096)]", "MemoryError"),
        ("import torch\ntorch.zeros(2**32)", "can't allocate memory"),
        ("while True: print('again')", "puts out more than its limit of 1 MiB"),
        ("print('x' * 2**21)", "puts out more than its limit of 1 MiB"),
        ("'x' * 2**22", "puts out more than its limit of 1 MiB"),
        ("while True:\n    try: print('x' * 99)\n    except Exception: pass", "limit of 1 MiB"),
        ("while True: os.write(1, b'x' * 2**20)", "OSError: [Errno 27] File too large"),
        (
            "with open('f', 'wb') as f: f.write(b'x' * (2**30 + 1))",
            "OSError: [Errno 27] File too large",
        ),
    ],
)
def test_what_exceeds_a_limit_is_the_error_of_its_cell(code, message):
    found = results({"much": steps("import os", code)}, memory=2048, output=1)
    assert message in found["much"]["message"]
    assert found["much"]["failed"] == 3


def test_the_error_of_a_full_memory_names_the_limit_and_the_line():
    code = "x = []\nwhile True:\n    x.append(bytearray(2**20))"
    result = results({"a": steps(code)}, memory=256)["a"]
    assert result["message"] == "MemoryError:  (with its limit of 256 MiB)"
    assert result["line"] == 3


def test_a_page_below_its_limits_is_not_disturbed():
    code = "x = bytearray(2**27)\nprint('x' * 2**20)\nlen(x)"
    outputs = results({"a": steps(code)}, memory=256, output=2)["a"]["steps"][1]["outputs"]
    assert outputs[1]["data"]["text/plain"] == str(2**27)


def test_the_copy_of_a_page_that_forks_is_not_heard():
    code = "import os\nchild = os.fork()\nif child: os.waitpid(child, 0)\n'mother' if child else 1"
    assert text(results({"a": steps(code)})["a"]) == "'mother'"


def test_closed_streams_and_threads_left_behind_hurt_nobody():
    found = results(
        {
            "closed": steps("import sys\nsys.stdout.close()\nsys.stderr.close()\n1"),
            "thread": steps(
                "import threading, time\nthreading.Thread(target=time.sleep, args=[60]).start()\n1"
            ),
            "figures": steps("import matplotlib.pyplot as plt\nplt.figure()\n1"),
            "fine": steps("import matplotlib.pyplot as plt\nlen(plt.get_fignums())"),
        },
        workers=1,
    )
    assert [text(found[name]) for name in ("closed", "thread", "fine")] == ["1", "1", "0"]
    assert "failed" not in found["figures"]


def test_what_a_subprocess_prints_does_not_reach_the_terminal(capfd):
    assert text(results({"a": steps("import os\nos.system('echo loud; echo loud >&2')")})["a"])
    assert "loud" not in "".join(capfd.readouterr())


def test_a_cell_cannot_pretend_to_be_done():
    code = (
        "import os\nfor fd in range(3, 64):\n"
        "    try: os.write(fd, b'x' * 64)\n    except OSError: pass"
    )
    result = results({"a": steps(code), "fine": steps("2")}, seconds=20)
    assert text(result["fine"]) == "2"
    assert "failed" in result["a"]


@pytest.fixture
def sleeper(tmp_path):
    """Steps that write the id of their process and sleep, and a function that looks for it."""
    file = tmp_path / "pid"
    code = f"import os, time\nopen({str(file)!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)"

    def lives() -> bool:
        try:
            return psutil.Process(int(file.read_text())).status() != psutil.STATUS_ZOMBIE
        except (psutil.NoSuchProcess, FileNotFoundError, ValueError):
            return False

    return steps(code), lives


def test_a_page_that_takes_longer_than_its_limit_is_ended(sleeper):
    task, lives = sleeper
    result = results({"slow": task}, seconds=1.5)["slow"]
    assert result["message"] == "the page ran longer than its limit of 1.5 s"
    assert result["failed"] == 1
    assert not lives()


def test_a_page_that_waits_for_a_worker_does_not_use_up_its_time():
    nap = steps("import time\ntime.sleep(1)\n1")
    found = results(dict.fromkeys("abc", nap), workers=1, seconds=2.5)
    assert [text(result) for result in found.values()] == ["1", "1", "1"]


def test_pages_can_be_ended_before_they_are_done(sleeper):
    task, lives = sleeper
    with ThreadPoolExecutor(1) as executor:
        future = executor.submit(run_page, Task("slow", task))
        while not lives():
            time.sleep(0.05)
        end_pages()
        assert "failed" in future.result(timeout=5)
    assert not lives()


def test_a_large_result_passes_whole():
    result = results({"a": steps("print('x' * 3_000_000)")})["a"]
    assert len(text(result)) == 3_000_001


def test_half_a_character_is_no_reason_to_die():
    result = results({"a": steps("print('a\\ud800b')")})["a"]
    assert text(result) == "a?b\n"


def test_a_page_may_start_processes_of_its_own_and_they_end_with_it(tmp_path):
    code = (
        "import torch\nfrom torch.utils.data import DataLoader\n"
        "sum(len(x) for x in DataLoader(torch.arange(8), batch_size=2, num_workers=2))"
    )
    assert text(results({"a": steps(code)})["a"]) == "8"


@pytest.mark.parametrize("session", [False, True], ids=["same session", "session of its own"])
def test_what_a_page_starts_ends_with_it(tmp_path, session):
    file = tmp_path / "child"
    code = (
        "import subprocess\n"
        f"child = subprocess.Popen(['sleep', '60'], start_new_session={session})\n"
        f"open({str(file)!r}, 'w').write(str(child.pid));"
    )
    for _ in range(5):  # it must not depend on which of them is faster
        results({"a": steps(code)})
        status = Path(f"/proc/{file.read_text()}/status")
        assert not status.exists() or "Z (zombie)" in status.read_text()


def test_torch_uses_one_thread_and_is_imported_already():
    code = "import sys\nwarm = 'torch' in sys.modules\nimport torch\nwarm, torch.get_num_threads()"
    assert text(results({"a": steps(code)})["a"]) == "(True, 1)"


def test_workers_do_not_import_the_main_module_of_their_caller():
    main = sys.modules["__main__"]
    code = "import sys\n'pytest' in sys.modules"
    assert text(results({"a": steps(code)})["a"]) == "False"
    assert sys.modules["__main__"] is main


def test_the_rehearsal_of_the_warm_process_runs_to_its_end():
    code = (
        "from livedocs import session, warm\n"
        "step = {'code': warm.IMPORTS + warm.REHEARSAL, 'raises': None}\n"
        "print(session.run_steps([step]).get('message'))"
    )
    root = Path(__file__).parents[2]
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root)
    assert result.stdout == "None\n", result.stderr
    assert "leaked" not in result.stderr
