"""Twins are one lesson; its key changes with all that can change its outputs, and nothing else."""

import pytest

from livedocs import lessons
from livedocs.errors import PageError
from livedocs.lessons import environment, gap_expressions

PAGE = """\
# T {{ #t }}

Some prose.

```{header}
{code}
```

So {{{{ {field} }}}}.
"""


@pytest.fixture
def key(tiny):
    """Key of a page, by default the same one, with the changes given."""

    def compute(code="x = 1\nx", header="python", field="x", prose="") -> str:
        text = PAGE.format(header=header, code=code, field=field) + prose
        return tiny.project.lesson(tiny.page("p", text)).key

    return compute


@pytest.fixture
def fresh_environment():
    environment.cache_clear()
    yield
    environment.cache_clear()


@pytest.mark.parametrize(
    "here, there", [("docs/en/lone.md", "docs/zh/lone.md"), ("docs/zh/lone.md", "docs/en/lone.md")]
)
def test_a_page_without_a_twin_is_reported(tiny, here, there):
    tiny.write(here, "# T\n")
    with pytest.raises(PageError) as caught:
        tiny.project.lessons()
    assert str(caught.value) == f"{here}:1: this page has no twin {there}"


def test_a_page_that_no_language_has_is_reported(tiny):
    with pytest.raises(PageError) as caught:
        tiny.project.lesson("basics/nothing")
    assert str(caught.value) == "docs/en/basics/nothing.md:1: there is no such page"


def test_lessons_come_in_path_order_and_hold_both_pages(tiny):
    found = tiny.project.lessons()
    assert [lesson.name for lesson in found] == ["basics/index", "basics/sum", "index"]
    assert [page.language for page in found[1].pages.values()] == ["en", "zh"]


@pytest.mark.parametrize(
    "cell",
    ["```python\nx = 2\n```", "```{.python raises=E}\nx = 1\n```", "```{.python hide}\nx = 1\n```"],
)
def test_a_cell_that_differs_from_its_twin_is_reported_with_both_lines(tiny, cell):
    tiny.page("p", "# T\n\n```python\nx = 1\n```\n", f"# T\n\n\n{cell}\n")
    with pytest.raises(PageError) as caught:
        tiny.project.lesson("p")
    message = "docs/zh/p.md:4: this cell differs from its twin at docs/en/p.md:3"
    assert str(caught.value) == message


def test_twins_with_another_number_of_cells_are_reported(tiny):
    cell = "```python\nx = 1\n```\n"
    tiny.page("p", cell, cell + "\n" + cell)
    with pytest.raises(PageError) as caught:
        tiny.project.lesson("p")
    assert str(caught.value) == "docs/zh/p.md:1: 2 cells here, 1 in docs/en/p.md"


def test_the_title_of_a_cell_may_be_translated(tiny):
    cell = '```python title="{}"\nx = 1\n```\n'
    tiny.page("p", cell.format("data"), cell.format("数据"))
    assert len(tiny.project.lesson("p").pages) == 2


def test_steps_alternate_between_expressions_of_all_languages_and_cells(tiny):
    english = "{{ 1 }}\n\n```python\nx = 1\n```\n\n{{ x:.1f}}\n\n```{.python raises=E}\ny\n```\n"
    tiny.page("p", english, english.replace("x:.1f", "x:.2f"))
    assert tiny.project.lesson("p").steps == [
        {"fields": ["1"]},
        {"code": "x = 1\n", "raises": None},
        {"fields": ["x:.1f", "x:.2f"]},
        {"code": "y\n", "raises": "E"},
        {"fields": []},
    ]


def test_a_cell_that_is_only_shown_is_no_step(tiny):
    tiny.page("p", "```{.python notest}\nx\n```\n\n{{ 1 }}\n")
    assert tiny.project.lesson("p").steps == [{"fields": ["1"]}]


def test_a_page_of_prose_has_no_cells(tiny):
    assert not tiny.project.lesson("index").has_cells()
    tiny.page("p", "{{ 1 + 1 }}\n")
    assert tiny.project.lesson("p").has_cells()


def test_expressions_are_compared_without_their_formats(parse):
    page = parse("{{ a:.1f}} {{ b }}\n\n```python\nx\n```\n\n{{ a }}\n")
    assert gap_expressions(page) == [["a", "b"], ["a"]]


@pytest.mark.parametrize(
    "same",
    [
        {"code": "x = 1  # one\n# a line of its own | 单独一行\nx"},
        {"code": "\nx = 1\n\n\nx\n"},
        {"code": "x  =  1\nx"},
        {"prose": "\nMore prose. $x_{{i}}$\n"},
        {"header": '{.python title="t"}'},
        {"header": "{.python hide}"},
        {"header": "{.python no-output}"},
    ],
)
def test_the_key_does_not_change_with(key, same):
    assert key(**same) == key()


@pytest.mark.parametrize(
    "other",
    [
        {"code": "x = 2\nx"},
        {"code": "x = 1\nx;"},
        {"code": "x = 1\nx;  # quiet"},
        {"code": "x = 1\n'x'"},
        {"field": "x + 1"},
        {"field": "x:.1f"},
        {"header": "{.python raises=ValueError}"},
        {"header": "{.python notest}"},
        {"prose": "\n{{ 2 }}\n"},
        {"prose": "\n```python\nx\n```\n"},
    ],
)
def test_the_key_changes_with(key, other):
    assert key(**other) != key()


def test_a_semicolon_inside_the_code_is_no_change_of_the_key(key):
    assert key(code="x = 1; x") == key()


def test_code_that_is_no_python_counts_as_it_stands(key):
    assert key(code="x = = 1") != key(code="x = = 1  # comment")


def test_the_key_changes_with_an_expression_of_the_other_language_only(tiny):
    tiny.page("p", "{{ 1 }}\n", "{{ 1 }}\n")
    before = tiny.project.lesson("p").key
    tiny.page("p", "{{ 1 }}\n", "{{ 1:.2f}}\n")
    assert tiny.project.lesson("p").key != before


def test_the_key_changes_with_the_included_code(tiny):
    before = tiny.project.lesson("basics/sum").key
    tiny.edit("snippets/basics/sum.py", "three of them", "a triple")
    assert tiny.project.lesson("basics/sum").key == before
    tiny.edit("snippets/basics/sum.py", "[1, 2, 3]", "[1, 2, 4]")
    assert tiny.project.lesson("basics/sum").key != before


def test_the_key_changes_with_the_data_set_where_a_page_uses_it(key, monkeypatch):
    code = "import os\nos.environ.get('NOTES_DATASET')"
    before = key(), key(code)
    monkeypatch.setenv("NOTES_DATASET", "mnist")
    environment.cache_clear()
    assert key() == before[0]
    assert key(code) != before[1]


@pytest.mark.parametrize("package", ["torch", "matplotlib"])
def test_the_key_changes_with_a_version(key, monkeypatch, fresh_environment, package):
    before, real = key(), lessons.version
    monkeypatch.setattr(lessons, "version", lambda name: "0" if name == package else real(name))
    environment.cache_clear()
    assert key() != before


def test_the_key_changes_with_the_engine_that_runs_cells(key, monkeypatch, fresh_environment):
    before = key()
    monkeypatch.setattr(lessons, "_engine", lambda: "another")
    environment.cache_clear()
    assert key() != before


def test_a_data_set_that_appears_makes_the_pages_that_read_it_stale(tiny, tmp_path, monkeypatch):
    monkeypatch.setenv("NOTES_DATA", str(tmp_path / "data"))
    tiny.page("basics/reads", "# T { #t }\n\n```python\nimport os\nos.environ['NOTES_DATA']\n```\n")
    before = {lesson.name: lesson.key for lesson in tiny.project.lessons()}
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "table.csv.gz").write_bytes(b"1,2,3")
    after = {lesson.name: lesson.key for lesson in tiny.project.lessons()}
    assert [name for name in after if after[name] != before[name]] == ["basics/reads"]
