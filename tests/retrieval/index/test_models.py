"""Encoders and readers of one's own: taken with the protocol, refused with what they lack."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval import Index, ModelError
from tests.fakes import FakeEncoder

TEXT = "The mayor opened the new bridge on Monday. It cost nine million crowns. A brass band played until dusk.\n"


class Keen:
    """A reader to whom every text answers."""

    name = "keen"
    checksum = "c" * 64

    def score(self, pairs):
        return np.full(len(pairs), 9, np.float32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.txt").write_text(TEXT)
    return tmp_path / "mine"


def test_an_encoder_without_the_protocol_hears_what_it_lacks(folder: Path):
    class Half:
        name = "half"

        def encode_queries(self, texts):
            return FakeEncoder().encode_queries(texts)

    wanted = (
        r"encoder is a model's name or folder or an object with `name`, `checksum`, `encode_queries\(texts\)` and "
        r"`encode_passages\(texts\)`; Half lacks checksum, encode_passages$"
    )
    with pytest.raises(TypeError, match=wanted):
        Index.build(folder, encoder=Half(), reranker=None)


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        ([[1.0, 0.0]], r"a list of shape \(1, 2\)"),
        (np.ones(4, np.float32) / 2, r"a ndarray of shape \(4,\) of float32"),
        (np.array([[1.0, 0.0]]), r"a ndarray of shape \(1, 2\) of float64"),
        (np.array([[3.0, 4.0]], np.float32), r"a ndarray of shape \(1, 2\) of float32, not one row .* of unit length"),
    ],
)
def test_an_encoder_of_other_rows_hears_what_they_must_be(folder: Path, rows: object, shown: str):
    class Odd(FakeEncoder):
        def encode_passages(self, texts):
            return rows

    with pytest.raises(ValueError, match=f"the encoder fake-64: encode_passages.* is {shown}"):
        Index.build(folder, encoder=Odd(), reranker=None)


def test_a_reader_without_the_protocol_hears_what_it_lacks(folder: Path):
    with pytest.raises(
        TypeError, match="reranker is a cross-encoder's name or folder, None or .*; FakeEncoder lacks score"
    ):
        Index.build(folder, encoder=FakeEncoder(), reranker=FakeEncoder())


def test_a_reader_of_other_scores_hears_what_they_must_be(folder: Path):
    class Odd(Keen):
        def score(self, pairs):
            return 7

    with pytest.raises(
        ValueError, match=r"the reranker keen: score of one pair is a int of shape \(\), not one number"
    ):
        Index.build(folder, encoder=FakeEncoder(), reranker=Odd())


def test_a_reader_of_ones_own_judges_and_has_to_be_handed_in_again(folder: Path, tmp_path: Path):
    index = Index.build(folder, encoder=FakeEncoder(), reranker=Keen())
    assert index.ask("Which band?").confidence > 0.9
    index.save(tmp_path / "index")
    again = Index.load(tmp_path / "index", encoder=FakeEncoder(), reranker=Keen())
    assert again.ask("Which band?") == index.ask("Which band?")
    with pytest.raises(ModelError, match=r"made with the reranker keen of a program.*Index\.load\(.*, reranker=…\)"):
        Index.load(tmp_path / "index", encoder=FakeEncoder())


def test_an_encoder_of_ones_own_has_to_be_handed_in_again(folder: Path, tmp_path: Path):
    Index.build(folder, encoder=FakeEncoder(), reranker=None).save(tmp_path / "index")
    with pytest.raises(ModelError, match=r"made with the encoder fake-64 of a program.*Index\.load\(.*, encoder=…\)"):
        Index.load(tmp_path / "index")
    with pytest.raises(TypeError, match="object lacks name"):
        Index.load(tmp_path / "index", encoder=object())
