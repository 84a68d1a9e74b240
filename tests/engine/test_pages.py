"""A page is read as text, cells and other fences, wherever they stand."""

import pytest

from livedocs.errors import PageError
from livedocs.pages import Cell, Text


def error_of(parse, text: str) -> str:
    with pytest.raises(PageError) as caught:
        parse(text)
    return str(caught.value)


def test_blocks_follow_each_other_in_the_order_of_the_page(parse):
    page = parse("one\n\n```python\nx = 1\n```\n\n```text\nplain\n```\ntwo\n")
    kinds = [(type(block), getattr(block, "literal", None)) for block in page.blocks]
    assert kinds == [(Text, False), (Cell, None), (Text, False), (Text, True), (Text, False)]
    assert page.cells[0].code == "x = 1\n"
    assert page.cells[0].opening.number == 3
    assert [line.number for line in page.cells[0].lines] == [4]


@pytest.mark.parametrize(
    "opening", ['??? note "N"', '???+ note "N"', '!!! tip "N"', '=== "N"', "- N"]
)
def test_a_cell_in_a_container_is_a_cell_without_the_indent(parse, opening):
    page = parse(f"{opening}\n\n    ```python\n    if x:\n        y\n\n    ```\n\nafter\n")
    [cell] = page.cells
    assert cell.code == "if x:\n    y\n\n"
    assert cell.indent == "    "


def test_a_cell_two_containers_deep_is_a_cell(parse):
    page = parse('=== "A"\n\n    ??? note "B"\n\n        ```python\n        x = 1\n        ```\n')
    assert [cell.code for cell in page.cells] == ["x = 1\n"]


def test_an_include_in_a_container_is_code_of_the_cell(tiny, parse):
    page = parse('??? note "N"\n\n    ```python\n    --8<-- "basics/sum.py:total"\n    ```\n')
    assert page.cells[0].code.startswith("numbers = [1, 2, 3]")
    assert [line.number for line in page.cells[0].lines] == [4, 5]
    assert page.cells[0].lines[0].path == tiny.project.snippets / "basics/sum.py"


@pytest.mark.parametrize("fence", ["```", "````", "~~~"])
def test_a_fence_ends_only_with_its_own_marks(parse, fence):
    other = "~~~" if fence[0] == "`" else "```"
    page = parse(f"{fence}python\nx = '''\n{other}\n'''\n{fence}\n")
    assert page.cells[0].code == f"x = '''\n{other}\n'''\n"


@pytest.mark.parametrize(
    "header, options, runs",
    [
        ("python", {}, True),
        ("py", {}, True),
        ('python title="a b"', {"title": "a b"}, True),
        ("{.python notest}", {"notest": ""}, False),
        ("{.python raises=ValueError}", {"raises": "ValueError"}, True),
        ("{ .python hide }", {"hide": ""}, True),
        ("{.python no-output hl_lines='1 2'}", {"no-output": "", "hl_lines": "1 2"}, True),
    ],
)
def test_options_of_a_cell_stand_in_its_header(parse, header, options, runs):
    [cell] = parse(f"```{header}\nx\n```\n").cells
    assert {key: value if value != key else "" for key, value in cell.options.items()} == options
    assert cell.runs == runs


@pytest.mark.parametrize(
    "header, message",
    [
        ("{.python hid}", "page.md:3: unknown option 'hid' (did you mean 'hide'?)"),
        ("{.python no-ouput}", "page.md:3: unknown option 'no-ouput' (did you mean 'no-output'?)"),
        ("{.python qqq}", "page.md:3: unknown option 'qqq'"),
        ("python notest", "page.md:3: write options in braces: {.python notest}"),
        ("python raises=E", "page.md:3: write options in braces: {.python raises=E}"),
    ],
)
def test_a_wrong_option_is_reported_with_its_line(parse, header, message):
    assert error_of(parse, f"# T\n\n```{header}\nx\n```\n") == message


def test_raises_must_name_an_error(parse):
    assert error_of(parse, '```{.python raises=""}\nx\n```\n') == (
        "page.md:1: name the error: raises=ValueError"
    )


@pytest.mark.parametrize("name", ["python", "Python", "py", "python3"])
def test_every_name_of_python_makes_a_cell(parse, name):
    assert len(parse(f"```{name}\n1\n```\n").cells) == 1


def test_a_fence_that_never_closes_is_reported_where_it_opens(parse):
    assert error_of(parse, "one\n\n```python\nx = 1\n") == "page.md:3: this fence is never closed"
    text = "- a\n\n    ```python\n    x = 1\n```\n"
    assert error_of(parse, text) == "page.md:3: this fence is never closed"


@pytest.mark.parametrize("header", ["text", "", "{.text .output}", "console", "pycon", "bash"])
def test_fences_of_other_languages_are_shown_as_they_are(parse, header):
    page = parse(f"```{header}\n# no heading\n{{{{ no expression }}}}\n{{{{ open\n```\n")
    [block] = page.blocks
    assert block.literal and block.fields == [] and page.headings == [] and page.cells == []


def test_expressions_in_prose_keep_their_line(parse):
    page = parse("# T\n\nof {{ n }} and {{ acc:.1%}},\n{{ d['a'][0]!r:>8 }}.\n")
    assert [(text, line.number) for text, line in page.blocks[0].fields] == [
        ("n", 3),
        ("acc:.1%", 3),
        ("d['a'][0]!r:>8", 4),
    ]


@pytest.mark.parametrize("field", ["1 +", "x y", "for", "{1: 2}[1]", "import os"])
def test_an_expression_that_does_not_parse_is_reported(parse, field):
    message = error_of(parse, f"# T\n\ntext {{{{ {field} }}}}\n")
    assert message == f"page.md:3: '{{{{ {field} }}}}' is not a field of an f-string"


@pytest.mark.parametrize("line", ["{{ n", "{{ n }", "{{ n } }", "{{ a }} and {{ b"])
def test_an_expression_that_never_closes_is_reported(parse, line):
    message = error_of(parse, f"# T\n\n{line}\n")
    assert message == "page.md:3: '{{ ' opens an expression that never closes"


@pytest.mark.parametrize("formula", [r"\frac{{a}}{{b}}", r"x_{{i}}", "{{a}}", r"{\bf {x}}"])
def test_double_braces_of_latex_are_no_expression(parse, formula):
    page = parse(f"${formula}$\n")
    assert page.blocks[0].fields == []
    assert page.blocks[0].lines[0].text == f"${formula}$"


def test_front_matter_is_read_and_lines_below_it_keep_their_numbers(parse):
    page = parse("---\ndescription: D\nnotes: [A-1]\n---\n# T { #t }\n")
    assert page.meta == {"description": "D", "notes": ["A-1"]}
    assert [
        (level, title, anchor, line.number) for level, title, anchor, line in page.headings
    ] == [(1, "T", "t", 5)]


def test_a_page_without_front_matter_has_none(parse):
    assert parse("# T\n\n---\n\nrule\n").meta == {}


@pytest.mark.parametrize(
    "text, line, message",
    [
        ("---\na: 1\n", 1, "front matter is opened with --- and never closed"),
        ("---\na: 1\nb: [1\n---\n", 3, "front matter: expected ',' or ']'"),
        ("---\na: 1\n  b: 2\n---\n", 3, "front matter: mapping values are not allowed here"),
        ("---\n- a\n---\n", 2, "front matter must be a mapping"),
        ("---\na: 2026-02-31\n---\n", 2, "front matter: day is out of range for month"),
        ("---\nlimits: 3\n---\n", 2, "front matter: `limits` is a mapping"),
        ("---\nlimits: {seconds: long}\n---\n", 2, "front matter: 'seconds' is a number above 0"),
        ("---\nlimits: {memory: 0}\n---\n", 2, "front matter: 'memory' is a number above 0"),
        ("---\nlimits: {second: 1}\n---\n", 2, "front matter: there is no limit 'second' (did"),
        ("---\ntolerance: true\n---\n", 2, "front matter: 'tolerance' is a number above 0"),
    ],
)
def test_wrong_front_matter_is_reported_with_its_line(parse, text, line, message):
    assert error_of(parse, text).startswith(f"page.md:{line}: {message}")


def test_headings_have_level_title_and_anchor(parse):
    page = parse("# One { #one }\n\n## Two\n\n### `x` {#x-1}\n\n```python\n# comment\n```\n#no\n")
    assert [heading[:3] for heading in page.headings] == [
        (1, "One", "one"),
        (2, "Two", None),
        (3, "`x`", "x-1"),
    ]


def test_the_title_is_the_first_h1_or_else_the_name(parse):
    assert parse("## Sub\n\n# Title { #t }\n").title == "Title"
    assert parse("no heading\n", name="a/b").title == "a/b"
