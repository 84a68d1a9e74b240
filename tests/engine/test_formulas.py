"""Formulas are rendered when the site is built."""

from pathlib import Path

import pytest

from livedocs.formulas import FormulaError, with_formulas

KATEX = Path(__file__).parents[2] / "docs/assets/katex/katex.min.js"


def rendered(text: str, html_tree):
    return html_tree(with_formulas(text, KATEX))


def test_a_formula_becomes_text_for_the_eye_and_mathml_for_other_readers(html_tree):
    root = rendered(r'a <span class="arithmatex">\(\frac{x}{2}\)</span> b', html_tree)
    span = root.find("span")
    assert span.get("class") == "arithmatex" and span.tail == " b"
    assert [x.tag for x in span.iter("mfrac")] == ["mfrac"]
    assert span.find(".//annotation").text == r"\frac{x}{2}"
    assert any(x.get("aria-hidden") == "true" for x in span.iter("span"))


def test_only_brackets_make_a_display(html_tree):
    inline = rendered(r'<span class="arithmatex">\(x\)</span>', html_tree)
    display = rendered('<div class="arithmatex">\\[\nx\n\\]</div>', html_tree)
    classes = [{x.get("class") for x in root.iter("span")} for root in (inline, display)]
    assert ["katex-display" in found for found in classes] == [False, True]


def test_escaped_signs_are_read_as_they_are_meant(html_tree):
    root = rendered(
        r'<span class="arithmatex">\(a &lt; b &amp;\)</span>'.replace(" &amp;", ""), html_tree
    )
    assert root.find(".//annotation").text == "a < b"


def test_a_long_formula_and_chinese_words_come_through_whole(html_tree):
    tex = r"\text{损失} = " + " + ".join(rf"w_{{{i}}} x_{{{i}}}" for i in range(60))
    root = rendered(rf'<div class="arithmatex">\[{tex}\]</div>', html_tree)
    assert root.find(".//annotation").text == tex
    assert "损失" in "".join(root.itertext())


def test_a_formula_that_cannot_be_read_is_named_with_its_fault():
    with pytest.raises(FormulaError, match=r"^\\frac\{x: ParseError: .*Unexpected end of input"):
        with_formulas(r'<span class="arithmatex">\(\frac{x\)</span>', KATEX)


def test_a_page_without_formulas_stays_as_it_is():
    text = '<p class="arithmatex">x</p>'
    assert with_formulas(text, KATEX) == text
