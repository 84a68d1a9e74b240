"""`mkdocs build` needs no step before it, and survives a broken page."""

import json
import shutil
from urllib.parse import urlsplit

import pytest

BUILD = ("mkdocs", "build", "--strict")
PAGES = ["", "basics/", "basics/sum/", "basics/notebook/", "glossary/", "concordance/", "changes/"]


@pytest.fixture(scope="module")
def built(make_tiny, tmp_path_factory):
    """A project whose site was built by one command."""
    tiny = make_tiny(tmp_path_factory.mktemp("built"))
    tiny.run()
    result = tiny.python(*BUILD)
    assert result.returncode == 0, result.stderr
    return tiny


@pytest.fixture
def page(built, html_tree):
    """A page of the built site as a tree."""

    def read(url: str):
        path = built.root / "site" / url / "index.html"
        return html_tree(path.read_text(encoding="utf-8"))

    return read


def text_of(element) -> str:
    return "".join(element.itertext())


def test_one_build_makes_both_languages(built):
    site = built.root / "site"
    for folder in ("", "zh/"):
        for url in PAGES:
            assert (site / folder / url / "index.html").is_file(), folder + url
        assert (site / folder / "basics/notebook/notebook.ipynb").is_file()
        assert (site / folder / "assets/extra.css").is_file()


def test_each_language_has_its_words_and_the_outputs_of_the_one_run(page):
    for url, title, label in (
        ("basics/sum/", "Sums", "training loss"),
        ("zh/basics/sum/", "求和", "训练损失"),
    ):
        root = page(url)
        assert title in text_of(root.find(".//h1"))
        blocks = [x for x in root.iter("div") if "output" in x.get("class", "").split()]
        assert [text_of(block).strip() for block in blocks] == ["6"]
        labels = [x.text for svg in root.iter("svg") if svg.get("role") for x in svg.iter("text")]
        assert label in labels
        assert root.find("html").get("lang") == url.split("/")[0].replace("basics", "en")


def test_the_language_switch_leads_to_the_twin(built, page):
    for folder in ("", "zh/"):
        for url in PAGES:
            links = {a.get("hreflang"): a.get("href") for a in page(folder + url).iter("a")
                     if a.get("hreflang")}  # fmt: skip
            assert set(links) == {"en", "zh"}
            for language, twin in (("en", ""), ("zh", "zh/")):
                path = urlsplit(links[language]).path
                assert path == f"/course/{twin}{url}"
                assert (built.root / "site" / twin / url / "index.html").is_file()


def test_the_navigation_names_chapter_and_notebook_in_each_language(page):
    for folder, words in (("", ["2. Basics", "As a notebook"]), ("zh/", ["2. 基础", "本章笔记本"])):
        labels = [text_of(x).strip() for x in page(folder + "basics/sum/").iter("span")]
        assert set(words) <= set(labels)


def test_a_notebook_page_has_figures_in_files_and_no_style_or_script_of_its_own(built, page):
    for url, label in (("basics/notebook/", "training loss"), ("zh/basics/notebook/", "训练损失")):
        article = page(url).find(".//article")
        assert not [*article.iter("style"), *article.iter("script")]
        [image] = article.iter("img")
        figure = built.root / "site" / url / image.get("src")
        assert f">{label}<" in figure.read_text(encoding="utf-8")
        assert "y = x" in [x.text for x in article.iter("annotation")]


def test_code_and_outputs_of_a_notebook_page_have_the_markup_of_other_pages(page):
    def markup(url):
        article = page(url).find(".//article")
        blocks = [x for x in article.iter("div") if "highlight" in x.get("class", "").split()]
        return {(x.get("class"), x[0].tag, x[0][-1].tag) for x in blocks}

    assert markup("basics/notebook/") == markup("basics/sum/")


@pytest.mark.parametrize("folder", ["", "zh/"])
def test_formulas_are_in_the_page_and_need_no_script(page, folder):
    root = page(folder + "basics/sum/")
    assert "y = x" in [x.text for x in root.iter("annotation")]
    assert not [x for x in root.iter("script") if "katex" in x.get("src", "")]


def test_names_in_code_need_no_element_of_their_own(page):
    root = page("basics/sum/")
    code = next(x for x in root.iter("code") if "numbers" in text_of(x))
    assert not {"n", "w"} & {x.get("class") for x in code.iter("span")}
    assert text_of(code).startswith("numbers = [1, 2, 3]  # three of them\n")


def test_glossary_terms_are_words_of_the_search(built):
    words = (built.project.cache / "jieba.txt").read_text(encoding="utf-8").split()
    assert words == ["训练损失"]
    index = (built.root / "site/zh/search/search_index.json").read_text(encoding="utf-8")
    docs = json.loads(index)["docs"]
    [title] = [x["title"] for x in docs if x["location"] == "glossary/#training-loss"]
    assert "训练损失" in title  # without the dictionary it is two words


@pytest.mark.parametrize(
    "path, old, new, message",
    [
        ("docs/zh/basics/sum.md", "sum.py:total", "sum.py:totla", "docs/zh/basics/sum.md:10: "
         "'basics/sum.py' has no section 'totla' (did you mean 'total'?)"),
        ("docs/en/basics/sum.md", "](figure)", "](figures)",
         "docs/en/basics/sum.md:15: this cell draws a figure"),
        ("snippets/basics/sum.py", "sum(numbers)", "sum(numbrs)",
         "docs/en/basics/sum.md:9: NameError: name 'numbrs' is not defined\n"
         "  at snippets/basics/sum.py:5: sum(numbrs)"),
    ],
    ids=["page", "figure", "snippet"],
)  # fmt: skip
def test_a_broken_page_ends_the_build_and_leaves_the_last_good_site(
    tiny, built, file_bytes, path, old, new, message
):
    for folder in ("site", ".livedocs"):
        shutil.copytree(built.root / folder, tiny.root / folder)
    before = file_bytes(tiny.root / "site")
    tiny.edit(path, old, new)
    result = tiny.python(*BUILD)
    assert result.returncode != 0
    assert message in result.stderr
    assert "Traceback (most recent call last)" not in result.stderr
    assert before and file_bytes(tiny.root / "site") == before
