"""Whatever an output holds is shown as text or cut: no element and no attribute comes from it."""

import functools
import os
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from xml.sax.saxutils import escape

import nbformat
import pandas as pd
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from mkdocs_jupyter.nbconvert2 import nb2html

from livedocs import hook
from livedocs.notebook import chapter_notebook, write_notebook
from livedocs.outputs import HIDDEN, one_line, plain, shown, text_of
from livedocs.pages import parse_page
from livedocs.render import EMPTY, render
from livedocs.svg import ATTRIBUTES, ELEMENTS, PROPERTIES, SVG, XLINK

FRAGMENTS = [
    "<script>window.hostile = 1</script>", "<img src=x onerror=hostile()>", "</pre>", "</div>",
    "</code>", "</td></table>", "<!-- ", " -->", "]]>", "<![CDATA[", "<?php ", "<!DOCTYPE x>", "<",
    "&lt;b&gt;", "&amp;", "&#60;", "&", "# head", "- item", "1. item", "2", ". ", "+ ", "> quote",
    "    code", "***", "---", "===", "[link](javascript:hostile())", "![image](x.png)", "[a]: x",
    "<https://a.example>", "https://a.example/", "```", "````python", "~~~", "`", "``", "    ```",
    "!!! note", '??? note "x"', '=== "Tab"', "/// html | script", "///", "/// caption",
    '--8<-- "x.py"', "{{ x }}", "{{", "}}", "{% raw %}", "{: #x .y onclick=hostile() }", "{ #x }",
    "*[HTML]: long", "HTML", "[^1]", "[^1]: note", ": definition", "| a | b |", "|---|---|", "|",
    "$x$", "$$y$$", "$", r"\(z\)", r"\[w\]", "\\", "**", "__", "*", "_", '"', "'", "\n", "\n\n",
    "\n    ", "\r", "\r\n", "\t", "  ", " ", "\x0b", "\x0c", "\x1e", "\x85", "\u2028",
    "\u2029", "\x1b[31m", "\x1b[0m", "\x1b[2K", "\x1b[", "\x1b]0;title\x07", "\x1b]8;;x\x1b\\",
    "\x1b]0;", "\x1b", "\x9b31m", "\x9d", "\x00", "\x02", "\x03", "\x02wzxhzdk:0\x03",
    "\x02klzzwxh:0001\x03", "\x07", "\x08", "\x7f", "\ud800", "\udfff", "\u200b", "\u200d",
    "\u202e", "\u2066", "\ufeff", "\ufffe", "\u0301", "\u00a0", "\u3000", "损失", "🙂", "x",
]  # fmt: skip
FOREIGN = st.text(st.characters(exclude_categories=()), max_size=6)
HOSTILE = st.lists(st.sampled_from(FRAGMENTS) | FOREIGN, max_size=9).map("".join)

quick = functools.partial(
    settings, deadline=None, database=None, derandomize="CI" in os.environ
)  # new texts on every run here, the same ones in CI


def text_of_element(element: ET.Element) -> str:
    return "".join(element.itertext())


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def skeleton(root: ET.Element) -> list:
    """Every element with its attributes, in order.

    Without what is text and stands in attributes: descriptions, ids of headings. A header without
    a word is a plain cell.
    """
    found = []
    for element in root.iter():
        tag, attributes = element.tag.replace("th", "td"), {**element.attrib}
        for description in ("aria-label", "alt"):
            attributes.pop(description, None)
        attributes.pop("id" if re.fullmatch("h[1-6]", tag) else "", None)
        attributes.pop(
            "href" if attributes.get("class") in ("anchor-link", "headerlink") else "", None
        )
        found.append((tag, *sorted(attributes.items())))
    return found


def named(root: ET.Element, tag: str, css_class: str) -> list[ET.Element]:
    return [e for e in root.iter(tag) if css_class in e.get("class", "").split()]


def stream(text: str) -> dict:
    return {"output_type": "stream", "name": "stdout", "text": text}


def value(text: str) -> dict:
    return {"output_type": "execute_result", "metadata": {}, "execution_count": None,
            "data": {"text/plain": text}}  # fmt: skip


def error(text: str) -> dict:
    return {"output_type": "error", "ename": text, "evalue": text, "traceback": ["----> f()"]}


def result(text: str, outputs: list[dict], cells: int) -> dict:
    """What a run gives whose every inline expression is `text`, every cell having `outputs`."""
    steps = [{"values": {"x": text}}]
    for _ in range(cells):
        steps += [{"outputs": outputs}, {"values": {"x": text}}]
    return {"steps": steps, "seconds": 0.0}


CELLS = """\
# T { #t }

```python
a
```

??? note "N"

    - item

        ```python
        b
        ```

        end

    last

after
"""


@pytest.fixture(scope="module")
def page():
    return lambda text, language="en": parse_page(text, Path("p.md"), Path(), "c/p", language)


@quick(max_examples=100)
@given(HOSTILE)
def test_an_output_is_its_text_and_adds_nothing_else(page, to_html, text):
    def converted(text):
        outputs = [stream(text), value(text), error(text)]
        return to_html(render(page(CELLS), result(text, outputs, 2), {}))

    root = converted(text)
    blocks = [text_of_element(e).strip("\n") for e in named(root, "div", "output")]
    expected = [text_of(shown(o, "en")) for o in (stream(text), value(text), error(text))]
    assert blocks == expected * 2
    assert skeleton(root) == skeleton(converted("x"))


PROSE = """\
# A {{ x }} { #t }

## {{ x }} { #u }

{{ x }}

{{ x }} is first
{{ x }}
and {{ x }}, 2{{ x }} **{{ x }}** *{{ x }}* [{{ x }}](y.md) "{{ x }}" ({{ x }}) {{ x }}
- {{ x }}

- {{ x }}
- {{ x }} y

    {{ x }}

1. {{ x }}

> {{ x }}

| a | b |
|---|---|
| {{ x }} | y |

Term
:   {{ x }}

??? note "N"

    {{ x }}

last {{ x }}
"""


@quick(max_examples=100)
@given(HOSTILE)
@example("\xa0")
@example("- item")
@example("1. item")
@example("2")
@example(": definition")
@example("https://a.example/")
@example("x  ")
def test_a_value_in_prose_is_its_text_and_adds_nothing_else(page, to_html, text):
    def converted(text):
        return to_html(render(page(PROSE), result(text, [], 0), {}))

    root, harmless = converted(text), converted("y\ue000")
    assert skeleton(root) == skeleton(harmless)
    expected = text_of_element(harmless).replace("y\ue000", one_line(text, "en") or EMPTY)
    assert squeezed(text_of_element(root)) == squeezed(expected)


VERBATIM = """\
# `{{ x }}` { #t }

`{{ x }}` and `a = {{ x }}`, $y = {{ x }}$ and ``{{ x }}``

- `{{ x }}`

| `{{ x }}` | y |
|---|---|
| `{{ x }}` | y |

`{{ x }}`
:   $f({{ x }})$

$$
{{ x }} + 1
$$
"""


@quick(max_examples=80)
@given(HOSTILE)
@example("a\n\n# head")
@example("")
@example("a | b")
def test_a_value_in_code_and_formulas_adds_nothing_else(page, to_html, text):
    def converted(text):
        return to_html(render(page(VERBATIM), result(text, [], 0), {}))

    root = converted(text)
    assert skeleton(root) == skeleton(converted("y"))


def with_facts(text: str) -> dict:
    facts = {"python": text, "torch": text, "dataset": text}
    return result("x", [], 0) | {"environment": facts, "date": text}


@quick(max_examples=30)
@given(HOSTILE)
@example("<b>")
@example("\r")
def test_facts_of_the_run_are_their_text(page, to_html, text):
    def converted(text):
        return to_html(render(page("# T { #t }\n\nx\n"), with_facts(text), {}))

    root, harmless = converted(text), converted("\ue000")
    assert skeleton(root) == skeleton(harmless)
    expected = text_of_element(harmless).replace("\ue000", one_line(text, "en"))
    assert squeezed(plain(text_of_element(root))) == squeezed(plain(expected))


TABLE_PAGE = "# T { #t }\n\n```python\nx\n```\n\n- item\n\n    ```python\n    x\n    ```\n\nend\n"
TABLE_TAGS = {"table", "thead", "tbody", "tr", "th", "td"}


def table(markup: str) -> dict:
    output = value("a table")
    output["data"]["text/html"] = markup
    return output


def frame(text: str) -> pd.DataFrame:
    """A table whose cells, index and columns hold a text."""
    return pd.DataFrame([[text, 1], ["b", text]], index=[text, "d"], columns=[text, "c"])


def cells_of(root: ET.Element) -> list[str]:
    """Texts of the cells; a line break of any kind is a space in HTML."""
    texts = [text_of_element(e) for e in root.iter() if e.tag in ("th", "td")]
    return [squeezed(plain(text.replace("\r", "\n"))) for text in texts]


@quick(max_examples=80)
@given(HOSTILE)
@example("\x00\ud800")
@example("`$x$`")
def test_a_table_is_its_text_and_adds_nothing_else(page, to_html, html_tree, text):
    def converted(markup):
        return to_html(render(page(TABLE_PAGE), result("x", [table(markup)], 2), {}))

    with pd.option_context("display.max_colwidth", None):
        markup, harmless = frame(text).to_html(), frame("y").to_html()
    root = converted(markup)
    assert skeleton(root) == skeleton(converted(harmless))
    assert cells_of(root) == cells_of(html_tree(markup)) * 2


@quick(max_examples=80)
@given(HOSTILE)
def test_of_html_nothing_but_a_table_is_shown(page, to_html, text):
    def converted(markup):
        return to_html(render(page(TABLE_PAGE), result("x", [table(markup)], 2), {}))

    markup = f"<div {text}>{text}<table {text}><tr><td {text}>{text}</td></tr></table>{text}"
    root = converted(markup)
    kept = "text/html" in shown(table(markup), "en")["data"]  # not in a comment, for example
    outside = converted("<table></table>" if kept else "")
    for box in [*named(root, "div", "output-table"), *named(outside, "div", "output-table")]:
        inside = [element for child in box for element in child.iter()]
        assert {e.tag for e in inside} <= TABLE_TAGS | {"caption", "tfoot", "p"}
        assert {a for e in inside for a in e.attrib} <= {"class", "colspan", "rowspan", "scope"}
        box[:] = []
    assert skeleton(root) == skeleton(outside)


FIGURE_PAGE = """\
# T { #t }

```python
x
```

![{{ x }}](figure)

/// caption
{{ x }}
///

- item

    ```python
    x
    ```

    ![A {{ x }}](figure)

    end
"""


def figure(body: str) -> dict:
    output = value("<Figure>")
    output["data"]["image/svg+xml"] = f'<svg xmlns="{SVG}" width="9pt">{body}</svg>'
    return output


@quick(max_examples=100)
@given(HOSTILE)
@example("\ud800")
@example("\x1b[0m\ufffe")
@example("`")
@example("a\nb")
def test_a_figures_labels_and_description_are_their_text_and_add_nothing_else(page, to_html, text):
    def converted(text):
        label = f"<g><text x='1'>{escape(text)}</text><path d='M 0 0'/></g>"
        return to_html(render(page(FIGURE_PAGE), result(text, [figure(label)], 2), {}))

    root = converted(text)
    descriptions = [svg.get("aria-label") for svg in root.iter("svg")]
    assert [squeezed(d) for d in descriptions] == [
        squeezed(f"{a}{one_line(text, 'en') or EMPTY}") for a in ("", "A ")
    ]
    harmless = converted("y")
    assert [svg.get("aria-label") for svg in harmless.iter("svg")] == ["y", "A y"]
    assert skeleton(root) == skeleton(harmless)
    label = squeezed(HIDDEN.sub("\ufffd", text.replace("\r\n", "\n")))
    assert [squeezed(text_of_element(e)) for e in root.iter("text")] == [label] * 2


XHTML = "{http://www.w3.org/1999/xhtml}"
TAGS = [
    "g", "a", "use", "image", "text", "tspan", "style", "script", "foreignObject", "iframe",
    "animate", "set", "pattern", "title", "switch", f"{XHTML}script", f"{XHTML}div", "{}path",
]  # fmt: skip
NAMES = [
    "id", "style", "onload", "onclick", "href", f"{{{XLINK}}}href", "class", "fill", "clip-path",
    "filter", "src", "xml:base", "attributeName", "transform", "begin", "to", "from", "values",
]  # fmt: skip
VALUES = HOSTILE | st.sampled_from([
    "javascript:hostile()", "https://a.example/x.svg#a", "//a.example", "#a", "data:text/html,x",
    "data:image/svg+xml;base64,AAAA", "data:image/png;base64,AAAA", "url(#a)", "url(//a.example)",
    "fill: url(https://a.example)", "fill: red; position: fixed", "u\\72l(//a.example)",
    "fill: URL( '//a.example')", "@import '//a.example'", "behavior: url(#x)",
])  # fmt: skip


@st.composite
def drawings(draw, depth=3):
    tag = draw(st.sampled_from(TAGS))
    element = ET.Element(tag.removeprefix("{}") if tag[0] == "{" else f"{{{SVG}}}{tag}")
    for name in draw(st.lists(st.sampled_from(NAMES), max_size=3)):
        element.set(name, HIDDEN.sub("", draw(VALUES)))
    element.text = HIDDEN.sub("", draw(HOSTILE))
    if depth:
        element.extend(draw(st.lists(drawings(depth=depth - 1), max_size=3)))
    return element


@quick(max_examples=100)
@given(drawings())
@example(ET.fromstring(f"<g xmlns='{SVG}' xmlns:l='{XLINK}'><image l:href='#a' id='a'/></g>"))
def test_of_an_svg_nothing_but_a_drawing_is_shown(page, to_html, drawing):
    def converted(body):
        return to_html(render(page(FIGURE_PAGE), result("x", [figure(body)], 2), {}))

    root, empty = converted(ET.tostring(drawing, encoding="unicode")), converted("<g/>")
    for svg in root.iter("svg"):
        for element in list(svg.iter())[1:]:
            assert element.tag in {name.lower() for name in ELEMENTS}
            assert set(element.attrib) <= {name.lower() for name in ATTRIBUTES} | {"xlink:href"}
            assert element.get("xlink:href", "#")[:15] in ("#", "data:image/png;")
            rules = [rule for rule in element.get("style", "").split("; ") if rule]
            assert {rule.partition(":")[0] for rule in rules} <= PROPERTIES
            for attribute in element.attrib.values():
                assert not re.search(r"url\s*\((?!#)|\\", attribute, re.IGNORECASE)
    for svg in [*root.iter("svg"), *empty.iter("svg")]:
        svg[:], svg.text = [], None
        svg.attrib.pop("xmlns:xlink", None)  # there if a picture is
    assert skeleton(root) == skeleton(empty)


NOTEBOOK_PAGE = (
    f"""\
{CELLS}
{PROSE}
{VERBATIM}
"""
    + """\

```python
x
```

![{{ x }}](figure)

/// caption
{{ x }}
///
"""
)


@pytest.fixture(scope="module")
def notebook_html(tmp_path_factory, html_tree):
    """The page that the site shows of a notebook, as a tree."""
    folder = tmp_path_factory.mktemp("notebook")

    @functools.cache
    def convert(text: str) -> ET.Element:
        path = folder / "notebook.ipynb"
        path.write_text(text, encoding="utf-8")
        content = nb2html(str(path), no_prompt=True)
        return html_tree(hook.notebook_html(content, "Link to this section", []))

    return convert


def notebook(page, text: str):
    """A notebook with a text wherever a run can bring one in."""
    outputs = [stream(text), value(text), error(text), table(frame(text).to_html())]
    run = result(text, outputs, 3)
    run["steps"][-2]["outputs"] = [figure(f"<text>{escape(text)}</text>")]
    made = chapter_notebook([(page(NOTEBOOK_PAGE), run)], {}, "")
    nbformat.validate(made)
    return write_notebook(made)


@quick(max_examples=8, phases=[Phase.explicit, Phase.generate])  # shrinking takes minutes
@given(HOSTILE)
@example("".join(FRAGMENTS))
@example("$x$")
def test_a_notebooks_page_shows_text_and_adds_nothing_else(page, notebook_html, text):
    harmless = notebook_html(notebook(page, "y"))
    assert skeleton(notebook_html(notebook(page, text))) == skeleton(harmless)
