"""Findings → the page and its plots; all that needs jinja2 and matplotlib, which are there only where reports are wanted.

A plot is said in words below it, and inside it for those who have it read aloud. Plots are SVG that may stand inside a
strict page, drawn without pyplot, so that no window system is used. Inline style is what a content security policy
keeps out, so each declaration becomes an attribute. A colour of the palette also becomes a class, so that the page can
give another one in the dark; alone in a file the plot has its own.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import io
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from importlib import resources
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

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
    """The page; `plots` are SVG by name and are put in as they are, `captions` tell the same in words."""
    style = _resource("page.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        _environment()
        .from_string(_resource("page.html"))
        .render(
            findings=findings,
            plots={name: Markup(plot) for name, plot in plots.items()},  # noqa: S704  # made here, of numbers
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
_SVG = "{http://www.w3.org/2000/svg}"
_CLASSES = {colour: name for name, colour in PALETTE.items()}
_DROPPED = ("metadata", "style")


def settle(source: str, name: str, title: str, description: str) -> str:
    """The SVG of a plot under its title and description, whose ids begin with `name`."""
    ET.register_namespace("", _SVG[1:-1])
    ET.register_namespace("xlink", "http://www.w3.org/1999/xlink")
    root = ET.fromstring(source)  # noqa: S314  # what the plotting library has just written
    for parent in list(root.iter()):
        for child in [child for child in parent if child.tag in {_SVG + tag for tag in _DROPPED}]:
            parent.remove(child)
    for element in root.iter():
        _restyle(element)
    _describe(root, name, title, description)
    return ET.tostring(root, encoding="unicode")


def _restyle(element: ET.Element) -> None:
    if element.tag == f"{_SVG}g":
        element.attrib.pop("id", None)  # nothing refers to a group, and two plots on a page have the same ones
    declarations = [part.split(":", 1) for part in element.attrib.pop("style", "").split(";") if ":" in part]
    for key, value in ((key.strip(), value.strip()) for key, value in declarations):
        element.set(key, value)
    classes = [f"{key}-{_CLASSES[element.get(key, '')]}" for key in ("fill", "stroke") if element.get(key) in _CLASSES]
    if classes:
        element.set("class", " ".join(classes))


def _describe(root: ET.Element, name: str, title: str, description: str) -> None:
    for place, (tag, text) in enumerate((("title", title), ("desc", description))):
        element = ET.Element(_SVG + tag, {"id": f"{name}-{tag}"})
        element.text = text
        root.insert(place, element)
    root.set("role", "img")
    root.set("aria-labelledby", f"{name}-title")
    root.set("aria-describedby", f"{name}-desc")


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
                _bar_in_use(axes, place, curve.bar, _letter(curves, place))
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


def _settled(figure: Figure, name: str, title: str, description: str) -> str:
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None})
    return settle(out.getvalue(), name, title, description)
