"""A chapter is one executed notebook that Jupyter and Colab understand."""

import json

import nbformat
import pytest

from livedocs.notebook import chapter_notebook, write_notebook

LABELS = {"training loss": "训练损失"}
INDEX = "# Chapter { #chapter }\n\nSee [sums](sum.md#sums) and [other](../other/index.md#a).\n"
PAGE = """\
---
description: D
---
# Section { #section }

Of {{ 6 * 7 }} and $x_{{i}}$.

## Sub { #sub }

```python
x = 2  # two | 二
print(x)
```

!!! tip "Careful"

    First *line*.

    Second.

??? note "More & more"

    Folded text.

    - item

=== "Tab"

    In a tab.

```{.python notest}
never()  # shown | 只看
```

??? success "Solution"

    Think first.

    ```python
    solution = x + 1
    solution
    ```

    Done.

```{.python hide}
import matplotlib.pyplot as plt
plt.figure(figsize=(2, 1)); plt.plot([1, 2]); plt.title("training loss");
```

![A line from {{ x - 1 }} to two.](figure)

/// caption
The caption of $x$.
///

```{.python raises=ZeroDivisionError}
1 / 0
```

```{.python no-output}
print("not kept")
```

```text
{{ literal }} [link](x.md)
```

[Next](next.md), [home](../index.md), [anchor](#sub), [up](index.md),
[web](https://example.org/a.md).
"""


@pytest.fixture
def notebook(tiny):
    """The notebook of two pages, as it is read back from its text."""
    tiny.page("c/index", INDEX)
    tiny.page("c/page", PAGE)
    pages = [tiny.result("c/index"), tiny.result("c/page")]

    def make(language: str = "en", base: str = ""):
        labels = LABELS if language == "zh" else {}
        chosen = [(lesson.pages[language], result) for lesson, result in pages]
        return nbformat.reads(write_notebook(chapter_notebook(chosen, labels, base)), as_version=4)

    return make


def code(notebook) -> list:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook) -> str:
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_notebook_is_valid(notebook, language):
    made = notebook(language)
    nbformat.validate(made)
    ids = [cell["id"] for cell in made.cells]
    assert len(ids) == len(set(ids))


def test_its_bytes_are_always_the_same(tiny):
    tiny.page("c/page", PAGE)
    texts = set()
    for _ in range(2):
        lesson, result = tiny.result("c/page")
        before = json.dumps(result)
        texts.add(write_notebook(chapter_notebook([(lesson.first, result)], LABELS, "")))
        assert json.dumps(result) == before  # the page is made from the same result
    assert len(texts) == 1


def test_it_starts_with_the_setup_for_colab(notebook):
    assert "google.colab" in code(notebook())[0].source


def test_a_section_starts_with_an_empty_namespace(notebook):
    sources = [cell.source for cell in code(notebook())]
    assert sources[1].endswith("\n%reset -f")
    assert sum("%reset" in source for source in sources) == 1


def test_headings_of_sections_are_below_that_of_the_chapter_and_have_no_anchors(notebook):
    lines = [line for line in prose(notebook()).splitlines() if line.startswith("#")]
    assert lines == ["# Chapter", "## Section", "### Sub"]


def test_comments_are_in_the_language_of_the_notebook(notebook):
    english, chinese = notebook("en"), notebook("zh")
    assert "x = 2  # two\nprint(x)" in [cell.source for cell in code(english)]
    assert "x = 2  # 二\nprint(x)" in [cell.source for cell in code(chinese)]
    assert "```python\nnever()  # shown\n```" in prose(english)
    assert "```python\nnever()  # 只看\n```" in prose(chinese)
    assert not any(
        "#" in c.source and " | " in c.source for n in (english, chinese) for c in n.cells
    )


def test_outputs_are_those_of_the_run(notebook):
    cells = {cell.source.splitlines()[0]: cell for cell in code(notebook())}
    assert cells["x = 2  # two"].outputs == [
        {"output_type": "stream", "name": "stdout", "text": "2\n"}
    ]
    assert cells["solution = x + 1"].outputs[0].data == {"text/plain": "3"}
    assert cells['print("not kept")'].outputs == []
    error = cells["1 / 0"]
    assert error.outputs[0].ename == "ZeroDivisionError"
    assert error.metadata.tags == ["raises-exception"]


def test_values_stand_in_the_prose(notebook):
    assert "Of 42 and $x_{{i}}$." in prose(notebook())


def test_a_figure_is_themed_translated_and_described(notebook):
    for language, label in (("en", "training loss"), ("zh", "训练损失")):
        [cell] = [c for c in code(notebook(language)) if "plt.plot" in c.source]
        data = cell.outputs[0].data
        assert f">{label}<" in data["image/svg+xml"]
        assert "var(--fig-" in data["image/svg+xml"]
        assert data["text/plain"] == "A line from 1 to two."
        assert "(figure)" not in prose(notebook(language))


def test_figures_on_both_sides_of_another_fence_keep_their_own_descriptions(tiny):
    draw = "plt.figure()\nplt.plot([1])\nplt.title('{}')\n"
    text = "# T\n\n```python\nimport matplotlib.pyplot as plt\n" + draw.format("one")
    text += draw.format("two") + ";\n```\n\n![A](figure)\n\n```text\nx\n```\n\n![B](figure)\n"
    lesson, result = tiny.result(tiny.page("c/page", text.replace("\n;", ";")))
    cell = code(chapter_notebook([(lesson.first, result)], {}, ""))[1]
    assert [output.data["text/plain"] for output in cell.outputs] == ["A", "B"]
    for output, title in zip(cell.outputs, ("one", "two")):
        assert f">{title}<" in output.data["image/svg+xml"]
        assert output.data["image/svg+xml"].count("aria-label") == 1


def test_captions_are_emphasised_text(notebook):
    text = prose(notebook())
    assert "*The caption of $x$.*" in text
    assert "///" not in text


def test_blocks_become_what_jupyter_understands(notebook):
    text = prose(notebook())
    assert "> **Careful**\n>\n>\n> First *line*.\n>\n> Second." in text
    details = "<details><summary>More &amp; more</summary>\n\nFolded text.\n\n- item\n\n</details>"
    assert details in text
    assert "**Tab**\n\nIn a tab." in text
    assert not any(mark in text for mark in ("!!!", "???", "==="))


def test_a_solution_is_a_cell_with_its_source_folded_between_its_words(notebook):
    made = notebook()
    [index] = [i for i, cell in enumerate(made.cells) if cell.source.startswith("solution =")]
    assert made.cells[index].metadata.jupyter == {"source_hidden": True}
    assert made.cells[index - 1].source == "**Solution**\n\nThink first."
    assert made.cells[index + 1].source == "Done."


def test_only_folded_and_hidden_cells_are_folded(notebook):
    hidden = [c.source.split()[0] for c in code(notebook()) if "jupyter" in c.metadata]
    assert hidden == ["solution", "import"]


def test_other_fences_are_left_alone(notebook):
    assert "```text\n{{ literal }} [link](x.md)\n```" in prose(notebook())


def test_links_are_absolute_with_a_base(notebook):
    text = prose(notebook(base="https://example.org/zh/"))
    for link in (
        "[sums](https://example.org/zh/c/sum/#sums)",
        "[other](https://example.org/zh/other/#a)",
        "[Next](https://example.org/zh/c/next/)",
        "[home](https://example.org/zh/)",
        "[up](https://example.org/zh/c/)",
        "[anchor](https://example.org/zh/c/page/#sub)",
        "[web](https://example.org/a.md)",
    ):
        assert link in text


def test_links_without_a_base_are_relative_to_the_notebooks_page(notebook):
    text = prose(notebook())
    assert "[sums](../../c/sum/#sums)" in text
    assert "[home](../../)" in text
