"""Curves → SVG: matplotlib enters only here, without pyplot, so that no window system is ever asked for."""

from __future__ import annotations

import dataclasses
import io
from typing import TYPE_CHECKING

import matplotlib.style
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from retrieval.evaluation.report.svg import PALETTE, settle

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

    from retrieval.evaluation.report.curves import Bin, Curve, Point

# With the library's own defaults below it, so that no file of the person who runs it changes a report.
_STYLE = {
    "svg.fonttype": "none",  # text stays text: it can be read aloud, searched and sized
    "font.size": 10,
    "text.parse_math": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": PALETTE["faint"],
    "axes.labelcolor": PALETTE["ink"],
    "text.color": PALETTE["ink"],
    "xtick.color": PALETTE["ink"],
    "ytick.color": PALETTE["ink"],
    "legend.frameon": False,
    "legend.fontsize": 9,
    "figure.facecolor": PALETTE["paper"],
    "axes.facecolor": "none",
}
_SIZE = (4.6, 3.7)  # inches: about the width of a phone, so that the letters keep their size there
_COLOURS = (PALETTE["first"], PALETTE["second"])
_LINES = ("-", "--")  # told apart without colour too
_MARKS = ("o", "s")


def coverage(curves: Sequence[Curve], description: str) -> str:
    """Error against coverage of one setting, or of two, each with its band and the bar it answers from."""
    with _styled("coverage"):
        figure = Figure(figsize=_SIZE, layout="constrained")
        axes = figure.add_subplot(
            xlabel="share of the questions answered", ylabel="share of the answers that are wrong"
        )
        for place, curve in enumerate(curves):
            axes.fill_between(*curve.band, color=_COLOURS[place], alpha=0.14, linewidth=0)
            across, up = [point.coverage for point in curve.points], [point.error for point in curve.points]
            axes.plot(across, up, color=_COLOURS[place], linestyle=_LINES[place], linewidth=1.6)
            if curve.bar:
                _bar(axes, place, curve.bar, _letter(curves, place))
        _shares(axes.xaxis, axes.yaxis)
        axes.set_ylim(-0.02, _top(curves))
        _legend(axes)
        return _settled(figure, "coverage", "Error against coverage", description)


def reliability(bins: Sequence[Sequence[Bin]], description: str) -> str:
    """How often the first passage was right at each confidence, above how many questions had it."""
    with _styled("reliability"):
        figure = Figure(figsize=_SIZE, layout="constrained")
        axes, below = figure.subplots(2, sharex=True, height_ratios=(4, 1))
        axes.plot([0, 1], [0, 1], color=PALETTE["faint"], linewidth=1, linestyle=":")
        for place, setting in enumerate(bins):
            _dots(axes, place, setting, _letter(bins, place))
            _counts(below, setting, place, len(bins))
        _shares(axes.xaxis, axes.yaxis)
        axes.set(ylabel="share right", ylim=(-0.04, 1.04))
        below.set(xlabel="confidence", ylabel="questions")
        below.yaxis.set_major_locator(MaxNLocator(2, integer=True))
        _legend(axes)
        return _settled(figure, "reliability", "Reliability of the confidence", description)


def _styled(name: str) -> AbstractContextManager[None]:
    return matplotlib.style.context(["default", {**_STYLE, "svg.hashsalt": name}])


def _shares(across: Axis, up: Axis) -> None:
    across.axes.set_xlim(-0.02, 1.02)
    for axis in (across, up):
        axis.set_major_formatter(PercentFormatter(1.0, decimals=0))


def _bar(axes: Axes, place: int, bar: Point, letter: str) -> None:
    label = f"{letter}answered from {bar.confidence:.2f} up"
    axes.vlines(bar.coverage, -0.02, bar.error, color=_COLOURS[place], linewidth=1, linestyle=":")
    axes.plot([bar.coverage], [bar.error], _MARKS[place], color=_COLOURS[place], label=label)


def _dots(axes: Axes, place: int, bins: Sequence[Bin], letter: str) -> None:
    full = [bin_ for bin_ in bins if bin_.questions]
    at = np.array([bin_.confidence for bin_ in full])
    right = np.array([dataclasses.astuple(bin_.right) for bin_ in full]).reshape(-1, 3)
    axes.vlines(at, right[:, 1], right[:, 2], color=_COLOURS[place], alpha=0.5)
    axes.plot(at, right[:, 0], _MARKS[place], color=_COLOURS[place], label=f"{letter}first passage right")


def _counts(axes: Axes, bins: Sequence[Bin], place: int, settings: int) -> None:
    width = 0.09 / settings
    starts = [bin_.low + 0.005 + place * width for bin_ in bins]
    counts = [bin_.questions for bin_ in bins]
    axes.bar(starts, counts, width, align="edge", color=_COLOURS[place], linewidth=0)


def _top(curves: Sequence[Curve]) -> float:
    """The highest error and the top of its band, with room for them, and not more than all."""
    errors = [point.error for curve in curves for point in (*curve.points, *([curve.bar] if curve.bar else []))]
    bands = [high for curve in curves for high in curve.band[2]]
    return min(1.02, max(0.1, 1.05 * max([*errors, *bands], default=0)))


def _letter(settings: Sequence[object], place: int) -> str:
    return f"{'AB'[place]}: " if len(settings) > 1 else ""


def _legend(axes: Axes) -> None:
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1))  # above the plot, where no data can be


def _settled(figure: Figure, name: str, title: str, description: str) -> str:
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None})
    return settle(out.getvalue(), name, title, description)
