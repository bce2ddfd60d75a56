"""Log-odds of features → the mean of two chances."""

from __future__ import annotations

import pytest

from retrieval.speakers import model


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    tree: model.Tree = ["says", 0.5, -1.0, ["far", 2.0, 3.0, 0.0]]
    monkeypatch.setattr(model, "models", lambda: {"cue": model.Model(0.0, {"says": 2.0}, 1.0, [tree])})


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("features", "chance"),
    [
        ({}, (0.5 + 0.5) / 2),  # odds 0 and 1 − 1
        ({"says": 1.0, "unknown": 9.0}, (0.8808 + 0.9820) / 2),  # 2 and 1 + 3
        ({"says": 1.0, "far": 3.0}, (0.8808 + 0.7311) / 2),  # 2 and 1 + 0
    ],
)
def test_a_chance_is_the_mean_of_the_regression_and_the_trees(features: dict[str, float], chance: float):
    assert model.probability("cue", features) == pytest.approx(chance, abs=1e-3)


def test_the_models_that_ship_can_be_read():
    assert {name: len(each.trees) > 0 < len(each.weights) for name, each in model.models().items()} == {
        "coreference": True,
        "cue": True,
        "context": True,
    }
