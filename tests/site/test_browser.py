"""The site in Chromium: loads without errors, talks to no other host, switches, searches."""

from urllib.parse import urlsplit

import pytest

PAGES = [
    "",
    "gradient_descent/sgd/",
    "cnn/train/",
    "tensors/notebook/",
    "glossary/",
    "concordance/",
    "changes/",
]


@pytest.fixture
def page(browser, base):
    """A page whose console errors, failed requests and foreign requests fail the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    page, faults = context.new_page(), []
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    host = urlsplit(base).netloc
    page.on(
        "request",
        lambda request: (
            faults.append(f"foreign request {request.url}")
            if urlsplit(request.url).netloc not in (host, "")
            else None
        ),
    )
    yield page
    context.close()
    assert faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["", "zh/"], ids=["en", "zh"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_in_each_language_and_theme(page, base, path, language, scheme):
    page.emulate_media(color_scheme=scheme)
    response = page.goto(base + language + path)
    assert response.ok
    assert page.locator("h1").first.is_visible()
    shown = page.evaluate("document.body.getAttribute('data-md-color-scheme')")
    assert shown == {"light": "default", "dark": "slate"}[scheme]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", ["", "zh/"], ids=["en", "zh"])
@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways(page, base, path, language, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(base + language + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_figures_follow_the_theme(page, base):
    colors = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(base + "gradient_descent/sgd/")
        text = page.locator(".figure svg text").first
        colors.append(text.evaluate("element => getComputedStyle(element).fill"))
    assert colors[0] != colors[1]


def test_figures_in_files_follow_the_theme(page, base):
    page.goto(base + "gradient_descent/notebook/")
    figure = page.locator(".figure img").first
    figure.scroll_into_view_if_needed()
    figure.evaluate("image => image.decode()")
    pictures = []
    for scheme in ("default", "slate"):
        page.evaluate(f"document.body.dataset.mdColorScheme = '{scheme}'")
        pictures.append(figure.screenshot(animations="disabled"))
    assert pictures[0] != pictures[1]
    own = figure.evaluate("element => getComputedStyle(element).colorScheme")
    assert own == "dark"


def test_figures_speak_the_language_of_the_page(page, base):
    page.goto(base + "gradient_descent/sgd/")
    assert "samples seen" in page.locator(".figure svg").first.text_content()
    page.goto(base + "zh/gradient_descent/sgd/")
    text = page.locator(".figure svg").first.text_content()
    assert "samples seen" not in text and "样本" in text


def test_the_course_map_leads_to_a_chapter_by_keyboard(page, base):
    page.goto(base + "zh/")
    page.get_by_role("link", name="2. 张量").and_(page.locator(".course-map a")).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(base + "zh/tensors/")


@pytest.mark.parametrize("language", ["", "zh/"], ids=["en", "zh"])
def test_a_row_of_the_notes_is_found_by_its_address_and_fits_a_phone(page, base, language):
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(f"{base}{language}concordance/#S1-38")
    row = page.locator("[id='S1-38']")
    row.wait_for()
    assert row.bounding_box()["x"] + row.bounding_box()["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_formulas_are_rendered(page, base):
    page.goto(base + "gradient_descent/sgd/")
    page.wait_for_selector(".katex")
    assert page.locator(".katex-error").count() == 0


@pytest.mark.parametrize(("start", "lang"), [("", "zh"), ("zh/", "en")])
def test_the_language_switch_keeps_page_and_anchor(page, base, start, lang):
    page.goto(f"{base}{start}gradient_descent/sgd/#noise")
    page.locator(".md-select button").first.hover()
    page.locator(f".md-select__link[hreflang={lang}]").click()
    page.wait_for_url(f"**/{'zh/' if lang == 'zh' else ''}gradient_descent/sgd/#noise")
    assert page.locator("html").get_attribute("lang") == lang
    assert page.locator("#noise").is_visible()


@pytest.mark.parametrize("start", ["", "zh/gradient_descent/notebook/"])
def test_the_search_index_is_fetched_when_someone_searches(page, base, start):
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(base + start, wait_until="networkidle")
    assert fetched and not any("search_index" in url for url in fetched)
    with page.expect_response("**/search_index.json"):
        page.keyboard.press("s")


def test_a_page_that_a_search_led_to_shows_the_words_sought(page, base):
    page.goto(base + "gradient_descent/sgd/?h=noise")
    page.locator("article mark").first.wait_for()


@pytest.mark.parametrize(("start", "query"), [("zh/", "学习率"), ("", "learning rate")])
def test_search_finds_words_in_the_language_of_the_page(page, base, start, query):
    page.goto(base + start)
    page.keyboard.press("s")
    page.locator(".md-search__input").fill(query)
    results = page.locator(".md-search-result__link")
    results.first.wait_for()
    assert all(start in link.get_attribute("href") for link in results.all()[:3])


def test_the_notebook_downloads_and_is_a_notebook(page, base):
    import nbformat

    page.goto(base + "zh/gradient_descent/notebook/")
    with page.expect_download() as download:
        page.locator(".notebook-actions a").first.click()
    notebook = nbformat.read(download.value.path(), as_version=4)
    nbformat.validate(notebook)
    assert any("随机梯度下降" in cell.source for cell in notebook.cells)
    assert any(cell.get("outputs") for cell in notebook.cells)
