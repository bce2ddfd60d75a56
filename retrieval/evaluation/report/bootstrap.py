"""How sure a measure is: the same questions drawn again with replacement, many times (Efron 1979).

Questions are what is drawn, within their group, so an interval says what other questions of the same kinds could have
given. Two settings are compared on the same draws: a question that is hard for both moves both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retrieval.evaluation.metrics import measures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from retrieval.evaluation.metrics import Floats, Judged

SEED = 20220114  # any number; this one stays, so that the same answers give the same page
DRAWS = 2000
LEVEL = 0.95
_BLOCK = 1_000_000  # weights in memory at a time


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


def measured(judged: Judged) -> Measured:
    """Each measure of these questions with its interval."""
    values = measures(judged, np.ones((1, len(judged))))
    drawn = _drawn(lambda weights: measures(judged, weights), len(judged))
    return {name: estimate(float(values[name][0]), drawn[name]) for name in values}


def differences(first: Judged, second: Judged) -> Measured:
    """`first` less `second` in each measure, the same questions in the same order; both are drawn together.

    Raises `ValueError` where they are not as many.
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} questions against {len(second)}: a comparison needs the same ones")

    def difference(weights: Floats) -> dict[str, Floats]:
        theirs = measures(second, weights)
        return {name: ours - theirs[name] for name, ours in measures(first, weights).items()}

    values = difference(np.ones((1, len(first))))
    drawn = _drawn(difference, len(first))
    return {name: estimate(float(values[name][0]), drawn[name]) for name in values}


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


def estimate(value: float, drawn: Floats) -> Estimate:
    """The value with the percentiles of what was drawn; draws in which no question bore on it do not count."""
    known = drawn[~np.isnan(drawn)]
    if np.isnan(value) or not len(known):
        return Estimate(None, None, None)
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value, float(low), float(high))


def _drawn(measure: Callable[[Floats], dict[str, Floats]], questions: int) -> dict[str, Floats]:
    blocks = [measure(weights) for weights in draws(questions)]
    return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
