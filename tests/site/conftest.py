"""Programs that the tests of the built site need; a run in CI may not do without them."""

import os
import shutil

import pytest


def require(names: tuple[str, ...], package: str) -> str:
    """Path of the first program that exists; skips without one, and fails in CI."""
    for name in names:
        if path := shutil.which(name):
            return path
    message = f"{names[0]} is not installed (apt install {package})"
    if os.environ.get("CI"):
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


@pytest.fixture(scope="session")
def node() -> str:
    return require(("node",), "nodejs")


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium, driven by playwright."""
    chromium = require(("chromium", "chromium-browser", "google-chrome"), "chromium")
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield browser
        browser.close()
