"""Reading: code fits the column of a desktop screen and scrolls in its own box on a phone."""

import html
import re

import pytest

BLOCK = re.compile(
    r'<div class="([^"]*highlight)"><pre[^>]*>(?:<span></span>)?<code>(.*?)</code>', re.S
)
OPEN = """() => {
  for (const details of document.querySelectorAll("details")) details.open = true
  for (const block of document.querySelectorAll(".tabbed-block")) block.style.display = "block"
}"""
OVERFLOWING = """() => [...document.querySelectorAll("article .highlight pre > code")]
  .filter((code) => code.scrollWidth > code.clientWidth)
  .map((code) => [code.closest(".highlight").className, code.textContent.slice(0, 60)])"""


@pytest.fixture(scope="module")
def widest(site, columns) -> list[str]:
    """The sections with the longest lines of code, and those with the longest of output."""
    code, output = {}, {}
    for path in sorted(site.glob("**/*/*/index.html")):
        page = path.parent.relative_to(site).as_posix()
        if page.endswith("notebook"):
            continue
        for css_class, text in BLOCK.findall(path.read_text(encoding="utf-8")):
            if "output-" in css_class:  # messages break where the line ends
                continue
            lines = html.unescape(re.sub(r"<[^>]*>", "", text)).split("\\n")
            longest = output if "output" in css_class else code
            longest[page] = max(longest.get(page, 0), *map(columns, lines))
    return sorted({page for seen in (code, output) for page in sorted(seen, key=seen.get)[-6:]})


def test_no_code_scrolls_sideways_on_a_desktop_screen(browser, base, widest):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    found = {}
    for path in widest:
        page.goto(f"{base}{path}/")
        page.evaluate(OPEN)
        found[path] = page.evaluate(OVERFLOWING)
    page.close()
    assert len(found) >= 6 and {path: codes for path, codes in found.items() if codes} == {}


def test_on_a_phone_code_scrolls_by_itself_and_messages_break(browser, base, widest):
    page = browser.new_page(viewport={"width": 390, "height": 900})
    scrolling = 0
    for path in [*widest[:4], "workflow/save_load", "zh/linear_algebra/products"]:
        page.goto(f"{base}{path}/")
        page.evaluate(OPEN)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        codes = page.evaluate(OVERFLOWING)
        assert not [css_class for css_class, _ in codes if "output-" in css_class], path
        scrolling += len(codes)
    page.close()
    assert scrolling


def test_no_page_scrolls_sideways_on_a_phone(browser, base, site):
    page = browser.new_page(viewport={"width": 390, "height": 900})
    wide = {}
    for file in sorted(site.rglob("index.html")):
        path = file.parent.relative_to(site).as_posix()
        page.goto(f"{base}{path}/", wait_until="domcontentloaded")
        page.evaluate(OPEN)
        wide[path] = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert len(wide) > 150 and {path: width for path, width in wide.items() if width > 390} == {}


@pytest.mark.parametrize(
    ("path", "most"), [("gradient_descent/sgd/", 90), ("zh/gradient_descent/sgd/", 45)]
)
@pytest.mark.parametrize("width", [1280, 768, 390])
def test_lines_of_text_are_neither_too_long_nor_too_small(browser, base, path, most, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(base + path)
    letters, size = page.evaluate("""() => {
      const paragraph = [...document.querySelectorAll("article > p")]
        .sort((a, b) => b.textContent.length - a.textContent.length)[0]
      const style = getComputedStyle(paragraph)
      const height = paragraph.getBoundingClientRect().height / parseFloat(style.lineHeight)
      return [paragraph.innerText.length / height, parseFloat(style.fontSize)]
    }""")
    page.close()
    assert letters <= most and size >= 16
