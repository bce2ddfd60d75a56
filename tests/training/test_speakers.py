"""Fitting the models that link sentences to speakers."""

from __future__ import annotations

import itertools
import json

from retrieval.speakers import model
from training.speakers import examples, fit


def test_a_fitted_model_gives_the_chances_of_what_it_was_fitted_on(monkeypatch):
    pairs = list(itertools.product([0.0, 1.0], repeat=2)) * 50
    rows = [({"asks": asks, "answers": answers}, bool(asks and answers)) for asks, answers in pairs]
    fitted = fit._fitted(rows, 10.0)
    monkeypatch.setattr(model, "models", lambda: {"cue": fitted})
    chances = [model.probability("cue", {"asks": asks, "answers": answers}) for asks, answers in pairs[:4]]
    assert [round(chance, 1) for chance in chances] == [0.0, 0.0, 0.0, 1.0]


def test_what_is_written_is_what_was_fitted(tmp_path, monkeypatch):
    models = {"cue": model.Model(0.5, {"says": 2.0}, 1.0, [["says", 0.5, -1.0, 3.0], 0.25])}
    (tmp_path / "linking.json").write_text(fit._written(models))
    monkeypatch.setattr(model, "WEIGHTS", tmp_path / "linking.json")
    assert model.models.__wrapped__() == models


def test_a_sentence_of_news_is_an_article_of_its_own_and_either_of_two_speakers_is_right(tmp_path):
    row = {"doc": "a", "voice": "speaker", "pronoun": False}
    rows = [
        row
        | {
            "text": "Ines Palm said it was late and Jo Tan denied it.",
            "source": "Ines Palm",
            "note": "two: Jo Tan; short",
        },
        row | {"text": "He said that it was late.", "source": "He", "pronoun": True},
        row | {"text": "The harbour is closed.", "source": None, "voice": "article", "note": "arguable"},
    ]
    (tmp_path / "news.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in rows), "utf-8")
    golds = [(each.collection, each.gold) for each in examples.read_news(tmp_path / "news.jsonl")]
    assert golds == [("a", {0: ("speaker", ["Ines Palm", "Jo Tan"])}), ("a", {0: ("article", [])})]
