"""Labelled lines and what each text states → the weights and the bar of every field of `retrieval.articles.candidates`.

The weights make the right candidate, or none, the likeliest: L-BFGS on the penalised log-likelihood of a conditional
logit. The bar of a field is the lowest at which, on collections held out in turn, no more than `WRONG` of what is shown
is wrong.
"""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from benchmarks.collections import plain
from retrieval.articles import candidates
from retrieval.articles.candidate_features import Page
from retrieval.articles.layout import Reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from retrieval.articles.layout import Line
    from training.layout import Example

FOLDS = 5
RAREST = 2  # texts in which a feature of a candidate must stand
DECAY = 1.0  # how strongly weights are held near zero
SMALLEST = 0.03  # weights nearer to zero are left out of the file
STEPS = 120
# The share of a field's shown facts that may be wrong on collections held out. Of the titles that are counted as wrong there, many could
# be the title as well: the name of a series or a kind of text.
WRONG = {"title": 0.1, "publisher": 0.05, "author": 0.06, "date": 0.05}
LOWEST, SURE = 0.5, 0.9  # no bar is lower; the bar of a field with too few facts to fit one


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
    pages = [(example, Page(Reading(tuple(lines), {}))) for example, lines in texts]
    fields = {}
    for field in candidates.FIELDS:
        table = Table(field, [choice(field, example, page) for example, page in pages])
        fields[field] = {"bar": fitted_bar(table), "weights": table.fit(np.full(len(pages), True))}
    return fields


def choice(field: str, example: Example, page: Page) -> Choice:
    """What a page offers for a field, and what of it is right."""
    listed = candidates.of(field, page)
    return Choice(example, listed, [plain(each.value) == plain(example.facts.get(field) or "") for each in listed])


class Table:
    """All choices of a field with their features as a sparse matrix [candidates, features]."""

    def __init__(self, field: str, choices: Sequence[Choice]) -> None:
        self.field, self.choices = field, choices
        times = Counter(name for each in choices for name in {name for one in each.candidates for name in one.features})
        self._names = sorted(name for name, count in times.items() if count >= RAREST)
        number = {name: at for at, name in enumerate(self._names)}
        rows = [
            [number[name] for name in one.features if name in number] for each in choices for one in each.candidates
        ]
        columns = np.array([name for row in rows for name in row], np.int32)
        starts = np.cumsum([0, *map(len, rows)])
        ones = np.ones(len(columns), np.float32)
        self._matrix = csr_matrix((ones, columns, starts), shape=(len(rows), len(self._names)))
        self._text = np.repeat(np.arange(len(choices)), [len(each.candidates) for each in choices])
        self._right = np.array([value for each in choices for value in each.right], dtype=float)

    def fit(self, chosen: NDArray[np.bool_]) -> dict[str, float]:
        """The weight of every feature, from the chosen texts; one whose fact no candidate states teaches nothing."""
        known = np.array([any(each.right) or not each.example.facts.get(self.field) for each in self.choices])
        rows = (chosen & known)[self._text]
        text = np.unique(self._text[rows], return_inverse=True)[1]
        weights = _descend(self._matrix[rows], text, self._right[rows])
        named = zip(self._names, weights.tolist(), strict=True)
        return {name: round(weight, 3) for name, weight in named if abs(weight) >= SMALLEST}


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


def fitted_bar(table: Table) -> float:
    """The lowest bar above which at most `WRONG` of what is shown is wrong, on collections held out in turn."""
    field = table.field
    shown = sorted((each for each in _held_out(table) if each.chance >= LOWEST), reverse=True)
    stated = sum(bool(each.example.facts.get(field)) for each in table.choices if not each.example.made)
    right, bars = 0, {}
    for count, (each, after) in enumerate(zip(shown, [*shown[1:], None], strict=True), 1):
        right += each.right
        wrong = (count - right) / count
        for limit in (0.02, 0.03, 0.05, 0.06, 0.08, 0.1):
            if wrong <= limit and right and (after is None or after.chance < each.chance):
                bars[limit] = (round(each.chance, 3), right, count)
    for limit, (bar, good, count) in sorted(bars.items()):
        print(f"{field}: at most {limit} wrong: bar {bar}, {good} of {stated} found, {count - good} of {count} wrong")
    return max(LOWEST, bars[WRONG[field]][0]) if WRONG[field] in bars else SURE


def _held_out(table: Table) -> Iterator[Shown]:
    groups = sorted({each.example.group for each in table.choices})
    for fold in range(FOLDS):
        out = np.array([each.example.group in groups[fold::FOLDS] for each in table.choices])
        weights = table.fit(~out)
        for each in itertools.compress(table.choices, out):
            if not each.example.made:
                ranked = candidates.chances(weights, each.candidates)
                value, chance = max(ranked, key=lambda pair: pair[1], default=("", 0.0))
                yield Shown(chance, bool(value) and plain(value) == plain(each.example.facts.get(table.field) or ""))
