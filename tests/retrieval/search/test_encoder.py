"""The real model: the published weights, unit rows, a text nearest to itself, and refusal of any other file."""

from __future__ import annotations

import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from retrieval import ModelError
from retrieval.search import encoder
from retrieval.search.encoder import Export, SentenceEncoder

TEXTS = ["The senate passed the bill.", "Snow fell in the mountains.", "", "🔥" * 50, "слово"]


@pytest.fixture(scope="module")
def model() -> SentenceEncoder:
    return SentenceEncoder()


def test_rows_are_float32_of_unit_length_and_a_text_is_nearest_to_itself(model: SentenceEncoder):
    rows = model.encode_passages(TEXTS)
    assert (rows.dtype, rows.shape) == (np.float32, (5, 384))
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)
    assert (rows @ rows.T).argmax(axis=1).tolist() == [0, 1, 2, 3, 4]
    assert np.diag(rows @ rows.T) == pytest.approx(1, abs=1e-5)


def test_meaning_counts_more_than_words(model: SentenceEncoder):
    question = model.encode_queries(["Did lawmakers approve the law?"])[0]
    bill, snow = model.encode_passages(TEXTS[:2])
    assert question @ bill > question @ snow + 0.3


def test_the_weights_are_the_published_ones(model: SentenceEncoder):
    published = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    assert encoder._sha256(model.folder / "model.safetensors") == published


@pytest.mark.parametrize("file", ["config.json", "modules.json", "tokenizer.json"])
def test_an_altered_file_of_the_default_model_is_refused_before_it_is_parsed(
    model: SentenceEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
):
    for name in encoder._SHA256:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(model.folder / name, tmp_path / name)
    (tmp_path / file).write_text((tmp_path / file).read_text() + " ")
    monkeypatch.setattr(encoder.metadata.PathDistribution, "locate_file", lambda *_: tmp_path)
    with pytest.raises(ModelError, match=f"{file} is not the published file"):
        SentenceEncoder()


def test_a_folder_is_as_good_as_a_name_and_another_folder_has_another_checksum(model: SentenceEncoder, tmp_path: Path):
    shutil.copytree(model.folder, tmp_path / "model")
    other = SentenceEncoder(str(tmp_path / "model"))
    assert np.allclose(other.encode_queries(TEXTS), model.encode_queries(TEXTS), atol=1e-6)
    (tmp_path / "model" / "README.md").write_text("changed")
    assert SentenceEncoder(str(tmp_path / "model")).checksum == other.checksum
    (tmp_path / "model" / "vocab.txt").write_text("changed")
    assert SentenceEncoder(str(tmp_path / "model")).checksum != other.checksum


def test_a_folder_that_is_no_model_is_refused_without_a_traceback_of_its_parsers(tmp_path: Path):
    (tmp_path / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(ModelError, match="does not load as a Sentence Transformers model"):
        SentenceEncoder(str(tmp_path)).encode_queries(["?"])


def test_the_kept_vectors_are_those_of_sentence_transformers(model: SentenceEncoder):
    texts, vectors = encoder.kept()
    assert (vectors.dtype, vectors.shape) == (np.float32, (len(texts), 384))
    assert (vectors * model.encode_queries(texts)).sum(axis=1) == pytest.approx(1, abs=1e-5)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without sentence-transformers."""
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)


@pytest.mark.usefixtures("alone")
def test_without_sentence_transformers_the_default_model_gives_the_same_vectors(model: SentenceEncoder):
    lean = SentenceEncoder()
    lean.export(["not looked at"])
    assert lean.queries["cosine"] == pytest.approx(1, abs=1e-5)
    assert lean.encode_passages(TEXTS) == pytest.approx(model.encode_passages(TEXTS), abs=1e-5)


@pytest.fixture(scope="module")
def export(model: SentenceEncoder) -> Export:
    return encoder._default_export(model.folder)


def test_a_text_has_the_same_vector_in_whatever_company(export: Export):
    texts = [*TEXTS, *(f"{number} ferries " * number for number in range(1, 40)), "It rained. " * 120]
    alone = np.concatenate([export.encode([text]) for text in texts])
    together = export.encode(texts), export.encode(texts[::-1])[::-1]
    for vectors in together:  # to the last bit on some processors, and not for certain on all
        assert np.abs(vectors - alone).max() <= 1e-6


def test_texts_that_are_asked_for_at_once_get_their_own_vectors(export: Export):
    texts = [
        f"Who met in {place} on day {day}?" for place in ("Port Alba", "Ruhn", "the old mill") for day in range(20)
    ]
    with ThreadPoolExecutor(8) as askers:
        together = np.concatenate(list(askers.map(lambda text: export.encode([text]), texts)))
    assert np.abs(together - export.encode(texts)).max() <= 1e-6


def test_a_failed_run_is_reported_to_all_who_wait_and_the_next_one_works(
    export: Export, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object) -> None:
        raise RuntimeError("no memory")

    with monkeypatch.context() as failing:
        failing.setattr(export._model, "_compute", fail)
        for texts in (TEXTS[:1], TEXTS):
            with pytest.raises(RuntimeError, match="no memory"):
                export.encode(texts)
    assert export.encode(TEXTS).shape == (5, 384)


@pytest.mark.usefixtures("alone")
def test_without_sentence_transformers_a_graph_with_other_vectors_is_not_taken(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("retrieval.search.encoder._POOLING", {"mean": lambda rows: rows.max(axis=0)})
    lean = SentenceEncoder()
    lean.export(["not looked at"])
    with pytest.raises(ModelError, match=r"all-MiniLM-L6-v2 needs it: run make install"):
        lean.encode_passages(TEXTS)


@pytest.mark.usefixtures("alone")
def test_without_sentence_transformers_another_model_is_refused_with_what_to_do(model: SentenceEncoder, tmp_path: Path):
    shutil.copytree(model.folder, tmp_path / "model")
    with pytest.raises(
        ModelError, match=r"not installed here, and .*model needs it: run make install, or leave --model"
    ):
        SentenceEncoder(str(tmp_path / "model")).export(["a word"])
