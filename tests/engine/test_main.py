"""The command line runs, checks and stages, and its exit code tells how it went."""

import re
import shutil

import pytest

from livedocs.__main__ import main
from livedocs.run import SPARE, shard


@pytest.fixture
def command(tiny, capsys):
    """Run a command in the tiny project; returns exit code, output, errors."""

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(list(arguments))
        output = capsys.readouterr()
        return code, output.out, output.err

    return call


def rows(output: str) -> list[list[str]]:
    """Rows of the table without the seconds."""
    lines = [line.split() for line in output.splitlines()[1:]]
    return [[page, cells, result] for page, cells, _, result in lines]


def test_run_tells_what_ran_and_what_came_from_the_store(command):
    code, output, _ = command("run")
    assert (code, rows(output)) == (0, [["basics/sum", "2", "run"]])
    code, output, errors = command("run")
    assert (code, rows(output), errors) == (0, [["basics/sum", "2", "store"]], "")
    code, output, _ = command("run", "--rerun")
    assert (code, rows(output)) == (0, [["basics/sum", "2", "run"]])


@pytest.mark.parametrize(
    "page", ["basics/more", "docs/en/basics/more.md", "docs/zh/basics/more.md", "./basics/more.md"]
)
def test_run_takes_one_page_by_its_name_or_path(tiny, command, page):
    tiny.page("basics/more", "# More { #more }\n\n```python\n1 + 1\n```\n")
    code, output, _ = command("run", page)
    assert (code, rows(output)) == (0, [["basics/more", "1", "run"]])


@pytest.mark.parametrize("page", ["nothing", "docs/en/nothing.md"])
def test_a_page_that_does_not_exist_is_an_error(command, page):
    code, output, errors = command("run", page)
    assert (code, output) == (1, "")
    assert errors == "docs/en/nothing.md:1: there is no such page\n"


def test_a_page_that_fails_is_an_error(tiny, command):
    tiny.page("basics/bad", "# Bad { #bad }\n\n```python\n1 / 0\n```\n")
    code, output, errors = command("run")
    assert (code, output) == (1, "")
    assert "docs/en/basics/bad.md:3: ZeroDivisionError: division by zero" in errors


def test_check_tells_the_rows_of_the_notes_and_finds_nothing(command):
    code, output, _ = command("check")
    assert (code, output) == (0, "basics: 1 of 1 rows of the notes\nno problem found\n")


def test_check_fails_with_the_problems(tiny, command):
    tiny.edit("docs/en/basics/sum.md", "Three numbers.", "Three easy numbers.")
    code, output, _ = command("check")
    assert code == 1
    assert output.splitlines()[1:] == ["docs/en/basics/sum.md:7: 'easy' is a word to avoid"]


def test_stage_writes_a_folder_per_language(tiny, command):
    code, output, _ = command("stage")
    assert (code, output) == (0, ".livedocs/staged/en\n.livedocs/staged/zh\n")
    code, output, _ = command("stage", "elsewhere")
    assert (code, output) == (0, "elsewhere/en\nelsewhere/zh\n")
    assert (tiny.root / "elsewhere/zh/docs/basics/sum.md").is_file()


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["check", "--unknown"]])
def test_a_wrong_command_line_shows_how_it_is_used(command, capsys, arguments):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: python -m livedocs" in capsys.readouterr().err


def test_the_package_is_a_command(tiny):
    tiny.run()
    result = tiny.python("livedocs", "run")
    assert result.returncode == 0
    assert re.search(r"basics/sum +2 +\d+\.\d\d +store", result.stdout)
    result = tiny.python("livedocs", "run", "nothing")
    assert (result.returncode, result.stdout) == (1, "")


def test_shards_cover_the_stale_pages_once_and_take_about_as_long(tiny, command):
    tiny.only(**{f"page{i}": f"# T {{ #t }}\n\n```python\n{i}\n```\n" for i in range(8)})
    for i, seconds in enumerate([8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0]):
        tiny.project.store.save_seconds(f"p/page{i}", seconds)
    command("run", "p/page7")  # up to date, so in no shard
    known = tiny.project.store.seconds()
    shards = [shard(tiny.project.lessons(), tiny.project.store, i, 3) for i in (1, 2, 3)]
    names = [[lesson.name for lesson in part] for part in shards]
    assert sorted(sum(names, [])) == [f"p/page{i}" for i in range(7)]
    totals = [sum(known[name] for name in part) for part in names]
    assert totals == [13.0, 11.0, 11.0]  # of 35
    assert sorted(page for page, *_ in rows(command("run", "--shard", "2/3")[1])) == names[1]


def test_stores_of_shards_merge_by_copying(tiny, command, tmp_path_factory):
    tiny.only(**{f"page{i}": f"# T {{ #t }}\n\n```python\n{i}\n```\n" for i in range(4)})
    merged = tmp_path_factory.mktemp("merged")
    for part in ("1/2", "2/2"):
        assert len(rows(command("run", "--shard", part)[1])) == 2
        shutil.copytree(tiny.project.store.folder, merged, dirs_exist_ok=True)
        shutil.rmtree(tiny.project.store.folder)
    shutil.copytree(merged, tiny.project.store.folder)
    assert {result for _, _, result in rows(command("run")[1])} == {"store"}


@pytest.mark.parametrize("part", ["0/2", "3/2", "1", "1/0", "a/b", "-1/2"])
def test_a_part_that_is_none_is_an_error(command, capsys, part):
    with pytest.raises(SystemExit) as caught:
        main(["run", f"--shard={part}"])
    assert caught.value.code == 2
    assert f"'{part}' is not a part like 2/4" in capsys.readouterr().err


def test_gc_removes_what_no_page_needs(tiny, command):
    command("run")
    tiny.edit("snippets/basics/sum.py", "[1, 2, 3]", "[1, 2]")
    command("run")
    entries = list(tiny.project.store.folder.glob("??/*.json"))
    assert len(entries) == 2
    assert command("gc")[:2] == (0, "1 files removed\n")
    assert len(list(tiny.project.store.folder.glob("??/*.json"))) == 1
    assert rows(command("run")[1]) == [["basics/sum", "2", "store"]]


def test_the_store_does_not_grow_without_bound(tiny, command):
    for i in range(20):
        tiny.project.store.save(f"{i:02}" + "0" * 62, {"steps": []})
    command("run")
    entries = list(tiny.project.store.folder.glob("??/*.json"))
    assert len(entries) <= 1 + SPARE * len(tiny.project.lessons())


def test_a_fresh_run_is_compared_with_the_stored_one(tiny, command):
    code, _, errors = command("check", "--rerun")
    assert code == 1 and "1 pages had no result in the store to compare with" in errors
    command("run")
    code, output, _ = command("check", "--rerun")
    assert (code, output) == (0, "1 pages run again, no output changed\n")
    lesson = tiny.project.lesson("basics/sum")
    result = tiny.project.store.load(lesson.key)
    result["steps"][1]["outputs"][0]["data"]["text/plain"] = "7"
    tiny.project.store.save(lesson.key, result)
    code, output, _ = command("check", "--rerun")
    assert code == 1
    assert output == "docs/en/basics/sum.md:9: the output changed\n  -7\n  +6\n"
