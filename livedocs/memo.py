"""What is made of pages, kept on disk from build to build.

A value is found by a hash of all it depends on: what its maker is given, the sources of the engine,
the glossary, and the versions of the packages that make pages.
"""

import hashlib
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from livedocs.store import DamagedError, Store

PACKAGES = ("mkdocs", "mkdocs-material", "mkdocs-jupyter", "nbconvert", "nbformat", "Markdown",
            "pymdown-extensions", "Pygments", "jieba", "nh3", "pillow")  # fmt: skip

log = logging.getLogger("mkdocs.livedocs")
_used: dict[Path, set[str]] = {}  # keys by folder; `mkdocs serve` builds many times


class Memo:
    """Values that JSON can hold, in a store of their own.

    base: what all of them depend on, beside the engine.
    """

    def __init__(self, folder: Path, glossary: Path, *base):
        self.store, self.used = Store(folder), _used.setdefault(folder, set())
        engine = Path(__file__).parent
        sources = [*sorted(engine.glob("*.py")), *sorted(engine.glob("nbconvert/*/*")), glossary]
        texts = [path.read_text(encoding="utf-8") for path in sources]
        self.base = digest(texts, [version(package) for package in PACKAGES], *base)

    def __call__(self, make: Callable[[], Any], *inputs):
        """What make() returns, or has returned for the same inputs. They name what is made."""
        key = self.key(*inputs)
        value = self.load(key)
        if value is None:
            value = make()
            self.save(key, value)
        return value

    def key(self, *inputs) -> str:
        return digest(self.base, *inputs)

    def load(self, key: str):
        """The value, or None if there is none or it is damaged."""
        self.used.add(key)
        try:
            return self.store.load(key)
        except DamagedError as error:
            log.info(f"{error}; it is made again")
            return None

    def save(self, key: str, value) -> None:
        with suppress(OSError):  # no room on the disk: the next build makes it again
            self.store.save(key, value)

    def trim(self) -> None:
        """Forget what no build of this process used, nor one shortly before it."""
        self.store.remove(self.used, spare=len(self.used))


def digest(*values) -> str:
    return hashlib.sha256(json.dumps(values, default=repr, sort_keys=True).encode()).hexdigest()
