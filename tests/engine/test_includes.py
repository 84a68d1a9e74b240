"""Includes are expanded by the real extension, and every line knows where it came from."""

import pytest

from livedocs.errors import PageError
from livedocs.includes import Line, expand, sections

NESTED = '''\
"""Doc."""
# --8<-- [start:all]
def f():
    # --8<-- [start:body]
    x = 1

    return x
    # --8<-- [end:body]


f()
# --8<-- [end:all]
'''


@pytest.fixture
def included(tiny):
    """Lines that an include on line 7 of page.md becomes, as (text, file name, number)."""

    def include(text: str) -> list[tuple[str, str, int]]:
        lines = expand([Line(text, tiny.root / "page.md", 7)], tiny.project.snippets)
        return [(line.text, line.path.name, line.number) for line in lines]

    return include


def test_a_section_is_dedented_and_its_lines_keep_their_numbers(tiny, included):
    tiny.snippet("a.py", NESTED)
    assert included('--8<-- "a.py:body"') == [
        ("x = 1", "a.py", 5),
        ("", "a.py", 6),
        ("return x", "a.py", 7),
    ]


def test_markers_inside_a_section_are_left_out(tiny, included):
    tiny.snippet("a.py", NESTED)
    assert included('--8<-- "a.py:all"') == [
        ("def f():", "a.py", 3),
        ("    x = 1", "a.py", 5),
        ("", "a.py", 6),
        ("    return x", "a.py", 7),
        ("", "a.py", 9),
        ("", "a.py", 10),
        ("f()", "a.py", 11),
    ]


def test_a_whole_file_is_included_without_its_markers(tiny, included):
    tiny.snippet("a.py", NESTED)
    lines = included('--8<-- "a.py"')
    assert lines[0] == ('"""Doc."""', "a.py", 1)
    assert lines[-1] == ("f()", "a.py", 11)
    assert not any("8<" in text for text, _, _ in lines)


def test_an_indented_include_indents_what_it_includes(tiny, included):
    tiny.snippet("a.py", NESTED)
    assert [text.rstrip() for text, _, _ in included('    --8<-- "a.py:body"')] == [
        "    x = 1",
        "",
        "    return x",
    ]


def test_lines_of_a_nested_include_name_the_include_in_the_page(tiny, included):
    tiny.snippet("inner.py", "a = 1\nb = 2\n")
    tiny.snippet("outer.py", 'c = 3\n--8<-- "inner.py"\n')
    assert included('--8<-- "outer.py"') == [
        ("c = 3", "page.md", 7),
        ("a = 1", "page.md", 7),
        ("b = 2", "page.md", 7),
        ("", "page.md", 7),
        ("", "page.md", 7),
    ]


def test_a_line_range_names_the_include_in_the_page(tiny, included):
    tiny.snippet("a.py", "a = 1\nb = 2\nc = 3\n")
    assert included('--8<-- "a.py:2:3"') == [("b = 2", "page.md", 7), ("c = 3", "page.md", 7)]


def test_the_same_section_can_be_included_twice(tiny):
    tiny.snippet("a.py", NESTED)
    line = Line('--8<-- "a.py:body"', tiny.root / "page.md", 1)
    assert len(expand([line, line], tiny.project.snippets)) == 6


def test_other_lines_stay_as_they_are(tiny):
    lines = [Line(text, tiny.root / "page.md", 1) for text in ("text", "", "    --8< no include")]
    assert expand(lines, tiny.project.snippets) == lines


def test_an_escaped_include_is_shown_instead_of_expanded(included):
    assert included(';--8<-- "a.py"') == [('--8<-- "a.py"', "page.md", 7)]


@pytest.mark.parametrize(
    "include, message",
    [
        ("a.py:boddy", "page.md:7: 'a.py' has no section 'boddy' (did you mean 'body'?)"),
        ("a.py:zzzzz", "page.md:7: 'a.py' has no section 'zzzzz'"),
        ("b/a.py", "page.md:7: no file 'b/a.py' to include (did you mean 'a.py'?)"),
        ("qqqqqqqq", "page.md:7: no file 'qqqqqqqq' to include"),
    ],
)
def test_what_does_not_exist_is_named_with_its_nearest_neighbour(tiny, included, include, message):
    tiny.snippet("a.py", NESTED)
    with pytest.raises(PageError) as caught:
        included(f'--8<-- "{include}"')
    assert str(caught.value) == message


def test_a_file_outside_the_snippets_cannot_be_included(tiny, included):
    with pytest.raises(PageError, match="page.md:7: "):
        included('--8<-- "../mkdocs.yml"')


def test_sections_are_listed_in_the_order_of_the_file(tiny):
    assert sections(tiny.snippet("a.py", NESTED)) == ["all", "body"]


@pytest.mark.parametrize(
    "text, message",
    [
        ("start:a end:a start:a end:a", "a.py:3: section 'a' is opened twice"),
        ("start:a start:a end:a", "a.py:2: section 'a' is opened twice"),
        ("start:a start:b end:b", "a.py:1: section 'a' is never closed"),
        ("end:a", "a.py:1: section 'a' is closed but not open"),
        ("start:a end:a end:a", "a.py:3: section 'a' is closed but not open"),
    ],
)
def test_unbalanced_sections_are_reported_with_their_line(tiny, text, message):
    path = tiny.snippet("a.py", "".join(f"# --8<-- [{word}]\n" for word in text.split()))
    with pytest.raises(PageError) as caught:
        sections(path)
    assert str(caught.value) == f"snippets/{message}"
