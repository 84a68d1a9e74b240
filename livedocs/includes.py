"""`--8<--` includes, expanded by pymdownx.snippets; here only: where each line came from."""

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

import markdown
from pymdownx.snippets import SnippetMissingError

from livedocs.errors import PageError, did_you_mean

MARKER = re.compile(r"-8<-+\s*\[\s*(start|end)\s*:\s*([-\w]+)\s*\]")


@dataclass(frozen=True)
class Line:
    """A line of text and the place where its author finds it."""

    text: str
    path: Path
    number: int


@lru_cache
def _extension(base: Path):
    config = {
        "pymdownx.snippets": {
            "base_path": [str(base)],
            "check_paths": True,
            "dedent_subsections": True,
        }
    }
    parser = markdown.Markdown(extensions=list(config), extension_configs=config)
    return parser.preprocessors["snippet"]


def expand(lines: list[Line], base: Path) -> list[Line]:
    """Replace every include by the lines it names; each of them knows its own file.

    Raises PageError if a file or section does not exist.
    """
    expanded = []
    for line in lines:
        include = _extension(base).RE_ALL_SNIPPETS.match(line.text)
        if include and include["snippet"] and not include["escape"]:
            target = include["snippet"].strip("\"'")
            expanded += _expand_one(line, target, base)
        elif include and include["escape"]:
            expanded.append(replace(line, text=line.text.replace(";", "", 1)))
        else:
            expanded.append(line)
    return expanded


def _expand_one(line: Line, target: str, base: Path) -> list[Line]:
    name, _, section = target.partition(":")
    path = base / name
    if not path.is_file():
        files = [p.relative_to(base).as_posix() for p in base.rglob("*.py")]
        raise PageError(
            line.path, line.number, f"no file '{name}' to include{did_you_mean(name, files)}"
        )
    names = sections(path)
    try:
        texts = list(_included(line.text, base, stamp(path)))
    except SnippetMissingError:
        raise PageError(
            line.path,
            line.number,
            f"'{name}' has no section '{section}'{did_you_mean(section, names)}",
        ) from None
    numbers = _numbers(stamp(path), section)
    if not section and texts[len(numbers) :] == [""]:  # what follows the last line of a file
        texts.pop()
    if len(numbers) != len(texts):  # a line range or a nested include: name the include itself
        return [Line(text, line.path, line.number) for text in texts]
    return [Line(text, path, number) for text, number in zip(texts, numbers)]


@cache
def _included(include: str, base: Path, stamp: tuple) -> tuple[str, ...]:
    extension = _extension(base)
    extension.seen = set()
    return tuple(extension.parse_snippets([include]))


def stamp(path: Path) -> tuple:
    """What tells whether a file has been edited."""
    status = path.stat()
    return path, status.st_mtime_ns, status.st_size


@cache
def _source(stamp: tuple) -> list[str]:
    return stamp[0].read_text(encoding="utf-8").splitlines()


@cache
def _numbers(stamp: tuple, section: str) -> list[int]:
    """Line numbers of a section, without those of the markers inside it."""
    numbers, inside = [], not section
    for number, text in enumerate(_source(stamp), 1):
        marker = _marker(text)
        if marker and marker[1] == section:
            inside = marker[0] == "start"
        elif inside and not marker:
            numbers.append(number)
    return numbers


def _marker(text: str):
    found = "-8<-" in text and MARKER.search(text)
    return found.groups() if found else None


def sections(path: Path) -> list[str]:
    """Names of the sections of a snippet file, in order.

    Raises PageError if a section is opened twice, never closed, or closed without being open.
    """
    return _sections(stamp(path))


@cache
def _sections(stamp: tuple) -> list[str]:
    path, names, opened = stamp[0], [], {}
    for number, text in enumerate(_source(stamp), 1):
        marker = _marker(text)
        if not marker:
            continue
        kind, name = marker
        if kind == "start" and name in names:
            raise PageError(path, number, f"section '{name}' is opened twice")
        if kind == "end" and name not in opened:
            raise PageError(path, number, f"section '{name}' is closed but not open")
        if kind == "start":
            names.append(name)
            opened[name] = number
        else:
            del opened[name]
    for name, number in opened.items():
        raise PageError(path, number, f"section '{name}' is never closed")
    return names
