"""The glossary gives its page, the labels of figures and the words of the search."""

import pytest

from livedocs.errors import PageError
from livedocs.glossary import Glossary

TERMS = """\
# comment
terms:
  b-term:
    en: Stochastic gradient
    zh: 随机梯度
    definition:
      en: "A *noisy* one: see `x`."
      zh: 有噪声的梯度。
  a-term:
    en: batch <norm>
    zh: 批量归一化
    definition: {en: D, zh: 义}
labels:
  Step: 步
"""


@pytest.fixture
def glossary(tiny):
    return Glossary(tiny.write("docs/glossary.yml", TERMS))


def test_labels_hold_terms_and_labels_in_lower_case(glossary):
    assert glossary.labels("zh") == {
        "stochastic gradient": "随机梯度",
        "batch <norm>": "批量归一化",
        "step": "步",
    }


def test_english_needs_no_labels(glossary):
    assert glossary.labels("en") == {}


def test_search_words_are_the_chinese_terms(glossary):
    assert glossary.words() == sorted(["随机梯度", "批量归一化"])


def test_the_page_lists_terms_alphabetically_with_anchor_and_other_name(glossary, to_html):
    root = to_html(glossary.page("en"))
    assert [h.get("id") for h in root.iter("h1")] == ["glossary"]
    terms = list(root.iter("dt"))
    assert [term.get("id") for term in terms] == ["a-term", "b-term"]
    assert "".join(terms[0].itertext()) == "batch <norm> (批量归一化)"
    assert terms[0].find("span").get("lang") == "zh-Hans"
    assert ["".join(d.itertext()).strip() for d in root.iter("dd")] == ["D", "A noisy one: see x."]


def test_the_chinese_page_has_the_same_anchors_and_its_own_words(glossary, to_html):
    root = to_html(glossary.page("zh"))
    terms = list(root.iter("dt"))
    assert [term.get("id") for term in terms] == ["a-term", "b-term"]
    assert "".join(terms[1].itertext()) == "随机梯度（Stochastic gradient）"
    assert terms[1].find("span").get("lang") == "en"
    assert "术语表" in "".join(root.find("h1").itertext())


@pytest.mark.parametrize(
    "old, new",
    [
        ("    zh: 批量归一化\n", ""),
        ("    en: batch <norm>\n", ""),
        ("{en: D, zh: 义}", "{en: D}"),
        ("    definition: {en: D, zh: 义}\n", ""),
    ],
)
def test_an_incomplete_term_is_reported_with_its_line(tiny, old, new):
    path = tiny.write("docs/glossary.yml", TERMS.replace(old, new))
    with pytest.raises(PageError) as caught:
        Glossary(path)
    message = "docs/glossary.yml:9: term 'a-term' needs en, zh and both definitions"
    assert str(caught.value) == message


def test_what_is_no_yaml_is_reported_with_its_line(tiny):
    path = tiny.write("docs/glossary.yml", "terms:\n  a: [\n")
    with pytest.raises(PageError, match=r"^docs/glossary.yml:3: "):
        Glossary(path)
