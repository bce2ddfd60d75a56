"""Records come back byte for byte or not at all; a word is found by its bytes alone."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from retrieval import mapped, records
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


@pytest.mark.parametrize("order", ["C", "F"])
def test_an_array_comes_back_and_cannot_be_written(tmp_path: Path, order: str):
    numbers = np.asarray(np.arange(6).reshape(2, 3), order=order)
    np.save(tmp_path / "numbers.npy", numbers)
    loaded = mapped.array(tmp_path / "numbers.npy", np.int64, 2)
    assert loaded.tolist() == numbers.tolist()
    with pytest.raises(ValueError, match="read-only"):
        loaded[0] = 1


@pytest.mark.parametrize(
    "content",
    [b"", b"no array", b"\x93NUMPY\x01\x00" + b"\xff" * 200, b"\x93NUMPY\x03\x00" + b"v" * 200],
)
def test_what_is_no_array_is_refused(tmp_path: Path, content: bytes):
    (tmp_path / "numbers.npy").write_bytes(content)
    with pytest.raises(ValueError, match="."):
        mapped.array(tmp_path / "numbers.npy", np.int64, 1)


def test_an_array_of_another_size_or_kind_than_its_head_states_is_refused(tmp_path: Path):
    np.save(tmp_path / "numbers.npy", np.arange(6))
    content = (tmp_path / "numbers.npy").read_bytes()
    with pytest.raises(ValueError, match="holds no int32 of 1 dimensions"):
        mapped.array(tmp_path / "numbers.npy", np.int32, 1)
    for other in (content[:-1], content + b"\0", content.replace(b"(6,)", b"(7,)")):
        (tmp_path / "numbers.npy").write_bytes(other)
        with pytest.raises(ValueError, match="has not the size that it states"):
            mapped.array(tmp_path / "numbers.npy", np.int64, 1)


def test_a_damaged_word_is_named_when_it_is_looked_up(tmp_path: Path):
    records.save_vocabulary(tmp_path, "words", ["cat", "horse"])
    content = (tmp_path / "words.npy").read_bytes()
    (tmp_path / "words.npy").write_bytes(content.replace(b"horse", b"house"))
    loaded = Vocabulary(tmp_path, "words")
    assert loaded.get("cat") == 0
    with pytest.raises(IndexFolderError, match=r"words\.npy is damaged"):
        loaded.get("horse")


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


def test_rows_are_read_past_the_mapping_as_they_stand_in_it(tmp_path: Path):
    numbers = np.arange(60, dtype=np.float32).reshape(20, 3)
    np.save(tmp_path / "numbers.npy", numbers)
    loaded = mapped.array(tmp_path / "numbers.npy", np.float32, 2, by_rows=True)
    (tmp_path / "numbers.npy").unlink()  # a generation may be replaced while it serves
    for wanted in ([0], [19], [3, 4, 5, 9, 10, 2, 2, 19], list(range(20)), []):
        copies = mapped.rows(loaded, np.array(wanted, np.int64))
        assert copies.dtype == np.float32
        assert copies.tolist() == numbers[wanted].tolist()
    assert mapped.rows(numbers, np.array([1, 0])).tolist() == numbers[[1, 0]].tolist()


def test_rows_by_columns_come_back_too(tmp_path: Path):
    numbers = np.asfortranarray(np.arange(6, dtype=np.float32).reshape(3, 2))
    np.save(tmp_path / "numbers.npy", numbers)
    loaded = mapped.array(tmp_path / "numbers.npy", np.float32, 2, by_rows=True)
    assert mapped.rows(loaded, np.array([2, 0])).tolist() == [[4, 5], [0, 1]]


def test_a_file_that_has_become_shorter_is_named_when_its_rows_are_read(tmp_path: Path):
    path = tmp_path / "numbers.npy"
    np.save(path, np.arange(40_000, dtype=np.float32).reshape(-1, 4))
    loaded = mapped.array(path, np.float32, 2, by_rows=True)
    os.truncate(path, path.stat().st_size - 8)
    assert mapped.rows(loaded, np.array([9_998])).tolist() == [[39_992, 39_993, 39_994, 39_995]]
    with pytest.raises(IndexFolderError, match="has become shorter: `byline build`"):
        mapped.rows(loaded, np.array([9_999]))


def test_what_is_released_is_there_when_it_is_read_again(tmp_path: Path):
    records.save(tmp_path, "texts", [b"one" * 5_000, b"two" * 5_000])
    loaded = Records(tmp_path, "texts")
    assert loaded[0] == b"one" * 5_000
    loaded.release()
    assert list(loaded) == [b"one" * 5_000, b"two" * 5_000]
    mapped.release(np.arange(3))  # what is in memory alone stays there
