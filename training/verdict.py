"""Fit the verdict: `python -m training.verdict GOLD.jsonl [ARTICLES] [--write]`.

For evidence with a reranker and for that of the search alone, a logistic regression with a ridge on its weights learns
whether the first passage of each gold question is right. Printed are its weights and cross-validated measures: ten times
five folds, each question judged by a model that was fitted without it. `--write` puts the weights into
`retrieval/search/weights/verdict.json`; its two thresholds stay, to be set by the measures.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from retrieval import articles as files
from retrieval.evaluation import evaluate
from retrieval.index import corpus as corpora
from retrieval.search import cross_encoder, verdict
from retrieval.search.encoder import DEFAULT, SentenceEncoder
from retrieval.search.pipeline import Collection, search
from retrieval.types import Answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Flags = NDArray[np.bool_]

SEEDS = Path(__file__).parent.parent / "seeds"
RIDGE = 0.3
BARS = (0.03, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.55, 0.6, 0.7)


def main() -> None:
    """Print both models, fitted on the gold questions, with their measures; write them where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path, metavar="GOLD.jsonl")
    parser.add_argument("articles", type=Path, nargs="?", default=SEEDS, metavar="ARTICLES")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    encoder, reranker = SentenceEncoder(DEFAULT), cross_encoder.load(cross_encoder.DEFAULT)
    corpus = corpora.make(files.read(options.articles).articles, encoder)
    questions = [each for each in evaluate.read(options.gold) if each.type != evaluate.FOREIGN]
    records = json.loads(verdict.WEIGHTS.read_text("utf-8"))
    for name, model in ((verdict.RERANKED, reranker), (verdict.SEARCHED, None)):
        features = tuple(records[name]["weights"])
        evidence, outcomes = examples(Collection(corpus, encoder, model), questions, features)
        bias, *weights = judge(name, features, evidence, outcomes).round(2).tolist()
        records[name] |= {"bias": bias, "weights": dict(zip(features, weights, strict=True))}
    if options.write:
        verdict.WEIGHTS.write_text(json.dumps(records, indent=1) + "\n", "utf-8")


def examples(
    collection: Collection, questions: Sequence[evaluate.Gold], features: Sequence[str]
) -> tuple[Array, list[evaluate.Outcome]]:
    """The evidence for each question's best passage, `(n, features)`, and whether its passages are right."""
    rows, outcomes = [], []
    for gold in questions:
        result = search(collection, gold.question, 1, near=True)  # whatever the verdict is now
        if result.evidence:
            rows.append([getattr(result.evidence, name) for name in features])
            answer = Answer(gold.question, result.verdict, result.confidence, result.hits)
            outcomes.append(evaluate.Outcome(gold, answer))
    return np.array(rows), outcomes


def judge(name: str, features: Sequence[str], evidence: Array, outcomes: Sequence[evaluate.Outcome]) -> Array:
    """Fit on all questions and print; then judge each question by what was fitted without it, and print that."""
    decided = np.array([not outcome.undecided for outcome in outcomes])
    right = np.array([outcome.answerable and outcome.hit(1) for outcome in outcomes])
    answerable = np.array([outcome.answerable for outcome in outcomes])
    fitted = fit(evidence[decided], right[decided])
    print(name, dict(zip(("bias", *features), fitted.round(2).tolist(), strict=True)))
    held_out = np.mean([_held_out(evidence, right, decided, seed) for seed in range(10)], axis=0)
    above = np.subtract.outer(held_out[answerable], held_out[~answerable])
    print(f"AUROC, answerable against not: {np.mean((above > 0) + 0.5 * (above == 0)):.3f}")
    for bar in BARS:
        over = (held_out >= bar) & decided
        print(
            f"confidence ≥ {bar}: right {right[over].mean():.2f}, of the answerable "
            f"{np.mean(held_out[answerable] >= bar):.2f}, of the others {np.mean(held_out[~answerable] >= bar):.2f}"
        )
    return fitted


def fit(evidence: Array, right: Flags) -> Array:
    """Bias and weights of the logistic regression, by Newton's method."""
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
    main()
