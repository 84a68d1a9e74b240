"""What counts as a change of a page's outputs, and what does not."""

import copy

import pytest

from livedocs.compare import changes, same

PAGE = """\
---
tolerance: {tolerance}
---
# T {{ #t }}

```python
import matplotlib.pyplot as plt
print("loss 0.250 after 10 steps")
```

```{{.python hide}}
plt.plot([1, 2, 3]);
```

It is {{{{ 1 / 3:.3f }}}}.
"""


@pytest.mark.parametrize(
    ("old", "new", "tolerance", "equal"),
    [
        ("loss 0.25", "loss 0.25", 0.0, True),
        ("loss 0.25", "loss 0.2500001", 0.0, False),
        ("loss 0.25", "loss 0.2500001", 1e-6, True),
        ("loss 0.25", "loss 0.26", 1e-3, False),
        ("tensor([-1.0, 2e-3])", "tensor([-1.0001, 2.1e-3])", 1e-3, True),
        ("tensor([1.0])", "tensor([-1.0])", 1e-3, False),
        ("1000000", "1000900", 1e-3, True),  # relative above 1
        ("0.0000", "0.0009", 1e-3, True),  # absolute below
        ("a 1", "b 1", 1.0, False),
        ("1 2", "1 2 3", 1.0, False),
        ("", "1", 1.0, False),
    ],
)
def test_numbers_may_differ_by_the_tolerance_and_words_may_not(old, new, tolerance, equal):
    assert same(old, new, tolerance) is equal


@pytest.fixture
def results(tiny):
    """A page's lesson, its result, and a copy of it to change; the tolerance is set by the test."""

    def run(tolerance: float):
        page = tiny.page("basics/page", PAGE.format(tolerance=f"{tolerance:.9f}"))
        lesson, result = tiny.result(page)
        return lesson, result, copy.deepcopy(result)

    return run


def test_two_runs_of_a_page_are_the_same(results):
    lesson, old, _ = results(1e-9)
    _, new, _ = results(1e-9)
    assert list(changes(lesson, old, new)) == []


def test_a_changed_output_is_told_with_its_line_and_both_texts(results):
    lesson, old, new = results(1e-3)
    new["steps"][1]["outputs"][0]["text"] = "loss 0.250 after 20 steps\n"
    assert list(changes(lesson, old, new)) == [
        "docs/en/basics/page.md:6: the output changed\n"
        "  -loss 0.250 after 10 steps\n"
        "  +loss 0.250 after 20 steps"
    ]
    new["steps"][1]["outputs"][0]["text"] = "loss 0.2501 after 10 steps\n"
    assert list(changes(lesson, old, new)) == []


def test_a_changed_value_in_a_sentence_is_told(results):
    lesson, old, new = results(1e-3)
    new["steps"][-1]["values"] = {"1 / 3:.3f": "0.444"}
    [text] = changes(lesson, old, new)
    assert text == "docs/en/basics/page.md:15: {{ 1 / 3:.3f }} was 0.333 and is 0.444"
    new["steps"][-1]["values"] = {"1 / 3:.3f": "0.3335"}
    assert list(changes(lesson, old, new)) == []


@pytest.mark.parametrize(("before", "after", "told"), [("M ", "M 1", 1), ("id=", "id=", 0)])
def test_a_changed_figure_is_told_and_its_ids_do_not_count(results, before, after, told):
    lesson, old, new = results(1e-3)
    data = new["steps"][3]["outputs"][-1]["data"]
    svg = data["image/svg+xml"]
    data["image/svg+xml"] = svg.replace(before, after) if told else svg.replace('id="', 'id="x')
    found = list(changes(lesson, old, new))
    assert found == ["docs/en/basics/page.md:11: the figure changed"] * told


def test_an_output_more_or_less_is_a_change(results):
    lesson, old, new = results(1e-3)
    new["steps"][1]["outputs"] = []
    [text] = changes(lesson, old, new)
    assert text.endswith("the output changed\n  -loss 0.250 after 10 steps")
