"""Tables of words: joined, thinned and read from disk they are those of the same articles read anew."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import Article
from retrieval.errors import IndexFolderError
from retrieval.quotes import tables
from retrieval.quotes.suffix_array import SuffixArray, WordCounts, WordTables

TEXTS = st.lists(st.lists(st.sampled_from(["Ada", "ada", "b,", "c", "C."]), max_size=8).map(" ".join), max_size=4)


def read(texts: list[str]) -> WordTables:
    return tables([Article(str(at), f"{at}.txt", text, "0" * 64) for at, text in enumerate(texts)])


def content(tables: WordTables) -> dict[str, object]:
    """What the tables hold, whatever the numbers of their words are."""
    words, gaps = list(tables.words), list(tables.gaps)
    return {
        "words": sorted(set(words)),
        "ids": [words[number] for number in tables.ids.tolist()],
        "between": [gaps[number] for number in tables.between.tolist()],
        "cases": tables.cases.tolist(),
        "firsts": tables.firsts.tolist(),
    }


def places(tables: WordTables, word: str) -> list[int]:
    return SuffixArray([tables]).exact([word]).tolist()


@given(st.lists(TEXTS, min_size=1, max_size=3))
def test_joined_tables_are_those_of_all_texts(parts: list[list[str]]):
    joined, whole = WordTables.joined([read(part) for part in parts]), read([text for part in parts for text in part])
    assert content(joined) == content(whole)
    assert places(joined, "ada") == places(whole, "ada")


@given(TEXTS, st.sets(st.integers(0, 3)))
def test_thinned_tables_are_those_of_the_texts_that_are_left(texts: list[str], kept: set[int]):
    rows = sorted(row for row in kept if row < len(texts))
    thinned, whole = read(texts).only(np.array(rows, np.int64)), read([texts[row] for row in rows])
    assert content(thinned) == content(whole)
    assert places(thinned, "c") == places(whole, "c")


def test_tables_come_back_from_disk(tmp_path: Path):
    made = read(["Ada met Ben, who said: “No!”", "", "Ben left."])
    made.save(tmp_path)
    loaded = WordTables.load(tmp_path)
    assert content(loaded) == content(made)
    assert loaded.order.tolist() == made.order.tolist()
    assert loaded.listed == made.listed


@pytest.mark.parametrize("at", [130, 200, -20])
def test_a_damaged_byte_is_seen_when_the_tables_are_opened(tmp_path: Path, at: int):
    read(["Ada met Ben, who said no.", "Ben left the harbour at noon."]).save(tmp_path)
    path = tmp_path / "places.npy"
    damaged = bytearray(path.read_bytes())
    damaged[at] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(IndexFolderError, match="places.npy is damaged"):
        WordTables.load(tmp_path)


def test_a_word_counts_where_it_has_letters_alone():
    counts = WordCounts(read(["Ada saw 14,000 ships, and Ada's covid19 test."]))
    assert counts["ada"] == 2
    assert "14" not in counts
    assert {"ada", "covid", "ships"} <= set(counts)
    assert len(counts) == len(set(counts))


def test_a_name_has_capitals_alone_in_all_parts():
    both = SuffixArray([read(["So Mark met Rose."]), read(["They mark it. Rose left."])])
    assert both.is_name("rose")
    assert not both.is_name("mark")  # a word of the other part
    assert not both.is_name("they")  # it only begins a sentence
    assert not both.is_name("nobody")


def test_the_fields_of_tables_are_all_kept(tmp_path: Path):
    made = read(["Ada met Ben."])
    made.save(tmp_path)
    loaded = WordTables.load(tmp_path)
    arrays = [field.name for field in dataclasses.fields(WordTables) if field.name not in {"words", "gaps"}]
    assert all(np.array_equal(getattr(loaded, name), getattr(made, name)) for name in arrays)
