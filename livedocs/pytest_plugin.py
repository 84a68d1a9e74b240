"""pytest-markdown-docs on our pages: includes expanded, one namespace per page."""

import contextlib
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytest_markdown_docs._runners import DefaultRunner, register_runner
from pytest_markdown_docs.plugin import MarkdownDocstringCodeModule

from livedocs.config import Project
from livedocs.pages import parse_page, read_page
from livedocs.session import CellError, Session, prepare_worker


@pytest.hookimpl(wrapper=True)
def pytest_collect_file():
    """Fences are collected from Markdown only, not from the docstrings of every module."""
    collectors = yield
    return [c for c in collectors if not isinstance(c, MarkdownDocstringCodeModule)]


def pytest_markdown_docs_markdown_it():
    return _Parser()


class _Parser:
    """What pytest-markdown-docs needs of markdown-it: the fences of a text."""

    def parse(self, text: str) -> list:
        page = parse_page(text, Path("this page"), Project(Path.cwd()).snippets)
        return [
            SimpleNamespace(
                type="fence",
                info="python" if cell.runs else "python notest",
                map=[cell.opening.number - 1, cell.opening.number],
                content=cell.code,
            )
            for cell in page.cells
        ]


@register_runner(default=True)
class PageRunner(DefaultRunner):
    """Runs each cell once, after the cells above it, in the namespace of its page."""

    def __init__(self):
        self.path, self.cells, self.done, self.session, self.failed = None, [], 0, None, None

    def runtest(self, test, args, *, asyncio_runner=None):
        index = self._open(test.source_path, test.start_line)
        if self.failed:
            pytest.fail(f"the cell at line {self.failed} of this page failed before", pytrace=False)
        with contextlib.chdir(self.folder.name):
            while self.done <= index:
                cell = self.cells[self.done]
                self.done += 1
                try:
                    self.session.run(cell.code, cell.options.get("raises"))
                except CellError as error:
                    self.failed = cell.opening.number
                    pytest.fail(f"{error}\n{error.details['trace']}", pytrace=False)

    def _open(self, path: Path, line: int) -> int:
        """Index of the cell at a line, in the session of its page; a new one if need be."""
        if path != self.path:
            self.cells = [c for c in read_page(path, Project(Path.cwd()).snippets).cells if c.runs]
        index = [cell.opening.number for cell in self.cells].index(line)
        if path != self.path or index < self.done:
            prepare_worker()
            self.path, self.done, self.failed, self.session = path, 0, None, Session()
            self.folder = tempfile.TemporaryDirectory()
        return index

    def repr_failure(self, test, excinfo, style=None):
        return f"{test.source_path}:{test.start_line}: {excinfo.value}"
