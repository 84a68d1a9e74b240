"""The site is replaced as a whole, or not at all."""

import pytest

from livedocs.replace import replace_folder


@pytest.fixture
def folders(tmp_path):
    new, target = tmp_path / ".site-1", tmp_path / "site"
    (new / "a").mkdir(parents=True)
    (new / "a" / "page").write_text("new")
    return new, target


def test_a_folder_takes_the_place_of_nothing(folders):
    new, target = folders
    replace_folder(new, target)
    assert (target / "a" / "page").read_text() == "new"
    assert list(target.parent.iterdir()) == [target]


def test_a_folder_takes_the_place_of_another_whose_hidden_files_stay(folders):
    new, target = folders
    (target / ".git").mkdir(parents=True)
    (target / "old").write_text("old")
    replace_folder(new, target)
    assert sorted(path.name for path in target.iterdir()) == [".git", "a"]
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_strict_build_that_fails_in_any_language_leaves_the_last_site(tiny, file_bytes, language):
    assert tiny.python("mkdocs", "build", "--strict").returncode == 0
    good = file_bytes(tiny.root / "site")
    old = {"en": "Start with", "zh": "从"}[language]
    tiny.edit(f"docs/{language}/index.md", old, f"![](nothing.png) {old}")
    result = tiny.python("mkdocs", "build", "--strict")
    assert result.returncode == 1 and "nothing.png" in result.stderr
    assert file_bytes(tiny.root / "site") == good
    assert not list(tiny.root.glob(".site-*"))
    assert tiny.python("mkdocs", "build").returncode == 0  # not strict: a warning
    assert file_bytes(tiny.root / "site") != good


def test_a_site_may_be_built_elsewhere(tiny, tmp_path_factory):
    folder = tmp_path_factory.mktemp("elsewhere") / "site"
    assert tiny.python("mkdocs", "build", "-d", str(folder)).returncode == 0
    assert (folder / "zh/basics/sum/index.html").is_file()
    assert list(folder.parent.iterdir()) == [folder]
    assert not (tiny.root / "site").exists()
