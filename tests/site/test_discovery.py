"""Every page of the site can be found, named and described; a lost reader finds the way back."""

import json
import re
from html.parser import HTMLParser

import pytest


class Head(HTMLParser):
    """The metas of a page by name, and its structured data."""

    def __init__(self, text: str):
        super().__init__()
        self.metas, self.data, self.in_data = {}, "", False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.in_data = values.get("type") == "application/ld+json"
        if tag == "meta":
            self.metas[values.get("property") or values.get("name")] = values.get("content")

    def handle_endtag(self, tag):
        self.in_data = False

    def handle_data(self, data):
        if self.in_data:
            self.data += data


@pytest.fixture(scope="module")
def heads(site):
    return {
        path.relative_to(site).as_posix(): Head(path.read_text("utf-8").split("</head>")[0])
        for path in sorted(site.rglob("index.html"))
    }


def test_every_page_has_a_description_of_its_own_of_a_sensible_length(heads, columns):
    texts = {name: head.metas.get("description") or "" for name, head in heads.items()}
    assert [(n, columns(t)) for n, t in texts.items() if not 50 <= columns(t) <= 160] == []
    assert len(set(texts.values())) == len(texts)


def test_every_page_has_a_title_of_its_own_in_its_language(heads):
    for chinese in (False, True):
        titles = [
            head.metas["og:title"]
            for name, head in heads.items()
            if name.startswith("zh/") == chinese
        ]
        assert titles and len(set(titles)) == len(titles)


def test_structured_data_can_be_read_on_every_page(heads):
    for name, head in heads.items():
        data = json.loads(head.data)
        assert data["inLanguage"] == ("zh" if name.startswith("zh/") else "en"), name
        assert data["description"] and data["license"], name


def test_the_page_for_missing_addresses_leads_home_in_both_languages(site):
    text = (site / "404.html").read_text(encoding="utf-8")
    links = re.findall(r'<section lang="(\w+)">.*?<a href="([^"]*)"', text, re.DOTALL)
    assert links == [("en", "/"), ("zh", "/zh/")]


@pytest.mark.parametrize("folder", ["", "zh/"], ids=["en", "zh"])
def test_the_navigation_leads_to_the_changes(site, folder):
    assert 'href="changes/"' in (site / folder / "index.html").read_text(encoding="utf-8")
