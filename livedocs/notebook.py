"""One executed notebook per chapter and language, made from the chapter's pages."""

import html
import re
from functools import lru_cache

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from livedocs.language import joined, localize
from livedocs.outputs import shown
from livedocs.pages import FIGURE, HEADING, INLINE, Cell, Page, Text
from livedocs.render import inline_value, themed

LINK = re.compile(r"\]\((?!https?://|\))(?:([^)#\s]*)\.md)?(#[^)\s]*)?\)")
CONTAINER = re.compile(r'^(?P<kind>\?\?\?\+?|!!!|===)\s*[\w -]*?\s*(?:"(?P<title>.*)")?\s*$')
WORDS = {
    "en": {
        "setup": "# Run this first on Colab: packages and data set (digits, mnist, fashion-mnist)",
        "fresh": "# A new section starts with an empty namespace",
    },
    "zh": {
        "setup": "# 在 Colab 上先运行这一格：安装软件包，选数据集（digits、mnist、fashion-mnist）",
        "fresh": "# 新的一节从空的命名空间开始",
    },
}  # fmt: skip
SETUP = """\
import os
import sys

if "google.colab" in sys.modules:
    %pip install -q torch torchvision scikit-learn pandas matplotlib
os.environ.setdefault("NOTES_DATASET", "digits")
"""


def chapter_notebook(pages: list[tuple[Page, dict]], labels: dict[str, str], base: str):
    """A notebook from the (page, result) pairs of a chapter, its index page first.

    labels: figure labels of the language. base: URL of the language's site, for links; may be "".
    """
    language = pages[0][0].language
    cells = [new_code_cell(f"{WORDS[language]['setup']}\n{SETUP}".rstrip())]
    for i, (page, result) in enumerate(pages):
        if i and page.cells:
            cells.append(new_code_cell(f"{WORDS[language]['fresh']}\n%reset -f"))
        cells += _page_cells(page, result, labels, base, level=0 if i == 0 else 1)
    for i, cell in enumerate(cells):
        cell["id"] = f"cell-{i:04d}"
    notebook = new_notebook(cells=cells)
    notebook.metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
    }
    return notebook


def write_notebook(notebook) -> str:
    return nbformat.v4.writes(notebook) + "\n"  # the tests validate: once is enough


@lru_cache(maxsize=64)
def drawings(notebook: str) -> list[str]:
    """The SVGs of a notebook, in order."""
    cells = nbformat.v4.reads(notebook).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    found = [output.get("data", {}).get("image/svg+xml") for output in outputs]
    return [svg for svg in found if svg]


def _page_cells(page: Page, result: dict, labels: dict[str, str], base: str, level: int) -> list:
    steps, cells, waiting = iter(result["steps"]), [], []
    values = next(steps)["values"]
    for block in page.blocks:
        if isinstance(block, Cell) and block.runs:
            cell = _code_cell(block, next(steps)["outputs"], page.language)
            waiting = [o for o in cell["outputs"] if "image/svg+xml" in o.get("data", {})]
            drawing = block
            cells.append(cell)
            values = next(steps)["values"]
        elif isinstance(block, Cell):
            code = localize(block.code, page.language)
            cells.append(new_markdown_cell(f"```python\n{code}```"))
        else:
            text, descriptions = _prose(block, values, level, base, page)
            for output, alt in zip(waiting, map(html.unescape, descriptions)):
                svg = output["data"]["image/svg+xml"]
                output["data"]["image/svg+xml"] = themed(svg, drawing, labels, alt)
                output["data"]["text/plain"] = alt
            waiting = waiting[len(descriptions) :]
            if text:
                cells.append(new_markdown_cell(text))
    return cells


def _code_cell(cell: Cell, outputs: list[dict], language: str):
    kept = [] if "no-output" in cell.options else [shown(output, language) for output in outputs]
    new = new_code_cell(localize(cell.code, language).rstrip("\n"))
    new["outputs"] = [nbformat.from_dict(output) for output in kept]
    if "raises" in cell.options:
        new.metadata["tags"] = ["raises-exception"]
    if cell.indent or "hide" in cell.options:  # a solution, a folded helper, a drawing
        new.metadata["jupyter"] = {"source_hidden": True}
    return new


def _prose(block: Text, values: dict, level: int, base: str, page: Page) -> tuple[str, list[str]]:
    """Markdown that Jupyter understands, and the descriptions of the figures in it."""
    if block.literal:
        return "\n".join(line.text for line in block.lines), []
    lines = [
        INLINE.sub(lambda m: _value(m, values, page.language), line.text) for line in block.lines
    ]
    descriptions = [match["alt"] for line in lines if (match := FIGURE.match(line))]
    lines = [line for line in lines if not FIGURE.match(line)]
    lines = joined(_plain(_without_captions(lines)))
    lines = [_heading(line, level) for line in lines]
    own = page.name.rsplit("/", 1)[-1]  # a link to #anchor means this page of the site
    text = LINK.sub(
        lambda m: f"]({_url(m[1] or own, page.name, base)}{m[2] or ''})", "\n".join(lines)
    )
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n"), descriptions


def _value(match: re.Match, values: dict, language: str) -> str:
    """An inline value; Jupyter finds formulas in the finished page, where no escape helps."""
    return inline_value(match, values, language).replace("&#36;", "$").replace("$", "＄")


def _heading(line: str, level: int) -> str:
    match = HEADING.match(line)
    return f"{'#' * level}{match['level']} {match['title']}" if match else line


def _url(target: str, name: str, base: str) -> str:
    """URL of a page linked from page `name`; relative to the chapter's notebook without a base."""
    parts = name.split("/")[:-1]
    for part in target.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part != ".":
            parts.append(part)
    if parts[-1:] == ["index"]:
        parts.pop()
    return (base or "../../") + "".join(f"{part}/" for part in parts)


def _without_captions(lines: list[str]) -> list[str]:
    """`/// caption` blocks as one emphasized paragraph each."""
    result, caption = [], None
    for line in lines:
        bare = line.strip()
        if bare.startswith("/// "):
            caption = []
        elif bare == "///" and caption is not None:
            *first, last = joined(caption)
            result += [
                f"*{text}" if i == 0 else text for i, text in enumerate([*first, f"{last}*"])
            ]
            caption = None
        elif caption is not None and bare and not line.startswith("    attrs:"):
            caption.append(bare)
        elif caption is None:
            result.append(line)
    return result


def _plain(lines: list[str]) -> list[str]:
    """Details as <details>, admonitions as quotes, tabs as bold titles; nested ones flattened."""
    result, i = [], 0
    while i < len(lines):
        match = CONTAINER.match(lines[i])
        if not match:
            indent = "    " if _continues(result, lines, i) else ""
            result.append(lines[i].removeprefix(indent))
            i += 1
            continue
        end = i + 1
        while end < len(lines) and (not lines[end].strip() or lines[end].startswith("    ")):
            end += 1
        body = _plain([line.removeprefix("    ") for line in lines[i + 1 : end]])
        title = match["title"] or ""
        if match["kind"].startswith("???") and end < len(lines):
            result += [f"<details><summary>{html.escape(title)}</summary>", "", *body]
            result += ["", "</details>", ""]
        elif match["kind"] == "!!!":
            result += [f"> **{title}**", ">"] if title else []
            result += [f"> {line}".rstrip() for line in body] + [""]
        else:  # a tab, or details that hold a cell and so cannot be one Markdown cell
            result += [f"**{title}**", "", *body]
        i = end
    return result


def _continues(result: list[str], lines: list[str], i: int) -> bool:
    """Whether an indented line belongs to a container that a cell has interrupted."""
    return lines[i].startswith("    ") and not any(line.strip() for line in result)
