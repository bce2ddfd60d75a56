"""Named features → a probability: the models of `weights/linking.json`, fitted by `python -m training.speakers.fit`.

Each is the mean of a logistic regression and of gradient-boosted trees (Friedman 2001): the first knows what rare words do,
the second what features do together.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

WEIGHTS = Path(__file__).parent / "weights" / "linking.json"

# A leaf's value, or the feature asked for, the threshold, and the trees for values up to it and above it.
Tree = float | list["str | float | Tree"]


class Model(NamedTuple):
    """The log-odds of a candidate twice: `weights` by feature with `bias`, and `trees`, whose values are added to `base`."""

    bias: float
    weights: Mapping[str, float]
    base: float
    trees: Sequence[Tree]


def probability(model: str, features: Mapping[str, float]) -> float:
    """The chance, 0..1, that a candidate with these features is right; features that the model lacks count nothing."""
    bias, own, base, trees = models()[model]
    linear = bias + sum(own.get(name, 0.0) * value for name, value in features.items())
    return (_chance(linear) + _chance(base + sum(_value(tree, features) for tree in trees))) / 2


def _value(tree: Tree, features: Mapping[str, float]) -> float:
    while not isinstance(tree, float):
        name, threshold, low, high = tree
        tree = low if features.get(name, 0.0) <= threshold else high  # type: ignore[assignment, arg-type, operator]
    return tree


def _chance(odds: float) -> float:
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, odds))))


@cache
def models() -> dict[str, Model]:
    """The models by name."""
    return {name: Model(*fields) for name, fields in json.loads(WEIGHTS.read_text("utf-8")).items()}
