"""Named features → a probability: the logistic models of `weights/linking.json`, fitted by `python -m training.speakers.fit`."""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

WEIGHTS = Path(__file__).parent / "weights" / "linking.json"


def probability(model: str, features: Mapping[str, float]) -> float:
    """The chance, 0..1, that a candidate with these features is right; features that the model lacks count nothing."""
    own = weights()[model]
    score = own["bias"] + sum(own.get(name, 0.0) * value for name, value in features.items())
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, score))))


@cache
def weights() -> dict[str, dict[str, float]]:
    """The weights of each model by the names of its features, and its `bias`."""
    models: dict[str, dict[str, float]] = json.loads(WEIGHTS.read_text("utf-8"))
    return models
