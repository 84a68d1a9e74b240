"""MkDocs hook: what becomes of a page's Markdown is kept from build to build, as are templates.

MkDocs converts every page anew in each build. A conversion depends on the text, the configuration,
the names of all files (links) and the installed packages; all of these are part of its key.
"""

import logging
import sys
from contextlib import contextmanager
from pathlib import Path

from jinja2 import FileSystemBytecodeCache
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import CombinedEvent, event_priority
from mkdocs.structure.toc import AnchorLink, TableOfContents

sys.path.insert(0, str(Path(__file__).parents[1]))  # MkDocs loads a hook by its path alone

from livedocs.memo import Memo  # noqa: E402

log = logging.getLogger("mkdocs.livedocs")
conversions: "Conversions | None" = None  # of the language that is being built


@event_priority(-100)
def on_nav(nav, config: MkDocsConfig, files):
    global conversions
    conversions = Conversions(config, files)
    return nav


def on_env(env, config: MkDocsConfig, files):
    folder = Path(config.config_file_path).parent / ".livedocs" / "templates"
    folder.mkdir(parents=True, exist_ok=True)
    env.bytecode_cache = FileSystemBytecodeCache(str(folder))
    return env


@event_priority(-100)  # after mkdocs-jupyter has set how a notebook is rendered
def on_pre_page(page, config: MkDocsConfig, files):
    conversions.keep_rendering(page)
    return page


@event_priority(200)  # before anything is indexed
def _before_indexing(context, page, config: MkDocsConfig, nav):
    conversions.begin_entries(page, config.plugins["material/search"].search_index)
    return context


@event_priority(-200)  # after everything is
def _after_indexing(context, page, config: MkDocsConfig, nav):
    conversions.end_entries(config.plugins["material/search"].search_index)
    return context


on_page_context = CombinedEvent(_before_indexing, _after_indexing)


@event_priority(100)
def on_post_build(config: MkDocsConfig) -> None:
    conversions.memo.trim()


class Conversions:
    """The conversions of one language's pages, in a store of their own."""

    def __init__(self, config: MkDocsConfig, files):
        root, language = Path(config.config_file_path).parent, Path(config.docs_dir).name
        self.files = {file.src_uri: file for file in files}
        self.memo = Memo(
            root / ".livedocs" / "pages" / language,
            root / "docs" / "glossary.yml",
            [config.markdown_extensions, config.mdx_configs, config.use_directory_urls],
            [config.validation, config.site_url, config.plugins["material/search"].config],
            sorted((file.src_uri, file.url) for file in files),
        )

    def keep_rendering(self, page) -> None:
        """Let `page.render` take what is kept, and keep what it has to convert."""
        render = page.render

        def render_or_load(config, files):
            key = self._page_key(page)
            kept = self.memo.load(key)
            if kept:
                self._fill(page, kept)
                return
            with _warnings() as messages:
                render(config, files)
            if not messages and log.isEnabledFor(logging.WARNING):  # each build has to tell them
                self.memo.save(key, self._taken(page))

        page.render = render_or_load

    def begin_entries(self, page, index) -> None:
        """Give the search index what is kept for an unchanged page, and nothing to add."""
        self.key = self.memo.key("search", page.url, page.content, page.title, page.meta)
        self.first = len(index.entries)
        kept = self.memo.load(self.key)
        if kept:
            index.entries += kept["entries"]
            index.add_entry_from_context = lambda page: None
            self.key = None

    def end_entries(self, index) -> None:
        """Keep what has been added since."""
        if self.key:
            self.memo.save(self.key, {"entries": index.entries[self.first :]})
        index.__dict__.pop("add_entry_from_context", None)

    def _page_key(self, page) -> str:
        text = page.markdown
        if page.file.src_uri.endswith(".ipynb"):
            text = Path(page.file.abs_src_path).read_text(encoding="utf-8")
        return self.memo.key("page", page.file.src_uri, text)

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
def _warnings():
    """What MkDocs warns of while a page is converted."""
    messages = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = messages.append
    log.parent.addHandler(handler)
    try:
        yield messages
    finally:
        log.parent.removeHandler(handler)
