"""The course as a picture: its chapters in teaching order, with arcs to what they need."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from livedocs.errors import PageError, did_you_mean

PLACE = re.compile(r"^(?P<indent> *)!?\[(?P<text>.*)\]\(course-(?P<kind>map|list)\) *$", re.M)
WORDS = {
    "en": {"planned": " (planned)", "after": ", after {}", "comma": ", "},
    "zh": {"planned": "（待写）", "after": "，先学第 {} 章", "comma": "、"},
}
# Of the picture: width, height of a row, place of the dots and of the titles, radius of a dot
WIDTH, ROW, LINE, TEXT, DOT = 360, 30, 58, 76, 6


@dataclass(frozen=True)
class Chapter:
    """A chapter, written or planned. `source` is the file that names its prerequisites."""

    name: str
    number: int
    titles: dict[str, str] = field(hash=False)
    needs: tuple[str, ...]
    finished: bool
    source: Path

    def label(self, language: str) -> str:
        return f"{self.number}. {self.titles[language]}"


def faults(chapters: list[Chapter]) -> Iterator[PageError]:
    """Prerequisites that do not exist or do not come before the chapter that needs them."""
    numbers = {chapter.name: chapter.number for chapter in chapters}
    for chapter in chapters:
        for need in chapter.needs:
            if need not in numbers:
                message = f"'{need}' is no chapter{did_you_mean(need, numbers)}"
            elif numbers[need] >= chapter.number:
                message = f"'{need}' does not come before '{chapter.name}'"
            else:
                continue
            yield PageError(chapter.source, _line(chapter), f"needs: {message}")


def _line(chapter: Chapter) -> int:
    """Where the source says what the chapter needs."""
    start = rf"needs:|{re.escape(chapter.name)}: *\{{.*needs:"
    lines = chapter.source.read_text(encoding="utf-8").splitlines()
    return next((i for i, line in enumerate(lines, 1) if re.match(start, line.strip())), 1)


def placed(markdown: str, chapters: list[Chapter], language: str) -> str:
    """The page with the picture at `![text](course-map)`, the list at `[text](course-list)`."""

    def filled(match) -> str:
        if match["kind"] == "map":
            lines = _figure(drawn(chapters, language, html.unescape(match["text"])))
        else:
            lines = _listed(chapters, language)
        return "\n".join(match["indent"] + line if line else "" for line in lines)

    return PLACE.sub(filled, markdown)


def _figure(svg: str) -> list[str]:
    opening = ["/// html | div.figure.course-map", "    attrs: {data-search-exclude: ''}"]
    return ["", *opening, "    markdown: html", "", f"    {svg}", "///", ""]


def _listed(chapters: list[Chapter], language: str) -> list[str]:
    """The same as a numbered list in Markdown: the picture in words."""
    words, numbers = WORDS[language], {chapter.name: chapter.number for chapter in chapters}
    lines = []
    for chapter, needs in _direct(chapters):
        title = chapter.titles[language]
        line = f"[{title}]({chapter.name}/index.md)" if chapter.finished else title
        if needs:
            line += words["after"].format(words["comma"].join(str(numbers[n]) for n in needs))
        lines.append(f"{chapter.number}. {line}{'' if chapter.finished else words['planned']}")
    return lines


def _direct(chapters: list[Chapter]) -> Iterator[tuple[Chapter, list[str]]]:
    """Each chapter with those it needs that none of the others it needs leads to."""
    behind = {}  # all that comes before a chapter, however far
    for chapter in chapters:
        far = set().union(*(behind[need] for need in chapter.needs))
        behind[chapter.name] = far | set(chapter.needs)
        yield chapter, [c.name for c in chapters if c.name in set(chapter.needs) - far]


def drawn(chapters: list[Chapter], language: str, text: str) -> str:
    """The picture as SVG: a list in which the chapters that exist are links.

    text: what it shows, for those who cannot see it. The links are relative to the home page.
    """
    heights = {chapter.name: ROW * chapter.number - ROW // 2 for chapter in chapters}
    rows = "".join(_row(chapter, needs, heights, language) for chapter, needs in _direct(chapters))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {ROW * len(chapters)}" '
        f'role="list" aria-label="{html.escape(text)}">{rows}</svg>'
    )


def _row(chapter: Chapter, needs: list[str], heights: dict[str, int], language: str) -> str:
    """One chapter with the arcs from what it needs."""
    y, label = heights[chapter.name], html.escape(chapter.label(language))
    arcs = "".join(f'<path d="{_arc(heights[need], y)}"/>' for need in needs)
    dot = f'<circle cx="{LINE}" cy="{y}" r="{DOT}"/><text x="{TEXT}" y="{y + 5}">{label}</text>'
    if chapter.finished:
        left, top = LINE - 2 * DOT, y - ROW // 2
        area = f'<rect x="{left}" y="{top}" width="{WIDTH - left - 4}" height="{ROW}"/>'
        link = f'<a href="{chapter.name}/" aria-label="{label}">{area}{dot}</a>'
        return f'<g role="listitem">{arcs}{link}</g>'
    planned = label + WORDS[language]["planned"]
    return f'<g role="listitem" class="planned" aria-label="{planned}">{arcs}{dot}</g>'


def _arc(top: int, bottom: int) -> str:
    """From one dot down to another: straight to the next one, else around those between."""
    if bottom - top == ROW:
        return f"M{LINE} {top + DOT}V{bottom - DOT}"
    x = LINE - DOT
    bend = x - min(x, 12 + (bottom - top) // 5) * 4 // 3  # such a curve goes 3/4 of the way
    return f"M{x} {top}C{bend} {top} {bend} {bottom} {x} {bottom}"
