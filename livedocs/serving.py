"""`mkdocs serve`: what stays as it is from one save to the next, so that a page is there at once.

A language is built again if one of its sources has changed, and the notebook of a chapter when
someone asks for it.
"""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Event

from livedocs.config import Project
from livedocs.includes import stamp
from livedocs.pages import LANGUAGES
from livedocs.site import Course, same

NOTEBOOK = re.compile(rf"/(?:({'|'.join(LANGUAGES[1:])})/)?([^/]+)/notebook/")
PATIENCE = 60  # seconds for a build with a notebook; MkDocs waits for any build


class Serving:
    """The state of one `mkdocs serve`."""

    def __init__(self):
        self.sources: dict[str, set] = {}  # of each language as it was last built
        self.begun: dict[str, set] = {}  # the same of builds that may not be complete
        self.folders: set[Path] = set()
        self.notebooks: dict[tuple, tuple] = {}  # (sources, text) by chapter and language
        self.behind: set[tuple] = set()  # chapters and languages whose pages are newer
        self.asked: set[tuple] = set()
        self.built = Event()

    def listen(self, server, project: Project, build_others: Callable[[], None]) -> None:
        """See what is asked of MkDocs' server, and have it build all languages only if need be."""
        build_all, answer = server.builder, server.get_app()
        signal = project.cache / "serve" / "asked"  # a touch of it has the server build
        signal.parent.mkdir(parents=True, exist_ok=True)
        server.watch(str(signal.parent))

        def build() -> None:
            (build_all if self.is_behind(LANGUAGES[0], project) else build_others)()

        def application(environ, start_response):
            match = NOTEBOOK.search(environ["PATH_INFO"])
            place = match and (match[2], match[1] or LANGUAGES[0])
            if place in self.behind:
                self.asked.add(place)
                self.built.clear()
                signal.touch()
                self.built.wait(PATIENCE)
            return answer(environ, start_response)

        server.builder = build
        server.set_app(application)

    def is_behind(self, language: str, project: Project) -> bool:
        """Whether a language has to be built: for its sources, or a notebook that is asked for."""
        asked = any(place[1] == language for place in self.asked)
        return asked or self.sources.get(language) != _sources(project, language)

    def notebook(self, course: Course, chapter: str, language: str, base: str) -> str:
        """The notebook of a chapter, or what it was before the last edits."""
        place, sources = (chapter, language), course.sources(chapter, language)
        if place not in self.notebooks or place in self.asked:
            self.notebooks[place] = sources, course.notebook(chapter, language, base)
            self.asked.discard(place)
        known, text = self.notebooks[place]
        (self.behind.discard if same(known, sources) else self.behind.add)(place)
        return text

    def site(self, language: str, root: Path, project: Project, build: Callable) -> None:
        """Have a language beside the served folder and below it, by build(folder) if need be."""
        folder = root.with_name(f"{root.name}-{language}")
        if self.is_behind(language, project):
            self.begin(language, project)
            build(folder)
            self.folders.add(folder)
            self.complete(language)
        if not (root / language).is_symlink():
            (root / language).symlink_to(folder)

    def begin(self, language: str, project: Project) -> None:
        self.begun[language] = _sources(project, language)

    def complete(self, language: str) -> None:
        self.sources[language] = self.begun[language]

    def done(self) -> None:
        """A build has ended, whether or not it is complete. What it did not make is still asked."""
        self.built.set()

    def close(self) -> None:
        for folder in self.folders:
            shutil.rmtree(folder, ignore_errors=True)


def _sources(project: Project, language: str) -> set[tuple]:
    """Stamps of all files but the pages of the other languages."""
    roots = [project.docs, project.snippets, project.root / "livedocs"]
    files = [project.root / "mkdocs.yml", *(path for root in roots for path in root.rglob("*"))]
    others = [project.docs / other for other in LANGUAGES if other != language]
    return {
        stamp(path)
        for path in files
        if path.is_file() and not any(path.is_relative_to(other) for other in others)
    }
