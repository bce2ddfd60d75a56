"""The fit of the verdict: what it is fitted on, and that it learns what tells right passages from wrong ones."""

from __future__ import annotations

import random

import numpy as np

from retrieval import Article
from retrieval.index import corpus
from retrieval.search.pipeline import Collection
from retrieval.search.verdict import Evidence
from tests.fakes import FakeEncoder
from training import verdict
from training.verdict import Example

TEXT = "The mayor opened the new bridge on Monday. It cost nine million crowns."


def test_a_feature_that_tells_right_from_wrong_gets_the_weight_and_noise_gets_little():
    random = np.random.default_rng(0)
    signal, noise = random.normal(size=(2, 400))
    right = signal + 0.3 * random.normal(size=400) > 0.5
    bias, of_signal, of_noise = verdict.regression(np.column_stack([signal, noise]), right)
    assert of_signal > 3
    assert abs(of_noise) < 0.5
    assert -bias / of_signal == np.clip(-bias / of_signal, 0.4, 0.6)  # where the probability is one half


def test_a_question_is_an_example_whatever_the_verdict_on_it_is():
    made = corpus.make([Article("a", "a.txt", TEXT, "0" * 64)], FakeEncoder())
    bridge = {"question": "Who opened the bridge?", "answers": [["a.txt", "The mayor opened"]]}
    zebra = {"question": "Zebra crossing quarrels?", "answers": [], "far": True}
    examples = verdict.ask(Collection(made, FakeEncoder(), None), [bridge, zebra])
    assert [example.evidence.coverage for example in examples] == [1.0, 0.0]
    assert [(example.right, example.answerable, example.far) for example in examples] == [
        (True, True, False),
        (False, False, True),
    ]


def test_every_collection_is_asked_questions_of_the_others_and_from_afar_which_nothing_answers():
    collections = [[{"question": f"{letter}{i}", "answers": [["f", "s"]]} for i in range(9)] for letter in "ab"]
    first, second = verdict.with_far_questions(collections, random.Random(1))
    assert first[:9] == collections[0]
    far = first[9:]
    assert len(far) == verdict.OF_OTHERS + verdict.FROM_AFAR
    assert all(question["far"] and question["answers"] == [] for question in far)
    assert sum(question["question"].startswith("b") for question in far[: verdict.OF_OTHERS]) == verdict.OF_OTHERS
    assert [question["question"] for question in second[:9]] == [f"b{i}" for i in range(9)]


def test_what_is_the_topic_is_learned_from_all_and_what_answers_from_the_collections_own_questions():
    """Coverage tells what is from afar, the fused score what is right; from afar both are the other way round."""
    own = [_example(coverage, score, right=score > 0.5) for coverage in (0.6, 0.9) for score in (0.1, 0.9)] * 10
    far = [_example(coverage, 0.9, right=False, far=True) for coverage in (0.1, 0.3)] * 10
    (_, of_coverage), (_, of_score) = verdict.fit({"topic": ("coverage",), "answer": ("score",)}, own + far)
    assert of_coverage > 3
    assert of_score > 3
    (_, alone) = verdict.fit({"topic": ("coverage",), "answer": ("score",)}, own + far * 9)[1]
    assert alone == of_score  # however many are from afar


def test_measures_are_of_collections_that_were_held_out():
    """Within each collection the score tells right from wrong, and in the last the other way round: nobody learned that."""
    own = {"topic": ("coverage",), "answer": ("score",)}
    far = [_example(0.1, 0.1, right=False, far=True)] * 10
    usual = far + [_example(0.9, score, right=score > 0.5) for score in (0.1, 0.2, 0.8, 0.9) * 10]
    turned = far + [_example(0.9, score, right=score < 0.5) for score in (0.1, 0.2, 0.8, 0.9) * 10]
    auroc, *_ = verdict.measures(own, [usual, usual, usual, usual])
    assert auroc == "AUROC, answerable against not: 1.000"
    auroc, *_ = verdict.measures(own, [usual, usual, usual, usual, turned])
    assert auroc == "AUROC, answerable against not: 0.640"  # 0.8 * 0.8: no pair with one of the turned is won


def _example(coverage: float, score: float, *, right: bool, far: bool = False) -> Example:
    return Example(Evidence(coverage, 0.0, 0.0, score, 0.0), right, answerable=right, far=far)
