"""Findings → the page, and the plots in words: below each plot, and inside it for those who have it read aloud."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from retrieval.evaluation import metrics
from retrieval.evaluation.evaluate import ALL, DEPTH, Outcome
from retrieval.evaluation.metrics import Bin, Estimate
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
