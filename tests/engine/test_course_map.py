"""The course map shows the real chapters, which of them exist, and what each needs."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from livedocs.course_map import Chapter, drawn, faults, placed
from livedocs.errors import PageError
from livedocs.site import Course

SVG = "{http://www.w3.org/2000/svg}"


def chapter(number: int, needs=(), finished=True, source=Path("mkdocs.yml")) -> Chapter:
    titles = {"en": f"Part <{number}>", "zh": f"第 {number} 部分"}
    return Chapter(f"c{number}", number, titles, tuple(needs), finished, source)


CHAPTERS = [
    chapter(1),
    chapter(2, ["c1"]),
    chapter(3, ["c1", "c2"], finished=False),
    chapter(4, ["c2"], finished=False),
]


def rows(language="en", text="All chapters.") -> list[ET.Element]:
    return list(ET.fromstring(drawn(CHAPTERS, language, text)))


def test_the_picture_is_a_list_of_all_chapters_in_order():
    root = ET.fromstring(drawn(CHAPTERS, "en", 'The "course" & more.'))
    assert (root.get("role"), root.get("aria-label")) == ("list", 'The "course" & more.')
    assert [row.get("role") for row in root] == ["listitem"] * 4
    titles = [row.find(f".//{SVG}text") for row in root]
    assert [t.text for t in titles] == [f"{n}. Part <{n}>" for n in (1, 2, 3, 4)]
    heights = [int(t.get("y")) for t in titles]
    assert heights == sorted(set(heights))


def test_finished_chapters_are_links_with_a_name_and_planned_ones_are_not():
    links = [row.find(f"{SVG}a") for row in rows()]
    assert [a is not None and a.get("href") for a in links] == ["c1/", "c2/", False, False]
    assert links[0].get("aria-label") == "1. Part <1>"
    assert [row.get("class") for row in rows()] == [None, None, "planned", "planned"]
    assert rows()[2].get("aria-label") == "3. Part <3> (planned)"
    assert rows("zh")[2].get("aria-label") == "3. 第 3 部分（待写）"


def test_an_arc_leads_to_each_need_that_no_other_need_leads_to():
    arcs = [[path.get("d") for path in row.findall(f"{SVG}path")] for row in rows()]
    assert [len(paths) for paths in arcs] == [0, 1, 1, 1]
    dots = [int(circle.get("cy")) for row in rows() for circle in row.iter(f"{SVG}circle")]
    assert arcs[2][0].split("V")[0].endswith(str(dots[1] + 6))  # from 2, which needs 1 itself
    assert arcs[3][0].split("C")[0].endswith(f" {dots[1]}")


def test_the_picture_stays_within_its_frame():
    many = [chapter(1), *(chapter(n, ["c1"]) for n in range(2, 40))]
    root = ET.fromstring(drawn(many, "en", "Many."))
    width = int(root.get("viewBox").split()[2])
    for path in root.iter(f"{SVG}path"):
        if "C" in path.get("d"):
            start, control = path.get("d")[1:].split("C")
            x, bend = int(start.split()[0]), int(control.split()[0])
            assert 0 < x - 0.75 * (x - bend) < x
    for rect in root.iter(f"{SVG}rect"):
        assert int(rect.get("x")) + int(rect.get("width")) <= width


def test_the_list_says_the_same_in_words():
    assert placed("[All](course-list)", CHAPTERS, "en").splitlines() == [
        "1. [Part <1>](c1/index.md)",
        "2. [Part <2>](c2/index.md), after 1",
        "3. Part <3>, after 2 (planned)",
        "4. Part <4>, after 2 (planned)",
    ]
    assert "4. 第 4 部分，先学第 2 章（待写）" in placed("[全部](course-list)", CHAPTERS, "zh")


def test_the_picture_takes_the_place_and_the_indent_of_its_line(to_html):
    text = "A.\n\n![Chapters &amp; arcs.](course-map)\n\n/// caption\nThe way.\n///\n\nB."
    root = to_html(placed(text, CHAPTERS, "en"))
    [figure] = root.iter("figure")
    assert figure.find(".//svg").get("aria-label") == "Chapters & arcs."
    assert "The way." in "".join(figure.find("figcaption").itertext())
    inside = placed('??? note "N"\n\n    [All](course-list)\n', CHAPTERS, "en")
    assert len(list(to_html(inside).find(".//details").iter("li"))) == 4


def test_other_lines_stay_as_they_are():
    text = "![a](figure)\n[course-map](x.md) and `![x](course-map)`\n"
    assert placed(text, CHAPTERS, "en") == text


@pytest.mark.parametrize(
    ("needs", "message"),
    [
        (["c12"], "needs: 'c12' is no chapter (did you mean 'c2'?)"),
        (["c2"], "needs: 'c2' does not come before 'c2'"),
        (["x"], "needs: 'x' is no chapter"),
    ],
)
def test_a_need_that_cannot_be_met_is_named_with_its_line(tiny, needs, message):
    source = tiny.write("mkdocs.yml", "extra:\n  planned:\n    c2: {needs: [c3], en: Two}\n")
    found = list(faults([chapter(1), chapter(2, needs, source=source)]))
    assert [str(fault) for fault in found] == [f"mkdocs.yml:3: {message}"]


def test_the_home_page_of_each_language_shows_the_chapters_of_the_course(tiny):
    tiny.edit_twins("index", "{ #home }", "{ #home }\n\n![All.](course-map)")
    course = Course(tiny.project)
    for language, titles in (("en", ["Before", "Basics", "Later &amp; on"]),
                             ("zh", ["之前", "基础", "以后"])):  # fmt: skip
        home = course.markdown["index", language]
        assert [title for title in titles if f". {title}</text>" in home] == titles
        assert home.count("<a ") == 1 and 'href="basics/"' in home


def test_a_need_that_cannot_be_met_ends_the_build(tiny):
    tiny.edit_twins("basics/index", "needs: [start]", "needs: [stat]")
    message = r"^docs/en/basics/index.md:3: needs: 'stat' is no chapter \(did you mean 'start'\?\)$"
    with pytest.raises(PageError, match=message):
        Course(tiny.project)
