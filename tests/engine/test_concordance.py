"""The concordance leads from each row of the notes to the sections that teach it."""

import json

import pytest

from livedocs.concordance import read_rows
from livedocs.errors import PageError
from livedocs.site import Course

NOTES = (
    "id\tchapters\ttitle\nA-1\tbasics\tSums\nA-2\tlater\tProducts of <two>\n"
    "A-3\tlater,start\tQuotients\nA-4\tbasics,later\tMeans\nB-1\tbasics\tSums again\n"
)


@pytest.fixture
def tiny(tiny):
    tiny.write("docs/notes.tsv", NOTES)
    tiny.edit("mkdocs.yml", "  notes:\n", "  notes:\n    B: {en: More & more, zh: 其他}\n")
    tiny.edit_twins("basics/sum", "notes: [A-1]", "notes: [A-1, A-4, B-1]")
    tiny.edit_twins("basics/index", "needs:", "notes: [A-4]\nneeds:")
    return tiny


@pytest.fixture
def page(tiny, to_html):
    course = Course(tiny.project)
    return lambda language: to_html(course.concordance.page(language).split("---\n", 2)[2])


def text_of(element) -> str:
    return " ".join("".join(element.itertext()).split())


def cells(root) -> dict[str, list]:
    return {row.get("id"): list(row.iter("td")) for row in root.iter("tr") if row.get("id")}


def test_rows_are_read_in_the_order_of_the_notes(tiny):
    rows = read_rows(tiny.project.docs / "notes.tsv")
    assert [row.id for row in rows] == ["A-1", "A-2", "A-3", "A-4", "B-1"]
    assert (rows[2].chapters, rows[2].set) == (("later", "start"), "A")


def test_each_row_has_an_anchor_its_title_and_its_place(page):
    rows = cells(page("en"))
    assert list(rows) == ["A-1", "A-2", "A-3", "A-4", "B-1"]
    assert [text_of(x) for x in rows["A-1"]] == ["A-1", "Sums", "Sums"]
    assert [text_of(x) for x in rows["A-2"]] == [
        "A-2", "Products of <two>", "still to come: 3. Later & on"
    ]  # fmt: skip
    assert text_of(rows["A-3"][2]) == "still to come: 1. Before, 3. Later & on"
    assert [text_of(a) for a in rows["A-4"][2].iter("a")] == ["Basics", "Sums"]


def test_links_lead_from_the_page_to_the_sections(page):
    rows = cells(page("zh"))
    assert [a.get("href") for a in rows["A-4"][2].iter("a")] == ["../basics/", "../basics/sum/"]
    assert [text_of(a) for a in rows["A-4"][2].iter("a")] == ["基础", "求和"]


def test_titles_name_their_language_where_the_page_has_another(page):
    assert {row[1].get("lang") for row in cells(page("zh")).values()} == {"en"}
    assert {row[1].get("lang") for row in cells(page("en")).values()} == {None}


def test_neighbors_that_are_taught_at_one_place_share_its_cell(tiny, page, to_html):
    tiny.write("docs/notes.tsv", NOTES.replace("A-2\tlater", "A-2\tlater,start"))
    root = to_html(Course(tiny.project).concordance.page("en"))
    rows = cells(root)
    assert [len(rows[name]) for name in ("A-1", "A-2", "A-3", "A-4")] == [3, 3, 2, 3]
    assert rows["A-2"][2].get("rowspan") == "2"


def test_what_is_taught_is_counted_by_set_by_chapter_and_in_all(page):
    root = page("en")
    assert "2 sets" in text_of(root) and "5 rows" in text_of(root) and "So far 3" in text_of(root)
    assert [text_of(x) for x in root.iter("summary")] == [
        "A. Old notes: 2 of 4 rows taught",
        "B. More & more: 1 of 1 rows taught",
    ]
    table = list(root.iter("table"))[-1]
    counts = [[text_of(x) for x in row.iter("td")] for row in table.iter("tr")][1:]
    assert counts == [
        ["1. Before", "0", "1"], ["2. Basics", "3", "3"], ["3. Later & on", "1", "3"]
    ]  # fmt: skip


def test_a_page_that_comes_to_teach_a_row_moves_it(tiny):
    tiny.edit_twins("basics/sum", "[A-1,", "[A-1, A-2,")
    text = Course(tiny.project).concordance.page("zh")
    assert "A. 旧笔记：共 4 条，已讲 3 条" in text
    assert "待写：3. 以后" not in text


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "A-2\tlater",
            "A-2\tlate",
            r"docs/notes.tsv:3: 'late' is no chapter \(did you mean 'later'",
        ),
        ("B-1", "C-1", "docs/notes.tsv:6: extra.notes does not name the set 'C'"),
    ],
)
def test_a_row_of_an_unknown_chapter_or_set_ends_the_build(tiny, old, new, message):
    tiny.edit("docs/notes.tsv", old, new)
    tiny.edit_twins("basics/sum", ", B-1]", "]")
    with pytest.raises(PageError, match=message):
        Course(tiny.project)


def test_the_search_finds_the_page_but_none_of_its_rows(tiny):
    result = tiny.python("mkdocs", "build", "--strict")
    assert result.returncode == 0, result.stderr
    index = json.loads((tiny.root / "site/search/search_index.json").read_text(encoding="utf-8"))
    found = [doc for doc in index["docs"] if doc["location"].startswith("concordance/")]
    assert "sets of study notes" in found[0]["text"]
    assert not [doc for doc in found if "Quotients" in doc["text"] or "A-3" in doc["location"]]
