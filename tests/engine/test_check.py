"""Each rule of the check fires once on a page that breaks it, and no other rule does."""

import shutil

import pytest

from livedocs.check import absorbed, content_map, problems

EN, ZH = "docs/en/basics/sum.md", "docs/zh/basics/sum.md"
SNIPPET = "snippets/basics/sum.py"


@pytest.fixture(scope="module")
def results(make_tiny, tmp_path_factory):
    """The store of a tiny project that has run."""
    tiny = make_tiny(tmp_path_factory.mktemp("checked"))
    tiny.run()
    return tiny.project.cache


@pytest.fixture
def tiny(tiny, results):
    shutil.copytree(results, tiny.project.cache)
    return tiny


def test_a_good_project_has_no_problem(tiny):
    assert problems(tiny.project) == []


@pytest.mark.parametrize(
    "path, old, new, message",
    [
        ("zh", "{ #sums }", "{ #sum }", "headings differ from en: ['# sum'] is not ['# sums']"),
        ("zh", "# 求和", "#### 求和", None),
        (
            "zh",
            "{{ sum(numbers) }}",
            "{{ max(numbers) }}",
            "inline expressions differ from en: [[], ['max(numbers)'], []] "
            "is not [[], ['sum(numbers)'], []]",
        ),
        (
            "zh",
            "/// caption",
            "/// caption\n一\n///\n\n/// caption",
            "captions differ from en: [0, 0, 2] is not [0, 0, 1]",
        ),
        (
            "zh",
            "三个数。",
            '!!! note "一"\n\n    二。',
            "folded and marked blocks differ from en: [('!!!', 'note')] is not []",
        ),
        (
            "zh",
            "三个数",
            "[三](a.md)",
            "links differ from en: ['a.md', 'figure'] is not ['figure']",
        ),
        ("zh", "三个数。", "```text\nx\n```", "other fences differ from en"),
        ("zh", "notes: [A-1]", "seconds: 9", "front matter differ from en: {'seconds': 9} is not"),
    ],
)
def test_what_differs_between_the_languages_is_named(tiny, path, old, new, message):
    tiny.edit(f"docs/{path}/basics/sum.md", old, new)
    found = [text for text in problems(tiny.project) if " differ from en" in text]
    assert len(found) == 1
    assert found[0].startswith(f"{ZH}:1: {message or 'headings differ from en'}")


def test_figures_at_another_place_differ(tiny):
    figure = "![一条直线，从一经过二升到三，每一步都同样高，没有弯折。](figure)\n\n"
    tiny.edit(ZH, figure, "")
    tiny.edit(ZH, "```python", figure + "```python")
    [found] = [text for text in problems(tiny.project) if "differ from en" in text]
    assert found == f"{ZH}:1: figures differ from en: [1, 0, 0] is not [0, 0, 1]"


def test_expressions_may_be_formatted_differently_and_titles_translated(tiny):
    tiny.edit(ZH, "{{ sum(numbers) }}", "{{ sum(numbers):.2f}}")
    tiny.edit(EN, "notes:", "title: Sums\nnotes:")
    assert problems(tiny.project) == []


@pytest.mark.parametrize(
    "old, new, line, message",
    [
        ("{ #sums }", "{ #sums }\n\n# More { #more }", 1, "a page has one H1, and it comes first"),
        ("{ #sums }", "", 5, "needs an anchor like { #word }"),
        ("{ #sums }", "{ #Sums }", 5, "needs an anchor like { #word }"),
        ("{ #sums }", "{ #sums }\n\n### Deep { #deep }", 7, "'Deep' skips a heading level"),
        ("/// caption", "x\n\n/// caption", 19, "this figure has no /// caption"),
    ],
)
def test_a_broken_convention_is_named_once_in_each_language(tiny, old, new, line, message):
    tiny.edit_twins("basics/sum", old, new)
    found = problems(tiny.project)
    assert len(found) == 2
    for path, text in zip((EN, ZH), found):
        assert text.startswith(f"{path}:{line}: ") and text.endswith(message)


def test_an_anchor_that_is_used_twice_is_named_at_each_place(tiny):
    tiny.edit_twins("basics/sum", "{ #sums }", "{ #sums }\n\n## Again { #sums }")
    places = [f"{path}:{line}" for path in (EN, ZH) for line in (5, 7)]
    assert problems(tiny.project) == [f"{p}: anchor 'sums' is used twice" for p in places]


def test_a_page_that_starts_with_a_lower_heading_is_named(tiny):
    tiny.edit_twins("basics/sum", "\n# ", "\n## Early { #early }\n\n# ")
    found = problems(tiny.project)
    assert [text for text in found if "one H1" in text] == [
        f"{path}:1: a page has one H1, and it comes first" for path in (EN, ZH)
    ]


@pytest.mark.parametrize(
    "path, old, new, message",
    [
        (EN, "description: How to add numbers.\n", "", f"{EN}:1: front matter lacks `description`"),
        (EN, "A line that rises from one over two to three.", "A line.",
         f"{EN}:19: say what the figure shows"),
        (EN, "Three numbers.", "An easy sum.", f"{EN}:7: 'easy' is a word to avoid"),
        (EN, "Three numbers.", "Obviously three.", f"{EN}:7: 'Obviously' is a word to avoid"),
        (EN, "Three numbers.", "Of course three.", f"{EN}:7: 'Of course' is a word to avoid"),
        (EN, "Three numbers.", "Three!", f"{EN}:7: '!' is a word to avoid"),
        (ZH, "三个数。", "三,四。", f"{ZH}:7: half-width punctuation beside Chinese: '三,'"),
        (ZH, "三个数。", "三个 SGD。一个x。",
         f"{ZH}:7: no space between Chinese and Latin: '个x'"),
        (ZH, "三个数。", "3个数。", f"{ZH}:7: no space between Chinese and Latin: '3个'"),
        (ZH, "三个数。", "「三」个数。", f"{ZH}:7: a mark or word that the course avoids: '「'"),
        (ZH, "三个数。", "显然。", f"{ZH}:7: a mark or word that the course avoids: '显然'"),
        (SNIPPET, '"""Sums."""', "# --8<-- [start:x]\n# --8<-- [end:x]",
         f"{SNIPPET}:1: no page shows section 'x'"),
        ("docs/glossary.yml", "training loss", "training",
         f"{EN}:1: docs/glossary.yml has no Chinese for these words of its figures: loss"),
    ],
)  # fmt: skip
def test_one_mistake_is_one_problem(tiny, path, old, new, message):
    tiny.edit(path, old, new)
    assert problems(tiny.project) == [message]


@pytest.mark.parametrize(
    "path, text",
    [
        (EN, '`easy!` and $n!$, {{ 1!r }} and [x](easy.md "!") Uneasy <b!>'),
        (EN, '!!! note "N"\n\n    Text.\n\n??? note "M"\n\n    !!! note "N"\n\n        Text.'),
        (ZH, "代码`x`、公式$x$和[链接](a.md)：可以。"),
    ],
)
def test_code_formulas_and_markup_are_no_prose(tiny, path, text):
    tiny.edit(EN, "Three numbers.", "Three.")
    tiny.edit(path, "Three." if path == EN else "三个数。", text)
    assert [x for x in problems(tiny.project) if "differ from en" not in x] == []


def test_a_snippet_needs_a_page_and_a_test(tiny):
    tiny.snippet("basics/lone.py", "")
    assert problems(tiny.project) == [
        "snippets/basics/lone.py:1: no page docs/<language>/basics/lone.md",
        "snippets/basics/lone.py:1: no test tests/snippets/basics/test_lone.py",
    ]


def test_a_common_snippet_needs_a_test_only(tiny):
    tiny.snippet("common/help.py", "")
    tiny.snippet("common/__init__.py", "")
    assert problems(tiny.project) == [
        "snippets/common/help.py:1: no test tests/snippets/common/test_help.py"
    ]


def test_a_test_needs_its_snippet(tiny):
    tiny.write("tests/snippets/basics/test_gone.py", "")
    assert problems(tiny.project) == [
        "tests/snippets/basics/test_gone.py:1: tests a snippet that does not exist"
    ]


def test_a_figure_that_is_no_drawing_is_named(tiny):
    drawn = "display({'image/svg+xml': '<svg', 'text/plain': ''}, raw=True)"
    tiny.edit("snippets/basics/sum.py", 'plt.xlabel("training loss");', f"plt.close()\n{drawn}")
    message = "the figure of this cell is not valid SVG: unclosed token: line 1, column 0"
    assert problems(tiny.project) == [f"{EN}:1: {message}"]


def test_a_row_that_the_notes_do_not_have_is_named(tiny):
    tiny.edit_twins("basics/sum", "[A-1]", "[A-1, A-11]")
    assert problems(tiny.project) == [
        f"{EN}:1: 'A-11' is not a row of the notes (did you mean 'A-1'?)"
    ]


def test_a_complete_chapter_teaches_all_its_rows(tiny):
    tiny.edit_twins("basics/index", "description:", "complete: true\ndescription:")
    assert problems(tiny.project) == []
    notes = tiny.project.docs / "notes.tsv"
    notes.write_text(notes.read_text() + "A-3\tlater,basics\tQuotients\n")
    assert problems(tiny.project) == ["docs/en/basics/index.md:1: no page teaches A-3"]


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("needs: [start]", "needs: [strat]",
         "docs/en/basics/index.md:3: needs: 'strat' is no chapter (did you mean 'start'?)"),
        ("needs: [start]", "needs: [start, later]",
         "docs/en/basics/index.md:3: needs: 'later' does not come before 'basics'"),
        ("needs: [start]", "needs: [basics]",
         "docs/en/basics/index.md:3: needs: 'basics' does not come before 'basics'"),
        ("needs: [start]\n", "",
         "docs/en/basics/index.md:1: front matter lacks `needs`, a list of earlier chapters"),
        ("needs: [start]", "needs: start",
         "docs/en/basics/index.md:1: front matter lacks `needs`, a list of earlier chapters"),
    ],
)  # fmt: skip
def test_a_chapter_needs_earlier_chapters_that_exist(tiny, old, new, message):
    tiny.edit_twins("basics/index", old, new)
    assert problems(tiny.project) == [message]


@pytest.mark.parametrize("name", ["basics", "lateer"])
def test_only_what_is_still_to_be_written_is_planned(tiny, name):
    tiny.edit("mkdocs.yml", "  planned:", f"  planned:\n    {name}: {{en: X, zh: X}}")
    assert problems(tiny.project) == [
        f"mkdocs.yml:1: extra.planned: '{name}' is no chapter that is still to be written"
    ]


def test_rows_are_counted_by_chapter_of_the_navigation(tiny):
    notes = tiny.project.docs / "notes.tsv"
    notes.write_text(notes.read_text() + "A-3\tlater,basics\tQuotients\n")
    assert content_map(tiny.project)["A-3"] == ["later", "basics"]
    assert absorbed(tiny.project, tiny.project.lessons()) == {"basics": (1, 2)}
