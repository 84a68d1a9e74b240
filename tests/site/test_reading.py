"""What helps while reading: values of curves, the meaning of terms, the way through a chapter."""

import functools
import http.server
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from livedocs.config import Project
from livedocs.site import chapters

SECTIONS = [x for names in chapters(Project(Path(__file__).parents[2])).values() for x in names[1:]]
SGD = "gradient_descent/sgd/"
TERMS = "data_loading/transforms/"  # a page that uses terms of other chapters


class _Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def base(site):
    handler = functools.partial(_Handler, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture
def page(browser, base):
    """A page whose errors fail the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, has_touch=True)
    page, faults = context.new_page(), []
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert faults == []


def vertex(page, fraction: float) -> tuple[float, float]:
    """Where a vertex of the first curve of a page is in the window."""
    figure = page.locator("svg:has([data-curve])").first
    figure.scroll_into_view_if_needed()
    return figure.evaluate(
        """(svg, fraction) => {
            const path = svg.querySelector("[data-curve] path")
            const pairs = path.getAttribute("d").slice(1).split("L")
            const [x, y] = pairs[Math.round(fraction * (pairs.length - 1))].split(" ")
            const point = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM())
            return [point.x, point.y]
        }""",
        fraction,
    )


@pytest.mark.parametrize("width", [1280, 390])
def test_a_curve_tells_its_values_to_the_pointer(page, base, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(base + SGD)
    page.mouse.move(*vertex(page, 1))
    told = page.locator(".readout").first
    assert told.inner_text().split("\n")[:2] == ["stochastic", "samples seen = 1000"]
    shown = page.locator("pre", has_text="least squares 1.9").first.inner_text()
    printed = shown.partition("SGD ")[2].split()[0]  # the weight after the last step
    weight = told.inner_text().partition("weight w = ")[2]
    assert float(weight) == pytest.approx(float(printed), abs=0.001)
    assert told.bounding_box()["x"] >= 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.mouse.move(5, 5)
    assert told.inner_text() == ""


def test_a_curve_tells_its_values_to_a_finger(page, base):
    page.goto(base + "zh/" + SGD)
    page.touchscreen.tap(*vertex(page, 1))
    told = page.locator(".readout").first
    assert "= 1000" in told.inner_text() and "samples" not in told.inner_text()
    page.touchscreen.tap(5, 200)
    assert told.inner_text() == ""


def test_the_arrow_keys_walk_along_a_curve_and_to_the_next(page, base):
    page.goto(base + SGD)
    figure = page.locator(".readable").first
    told = figure.get_by_role("status")
    figure.focus()
    for keys, words in (
        (["Home"], "samples seen = 0"),
        (["ArrowRight", "ArrowRight", "ArrowLeft"], "samples seen = 1"),
        (["Shift+ArrowRight", "Shift+ArrowLeft"], "samples seen = 1"),
        (["End"], "samples seen = 1000"),
        (["ArrowDown"], "full batch"),
        (["ArrowUp"], "stochastic"),
        (["ArrowUp"], "full batch"),
    ):
        for key in keys:
            page.keyboard.press(key)
        assert words in told.inner_text().split("\n")
    page.keyboard.press("Escape")
    assert told.inner_text() == "" and page.locator(".readout-dot").count() == 0


def test_a_figure_without_curves_takes_no_focus_and_loads_no_script(page, base):
    page.goto(base + "cnn/corr2d/")
    assert page.locator(".figure svg").count() > 0
    assert page.locator(".readable").count() == 0
    assert page.locator("script[src*=readout]").count() == 0


@pytest.mark.parametrize("path", ["gradient_descent/compare/", "tensors/indexing/"])
def test_the_script_is_loaded_where_a_figure_has_curves(page, base, path):
    page.goto(base + path)
    wanted = page.locator("[data-curve]").count() > 0
    assert (page.locator("script[src*=readout]").count() == 1) == wanted
    assert (page.locator(".readable").count() > 0) == wanted


@pytest.mark.parametrize("folder", ["", "zh/"], ids=["en", "zh"])
def test_the_code_of_each_section_is_a_script_beside_its_page(site, folder):
    for name in SECTIONS:
        path = site / folder / name / f"{name.rpartition('/')[2]}.py"
        page = path.with_name("index.html").read_text(encoding="utf-8")
        has_code = 'class="run-info"' in page
        assert path.is_file() == has_code, name
        assert (f'href="{path.name}"' in page) == has_code, name
        if has_code:
            code = path.read_text(encoding="utf-8")
            compile(code, str(path), "exec")
            assert code.count("# %%") >= page.count("# %%") + 1


def test_the_script_of_a_section_runs_to_its_end(site, tmp_path):
    path = site / "zh" / SGD / "sgd.py"
    environment = {**os.environ, "MPLBACKEND": "agg", "OMP_NUM_THREADS": "1"}
    run = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, timeout=120,
                         cwd=tmp_path, env=environment)  # fmt: skip
    assert run.returncode == 0, run.stderr
    page = (path.parent / "index.html").read_text(encoding="utf-8")
    for line in run.stdout.splitlines():
        assert line in page


@pytest.mark.parametrize(
    ("folder", "words"), [("", "section {} of {}"), ("zh/", "第 {} 节，共 {} 节")]
)
@pytest.mark.parametrize("width", [1280, 390])
def test_a_section_tells_its_place_in_the_chapter(page, base, folder, words, width):
    names = [name for name in SECTIONS if name.startswith("gradient_descent/")]
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(base + folder + SGD)
    head = page.locator(".page-head")
    place = names.index("gradient_descent/sgd") + 1
    assert words.format(place, len(names)) in head.inner_text()
    for link in head.get_by_role("link").all():
        box = link.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
    head.get_by_role("link").last.click()
    page.wait_for_url(f"{base}{folder}gradient_descent/notebook/")


def test_the_bar_below_the_header_grows_with_scrolling(page, base):
    page.emulate_media(reduced_motion="reduce")
    page.goto(base + SGD)
    all_of_them = sum(name.startswith("gradient_descent/") for name in SECTIONS)
    bar, filled = page.locator(".chapter-progress > div"), []
    for way in (0, 0.5, 1):
        page.evaluate(
            """async (way) => {
                const room = document.documentElement.scrollHeight - innerHeight
                scrollTo({top: way * room, behavior: "instant"})
                for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame)
            }""",
            way,
        )
        filled.append(bar.bounding_box()["width"] / 1280 * all_of_them)
    assert filled == pytest.approx([3, 3.5, 4], abs=0.05)


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("gradient_descent/", "4. Automatic differentiation (notebook)", "Searching for"),
        ("gradient_descent/notebook/", "Optimizers", "6. Linear regression"),
        ("zh/gradient_descent/search/", "5. 梯度下降", "批量梯度下降"),
        ("zh/gradient_descent/", "4. 自动微分（笔记本）", "穷举搜索"),
    ],
)
def test_the_links_to_the_neighbours_say_where_they_lead(page, base, path, before, after):
    page.goto(base + path)
    assert before in page.locator(".md-footer__link--prev").inner_text()
    assert after in page.locator(".md-footer__link--next").inner_text()


@pytest.mark.parametrize(("folder", "word"), [("", "Glossary"), ("zh/", "术语表")])
def test_a_term_tells_its_meaning_to_the_pointer_and_leads_to_the_glossary(
    page, base, folder, word
):
    page.goto(base + folder + TERMS)
    term, note = page.locator("a.term").first, page.locator(".term-note")
    assert not note.is_visible()
    term.hover()
    note.wait_for()
    key = term.get_attribute("href").partition("#")[2]
    assert note.inner_text().startswith(page.locator(f"#term-{key}").text_content())
    note.hover()  # it stays while one reads
    page.wait_for_timeout(400)
    note.get_by_text(word).click()
    page.wait_for_url(f"{base}{folder}glossary/#{key}")
    assert page.locator(f"dt#{key}").is_visible()


def test_a_term_tells_its_meaning_to_the_keyboard(page, base):
    page.goto(base + TERMS)
    term, note = page.locator("a.term").first, page.locator(".term-note")
    term.focus()
    assert note.is_visible()
    meaning = page.evaluate("document.activeElement.getAttribute('aria-describedby')")
    assert page.locator(f"#{meaning}").text_content() in note.inner_text()
    page.keyboard.press("Escape")
    assert not note.is_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/glossary/#*")


def test_the_first_tap_tells_the_meaning_and_the_second_leads_to_the_glossary(page, base):
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(base + "zh/" + TERMS)
    term, note = page.locator("a.term").nth(1), page.locator(".term-note")
    term.tap()
    box = note.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("h2").first.tap()
    assert not note.is_visible()
    term.tap()
    term.tap()
    page.wait_for_url("**/zh/glossary/#*")


def test_paper_shows_figures_without_what_is_for_the_screen(page, base):
    page.goto(base + SGD)
    page.locator("a.term").first.focus()
    page.locator(".term-note").wait_for()
    page.emulate_media(media="print")
    assert not page.locator(".term-note").is_visible()
    page.emulate_media(media="screen")
    page.locator(".readable").first.focus()
    page.keyboard.press("End")
    page.emulate_media(media="print")
    assert page.locator(".figure svg").first.is_visible()
    for only_on_screen in (".readout", ".readout-dot", ".page-head", ".chapter-progress"):
        assert page.locator(only_on_screen).first.is_visible() is False
