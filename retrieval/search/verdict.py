"""The evidence for the best passage → the probability that it answers the question, and the verdict.

The probability is the product of two logistic regressions over features of `Evidence`: whether the collection is about
what is asked, and, if it is, whether the passage answers. In one regression for both, words in common with a question
from afar counted for an answer. Weights and thresholds stand in `weights/verdict.json`, once for evidence with a reranker
and once for that of the search alone; `python -m training.verdict` writes the file.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from retrieval.types import Verdict

WEIGHTS = Path(__file__).parent / "weights" / "verdict.json"
RERANKED, SEARCHED = "reranked", "searched"  # the two models of the file


@dataclass(frozen=True, slots=True)
class Evidence:
    """The features of a passage for a question, each higher for a better passage; all but the reranker's in about 0..1."""

    coverage: float  # share of the question's words, weighed by rarity, that stand in the passage
    similarity: float  # cosine of the passage
    sentence_similarity: float  # highest cosine of one of its sentences
    score: float  # fused score of the search
    margin: float  # fused score above that of the best other candidate
    logits: float | None = None  # the reranker's for the passage and for its best sentence together; `None` without one
    sentence_lead: float = 0.0  # the best sentence's logit above the second's, at most 3, which it is without a second


class Regression(NamedTuple):
    """A logistic regression over some features x of `Evidence`: p = 1 / (1 + exp(−(bias + Σ wᵢ xᵢ)))."""

    bias: float
    weights: Mapping[str, float]

    def probability(self, evidence: Evidence) -> float:
        """The probability, 0..1."""
        total = self.bias + sum(weight * getattr(evidence, name) for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-total))


class Model(NamedTuple):
    """Both regressions, and from which probability on what is asked is the collection's topic, and is answered."""

    topic: Regression
    answer: Regression
    related_from: float
    answer_from: float


def read(path: Path = WEIGHTS) -> dict[str, Model]:
    """The models of a file by name."""
    return {
        name: Model(
            Regression(**record["topic"]), Regression(**record["answer"]), record["related_from"], record["answer_from"]
        )
        for name, record in json.loads(path.read_text("utf-8")).items()
    }


_MODELS = read()


def weighed(evidence: Evidence | None, topic: Evidence | None, probability: float) -> tuple[Verdict, float]:
    """The verdict on a passage that answers with `probability` if any article has a `topic`, and the probability of both.

    `evidence` is the passage's, `topic` that of the topic put to the search alone, `None` where no passage came up.
    """
    chance = _MODELS[SEARCHED].topic.probability(topic) if topic else 0.0
    model = _MODELS[SEARCHED if evidence is None or evidence.logits is None else RERANKED]
    return _decided(model, chance, probability * chance)


def judge(evidence: Evidence) -> tuple[Verdict, float]:
    """The verdict, and the probability (0..1) that the passage answers."""
    model = _MODELS[SEARCHED if evidence.logits is None else RERANKED]
    topic = model.topic.probability(evidence)
    return _decided(model, topic, topic * model.answer.probability(evidence))


def _decided(model: Model, topic: float, probability: float) -> tuple[Verdict, float]:
    if probability >= model.answer_from:
        return "answer", probability
    return "related" if topic >= model.related_from else "nothing", probability
