"""BM25 over stems: what counts as a word, which rows match, how rare a word is."""

from pathlib import Path

import numpy as np
import pytest

from retrieval.search.sparse import SparseIndex, best, words

TEXTS = ["The cat sat on the mat.", "Dogs chase cats and cats run.", "It was not about them.", "Rain fell in Oslo."]


@pytest.fixture
def index() -> SparseIndex:
    return SparseIndex.build([words(text) for text in TEXTS])


@pytest.mark.parametrize(
    ("text", "stems"),
    [
        ("The ministers' ANSWERS were answered", ["minist", "answer", "answer"]),
        ("Kyiv’s 14,000 troops", ["kyiv", "14", "000", "troop"]),
        ("the U.S. and the U.N.", ["us", "un"]),
        ("ﬁnal ＫＹＩＶ", ["final", "kyiv"]),
        ("snake_case", ["snake", "case"]),
        ("what did they say about it?", ["say"]),
        ("🔥🔥 — …", []),
    ],
)
def test_words_are_stems_in_order_without_stop_words(text: str, stems: list[str]):
    assert list(words(text)) == stems


def test_the_row_with_the_word_more_often_scores_higher_and_the_others_0(index: SparseIndex):
    scores = index.scores(words("a cat"))
    assert scores[1] > scores[0] > 0
    assert scores[2:].tolist() == [0, 0]
    assert best(scores, 9).tolist() == [1, 0]


def test_words_that_no_row_has_change_nothing(index: SparseIndex):
    assert index.scores(["zzz"]).tolist() == [0, 0, 0, 0]
    assert index.scores(["cat", "zzz"]).tolist() == index.scores(["cat"]).tolist()


def test_equal_scores_come_in_the_order_of_the_rows():
    index = SparseIndex.build([["same"], ["same"], ["same"]])
    assert best(index.scores(["same"]), 3).tolist() == [0, 1, 2]


def test_rarity_falls_with_the_rows_that_have_the_word(index: SparseIndex):
    assert index.rarity("cat") == pytest.approx(np.log(1 + (4 - 2 + 0.5) / (2 + 0.5)))
    assert index.rarity("zzz") > index.rarity("oslo") > index.rarity("cat")


def test_a_saved_index_scores_alike_and_holds_no_pickle(index: SparseIndex, tmp_path: Path):
    index.save(tmp_path)
    assert SparseIndex.load(tmp_path).scores(["cat"]).tolist() == index.scores(["cat"]).tolist()
    assert {path.suffix for path in tmp_path.iterdir()} == {".npy", ".json"}
    for path in tmp_path.glob("*.npy"):
        np.load(path, allow_pickle=False)


@pytest.mark.parametrize("rows", [[[]], [[], []]])
def test_rows_without_any_word_can_be_indexed(rows: list[list[str]], tmp_path: Path):
    index = SparseIndex.build(rows)
    assert index.scores(["cat"]).tolist() == [0] * len(rows)
    index.save(tmp_path)
    assert SparseIndex.load(tmp_path).scores(["cat"]).tolist() == [0] * len(rows)
