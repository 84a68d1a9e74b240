"""Where each row of the old notes is taught now: a page made of docs/notes.tsv."""

import csv
import html
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from livedocs.course_map import Chapter
from livedocs.errors import PageError, did_you_mean
from livedocs.lessons import Lesson

WORDS = {
    "en": {
        "title": "From the old notes",
        "description": "Where each row of the study notes behind this course is taught now.",
        "lead": (
            "The course grew out of {sets} sets of study notes. Their {rows} rows, one for each "
            "heading, program, figure, and remark, are numbered by set, in reading order. So far "
            "{done} of them are taught; the others name the chapter in which they will be."
        ),
        "chapters": "By chapter",
        "chapters_lead": "A row can belong to several chapters.",
        "columns": ("Chapter", "Taught", "Rows"),
        "sets": "By set",
        "sets_lead": "Open a set to look up its rows. The address of this page with `#{row}` "
        "at its end leads to that row.",
        "set": "{id}. {name}: {done} of {rows} rows taught",
        "row_columns": ("Row", "What it says", "Where it is taught"),
        "later": "still to come: {}",
        "comma": ", ",
    },
    "zh": {
        "title": "旧笔记对照表",
        "description": "本课程源自几份学习笔记。这里列出笔记的每一条现在在哪一节讲解。",
        "lead": (
            "这门课源自 {sets} 份学习笔记，共 {rows} 条：每个标题、程序、图和说明各算一条，"
            "按笔记和原文顺序编号。目前已经讲到 {done} 条，其余的注明将来放在哪一章。"
        ),
        "chapters": "按章统计",
        "chapters_lead": "同一条可以属于几章。",
        "columns": ("章", "已讲", "总数"),
        "sets": "按笔记查找",
        "sets_lead": "点开一份笔记，查看其中各条（摘要为英文）。"
        "在本页地址末尾加上 `#{row}`，可以直接跳到这一条。",
        "set": "{id}. {name}：共 {rows} 条，已讲 {done} 条",
        "row_columns": ("编号", "内容", "现在的位置"),
        "later": "待写：{}",
        "comma": "、",
    },
}


@dataclass(frozen=True)
class Row:
    """A row of the notes: `S1-38`, the chapters that have to teach it, and what it says."""

    id: str
    chapters: tuple[str, ...]
    title: str

    @property
    def set(self) -> str:
        return self.id.split("-")[0]


def read_rows(path: Path) -> list[Row]:
    """The rows of docs/notes.tsv, in the order of the notes."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Row(row["id"], tuple(row["chapters"].split(",")), row["title"])
            for row in csv.DictReader(file, delimiter="\t")
        ]


def teachers(lessons: Iterable[Lesson]) -> dict[str, list[Lesson]]:
    """The lessons that name a row of the notes, by the row."""
    found = {}
    for lesson in lessons:
        for row in lesson.first.meta.get("notes", []):
            found.setdefault(row, []).append(lesson)
    return found


class Concordance:
    """The rows of the notes and the lessons that teach them.

    path: notes.tsv.
    sets: name of each set in each language.
    lessons: in teaching order.

    Raises PageError if a row belongs to a chapter or a set that the course does not know.
    """

    def __init__(self, path: Path, sets: dict, plan: list[Chapter], lessons: Iterable[Lesson]):
        self.rows, self.sets, self.plan = read_rows(path), sets, plan
        self.taught = teachers(lessons)
        names = [chapter.name for chapter in plan]
        for line, row in enumerate(self.rows, 2):
            for name in row.chapters:
                if name not in names:
                    hint = did_you_mean(name, names)
                    raise PageError(path, line, f"'{name}' is no chapter{hint}")
            if row.set not in sets:
                raise PageError(path, line, f"extra.notes does not name the set '{row.set}'")

    def page(self, language: str) -> str:
        """The page in one language, as Markdown."""
        return "\n".join(_Writer(self, language).lines()) + "\n"


class _Writer:
    def __init__(self, source: Concordance, language: str):
        self.rows, self.sets, self.plan = source.rows, source.sets, source.plan
        self.taught, self.language, self.words = source.taught, language, WORDS[language]

    def lines(self) -> Iterator[str]:
        words, sets = self.words, {row.set: None for row in self.rows}
        yield from ["---", f"description: {words['description']}", "---"]
        yield from [f"# {words['title']} {{ #concordance }}", ""]
        counts = {"sets": len(sets), "rows": len(self.rows), "done": self._done(self.rows)}
        yield from [words["lead"].format(**counts), ""]
        yield from [f"## {words['sets']} {{ #sets }}", ""]
        yield from [words["sets_lead"].format(row=self.rows[-1].id), ""]
        for name in sets:
            yield from self._set(name, [row for row in self.rows if row.set == name])
        yield from [f"## {words['chapters']} {{ #chapters }}", "", words["chapters_lead"], ""]
        yield from self._chapters()

    def _done(self, rows: list[Row]) -> int:
        return sum(row.id in self.taught for row in rows)

    def _chapters(self) -> Iterator[str]:
        yield from ["| " + " | ".join(self.words["columns"]) + " |", "|---|--:|--:|"]
        for chapter in self.plan:
            rows = [row for row in self.rows if chapter.name in row.chapters]
            label = chapter.label(self.language)
            if chapter.finished:
                label = f"[{label}]({chapter.name}/index.md)"
            yield f"| {label} | {self._done(rows)} | {len(rows)} |"
        yield ""

    def _set(self, name: str, rows: list[Row]) -> Iterator[str]:
        """A folded table as plain HTML: Markdown would take seconds for so many links."""
        counts = {"rows": len(rows), "done": self._done(rows)}
        label = self.words["set"].format(id=name, name=self.sets[name][self.language], **counts)
        head = "".join(f'<th scope="col">{column}</th>' for column in self.words["row_columns"])
        yield f'<details id="{name}" data-search-exclude=""><summary>{html.escape(label)}</summary>'
        yield f'<table class="notes"><thead><tr>{head}</tr></thead><tbody>'
        for where, group in groupby(rows, self._where):
            group = list(group)
            for i, row in enumerate(group):
                cell = f'<td rowspan="{len(group)}">{where}</td>' if i == 0 else ""
                title = html.escape(row.title, quote=False)
                lang = "" if self.language == "en" else ' lang="en"'
                yield f'<tr id="{row.id}"><td>{row.id}</td><td{lang}>{title}</td>{cell}</tr>'
        yield from ["</tbody></table></details>", ""]

    def _where(self, row: Row) -> str:
        """Links to the sections that teach a row, or the chapters that will."""
        if lessons := self.taught.get(row.id):
            return self.words["comma"].join(map(self._link, lessons))
        labels = [c.label(self.language) for c in self.plan if c.name in row.chapters]
        return self.words["later"].format(self.words["comma"].join(map(html.escape, labels)))

    def _link(self, lesson: Lesson) -> str:
        title = html.escape(lesson.pages[self.language].title)
        return f'<a href="../{lesson.name.removesuffix("/index")}/">{title}</a>'
