"""A page as a list of blocks: text with inline expressions, and cells of code."""

import ast
import re
from dataclasses import dataclass, field, fields
from pathlib import Path

import yaml
from markdown.extensions.attr_list import get_attrs_and_remainder

from livedocs.errors import PageError, did_you_mean
from livedocs.includes import Line, expand

LANGUAGES = ("en", "zh")
DISPLAY_OPTIONS = ("title", "hl_lines", "linenums")  # passed on to pymdownx.highlight
RUN_OPTIONS = ("notest", "raises", "hide", "no-output")

FENCE = re.compile(r"^(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})(?P<header>[^`]*)$")
INLINE = re.compile(r"\{\{ (?P<field>.+?) ?\}\}")
FIGURE = re.compile(r"^(?P<indent>[ \t]*)!\[(?P<alt>.*)\]\(figure\)[ \t]*$")
HEADING = re.compile(r"^(?P<level>#{1,6}) (?P<title>.*?)(?: *\{ *#(?P<anchor>[^ }]+) *\})? *$")


@dataclass(frozen=True)
class Text:
    """Consecutive lines outside cells. `literal` lines are another fence: shown as they are."""

    lines: tuple[Line, ...]
    literal: bool = False

    @property
    def fields(self) -> list[tuple[str, Line]]:
        """Inline expressions with the line on which each stands."""
        if self.literal:
            return []
        return [(m["field"], line) for line in self.lines for m in INLINE.finditer(line.text)]


@dataclass(frozen=True)
class Cell:
    """A Python fence. `opening` is the line of the fence itself."""

    opening: Line
    indent: str
    lines: tuple[Line, ...]
    options: dict = field(hash=False)

    @property
    def code(self) -> str:
        return "\n".join(line.text for line in self.lines) + "\n"

    @property
    def runs(self) -> bool:
        return "notest" not in self.options


@dataclass(frozen=True)
class Limits:
    """What one run of a page may use; front matter sets other values: `limits: {seconds: 600}`."""

    seconds: float = 300
    memory: float = 4096  # MiB, beyond what the warm process has
    output: float = 4  # MiB, of each cell


@dataclass(frozen=True)
class Page:
    """One page in one language.

    name: path below docs/<language> without the suffix, e.g. `gradient_descent/sgd`.
    """

    path: Path
    name: str
    language: str
    meta: dict = field(hash=False)
    blocks: tuple = ()

    @property
    def cells(self) -> list[Cell]:
        return [block for block in self.blocks if isinstance(block, Cell)]

    @property
    def headings(self) -> list[tuple[int, str, str | None, Line]]:
        """(level, title, anchor, line) of every heading."""
        found = []
        for block in self.blocks:
            if isinstance(block, Text) and not block.literal:
                for line in block.lines:
                    if match := HEADING.match(line.text):
                        found.append((len(match["level"]), match["title"], match["anchor"], line))
        return found

    @property
    def limits(self) -> Limits:
        return Limits(**self.meta.get("limits", {}))

    @property
    def title(self) -> str:
        return next((title for level, title, _, _ in self.headings if level == 1), self.name)


def read_page(path: Path, snippets: Path, name: str = "", language: str = "en") -> Page:
    """Parse a Markdown file; see parse_page."""
    return parse_page(path.read_text(encoding="utf-8"), path, snippets, name, language)


def parse_page(text: str, path: Path, snippets: Path, name="", language="en") -> Page:
    """Parse the text of a page. path: the file to name in errors.

    Raises PageError for bad front matter, includes, fences, options or inline expressions.
    """
    meta, lines = _front_matter(text, path)
    blocks = tuple(_blocks(expand(lines, snippets)))
    for block in blocks:
        if isinstance(block, Text):
            _check_fields(block)
    return Page(path, name or path.stem, language, meta, blocks)


def _check_fields(block: Text) -> None:
    for text, line in block.fields:
        expression(text, line)
    for line in () if block.literal else block.lines:
        if "{{ " in INLINE.sub("", line.text):
            raise PageError(line.path, line.number, "'{{ ' opens an expression that never closes")


def _front_matter(text: str, path: Path) -> tuple[dict, list[Line]]:
    lines = [Line(t, path, n) for n, t in enumerate(text.splitlines(), 1)]
    if not lines or lines[0].text != "---":
        return {}, lines
    end = next((i for i, line in enumerate(lines[1:], 1) if line.text == "---"), None)
    if end is None:
        raise PageError(path, 1, "front matter is opened with --- and never closed")
    try:
        meta = yaml.safe_load("\n".join(line.text for line in lines[1:end])) or {}
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise PageError(path, line, f"front matter: {error.problem}") from None
    except ValueError as error:  # e.g. an impossible date
        raise PageError(path, 2, f"front matter: {error}") from None
    if not isinstance(meta, dict):
        raise PageError(path, 2, "front matter must be a mapping, e.g. `notes: [S1-38]`")
    _check_limits(meta, path)
    return meta, lines[end + 1 :]


def _check_limits(meta: dict, path: Path) -> None:
    limits = meta.get("limits", {})
    known = [limit.name for limit in fields(Limits)]
    if not isinstance(limits, dict):
        raise PageError(path, 2, "front matter: `limits` is a mapping, e.g. {seconds: 600}")
    for name, value in [*limits.items(), ("tolerance", meta.get("tolerance", 1))]:
        if name not in (*known, "tolerance"):
            hint = did_you_mean(str(name), known)
            raise PageError(path, 2, f"front matter: there is no limit '{name}'{hint}")
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            hint = f" (YAML takes {value} for text)" if isinstance(value, str) else ""
            raise PageError(path, 2, f"front matter: '{name}' is a number above 0{hint}")


def _blocks(lines: list[Line]):
    text, i = [], 0
    while i < len(lines):
        opening = FENCE.match(lines[i].text)
        if not opening:
            text.append(lines[i])
            i += 1
            continue
        if text:
            yield Text(tuple(text))
            text = []
        end = _closing(lines, i, opening)
        options = _options(lines[i], opening["header"])
        if options is None:
            yield Text(tuple(lines[i : end + 1]), literal=True)
        else:
            yield Cell(lines[i], opening["indent"], _dedent(lines[i + 1 : end], opening), options)
        i = end + 1
    if text:
        yield Text(tuple(text))


def _closing(lines: list[Line], start: int, opening) -> int:
    for i in range(start + 1, len(lines)):
        if lines[i].text.rstrip() == opening["indent"] + opening["fence"]:
            return i
    raise PageError(lines[start].path, lines[start].number, "this fence is never closed")


def _dedent(lines: list[Line], opening) -> tuple[Line, ...]:
    indent = opening["indent"]
    return tuple(Line(line.text.removeprefix(indent), line.path, line.number) for line in lines)


def _options(line: Line, header: str) -> dict | None:
    """Options of a Python fence; None if the fence is in another language."""
    header = header.strip()
    braces = header.startswith("{")
    language, _, rest = header.strip("{} ").partition(" ")
    if language.removeprefix(".").lower() not in ("python", "py", "python3"):
        return None
    options = {}
    for key, value in get_attrs_and_remainder(rest)[0]:
        if key in RUN_OPTIONS and not braces:
            raise PageError(line.path, line.number, f"write options in braces: {{.python {rest}}}")
        if key not in RUN_OPTIONS + DISPLAY_OPTIONS:
            hint = did_you_mean(key, RUN_OPTIONS + DISPLAY_OPTIONS)
            raise PageError(line.path, line.number, f"unknown option '{key}'{hint}")
        if key == "raises" and not value:
            raise PageError(line.path, line.number, "name the error: raises=ValueError")
        options[key] = value or ""
    return options


def expression(text: str, line: Line) -> str:
    """The expression of an inline field, without its format, in normal form.

    Raises PageError if it does not parse.
    """
    try:
        value = ast.parse(f'f"""{{{text}}}"""', mode="eval").body.values[0]
        return ast.unparse(value.value)
    except (SyntaxError, AttributeError, IndexError):
        raise PageError(
            line.path, line.number, f"'{{{{ {text} }}}}' is not a field of an f-string"
        ) from None
