"""The search index: words inside words, terms where they are introduced, weights, exclusion."""

import json

import pytest

from livedocs.glossary import Glossary
from livedocs.search import parts, readable, terms_introduced, weight

TERMS = """\
terms:
  gradient: {en: gradient, zh: 梯度, definition: {en: Slope., zh: 斜率。}}
  descent: {en: Gradient descent, zh: 梯度下降, definition: {en: Down., zh: 向下。}}
"""


@pytest.fixture
def glossary(tiny) -> Glossary:
    return Glossary(tiny.write("docs/glossary.yml", TERMS))


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("CrossEntropyLoss", {"cross", "entropy", "loss"}),
        ("BCEWithLogitsLoss", {"bce", "with", "logits", "loss"}),
        ("<code>optimizer.zero_grad()</code>", {"zero", "grad"}),
        ("\u200b随机\u200b梯度下降\u200b", {"梯度", "下降"}),
        ("words as they are", set()),
    ],
)
def test_words_inside_words_are_found(text, inside):
    assert parts(text) == inside


def test_a_term_belongs_to_the_section_that_introduces_it(glossary):
    content = """<h1 id="top">T</h1><p>The <em>gradient</em></p>
        <h2 id="here">H</h2><p>is <em>not</em> <em>Gradient descent</em>, and gradient again</p>"""
    found = terms_introduced(content, glossary, "en")
    assert found == {"": ["gradient", "梯度"], "here": ["gradient descent", "梯度下降"]}


def test_a_chinese_term_is_introduced_by_its_english_name(glossary):
    content = (
        '<h2 id="a">甲</h2><p>这叫<strong>梯度下降</strong>（gradient descent）。梯度（见下）</p>'
    )
    assert terms_introduced(content, glossary, "zh")["a"][:2] == ["梯度下降", "Gradient descent"]


def test_what_explains_counts_more_than_what_lists_repeats_or_asks():
    others = ["basics/", "basics/sum/#summary", "basics/sum/#exercise-one", "glossary/#gradient"]
    assert all(weight(other) < weight("basics/sum/#loop") for other in others)
    assert weight("basics/") < weight("basics/sum/")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"the \(n\) points of \(\mathbb{R}^2\): \[ x = y \]", "the n points of …: …"),
        (r"<pre><code>r'\(x\)'</code></pre>", r"<pre><code>r'\(x\)'</code></pre>"),
        (
            "\u200b梯度\u200b，\u200b下降\u200b（\u200b随机\u200b的\u200b）",
            "\u200b梯度，下降（随机\u200b的）",
        ),
    ],
)
def test_results_can_be_read(text, shown):
    assert readable(text) == shown


@pytest.fixture(scope="module")
def index(make_tiny, tmp_path_factory) -> dict[str, dict]:
    """The entries of a built site whose chapter page is excluded from the search."""
    tiny = make_tiny(tmp_path_factory.mktemp("search"))
    tiny.edit("mkdocs.yml", "- livedocs/hook.py", "- livedocs/hook.py\n- livedocs/search.py")
    for language in ("en", "zh"):
        front = "---\nsearch:\n  exclude: true\n"
        tiny.edit(f"docs/{language}/basics/index.md", "---\n", front)
    tiny.run()
    result = tiny.python("mkdocs", "build", "--strict")
    assert result.returncode == 0, result.stderr
    docs = {}
    for folder in ("", "zh/"):
        path = tiny.root / "site" / folder / "search/search_index.json"
        entries = json.loads(path.read_text(encoding="utf-8"))["docs"]
        docs |= {folder + entry["location"]: entry for entry in entries}
    return docs


def test_a_page_can_be_excluded(index):
    for folder in ("", "zh/"):
        assert not [location for location in index if location.startswith(f"{folder}basics/#")]
        assert f"{folder}basics/" not in index
        assert f"{folder}basics/sum/" in index


def test_notebooks_are_excluded(index):
    assert not [location for location in index if "notebook" in location]


def test_each_term_of_the_glossary_is_a_result(index):
    assert [location for location in index if location.startswith("glossary/#")]
    assert [location for location in index if location.startswith("zh/glossary/#")]


def test_what_a_page_says_of_itself_is_searched(index):
    assert index["basics/sum/"]["page"] == "Sums How to add numbers."
