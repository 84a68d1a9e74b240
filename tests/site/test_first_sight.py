"""The home page shows the real course, the concordance every row of the notes."""

import gzip
import re
from pathlib import Path

import pytest

from livedocs.concordance import read_rows
from livedocs.config import Project
from livedocs.site import chapters, settings

PROJECT = Project(Path(__file__).parents[2])
LIMIT = 60_000  # bytes of a page on its way to the reader


@pytest.fixture(params=["", "zh/"], ids=["en", "zh"])
def read(request, site):
    return lambda path: (site / request.param / path / "index.html").read_text(encoding="utf-8")


def test_the_map_has_all_chapters_and_links_to_those_that_are_finished(read):
    [picture] = re.findall(r'<svg[^>]*role="list".*?</svg>', read(""), re.DOTALL)
    planned = settings(PROJECT, "en")["extra"]["chapters"]
    assert picture.count('role="listitem"') == len(planned)
    assert re.findall(r'<a href="([^"]*)"', picture) == [f"{name}/" for name in chapters(PROJECT)]


def test_the_list_below_the_map_has_the_same_chapters(read):
    home = read("")
    titles = [
        title.partition(". ")[2] for title in re.findall(r"<text [^>]*>([^<]*)</text></", home)
    ]
    listed = [re.sub(r"<[^>]*>", "", item) for item in re.findall(r"<li>(.*?)</li>", home)]
    assert titles and all(any(item.startswith(title) for item in listed) for title in titles)


def test_the_figure_of_the_home_page_is_that_of_its_section(read):
    paths = [
        {d for d in re.findall(r'<path d="([^"]*)"', read(page)) if len(d) > 1000}
        for page in ("", "gradient_descent/optimizers")
    ]
    assert paths[0] and paths[0] <= paths[1]


def test_the_concordance_has_each_row_once_in_order_and_a_place_for_it(read):
    rows = re.findall(r'<tr id="([^"]*)">(.*?)</tr>', read("concordance"))
    assert [name for name, _ in rows] == [x.id for x in read_rows(PROJECT.docs / "notes.tsv")]
    covered = sum(int(n) for n in re.findall(r'<td rowspan="(\d+)">\S', read("concordance")))
    assert covered == len(rows)


@pytest.mark.parametrize("page", ["", "concordance"])
def test_the_first_pages_are_light(read, page):
    assert len(gzip.compress(read(page).encode())) < LIMIT
