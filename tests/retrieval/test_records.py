"""Records come back byte for byte or not at all; a word is found by its bytes alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval import records
from retrieval.errors import IndexFolderError
from retrieval.records import Records, Vocabulary

RECORDS = [b"one", b"", "zwölf".encode(), b"\x00\xff"]
WORDS = ["cat", "", "Öl", "\ud800", "cats"]


@pytest.mark.parametrize("saved", [RECORDS, [], [b""]])
def test_records_come_back_in_their_order(tmp_path: Path, saved: list[bytes]):
    records.save(tmp_path, "texts", saved)
    loaded = Records(tmp_path, "texts")
    assert (list(loaded), len(loaded), list(loaded[1:])) == (saved, len(saved), saved[1:])


def test_an_altered_byte_costs_the_record_that_has_it_and_no_other(tmp_path: Path):
    records.save(tmp_path, "texts", RECORDS)
    content = np.load(tmp_path / "texts.npy")
    content[1] ^= 1
    np.save(tmp_path / "texts.npy", content)
    loaded = Records(tmp_path, "texts")
    assert loaded[2] == RECORDS[2]
    with pytest.raises(IndexFolderError, match=r"texts\.npy is damaged"):
        loaded[0]


def test_an_index_of_other_records_is_refused(tmp_path: Path):
    records.save(tmp_path, "texts", RECORDS)
    records.save(tmp_path, "others", RECORDS[:2])
    (tmp_path / "others.index.npy").replace(tmp_path / "texts.index.npy")
    with pytest.raises(ValueError, match="of other records"):
        Records(tmp_path, "texts")


@pytest.mark.parametrize("saved", [WORDS, []])
def test_a_vocabulary_is_a_mapping_like_the_dictionary_it_was(tmp_path: Path, saved: list[str]):
    records.save_vocabulary(tmp_path, "words", saved)
    loaded = Vocabulary(tmp_path, "words")
    assert dict(loaded) == {word: number for number, word in enumerate(saved)}
    assert [loaded.get(word) for word in ("dog", "CAT", "ca")] == [None] * 3
    assert "dog" not in loaded
    with pytest.raises(KeyError):
        loaded["dog"]


def test_two_words_of_one_checksum_are_not_taken_for_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(records, "checksum", lambda record: len(record))
    records._key.cache_clear()
    records.save_vocabulary(tmp_path, "words", ["cat", "horse"])
    loaded = Vocabulary(tmp_path, "words")
    assert (loaded.get("horse"), loaded.get("dog")) == (1, None)
    records._key.cache_clear()
