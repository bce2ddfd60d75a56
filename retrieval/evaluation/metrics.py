"""The arithmetic of an evaluation: judgements of questions → measures, their intervals, and the curves of a report.

Every measure is written once, over rows of weights: a row of ones gives the measure itself, a row that says how often
each question was drawn gives it for one sample of the bootstrap (Efron 1979), which draws the questions of a group
again with replacement. Two settings are compared on the same draws: a question that is hard for both moves both. The
curves are risk against coverage (El-Yaniv and Wiener 2010) and reliability of the confidence; both leave out questions
whose first passage answers in part, which is neither right nor wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


BINS = 10  # equal bins of confidence
SEED = 20220114  # any number; this one stays, so that the same answers give the same page
DRAWS = 2000
LEVEL = 0.95
_BLOCK = 1_000_000  # weights in memory at a time


@dataclass(frozen=True, slots=True)
class Judgements:
    """What is known of each question once it was asked; every array has one entry a question.

    `right` says that the first passage is a hit, so it is false for a question without an answer. `demanding` marks
    the questions that require two files or each side.
    """

    confidence: Floats
    answerable: Bools
    answered: Bools
    undecided: Bools
    right: Bools
    hit_3: Bools
    hit_5: Bools
    highlighted: Bools
    demanding: Bools
    complete_5: Bools

    def __len__(self) -> int:
        return len(self.confidence)


def measures(judgements: Judgements, weights: Floats) -> dict[str, Floats]:
    """Each measure for each row of `weights` `(rows, questions)`: in 0..1, NaN where no question bears on it."""
    answerable, decided = judgements.answerable, ~judgements.undecided
    return {
        "hit@1": _share(weights, answerable, judgements.right),
        "hit@3": _share(weights, answerable, judgements.hit_3),
        "hit@5": _share(weights, answerable, judgements.hit_5),
        "complete@5": _share(weights, judgements.demanding, judgements.complete_5),
        "highlight": _share(weights, answerable, judgements.highlighted),
        "auroc": auroc(judgements.confidence, judgements.answerable, weights),
        "precision": _share(weights, judgements.answered & decided, judgements.right),
        "answered": _share(weights, answerable, judgements.answered),
        "declined": _share(weights, ~answerable, ~judgements.answered),
        "calibration error": calibration_error(
            judgements.confidence[decided], judgements.right[decided], weights[:, decided]
        ),
    }


def _share(weights: Floats, of: Bools, which: Bools) -> Floats:
    return _ratio(weights @ (of & which).astype(np.float64), weights @ of.astype(np.float64))


def auroc(confidence: Floats, positive: Bools, weights: Floats | None = None) -> Floats:
    """The chance that a positive is above a negative in confidence, ties half (Mann and Whitney 1947), for each row of weights.

    Σ over pairs of [c₊ > c₋] + ½ [c₊ = c₋], divided by the number of pairs; NaN where one of both is missing.
    """
    weights = np.ones((1, len(confidence))) if weights is None else weights
    if not len(confidence):
        return np.full(len(weights), np.nan)
    order = np.argsort(confidence, kind="stable")
    _, starts = np.unique(confidence[order], return_index=True)
    above = np.add.reduceat(weights[:, order] * positive[order], starts, axis=1)
    level = np.add.reduceat(weights[:, order] * ~positive[order], starts, axis=1)
    below = np.cumsum(level, axis=1) - level
    return _ratio((above * (below + 0.5 * level)).sum(axis=1), above.sum(axis=1) * level.sum(axis=1))


def calibration_error(confidence: Floats, right: Bools, weights: Floats | None = None) -> Floats:
    """Expected calibration error (Naeini et al. 2015) for each row of weights.

    Σ over `BINS` equal bins of |Σ confidence − Σ right| of the bin, divided by the number of all.
    """
    weights = np.ones((1, len(confidence))) if weights is None else weights
    gaps = np.zeros((len(confidence), BINS))
    gaps[np.arange(len(confidence)), bin_of(confidence)] = confidence - right
    return _ratio(np.abs(weights @ gaps).sum(axis=1), weights.sum(axis=1))


def bin_of(confidence: Floats) -> NDArray[np.int64]:
    """The bin of each confidence, 0 to `BINS` − 1."""
    return np.minimum((confidence * BINS).astype(np.int64), BINS - 1)


def _ratio(part: Floats, total: Floats) -> Floats:
    ratio: Floats = np.divide(part, total, out=np.full(len(total), np.nan), where=total > 0)
    return ratio


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number and its percentile interval; all `None` where no question bears on it."""

    value: float | None
    low: float | None
    high: float | None

    @property
    def sure(self) -> bool:
        """Whether the interval leaves out 0, for a difference."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


Measured = dict[str, Estimate]


def measured(judgements: Judgements) -> Measured:
    """Each measure of these questions with its interval."""
    return _estimates(lambda weights: measures(judgements, weights), len(judgements))


def differences(first: Judgements, second: Judgements) -> Measured:
    """`first` less `second` in each measure, the same questions in the same order; both are drawn together.

    Raises `ValueError` where they are not as many.
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} questions against {len(second)}: a comparison needs the same ones")

    def difference(weights: Floats) -> dict[str, Floats]:
        theirs = measures(second, weights)
        return {name: ours - theirs[name] for name, ours in measures(first, weights).items()}

    return _estimates(difference, len(first))


def draws(questions: int) -> Iterator[Floats]:
    """How often each question was drawn, `(draws, questions)` in blocks, `DRAWS` rows in all; always the same."""
    random = np.random.default_rng(SEED)
    size = max(1, _BLOCK // max(questions, 1))
    for start in range(0, DRAWS, size):
        rows = min(size, DRAWS - start)
        if questions:
            yield random.multinomial(questions, np.full(questions, 1 / questions), size=rows).astype(np.float64)
        else:
            yield np.zeros((rows, 0))


def estimate(value: float, samples: Floats) -> Estimate:
    """The value with the percentiles of the samples; those in which no question bore on it do not count."""
    bearing = samples[~np.isnan(samples)]
    if np.isnan(value) or not len(bearing):
        return Estimate(None, None, None)
    low, high = np.quantile(bearing, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value, float(low), float(high))


def _estimates(measure: Callable[[Floats], dict[str, Floats]], questions: int) -> Measured:
    """What `measure` gives for all questions, each once, with its interval over the draws."""
    blocks = [measure(weights) for weights in draws(questions)]
    values = measure(np.ones((1, questions)))
    return {
        name: estimate(float(value[0]), np.concatenate([block[name] for block in blocks]))
        for name, value in values.items()
    }


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


def curve(judgements: Judgements) -> Curve:
    """The risk-coverage curve (El-Yaniv and Wiener 2010); a question without an answer is an error when answered."""
    rows = np.flatnonzero(~judgements.undecided)
    rows = rows[np.argsort(-judgements.confidence[rows], kind="stable")]
    confidence, wrong = judgements.confidence[rows], ~judgements.right[rows]
    last = np.flatnonzero(np.append(np.diff(confidence) != 0, True)[: len(rows)])  # equal ones are answered together
    covered, errors = last + 1, np.cumsum(wrong)[last]
    points = tuple(
        Point(float(confidence[at]), float(n / len(rows)), float(e / n))
        for at, n, e in zip(last, covered, errors, strict=True)
    )
    return Curve(points, _band(wrong, last), _bar(judgements))


def bins(judgements: Judgements) -> tuple[Bin, ...]:
    """The bins of the calibration error, from low confidence to high, empty ones too."""
    bins_ = []
    for place in range(BINS):
        inside = np.flatnonzero((bin_of(judgements.confidence) == place) & ~judgements.undecided)
        mean = float(judgements.confidence[inside].mean()) if len(inside) else None
        bins_.append(Bin(place / BINS, (place + 1) / BINS, len(inside), mean, _mean(judgements.right[inside])))
    return tuple(bins_)


def _bar(judgements: Judgements) -> Point | None:
    decided = ~judgements.undecided
    answered = judgements.answered & decided
    if not answered.any():
        return None
    return Point(
        float(judgements.confidence[answered].min()),
        float(answered.sum() / decided.sum()),
        float(1 - judgements.right[answered].mean()),
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
    shares = np.cumsum(weights, axis=1)[:, last] / weights.shape[1]
    return np.hstack([np.zeros((len(shares), 1)), shares])


def _mean(right: Bools) -> Estimate:
    if not len(right):
        return Estimate(None, None, None)
    shares = [weights @ right / len(right) for weights in draws(len(right))]
    return estimate(float(right.mean()), np.concatenate(shares))
