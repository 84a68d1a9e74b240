"""Every page gets a process of its own; what happens in it stays in it."""

import os
import sys
from pathlib import Path

import pytest

from livedocs.pool import run_pool


def steps(*cells: str) -> list[dict]:
    result = [{"fields": []}]
    for code in cells:
        result += [{"code": code, "raises": None}, {"fields": []}]
    return result


def results(tasks: dict[str, list[dict]], limit: float = 60.0, workers: int = 2) -> dict:
    return dict(run_pool([(name, task, limit) for name, task in tasks.items()], workers))


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


def test_one_worker_takes_the_tasks_in_their_order():
    tasks = [(name, steps("1"), 60.0) for name in "cab"]
    assert [name for name, _ in run_pool(tasks, 1)] == ["c", "a", "b"]


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
    found = results(tasks, limit=20.0)
    assert all("failed" not in result for result in found.values())


def test_a_process_that_dies_fails_and_the_others_go_on():
    found = results({"gone": steps("import os\nos._exit(3)"), "fine": steps("2")})
    assert found["gone"]["message"] == "the process of this page died with exit code 3"
    assert "failed" in found["gone"]
    assert text(found["fine"]) == "2"


@pytest.fixture
def sleeper(tmp_path):
    """Steps that write the id of their process and sleep, and a function that looks for it."""
    file = tmp_path / "pid"
    code = f"import os, time\nopen({str(file)!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)"

    def lives() -> bool:
        try:
            os.kill(int(file.read_text()), 0)
        except ProcessLookupError:
            return False
        return True

    return steps(code), lives


def test_a_page_that_takes_longer_than_its_limit_is_ended(sleeper):
    task, lives = sleeper
    found = dict(run_pool([("slow", task, 1.5), ("fine", steps("2"), 60.0)], 2))
    assert found["slow"]["message"] == "the page ran longer than its limit of 1.5 s"
    assert text(found["fine"]) == "2"
    assert not lives()


def test_a_page_that_waits_for_a_worker_does_not_use_up_its_time():
    nap = steps("import time\ntime.sleep(1)\n1")
    found = dict(run_pool([(name, nap, 2.5) for name in "abc"], 1))
    assert [text(result) for result in found.values()] == ["1", "1", "1"]


def test_workers_are_ended_when_nobody_waits_for_their_results(sleeper):
    task, lives = sleeper
    nap = steps("import time\ntime.sleep(1)")
    pool = run_pool([("slow", task, 60.0), ("fast", nap, 60.0)], 2)
    assert next(pool)[0] == "fast"
    assert lives()
    pool.close()
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
    assert text(results({"a": steps(code)}, limit=60.0)["a"]) == "8"
    file = tmp_path / "child"
    start = "import os, subprocess\nchild = subprocess.Popen(['sleep', '60'])\n"
    write = f"open({str(file)!r}, 'w').write(str(child.pid));"
    results({"a": steps(start + write)})
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
