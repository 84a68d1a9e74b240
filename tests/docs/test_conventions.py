"""The pages agree between the languages and keep the project's conventions."""

from pathlib import Path

import pytest

from livedocs.check import content_map, problems
from livedocs.config import Project
from livedocs.course_map import PLACE
from livedocs.glossary import Glossary

PROJECT = Project(Path(__file__).parents[2])


@pytest.fixture(scope="module")
def lessons():
    return PROJECT.lessons()


def test_check_finds_no_problem():
    assert problems(PROJECT) == []


def test_content_map_is_complete():
    rows = content_map(PROJECT)
    counts = [sum(row.startswith(f"S{seed}-") for row in rows) for seed in range(5)]
    assert counts == [142, 262, 129, 94, 272]


def test_glossary_names_are_unique():
    terms = Glossary(PROJECT.docs / "glossary.yml").terms.values()
    for language in ("en", "zh"):
        names = [term[language].lower() for term in terms]
        assert len(names) == len(set(names))


def test_exercises_are_complete(lessons):
    """Each exercise has two hints, a solution that runs, and a check."""
    with_exercises = [x for x in lessons if x.first.meta.get("exercises")]
    assert with_exercises
    for lesson in with_exercises:
        text = lesson.pages["en"].path.read_text(encoding="utf-8")
        for _ in lesson.first.meta["exercises"]:
            assert "## Exercise" in text, lesson.name
        exercises = text.split("## Exercise")[1:]
        assert len(exercises) == len(lesson.first.meta["exercises"]), lesson.name
        for exercise in exercises:
            assert exercise.count('"Hint') >= 2, lesson.name
            assert '"Solution' in exercise and "check" in exercise, lesson.name


def test_descriptions_have_the_length_of_a_search_result(lessons, columns):
    """50 to 160 columns, of which a 汉字 takes two."""
    wrong = [
        f"{page.path}:2: {width} columns"
        for lesson in lessons
        for page in lesson.pages.values()
        if not 50 <= (width := columns(page.meta["description"])) <= 160
    ]
    assert wrong == []


def test_home_page_shows_the_way_through_all_chapters():
    from livedocs.site import chapters, settings

    planned = settings(PROJECT, "en")["extra"]["chapters"]
    assert [c for c in planned if c in chapters(PROJECT)] == list(chapters(PROJECT))
    for language in ("en", "zh"):
        home = (PROJECT.docs / language / "index.md").read_text(encoding="utf-8")
        assert [match["kind"] for match in PLACE.finditer(home)] == ["map", "list"]
