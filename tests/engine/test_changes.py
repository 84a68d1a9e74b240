"""docs/changes.yml gives the page of changes; a mistake in it is named with its line."""

from datetime import date

import pytest

from livedocs.changes import changes_page, read_changes
from livedocs.errors import PageError

PAGES = ("index", "basics/index", "basics/sum")
TITLES = {"basics/index": "2. Basics", "basics/sum": "Sums"}


def read(tiny, text: str | None = None):
    path = tiny.root / "docs/changes.yml"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    return read_changes(path, PAGES)


def test_changes_are_read_in_their_order(tiny):
    changes = read(tiny)
    assert [(x.date, x.page) for x in changes] == [
        (date(2026, 2, 3), "basics/sum"),
        (date(2026, 1, 2), "basics/index"),
    ]
    assert changes[1].text == {"en": "The first chapter.", "zh": "第一章。"}


@pytest.mark.parametrize(
    "old, new, line, message",
    [
        ("basics/index", "basics/indx", 5,
         "there is no page 'basics/indx' (did you mean 'basics/index'?)"),
        ("2026-01-02", "2026-13-02", 5, "month must be in 1..12"),
        ("2026-01-02", "last week", 5, "the date is written as 2026-11-21"),
        ("2026-01-02", "2026-02-04", 5, "the newest change comes first"),
        ("  zh: 第一章。\n", "", 5, "a change has the keys date, en, page, zh"),
        ("第一章。", "''", 5, "'zh' says what changed"),
        ("Sums & figures <new>.", "7", 1, "'en' says what changed"),
        ("- date: 2026-01-02\n  page: basics/index", "- date: 2026-02-03\n  page: basics/sum", 5,
         "this page has an entry of this date already"),
        ("The first chapter.", "{", 9,
         "expected ',' or '}', but got '<stream end>'"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(tiny, old, new, line, message):
    path = tiny.edit("docs/changes.yml", old, new)
    with pytest.raises(PageError) as caught:
        read_changes(path, PAGES)
    assert str(caught.value) == f"docs/changes.yml:{line}: {message}"


@pytest.mark.parametrize("text", ["", "[]", "date: 2026-01-02", "# nothing yet\n"])
def test_a_file_that_lists_no_change_is_a_mistake(tiny, text):
    with pytest.raises(PageError, match="^docs/changes.yml:1: the file is a list of changes"):
        read(tiny, text)


def test_a_missing_file_is_a_mistake(tiny):
    (tiny.root / "docs/changes.yml").unlink()
    with pytest.raises(PageError, match="^docs/changes.yml:1: there is no such file"):
        read(tiny)


def test_the_page_lists_the_changes_by_day_with_links(tiny, to_html):
    root = to_html(changes_page(read(tiny), TITLES, "en"))
    assert [h.get("id") for h in root.iter("h1")] == ["changes"]
    assert [h.get("id") for h in root.iter("h2")] == ["2026-02-03", "2026-01-02"]
    items = ["".join(item.itertext()).strip() for item in root.iter("li")]
    assert items == ["Sums: Sums & figures <new>.", "2. Basics: The first chapter."]
    assert [a.get("href") for li in root.iter("li") for a in li.iter("a")] == [
        "basics/sum.md",
        "basics/index.md",
    ]


def test_the_page_names_the_feed_only_if_there_is_one(tiny):
    changes = read(tiny)
    assert "https://" not in changes_page(changes, TITLES, "zh")
    with_feed = changes_page(changes, TITLES, "zh", "https://example.org/zh/feed.xml")
    assert "订阅：[Atom 源](https://example.org/zh/feed.xml)" in with_feed
