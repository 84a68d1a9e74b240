"""A session runs cells as a notebook does, and is stricter about errors and warnings."""

import sys

import pytest

from livedocs.session import CellError, Session, run_steps

PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2, 3], label='a')\nplt.title('loss');"


@pytest.fixture(autouse=True)
def _main():
    """IPython takes the place of the main module: give it back."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture
def session():
    return Session()


def shown(outputs: list[dict]) -> list[tuple]:
    """Outputs as (kind, text)."""
    return [
        (output["output_type"], output.get("text") or output["data"]["text/plain"])
        for output in outputs
    ]


def failure(session, code: str, raises: str | None = None) -> dict:
    with pytest.raises(CellError) as caught:
        session.run(code, raises)
    return caught.value.details


def test_the_value_of_the_last_expression_is_shown(session):
    assert shown(session.run("x = 2\nx + 1\nx * 5")) == [("execute_result", "10")]


@pytest.mark.parametrize("code", ["1 + 1;", "1 + 1;  # quiet", "1 + 1;\n\n", "x = 1", "None"])
def test_a_semicolon_an_assignment_and_none_show_nothing(session, code):
    assert session.run(code) == []


def test_prints_and_values_come_in_the_order_of_the_code(session):
    code = "print('a')\nprint('b', end='')\ndisplay(1)\nprint('c')\n2"
    assert shown(session.run(code)) == [
        ("stream", "a\nb"),
        ("display_data", "1"),
        ("stream", "c\n"),
        ("execute_result", "2"),
    ]


def test_standard_error_is_a_stream_of_its_own(session):
    outputs = session.run("import sys\nprint('a')\nprint('b', file=sys.stderr)\nprint('c')")
    assert [(o["name"], o["text"]) for o in outputs] == [
        ("stdout", "a\n"),
        ("stderr", "b\n"),
        ("stdout", "c\n"),
    ]


def test_a_data_frame_keeps_its_table(session):
    [output] = session.run("import pandas as pd\npd.DataFrame({'a': [1, 2]})")
    assert set(output["data"]) == {"text/plain", "text/html"}
    assert "<table" in output["data"]["text/html"]


def test_what_no_page_shows_is_dropped(session):
    code = "class A:\n    _repr_latex_ = lambda self: '$x$'\n    __repr__ = lambda self: 'A'\nA()"
    [output] = session.run(code)
    assert output["data"] == {"text/plain": "A"}


def test_a_figure_is_an_svg_without_a_date(session):
    [output] = session.run(PLOT)
    svg = output["data"]["image/svg+xml"]
    assert output["output_type"] == "display_data"
    assert "<svg" in svg and ">loss</text>" in svg
    assert "dc:date" not in svg


def test_the_same_figure_gives_the_same_bytes(session):
    first = session.run(PLOT)[0]["data"]["image/svg+xml"]
    assert session.run(PLOT)[0]["data"]["image/svg+xml"] == first
    assert Session().run(PLOT)[0]["data"]["image/svg+xml"] == first


def test_a_figure_is_closed_after_its_cell(session):
    session.run(PLOT)
    assert session.run("plt.get_fignums()")[0]["data"]["text/plain"] == "[]"


def test_two_figures_of_a_cell_come_in_order(session):
    code = "import matplotlib.pyplot as p\nfor t in (1, 2):\n    p.subplots()[1].set_title(f'f{t}')"
    svgs = [output["data"]["image/svg+xml"] for output in session.run(code)]
    assert [">f1<" in svg for svg in svgs] == [True, False]


def test_a_session_draws_in_the_style_of_the_site(session):
    session.run("import matplotlib\nmatplotlib.rcParams['lines.linewidth'] = 99")
    [output] = Session().run("import matplotlib\nmatplotlib.rcParams['lines.linewidth']")
    assert output["data"]["text/plain"] == "1.8"


@pytest.mark.parametrize("promise", ["ZeroDivisionError", "ArithmeticError", "Exception"])
def test_a_promised_error_or_a_subclass_of_it_is_an_output(session, promise):
    outputs = session.run("print('before')\nx = 1\nx / 0", raises=promise)
    assert outputs[0]["text"] == "before\n"
    assert outputs[1] == {
        "output_type": "error",
        "ename": "ZeroDivisionError",
        "evalue": "division by zero",
        "traceback": ["----> x / 0"],
    }


def test_an_error_output_shows_the_statement_without_comment_or_line_number(session):
    code = "for x in [0]:\n    # division | 除法\n    1 / x  # here | 这里\n"
    [output] = session.run(code, raises="ZeroDivisionError")
    assert output["traceback"] == ["----> 1 / x"]


def test_a_promise_that_is_not_kept_fails(session):
    message = "promises to raise ValueError and raises nothing"
    assert failure(session, "1", "ValueError")["message"] == message


def test_another_error_than_promised_fails(session):
    details = failure(session, "x = 1\nx / 0", "ValueError")
    assert details["message"] == "ZeroDivisionError: division by zero instead of ValueError"
    assert details["line"] == 2


def test_a_warning_is_an_error(session):
    details = failure(session, "import warnings\nwarnings.warn('old', DeprecationWarning)")
    assert details["message"] == "DeprecationWarning: old"
    assert details["line"] == 2


def test_a_warning_in_an_expression_is_an_error(session):
    session.run("import warnings")
    with pytest.raises(CellError, match="UserWarning: old"):
        session.evaluate(["warnings.warn('old')"])


def test_warnings_outside_of_cells_are_none_of_a_sessions_business(session):
    import warnings

    session.run("x = 1")
    with pytest.warns(UserWarning, match="outside"):
        warnings.warn("outside", stacklevel=1)


def test_an_error_names_the_line_of_the_cell_not_of_the_function_it_calls(session):
    session.run("def f():\n\n\n    raise KeyError('k')")
    details = failure(session, "x = 1\n\nf()")
    assert details["line"] == 3
    assert details["message"] == "KeyError: 'k'"
    assert "raise KeyError('k')" in details["trace"]
    assert "site-packages" not in details["trace"]


def test_a_syntax_error_fails_with_its_line(session):
    details = failure(session, "x = 1\ny = = 2\n")
    assert details["message"].startswith("SyntaxError: invalid syntax")
    assert details["line"] == 2


def test_a_promised_syntax_error_is_an_output(session):
    [output] = session.run("y = = 2\n", raises="SyntaxError")
    assert (output["evalue"], output["traceback"]) == ("invalid syntax", ["----> y = = 2"])


def test_an_error_while_a_figure_is_drawn_is_an_error_of_the_cell(session):
    code = "import matplotlib.pyplot as plt\nplt.plot([1])\nplt.title(r'$\\frac$');"
    assert "frac" in failure(session, code)["message"]


def test_an_error_while_a_value_is_shown_is_an_error_of_the_cell(session):
    code = "class A:\n    def __repr__(self):\n        raise KeyError('k')\nA()"
    assert failure(session, code)["message"] == "KeyError: 'k'"


def test_a_cell_after_a_failed_one_starts_without_its_error(session):
    failure(session, "1 / 0")
    assert shown(session.run("1")) == [("execute_result", "1")]


def test_names_stay_within_a_session_and_go_with_it(session):
    session.run("x = 41")
    assert shown(session.run("x + 1")) == [("execute_result", "42")]
    assert failure(Session(), "x")["message"] == "NameError: name 'x' is not defined"


def test_classes_of_a_page_belong_to_its_main_module(session):
    session.run("class A:\n    pass")
    assert shown(session.run("import pickle\ntype(pickle.loads(pickle.dumps(A()))) is A")) == [
        ("execute_result", "True")
    ]


def test_expressions_are_formatted_as_fields_of_an_f_string(session):
    session.run("acc, d, s = 0.98765, {'k': [1, 2]}, 'x'")
    fields = ["acc:.1%", "d['k'][1]", 'd["k"]', "s!r:>5", "len(d)", "acc:{len(s) + 5}.2f"]
    assert list(session.evaluate(fields).values()) == [
        "98.8%",
        "2",
        "[1, 2]",
        "  'x'",
        "1",
        "  0.99",
    ]


@pytest.mark.parametrize(
    "field, message",
    [
        ("nothing", "{{ nothing }}: NameError: name 'nothing' is not defined"),
        ("'a':.1f", "{{ 'a':.1f }}: ValueError: Unknown format code 'f' for object of type 'str'"),
    ],
)
def test_an_expression_that_fails_is_named(session, field, message):
    with pytest.raises(CellError) as caught:
        session.evaluate([field])
    assert caught.value.details["message"] == message
    assert caught.value.details["field"] == field


def test_a_session_opens_no_history_of_its_author(session, tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    Session().run("x = 1")
    assert not list(tmp_path.rglob("history.sqlite*"))


def test_steps_run_in_a_folder_of_their_own_which_goes_away(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = "import os\nopen('file', 'w').close()\nos.listdir(), os.getcwd()"
    result = run_steps([{"fields": []}, {"code": code, "raises": None}, {"fields": ["1 + 1"]}])
    assert "['file']" in result["steps"][1]["outputs"][0]["data"]["text/plain"]
    assert result["steps"][2] == {"values": {"1 + 1": "2"}}
    assert list(tmp_path.iterdir()) == []


def test_steps_end_at_the_first_failure():
    cells = ["x = 1", "1 / 0", "open('never', 'w')"]
    steps = [{"fields": []}, *({"code": code, "raises": None} for code in cells)]
    result = run_steps(steps)
    assert (result["failed"], result["line"]) == (2, 1)
    assert "steps" not in result
