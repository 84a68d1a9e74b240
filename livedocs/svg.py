"""SVG that a page's code has drawn, reduced to what matplotlib emits: shapes, images, words."""

import re
import xml.etree.ElementTree as ET

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from livedocs.outputs import HIDDEN

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
HREF = f"{{{XLINK}}}href"
MAX_DEPTH = 100

ELEMENTS = {
    "svg", "g", "defs", "path", "use", "rect", "polygon", "image", "text", "tspan", "clipPath",
    "pattern", "linearGradient", "stop", "filter", "feColorMatrix", "feComposite",
}  # fmt: skip
TAGS = {f"{{{SVG}}}{name}" for name in ELEMENTS}
PROPERTIES = {
    "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity",
    "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-dasharray",
    "stroke-dashoffset", "opacity", "stop-color", "stop-opacity", "clip-path", "clip-rule",
    "filter", "shape-rendering", "image-rendering", "font", "font-family", "font-size",
    "font-style", "font-weight", "font-variant", "font-stretch", "text-anchor", "text-align",
    "white-space",
}  # fmt: skip
ATTRIBUTES = PROPERTIES | {
    "id", "style", "d", "points", "x", "y", "x1", "y1", "x2", "y2", "width", "height", "viewBox",
    "preserveAspectRatio", "transform", "patternUnits", "gradientUnits", "offset", "type",
    "values", "in", "in2", "operator", "k1", "k2", "k3", "k4",
}  # fmt: skip
LINK = re.compile(r"#[\w.-]+|data:image/(?:png|jpeg);base64,[\w+/=\s]+", re.ASCII)
UNSAFE = re.compile(r"\\|url\s*\((?!#)", re.IGNORECASE)  # an escape could spell url(


class FigureError(ValueError):
    """A figure that cannot be shown."""


def parse(svg: str) -> ET.Element:
    """The drawing without scripts, links, style sheets, foreign elements and other hosts.

    Raises FigureError if it is not well-formed, declares entities or is not SVG.
    """
    try:
        root = fromstring(HIDDEN.sub("\ufffd", svg.replace("\r\n", "\n")))
    except (ET.ParseError, DefusedXmlException) as error:
        raise FigureError(f"the figure of this cell is not valid SVG: {error}") from None
    if root.tag != f"{{{SVG}}}svg":
        raise FigureError(f"the figure of this cell is not SVG but <{root.tag}>")
    if _depth(root) > MAX_DEPTH:
        raise FigureError(f"the figure of this cell nests elements more than {MAX_DEPTH} deep")
    for element in list(root.iter()):
        _clean(element)
    _only_paths_are_used(root)
    return root


def _depth(root: ET.Element) -> int:
    level, depth = [root], 0
    while level:
        level, depth = [child for element in level for child in element], depth + 1
    return depth


def _clean(element: ET.Element) -> None:
    for child in list(element):
        if child.tag == f"{{{SVG}}}a":  # what it holds stays, without the link
            child.tag = f"{{{SVG}}}g"
        if child.tag not in TAGS:
            element.remove(child)
    for name, value in list(element.attrib.items()):
        if not _is_safe(name, value):
            del element.attrib[name]
        elif name == "style":
            element.set(name, _style(value))
    element.text, element.tail = _text(element.text), _text(element.tail)


def _text(text: str | None) -> str | None:
    """One line without hidden characters, which a reference like &#x202e; can bring in."""
    return HIDDEN.sub("\ufffd", re.sub(r"\s*\n\s*", " ", text)) if text and text.strip() else text


def _is_safe(name: str, value: str) -> bool:
    if name == HREF:
        return bool(LINK.fullmatch(value))
    return name == "style" or (name in ATTRIBUTES and not UNSAFE.search(value))


def _style(style: str) -> str:
    rules = [rule.strip() for rule in style.split(";")]
    return "; ".join(
        rule
        for rule in rules
        if rule.partition(":")[0].strip() in PROPERTIES and not UNSAFE.search(rule)
    )


def _only_paths_are_used(root: ET.Element) -> None:
    """A <use> of groups that use groups would grow without end."""
    paths = {f"#{path.get('id')}" for path in root.iter(f"{{{SVG}}}path")}
    for element in root.iter():
        link, is_use = element.get(HREF, ""), element.tag == f"{{{SVG}}}use"
        if link.startswith("#") and not (is_use and link in paths):
            del element.attrib[HREF]
