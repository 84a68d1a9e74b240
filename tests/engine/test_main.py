"""The command line runs, checks and stages, and its exit code tells how it went."""

import re

import pytest

from livedocs.__main__ import main


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
