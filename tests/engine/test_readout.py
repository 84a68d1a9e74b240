"""The values that a reader is told are those that were plotted, or none are told."""

import io
import xml.etree.ElementTree as ET

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from livedocs.figures import themed
from livedocs.readout import Scale, fit
from livedocs.style import use_style

G, PATH = "{http://www.w3.org/2000/svg}g", "{http://www.w3.org/2000/svg}path"


@pytest.fixture
def axes():
    """Axes to draw on, in the style of the course."""
    with matplotlib.rc_context():
        matplotlib.use("agg")
        use_style()
        yield plt.subplots()[1]
        plt.close("all")


def panels(figure, labels=None) -> list[ET.Element]:
    """The panels of a figure whose curves can be read, as they are put into a page."""
    file = io.StringIO()
    figure.savefig(file, format="svg", bbox_inches="tight")
    root = ET.fromstring(themed(file.getvalue(), labels or {}, "A figure."))
    return [group for group in root.iter(G) if group.get("data-x")]


def curves(panel) -> list[ET.Element]:
    return [group for group in panel.iter(G) if group.get("data-curve") is not None]


def names(panel) -> list[str]:
    return [curve.get("data-curve") for curve in curves(panel)]


def scale(text: str) -> Scale:
    p, u, q, v, *log = text.split()
    return Scale((float(p), float(q)), (float(u), float(v)), log == ["log"])


def read(panel, curve=0) -> np.ndarray:
    """The values that the vertices of a curve stand for, as rows of x and y."""
    x, y = (scale(panel.get(f"data-{letter}")) for letter in "xy")
    pairs = curves(panel)[curve].find(PATH).get("d").replace("M", "L").split("L")[1:]
    places = [tuple(map(float, pair.split())) for pair in pairs]
    return np.array([(x.value(p), y.value(q)) for p, q in places])


def miss(panel, found, wanted) -> float:
    """By how many points values miss those that were plotted."""
    x, y = (scale(panel.get(f"data-{letter}")) for letter in "xy")
    pairs = zip(found, wanted)
    return max(np.hypot(x.place(a) - x.place(c), y.place(b) - y.place(d))
               for (a, b), (c, d) in pairs)  # fmt: skip


def test_values_on_linear_axes_with_negative_ticks(axes):
    x = np.linspace(-3, 2, 40)
    axes.plot(x, x**3 - 5)
    [panel] = panels(axes.figure)
    assert "-" in panel.get("data-x") and "-" in panel.get("data-y")
    found = read(panel)
    assert len(found) == 40
    assert miss(panel, found, zip(x, x**3 - 5)) < 0.02
    assert np.abs(found[:, 0] - x).max() < 5e-4


@pytest.mark.parametrize("draw", ["semilogx", "semilogy", "loglog"])
def test_values_on_logarithmic_axes(axes, draw):
    x = np.array([1, 3, 20, 400, 5000.0])
    y = 2e-7 * x**1.5
    getattr(axes, draw)(x, y)
    [panel] = panels(axes.figure)
    found = read(panel)
    assert miss(panel, found, zip(x, y)) < 0.02
    if draw == "loglog":
        np.testing.assert_allclose(found, np.c_[x, y], rtol=1e-3)


def test_a_vertex_of_a_long_curve_is_a_point_of_the_data(axes):
    x = np.linspace(0, 10, 3000)
    y = np.sin(x) * np.exp(-x / 5)
    axes.plot(x, y)
    [panel] = panels(axes.figure)
    found = read(panel)
    nearest = [np.abs(y[np.abs(x - u).argmin()] - v) for u, v in found]
    assert len(found) < len(x)  # matplotlib leaves out what no one can see
    assert max(nearest) < 1e-3


def test_each_panel_has_scales_of_its_own(axes):
    figure, (left, right) = plt.subplots(1, 2)
    left.plot([1, 2, 3], [10, -20, 10])
    right.semilogy([0, 50, 100], [1e-3, 1, 1e3])
    found = [read(panel) for panel in panels(figure)]
    np.testing.assert_allclose(found[0], [(1, 10), (2, -20), (3, 10)], rtol=1e-3)
    np.testing.assert_allclose(found[1], [(0, 1e-3), (50, 1), (100, 1e3)], rtol=2e-3, atol=0.01)


def test_a_panel_without_labels_reads_the_axis_that_it_shares(axes):
    figure, axes = plt.subplots(2, 2, sharex=True, sharey="row")
    for i, ax in enumerate(axes.flat):
        ax.plot([0, 5, 10], [i // 2, 2 + i, i // 2])
    axes[0, 0].set(ylabel="loss")
    found = panels(figure)
    peaks = [read(panel)[1] for panel in found]
    np.testing.assert_allclose(peaks, [(5, 2 + i) for i in range(4)], rtol=1e-3)
    assert [panel.get("data-y-name") for panel in found[:2]] == ["loss", "loss"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda ax: ax.plot([0, 1, 2], [2e8, 1e8, 3e8]),  # labels are times 1e8
        lambda ax: ax.plot([0, 1, 2], [1e6 + 1, 1e6, 1e6 + 2]),  # labels are plus 1e6
        lambda ax: ax.set_xticks([0, 1, 2], ["low", "middle", "high"]),
        lambda ax: ax.set_xticks([0, 1, 2], ["0", "10", "30"]),
        lambda ax: ax.set_xticks([0, 2]),
        lambda ax: ax.set_xticks([]),
        lambda ax: ax.set_xscale("symlog"),
        lambda ax: ax.set_yscale("logit"),
        lambda ax: ax.yaxis.set_major_formatter("{x:.0f}%"),
        lambda ax: ax.tick_params(labelleft=False),
        lambda ax: ax.axis("off"),
    ],
)
def test_where_the_scale_is_not_certain_nothing_is_told(axes, spoil):
    axes.plot([0, 1, 2], [0.2, 0.1, 0.4])
    assert panels(axes.figure)
    spoil(axes)
    assert panels(axes.figure) == []


def test_an_axis_of_a_twin_is_not_taken_for_the_other(axes):
    axes.plot([0, 1, 2], [0.2, 0.1, 0.4])
    axes.twinx().plot([0, 1, 2], [20, 70, 30], color="C1")
    [panel] = panels(axes.figure)
    np.testing.assert_allclose(read(panel)[:, 1], [0.2, 0.1, 0.4], rtol=1e-2)


@pytest.mark.parametrize(
    "decorate",
    [
        lambda ax: (ax.axhline(1), ax.axvline(2), ax.plot([1, 3], [1, 3])),
        lambda ax: (ax.plot([1, 2, 3], [1, 2, 1], "o"), ax.scatter([1, 2, 3], [2, 1, 2])),
        lambda ax: (ax.bar([1, 2, 3], [3, 1, 2]), ax.fill_between([1, 2, 3], [1, 3, 2])),
        lambda ax: ax.imshow(np.eye(5)),
        lambda ax: ax.annotate("here", (0.2, 0.2), (0.6, 0.6), arrowprops={"arrowstyle": "->"}),
    ],
)
def test_decorations_points_bars_and_images_are_no_curves(axes, decorate):
    decorate(axes)
    assert panels(axes.figure) == []


def test_axes_and_curves_have_the_names_that_the_page_shows(axes):
    axes.plot([1, 2, 3], [1, 3, 2], label="training loss")
    axes.plot([1, 2, 3], [2, 1, 2], "--", label="$w_1$")
    axes.set(xlabel="epoch", ylabel="training loss")
    axes.legend()
    [panel] = panels(axes.figure, {"training loss": "训练损失", "epoch": "训练轮数"})
    assert names(panel) == ["训练损失", "w1"]
    assert (panel.get("data-x-name"), panel.get("data-y-name")) == ("训练轮数", "训练损失")


def test_words_in_the_colour_of_a_curve_are_its_name_if_all_curves_have_such_words(axes):
    axes.plot([1, 2, 3], [1, 3, 2])
    axes.plot([1, 2, 3], [2, 1, 2])
    axes.text(1, 1, "SGD", color="C0")
    [panel] = panels(axes.figure)
    assert names(panel) == ["", ""]  # may be a remark
    axes.text(1, 2, "Adam", color="C1")
    [panel] = panels(axes.figure)
    assert names(panel) == ["SGD", "Adam"]
    axes.text(2, 2, "minimum", color="C1")
    [panel] = panels(axes.figure)
    assert names(panel) == ["", ""]  # one of the two


@pytest.mark.parametrize(
    "points, log",
    [
        ([(0, 1), (10, 2), (20, 3)], False),
        ([(20, 1e-2), (10, 1), (0, 1e2)], True),
        ([(0, 1), (10, 2)], None),
        ([(0, 1), (0, 1), (10, 2)], None),
        ([(0, 1), (10, 2), (20, 3.1)], None),
        ([(0, 0), (10, 1), (20, 10)], None),
        ([(0, 5), (10, 5), (20, 5)], None),
    ],
)
def test_a_scale_needs_three_ticks_that_agree(points, log):
    assert (found := fit(points)) is None if log is None else (found := fit(points)).log is log
    if found:
        assert [round(found.value(place), 9) for place, _ in points] == [v for _, v in points]


def test_the_marks_weigh_less_than_three_percent_of_a_figure(axes, monkeypatch):
    axes.plot(np.linspace(0, 1, 30), np.linspace(0, 1, 30) ** 2)
    axes.set(xlabel="samples seen", ylabel="training loss")
    file = io.StringIO()
    axes.figure.savefig(file, format="svg")
    marked = len(themed(file.getvalue(), {}, "A curve."))
    monkeypatch.setattr("livedocs.figures.mark_curves", lambda root: None)
    bare = len(themed(file.getvalue(), {}, "A graph."))  # another text, as figures are kept
    assert 0 < marked - bare < 0.03 * marked
