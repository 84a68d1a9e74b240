"""What MkDocs makes of a page's Markdown, kept from build to build: HTML, contents, search entries.

MkDocs converts every page anew in each build. A conversion depends on the text, the configuration,
the names of all files (links) and the installed packages; all of these are part of its key.
"""

import hashlib
import json
import logging
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path

from mkdocs.structure.toc import AnchorLink, TableOfContents

from livedocs.store import DamagedError, Store

log = logging.getLogger("mkdocs.livedocs")
PACKAGES = ("mkdocs", "mkdocs-material", "mkdocs-jupyter", "nbconvert", "Markdown",
            "pymdown-extensions", "Pygments", "jieba")  # fmt: skip


class Conversions:
    """The conversions of one language's pages. store: where they are kept."""

    def __init__(self, store: Store, config, files, engine: Path):
        self.store, self.used = store, set()
        self.files = {file.src_uri: file for file in files}
        sources = sorted([*engine.glob("*.py"), Path(config.docs_dir).parent / "glossary.yml"])
        self.base = _hash(
            [version(package) for package in PACKAGES],
            [path.read_text(encoding="utf-8") for path in sources],
            [config.markdown_extensions, config.mdx_configs, config.use_directory_urls],
            [config.validation, config.site_url, config.plugins["material/search"].config],
            sorted((file.src_uri, file.url) for file in files),
        )

    def keep(self, page) -> None:
        """Let `page.render` take what is kept, and keep what it has to convert."""
        render = page.render

        def render_or_load(config, files):
            kept = self._load(self._page_key(page))
            if kept:
                self._fill(page, kept)
                return
            with _heard() as messages:
                render(config, files)
            if not messages and log.isEnabledFor(logging.INFO):  # else each build has to tell them
                self._save(self._page_key(page), self._taken(page))

        page.render = render_or_load

    def keep_entries(self, index) -> None:
        """Let the search index take the entries of an unchanged page."""
        add = index.add_entry_from_context

        def add_or_load(page):
            key = _hash(self.base, "search", page.url, page.content, page.title, page.meta)
            kept = self._load(key)
            if kept:
                index.entries += kept["entries"]
                return
            before = len(index.entries)
            add(page)
            self._save(key, {"entries": index.entries[before:]})

        index.add_entry_from_context = add_or_load

    def _load(self, key: str) -> dict | None:
        self.used.add(key)
        try:
            return self.store.load(key)
        except DamagedError as error:
            log.info(f"{error}; its page is converted again")
            return None

    def _save(self, key: str, value: dict) -> None:
        with suppress(OSError):  # no room on the disk: the next build converts it again
            self.store.save(key, value)

    def trim(self) -> None:
        """Forget what this build and those shortly before it did not use."""
        self.store.remove(self.used, spare=len(self.used))

    def _page_key(self, page) -> str:
        text = page.markdown
        if page.file.src_uri.endswith(".ipynb"):
            text = Path(page.file.abs_src_path).read_text(encoding="utf-8")
        return _hash(self.base, "page", page.file.src_uri, text)

    def _taken(self, page) -> dict:
        links = page.links_to_anchors or {}
        return {
            "content": page.content,
            "toc": [_packed(item) for item in page.toc],
            "title": page._title_from_render,
            "anchors": sorted(page.present_anchor_ids or ()),
            "links": {file.src_uri: anchors for file, anchors in links.items()},
        }

    def _fill(self, page, kept: dict) -> None:
        page.content = kept["content"]
        page.toc = TableOfContents([_unpacked(item) for item in kept["toc"]])
        for first in list(page.toc)[:1]:
            first.active = True  # as get_toc does
        page._title_from_render = kept["title"]
        page.present_anchor_ids = set(kept["anchors"])
        links = {self.files[uri]: anchors for uri, anchors in kept["links"].items()}
        page.links_to_anchors = links


def _packed(item: AnchorLink) -> list:
    return [item.title, item.id, item.level, [_packed(child) for child in item.children]]


def _unpacked(packed: list) -> AnchorLink:
    title, identity, level, children = packed
    item = AnchorLink(title, identity, level)
    item.children = [_unpacked(child) for child in children]
    return item


@contextmanager
def _heard():
    """What MkDocs logs while a page is converted."""
    messages = []
    handler = logging.Handler(logging.INFO)
    handler.emit = messages.append
    log.parent.addHandler(handler)
    try:
        yield messages
    finally:
        log.parent.removeHandler(handler)


def _hash(*values) -> str:
    return hashlib.sha256(json.dumps(values, default=repr, sort_keys=True).encode()).hexdigest()
