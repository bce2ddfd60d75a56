"""Models as ONNX graphs: the same vectors as sentence-transformers gives, or the reason why there is no graph."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval.search.encoder import SentenceEncoder
from tests import tiny_models

TEXTS = ["the mayor opened the bridge", "who ?", "", "plums and honey " * 9, "unheard"]


@pytest.mark.parametrize(
    ("kind", "pooling", "prompt"),
    [
        ("bert", "mean", ""),
        ("bert", "cls", "who where "),
        ("bert", "max", ""),
        ("bert", "mean_sqrt_len_tokens", ""),
        ("xlm-roberta", "mean", ""),
    ],
)
def test_a_graph_gives_the_vectors_of_sentence_transformers(tmp_path: Path, kind: str, pooling: str, prompt: str):
    model = SentenceEncoder(str(tiny_models.save(tmp_path / "model", kind, pooling, prompt)))
    theirs, passages = model.encode_queries(TEXTS), model.encode_passages(TEXTS)
    model.export(TEXTS)
    assert model.queries["runtime"] == "onnxruntime"
    assert model.queries["cosine"] == pytest.approx(1, abs=1e-6)
    assert (model.queries["max_tokens"], model.queries["prompt"]) == (12, prompt)
    assert model.encode_queries(TEXTS) == pytest.approx(theirs, abs=1e-5)
    assert model.encode_passages(TEXTS) == pytest.approx(passages, abs=1e-5)
    assert model.lean is (not prompt)
    assert np.abs(theirs[0] - theirs[1]).max() > 0.01


@pytest.mark.parametrize(
    ("kind", "pooling", "reason"),
    [
        ("distilbert", "mean", "its kind is distilbert, neither BERT nor RoBERTa with absolute positions"),
        ("bert", "lasttoken", "its pooling is lasttoken"),
    ],
)
def test_a_model_of_another_kind_says_why_and_stays_with_sentence_transformers(
    tmp_path: Path, kind: str, pooling: str, reason: str
):
    model = SentenceEncoder(str(tiny_models.save(tmp_path / "model", kind, pooling)))
    before = model.encode_queries(TEXTS)
    model.export(TEXTS)
    assert model.queries == {"runtime": "sentence-transformers", "reason": reason}
    assert model.encode_queries(TEXTS) == pytest.approx(before, abs=1e-6)


def test_a_graph_with_other_vectors_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    model = SentenceEncoder(str(tiny_models.save(tmp_path / "model")))
    before = model.encode_queries(TEXTS)
    monkeypatch.setattr("retrieval.search.encoder._POOLING", {"mean": lambda rows: rows.max(axis=0)})
    model.export(TEXTS)
    assert model.queries["runtime"] == "sentence-transformers"
    assert model.queries["reason"].startswith("its graph gives other vectors, down to a cosine of 0.")
    assert model.encode_queries(TEXTS) == pytest.approx(before, abs=1e-6)
