"""What a cell did appears below it as text, a table or a figure, and never as markup."""

import re

import pytest

from livedocs.errors import PageError
from livedocs.render import render

FENCE = "```{}\n{}\n```\n"
PLOT = "import matplotlib.pyplot as plt\nplt.figure(figsize=(2, 1))\nplt.plot([1, 2]);"
HOSTILE = {
    "markup": "<script>alert(1)</script><b>bold</b> <!-- no comment -->",
    "entities": "&lt;b&gt; &amp; &#60;",
    "backticks": "```\n~~~\n`x`\n````python",
    "many backticks": "`" * 300,
    "end of pre": "</pre></div></code><h1>out</h1>",
    "template": "{{ x }} {% raw %} {# comment #} {: .class } { #anchor }",
    "Markdown": "# head\n\n- *item*\n\n> quote [link](x.md) ![image](x.png)\n\n    code",
    "blocks": '!!! note\n\n    in\n\n??? note "x"\n\n/// html | div\nin\n///\n=== "Tab"',
    "include": '--8<-- "basics/sum.py"',
    "formula": r"$x$ \(y\) $$z$$ \[w\]",
    "references": "[^1]: note\n*[HTML]: long\n[a]: http://x\nHTML [a] [^1]",
    "figure line": "![alt](figure)",
    "blank lines": "a\n\n\n\nb",
}
CONTAINERS = {
    "page": ("", ""),
    "details": ('??? note "N"\n\n', "details"),
    "admonition": ("!!! note\n\n", "div"),
    "tab": ('=== "T"\n\n', "div"),
    "list": ("- item\n\n", "li"),
}


def inside(container: str, text: str) -> str:
    opening, _ = CONTAINERS[container]
    if not opening:
        return text
    return opening + "".join("    " + line if line.strip() else line for line in text.splitlines(1))


def text_of(element) -> str:
    return "".join(element.itertext())


def outputs(root) -> list[str]:
    """Texts of the output blocks."""
    blocks = [e for e in root.iter("div") if "output" in e.get("class", "").split()]
    return [text_of(block).strip("\n") for block in blocks]


def error_of(tiny, text: str) -> str:
    with pytest.raises(PageError) as caught:
        tiny.rendered(text)
    return str(caught.value)


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_an_output_is_shown_as_text_whatever_it_holds(tiny, to_html, text, container):
    def page(code: str):
        return to_html(tiny.rendered("# T\n\n" + inside(container, FENCE.format("python", code))))

    root, harmless = page(f"print({text!r})"), page("print('harmless')")
    assert outputs(root) == [text]

    def tags(root) -> list[str]:
        """All elements but the spans of coloured code: the output adds none."""
        return sorted(e.tag for e in root.iter() if e.tag != "span")

    assert tags(root) == tags(harmless)


def test_a_hostile_value_in_prose_is_text(tiny, to_html):
    for text in HOSTILE.values():
        line = text.replace("\n", " ")
        page = (
            "# T { #t }\n\n" + FENCE.format("{.python hide}", f"x = {text!r}") + "\na {{ x }} b\n"
        )
        root = to_html(tiny.rendered(page))
        [paragraph] = root.iter("p")
        assert re.sub(r"\s+", " ", text_of(paragraph)) == re.sub(r"\s+", " ", f"a {line} b")
        assert list(paragraph) == []


def test_a_value_in_a_code_span_and_a_formula_is_itself(tiny, to_html):
    page = (
        "# T\n\n"
        + FENCE.format("{.python hide}", "x = [1, 2]")
        + "\n`a = {{ x }}`, ${{ len(x) }}$\n"
    )
    root = to_html(tiny.rendered(page))
    assert [text_of(code) for code in root.iter("code")] == ["a = [1, 2]"]
    [formula] = [e for e in root.iter("span") if e.get("class") == "arithmatex"]
    assert text_of(formula) == r"\(2\)"


@pytest.mark.parametrize("container", [name for name in CONTAINERS if name != "page"])
def test_outputs_are_inside_the_block_of_their_cell(tiny, to_html, container):
    code = "import pandas as pd\nprint('printed')\ndisplay(pd.DataFrame({'a': [1]}))\n" + PLOT
    body = (
        FENCE.format("python", code) + "\n![What it shows.](figure)\n\n/// caption\nC\n///\n\nend\n"
    )
    root = to_html(tiny.rendered(f"# T\n\n{inside(container, body)}\n\nafter\n"))
    _, tag = CONTAINERS[container]
    parents = {child: parent for parent in root.iter() for child in parent}

    def ancestors(element) -> list[str]:
        found = []
        while element in parents:
            element = parents[element]
            found.append(f"{element.tag}.{element.get('class', '')}")
        return found

    for wanted in ("table", "svg", "figcaption"):
        [element] = root.iter(wanted)
        assert any(name.startswith(tag + ".") for name in ancestors(element)), wanted
        assert len(ancestors(element)) > 2
    [block] = [e for e in root.iter("div") if "output" in e.get("class", "").split()]
    assert text_of(block).strip() == "printed"
    ends = {text_of(p): ancestors(p) for p in root.iter("p")}
    assert ends["after"] == ["root."]
    assert ends["end"][0].startswith(tag + ".")
    assert ends["end"][0] in ancestors(block)
    assert "///" not in text_of(root) and "```" not in text_of(root)


def test_a_figure_stands_where_its_line_stands_with_its_caption(tiny, to_html):
    page = "# T\n\n" + FENCE.format("python", PLOT)
    page += '\nBetween.\n\n![Rises from {{ 1 }} to <2> & "3".](figure)\n'
    page += "\n/// caption\nThe *end*.\n///\n"
    root = to_html(tiny.rendered(page))
    [figure] = root.iter("figure")
    [svg] = figure.iter("svg")
    assert svg.get("aria-label") == 'Rises from 1 to <2> & "3".'
    assert "The end." in text_of(figure.find("figcaption"))
    [box] = [e for e in root.iter("div") if e.get("class") == "figure"]
    assert "data-search-exclude" in box.attrib
    assert [text_of(p) for p in root.iter("p")][0] == "Between."


def test_two_figures_of_a_cell_take_two_lines_in_order(tiny):
    code = (
        PLOT.replace("2])", "2])\nplt.title('one')")
        + "\nplt.figure()\nplt.plot([1])\nplt.title('two');"
    )
    text = tiny.rendered(
        "# T\n\n" + FENCE.format("python", code) + "\n![A](figure)\n\n![B](figure)\n"
    )
    first, second = re.findall("<svg.*</svg>", text)
    assert 'aria-label="A"' in first and ">one<" in first
    assert 'aria-label="B"' in second and ">two<" in second


def test_figure_labels_speak_the_language_of_the_page(tiny):
    code = PLOT + "\nplt.title('training loss');"
    page = "# T\n\n" + FENCE.format("python", code) + "\n![A](figure)\n"
    assert ">training loss<" in tiny.rendered(page)
    assert ">训练损失<" in tiny.rendered(page, language="zh")


def test_a_figure_without_a_line_is_an_error_at_its_cell(tiny):
    cell = FENCE.format("python", PLOT)
    message = "docs/en/basics/page.md:3: this cell draws a figure; describe it in a line"
    assert error_of(tiny, f"# T\n\n{cell}\nend\n").startswith(message)
    assert error_of(tiny, f"# T\n\n{cell}\n{cell}\n![A](figure)\n").startswith(message)


def test_a_line_without_a_figure_is_an_error_at_its_line(tiny):
    cell = FENCE.format("python", PLOT)
    message = "no cell above this line drew a figure for it"
    assert error_of(tiny, "# T\n\n![A](figure)\n") == f"docs/en/basics/page.md:3: {message}"
    text = f"# T\n\n{cell}\n![A](figure)\n\n![B](figure)\n"
    assert error_of(tiny, text) == f"docs/en/basics/page.md:11: {message}"


def test_a_table_is_a_table_without_style_and_with_its_text_escaped(tiny, to_html):
    hostile = ["<script>x</script>", "`a` *b* [c](d.md)", "{{ x }}", "$y$", "</td></table>", "# h"]
    code = f"import pandas as pd\npd.DataFrame({{'损失 <b>': {hostile!r}}})"
    root = to_html(tiny.rendered("# T\n\n" + FENCE.format("python", code) + "\nend\n"))
    [table] = root.iter("table")
    assert [text_of(cell) for cell in table.iter("td")][1:] == hostile
    assert [text_of(head) for head in table.iter("th")][0] == "损失 <b>"
    assert {element.tag for element in table.iter()} == {
        "table", "thead", "tbody", "tr", "th", "td"
    }  # fmt: skip
    assert not list(root.iter("style")) and "border" not in table.attrib
    [box] = [e for e in root.iter("div") if e.get("class") == "output-table"]
    assert box.get("tabindex") == "0"


def test_a_promised_error_is_reduced_to_its_line_and_message(tiny, to_html):
    cell = FENCE.format("{.python raises=ValueError}", "x = 1\nint('<b>')")
    root = to_html(tiny.rendered(f"# T\n\n{cell}"))
    [error] = [e for e in root.iter("div") if "output-error" in e.get("class", "").split()]
    assert text_of(error).strip() == (
        "----> int('<b>')\nValueError: invalid literal for int() with base 10: '<b>'"
    )


def test_what_goes_to_the_error_stream_is_marked_as_a_warning(tiny, to_html):
    cell = FENCE.format("python", "import sys\nprint('out')\nprint('mind', file=sys.stderr)")
    root = to_html(tiny.rendered(f"# T\n\n{cell}"))
    outputs = [e for e in root.iter("div") if "output" in e.get("class", "").split()]
    assert [(text_of(e).strip(), "output-warning" in e.get("class")) for e in outputs] == [
        ("out", False),
        ("mind", True),
    ]


def test_comments_speak_the_language_of_the_page(tiny):
    page = "# T\n\n" + FENCE.format("python", "x = 1  # one | 一")
    page += "\n" + FENCE.format("{.python notest}", "y  # two | 二")
    english, chinese = tiny.rendered(page), tiny.rendered(page, language="zh")
    assert "x = 1  # one\n" in english and "y  # two\n" in english
    assert "x = 1  # 一\n" in chinese and "y  # 二\n" in chinese


def test_options_of_the_run_are_not_shown_and_those_of_the_display_are(tiny, to_html):
    page = "# T\n\n" + FENCE.format("{.python raises=KeyError title='a b' hl_lines='1'}", "{}['k']")
    text = tiny.rendered(page)
    assert '```python title="a b" hl_lines="1"\n' in text and "raises" not in text
    root = to_html(text)
    assert [text_of(e) for e in root.iter("span") if e.get("class") == "filename"] == ["a b"]
    assert [e for e in root.iter("span") if e.get("class") == "hll"]


def test_a_hidden_cell_shows_its_output_only(tiny, to_html):
    text = tiny.rendered("# T\n\n" + FENCE.format("{.python hide}", "x = 6\nprint(x * 7)"))
    assert "x = 6" not in text
    assert outputs(to_html(text)) == ["42"]


def test_a_cell_without_output_shows_its_code_only(tiny, to_html):
    cell = FENCE.format("{.python no-output}", "x = 6\nprint(x * 7)")
    text = tiny.rendered(f"# T\n\n{cell}\nx is {{{{ x }}}}.\n")
    assert "x = 6" in text and "x is 6." in text
    assert outputs(to_html(text)) == []


def test_a_cell_that_is_only_shown_does_not_run(tiny, to_html):
    text = tiny.rendered("# T\n\n" + FENCE.format("{.python notest}", "1 / 0"))
    assert "1 / 0" in text and outputs(to_html(text)) == []


def test_a_fence_of_another_language_is_passed_on_as_it_is(tiny):
    fence = '```text title="t"\n{{ x }} ![A](figure)\n中文\n中文\n```'
    assert fence in tiny.rendered(f"# T\n\n{fence}\n")


def test_code_with_fences_in_it_stays_one_block(tiny, to_html):
    code = "s = '''\n```\n````\n'''\ns;"
    root = to_html(tiny.rendered(f"# T\n\n~~~python\n{code}\n~~~\n\nend\n"))
    [block] = [e for e in root.iter("div") if "highlight" in e.get("class", "")]
    assert text_of(block).strip() == code


def test_values_stand_where_their_expression_stands(tiny):
    page = "# {{ 1 + 1 }}\n\n{{ 'a' }}\n\n" + FENCE.format("{.python hide}", "a = 3")
    page += "\n{{ a:.2f}}\n\n" + FENCE.format("{.python hide}", "a = 4") + "\n{{ a:.2f}}\n"
    assert tiny.rendered(page).split() == ["#", "2", "a", "3.00", "4.00"]


def test_chinese_lines_are_joined_in_prose_and_not_in_code(tiny):
    page = "# 题\n\n第一行\n第二行 x\n第三行\n\n" + FENCE.format(
        "python", "# 甲\n# 乙\n'''甲\n乙''';"
    )
    text = tiny.rendered(page, language="zh")
    assert "第一行第二行 x\n第三行" in text
    assert "# 甲\n# 乙\n'''甲\n乙'''" in text


def test_the_run_is_described_at_the_end_of_a_page_that_ran(tiny, to_html):
    lesson, result = tiny.result("basics/sum")
    facts = {"python": "3.9", "torch": "9.9", "engine": "e"}
    result |= {"environment": facts, "date": "2031-02-03"}
    for language in ("en", "zh"):
        root = to_html(render(lesson.pages[language], result, {}))
        [info] = [p for p in root.iter("p") if p.get("class") == "run-info"]
        assert all(fact in text_of(info) for fact in ("2031-02-03", "Python 3.9", "torch 9.9"))
        assert "mnist" not in text_of(info)
        images = {**result, "environment": {**facts, "dataset": "mnist"}}
        assert "mnist" in render(lesson.pages[language], images, {})
