"""How pictures look: plain axes with units, few lines, and files that do not differ where the data do not.

Decides style alone; what is drawn is decided by the scenarios.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

T = TypeVar("T")

_STYLE: Any = {
    "svg.hashsalt": "tidemark",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e4e4e4",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
}
COLOURS = ("#1f5f8b", "#d1603d", "#5b8c5a", "#7b5ea7")
TARGET_COLOUR = "#999999"
_MOST_POINTS = 600
"""Points of one line in a picture; more cannot be seen."""
_PLAIN = FuncFormatter(lambda value, _: f"{value:,.10g}")
"""Numbers as people write them: 1,000 and not 10³."""


class Labels(NamedTuple):
    """What stands at the axes."""

    x: str
    y: str


def axes(labels: Labels, *, log_x: bool = False, log_y: bool = False) -> Axes:
    """Axes on a figure of their own."""
    with rc_context(_STYLE):
        drawn: Axes = Figure(figsize=(7.2, 3.4), layout="constrained").subplots()
        label(drawn, labels)
        if log_x:
            drawn.set_xscale("log")
            _in_decades(drawn.xaxis)
        if log_y:
            drawn.set_yscale("log")
            _in_decades(drawn.yaxis)
        return drawn


def stacked(*labels: Labels) -> Sequence[Axes]:
    """Axes one above the other that share x."""
    with rc_context(_STYLE):
        figure = Figure(figsize=(7.2, 2.3 * len(labels)), layout="constrained")
        rows: Sequence[Axes] = figure.subplots(len(labels), sharex=True)
        for row, its in zip(rows, labels, strict=True):
            label(row, its)
        return rows


def label(drawn: Axes, labels: Labels) -> None:
    """Name the axes, and write large numbers with commas."""
    drawn.set_xlabel(labels.x)
    drawn.set_ylabel(labels.y)
    for axis in (drawn.xaxis, drawn.yaxis):
        axis.set_major_formatter(_PLAIN)


def legend(drawn: Axes, **where: Any) -> None:
    """Which line is which, without a frame."""
    drawn.legend(frameon=False, **where)


def _in_decades(axis: Axis) -> None:
    """Ticks at 1, 2 and 5 of each power of ten."""
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(_PLAIN)
    axis.set_minor_locator(NullLocator())


def target(drawn: Axes, at: float, text: str) -> None:
    """A dashed line across the picture, with its words."""
    drawn.axhline(at, color=TARGET_COLOUR, linestyle="--", linewidth=1)
    drawn.annotate(
        text,
        (1, at),
        xycoords=("axes fraction", "data"),
        ha="right",
        va="bottom",
        color="#666666",
        fontsize=8,
    )


def thinned(points: Sequence[T]) -> Sequence[T]:
    """Every so many of the points, the last one always."""
    step = max(1, len(points) // _MOST_POINTS)
    kept = list(points[::step])
    if points and kept[-1] != points[-1]:
        kept.append(points[-1])
    return kept


def save(drawn: Axes, path: Path) -> None:
    """Write the figure of these axes as SVG, without a date."""
    figure = drawn.figure
    assert isinstance(figure, Figure)
    with rc_context(_STYLE):
        figure.savefig(path, format="svg", metadata={"Date": None})
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")
