"""Evidence → probability and verdict; the shipped models, and the file that holds them."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from retrieval.search import verdict
from retrieval.search.verdict import Evidence

if TYPE_CHECKING:
    from pathlib import Path

MIDDLING = Evidence(coverage=0.5, sentence_similarity=0.5, score=0.5, margin=0.2)


@pytest.mark.parametrize("feature", ["coverage", "sentence_similarity", "margin"])
def test_without_a_reranker_each_feature_of_the_search_makes_an_answer_likelier(feature: str):
    more = replace(MIDDLING, **{feature: getattr(MIDDLING, feature) + 0.2})
    assert verdict.judge(more)[1] > verdict.judge(MIDDLING)[1]


@pytest.mark.parametrize("feature", ["sentence_similarity", "score", "logits"])
def test_with_a_reranker_its_logits_and_the_search_make_an_answer_likelier(feature: str):
    read = replace(MIDDLING, logits=0.0)
    more = replace(read, **{feature: getattr(read, feature) + 0.2})
    assert verdict.judge(more)[1] > verdict.judge(read)[1]


@pytest.mark.parametrize(("logits", "expected"), [(6.0, "answer"), (-1.0, "related"), (-20.0, "nothing")])
def test_the_verdict_follows_the_probability(logits: float, expected: str):
    assert verdict.judge(replace(MIDDLING, logits=logits))[0] == expected


def test_nothing_speaks_for_a_passage_without_any_evidence():
    assert verdict.judge(Evidence(0, 0, 0, 0))[0] == "nothing"
    assert verdict.judge(Evidence(0, 0, 0, 0, logits=-12.0))[0] == "nothing"


def test_a_model_is_a_logistic_regression_over_the_features_that_its_file_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    record = {"bias": -1.0, "weights": {"score": 2.0, "margin": 5.0}, "related_from": 0.6, "answer_from": 0.8}
    (tmp_path / "verdict.json").write_text(json.dumps({"searched": record}))
    monkeypatch.setattr(verdict, "_MODELS", verdict.read(tmp_path / "verdict.json"))
    # -1 + 2 · 0.5 + 5 · 0.2 = 1
    assert verdict.judge(MIDDLING) == ("related", pytest.approx(1 / (1 + math.exp(-1))))
