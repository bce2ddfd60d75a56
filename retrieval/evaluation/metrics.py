"""The arithmetic of an evaluation: judged questions → shares, AUROC and calibration error, under any weights.

Every measure is written once, over rows of weights: a row of ones gives the measure itself, a row that says how often
each question was drawn gives it for one bootstrap sample (`retrieval.evaluation.report`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

BINS = 10  # equal bins of confidence


@dataclass(frozen=True, slots=True)
class Judged:
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

    @property
    def bins(self) -> NDArray[np.int64]:
        """Each question's bin of confidence, 0 to `BINS` − 1."""
        return np.minimum((self.confidence * BINS).astype(np.int64), BINS - 1)


def measures(judged: Judged, weights: Floats) -> dict[str, Floats]:
    """Each measure for each row of `weights` `(rows, questions)`: in 0..1, NaN where no question bears on it."""
    answerable, decided = judged.answerable, ~judged.undecided
    return {
        "hit@1": _share(weights, answerable, judged.right),
        "hit@3": _share(weights, answerable, judged.hit_3),
        "hit@5": _share(weights, answerable, judged.hit_5),
        "complete@5": _share(weights, judged.demanding, judged.complete_5),
        "highlight": _share(weights, answerable, judged.highlighted),
        "auroc": _auroc(weights, judged),
        "precision": _share(weights, judged.answered & decided, judged.right),
        "answered": _share(weights, answerable, judged.answered),
        "declined": _share(weights, ~answerable, ~judged.answered),
        "calibration error": _calibration_error(weights, judged),
    }


def _share(weights: Floats, of: Bools, which: Bools) -> Floats:
    return _ratio(weights @ (of & which).astype(np.float64), weights @ of.astype(np.float64))


def _auroc(weights: Floats, judged: Judged) -> Floats:
    """The chance that an answerable question is above another in confidence, ties half (Mann and Whitney 1947)."""
    if not len(judged):
        return np.full(len(weights), np.nan)
    order = np.argsort(judged.confidence, kind="stable")
    _, starts = np.unique(judged.confidence[order], return_index=True)
    answerable = judged.answerable[order]
    above = np.add.reduceat(weights[:, order] * answerable, starts, axis=1)
    level = np.add.reduceat(weights[:, order] * ~answerable, starts, axis=1)
    below = np.cumsum(level, axis=1) - level
    return _ratio((above * (below + 0.5 * level)).sum(axis=1), above.sum(axis=1) * level.sum(axis=1))


def _calibration_error(weights: Floats, judged: Judged) -> Floats:
    """Expected calibration error (Naeini et al. 2015): |mean confidence − share right| over equal bins, weighted."""
    decided = ~judged.undecided
    gaps = decided * (judged.confidence - judged.right)
    wide = np.zeros((len(judged), BINS))
    wide[np.arange(len(judged)), judged.bins] = gaps
    return _ratio(np.abs(weights @ wide).sum(axis=1), weights @ decided.astype(np.float64))


def _ratio(part: Floats, whole: Floats) -> Floats:
    ratio: Floats = np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
    return ratio
