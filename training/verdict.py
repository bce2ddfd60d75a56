"""Fit the verdict: `python -m training.verdict FOLDER... [--write]`.

A folder is a collection with gold questions (`gold/README.md`). Each is asked its own questions, some of the other
collections', and questions that no news collection answers (`far_questions.txt`): without those from afar, a fit takes
words in common for a sign of a trap. For evidence with a reranker and for that of the search alone, one logistic regression
with a ridge on its weights learns whether a question is the collection's own, and one, on those that are, whether the first
passage answers. Printed are both, and the measures of their product on collections held out in turn. `--write` puts the
weights into `retrieval/search/weights/verdict.json`; its two thresholds stay, to be set by the measures.
"""

from __future__ import annotations

import argparse
import json
import random
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.collections import holds
from retrieval import articles as files
from retrieval.evaluation import metrics
from retrieval.index import corpus as corpora
from retrieval.search import cross_encoder, verdict
from retrieval.search.encoder import DEFAULT, SentenceEncoder
from retrieval.search.pipeline import Collection, search

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from retrieval.search.verdict import Evidence

    Array = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Question = Mapping[str, Any]
    Features = Mapping[str, Sequence[str]]  # by regression

FAR_QUESTIONS = Path(__file__).with_name("far_questions.txt")
OF_OTHERS = 8  # questions of other collections that each one is asked
FROM_AFAR = 12  # questions that no news collection answers
RIDGE = 0.3
FOLDS = 5
REGRESSIONS = "topic", "answer"
TOPIC_THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6)
THRESHOLDS = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8)


@dataclass(frozen=True)
class Example:
    """The evidence for a question's best passage, and what is true of the question."""

    evidence: Evidence
    right: bool  # the first passage answers
    answerable: bool
    far: bool  # from another collection, or from none


def main() -> None:
    """Print both models, fitted on the collections, with their measures; write them where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    encoder, reranker = SentenceEncoder(DEFAULT), cross_encoder.load(cross_encoder.DEFAULT)
    gold = [json.loads((folder / "gold.json").read_text("utf-8"))["questions"] for folder in options.folders]
    models = {verdict.RERANKED: reranker, verdict.SEARCHED: None}
    examples: dict[str, list[list[Example]]] = {name: [] for name in models}
    for folder, questions in zip(options.folders, with_far_questions(gold, random.Random(7)), strict=True):
        corpus = corpora.make(files.read(folder).articles, encoder)
        for name, model in models.items():
            examples[name].append(ask(Collection(corpus, encoder, model), questions))
    records = json.loads(verdict.WEIGHTS.read_text("utf-8"))
    for name, collections in examples.items():
        own = features(records[name])
        for regression, weights in zip(REGRESSIONS, fit(own, chain(*collections)), strict=True):
            bias, *others = weights.round(2).tolist()
            records[name][regression] = {"bias": bias, "weights": dict(zip(own[regression], others, strict=True))}
        print(name, records[name], *measures(own, collections), sep="\n")
    if options.write:
        verdict.WEIGHTS.write_text(json.dumps(records, indent=1) + "\n", "utf-8")


def with_far_questions(collections: Sequence[Sequence[Question]], rng: random.Random) -> list[list[Question]]:
    """Every collection's gold questions, then some of the others' and some from afar; those are `far` without answers."""
    from_afar = FAR_QUESTIONS.read_text("utf-8").splitlines()
    asked = []
    for own in collections:
        others = [gold["question"] for other in collections if other is not own for gold in other]
        far = rng.sample(others, min(OF_OTHERS, len(others))) + rng.sample(from_afar, FROM_AFAR)
        asked.append([*own, *({"question": question, "answers": [], "far": True} for question in far)])
    return asked


def ask(collection: Collection, questions: Sequence[Question]) -> list[Example]:
    """An example of every question for which the search brings anything, whatever the verdict on it is now."""
    examples = []
    for gold in questions:
        result = search(collection, gold["question"], 1, near=True)
        if result.evidence:
            right = holds(result.hits[0].passage, gold["answers"])
            examples.append(Example(result.evidence, right, bool(gold["answers"]), gold.get("far", False)))
    return examples


def features(record: Mapping[str, Any]) -> Features:
    """The features of both regressions of a record of the file."""
    return {name: tuple(record[name]["weights"]) for name in REGRESSIONS}


def fit(own: Features, examples: Iterable[Example]) -> tuple[Array, Array]:
    """Bias and weights of both regressions: of all examples whether they are the collection's own, of these whether they are right."""
    examples = list(examples)
    near = [each for each in examples if not each.far]
    return (
        regression(_table(own["topic"], examples), np.array([not each.far for each in examples])),
        regression(_table(own["answer"], near), np.array([each.right for each in near])),
    )


def regression(evidence: Array, true: Flags) -> Array:
    """Bias and weights of the logistic regression, by Newton's method."""
    x = np.column_stack([np.ones(len(evidence)), evidence])
    ridge = RIDGE * np.diag([0.0, *np.ones(evidence.shape[1])])
    weights = np.zeros(x.shape[1])
    for _ in range(30):
        probabilities = _probabilities(weights, evidence)
        curvature = x.T @ (x * (probabilities * (1 - probabilities))[:, None]) + ridge
        weights -= np.linalg.solve(curvature, x.T @ (probabilities - true) + ridge @ weights)
    return weights


def measures(own: Features, collections: Sequence[Sequence[Example]]) -> list[str]:
    """Lines that say how good the verdict is on collections that it was not fitted on, each held out once."""
    examples: list[Example] = []
    folds = []
    for fold in range(min(FOLDS, len(collections))):
        rest = chain(*(each for at, each in enumerate(collections) if at % FOLDS != fold))
        held_out = list(chain(*collections[fold::FOLDS]))
        fitted = zip(REGRESSIONS, fit(own, rest), strict=True)
        folds.append([_probabilities(weights, _table(own[name], held_out)) for name, weights in fitted])
        examples += held_out
    topic, answer = np.concatenate(folds, axis=1)
    confidence = topic * answer
    right, can, far = (np.array([getattr(each, key) for each in examples]) for key in ("right", "answerable", "far"))
    near = ~can & ~far
    lines = [
        f"AUROC, answerable against not: {metrics.auroc(confidence[~far], can[~far])[0]:.3f}",
        f"calibration error: {metrics.calibration_error(confidence[~far], right[~far])[0]:.3f}",
    ]
    for threshold in TOPIC_THRESHOLDS:
        below = topic < threshold
        lines.append(
            f"topic < {threshold}: of right passages {_share(below[right])}, of questions that nothing answers "
            f"{_share(below[near])}, from afar {_share(below[far])}"
        )
    for threshold in THRESHOLDS:
        over = confidence >= threshold
        lines.append(
            f"confidence ≥ {threshold}: right {_share(right[over & ~far])}, of the answerable {_share(over[can])}, "
            f"of the others {_share(over[near])}, from afar {_share(over[far])}"
        )
    return lines


def _table(names: Sequence[str], examples: Sequence[Example]) -> Array:
    """The evidence, `(n, features)`."""
    return np.array([[getattr(each.evidence, name) for name in names] for each in examples])


def _probabilities(weights: Array, evidence: Array) -> Array:
    probabilities: Array = 1 / (1 + np.exp(-weights[0] - evidence @ weights[1:]))
    return probabilities


def _share(flags: Flags) -> str:
    return f"{flags.sum() / max(1, len(flags)):.3f}"


if __name__ == "__main__":
    main()
