"""docs/changes.yml: what changed for readers, for the page of changes and for the feed."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from livedocs.errors import PageError, did_you_mean
from livedocs.pages import LANGUAGES
from livedocs.render import escape
from livedocs.site import Course, chapters

KEYS = {"date", "page", *LANGUAGES}
WORDS = {
    "en": ("What changed", "New and changed pages, the newest first.", " Subscribe: [Atom feed]"),
    "zh": ("更新记录", "新增和改动的页面，最近的在最前面。", "订阅：[Atom 源]"),
}
COLON = {"en": ": ", "zh": "："}


@dataclass(frozen=True)
class Change:
    """What changed on a page, in a sentence or two of plain text per language."""

    date: date
    page: str
    text: dict[str, str]


def read_changes(path: Path, pages) -> list[Change]:
    """The entries, the newest first. pages: the names of the pages that exist.

    Raises PageError, with the line, for an entry that is not what the file must hold.
    """
    try:
        tree = yaml.compose(path.read_text(encoding="utf-8"), yaml.SafeLoader)
    except FileNotFoundError:
        raise PageError(path, 1, "there is no such file") from None
    except yaml.MarkedYAMLError as error:
        raise PageError(path, error.problem_mark.line + 1, str(error.problem)) from None
    if not isinstance(tree, yaml.SequenceNode) or not tree.value:
        raise PageError(path, 1, "the file is a list of changes")
    changes = []
    for node in tree.value:
        try:
            entry = yaml.SafeLoader("").construct_document(node)
            fault = _fault(entry, pages, changes)
        except ValueError as error:  # an impossible date
            fault = str(error)
        if fault:
            raise PageError(path, node.start_mark.line + 1, fault)
        texts = {language: entry[language].strip() for language in LANGUAGES}
        changes.append(Change(entry["date"], entry["page"], texts))
    return changes


def _fault(entry, pages, before: list[Change]) -> str | None:
    """What is wrong with an entry that comes after others."""
    if not isinstance(entry, dict) or set(entry) != KEYS:
        return f"a change has the keys {', '.join(sorted(KEYS))}"
    if type(entry["date"]) is not date:
        return "the date is written as 2026-11-21"
    if entry["page"] not in pages:
        return f"there is no page '{entry['page']}'{did_you_mean(str(entry['page']), pages)}"
    for language in LANGUAGES:
        if not isinstance(entry[language], str) or not entry[language].strip():
            return f"'{language}' says what changed"
    if before and entry["date"] > before[-1].date:
        return "the newest change comes first"
    if (entry["date"], entry["page"]) in {(change.date, change.page) for change in before}:
        return "this page has an entry of this date already"
    return None


def page_titles(course: Course, language: str) -> dict[str, str]:
    """Page titles by name; those of chapters have their number."""
    pages = {name: outcome.lesson.pages[language] for name, outcome in course.outcomes.items()}
    numbered = {f"{name}/index": course.title(name, language) for name in chapters(course.project)}
    return {name: page.title for name, page in pages.items()} | numbered


def changes_page(changes: list[Change], titles: dict[str, str], language: str, feed="") -> str:
    """The page of changes as Markdown. titles: of the pages; feed: URL of the feed, or ""."""
    title, lead, subscribe = WORDS[language]
    lines = [f"# {title} {{ #changes }}", "", lead + (f"{subscribe}({feed})" if feed else "")]
    for day in dict.fromkeys(change.date for change in changes):
        lines += ["", f"## {day} {{ #{day} }}", ""]
        for change in changes:
            if change.date == day:
                link = f"[{titles[change.page]}]({change.page}.md)"
                lines.append(f"- {link}{COLON[language]}{escape(change.text[language])}")
    return "\n".join(lines) + "\n"
