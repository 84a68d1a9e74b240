"""The script of a page runs to its end and says what the page says."""

import subprocess
import sys

import pytest

from livedocs.script import page_script

PAGE = '''\
---
description: What one and one are.
---
# Numbers { #numbers }

```python
from sklearn import svm  # a package | 一个包
total = 1 + 1  # two
print("total", total)
```

## What goes wrong { #pitfalls }

```{.python raises=ZeroDivisionError}
text = f"""one
{total}
  two"""
print(text)
total / 0
```

```{.python raises=SyntaxError}
1 +* 2
```

```{.python notest}
download("everything")
```

```{.python hide}
import matplotlib.pyplot as plt
plt.plot([1, 2]);
```

![A line that rises from one to two.](figure)

/// caption
Words.
///

```{.python no-output}
print("unseen")
```
'''


@pytest.fixture
def script(tiny):
    """The script of a page in a language."""

    def write(text: str, language: str = "en") -> str:
        lesson, result = tiny.result(tiny.page("basics/page", text))
        return page_script(lesson.pages[language], result)

    return write


@pytest.fixture
def output(tmp_path):
    """What a script prints; it must run to its end."""

    def run(text: str) -> str:
        path = tmp_path / "script.py"
        path.write_text(text, encoding="utf-8")
        run = subprocess.run([sys.executable, str(path)], capture_output=True, text=True,
                             env={"MPLBACKEND": "agg"}, timeout=60)  # fmt: skip
        assert run.returncode == 0, run.stderr
        return run.stdout

    return run


def test_a_script_runs_to_its_end_past_the_errors_of_the_page(script, output):
    assert output(script(PAGE)).splitlines() == [
        "total 2",
        "one", "2", "  two",
        "ZeroDivisionError: division by zero",
        "unseen",
    ]  # fmt: skip


def test_a_warning_is_raised_where_the_page_raises_it(script, output):
    cell = 'import warnings\nwarnings.warn("careful")\nraise KeyError("never reached")'
    text = script(f"# A {{ #a }}\n\n```{{.python raises=UserWarning}}\n{cell}\n```\n")
    assert output(text) == "UserWarning: careful\n"


def test_the_cells_stand_below_their_headings(script):
    titles = [line for line in script(PAGE).splitlines() if line.startswith("# %%")]
    assert titles == ["# %% Numbers", *["# %% What goes wrong"] * 5]


def test_comments_are_in_the_language_of_the_page(script):
    assert "svm  # a package\n" in script(PAGE)
    assert "svm  # 一个包\n" in script(PAGE, "zh")
    assert "total = 1 + 1  # two" in script(PAGE, "zh")


def test_the_head_names_the_page_and_what_it_needs(script):
    head = script(PAGE).split("\n\n")[0].splitlines()
    assert head == ["# Numbers", "# What one and one are.",
                    "# Needs: pip install matplotlib scikit-learn"]  # fmt: skip


def test_what_does_not_run_is_a_comment(script):
    text = script(PAGE)
    assert '# download("everything")' in text and "# 1 +* 2" in text


def test_a_figure_is_shown_after_the_cell_that_draws_it(script):
    assert "plt.plot([1, 2]);\n\nplt.show()\n" in script(PAGE)
    assert script(PAGE).count("plt.show()") == 1


def test_pyplot_is_imported_where_only_a_helper_has_it(script):
    drawing = """\
# Numbers { #numbers }

```python
def draw():
    from matplotlib import pyplot

    pyplot.plot([1, 2])


draw()
```

![A line that rises from one to two.](figure)
"""
    assert "\nimport matplotlib.pyplot as plt\n\ndef draw" in script(drawing)


def test_commands_to_the_notebook_are_comments(script):
    text = script("# A { #a }\n\n```python\n%precision 3\nx = 7 % 4\n```\n")
    assert "\n# %precision 3\nx = 7 % 4\n" in text


def test_a_page_without_cells_has_no_script(script):
    assert script("# A { #a }\n\nWords.\n") == ""
