"""Which data a drawn curve shows, read back from matplotlib's SVG for the readout on hover.

The labels of the ticks say which value stands where. An axis with fewer than three of them, or
whose labels fit neither a linear nor a logarithmic scale, gets no readout.
"""

import math
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, replace

SVG = "{http://www.w3.org/2000/svg}"
TOLERANCE = 0.1  # points by which a tick may miss the place that its label asks for
NUMBER = re.compile(r"-?\d+\.?\d*(?:e[-+]?\d+)?")
POWER = re.compile(r"(?:(-?\d+\.?\d*)×)?10")  # and an exponent in smaller letters
OFFSET = re.compile(r"[-−+]?[.×\d]")  # begins `1e6`, `+2.5e3`, `×10⁶`: all labels times or plus it
POLYLINE = re.compile(r"[ML\s\d.e-]+")
LONGEST_NAME = 40  # letters; a longer text beside a curve is a remark


@dataclass(frozen=True)
class Scale:
    """Two places of an axis, in points, and their values; log: straight in their logarithm."""

    places: tuple[float, float]
    values: tuple[float, float]
    log: bool = False
    name: str = ""

    def value(self, place: float) -> float:
        """The value that stands at a place."""
        (p, q), (u, v) = self.places, self.values
        part = (place - p) / (q - p)
        return u * (v / u) ** part if self.log else u + (v - u) * part

    def place(self, value: float) -> float:
        """The place of a value."""
        (p, q), (u, v) = self.places, self.values
        if self.log:
            u, v, value = math.log(u), math.log(v), math.log(value)
        return p + (q - p) * (value - u) / (v - u)

    def __str__(self) -> str:
        (p, q), (u, v) = self.places, self.values
        return f"{p:.6g} {u:.12g} {q:.6g} {v:.12g}" + " log" * self.log


@dataclass(frozen=True)
class Axis:
    """What the ticks tell: all their places, and the scale if the labels fit one."""

    ticks: tuple[float, ...]
    scale: Scale | None
    labelled: bool


def mark_curves(root: ET.Element) -> None:
    """Put scales on the axes and names on the curves whose values can be read for sure.

    `data-x`, `data-y`: place, value, place, value and perhaps `log`; `data-x-name`,
    `data-y-name`: what the axis is called; `data-curve`: what the curve is called, or nothing.
    """
    panels = _groups(root.iter(f"{SVG}g"), "axes_")
    axes = {letter: [_axis(panel, letter) for panel in panels] for letter in "xy"}
    readable = {}
    for i, panel in enumerate(panels):
        curves = [line for line in _groups(panel, "line2d_") if _is_curve(line)]
        scales = {letter: _scale(axes[letter][i], axes[letter]) for letter in "xy"}
        if not curves or not all(scales.values()):
            continue
        readable[panel] = curves
        for letter, scale in scales.items():
            panel.set(f"data-{letter}", str(scale))
            if scale.name:
                panel.set(f"data-{letter}-name", scale.name)
    for curve, name in _names(root, readable):
        curve.set("data-curve", name)


def _groups(elements, prefix: str) -> list[ET.Element]:
    return [element for element in elements if element.get("id", "").startswith(prefix)]


def _axis(panel: ET.Element, letter: str) -> Axis:
    ticks, points, texts = [], [], []
    for group in _groups(panel, "matplotlib.axis_"):
        own = _groups(group, f"{letter}tick_")
        texts += [_text(text) for text in _groups(group, "text_") if own]
        for tick in own:
            ticks.append(_tick_place(tick, letter))
            points += [(ticks[-1], _number(text)) for text in _groups(tick, "text_")]
    known = all(value is not None for _, value in points) and not any(map(OFFSET.match, texts))
    scale = fit(points) if known else None
    if scale:
        scale = replace(scale, name=next((x for x in texts if len(x) <= LONGEST_NAME), ""))
    return Axis(tuple(ticks), scale, bool(points))


def _scale(axis: Axis, others: list[Axis]) -> Scale | None:
    """The scale of an axis; without labels, that of the panel whose ticks it shares."""
    if axis.labelled or not axis.ticks:
        return axis.scale
    return next((x.scale for x in others if x.scale and x.ticks == axis.ticks), None)


def fit(points: list[tuple[float, float]]) -> Scale | None:
    """The scale on which each value stands at its place, if there are enough to tell."""
    points = sorted(set(points))
    if len(points) < 3 or points[0][0] == points[-1][0] or points[0][1] == points[-1][1]:
        return None
    (p, u), (q, v) = points[0], points[-1]
    for log in (False, True):
        scale = Scale((p, q), (u, v), log)
        if log and min(value for _, value in points) <= 0:
            return None
        if all(abs(scale.place(value) - place) < TOLERANCE for place, value in points):
            return scale
    return None


def _tick_place(tick: ET.Element, letter: str) -> float:
    mark = next(tick.iter(f"{SVG}use"), None)
    if mark is not None:
        return float(mark.get(letter))
    return _vertices(next(tick.iter(f"{SVG}path")))[0]["xy".index(letter)]


def _text(group: ET.Element) -> str:
    return re.sub(r"\s*\n\s*", "", "".join(group.itertext())).strip()


def _number(group: ET.Element) -> float | None:
    """The number that a label shows, as `-2.5` or as a power of ten; None if it is no number."""
    spans = list(group.iter(f"{SVG}tspan"))
    sizes = [float(_style(span)["font-size"].removesuffix("px")) for span in spans]
    base, exponent = "" if spans else _text(group), ""
    for span, size in zip(spans, sizes):
        if size == max(sizes):
            base += _text(span)
        else:
            exponent += _text(span)
    base, exponent = base.replace("−", "-"), exponent.replace("−", "-")
    if exponent and (power := POWER.fullmatch(base)) and re.fullmatch(r"-?\d+", exponent):
        return float(f"{power[1] or 1}e{exponent}")
    return float(base) if not exponent and NUMBER.fullmatch(base) else None


def _is_curve(line: ET.Element) -> bool:
    """Whether it is a polyline inside the panel, of more than a decoration's two ends."""
    path = line.find(f"{SVG}path")
    if path is None or not path.get("clip-path") or "stroke:" not in path.get("style", ""):
        return False
    return bool(POLYLINE.fullmatch(path.get("d"))) and len(set(_vertices(path))) > 2


def _vertices(path: ET.Element) -> list[tuple[float, float]]:
    numbers = [float(x) for x in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", path.get("d"))]
    return list(zip(numbers[::2], numbers[1::2]))


def _names(root: ET.Element, readable: dict[ET.Element, list[ET.Element]]):
    """(curve, name) of all readable curves; the name is empty where it is not certain.

    A legend names a curve, and so do the only words in its colour if all curves of its panel have
    such words: else they may be a remark. A panel without words means what the others mean.
    """
    legend = dict(entry for group in _groups(root.iter(), "legend_") for entry in _entries(group))
    known = {}
    for panel, curves in readable.items():
        looks, words = [_look(curve) for curve in curves], list(_words(panel))
        own = [[text for color, text in words if color == look[0]] for look in looks]
        alone = len(curves) > 1 and len({look[0] for look in looks}) == len(curves)
        if alone and all(len(found) == 1 for found in own):
            known |= {look: found[0] for look, found in zip(looks, own)}
    known |= legend
    for curves in readable.values():
        certain = len(curves) > 1 and all(_look(curve) in known for curve in curves)
        for curve in curves:
            yield curve, known[_look(curve)] if certain else legend.get(_look(curve), "")


def _look(line: ET.Element) -> tuple[str, str]:
    """Colour and dashes of a line."""
    style = _style(line.find(f"{SVG}path"))
    return style.get("stroke", ""), style.get("stroke-dasharray", "")


def _style(element: ET.Element) -> dict[str, str]:
    return dict(re.findall(r"([\w-]+): ([^;]+)", element.get("style", "")))


def _entries(legend: ET.Element):
    """(look of the line, name) of each entry of a legend."""
    look = None
    for child in legend:
        if child.get("id", "").startswith("text_") and look:
            yield look, _text(child)
            look = None
        elif child.find(f"{SVG}path") is not None:
            look = _look(child)


def _words(panel: ET.Element):
    """(colour, text) of the words that stand in a panel."""
    for group in _groups(panel, "text_"):
        colored = next((child for child in group if _style(child)), None)
        if colored is not None and len(_text(group)) <= LONGEST_NAME:
            yield _style(colored).get("fill"), _text(group)
