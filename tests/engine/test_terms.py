"""A page explains the terms that it uses, once each, and leaves everything else as it is."""

import re
import shutil

import pytest

from livedocs.terms import MOST, Terms

TERMS = {
    key: {"en": en, "zh": zh, "definition": {"en": f"What {en} is.", "zh": f"{zh}是什么。"}}
    for key, en, zh in (
        ("learning-rate", "learning rate", "学习率"),
        ("gradient-descent", "gradient descent", "梯度下降"),
        ("batch-gradient-descent", "batch gradient descent", "批量梯度下降"),
        ("epoch", "epoch", "轮次"),
        ("local-minimum", "local minimum", "局部极小值"),
        ("decision-boundary", "decision boundary", "决策边界"),
        ("relu", "ReLU", "ReLU"),
        ("class-index", "class index", "类别索引"),
    )
}
LINK = re.compile(r'<a class="term" href="\.\./glossary/#([^"]*)"[^>]*>([^<]*)</a>')


def explained(content: str, language: str = "en", terms: dict = TERMS) -> str:
    return Terms(terms, language).explain(content, "../glossary/")


def marked(content: str, language: str = "en") -> list[tuple[str, str]]:
    return LINK.findall(explained(content, language))


def test_a_term_becomes_a_link_with_its_definition_in_the_page():
    assert explained("<p>One epoch later.</p>") == (
        '<p>One <a class="term" href="../glossary/#epoch" aria-describedby="term-epoch">epoch</a>'
        ' later.</p>\n<div class="terms" hidden><p id="term-epoch">What epoch is.</p></div>'
    )


def test_a_definition_may_hold_code():
    terms = {"a": {"en": "a", "zh": "甲", "definition": {"en": "See `b < c`.", "zh": ""}}}
    assert '<p id="term-a">See <code>b &lt; c</code>.</p>' in explained("<p>a</p>", terms=terms)


@pytest.mark.parametrize(
    "text, found",
    [
        ("Learning rates matter", ("learning-rate", "Learning rates")),
        ("the learning\nrate", ("learning-rate", "learning\nrate")),
        ("local minima", ("local-minimum", "local minima")),
        ("decision boundaries", ("decision-boundary", "decision boundaries")),
        ("class indexes", ("class-index", "class indexes")),
        ("a ReLU layer", ("relu", "ReLU")),
        ("an epoch&nbsp;ends", ("epoch", "epoch")),
        ("batch gradient descent", ("batch-gradient-descent", "batch gradient descent")),
    ],
)
def test_english_terms_are_found_in_their_forms(text, found):
    assert marked(f"<p>{text}</p>") == [found]


@pytest.mark.parametrize(
    "text",
    [
        "learning rated",
        "epoch-wise",
        "num_epoch",
        "relu",
        "mini-epochs",
        "learning, rate",
        "epochal",
    ],
)
def test_parts_of_other_words_are_no_terms(text):
    content = f"<p>{text}</p>"
    assert explained(content) == content


def test_the_longest_chinese_term_wins():
    assert marked("<p>用批量梯度下降训练一个轮次。</p>", "zh") == [
        ("batch-gradient-descent", "批量梯度下降"),
        ("epoch", "轮次"),
    ]


def test_only_the_first_occurrence_is_marked():
    content = "<p>An epoch, two epochs.</p><ul><li>Epochs and the learning rate.</li></ul>"
    assert marked(content) == [("epoch", "epoch"), ("learning-rate", "learning rate")]


@pytest.mark.parametrize(
    "content",
    [
        '<p><a href="x">epoch</a></p>',
        "<p><code>epoch</code></p>",
        "<pre><span>epoch</span> <b>epoch</b></pre>",
        '<span class="arithmatex">\\(epoch\\)</span>',
        "<figure><svg><text>epoch</text></svg><figcaption><p>epoch</p></figcaption></figure>",
        '<p class="admonition-title">epoch</p>',
        "<details><summary>epoch</summary></details>",
        "<table><tr><th>epoch</th></tr></table>",
        '<div class="output-table"><table><tr><td>epoch</td></tr></table></div>',
        '<p title="epoch" data-x="an epoch">x</p>',
        "<p><!-- epoch --></p>",
    ],
)
def test_code_links_figures_formulas_and_titles_stay_as_they_are(content):
    assert explained(content) == content
    after = f"{content}<p>One epoch.</p>"
    assert marked(after) == [("epoch", "epoch")]
    assert explained(after).startswith(content)


@pytest.mark.parametrize(
    "content, language",
    [
        ("<h1 id='a'>The epoch</h1><p>An epoch is a pass.</p>", "en"),
        ("<p>An epoch is.</p><h2>Epochs and steps</h2>", "en"),
        ("<p>One pass is an <em>epoch</em>. Two epochs.</p>", "en"),
        ("<p>过一遍数据叫一个轮次（epoch）。两个轮次。</p>", "zh"),
    ],
)
def test_what_a_page_itself_introduces_is_not_marked(content, language):
    assert explained(content, language) == content


def test_a_term_without_tooltip_is_not_marked():
    terms = TERMS | {"epoch": TERMS["epoch"] | {"tooltip": False}}
    assert explained("<p>An epoch.</p>", terms=terms) == "<p>An epoch.</p>"


def test_within_a_term_without_tooltip_no_shorter_term_is_marked():
    longer = TERMS["batch-gradient-descent"] | {"tooltip": False}
    content = "<p>用批量梯度下降。</p>"
    terms = TERMS | {"batch-gradient-descent": longer}
    assert explained(content, "zh", terms) == content


def test_a_page_has_no_more_than_a_dozen_terms():
    terms = {
        f"t{i}": {"en": f"word{i}x", "zh": f"词{i}", "definition": {"en": "D.", "zh": "定。"}}
        for i in range(20)
    }
    content = "<p>" + " ".join(f"word{i}x" for i in range(20)) + "</p>"
    found = LINK.findall(explained(content, terms=terms))
    assert found == [(f"t{i}", f"word{i}x") for i in range(MOST)]


def test_without_the_links_the_page_is_the_same():
    content = "<p>An epoch &amp; a\nlearning rate:<br>\r\n\u2028ReLU <b>local minimum</b>.</p>\n"
    text = explained(content).partition('\n<div class="terms"')[0]
    assert len(LINK.findall(text)) == 4
    assert LINK.sub(r"\2", text) == content


def test_the_search_finds_what_it_finds_without_links(tiny):
    tiny.edit("docs/en/basics/sum.md", "Three numbers.", "A low training loss is the goal.")
    tiny.edit("docs/zh/basics/sum.md", "三个数。", "目标是很低的训练损失。")
    folder, found = tiny.root / "site" / "zh", {}
    for explains in (True, False):
        if not explains:
            tiny.edit("mkdocs.yml", "- livedocs/reading.py\n", "")
            shutil.rmtree(tiny.project.cache / "pages")  # nor what is kept of the other build
        result = tiny.python("mkdocs", "build")
        assert result.returncode == 0, result.stderr
        page = (folder / "basics" / "sum" / "index.html").read_text(encoding="utf-8")
        assert ('class="term"' in page) == explains
        found[explains] = (folder / "search" / "search_index.json").read_bytes()
    assert found[True] == found[False]
