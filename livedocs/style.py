"""The one style in which all figures are drawn."""

import matplotlib
from cycler import cycler

# Light-theme colours, which matplotlib draws with, and the CSS variables that take their place.
COLORS = {
    "#1f2328": "--fig-fg",
    "#59636e": "--fig-muted",
    "#d1d9e0": "--fig-grid",
    "#ffffff": "--fig-bg",
    "#0b62a8": "--fig-c0",
    "#b85400": "--fig-c1",
    "#00795a": "--fig-c2",
    "#8a3f8f": "--fig-c3",
    "#b3261e": "--fig-c4",
    "#6b6b6b": "--fig-c5",
    "#000000": "--fig-fg",
}
CYCLE = [color for color, variable in COLORS.items() if variable.startswith("--fig-c")]

STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "livedocs",
    "figure.figsize": (6.4, 3.6),
    "figure.facecolor": "none",
    "figure.constrained_layout.use": True,
    "axes.facecolor": "none",
    "axes.edgecolor": "#59636e",
    "axes.labelcolor": "#1f2328",
    "axes.titlecolor": "#1f2328",
    "axes.titlesize": 11,
    "axes.titleweight": "normal",
    "axes.labelsize": 10.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#d1d9e0",
    "grid.linewidth": 0.8,
    "lines.linewidth": 1.8,
    "lines.markersize": 5,
    "text.color": "#1f2328",
    "xtick.color": "#59636e",
    "ytick.color": "#59636e",
    "xtick.labelsize": 9.5,
    "ytick.labelsize": 9.5,
    "legend.frameon": False,
    "legend.fontsize": 9.5,
    "image.cmap": "gray",
    "image.interpolation": "none",  # pixels as they are, drawn sharp at any size
}


def use_style() -> None:
    """Draw with the site's style from here on."""
    matplotlib.rcdefaults()
    matplotlib.rcParams.update(STYLE)
    matplotlib.rcParams["axes.prop_cycle"] = cycler(color=CYCLE)
