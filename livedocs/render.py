"""A page with its outputs in place, as Markdown that any Python-Markdown site generator renders."""

import html
import re
from collections import deque

from livedocs import figures
from livedocs.errors import PageError
from livedocs.language import joined, localize
from livedocs.outputs import one_line, shown, text_of
from livedocs.pages import DISPLAY_OPTIONS, FIGURE, INLINE, Cell, Page
from livedocs.svg import FigureError

LINE_START = re.compile(r"[\W\d_]*")  # where a value could open a block: with these
OPENS_BLOCK = re.compile(r"\s|(?![-+]\d)[-+:!?/.)]|\d+[.)](?:\s|$)")
EMPTY = "\u200b"  # else the marks around an empty value would meet
RUN_INFO = {
    "en": "Every output here was computed on {date}: Python {python}, torch {torch}{images}.",
    "zh": "本页输出于 {date} 实际运行得到：Python {python}，torch {torch}{images}。",
}
IMAGES = {"en": ", images: {dataset}", "zh": "，图像数据集：{dataset}"}


def render(page: Page, result: dict, labels: dict[str, str]) -> str:
    """Markdown of the page with code, outputs, figures and numbers of one run.

    Raises PageError if a figure lacks its `![text](figure)` line or such a line its figure.
    """
    return "\n".join(_Renderer(page, result, labels).lines()) + "\n"


class _Renderer:
    def __init__(self, page: Page, result: dict, labels: dict[str, str]):
        self.page, self.result, self.labels = page, result, labels
        self.steps = iter(result["steps"])
        self.figures = deque()

    def lines(self):
        values = next(self.steps)["values"]
        for block in self.page.blocks:
            if isinstance(block, Cell):
                if block.runs:
                    yield from self._cell(block, next(self.steps)["outputs"])
                    values = next(self.steps)["values"]
                else:
                    yield from source(block, self.page.language)
            elif block.literal:
                yield from (line.text for line in block.lines)
            else:
                lines = [out for line in block.lines for out in self._text(line, values)]
                yield from joined(lines)
        for _, cell in self.figures:
            raise _without_place(cell)
        if "environment" in self.result:
            yield from ["", f'<p class="run-info">{self._run_info()}</p>']

    def _run_info(self) -> str:
        language = self.page.language
        facts = {"date": self.result["date"], **self.result["environment"]}
        facts = {name: one_line(str(fact), language) for name, fact in facts.items()}
        images = IMAGES[language].format(**facts) if "dataset" in facts else ""
        return escape(RUN_INFO[language].format(images=images, **facts))

    def _text(self, line, values):
        text = INLINE.sub(lambda m: inline_value(m, values, self.page.language), line.text)
        place = FIGURE.match(text)
        if not place:
            yield text
            return
        if not self.figures:
            raise PageError(line.path, line.number, "no cell above this line drew a figure for it")
        alt = html.unescape(place["alt"])
        svg = themed(*self.figures.popleft(), self.labels, alt)
        yield from _html("figure", svg, place["indent"])

    def _cell(self, cell: Cell, outputs: list[dict]):
        if self.figures:
            raise _without_place(self.figures[0][1])
        if "hide" not in cell.options:
            yield from source(cell, self.page.language)
        if "no-output" in cell.options:
            return
        for output in outputs:
            if svg := output.get("data", {}).get("image/svg+xml"):
                self.figures.append((svg, cell))
            else:
                yield from _output(shown(output, self.page.language), cell.indent)


def source(cell: Cell, language: str) -> list[str]:
    """The fence of a cell as the reader sees it: its own language's comments, no run options."""
    options = [f'{key}="{cell.options[key]}"' for key in DISPLAY_OPTIONS if key in cell.options]
    code = localize(cell.code, language).rstrip("\n").split("\n")
    fence = "`" * max(3, 1 + _longest_run("`", cell.code))
    return _indented([f"{fence}python {' '.join(options)}".rstrip(), *code, fence], cell.indent)


def _output(output: dict, indent: str):
    if table := output.get("data", {}).get("text/html"):
        yield from _html("output-table", table, indent)
        return
    text = text_of(output)
    fence = "`" * max(3, 1 + _longest_run("`", text))
    kind = {"error": " .output-error", "stderr": " .output-warning"}
    css_class = kind.get(output.get("name", output["output_type"]), "")
    opening = f"{fence}{{.text .output{css_class} .no-copy}}"
    yield from _indented(["", opening, *text.split("\n"), fence], indent)


def _html(css_class: str, body: str, indent: str) -> list[str]:
    """A raw HTML block that also works inside details, admonitions, tabs and lists."""
    attributes = {
        "figure": "{data-search-exclude: ''}",  # labels out of context are no search results
        "output-table": "{tabindex: '0'}",  # scrolls in its own box, also by keyboard
    }
    opening = [f"/// html | div.{css_class}", f"    attrs: {attributes[css_class]}"]
    lines = ["", *opening, "    markdown: html", "", f"    {body}", "///", ""]
    return _indented(lines, indent)


def _indented(lines, indent: str) -> list[str]:
    return [indent + line if line else "" for line in lines]


def _longest_run(char: str, text: str) -> int:
    return max(map(len, re.findall(f"{char}+", text)), default=0)


def inline_value(match: re.Match, values: dict[str, str], language: str) -> str:
    """The value of an inline expression; a code span allows no escape, so ` and | give way."""
    value = one_line(values[match["field"]], language) or EMPTY
    if match.string.count("`", 0, match.start()) % 2:
        value = value.replace("`", "'")
        return value.replace("|", "¦") if match.string.lstrip().startswith("|") else value
    before, after = INLINE.sub("", match.string[: match.start()]), match.string[match.end() :]
    if LINE_START.fullmatch(before) and OPENS_BLOCK.match(value + after):
        return f"&#{ord(value[0])};{escape(value[1:])}"
    return escape(value)


def escape(value: str) -> str:
    """A line of text as text in prose: no markup, no link."""
    text = html.escape(value, quote=False)
    return re.sub(r"[\\`*_{}\[\]|~^=$#]|:(?=//)", lambda m: f"&#{ord(m[0])};", text)


def themed(svg: str, cell: Cell, labels: dict[str, str], alt: str) -> str:
    """The figure of a cell; see figures.themed. Raises PageError at the cell."""
    try:
        return figures.themed(svg, labels, alt)
    except FigureError as error:
        raise PageError(cell.opening.path, cell.opening.number, str(error)) from None


def _without_place(cell: Cell) -> PageError:
    return PageError(
        cell.opening.path,
        cell.opening.number,
        "this cell draws a figure; describe it in a line ![what it shows](figure) below the cell",
    )
