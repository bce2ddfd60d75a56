"""The fit of the verdict: what it is fitted on, and that it learns what tells right passages from wrong ones."""

from __future__ import annotations

import numpy as np

from retrieval import Article
from retrieval.evaluation.evaluate import Gold, Snippet
from retrieval.index import corpus
from retrieval.search.pipeline import Collection
from tests.fakes import FakeEncoder
from training import verdict

TEXT = "The mayor opened the new bridge on Monday. It cost nine million crowns."


def test_a_feature_that_tells_right_from_wrong_gets_the_weight_and_noise_gets_little():
    random = np.random.default_rng(0)
    signal, noise = random.normal(size=(2, 400))
    right = signal + 0.3 * random.normal(size=400) > 0.5
    bias, of_signal, of_noise = verdict.fit(np.column_stack([signal, noise]), right)
    assert of_signal > 3
    assert abs(of_noise) < 0.5
    assert -bias / of_signal == np.clip(-bias / of_signal, 0.4, 0.6)  # where the probability is one half


def test_a_question_is_an_example_whatever_the_verdict_on_it_is():
    made = corpus.make([Article("a", "a.txt", TEXT, "0" * 64)], FakeEncoder())
    golds = [
        Gold("1", "Who opened the bridge?", "untyped", "any", (Snippet("a.txt", "The mayor opened", True),)),
        Gold("2", "Zebra crossing quarrels?", "untyped", "any", ()),
    ]
    evidence, outcomes = verdict.examples(Collection(made, FakeEncoder(), None), golds, ["coverage", "margin"])
    assert evidence[:, 0].tolist() == [1.0, 0.0]
    assert [outcome.hit(1) for outcome in outcomes] == [True, False]
