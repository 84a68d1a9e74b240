"""Text as a terminal leaves it, cut at limits; what is no text or table is not shown."""

import ast
import json
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from livedocs.errors import PageError
from livedocs.notebook import chapter_notebook
from livedocs.outputs import MAX_CHARACTERS, MAX_LINES, MAX_VALUE, cut, one_line, plain, shown
from livedocs.render import render
from livedocs.store import Store
from livedocs.svg import MAX_DEPTH, SVG

BIDI = set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c")
ENGINE = Path(__file__).parents[2] / "livedocs"


@pytest.mark.parametrize(
    "text, expected",
    [
        ("\x1b[31mred\x1b[0m \x1b[1;4mbold\x1b[m", "red bold"),
        ("\x1b[2K\x1b[1Gdone", "done"),
        ("\x1b]0;title\x07a\x1b]8;;https://a.example\x1b\\link\x1b]8;;\x1b\\", "alink"),
        ("\x9b31mred\x9d0;title\x9c!", "red!"),
        ("\x1bPq#0\x1b\\a\x1b7\x1b(Bb", "ab"),
        ("\x1b[31", "\ufffd[31"),
        ("\x1b]0;never ends\nnext", "\ufffd]0;never ends\nnext"),
        ("end\x1b", "end\ufffd"),
        ("  0%\r 50%\r100%", "100%"),
        ("  0%\r 50%\r100%\r\nnext\r\n", "100%\nnext"),
        ("downloading\rdone", "doneloading"),
        ("downloading\r\x1b[Kdone", "done"),
        ("downloading\rdone\x1b[K", "done"),
        ("downloading\x1b[2K\rdone\r", "done"),
        ("a\u200bb\u202ec\ufeffd\u2066", "a\ufffdb\ufffdc\ufffdd\ufffd"),
        ("a\x00b\x07c\x08d", "a\ufffdb\ufffdc\ufffdd"),
        ("a\x0bb\x0cc\x1cd\x1ee", "a\ufffdb\ufffdc\ufffdd\ufffde"),
        ("a\x85b\u2028c\u2029d", "a\ufffdb\ufffdc\ufffdd"),
        ("\x02wzxhzdk:0\x03", "\ufffdwzxhzdk:0\ufffd"),
        ("a\ud800b", "a\ufffdb"),
        ("a\tb\n1234567\tc", "a       b\n1234567 c"),
        ("损失 🙂 é ≈", "损失 🙂 é ≈"),
        ("\n\n  first  \n\nlast \n\n", "  first\n\nlast"),
        ("", ""),
    ],
)  # fmt: skip
def test_text_is_what_a_terminal_leaves_of_it(text, expected):
    assert plain(text) == expected


@settings(deadline=None, database=None, derandomize=True)
@given(st.text(st.characters(exclude_categories=())))
@example("\x1b[\x00m")
def test_plain_text_is_plain_and_stays_as_it_is(text):
    once = plain(text)
    assert plain(once) == once
    kinds = {unicodedata.category(character) for character in once.replace("\n", "")}
    assert not kinds & {"Cc", "Cs", "Zl", "Zp"}
    assert not set(once) & BIDI
    assert "\n".join(once.splitlines()) == once.removesuffix("\n")


@pytest.mark.parametrize(
    "line", ["\r" * 1000 + "a", "a\r" * 1000, "\x1b]", "\x9d", "\x1b[", "\x1b[2K", "\t "]
)
def test_a_megabyte_of_anything_takes_no_time(line):
    start = time.process_time()
    plain(line * (1_000_000 // len(line)))
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "language, lines, characters",
    [
        ("en", "… 99,710 lines not shown", "… 981,000 characters not shown"),
        ("zh", "……此处省略 99,710 行", "……此处省略 981,000 个字符"),
    ],
)
def test_long_text_is_cut_with_a_note_in_the_language_of_the_page(language, lines, characters):
    text = "\n".join(map(str, range(100_000)))
    shown = cut(text, language).split("\n")
    assert shown[:280] == text.split("\n")[:280]
    assert shown[280] == lines
    assert shown[281:] == text.split("\n")[-10:]
    text = "a" * 500_000 + "b" * 500_000
    assert cut(text, language) == f"{'a' * 18_000}\n{characters}\n{'b' * 1_000}"


def test_the_limits_themselves_are_not_cut():
    lines, characters = "\n".join("x" * MAX_LINES), "x" * MAX_CHARACTERS
    assert cut(lines, "en") == lines and cut(characters, "en") == characters
    assert "11 lines not shown" in cut(lines + "\nx", "en")
    assert "1,001 characters not shown" in cut(characters + "x", "en")


@settings(deadline=None, database=None, derandomize=True, max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from(["a", "b\n", "\n", "c" * 90 + "\n"]), st.integers(0, 9999)))
)
def test_what_is_cut_and_what_is_left_are_the_whole_text(parts):
    text = "".join(part * count for part, count in parts)
    short = cut(text, "en")
    if short == text:
        assert len(text) <= MAX_CHARACTERS and text.count("\n") < MAX_LINES
        return
    assert len(short) <= MAX_CHARACTERS and short.count("\n") < MAX_LINES
    [note] = [line for line in short.split("\n") if line.endswith(" not shown")]
    head, tail = short.split(f"\n{note}\n")
    assert text.startswith(head) and text.endswith(tail)
    count, unit = int(note.split()[1].replace(",", "")), note.split()[2]
    hidden = text[len(head) : len(text) - len(tail)]
    assert count == (len(hidden) if unit == "characters" else hidden.count("\n") - 1)


def test_a_long_value_in_a_sentence_is_cut_with_a_note():
    assert one_line("x" * 5000, "en") == f"{'x' * MAX_VALUE} … 4,000 characters not shown"
    assert one_line("x" * 5000, "zh").endswith("x ……此处省略 4,000 个字符")


def test_pages_and_notebooks_cut_the_same_output(tiny):
    page = "# T\n\n```python\nprint('<b>\\n' * 100_000)\n'x' * 1_000_000\n```\n\n{{ 'y' * 2000 }}\n"
    lesson, result = tiny.result(tiny.page("c/page", page))
    for language, notes in (
        ("en", ("… 99,710 lines not shown", "… 981,002 characters not shown")),
        ("zh", ("……此处省略 99,710 行", "……此处省略 981,002 个字符")),
    ):
        markdown = render(lesson.pages[language], result, {})
        cells = chapter_notebook([(lesson.pages[language], result)], {}, "").cells
        printed, value = cells[2].outputs
        for text, note in zip((printed.text, value.data["text/plain"]), notes):
            assert f"\n{note}\n" in text and text.rstrip("\n") in markdown
        assert "1,000" in markdown.splitlines()[-1] and "1,000" in cells[3].source


def test_a_long_table_is_cut_text_and_an_object_without_a_table_is_text(tiny):
    row = "<tr><td>a</td><td>b &lt; c</td></tr>"
    for markup, expected in (
        (f"<table>{row}</table>", "Short."),
        (f"<table>{row * 5000}</table>", "… 4,710 lines not shown"),
        ("<b>bold</b>", "Short."),
        ("<!-- <table> --><script>'<table>'</script>", "Short."),
        ("", "Short."),
    ):
        output = {"output_type": "display_data", "metadata": {}}
        data = shown(output | {"data": {"text/html": markup, "text/plain": "Short."}}, "en")["data"]
        assert expected in data["text/plain"]
        assert ("text/html" in data) == (markup == f"<table>{row}</table>")


LAUGHS = '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
DEEP = "<g>" * 100_000 + "</g>" * 100_000


@pytest.mark.parametrize(
    "svg, message",
    [
        ("<svg", "not valid SVG"),
        (f'{LAUGHS}<svg xmlns="{SVG}"><text>&b;</text></svg>', "not valid SVG: EntitiesForbidden"),
        (f'<!DOCTYPE svg SYSTEM "file:///x"><svg xmlns="{SVG}">&x;</svg>', "not valid SVG"),
        ("<html/>", "not SVG but <html>"),
        (f'<svg xmlns="{SVG}">{DEEP}</svg>', f"nests elements more than {MAX_DEPTH} deep"),
    ],
    ids=["broken", "entities", "external", "other", "deep"],
)  # fmt: skip
def test_a_figure_that_is_no_drawing_is_an_error_at_its_cell(tiny, svg, message):
    code = f"display({{'image/svg+xml': {svg!r}}}, raw=True)"
    page = f"# T\n\n```python\n{code}\n```\n\n![A figure](figure)\n"
    lesson, result = tiny.result(tiny.page("c/page", page))
    with pytest.raises(PageError, match=message) as caught:
        render(lesson.first, result, {})
    assert str(caught.value).startswith("docs/en/c/page.md:3: the figure of this cell ")
    with pytest.raises(PageError, match="docs/en/c/page.md:3: "):
        chapter_notebook([(lesson.first, result)], {}, "")


def test_a_picture_of_anything_else_loses_what_is_no_drawing(tiny):
    svg = f"""<svg xmlns="{SVG}" xmlns:xlink="http://www.w3.org/1999/xlink" onload="hostile()">
        <style>@import url(//a.example);</style><script>hostile()</script>
        <foreignObject><b>bold</b></foreignObject>
        <a xlink:href="javascript:hostile()"><text onclick="hostile()">link</text></a>
        <path d="M 0 0" style="fill: url(//a.example); stroke: red; position: fixed"/>
        <g id="a"><use xlink:href="#a"/><use xlink:href="https://a.example/a.svg#a"/></g></svg>"""
    code = f"from IPython.display import SVG\nSVG('''{svg}''')"
    text = tiny.rendered(f"# T\n\n```python\n{code}\n```\n\n![A figure](figure)\n").split("///")[1]
    assert (
        '<g><text>link</text></g><path d="M0 0" style="stroke: red" /><g><use /><use /></g>' in text
    )
    for trace in ("hostile", "a.example", "script", "foreign", "bold", "style>"):
        assert trace not in text


def imports(path: Path) -> set[str]:
    """Modules and names that a file imports, and attributes that it reads: `torch.load`."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Attribute):
            found.add(ast.unparse(node))
    return found


def test_the_engine_unpickles_nothing():
    forbidden = {"pickle", "_pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}
    calls = {"torch.load", "numpy.load", "np.load", "pandas.read_pickle", "pd.read_pickle"}
    files = sorted(ENGINE.rglob("*.py"))
    assert ENGINE / "store.py" in files
    for path in files:
        assert not imports(path) & (forbidden | calls), path


def test_a_stored_result_is_json(tmp_path):
    result = {"steps": [{"values": {"x": "损失"}}], "seconds": 0.1}
    Store(tmp_path).save("ab12", result)
    [entry] = tmp_path.rglob("*.json")
    assert json.loads(entry.read_text(encoding="utf-8").splitlines()[-1]) == result
