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

MIDDLING = Evidence(coverage=0.5, similarity=0.5, sentence_similarity=0.5, score=0.5, margin=0.2)


@pytest.mark.parametrize("feature", ["coverage", "similarity", "sentence_similarity", "margin"])
def test_without_a_reranker_each_feature_of_the_search_makes_an_answer_likelier(feature: str):
    more = replace(MIDDLING, **{feature: getattr(MIDDLING, feature) + 0.2})
    assert verdict.judge(more)[1] > verdict.judge(MIDDLING)[1]


@pytest.mark.parametrize("feature", ["coverage", "similarity", "sentence_similarity", "logits"])
def test_with_a_reranker_its_logits_and_the_search_make_an_answer_likelier(feature: str):
    read = replace(MIDDLING, logits=0.0)
    more = replace(read, **{feature: getattr(read, feature) + 0.2})
    assert verdict.judge(more)[1] > verdict.judge(read)[1]


@pytest.mark.parametrize(("logits", "expected"), [(6.0, "answer"), (-4.0, "related"), (-9.0, "related")])
def test_what_is_the_collections_topic_is_related_however_surely_it_is_not_answered(logits: float, expected: str):
    assert verdict.judge(replace(MIDDLING, logits=logits))[0] == expected


def test_what_is_far_from_the_collection_is_nothing_and_little_likely_whatever_the_reranker_says():
    far = Evidence(coverage=0.0, similarity=0.1, sentence_similarity=0.1, score=0.5, margin=0.2, logits=6.0)
    judged, probability = verdict.judge(far)
    assert judged == "nothing"
    assert probability < verdict.judge(replace(MIDDLING, logits=6.0))[1] / 2


def test_nothing_speaks_for_a_passage_without_any_evidence():
    assert verdict.judge(Evidence(0, 0, 0, 0, 0))[0] == "nothing"
    assert verdict.judge(Evidence(0, 0, 0, 0, 0, logits=-12.0))[0] == "nothing"


def test_the_probability_is_that_of_the_topic_times_that_of_an_answer_over_the_features_that_the_file_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    record = {
        "topic": {"bias": -1.0, "weights": {"score": 2.0, "margin": 5.0}},  # -1 + 2 · 0.5 + 5 · 0.2 = 1
        "answer": {"bias": 0.5, "weights": {"coverage": 3.0}},  # 0.5 + 3 · 0.5 = 2
        "related_from": 0.7,
        "answer_from": 0.8,
    }
    (tmp_path / "verdict.json").write_text(json.dumps({"searched": record}))
    monkeypatch.setattr(verdict, "_MODELS", verdict.read(tmp_path / "verdict.json"))
    topic, answer = (1 / (1 + math.exp(-total)) for total in (1, 2))
    assert verdict.judge(MIDDLING) == ("related", pytest.approx(topic * answer))


def test_an_answer_on_a_topic_that_is_far_is_none():
    near, far = MIDDLING, Evidence(coverage=0.0, similarity=0.1, sentence_similarity=0.1, score=1.0, margin=0.2)
    assert verdict.weighed(replace(MIDDLING, logits=6.0), near, 0.9)[0] == "answer"
    assert verdict.weighed(replace(MIDDLING, logits=6.0), far, 0.9)[0] == "nothing"
    kind, probability = verdict.weighed(MIDDLING, None, 0.9)
    assert (kind, probability) == ("nothing", 0.0)
