"""The one error that authors see: it names the file and the line."""

from difflib import get_close_matches
from pathlib import Path


class PageError(Exception):
    """A mistake in a page or in a file that it includes."""

    def __init__(self, path: Path, line: int, message: str):
        super().__init__(f"{relative(path)}:{line}: {message}")


def relative(path: Path) -> str:
    """The path as an author would type it."""
    path = Path(path)
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def did_you_mean(word: str, known) -> str:
    """`` (did you mean 'x'?)`` if something known is near, else nothing."""
    near = get_close_matches(word, list(known), n=1)
    return f" (did you mean '{near[0]}'?)" if near else ""
