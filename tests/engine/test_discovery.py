"""What a published site offers to search engines, previews, feed readers and its critics."""

import gzip
import json
import re
import shutil
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image

BUILD = ("mkdocs", "build", "--strict")
SITE = "https://example.org/course/"
REPOSITORY = "https://example.org/team/course"
FOLDERS = {"en": "", "zh": "zh/"}
WRITTEN = {"": "index", "basics/": "basics/index", "basics/sum/": "basics/sum"}
PAGES = [*WRITTEN, "basics/notebook/", "glossary/", "concordance/", "changes/"]
ALL = [folder + page for folder in FOLDERS.values() for page in PAGES]
ATOM = "{http://www.w3.org/2005/Atom}"
ODD = 'How to "add" numbers <fast> & well.'
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture(scope="module")
def built(make_tiny, tmp_path_factory):
    """A site with an address and a repository."""
    tiny = make_tiny(tmp_path_factory.mktemp("published"))
    tiny.edit("mkdocs.yml", "docs_dir:", f"repo_url: {REPOSITORY}\ndocs_dir:")
    tiny.edit("docs/en/basics/sum.md", "How to add numbers.", ODD)
    tiny.edit("docs/en/basics/sum.md", "# Sums {", "# `Sums` & more {")
    result = tiny.python(*BUILD)
    assert result.returncode == 0, result.stderr
    return tiny


@pytest.fixture(scope="module")
def site(built):
    return built.root / "site"


@pytest.fixture(scope="module")
def local(make_tiny, built, tmp_path_factory):
    """The same site without an address and a repository."""
    tiny = make_tiny(tmp_path_factory.mktemp("local"))
    shutil.copytree(built.root / ".livedocs/store", tiny.root / ".livedocs/store")
    tiny.edit("mkdocs.yml", f"site_url: {SITE}", "site_url: ''")
    result = tiny.python(*BUILD)
    assert result.returncode == 0, result.stderr
    return tiny.root / "site"


@pytest.fixture(scope="module")
def head(html_tree):
    """The head of a page: (links, metas, structured data)."""

    def read(site, page: str):
        name = page if page.endswith(".html") else f"{page}index.html"
        found = html_tree((site / name).read_text(encoding="utf-8")).find(".//head")
        links = [link.attrib for link in found.iter("link")]
        metas = {x.get("property") or x.get("name"): x.get("content") for x in found.iter("meta")}
        data = [x.text for x in found.iter("script") if x.get("type") == "application/ld+json"]
        return links, metas, [json.loads(text) for text in data]

    return read


def hrefs(links, **wanted) -> list[str]:
    return [x["href"] for x in links if all(x.get(key) == text for key, text in wanted.items())]


@pytest.mark.parametrize("page", ALL)
def test_a_page_names_its_full_address_and_that_of_its_twin(site, head, page):
    links, metas, _ = head(site, page)
    assert hrefs(links, rel="canonical") == [SITE + page] == [metas["og:url"]]
    english = page.removeprefix("zh/")
    alternates = {x["hreflang"]: x["href"] for x in links if "hreflang" in x}
    assert alternates == {
        "en": SITE + english,
        "zh": f"{SITE}zh/{english}",
        "x-default": SITE + english,
    }
    assert len([x for x in links if "hreflang" in x]) == 3


def test_the_page_for_missing_addresses_has_no_address_and_speaks_both_languages(site, html_tree):
    root = html_tree((site / "404.html").read_text(encoding="utf-8"))
    assert not {x.get("rel") for x in root.iter("link")} & {"canonical", "alternate"}
    assert [x.get("content") for x in root.iter("meta") if x.get("name") == "robots"] == ["noindex"]
    sections = {x.get("lang"): x for x in root.find(".//article").iter("section")}
    assert {k: [a.get("href") for a in x.iter("a")] for k, x in sections.items()} == {
        "en": ["/course/"],
        "zh": ["/course/zh/"],
    }
    assert "找不到页面" in "".join(sections["zh"].itertext())


def test_one_sitemap_holds_the_pages_of_both_languages_with_their_twins(site):
    assert [x.relative_to(site).as_posix() for x in sorted(site.rglob("sitemap.xml*"))] == [
        "sitemap.xml",
        "sitemap.xml.gz",
    ]
    root = ET.parse(site / "sitemap.xml").getroot()
    assert root.tag == f"{SITEMAP}urlset"
    found = {}
    for url in root:
        links = {x.get("hreflang"): x.get("href") for x in url.iter(f"{XHTML}link")}
        found[url.find(f"{SITEMAP}loc").text] = links
    assert set(found) == {SITE + page for page in ALL if "notebook" not in page}
    assert len(found) == len(root)
    for location, links in found.items():
        assert location in (links["en"], links["zh"]) and links["x-default"] == links["en"]
        for link in links.values():
            assert (site / link.removeprefix(SITE) / "index.html").is_file()


def test_the_dates_of_the_sitemap_are_those_of_the_runs(built, site):
    result = built.run()["basics/sum"].result
    dates = {
        url.find(f"{SITEMAP}loc").text.removeprefix(SITE): url.findtext(f"{SITEMAP}lastmod")
        for url in ET.parse(site / "sitemap.xml").getroot()
    }
    assert dates.pop("basics/sum/") == dates.pop("zh/basics/sum/") == result["date"]
    assert dates.pop("changes/") == dates.pop("zh/changes/") == "2026-02-03"
    assert set(dates.values()) == {None}


def test_the_compressed_sitemap_is_the_same_and_holds_no_time_of_the_build(built, site):
    data = (site / "sitemap.xml.gz").read_bytes()
    assert gzip.decompress(data) == (site / "sitemap.xml").read_bytes()
    date = max("2026-02-03", built.run()["basics/sum"].result["date"])
    time = datetime.fromtimestamp(int.from_bytes(data[4:8], "little"), UTC)
    assert time.isoformat() == f"{date}T00:00:00+00:00"


def test_robots_find_the_sitemap(site):
    text = (site / "robots.txt").read_text(encoding="utf-8")
    assert text.splitlines() == ["User-agent: *", "Disallow:", f"Sitemap: {SITE}sitemap.xml"]
    assert not (site / "zh/robots.txt").exists()


@pytest.mark.parametrize(
    "folder, title, text",
    [("", "Sums & more", "Sums & figures <new>."), ("zh/", "求和", "求和与图 <新>。")],
)
def test_the_feed_is_atom_and_tells_the_changes(site, head, folder, title, text):
    feed = ET.parse(site / folder / "feed.xml").getroot()
    assert feed.tag == f"{ATOM}feed"
    links = {x.get("rel"): x.get("href") for x in feed.findall(f"{ATOM}link")}
    assert links == {
        "self": f"{SITE}{folder}feed.xml",
        "alternate": f"{SITE}{folder}changes/",
    }
    assert feed.findtext(f"{ATOM}id") == links["self"]
    assert feed.findtext(f"{ATOM}updated") == "2026-02-03T00:00:00Z"
    assert feed.findtext(f"{ATOM}title") and feed.findtext(f"{ATOM}author/{ATOM}name")
    entries = feed.findall(f"{ATOM}entry")
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries) == 2
    first = entries[0]
    assert first.findtext(f"{ATOM}title") == title
    assert first.findtext(f"{ATOM}summary") == text
    assert first.findtext(f"{ATOM}updated") == "2026-02-03T00:00:00Z"
    assert first.find(f"{ATOM}link").get("href") == f"{SITE}{folder}basics/sum/"
    for page in PAGES:
        links, _, _ = head(site, folder + page)
        assert hrefs(links, type="application/atom+xml", rel="alternate") == [
            f"{SITE}{folder}feed.xml"
        ]


@pytest.mark.parametrize("folder, chapter", [("", "2. Basics"), ("zh/", "2. 基础")])
def test_llms_txt_lists_all_pages_with_descriptions(site, folder, chapter):
    text = (site / folder / "llms.txt").read_text(encoding="utf-8")
    assert re.match(r"# .+\n\n> .+\n\n\S", text)
    assert f"\n## {chapter}\n" in text
    links = re.findall(r"^- \[[^\]]+\]\(([^)]+)\): \S.+$", text, re.MULTILINE)
    assert sorted(links) == sorted(f"{SITE}{folder}{page}" for page in PAGES)
    assert folder or f"[Sums & more]({SITE}basics/sum/): {ODD}" in text


@pytest.mark.parametrize("page", ALL)
def test_a_preview_has_title_description_and_picture(site, head, page):
    _, metas, _ = head(site, page)
    assert metas["og:title"] and metas["og:site_name"] and metas["twitter:card"]
    assert metas["og:description"] == metas["description"]
    image = site / metas["og:image"].removeprefix(SITE)
    with Image.open(image) as card:
        size = str(card.width), str(card.height)
    assert size == (metas["og:image:width"], metas["og:image:height"])
    assert image.stem == ("basics" if "basics" in page else "index")
    language = "zh" if page.startswith("zh/") else "en"
    assert metas["og:locale"] == {"en": "en_US", "zh": "zh_CN"}[language]


def test_title_and_description_may_hold_any_character(site, head):
    _, metas, [data] = head(site, "basics/sum/")
    assert metas["og:title"] == "Sums & more" == data["headline"]
    assert metas["description"] == ODD == data["description"]


@pytest.mark.parametrize("folder", FOLDERS.values(), ids=list(FOLDERS))
def test_pages_without_front_matter_have_descriptions_of_their_own(site, head, folder):
    texts = [head(site, folder + page)[1]["description"] for page in PAGES]
    assert len(set(texts)) == len(PAGES)
    notebook = head(site, f"{folder}basics/notebook/")[1]
    chapter = {"": "Basics", "zh/": "基础"}[folder]
    assert chapter in notebook["og:title"] and chapter in notebook["description"]


@pytest.mark.parametrize("page", ALL)
def test_structured_data_says_what_a_page_is_part_of(site, head, page):
    _, metas, [data] = head(site, page)
    assert data["@context"] == "https://schema.org"
    assert data["url"] == SITE + page
    folder = "zh/" if page.startswith("zh/") else ""
    assert data["inLanguage"] == ("zh" if folder else "en")
    if page == folder:
        assert data["@type"] == "Course"
    else:
        assert data["headline"] == metas["og:title"]
        assert data["isPartOf"]["@type"] == "Course"
        assert data["isPartOf"]["url"] == SITE + folder


def test_structured_data_says_when_and_with_what_a_page_was_run(built, site, head):
    result = built.run()["basics/sum"].result
    for page in ("basics/sum/", "zh/basics/sum/"):
        _, _, [data] = head(site, page)
        assert data["dateModified"] == result["date"]
        assert f"torch {result['environment']['torch']}" in data["dependencies"]
    _, _, [data] = head(site, "basics/notebook/")
    assert data["dateModified"] == result["date"]
    _, _, [data] = head(site, "basics/")
    assert "dateModified" not in data and "dependencies" not in data


@pytest.mark.parametrize("page", ALL)
def test_a_written_page_can_be_edited_and_every_page_reported(built, html_tree, page):
    root = html_tree((built.root / "site" / page / "index.html").read_text(encoding="utf-8"))
    [paragraph] = [x for x in root.iter("p") if x.get("class") == "contribute"]
    *edit, report = [a.get("href") for a in paragraph.iter("a")]
    folder, name = ("zh/", page.removeprefix("zh/")) if page.startswith("zh/") else ("en/", page)
    wanted = [f"docs/{folder}{WRITTEN[name]}.md"] if name in WRITTEN else []
    assert edit == [f"{REPOSITORY}/edit/main/{path}" for path in wanted]
    assert all((built.root / path).is_file() for path in wanted)
    assert report.startswith(f"{REPOSITORY}/issues/new?")
    query = parse_qs(urlsplit(report).query)
    assert (page or "/") in query["title"][0] and SITE + page in query["body"][0]


def test_without_an_address_nothing_that_needs_one_is_there(local, head):
    for pattern in ("sitemap.xml*", "feed.xml", "robots.txt", "cards"):
        assert list(local.rglob(pattern)) == []
    for page in ALL:
        links, metas, [data] = head(local, page)
        assert not {"og:url", "og:image", "og:image:alt"} & set(metas)
        assert metas["og:title"] and metas["description"]
        assert hrefs(links, rel="canonical") == hrefs(links, type="application/atom+xml") == []
        assert "x-default" not in {x.get("hreflang") for x in links}
        assert "url" not in data and "url" not in data.get("isPartOf", {})


def test_without_a_repository_no_page_offers_to_be_edited_or_reported(local):
    for page in local.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "contribute" not in text and "issues/new" not in text, page


def test_without_an_address_llms_txt_has_links_within_the_site(local):
    for folder in FOLDERS.values():
        text = (local / folder / "llms.txt").read_text(encoding="utf-8")
        links = re.findall(r"\]\(([^)]*)\)", text)
        assert len(links) == len(PAGES)
        for link in links:
            assert (local / folder / link / "index.html").is_file(), link


def test_another_build_gives_the_same_bytes(built, site, file_bytes):
    result = built.python(*BUILD, "--site-dir", "again")
    assert result.returncode == 0, result.stderr
    assert file_bytes(built.root / "again") == file_bytes(site)


def test_a_mistake_in_the_changes_ends_the_build_with_its_line(tiny, local):
    shutil.copytree(local.parent / ".livedocs/store", tiny.root / ".livedocs/store")
    tiny.edit("docs/changes.yml", "basics/index", "basics/indx")
    result = tiny.python(*BUILD)
    assert result.returncode != 0
    assert "docs/changes.yml:5: there is no page 'basics/indx'" in result.stderr
    assert "Traceback (most recent call last)" not in result.stderr
