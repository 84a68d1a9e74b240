"""Stale pages run, the others come from the store, and all failures are told at once."""

import os
import re

import pytest

from livedocs import run
from livedocs.run import RunError, workers

CELL = "# T {{ #t }}\n\n```python\n{}\n```\n"


def test_failures_name_page_line_snippet_cell_and_error_and_stop_no_other_page(tiny):
    tiny.snippet("bad.py", "# --8<-- [start:body]\nx = 1\n\nx / 0\n# --8<-- [end:body]\n")
    tiny.only(
        snippet="Text.\n\n" + CELL.format('a = 2\n--8<-- "bad.py:body"'),
        gone=CELL.format("import os; os._exit(7)"),
        slow="---\nlimits: {seconds: 1.5}\n---\n" + CELL.format("import time; time.sleep(60)"),
        inline="# T\n\nOne.\n\nTwo {{ nothing }}.\n",
        fine=CELL.format("1 + 1"),
    )
    with pytest.raises(RunError) as caught:
        tiny.run()
    blocks = sorted(re.split(r"\n\n(?=docs/)", str(caught.value)))
    assert blocks[0] == (
        "docs/en/p/gone.md:3: the process of this page ended with exit code 7\n"
        "  in the cell:\n    import os; os._exit(7)"
    )
    assert blocks[1] == (
        "docs/en/p/inline.md:5: {{ nothing }}: NameError: name 'nothing' is not defined"
    )
    assert blocks[2] == (
        "docs/en/p/slow.md:6: the page ran longer than its limit of 1.5 s\n"
        "  in the cell:\n    import time; time.sleep(60)"
    )
    lines = blocks[3].splitlines()
    assert lines[0] == "docs/en/p/snippet.md:5: ZeroDivisionError: division by zero"
    assert lines[1] == "  at snippets/bad.py:4: x / 0"
    assert lines[2:7] == ["  in the cell:", "    a = 2", "    x = 1", "    ", "    x / 0"]
    assert lines[-1] == "  ZeroDivisionError: division by zero"
    assert len(blocks) == 4
    kept = {x.name: tiny.project.store.load(x.key) for x in tiny.project.lessons()}
    assert [name for name, result in kept.items() if result] == ["p/fine"]
    assert kept["p/fine"]["steps"][1]["outputs"][0]["data"]["text/plain"] == "2"


def test_an_error_in_a_line_of_the_page_itself_names_the_page(tiny):
    tiny.only(bad="# T\n\n```python\nx = 1\n\ny = = 2\n```\n")
    with pytest.raises(RunError) as caught:
        tiny.run()
    assert str(caught.value).splitlines()[1] == "  at docs/en/p/bad.md:6: y = = 2"


def test_an_expression_that_only_the_other_language_holds_is_found_there(tiny):
    tiny.only()
    tiny.page("p/x", "# T\n\n{{ 1 }}\n", "# T\n\n{{ 1 }}\n\n\n{{ 1 / 0 }}\n")
    with pytest.raises(RunError, match=r"^docs/zh/p/x.md:6: \{\{ 1 / 0 \}\}: ZeroDivisionError"):
        tiny.run()


def test_the_second_run_takes_everything_from_the_store(tiny):
    first, second = tiny.run(), tiny.run()
    assert [outcome.stored for outcome in first.values()] == [True, False, True]  # two have no code
    assert all(outcome.stored for outcome in second.values())
    for name, outcome in first.items():
        assert outcome.result == second[name].result


def test_outcomes_come_in_the_order_of_the_lessons(tiny):
    assert list(tiny.run()) == ["basics/index", "basics/sum", "index"]


def test_edits_run_what_they_change_and_nothing_else(tiny):
    tiny.only(a=CELL.format("x = 1\nx"), b=CELL.format('--8<-- "basics/sum.py:total"'))

    def ran() -> list[str]:
        return [name for name, outcome in tiny.run().items() if not outcome.stored]

    assert ran() == ["p/a", "p/b"]
    tiny.edit("snippets/basics/sum.py", "# three of them | 三个数", "# 3 | 三")
    tiny.edit("docs/zh/p/a.md", "# T", "# 题")
    tiny.edit_twins("p/a", "x = 1\n", "x = 1  # one\n\n")
    assert ran() == []
    tiny.edit("snippets/basics/sum.py", "[1, 2, 3]", "[1, 2]")
    assert ran() == ["p/b"]
    tiny.edit_twins("p/a", "x = 1", "x = 2")
    assert ran() == ["p/a"]
    tiny.edit_twins("p/a", "x = 2", "x = 1")
    assert ran() == []  # the first result is still there


def test_a_damaged_entry_is_run_again(tiny):
    tiny.run()
    [entry] = (tiny.project.store.folder).glob("??/*.json")
    entry.write_bytes(entry.read_bytes()[:-9])
    assert not tiny.run()["basics/sum"].stored
    assert tiny.run()["basics/sum"].stored


def test_rerun_runs_what_is_up_to_date(tiny):
    tiny.run()
    outcomes = tiny.run(rerun=True)
    assert [name for name, outcome in outcomes.items() if not outcome.stored] == ["basics/sum"]


def test_the_longest_page_of_the_last_run_starts_first(tiny, monkeypatch, capsys):
    monkeypatch.setattr(run, "workers", lambda: 1)
    tiny.only(a=CELL.format("1"), b=CELL.format("2"), c=CELL.format("3"), d=CELL.format("4"))
    for name, seconds in {"p/a": 0.5, "p/b": 3.0, "p/c": 2.0}.items():  # d counts as a second
        tiny.project.store.save_seconds(name, seconds)
    tiny.run()
    order = re.findall(r"^\[\d/4\] p/(\w): ", capsys.readouterr().err, re.MULTILINE)
    assert order == ["b", "c", "d", "a"]


def test_a_run_notes_how_long_its_pages_took(tiny):
    outcome = tiny.run()["basics/sum"]
    assert tiny.project.store.seconds() == {"basics/sum": outcome.result["seconds"]}


def test_a_result_knows_its_date_and_versions(tiny, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    result = tiny.run()["basics/sum"].result
    assert result["date"] == "1970-01-02"
    assert {"python", "torch", "engine"} <= set(result["environment"])


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no affinity on this system")
def test_there_is_a_worker_for_each_core_that_may_be_used():
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        assert workers() == 1
    finally:
        os.sched_setaffinity(0, before)
    assert workers() == len(before)
