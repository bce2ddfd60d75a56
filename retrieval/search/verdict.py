"""The evidence for the best passage → the probability that it answers the question, and the verdict.

A logistic regression over the features of `Evidence`. Its weights and the two thresholds stand in `weights/verdict.json`,
once for evidence with a reranker and once for that of the search alone; `python -m training.verdict` writes the file.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retrieval.types import Verdict

WEIGHTS = Path(__file__).parent / "weights" / "verdict.json"
RERANKED, SEARCHED = "reranked", "searched"  # the two models of the file


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a passage, all but `logits` in about 0..1; a question far from the collection has low values."""

    coverage: float  # share of the question's words, weighed by rarity, that stand in the passage
    sentence_similarity: float  # highest cosine of one of its sentences
    score: float  # fused score of the search
    margin: float  # fused score above that of the best other candidate
    logits: float | None = None  # the reranker's for the passage and for its best sentence together; `None` without one


class Model(NamedTuple):
    """A logistic regression over some features of `Evidence`, and the probabilities from which on a verdict is given."""

    bias: float
    weights: Mapping[str, float]
    related_from: float
    answer_from: float


def read(path: Path = WEIGHTS) -> dict[str, Model]:
    """The models of a file by name."""
    return {name: Model(**record) for name, record in json.loads(path.read_text("utf-8")).items()}


_MODELS = read()


def judge(evidence: Evidence) -> tuple[Verdict, float]:
    """The verdict, and the probability (0..1) that the passage answers."""
    model = _MODELS[SEARCHED if evidence.logits is None else RERANKED]
    probability = 1 / (
        1 + math.exp(-model.bias - sum(w * getattr(evidence, name) for name, w in model.weights.items()))
    )
    if probability >= model.answer_from:
        return "answer", probability
    return "related" if probability >= model.related_from else "nothing", probability
