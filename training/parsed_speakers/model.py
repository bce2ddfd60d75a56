"""Named features → a probability: the logistic models of `weights.json`, fitted by `python -m training.parsed_speakers.fit`."""

from __future__ import annotations

import json
import math
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def probability(model: str, features: Mapping[str, float]) -> float:
    """The chance, 0..1, that a candidate with these features is right; features that the model lacks count nothing."""
    weights = _weights()[model]
    score = weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in features.items())
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, score))))


@cache
def _weights() -> dict[str, dict[str, float]]:
    weights: dict[str, dict[str, float]] = json.loads(
        resources.files(__package__).joinpath("weights.json").read_text("utf-8")
    )
    return weights
