"""Fit the constants of the readers: `python -m benchmarks.fit_reader GOLD.jsonl [ARTICLES]`.

For the rule and for the cross-encoder a logistic function is fitted on whether the first passage of each gold question
is right, with a ridge on its weights; "nothing" is taken as "related" meanwhile, so that what is fitted does not hang on
the bars that stand there, and whose words are asked for is left aside, since that is not the reader's to judge. The
printed measures are cross-validated: ten times five folds, each question judged by a function that was fitted without
it.
"""

from __future__ import annotations

import sys
from dataclasses import astuple, replace
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import numpy as np

from benchmarks.passages import SEEDS
from retrieval import Index
from retrieval.evaluation import evaluate
from retrieval.search import cross_encoder, reranker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from retrieval.search.hybrid import Candidate
    from retrieval.search.reranker import Query, Reading
    from retrieval.types import Passage

    Array = NDArray[np.float64]
    Flags = NDArray[np.bool_]

RIDGE = 0.3


class NotingRule(reranker.RuleReader):
    """The rule, with the evidence of every question that it judged."""

    def __init__(self) -> None:
        self.noted: dict[str, tuple[float, ...]] = {}

    def read(self, query: Query, passages: Sequence[Passage], found: Sequence[Candidate]) -> Reading:
        reading = super().read(query, passages, found)
        self.noted[query.text] = astuple(reranker.evidence(query, passages, found, reading.sentences[0]))
        return _shown(reading)


class NotingCross(reranker.CrossReader):
    """The cross-encoder, with the evidence of every question that it judged."""

    def __init__(self) -> None:
        super().__init__(cross_encoder.load(cross_encoder.DEFAULT))
        self.noted: dict[str, tuple[float, ...]] = {}

    def read(self, query: Query, passages: Sequence[Passage], found: Sequence[Candidate]) -> Reading:
        return _shown(super().read(query, passages, found))

    def evidence(self, query: Query, passage: Passage, candidate: Candidate, logits: float) -> tuple[float, ...]:
        self.noted[query.text] = super().evidence(query, passage, candidate, logits)
        return self.noted[query.text]


def _shown(reading: Reading) -> Reading:
    return replace(reading, verdict="related") if reading.verdict == "nothing" else reading


def main(gold: str, articles: str = str(SEEDS)) -> None:
    """Print constants for `retrieval/search/reranker.py`, each with its cross-validated measures."""
    index = Index.build(articles)
    golds = [one for one in evaluate.read(Path(gold)) if one.type != evaluate.FOREIGN]
    for name, noting in (("_RULE", NotingRule()), ("_CROSS", NotingCross())):
        index._reranker = noting
        with patch("retrieval.search.answering.whose.asked", return_value=None):
            outcomes = evaluate.run(golds, index.ask)
        asked = [outcome.answer.searched or outcome.answer.question for outcome in outcomes]
        seen = [place for place, question in enumerate(asked) if question in noting.noted]
        judge(
            name,
            np.array([noting.noted[asked[place]] for place in seen]),
            [outcomes[place] for place in seen],
        )


def judge(name: str, evidence: Array, outcomes: Sequence[evaluate.Outcome]) -> None:
    """Fit on all questions and print; then judge each question by what was fitted without it and print that."""
    decided = np.array([not outcome.undecided for outcome in outcomes])
    right = np.array([outcome.answerable and outcome.hit(1) for outcome in outcomes])
    answerable = np.array([outcome.answerable for outcome in outcomes])
    print(f"{name} = ({', '.join(f'{weight:.2f}' for weight in fit(evidence[decided], right[decided]))})")
    held_out = np.mean([_held_out(evidence, right, decided, seed) for seed in range(10)], axis=0)
    above = np.subtract.outer(held_out[answerable], held_out[~answerable])
    print(f"AUROC, answerable against not: {np.mean((above > 0) + 0.5 * (above == 0)):.3f}")
    for bar in (0.03, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.55, 0.6, 0.7):
        over = (held_out >= bar) & decided
        print(
            f"confidence ≥ {bar}: right {right[over].mean():.2f}, of the answerable "
            f"{np.mean(held_out[answerable] >= bar):.2f}, of the others {np.mean(held_out[~answerable] >= bar):.2f}"
        )


def fit(evidence: Array, right: Flags) -> Array:
    """Bias and weights of the logistic function, by Newton's method."""
    x = np.column_stack([np.ones(len(evidence)), evidence])
    ridge = RIDGE * np.diag([0.0, *np.ones(evidence.shape[1])])
    weights = np.zeros(x.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-x @ weights))
        curvature = x.T @ (x * (chance * (1 - chance))[:, None]) + ridge
        weights -= np.linalg.solve(curvature, x.T @ (chance - right) + ridge @ weights)
    return weights


def _held_out(evidence: Array, right: Flags, decided: Flags, seed: int) -> Array:
    fold = np.random.default_rng(seed).integers(0, 5, len(right))
    confidence = np.zeros(len(right))
    for held in range(5):
        weights = fit(evidence[decided & (fold != held)], right[decided & (fold != held)])
        confidence[fold == held] = 1 / (1 + np.exp(-weights[0] - evidence[fold == held] @ weights[1:]))
    return confidence


if __name__ == "__main__":
    main(*sys.argv[1:])
