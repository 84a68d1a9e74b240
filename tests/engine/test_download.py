"""The page about taking the course away links to the files of the latest release."""

import pytest

PAGE = """\
---
description: To take away.
template: download.html
---
# Take it with you { #take-away }
"""


@pytest.mark.parametrize("repository", ["https://github.com/someone/course", ""])
def test_a_repository_adds_links_to_the_files_of_its_latest_release(tiny, html_tree, repository):
    tiny.page("download", PAGE)
    tiny.edit(
        "mkdocs.yml", "- changes.md\n", f"- changes.md\n- download.md\nrepo_url: '{repository}'\n"
    )
    assert tiny.python("mkdocs", "build", "--strict").returncode == 0
    for folder, language in (("", "en"), ("zh/", "zh")):
        text = (tiny.root / f"site/{folder}download/index.html").read_text(encoding="utf-8")
        links = [x.get("href", "") for x in html_tree(text).find(".//article").iter("a")]
        files = [f"{repository}/releases/latest/download/tiny-course-{language}.{suffix}"
                 for suffix in ("zip", "pdf")]  # fmt: skip
        assert [x for x in links if "releases" in x] == (files if repository else [])
