"""Findings → the page and its plots; all that needs jinja2 and matplotlib, which are there only where reports are wanted.

A plot is said in words below it, and beside it for those who have it read aloud. Plots are SVG, drawn without pyplot, so
that no window system is used, and stand in the page as images: the page's content security policy keeps inline style out.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import io
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

import matplotlib.style
import numpy as np
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from retrieval.evaluation import metrics
from retrieval.evaluation.evaluate import ALL, DEPTH, Outcome
from retrieval.evaluation.metrics import Bin, Curve, Estimate, Point
from retrieval.evaluation.report import Findings, Setting
from retrieval.text.normalize import steers
from retrieval.types import Hit

MEANINGS = {
    "hit@1": "answerable questions whose first passage is right",
    "hit@3": "… that have a right one among three",
    "hit@5": "… that have a right one among five",
    "complete@5": "questions of two sides or two articles that have both among five passages",
    "highlight": "answerable questions whose marked sentence is right",
    "auroc": "chance that an answerable question has more confidence than another",
    "precision": "answers given whose first passage is right",
    "answered": "answerable questions that get an answer",
    "declined": "other questions that get none",
    "calibration error": "distance of confidence from the share right; lower is better",
}


def render(findings: Findings, plots: Mapping[str, str], captions: Mapping[str, str]) -> str:
    """The page; `plots` are SVG by name, `captions` tell the same in words."""
    style = _resource("page.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        _environment()
        .from_string(_resource("page.html"))
        .render(
            findings=findings,
            plots={name: base64.b64encode(plot.encode()).decode() for name, plot in plots.items()},
            captions=captions,
            style=Markup(style),  # noqa: S704  # a file of this package
            policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'",
            meanings=MEANINGS,
            draws=metrics.DRAWS,
            level=metrics.LEVEL,
        )
    )


def visible(text: str) -> str:
    """The text with each control or direction character as its code: `[U+202E]`; line ends and tabs stay."""
    return "".join(f"[U+{ord(char):04X}]" if steers(char) and char != "\r" else char for char in text)


def pieces(hit: Hit) -> tuple[str, str, str]:
    """The passage before its highlight, the highlight, and what follows."""
    text, passage, (start, end) = hit.passage.article.text, hit.passage, hit.highlight
    return text[passage.start : start], text[start:end], text[end : passage.end]


def right_at(outcome: Outcome) -> int | None:
    """The place, from 1, of the first right passage."""
    return next((k for k in range(1, DEPTH + 1) if outcome.hit(k)), None)


def _environment() -> Environment:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.finalize = _shown
    environment.filters |= {
        "share": lambda value: "–" if value is None else f"{value:.3f}",
        "interval": _interval,
        "signed": lambda value: "–" if value is None else _minus(f"{value:+.3f}"),
        "pieces": pieces,
        "right_at": right_at,
        "web": _web,
    }
    return environment


def _shown(value: Any) -> Any:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _interval(estimate: Estimate) -> str:
    """The two ends, a little less exact than the value: they are an estimate of an estimate."""
    if estimate.low is None or estimate.high is None:
        return ""
    return _minus(f"[{estimate.low:.2f}, {estimate.high:.2f}]")


def _minus(number: str) -> str:
    return number.replace("-", "\N{MINUS SIGN}")


def _web(url: str | None) -> str | None:
    """The address if a browser may follow it, else nothing: an article can state any address."""
    try:
        return url if url and urlsplit(url).scheme in {"http", "https"} else None
    except ValueError:
        return None


def _resource(name: str) -> str:
    return resources.files("retrieval.evaluation.report").joinpath(name).read_text(encoding="utf-8")


def captions(settings: Sequence[Setting]) -> dict[str, str]:
    """What the plots show, in words.

    `coverage`: what is answered and goes wrong at the bar in use, and would without one. `reliability`: the calibration
    error. `bins`: each bin, which is too much to read below a picture, and all that the picture shows.
    """
    letters = ("A: ", "B: ") if len(settings) > 1 else ("",)
    lines = {
        "coverage": map(_coverage_of, settings),
        "reliability": map(_error, settings),
        "bins": ("; ".join(map(_bin, setting.bins)) + "." for setting in settings),
    }
    return {name: "\n".join(map("".join, zip(letters, each, strict=True))) for name, each in lines.items()}


def _coverage_of(setting: Setting) -> str:
    if not setting.curve.points:
        return "No question was asked whose first passage is right or wrong."
    error = f"Were every question answered, {setting.curve.points[-1].error:.1%} of the answers would be wrong."
    bar = setting.curve.bar
    if bar is None:
        return f"No question got an answer. {error}"
    return (
        f"The bar in use answers {bar.coverage:.1%} of the questions, those with a confidence of {bar.confidence:.2f} "
        f"or more; {bar.error:.1%} of these answers are wrong. {error}"
    )


def _error(setting: Setting) -> str:
    error = setting.groups[ALL]["calibration error"].value
    return "No confidence to judge." if error is None else f"Expected calibration error {error:.3f}."


def _bin(bin_: Bin) -> str:
    place = f"confidence {bin_.low:.1f} to {bin_.high:.1f}: {bin_.questions} questions"
    return f"{place}, sure {bin_.confidence:.2f}, right {bin_.right.value:.2f}" if bin_.questions else place


PALETTE = {"ink": "#1f2328", "faint": "#8c959f", "paper": "#ffffff", "first": "#0b62a8", "second": "#b3541e"}
# With the library's own defaults below it, so that no file of the person who runs it changes a report.
_STYLE = {
    "svg.fonttype": "none",  # text stays text, not outlines: it can be searched in the plot's own file
    "svg.hashsalt": "byline",  # the same figures make the same file
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


def coverage(curves: Sequence[Curve]) -> str:
    """Error against coverage of one setting, or of two, each with its band and the bar it answers from."""
    with matplotlib.style.context(["default", _STYLE]):
        figure = Figure(figsize=_SIZE, layout="constrained")
        axes = figure.add_subplot(
            xlabel="share of the questions answered", ylabel="share of the answers that are wrong"
        )
        for place, curve in enumerate(curves):
            axes.fill_between(*curve.band, color=_COLOURS[place], alpha=0.14, linewidth=0)
            across, up = [point.coverage for point in curve.points], [point.error for point in curve.points]
            axes.plot(across, up, color=_COLOURS[place], linestyle=_LINES[place], linewidth=1.6)
            if curve.bar:
                _bar_in_use(axes, place, curve.bar, _letter(curves, place))
        _shares(axes.xaxis, axes.yaxis)
        axes.set_ylim(-0.02, _top(curves))
        _legend(axes)
        return _drawn(figure)


def reliability(bins: Sequence[Sequence[Bin]]) -> str:
    """How often the first passage was right at each confidence, above how many questions had it."""
    with matplotlib.style.context(["default", _STYLE]):
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
        return _drawn(figure)


def _shares(across: Axis, up: Axis) -> None:
    across.axes.set_xlim(-0.02, 1.02)
    for axis in (across, up):
        axis.set_major_formatter(PercentFormatter(1.0, decimals=0))


def _bar_in_use(axes: Axes, place: int, bar: Point, letter: str) -> None:
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


def _drawn(figure: Figure) -> str:
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()
