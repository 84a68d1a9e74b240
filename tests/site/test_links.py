"""Every link, anchor and resource of the built site exists in it."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

RESOURCES = {"link": "href", "script": "src", "img": "src", "source": "src", "iframe": "src"}


class Document(HTMLParser):
    """Links, loaded resources and ids of one page."""

    def __init__(self, path: Path):
        super().__init__()
        self.links, self.resources, self.ids = [], [], set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.ids |= {values[key] for key in ("id", "name") if values.get(key)}
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])
        if values.get(RESOURCES.get(tag)) and values.get("rel") not in ("canonical", "alternate"):
            self.resources.append(values[RESOURCES[tag]])


@pytest.fixture(scope="module")
def documents(site):
    return {path: Document(path) for path in site.rglob("*.html")}


def target(site: Path, page: Path, url: str) -> Path:
    path = unquote(urlsplit(url).path)
    base = site / path.lstrip("/") if path.startswith("/") else page.parent / path
    return base / "index.html" if base.is_dir() else base


def test_both_languages_have_the_same_pages(site):
    pages = {p.relative_to(site).as_posix() for p in site.rglob("index.html")}
    chinese = {page.removeprefix("zh/") for page in pages if page.startswith("zh/")}
    assert chinese and chinese == {page for page in pages if not page.startswith("zh/")}


def test_links_and_anchors_exist(site, documents):
    broken = []
    for page, document in documents.items():
        for url in document.links:
            parts = urlsplit(url)
            if parts.scheme or parts.netloc:
                continue
            path = target(site, page, url).resolve() if parts.path else page
            if not path.is_file():
                broken.append((str(page.relative_to(site)), url))
            elif parts.fragment and path.suffix == ".html":
                ids = documents[path].ids if path in documents else Document(path).ids
                if unquote(parts.fragment) not in ids:
                    broken.append((str(page.relative_to(site)), url))
    assert broken == []


def test_resources_are_files_of_the_site(site, documents):
    missing = [
        (str(page.relative_to(site)), url)
        for page, document in documents.items()
        for url in document.resources
        if not url.startswith("data:")
        and (urlsplit(url).netloc or not target(site, page, url).is_file())
    ]
    assert missing == []


def test_style_sheets_load_nothing_from_elsewhere(site):
    import re

    for path in site.rglob("*.css"):
        for url in re.findall(r"url\(\s*['\"]?([^'\")]+)", path.read_text(encoding="utf-8")):
            if not url.startswith(("data:", "#")):
                assert not urlsplit(url).netloc, (path, url)
                assert (path.parent / urlsplit(url).path).is_file(), (path, url)


def test_the_language_switch_leads_to_the_twin(site, documents):
    for page, document in documents.items():
        name = page.relative_to(site).as_posix()
        if name.endswith("404.html"):
            continue
        twin = name.removeprefix("zh/") if name.startswith("zh/") else f"zh/{name}"
        assert "/" + twin.removesuffix("index.html") in document.links, name


def test_notebook_pages_bring_no_styles_and_offer_the_notebook(site):
    pages = list(site.rglob("notebook/index.html"))
    assert pages
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "<style" not in text.split("<article", 1)[1]
        assert (page.parent / "notebook.ipynb").is_file()


def test_no_expression_or_include_is_left_in_any_page(site):
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "--8&lt;--" not in text and "--8<--" not in text, page
        assert "{{ " not in text, page
        assert "/// " not in text, page


def test_the_repository_link_asks_its_host_for_nothing():
    """With the attribute below, the theme's script fetches stars and forks from the host."""
    from jinja2 import Environment, FileSystemLoader
    from material import __file__ as material

    root = Path(__file__).parents[2]
    folders = [root / "livedocs" / "theme", Path(material).parent / "templates"]
    environment = Environment(loader=FileSystemLoader(folders))
    source = environment.get_template("partials/source.html")
    assert Path(source.filename).is_relative_to(root)
    assert "data-md-component" not in Path(source.filename).read_text(encoding="utf-8")
