"""One SVG serves both themes and both languages."""

import base64
import io
import re
import sys
import xml.etree.ElementTree as ET

import pytest
from PIL import Image

from livedocs.figures import SVG, XLINK, themed, translate, untranslated
from livedocs.session import Session

LABELS = {
    "loss": "损失",
    "loss curve": "损失曲线",
    "training loss": "训练损失",
    "step": "步",
    "test accuracy": "测试准确率",
}
CODE = """
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(3, 2))
ax.plot([1, 3, 2], marker="o", label="training loss")
ax.plot([3, 1, 2], "--", color="C1", label="SGD")
ax.set(xlabel="step", ylabel="quality of life", title="loss", xlim=(0.5, 2))
ax.title.set(weight="bold", style="italic")
ax.text(1, 2, "white", color="white", bbox={"fc": "black"})
ax.legend();
"""


@pytest.fixture(scope="module")
def svg() -> str:
    """A figure as a cell draws it."""
    main = sys.modules["__main__"]
    [output] = Session().run(CODE)
    sys.modules["__main__"] = main
    return output["data"]["image/svg+xml"]


@pytest.fixture(scope="module")
def figure(svg) -> str:
    return themed(svg, LABELS, "Two lines.")


def texts(svg: str) -> list[str]:
    return [element.text for element in ET.fromstring(svg).iter(f"{{{SVG}}}text")]


def references(root) -> set[str]:
    found = {e.get(f"{{{XLINK}}}href", "")[1:] for e in root.iter()}
    for element in root.iter():
        for value in element.attrib.values():
            found |= set(re.findall(r"url\(#([^)]+)\)", value))
    return found - {""}


def test_colours_of_the_style_become_variables_with_the_colour_as_fallback(figure):
    for variable in ("fg, #1f2328", "muted, #59636e", "c0, #0b62a8", "c1, #b85400"):
        assert f"var(--fig-{variable})" in figure
    assert "var(--fig-bg, #ffffff)" in re.search("<text[^>]*>white<", figure)[0]
    outside = re.sub(r"var\([^)]*\)", "", figure)
    assert re.findall('#[0-9a-f]{6}(?=[;"])', outside) == []


def test_a_colour_that_is_not_of_the_style_stays(svg):
    odd = svg.replace("#0b62a8", "#123456")
    assert "stroke: #123456" in themed(odd, {}, "")


def test_colour_attributes_become_variables_too():
    svg = f'<svg xmlns="{SVG}"><path fill="#1F2328" stroke="none"/></svg>'
    assert 'fill="var(--fig-fg, #1F2328)"' in themed(svg, {}, "")


def test_ids_are_unique_and_every_reference_has_its_target(figure):
    root = ET.fromstring(figure)
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    wanted = references(root)
    assert wanted == set(ids)
    tags = {e.tag.split("}")[1] for e in root.iter() if e.get("id") in wanted}
    assert {"clipPath", "path"} <= tags  # what clips the lines, and the markers


def test_two_figures_of_a_page_share_no_id(svg, figure):
    other = themed(svg.replace(">SGD<", ">Adam<"), LABELS, "Two lines.")
    same_drawing = themed(svg, LABELS, "Other words.")
    ids = [set(re.findall(r' id="([^"]+)"', text)) for text in (figure, other, same_drawing)]
    assert all(ids)
    assert not ids[0] & ids[1] and not ids[0] & ids[2]


def test_the_same_figure_is_always_the_same_text(svg, figure):
    assert themed(svg, LABELS, "Two lines.") == figure


def test_labels_are_translated_and_names_stay(figure):
    found = texts(figure)
    assert {"训练损失", "步", "损失", "SGD"} <= set(found)
    assert not {"training loss", "step", "loss"} & set(found)


def test_english_labels_stay(svg):
    assert texts(themed(svg, {}, "")) == texts(svg)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("training loss", "训练损失"),
        ("Training Loss", "训练损失"),
        ("loss", "损失"),
        ("loss curve", "损失曲线"),
        ("test accuracy loss", "测试准确率损失"),
        ("training loss (step 3)", "训练损失 (步 3)"),
        ("training lossy", "training lossy"),
        ("lr = 0.1", "lr = 0.1"),
        ("loss SGD", "损失 SGD"),
        ("", ""),
    ],
)
def test_the_longest_known_phrase_is_translated_first(text, expected):
    assert translate(text, LABELS) == expected


def test_without_labels_nothing_is_translated():
    assert translate("a b", {}) == "a b"


def test_words_without_a_translation_are_found(svg):
    assert untranslated(svg, LABELS) == ["quality", "of", "life", "white"]


@pytest.mark.parametrize(
    "text, missing",
    [
        ("x", []),
        ("w1 = 0.5", []),
        ("SGD", []),
        ("ReLU", []),
        ("LeNet5", []),
        ("num_epochs", []),
        ("loss", []),
        ("Accuracy", ["Accuracy"]),
        ("training time", ["training", "time"]),
        ("learning-rate", ["learning-rate"]),
        ("3 × 4", []),
    ],
)
def test_names_need_no_translation_and_words_do(text, missing):
    assert untranslated(f'<svg xmlns="{SVG}"><text>{text}</text></svg>', LABELS) == missing


def test_the_text_alternative_is_escaped(svg):
    alt = 'a "quoted" <b> & 损失 > 0'
    figure = themed(svg, {}, alt)
    root = ET.fromstring(figure)
    assert root.get("aria-label") == alt
    assert root.get("role") == "img"
    assert "<b>" not in figure


def test_labels_stay_escaped():
    svg = f'<svg xmlns="{SVG}"><text>a &lt;script&gt; &amp; b</text></svg>'
    assert "<text>a &lt;script&gt; &amp; b</text>" in themed(svg, {}, "")


def test_text_keeps_size_weight_and_slant_but_no_font_family(figure):
    assert "font-family" not in figure and "DejaVu" not in figure
    title = re.search("<text[^>]*>损失<", figure)[0]
    for rule in ("font-size: 11px", "font-weight: 700", "font-style: italic", "text-anchor"):
        assert rule in title


def test_what_the_browser_does_not_need_is_gone(figure):
    assert "metadata" not in figure and "Matplotlib" not in figure
    assert "<?xml" not in figure and "DOCTYPE" not in figure
    assert "\n" not in figure  # one line: an indented block of Markdown
    assert not re.search(r' (d|x|y|width|height|transform)="[^"]*\d\.\d{3}', figure)


def test_markers_that_look_alike_say_so_once():
    markers = [f'<use href="#m" x="{x}" style="fill: red"/>' for x in range(3)]

    def groups(*markers: str):
        svg = (
            f'<svg xmlns="{SVG}"><path id="m"/><g clip-path="url(#m)">{"".join(markers)}</g></svg>'
        )
        return ET.fromstring(themed(svg, {}, "")).find(f"{{{SVG}}}g")

    alike = groups(*markers)
    assert alike.get("style") == "fill: red"
    assert [use.get("style") for use in alike] == [None] * 3
    assert [use.get("x") for use in alike] == ["0", "1", "2"]
    for other in ("fill: blue", "fill: red; opacity: 0.5"):
        mixed = groups(*[marker.replace("fill: red", other) for marker in markers[1:]], markers[0])
        assert [use.get("style") for use in mixed] == [other, other, "fill: red"]
        assert mixed.get("style") is None
    see_through = groups(*[marker.replace("red", "red; opacity: 0.5") for marker in markers])
    assert see_through.get("style") is None and see_through[0].get("style").endswith("0.5")


def test_many_round_markers_are_one_path_of_dots_in_the_same_places(svg, figure):
    drawn = [
        (float(x), float(y))
        for x, y in re.findall(r'<use [^>]*x="([\d.]+)" y="([\d.]+)" style="fill: #0b62a8', svg)
    ]
    *drawn, _legend = drawn
    assert len(drawn) == 2
    [group] = [
        g for g in ET.fromstring(figure).iter(f"{{{SVG}}}g") if "round" in g.get("style", "")
    ]
    [path] = group
    dots = [(float(x), float(y)) for x, y in re.findall(r"M([\d.]+) ([\d.]+)h0", path.get("d"))]
    assert dots == [pytest.approx(place, abs=0.005) for place in drawn]
    assert "stroke: var(--fig-c0, #0b62a8); stroke-width: 6;" in group.get("style")


def test_squares_and_see_through_dots_stay_markers():
    code = (
        "import matplotlib.pyplot as plt\nplt.plot([1, 2], 's')\nplt.plot([2, 1], 'o', alpha=0.5);"
    )
    main = sys.modules["__main__"]
    [output] = Session().run(code)
    sys.modules["__main__"] = main
    assert "round" not in re.sub("<svg[^>]*>", "", themed(output["data"]["image/svg+xml"], {}, ""))


def test_an_image_keeps_its_own_pixels():
    code = "import matplotlib.pyplot as plt, numpy\nplt.imshow(numpy.eye(7, 5));"
    main = sys.modules["__main__"]
    [output] = Session().run(code)
    sys.modules["__main__"] = main
    svg = themed(output["data"]["image/svg+xml"], {}, "")
    [image] = re.findall(r'<image [^>]*base64,([^"]*)"[^>]*>', svg)
    assert Image.open(io.BytesIO(base64.b64decode(image))).size == (5, 7)
    assert "pixelated" in svg  # drawn with hard edges at any size
