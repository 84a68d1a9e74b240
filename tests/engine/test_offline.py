"""The zips hold the site of one language, which works without a server."""

import json
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zipfile import ZipFile

import pytest

LANGUAGES = ("en", "zh")


@pytest.fixture(scope="module")
def tiny_with_zips(make_tiny, tmp_path_factory):
    tiny = make_tiny(tmp_path_factory.mktemp("offline"))
    tiny.look_real()
    tiny.write("LICENSE", "MIT\n")
    result = tiny.python("livedocs", "offline")
    assert result.returncode == 0, result.stderr
    for language in LANGUAGES:
        assert f"dist/tiny-course-{language}.zip" in result.stdout
    return tiny


@pytest.fixture(scope="module")
def unzipped(tiny_with_zips, tmp_path_factory) -> dict[str, Path]:
    """The folder with index.html of each language."""
    folder = tmp_path_factory.mktemp("unzipped")
    for language in LANGUAGES:
        ZipFile(tiny_with_zips.root / f"dist/tiny-course-{language}.zip").extractall(folder)
    return {language: folder / f"tiny-course-{language}" for language in LANGUAGES}


@pytest.fixture
def page(browser):
    """A page whose console errors, failed requests and requests beyond the disk fail the test."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, permissions=["clipboard-read", "clipboard-write"]
    )
    page, faults = context.new_page(), []
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("requestfailed", lambda request: faults.append(f"failed {request.url}"))
    page.on(
        "request",
        lambda request: (
            faults.append(f"foreign {request.url}")
            if urlsplit(request.url).scheme not in ("file", "data", "blob")
            else None
        ),
    )
    yield page
    context.close()
    assert faults == []


def test_a_zip_holds_one_language_and_its_notebooks(unzipped, html_tree):
    for language, title in (("en", "Sums"), ("zh", "求和")):
        folder = unzipped[language]
        assert title in (folder / "basics/sum.html").read_text(encoding="utf-8")
        notebook = json.loads((folder / "basics/notebook.ipynb").read_text(encoding="utf-8"))
        assert any(cell.get("outputs") for cell in notebook["cells"])
        assert (folder / "LICENSE").read_text(encoding="utf-8") == "MIT\n"
        assert not [x for x in folder.rglob("*") if x.name in (*LANGUAGES, "sitemap.xml", "cards")]
        home = html_tree((folder / "index.html").read_text(encoding="utf-8"))
        assert not [x for x in home.iter("a") if x.get("hreflang")]


def test_links_and_resources_are_files_in_the_zip(unzipped, html_tree):
    for folder in unzipped.values():
        pages = list(folder.rglob("*.html"))
        assert len(pages) >= 5
        for page in pages:
            root = html_tree(page.read_text(encoding="utf-8"))
            loaded = [x.get("href") for x in root.iter("link") if x.get("rel") == "stylesheet"]
            loaded += [x.get("src") for tag in ("script", "img") for x in root.iter(tag)]
            assert not [url for url in loaded if url and urlsplit(url).netloc], page
            for url in loaded + [x.get("href") for x in root.iter("a")]:
                parts = urlsplit(url or "")
                if parts.path and not parts.netloc:
                    assert (page.parent / unquote(parts.path)).is_file(), (page, url)


def test_the_same_site_gives_the_same_zips(tiny_with_zips, file_bytes):
    tiny = tiny_with_zips
    assert tiny.python("livedocs", "offline", "again").returncode == 0
    assert file_bytes(tiny.root / "again") == file_bytes(tiny.root / "dist")


def test_files_in_a_zip_carry_the_given_date(tmp_path, monkeypatch):
    from livedocs.offline import _zip

    (tmp_path / "file").write_text("text", encoding="utf-8")
    for epoch, year in (("", 1980), ("0", 1980), ("1700000000", 2023)):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
        if not epoch:
            monkeypatch.delenv("SOURCE_DATE_EPOCH")
        archive = _zip({"b": tmp_path / "file", "a": tmp_path / "file"}, tmp_path / "out.zip")
        files = ZipFile(archive).infolist()
        assert [file.filename for file in files] == ["a", "b"]
        assert {file.date_time[0] for file in files} == {year}


@pytest.mark.parametrize(("language", "query"), [("en", "numbers"), ("zh", "求和")])
def test_search_works_from_the_disk(page, unzipped, language, query):
    page.goto((unzipped[language] / "index.html").as_uri())
    page.keyboard.press("s")
    page.locator(".md-search__input").press_sequentially(query)
    page.keyboard.press("End")  # Material listens to keys, and 汉字 come without
    results = page.locator(".md-search-result__link")
    results.first.wait_for()
    results.first.click()
    page.wait_for_url("**/basics/sum.html?h=*")
    assert page.locator("#sums").is_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_code_can_be_copied_from_the_disk(page, unzipped, language):
    page.goto((unzipped[language] / "basics/sum.html").as_uri())
    page.locator("[data-clipboard-target]").first.click()
    page.wait_for_selector(".md-dialog--active")
    assert "sum(numbers)" in page.evaluate("navigator.clipboard.readText()")


@pytest.mark.parametrize("language", LANGUAGES)
def test_formulas_and_theme_work_and_notebooks_are_found_from_the_disk(page, unzipped, language):
    page.emulate_media(color_scheme="light")
    page.goto((unzipped[language] / "basics/sum.html").as_uri())
    page.wait_for_selector(".katex")
    for scheme in ("default", "slate"):  # the first click leaves "as the system"
        page.locator("[data-md-component=palette] label:visible").click()
        page.wait_for_selector(f"body[data-md-color-scheme={scheme}]")
    page.goto((unzipped[language] / "basics/notebook.html").as_uri())
    page.wait_for_selector("body[data-md-color-scheme=slate]")
    actions = page.locator(".notebook-actions")  # from the disk a browser downloads nothing
    assert actions.get_by_text("basics/notebook.ipynb", exact=True).is_visible()
    assert (unzipped[language] / "basics" / actions.locator("a").get_attribute("href")).is_file()
