"""One mkdocs.yml holds the settings of all languages."""

import pytest

from livedocs.errors import PageError
from livedocs.run import RunError
from livedocs.site import Course, chapters, settings


def test_the_settings_of_a_language_lie_over_the_common_ones(tiny):
    english, chinese = (settings(tiny.project, language) for language in ("en", "zh"))
    assert (english["site_name"], chinese["site_name"]) == ("Tiny course", "小课程")
    assert (english["docs_dir"], chinese["docs_dir"]) == ("docs/en", "docs/zh")
    assert (english["theme"]["language"], chinese["theme"]["language"]) == ("en", "zh")
    assert chinese["theme"]["name"] == "material"
    assert english["site_url"] == "https://example.org/course/"
    assert chinese["site_url"] == "https://example.org/course/zh/"
    assert chinese["extra"]["notebook"]["colab"] == "Open in Colab"
    assert "languages" not in english["extra"] and "languages" not in chinese["extra"]


def test_a_site_without_an_address_has_none_in_any_language(tiny):
    tiny.edit("mkdocs.yml", "site_url: https://example.org/course/", "site_url: ''")
    assert settings(tiny.project, "zh")["site_url"] == ""


def test_chapters_are_those_of_the_navigation(tiny):
    assert chapters(tiny.project) == {"basics": ["basics/index", "basics/sum"]}


def test_a_course_numbers_its_chapters_among_all_that_are_planned(tiny):
    course = Course(tiny.project)
    assert course.title("basics", "en") == "2. Basics"
    assert course.title("basics", "zh") == "2. 基础"


def test_a_planned_chapter_has_a_number_and_a_title_too(tiny):
    course = Course(tiny.project)
    assert course.title("later", "en") == "3. Later & on"
    assert course.title("later", "zh") == "3. 以后"


@pytest.mark.parametrize("title", ["en: Before", "zh: 之前"])
def test_a_chapter_that_is_neither_written_nor_named_ends_the_build(tiny, title):
    tiny.edit("mkdocs.yml", f"      {title}\n", "")
    message = "^mkdocs.yml:1: 'start' is not in the navigation: extra.planned needs its titles$"
    with pytest.raises(PageError, match=message):
        Course(tiny.project)


@pytest.mark.parametrize(
    "old, new, error",
    [
        ("](figure)", "](figures)", PageError),
        ("{ #sums }", "{{ nothing }}", RunError),
        ("{.python hide}", "{.python hde}", PageError),
    ],
)
def test_a_course_with_a_broken_page_is_none(tiny, old, new, error):
    tiny.edit_twins("basics/sum", old, new)
    with pytest.raises(error, match="docs/en/basics/sum.md:"):
        Course(tiny.project)
