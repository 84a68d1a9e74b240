"""No strings: pages obey the policy they carry, set no cookie and ask no other host."""

import re
from urllib.parse import urlsplit

import pytest

from livedocs.policy import DIRECTIVES, source_hash

TYPES = ["", "gradient_descent/", "cnn/train/", "tensors/notebook/", "glossary/", "404.html"]
VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`))"""


@pytest.fixture
def page(browser, base):
    """A page that may neither violate its policy, ask another host, nor keep a cookie."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(VIOLATIONS)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page, faults, hosts = context.new_page(), [], set()
    page.on(
        "console", lambda message: faults.append(message.text) if message.type == "error" else 0
    )
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    yield page
    cookies, stored = context.cookies(), page.evaluate("[...Object.keys(localStorage)]")
    context.close()
    assert faults == []
    assert hosts == {urlsplit(base).netloc}
    assert cookies == []
    assert {key.rpartition(".")[2] for key in stored} <= {"__palette"}


@pytest.mark.parametrize("language", ["", "zh/"], ids=["en", "zh"])
@pytest.mark.parametrize("path", TYPES)
def test_a_page_obeys_its_policy_while_it_is_used(page, base, path, language):
    page.goto(base + language + path)
    page.wait_for_load_state("networkidle")
    if page.locator(".arithmatex").count():
        page.locator(".katex").first.wait_for()
    for button in page.locator(".md-code__button:visible").all()[:1]:
        button.click()
    page.keyboard.press("s")
    page.locator(".md-search__input").fill("学习率" if language else "learning rate")
    page.locator(".md-search__input").dispatch_event("keyup")
    page.locator(".md-search-result__link").first.wait_for()
    page.keyboard.press("Escape")
    page.locator("[data-md-component=palette] label:visible").click()
    other = "en" if language else "zh"
    page.locator(".md-select button").hover()
    page.locator(f".md-select__link[hreflang={other}]").click()
    page.wait_for_function(f"document.documentElement.lang === '{other}'")


def test_what_the_policy_forbids_does_not_happen(browser, base):
    page = browser.new_page()
    page.goto(base)
    outcome = page.evaluate("""async () => {
      const violated = []
      addEventListener("securitypolicyviolation", (event) =>
        violated.push(event.effectiveDirective))
      const inline = document.createElement("script")
      inline.textContent = "window.ran = true"
      document.body.append(inline)
      document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.ran = true'>")
      document.body.append(Object.assign(new Image(), { src: "https://example.org/a.png" }))
      await fetch("https://example.org/").catch(() => 0)
      await new Promise((resolve) => setTimeout(resolve, 300))
      return [window.ran, violated.sort()]
    }""")
    page.close()
    assert outcome == [None, ["connect-src", "img-src", "script-src-attr", "script-src-elem"]]


def test_every_page_carries_the_policy_before_anything_it_governs(site):
    for path in sorted(site.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        head = text.partition("Content-Security-Policy")[0]
        assert not re.search("<(script|link|style|img)", head), path
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
        found = dict(directive.split(" ", 1) for directive in policy.split("; "))
        scripts = found.pop("script-src").split()
        assert found == {k: v for k, v in DIRECTIVES.items() if k != "script-src"}, path
        inline = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
        assert scripts == ["'self'", *dict.fromkeys(map(source_hash, inline))], path
        assert not re.search(r"<[^>]*\s(on[a-z]+=|href=\"javascript:)", text), path
