"""All pages of a built site in one language as one HTML document, to be printed."""

import json
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, SoupStrainer, Tag
from jinja2 import Environment, FileSystemLoader

WORDS = {
    "en": {"contents": "Contents", "folded": "folded on the site"},
    "zh": {"contents": "目录", "folded": "网页上默认折叠"},
}
NOT_PRINTED = (
    ".headerlink, .md-button, button, input, script, template, dialog, iframe,"
    " .page-head, .chapter-progress, .terms, .contribute"
)
TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("print")),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters["css_string"] = lambda text: json.dumps(text, ensure_ascii=False)


class Book:
    """The book of a site that was built without directory URLs.

    folder: the site in one language. settings: those it was built with. Pages have the names
    that stand in the navigation, without a suffix.
    """

    def __init__(self, folder: Path, settings: dict):
        self.folder, self.settings = folder, settings
        self.address = settings.get("site_url") or ""
        self.words = WORDS[settings["theme"]["language"]]
        self.parts = list(_parts(settings["nav"]))
        self.names = {name for _, names in self.parts for name in names}
        self.sheets: dict[str, None] = {}  # a set in the order of the pages

    def html(self) -> str:
        """The document, which finds what it loads if it lies at the root of the site."""
        parts = [
            [self._article(name, chapter, i > 0) for i, name in enumerate(names)]
            for chapter, names in self.parts
        ]
        return TEMPLATES.get_template("book.html").render(
            settings=self.settings,
            words=self.words,
            sheets=list(self.sheets),
            parts=parts,
        )

    def _article(self, name: str, chapter: str, lower: bool) -> dict:
        """A page: `id`, `title` as HTML and as text, `content`. lower: its headings, by a level."""
        only = SoupStrainer(["article", "link"])
        text = (self.folder / f"{name}.html").read_text(encoding="utf-8")
        page = BeautifulSoup(text, "html.parser", parse_only=only)
        for link in page("link", rel="stylesheet"):
            self.sheets[_path(name, link["href"])] = None
        article = page.article
        for element in article.select(NOT_PRINTED):
            element.decompose()
        self._point_into_the_book(article, name)
        for details in article("details", open=False):
            details["open"] = ""
            mark = page.new_tag("span", attrs={"class": "folded"}, string=self.words["folded"])
            details.summary.append(mark)
        title = article.h1
        if chapter and not lower:
            number = self.settings["extra"]["chapters"].index(chapter) + 1
            title.insert(0, f"{number}. ")
        entry = {"id": _id(name), "title": title.decode_contents(), "text": title.get_text()}
        if lower:
            for heading in article(["h1", "h2", "h3", "h4", "h5"]):
                heading["class"] = heading.name
                heading.name = f"h{int(heading.name[1]) + 1}"
        return entry | {"content": article.decode_contents()}

    def _point_into_the_book(self, article: Tag, name: str) -> None:
        """Ids that are unique in the book, and links and sources that are right in it."""
        drawn = {id(element) for figure in article("svg") for element in figure(True)}
        for element in article(id=True):
            if id(element) not in drawn:  # figures have unique ids
                element["id"] = _id(name, element["id"])
        for element in article(src=True):
            element["src"] = _path(name, element["src"])
        for link in article("a", href=True):
            link["href"] = self._target(name, link["href"])
            if not link["href"]:
                link.unwrap()

    def _target(self, name: str, href: str) -> str:
        """Where a link of a page leads in the book: within it, to the site, or nowhere."""
        parts = urlsplit(href)
        if parts.scheme or parts.netloc:
            return href
        path = _path(name, parts.path) if parts.path else f"{name}.html"
        target, fragment = path.removesuffix(".html"), unquote(parts.fragment)
        if target in self.names:
            return f"#{_id(target, fragment)}"
        if path != target:  # the site at its address has directory URLs
            path = f"{target}/" + (f"#{fragment}" if fragment else "")
        return self.address and self.address.rstrip("/") + f"/{path}"


def _parts(nav: list):
    """(chapter, names of its pages); a page outside chapters is a part with the chapter ""."""
    for entry in nav:
        if isinstance(entry, str):
            yield "", [entry.removesuffix(".md")]
        for chapter, paths in entry.items() if isinstance(entry, dict) else ():
            yield chapter, [path.removesuffix(".md") for path in paths]


def _id(name: str, anchor: str = "") -> str:
    return name.replace("/", "-") + (f"--{anchor}" if anchor else "")


def _path(name: str, url: str) -> str:
    """Path of a file of the site, from a relative URL on a page; other URLs stay."""
    parts = urlsplit(url)
    return (
        url if parts.scheme or parts.netloc else normpath(join(dirname(name), unquote(parts.path)))
    )
