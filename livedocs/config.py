"""Where things are, below the folder of mkdocs.yml."""

from dataclasses import dataclass
from pathlib import Path

from livedocs.lessons import Lesson, read_lesson, read_lessons
from livedocs.store import Store


@dataclass(frozen=True)
class Project:
    """The folders of a project."""

    root: Path

    @property
    def docs(self) -> Path:
        return self.root / "docs"

    @property
    def snippets(self) -> Path:
        return self.root / "snippets"

    @property
    def cache(self) -> Path:
        return self.root / ".livedocs"

    @property
    def store(self) -> Store:
        return Store(self.cache / "store")

    def lessons(self) -> list[Lesson]:
        return read_lessons(self.docs, self.snippets)

    def lesson(self, name: str) -> Lesson:
        """Raises PageError if no language has a page of this name."""
        return read_lesson(self.docs, self.snippets, name)
