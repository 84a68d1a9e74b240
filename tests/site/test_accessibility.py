"""The site for everyone: no fault that axe-core knows, all by keyboard, what is drawn also said."""

import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT

TYPES = [
    "",
    "gradient_descent/",
    "gradient_descent/sgd/",
    "linear_algebra/table/",
    "cnn/train/",
    "cnn/notebook/",
    "glossary/",
    "concordance/",
    "changes/",
    "download/",
    "404.html",
]
LOOKS = [(scheme, width) for scheme in ("light", "dark") for width in (1280, 390)]
CASES = [(path, language, *look) for path in TYPES for language in ("", "zh/") for look in LOOKS]
BOXES = "pre > code, .output-table, .md-typeset__scrollwrap, div.arithmatex"
REACHABLE = f"""() => document.readyState === "complete"
  && (!document.querySelector(".arithmatex") || document.querySelector(".katex"))
  && [...document.querySelectorAll("{BOXES}")].every(
    (box) => !box.checkVisibility() || box.scrollWidth <= box.clientWidth || box.tabIndex === 0)"""
FAULTS = """async () => (await axe.run({resultTypes: ["violations"]})).violations.flatMap(
  ({id, nodes}) => nodes.map((node) => [id, node.target.join(" "), node.failureSummary]))"""
FOCUS = """() => {
  const element = document.activeElement
  if (element === document.body) return null
  const seen = element.matches(".md-option") ? element.nextElementSibling
    : element.matches(".tabbed-set > input") ? document.querySelector(`label[for=${element.id}]`)
    : element
  const box = seen.getBoundingClientRect(), style = getComputedStyle(seen)
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  const top = document.elementFromPoint(x, y)
  return {
    name: element.ariaLabel || element.title || element.textContent.trim(),
    class: element.className,
    inArticle: !!element.closest("article"),
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
    uncovered: top !== null && (seen.contains(top) || top.contains(seen)),
  }
}"""


@pytest.fixture(scope="module")
def context(browser):
    """One browser window for all tests, without animations."""
    context = browser.new_context(reduced_motion="reduce")
    yield context
    context.close()


@pytest.fixture
def page(context):
    page = context.new_page()
    yield page
    page.close()


def faults(page) -> list:
    """What axe-core finds after the scripts of the page have had their turn."""
    page.wait_for_function(REACHABLE)
    page.evaluate(AXE_SCRIPT)
    return page.evaluate(FAULTS)


@pytest.mark.parametrize(("path", "language", "scheme", "width"), CASES)
def test_axe_finds_no_fault(page, base, path, language, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(base + language + path)
    assert faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("language", "query"), [("", "learning rate"), ("zh/", "学习率")])
def test_axe_finds_no_fault_while_search_or_drawer_is_open(page, base, language, query, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(base + language + "gradient_descent/")
    page.locator(".md-header [role=button]").first.click()
    page.locator(".md-nav--primary .md-nav__link:visible").first.wait_for()
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    page.locator(".md-search__input").fill(query)
    page.locator(".md-search__input").dispatch_event("keyup")
    page.locator(".md-search-result__link").first.wait_for()
    assert faults(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    assert faults(page) == []


def tabbed(page):
    """What has the focus after each press of the Tab key, once around the page."""
    while True:
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus is None:
            return
        if not focus["uncovered"]:  # the search box takes its time to unfold
            page.wait_for_timeout(300)
            focus = page.evaluate(FOCUS)
        yield focus


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", ["gradient_descent/sgd/", "zh/data_loading/transforms/"])
def test_tab_goes_once_around_the_page_and_what_it_reaches_is_seen(page, base, path, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(base + path)
    page.wait_for_function(REACHABLE)
    reached = list(tabbed(page))
    assert [focus for focus in reached if not (focus["outlined"] and focus["uncovered"])] == []
    kinds = ["md-skip", "md-option", "md-select__link", "md-search__input", "md-code__button"]
    kinds += ["md-nav__icon"] if width == 1280 else []
    assert {kind for kind in kinds if not any(kind in focus["class"] for focus in reached)} == set()
    assert all(focus["name"] for focus in reached)
    links = page.locator("article a[href]:visible, article summary:visible, article button:visible")
    assert sum(focus["inArticle"] for focus in reached) >= links.count()


@pytest.mark.parametrize("path", TYPES)
def test_the_skip_link_comes_first_and_leads_to_the_text(page, base, path):
    page.goto(base + path)
    page.keyboard.press("Tab")
    assert "md-skip" in page.evaluate(FOCUS)["class"]
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS)["inArticle"]


def test_folded_text_tabs_copy_and_languages_work_by_keyboard(page, base):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(base + "gradient_descent/sgd/")
    page.locator("article summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("article details").first.get_attribute("open") is not None
    page.locator(".md-code__button").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("status").get_by_text("Copied to clipboard").wait_for()
    page.locator(".md-select button").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.lang") == "zh"
    page.keyboard.press("Escape")
    page.locator(".md-select__inner").wait_for(state="hidden")
    page.locator(".md-select button").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{base}zh/gradient_descent/sgd/*")


def test_the_theme_changes_by_arrow_keys(page, base):
    page.emulate_media(color_scheme="light")
    page.goto(base)
    page.locator(".md-option").first.focus()
    seen = set()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        seen.add(page.evaluate("document.body.getAttribute('data-md-color-scheme')"))
    assert seen == {"default", "slate"}


def test_search_works_by_keyboard(page, base):
    page.goto(base)
    page.keyboard.press("/")
    page.keyboard.type("saddle point")
    page.locator(".md-search-result__link").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/gradient_descent/saddle/**")


def test_the_drawer_opens_moves_between_its_levels_and_closes_by_keyboard(page, base):
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(base + "gradient_descent/sgd/")
    button = page.get_by_role("button", name="Navigation")
    section = page.locator(".md-nav--primary").get_by_role("link", name="The learning rate")
    assert not section.is_visible()
    button.focus()
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-expanded") == "true" and section.is_visible()
    page.locator(".md-nav__title [role=button]:visible").focus()
    page.keyboard.press("Space")
    assert not section.is_visible()
    focus = page.evaluate(FOCUS)
    assert focus["name"] == "5. Gradient descent" and focus["uncovered"]
    page.keyboard.press("Escape")
    assert button.get_attribute("aria-expanded") == "false"
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS)["inArticle"]


def test_only_boxes_that_overflow_take_the_focus(page, base):
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(base + "linear_algebra/table/")
        page.wait_for_function(REACHABLE)
        idle = f"""[...document.querySelectorAll("{BOXES}")].filter(
          (box) => box.scrollWidth <= box.clientWidth && box.tabIndex === 0).length"""
        assert page.evaluate(idle) == 0


def test_nothing_moves_for_readers_who_want_no_motion(page, base):
    page.goto(base + "gradient_descent/sgd/")
    longest = page.evaluate("""() => Math.max(...[...document.querySelectorAll("*")].flatMap(
      (element) => { const style = getComputedStyle(element)
        return [style.transitionDuration, style.animationDuration].flatMap(
          (durations) => durations.split(", ").map(parseFloat)) }))""")
    assert longest <= 0.001
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_in_forced_colours_code_has_edges_icons_a_shape_and_figures_their_colours(page, base):
    page.emulate_media(forced_colors="active")
    page.goto(base + "gradient_descent/sgd/")
    for icon in (".md-nav__icon", ".md-code__button", "summary"):
        ground, text = page.locator(icon).first.evaluate("""element => [
          getComputedStyle(element, "::after").backgroundColor,
          getComputedStyle(document.querySelector("article p")).color]""")
        assert ground == text, icon
    code = page.locator(".highlight > pre").first
    assert code.evaluate("element => getComputedStyle(element).borderTopStyle") == "solid"
    curve = page.locator(".figure svg path[style*='stroke']").first
    with_colours = curve.evaluate("element => getComputedStyle(element).stroke")
    page.emulate_media(forced_colors="none")
    assert curve.evaluate("element => getComputedStyle(element).stroke") == with_colours


@pytest.fixture(scope="module")
def texts(site) -> dict[str, str]:
    """HTML of all pages by their path."""
    return {
        path.relative_to(site).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(site.rglob("*.html"))
    }


def test_every_page_names_its_language(texts):
    for path, text in texts.items():
        language = "zh" if path.startswith("zh/") else "en"
        assert f'<html lang="{language}"' in text, path
        for other in ("en", "zh"):
            assert re.search(rf'hreflang="{other}" lang="{other}" class="md-select__link"', text)


@pytest.mark.parametrize("path", TYPES)
def test_chinese_on_an_english_page_says_that_it_is(page, base, path):
    page.goto(base + path)
    unmarked = page.evaluate(r"""() => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = []
      while (walker.nextNode()) {
        const { textContent, parentElement } = walker.currentNode
        if (/[\u4e00-\u9fff]/.test(textContent) && !parentElement.closest("script, :lang(zh)"))
          found.push(textContent)
      }
      return found }""")
    assert unmarked == []


def test_english_names_in_the_chinese_glossary_say_that_they_are(texts):
    text = texts["zh/glossary/index.html"]
    names = re.findall(r"<dt[^>]*>(.*?)</dt>", text, re.DOTALL)
    in_brackets = [re.search("（(.*)）", name) for name in names]
    assert any(in_brackets)
    for match in filter(None, in_brackets):
        assert match[1].startswith('<span lang="en">'), match[0]


def test_headings_are_in_order(texts):
    for path, text in texts.items():
        article = text.partition("<article")[2].partition("</article>")[0]
        levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", article)]
        assert levels[:1] == [1] and levels.count(1) == 1, path
        jumps = [(a, b) for a, b in zip(levels, levels[1:]) if b > a + 1]
        assert jumps == [], path


def test_every_figure_is_an_image_that_says_in_words_what_it_shows(texts):
    pictures = []
    for path, text in texts.items():
        for attributes in re.findall(r'<div class="figure"[^>]*><svg([^>]*)>', text):
            assert 'role="img"' in attributes, path
            pictures.append((path, re.search(r'aria-label="([^"]*)"', attributes)[1]))
        for attributes in re.findall(r"<img([^>]*)>", text.partition("<article")[2]):
            pictures.append((path, re.search(r'alt="([^"]*)"', attributes)[1]))
    assert len(pictures) > 100
    for path, words in pictures:
        least = 15 if path.startswith("zh/") else 40
        assert len(words) >= least and "{{" not in words, (path, words)
    assert any(re.search(r"\d", words) for _, words in pictures)
