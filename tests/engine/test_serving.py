"""`mkdocs serve`: errors pass, and a save has built again only what it changes."""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest


def wait_until(condition, process, what: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, "the server has ended"
        if condition():
            return
        time.sleep(0.2)
    pytest.fail(f"not within {seconds} s: {what}")


@contextmanager
def serving(tiny):
    """`mkdocs serve`: its process, a function that reads a page, and its log."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tiny.root / "log"
    command = [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}"]
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=tiny.root, stdout=output, stderr=output)

    def read(url: str) -> str:
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{port}/course/{url}", timeout=2
            ) as reply:
                return reply.read().decode()
        except (urllib.error.URLError, OSError):
            return ""

    try:
        yield process, read, lambda: log.read_text(encoding="utf-8")
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def test_a_server_survives_a_broken_page_and_shows_the_next_good_one(tiny):
    tiny.run()
    with serving(tiny) as (process, read, log):
        wait_until(lambda: "Three numbers." in read("basics/sum/"), process, "the first build")
        assert "三个数。" in read("zh/basics/sum/")
        tiny.edit("docs/zh/basics/sum.md", "{{ sum(numbers) }}", "{{ sum(numbers }}")
        error = "docs/zh/basics/sum.md:13: '{{ sum(numbers }}' is not a field of an f-string"
        wait_until(lambda: error in log(), process, "the error")
        tiny.edit("docs/zh/basics/sum.md", "{{ sum(numbers }}", "{{ sum(numbers) }}，没错")
        wait_until(lambda: "6，没错" in read("zh/basics/sum/"), process, "the mended page")
        assert "Three numbers." in read("basics/sum/")
        tiny.edit("snippets/basics/sum.py", "three of them", "a snippet was saved")
        wait_until(lambda: "a snippet was saved" in read("basics/sum/"), process, "the snippet")


@pytest.fixture
def server(tiny):
    """A server whose first build is complete: its process, a function that reads, its log."""
    tiny.run()
    with serving(tiny) as (process, read, log):
        wait_until(lambda: "Three numbers." in read("basics/sum/"), process, "the first build")
        yield process, read, log


BUILT = "Documentation built in"  # MkDocs says it once for each language


@pytest.mark.parametrize(
    "language, url, word", [("en", "", "Thirteen numbers."), ("zh", "zh/", "十三个数。")]
)
def test_a_save_builds_its_own_language_and_no_other(tiny, server, language, url, word):
    process, read, log = server
    before = log().count(BUILT)
    page = tiny.root / f"docs/{language}/basics/sum.md"
    old = {"en": "Three numbers.", "zh": "三个数。"}[language]
    page.write_text(page.read_text("utf-8").replace(old, word), encoding="utf-8")
    wait_until(lambda: word in read(f"{url}basics/sum/"), process, "the new text")
    assert log().count(BUILT) == before + 1


def test_new_code_runs_and_all_languages_show_it(tiny, server):
    process, read, _ = server
    tiny.edit("snippets/basics/sum.py", "sum(numbers)", "max(numbers), sum(numbers)")
    for url in ("basics/sum/", "zh/basics/sum/"):
        wait_until(lambda url=url: "(3, 6)" in read(url), process, f"the result on {url}")


@pytest.mark.parametrize(
    "language, url, word", [("en", "", "Thirteen numbers."), ("zh", "zh/", "十三个数。")]
)
def test_a_notebook_is_made_when_someone_asks_for_it(tiny, server, language, url, word):
    process, read, log = server
    old = {"en": "Three numbers.", "zh": "三个数。"}[language]
    converted = f"notebooks/{language}/basics/notebook.ipynb"
    assert old in read(f"{url}basics/notebook/")
    tiny.edit(f"docs/{language}/basics/sum.md", old, word)
    wait_until(lambda: word in read(f"{url}basics/sum/"), process, "the new text")
    before = log().count("Converting notebook")
    for name in ("", "notebook.ipynb"):
        wait_until(
            lambda name=name: word in read(f"{url}basics/notebook/{name}"), process, "the notebook"
        )
    assert log().count("Converting notebook") == before + 1, log()
    built = log().count(BUILT)
    read(f"{url}basics/notebook/")
    time.sleep(1.5)  # the server looks for changes twice in a second
    assert log().count(BUILT) == built
    assert converted in log()


def test_an_error_in_one_language_is_told_and_the_others_stay(tiny, server):
    process, read, log = server
    tiny.edit("docs/zh/basics/sum.md", "](figure)", "](figures)")
    wait_until(lambda: "docs/zh/basics/sum.md:" in log(), process, "the error")
    assert "Traceback (most recent call last)" not in log()
    tiny.edit("docs/zh/basics/sum.md", "](figures)", "](figure)")
    tiny.edit("docs/en/basics/sum.md", "Three numbers.", "Four numbers.")
    wait_until(lambda: "Four numbers." in read("basics/sum/"), process, "the next good build")
