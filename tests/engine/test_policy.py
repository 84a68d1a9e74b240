"""The policy in a page: which scripts may run."""

import re

import pytest

from livedocs import policy

PAGE = """<head>
      <meta charset="utf-8">
      <script>a = 1</script>
      <script src="a.js"></script>
      <script type="application/json">{}</script>
      <script>b = "</b>"</script><script>a = 1</script>
</head>"""


def scripts(html: str) -> list[str]:
    """What `script-src` allows."""
    return re.search("script-src ([^;]*);", html)[1].split()


def test_each_inline_script_is_allowed_by_its_hash():
    # printf 'a = 1' | openssl dgst -sha256 -binary | base64
    first = "'sha256-tbwf/ZCRL7GL7259gJCRksemSSiWMgFW1n+68QTGVEo='"
    assert scripts(policy.with_policy(PAGE)) == ["'self'", first, policy.source_hash('b = "</b>"')]


def test_the_policy_comes_first_and_the_rest_of_the_page_stays():
    html = policy.with_policy(PAGE)
    tag = re.search(r"\n *<meta http-equiv[^>]*>", html)
    assert html[: tag.start()].endswith('<meta charset="utf-8">')
    assert html.replace(tag[0], "") == PAGE


@pytest.fixture
def config():
    return type("Config", (), {"plugins": {}})()


def test_only_pages_get_a_policy(config):
    assert policy.on_post_template(PAGE, template_name="sitemap.xml", config=config) == PAGE
    html = policy.on_post_template(PAGE, template_name="404.html", config=config)
    assert html == policy.on_post_page(PAGE, page=None, config=config) != PAGE


def test_a_server_that_reloads_pages_may_put_its_script_in(config, monkeypatch):
    monkeypatch.setattr(policy, "serving", False)
    policy.on_startup(command="serve", dirty=False)
    html = policy.on_post_page(PAGE, page=None, config=config)
    assert scripts(html) == ["'self'", "'unsafe-inline'"]
    policy.on_startup(command="build", dirty=False)
    assert "unsafe-inline" not in scripts(policy.on_post_page(PAGE, page=None, config=config))


def test_pages_to_be_read_without_a_server_may_run_the_search_in_a_frame(config):
    config.plugins["material/offline"] = object()
    html = policy.on_post_page(PAGE, page=None, config=config)
    assert scripts(html) == ["'self'", "'unsafe-inline'"]
