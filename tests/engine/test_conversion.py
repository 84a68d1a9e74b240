"""What MkDocs makes of a page is kept, and is the same as if it were made anew."""

import os
import re

import pytest


@pytest.fixture
def build(tiny, file_bytes, monkeypatch):
    """Build the tiny site; returns its files and what the build printed."""
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")

    def build(*arguments: str) -> tuple[dict, str]:
        result = tiny.python("mkdocs", "build", *arguments)
        return file_bytes(tiny.root / "site"), result.stdout + result.stderr

    return build


@pytest.fixture
def entries(tiny):
    return lambda: sorted((tiny.project.cache / "pages").glob("*/??/*.json"))


def test_a_build_from_kept_conversions_gives_the_same_bytes(tiny, build, entries):
    first, _ = build()
    kept = entries()
    assert kept
    second, _ = build()
    assert second == first
    assert entries() == kept
    for entry in kept:
        entry.unlink()
    third, _ = build()
    assert third == first


def test_an_edit_converts_its_page_and_no_other(tiny, build, entries):
    build()
    before = set(entries())
    tiny.edit("docs/en/basics/sum.md", "Three numbers.", "Three small numbers.")
    site, _ = build()
    assert b"Three small numbers." in site["basics/sum/index.html"]
    assert b"small" in site["search/search_index.json"]
    added = {entry.parent.parent.name for entry in set(entries()) - before}
    assert added == {"en"}
    assert len(set(entries()) - before) == 6  # of page and notebook: text, end result, index


def test_a_warning_is_given_in_every_build(tiny, build):
    tiny.edit("docs/en/index.md", "Start with", "[gone](gone.md) Start with")
    for _ in range(2):
        _, errors = build()
        assert "contains a link 'gone.md', but the target is not found" in errors
    _, errors = build("--strict")
    assert "Aborted with 1 warnings in strict mode" in errors


def test_a_page_that_is_gone_breaks_the_links_of_kept_pages(tiny, build):
    tiny.page("extra", "---\ndescription: A page.\n---\n# Extra { #extra }\n")
    tiny.edit_twins("index", "basics/sum.md", "extra.md")
    _, errors = build()
    assert "extra.md' is not" not in errors
    for language in ("en", "zh"):
        (tiny.project.docs / language / "extra.md").unlink()
    _, errors = build()
    assert len(re.findall(r"contains a link 'extra.md', but the target is not found", errors)) == 2


def test_an_anchor_that_is_gone_is_missed_on_kept_pages(tiny, build):
    tiny.edit_twins("index", "basics/sum.md", "basics/sum.md#sums")
    build()
    tiny.edit_twins("basics/sum", "{ #sums }", "{ #totals }")
    _, errors = build("--strict")
    assert "does not contain an anchor '#sums'" in errors


def test_a_damaged_conversion_is_told_and_made_again(tiny, build, entries):
    first, _ = build()
    for entry in entries():
        entry.write_text("damaged", encoding="utf-8")
    second, errors = build()
    assert second == first
    assert "it is made again" in errors


def test_conversions_of_old_texts_do_not_pile_up(tiny, build, entries):
    build()
    used = entries()
    for i in range(3 * len(used)):
        old = used[0].parent.parent / "00" / f"{i}.json"
        old.parent.mkdir(exist_ok=True)
        old.write_text("{}", encoding="utf-8")
        os.utime(old, (0, 0))
    build()
    left = entries()
    assert set(used) <= set(left) and len(left) <= 2 * len(used)
