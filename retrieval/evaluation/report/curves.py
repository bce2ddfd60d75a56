"""What stands behind the two plots: error at each coverage, and how often each confidence was right.

Both leave out the questions whose first passage answers in part: nobody can say whether that was right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retrieval.evaluation.metrics import BINS
from retrieval.evaluation.report.bootstrap import LEVEL, Estimate, draws, estimate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retrieval.evaluation.metrics import Bools, Floats, Judged

_STEPS = 100  # of the curve's band


@dataclass(frozen=True, slots=True)
class Point:
    """Answering from `confidence` up answers the share `coverage` of the questions; `error` of those goes wrong."""

    confidence: float
    coverage: float
    error: float


@dataclass(frozen=True, slots=True)
class Curve:
    """Error against coverage, highest confidence first; `band` holds coverage, low and high, `(3, steps)`.

    `bar` is what the verdict "answer" gives now: its lowest confidence, its share of the questions, its error; `None`
    where no question got it.
    """

    points: tuple[Point, ...]
    band: Floats
    bar: Point | None


@dataclass(frozen=True, slots=True)
class Bin:
    """The questions with a confidence in `[low, high)`, or up to 1 in the last bin: how sure, and how often right."""

    low: float
    high: float
    questions: int
    confidence: float | None
    right: Estimate


def curve(judged: Judged) -> Curve:
    """The risk-coverage curve (El-Yaniv and Wiener 2010); a question without an answer is an error when answered."""
    rows = np.flatnonzero(~judged.undecided)
    rows = rows[np.argsort(-judged.confidence[rows], kind="stable")]
    confidence, wrong = judged.confidence[rows], ~judged.right[rows]
    last = np.flatnonzero(np.append(np.diff(confidence) != 0, True)[: len(rows)])  # equal ones are answered together
    covered, errors = last + 1, np.cumsum(wrong)[last]
    points = tuple(
        Point(float(confidence[at]), float(n / len(rows)), float(e / n))
        for at, n, e in zip(last, covered, errors, strict=True)
    )
    return Curve(points, _band(wrong, last), _bar(judged))


def bins(judged: Judged) -> tuple[Bin, ...]:
    """The bins of the calibration error, from low confidence to high, empty ones too."""
    found = []
    for place in range(BINS):
        inside = np.flatnonzero((judged.bins == place) & ~judged.undecided)
        mean = float(judged.confidence[inside].mean()) if len(inside) else None
        found.append(Bin(place / BINS, (place + 1) / BINS, len(inside), mean, _mean(judged.right[inside])))
    return tuple(found)


def _bar(judged: Judged) -> Point | None:
    decided = ~judged.undecided
    given = judged.answered & decided
    if not given.any():
        return None
    return Point(
        float(judged.confidence[given].min()), float(given.sum() / decided.sum()), float(1 - judged.right[given].mean())
    )


def _band(wrong: Bools, last: NDArray[np.intp]) -> Floats:
    """The error's interval at each step of coverage; between two confidences the errors are spread evenly."""
    if not len(wrong):
        return np.zeros((3, 0))
    coverage = np.arange(1, _STEPS + 1) / _STEPS
    errors = [
        np.interp(coverage, seen, failed) / coverage
        for weights in draws(len(wrong))
        for seen, failed in zip(_shares(weights, last), _shares(weights * wrong, last), strict=True)
    ]
    edges = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    return np.vstack([coverage, np.quantile(np.array(errors), edges, axis=0)])


def _shares(weights: Floats, last: NDArray[np.intp]) -> Floats:
    """What the questions down to each of `last` make up of all that were drawn, from 0 on."""
    whole = np.cumsum(weights, axis=1)[:, last] / weights.shape[1]
    return np.hstack([np.zeros((len(whole), 1)), whole])


def _mean(right: Bools) -> Estimate:
    if not len(right):
        return Estimate(None, None, None)
    shares = [weights @ right / len(right) for weights in draws(len(right))]
    return estimate(float(right.mean()), np.concatenate(shares))
