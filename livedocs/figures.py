"""SVG figures that follow the theme and speak the page's language."""

import hashlib
import re
import xml.etree.ElementTree as ET
from functools import lru_cache

from livedocs.images import compact
from livedocs.outputs import inert
from livedocs.readout import mark_curves
from livedocs.style import COLORS
from livedocs.svg import SVG, XLINK, parse

WORDS = re.compile(r"[A-Za-z][\w'’-]*(?: [A-Za-z][\w'’-]*)*")
# Names are the same in every language: x, w1, SGD, ReLU, num_epochs, True
CONSTANTS = ("True", "False", "None")
NAME = re.compile(rf"[a-zA-Z]\d?|[A-Z][A-Za-z]*[A-Z0-9]\w*|\w+_\w+|{'|'.join(CONSTANTS)}")
CIRCLE = re.compile(r"M 0 ([\d.]+)\s+(?:C [^CL]*){8}z?\s*$")  # as matplotlib draws a round marker
PLACES = ("d", "x", "y", "width", "height", "transform")  # attributes that say where things are


def themed(svg: str, labels: dict[str, str], alt: str) -> str:
    """An inline SVG from matplotlib's: theme colours, translated labels, ids of its own.

    labels: lower-case English to the page's language; empty for English.
    alt: what the figure shows, for those who cannot see it.
    Raises FigureError if there is no figure in it.
    """
    return _themed(svg, tuple(labels.items()), alt)


@lru_cache(maxsize=512)  # a page and the notebook of its chapter show the same figure
def _themed(svg: str, labels: tuple, alt: str) -> str:
    labels = dict(labels)
    ET.register_namespace("", SVG)
    ET.register_namespace("xlink", XLINK)
    root = parse(svg)
    for element in root.findall(f"{{{SVG}}}defs"):
        if len(element) == 0:  # it held the style sheet
            root.remove(element)
    root.set("stroke-linejoin", "round")
    shapes = {x.get("id"): x.get("d") for x in root.iterfind(f".//{{{SVG}}}defs/{{{SVG}}}path")}
    for group in [*root.iter(f"{{{SVG}}}g")]:
        _share_style(group, shapes)
    for image in root.iter(f"{{{SVG}}}image"):
        if href := image.get(f"{{{XLINK}}}href"):
            image.set(f"{{{XLINK}}}href", compact(href))
    for element in root.iter():
        for name, value in element.attrib.items():
            if name in PLACES:  # a hundredth of a point is finer than any screen
                value = re.sub(r"-?\d+\.\d{3,}", lambda m: f"{float(m[0]):.2f}", value)
                value = re.sub(r"\s*([A-Za-z])\s*", r"\1", value)
            element.set(name, _themed_style(value) if name == "style" else _themed_color(value))
        if element.tag == f"{{{SVG}}}text" and len(element) == 0 and element.text:
            element.text = translate(element.text, labels)
    mark_curves(root)
    _own_ids(root, "f" + hashlib.sha256((svg + alt).encode("utf-8", "replace")).hexdigest()[:8])
    root.set("role", "img")
    root.set("aria-label", alt)
    root.set("style", "background: var(--fig-bg, #ffffff)")
    return inert(re.sub(r"\s*\n\s*", "", ET.tostring(root, encoding="unicode")))


def standalone(figure: str, style: str, language: str) -> str:
    """A themed figure as a file of its own, with the style sheet that it no longer inherits."""
    return figure.replace("<svg ", f'<svg xml:lang="{language}" ', 1).replace(
        ">", f"><style>{style}</style>", 1
    )


def style_sheet(css: str) -> str:
    """Colours and font of figures in the site's style sheet, for figures outside of a page.

    A figure in an <img> prefers dark colours where the page around it has a dark `color-scheme`.
    """
    light, dark = (
        "".join(re.findall(r"--fig-[\w-]+: #\w+;", part)) for part in css.partition("slate")[::2]
    )
    font = re.search(r"--md-text-font-family:([^;]*);", css)
    font = " ".join(font[1].split()) if font else "sans-serif"
    dark = f"@media (prefers-color-scheme: dark){{svg{{{dark}}}}}" if dark else ""
    return f"svg{{{light}font-family:{font}}}{dark}"


def size(figure: str) -> dict[str, int]:
    """Width and height in CSS pixels, where the figure says them in points."""
    root = re.search(r"<svg[^>]*>", figure)
    points = re.findall(r' (width|height)="([\d.]+)pt"', root[0] if root else "")
    return {name: round(float(value) * 96 / 72) for name, value in points}


def _themed_color(value: str) -> str:
    color = COLORS.get(value.lower())
    return f"var({color}, {value})" if color else value


def _themed_style(style: str) -> str:
    style = re.sub(r"#[0-9a-fA-F]{6}\b", lambda m: _themed_color(m[0]), style)
    return re.sub(r"font-family: [^;]*(; )?", "", style)  # the font is the page's


def _share_style(group, shapes: dict) -> None:
    """Say once how the markers of a group look, not at each of a thousand points.

    Opaque dots become one path of thick points: a browser takes seconds for a thousand markers.
    """
    kinds = {(child.tag, child.get("style"), child.get(f"{{{XLINK}}}href")) for child in group}
    if len(kinds) != 1 or "style" in group.attrib:
        return
    [(tag, style, shape)] = kinds
    if tag != f"{{{SVG}}}use" or not style or re.search(r"(?<!-)opacity", style):
        return  # the opacity of a group is another thing than that of each marker
    color = re.fullmatch(r"fill: (#\w+); stroke: \1", style)
    radius = CIRCLE.match(shapes.get((shape or "")[1:], ""))
    if len(group) > 1 and color and radius:
        dots = "".join(f"M {use.get('x')} {use.get('y')} h 0 " for use in group)
        group[:] = [group.makeelement(f"{{{SVG}}}path", {"d": dots})]
        width = 2 * float(radius[1]) + 1  # the outline of a marker is one point wide
        style = f"fill: none; stroke: {color[1]}; stroke-width: {width:g}; stroke-linecap: round"
    for marker in group:
        marker.attrib.pop("style", None)
    group.set("style", style)


def _own_ids(root, prefix: str) -> None:
    """Drop ids that nothing refers to and make the others unique within a page."""
    text = ET.tostring(root, encoding="unicode")
    used = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', text))
    for element in root.iter():
        identity = element.attrib.pop("id", None)
        if identity in used:
            element.set("id", prefix + identity)
        for name, value in element.attrib.items():
            value = re.sub(r"url\(#", f"url(#{prefix}", value)
            if name.endswith("href") and value.startswith("#"):
                value = f"#{prefix}{value[1:]}"
            element.set(name, value)


def translate(text: str, labels: dict[str, str]) -> str:
    """Replace the phrases that `labels` knows, the longest first; the rest stays."""
    if not labels:
        return text
    translated = WORDS.sub(lambda m: " ".join(_phrases(m[0], labels)[0]), text)
    # Chinese needs no space between two Chinese words
    return re.sub(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])", "", translated)


def untranslated(svg: str, labels: dict[str, str]) -> list[str]:
    """Words in the labels of a figure that have no translation and are no names."""
    missing = []
    for element in parse(svg).iter(f"{{{SVG}}}text"):
        if len(element) == 0 and element.text:
            for match in WORDS.finditer(element.text):
                missing += _phrases(match[0], labels)[1]
    return missing


def _phrases(run: str, labels: dict[str, str]) -> tuple[list[str], list[str]]:
    """A run of words as translated phrases, and the words that are neither known nor names."""
    words, done, missing = run.split(" "), [], []
    while words:
        for length in range(len(words), 0, -1):
            phrase = " ".join(words[:length])
            if phrase.lower() in labels and phrase not in CONSTANTS:
                done.append(labels[phrase.lower()])
                break
        else:
            length = 1
            done.append(words[0])
            missing += [] if NAME.fullmatch(words[0]) else [words[0]]
        words = words[length:]
    return done, missing
