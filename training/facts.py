"""Labelled lines and what each text states → the weights and the bar of every field of `retrieval.articles.candidates`.

The weights make the right candidate, or none, the likeliest: L-BFGS on the penalised log-likelihood of a conditional
logit. The bar of a field is the lowest at which, on collections held out in turn, no more than `WRONG` of what is shown
is wrong.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from benchmarks.collections import plain
from retrieval.articles import candidates

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retrieval.articles.layout import Line
    from training.layout import Example

FOLDS = 5
RAREST = 2  # texts in which a feature of a candidate must stand
DECAY = 1.0  # how strongly weights are held near zero
SMALLEST = 0.03  # weights nearer to zero are left out of the file
STEPS = 120
WRONG = 0.08  # the share of shown facts of a field that may be wrong on collections held out
LOWEST, SURE = 0.6, 0.9  # no bar is lower; the bar of a field with too few facts to fit one


class Choice(NamedTuple):
    """One text: what could state a fact, and which of it does."""

    example: Example
    candidates: list[candidates.Candidate]
    right: list[bool]


class Shown(NamedTuple):
    """What a model that has not seen a text finds the likeliest in it, and whether that is right."""

    chance: float
    right: bool


def fit(texts: Sequence[tuple[Example, Sequence[Line]]]) -> dict[str, Any]:
    """The weights and the bar of every field; prints what the bar brings on collections held out."""
    pages = [(example, candidates.Page(lines)) for example, lines in texts]
    fields = {}
    for field in candidates.FIELDS:
        choices = [
            Choice(example, listed := candidates.of(field, page), _right(field, example, listed))
            for example, page in pages
        ]
        bar = fitted_bar(field, choices)
        fields[field] = {"bar": bar, "weights": fit_field(field, choices)}
    return fields


def _right(field: str, example: Example, listed: Sequence[candidates.Candidate]) -> list[bool]:
    return [plain(each.value) == plain(example.facts.get(field) or "") for each in listed]


def fit_field(field: str, choices: Sequence[Choice]) -> dict[str, float]:
    """The weight of every feature; a text whose fact no candidate states teaches nothing."""
    known = [each for each in choices if each.candidates and (any(each.right) or not each.example.facts.get(field))]
    times = Counter(name for each in known for name in {name for one in each.candidates for name in one.features})
    number = {name: at for at, name in enumerate(sorted(name for name, count in times.items() if count >= RAREST))}
    rows = [[number[name] for name in one.features if name in number] for each in known for one in each.candidates]
    columns = np.array([name for row in rows for name in row], np.int32)
    starts = np.cumsum([0, *map(len, rows)])
    matrix = csr_matrix((np.ones(len(columns), np.float32), columns, starts), shape=(len(rows), len(number)))
    text = np.repeat(np.arange(len(known)), [len(each.candidates) for each in known])
    right = np.array([value for each in known for value in each.right], dtype=float)
    weights = _descend(matrix, text, right)
    return {name: round(float(weights[at]), 3) for name, at in number.items() if abs(weights[at]) >= SMALLEST}


def _descend(matrix: csr_matrix, text: Any, right: Any) -> Any:
    size, turned = int(text.max()) + 1, matrix.T.tocsr()
    none = np.bincount(text, right, size) == 0

    def loss(weights: Any) -> tuple[float, Any]:
        scores = np.exp(np.minimum(matrix @ weights, 50))
        total = 1 + np.bincount(text, scores, size)
        good = np.maximum(none + np.bincount(text, scores * right, size), 1e-9)
        slope = turned @ (scores / total[text] - scores * right / good[text])
        return float(np.log(total / good).sum() + DECAY * weights @ weights), slope + 2 * DECAY * weights

    options = {"maxiter": STEPS}
    return minimize(loss, np.zeros(matrix.shape[1]), jac=True, method="L-BFGS-B", options=options).x


def fitted_bar(field: str, choices: Sequence[Choice]) -> float:
    """The lowest bar above which at most `WRONG` of what is shown is wrong, on collections held out in turn."""
    shown = sorted((each for each in _held_out(field, choices) if each.chance >= LOWEST), reverse=True)
    stated = sum(bool(each.example.facts.get(field)) for each in choices if not each.example.made)
    right, bars = 0, {}
    for count, (each, after) in enumerate(zip(shown, [*shown[1:], None], strict=True), 1):
        right += each.right
        wrong = (count - right) / count
        for limit in (0.03, 0.05, WRONG, 0.1):
            if wrong <= limit and right and (after is None or after.chance < each.chance):
                bars[limit] = (round(each.chance, 3), right, count)
    for limit, (bar, good, count) in sorted(bars.items()):
        print(f"{field}: at most {limit} wrong: bar {bar}, {good} of {stated} found, {count - good} of {count} wrong")
    return max(LOWEST, bars[WRONG][0]) if WRONG in bars else SURE


def _held_out(field: str, choices: Sequence[Choice]) -> Iterator[Shown]:
    groups = sorted({each.example.group for each in choices})
    for fold in range(FOLDS):
        out = set(groups[fold::FOLDS])
        weights = fit_field(field, [each for each in choices if each.example.group not in out])
        for each in choices:
            if each.example.group in out and not each.example.made:
                ranked = candidates.chances(weights, each.candidates)
                value, chance = max(ranked, key=lambda pair: pair[1], default=("", 0.0))
                yield Shown(chance, bool(value) and plain(value) == plain(each.example.facts.get(field) or ""))
