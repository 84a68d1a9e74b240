"""What a reader downloads: budgets in KB after gzip, as a web server sends it."""

import gzip
from html.parser import HTMLParser
from pathlib import Path

import pytest

KB = 1000
SECTION, NOTEBOOK = 60, 85  # HTML with what is in it, figures of sections included
SHARED = 200  # style sheets and scripts that one page loads, KaTeX among them on pages with maths
SEARCH = 30  # what searching loads on top, without the index: the worker and its language


class Loads(HTMLParser):
    """Style sheets, scripts and images that a page names."""

    def __init__(self, page: Path):
        super().__init__()
        self.styles, self.scripts, self.images = [], [], []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "link" and values.get("rel") == "stylesheet":
            self.styles.append(values["href"])
        elif tag == "script" and "src" in values:
            self.scripts.append(values["src"])
        elif tag == "img":
            self.images.append(values)


def weight(path: Path) -> float:
    return len(gzip.compress(path.read_bytes(), 6)) / KB


@pytest.fixture(scope="module")
def pages(site) -> dict[str, Path]:
    return {p.parent.relative_to(site).as_posix(): p for p in sorted(site.rglob("index.html"))}


@pytest.fixture(scope="module")
def loads(pages) -> dict[str, Loads]:
    return {name: Loads(page) for name, page in pages.items()}


def check(weights: dict[str, float], budget: float) -> None:
    """Fails with a table of what is over the budget, the heaviest first."""
    assert weights
    over = sorted(((w, name) for name, w in weights.items() if w > budget), reverse=True)
    table = "\n".join(f"{w:8.1f} KB of {budget}  {name}" for w, name in over)
    assert not over, f"over budget:\n{table}"


def test_section_pages_are_within_their_budget(pages):
    sections = {name: page for name, page in pages.items() if not name.endswith("notebook")}
    check({name: weight(page) for name, page in sections.items()}, SECTION)


def test_notebook_pages_are_within_their_budget(pages):
    notebooks = {name: page for name, page in pages.items() if name.endswith("notebook")}
    check({name: weight(page) for name, page in notebooks.items()}, NOTEBOOK)


def test_style_sheets_and_scripts_of_a_page_are_within_their_budget(pages, loads):
    shared = {
        name: sum(weight((pages[name].parent / url).resolve()) for url in [*x.styles, *x.scripts])
        for name, x in loads.items()
    }
    check(shared, SHARED)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_searching_loads_is_within_its_budget(site, language):
    folder = site / "assets/javascripts"
    [worker] = folder.glob("workers/search.*.min.js")
    files = [worker]
    if language != "en":
        files += [folder / f"lunr/min/lunr.{name}.min.js" for name in ("stemmer.support", language)]
    check({language: sum(map(weight, files))}, SEARCH)


def test_only_pages_with_formulas_load_what_formulas_need(pages, loads):
    for name, page in pages.items():
        has_formulas = 'class="katex"' in page.read_text(encoding="utf-8")
        wanted = [url for url in loads[name].styles + loads[name].scripts if "kat" in url]
        assert [url.rsplit("/", 1)[-1] for url in wanted] == ["katex.min.css"] * has_formulas, name
    assert any('class="katex"' in page.read_text(encoding="utf-8") for page in pages.values())


def test_pictures_in_files_load_when_seen_and_keep_their_place(loads):
    pictures = [
        picture for x in loads.values() for picture in x.images if "figure-" in picture["src"]
    ]
    assert pictures
    for picture in pictures:
        assert picture["loading"] == "lazy" and picture["alt"]
        assert int(picture["width"]) > 0 and int(picture["height"]) > 0


def test_no_style_sheet_brings_a_font_but_that_of_formulas(site):
    for sheet in site.rglob("*.css"):
        if "katex" not in sheet.name:
            text = sheet.read_text(encoding="utf-8")
            assert not any(kind in text for kind in (".woff", ".ttf", ".otf", "font/")), sheet
