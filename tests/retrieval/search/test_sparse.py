"""BM25 over stems: what counts as a word, which rows match, how rare a word is."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from retrieval.search.sparse import Postings, SparseIndex, words

TEXTS = ["The cat sat on the mat.", "Dogs chase cats and cats run.", "It was not about them.", "Rain fell in Oslo."]


def indexed(*rows: list[Sequence[str]]) -> SparseIndex:
    return SparseIndex(*map(Postings.of, rows))


@pytest.fixture
def index() -> SparseIndex:
    return indexed([words(text) for text in TEXTS])


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


def test_words_that_no_row_has_change_nothing(index: SparseIndex):
    assert index.scores(["zzz"]).tolist() == [0, 0, 0, 0]
    assert index.scores(["cat", "zzz"]).tolist() == index.scores(["cat"]).tolist()


def test_rarity_falls_with_the_rows_that_have_the_word(index: SparseIndex):
    assert index.rarity("cat") == pytest.approx(np.log(1 + (4 - 2 + 0.5) / (2 + 0.5)))
    assert index.rarity("zzz") > index.rarity("oslo") > index.rarity("cat")


def test_scores_are_those_of_the_formula():
    rows = [["cat", "sat"], ["cat", "cat", "dog", "ran"], ["rain"]]
    rarity, average = np.log(1 + (3 - 2 + 0.5) / (2 + 0.5)), 7 / 3
    wanted = [
        tf / (tf + 1.5 * (1 - 0.75 + 0.75 * length / average)) * rarity for tf, length in ((1, 2), (2, 4), (0, 1))
    ]
    assert indexed(rows).scores(["cat"]) == pytest.approx(wanted)


def test_saved_postings_score_alike_and_hold_no_pickle(tmp_path: Path):
    postings = Postings.of([words(text) for text in TEXTS])
    postings.save(tmp_path)
    loaded = SparseIndex(Postings.load(tmp_path))
    assert loaded.scores(["cat"]).tolist() == SparseIndex(postings).scores(["cat"]).tolist()
    assert {path.suffix for path in tmp_path.iterdir()} == {".npy"}
    for path in tmp_path.glob("*.npy"):
        np.load(path, allow_pickle=False)


@pytest.mark.parametrize("rows", [[], [[]], [[], []]])
def test_rows_without_any_word_can_be_indexed(rows: list[list[str]], tmp_path: Path):
    Postings.of(rows).save(tmp_path)
    for postings in (Postings.of(rows), Postings.load(tmp_path)):
        assert SparseIndex(postings).scores(["cat"]).tolist() == [0] * len(rows)


def test_rows_in_several_parts_score_as_in_one_and_so_do_those_that_are_left():
    rows = [words(text) for text in [*TEXTS, "Cats like rain.", "It rained cats and dogs in Oslo."]]
    whole, question = indexed(rows), ["cat", "oslo", "rain"]
    parts = [Postings.of(rows[:2]), Postings.of(rows[2:3]), Postings.of(rows[3:])]
    for other in (SparseIndex(*parts), SparseIndex(Postings.joined(parts))):
        assert other.scores(question).tolist() == whole.scores(question).tolist()
        assert other.rarity("cat") == whole.rarity("cat")
    left = SparseIndex(Postings.joined(parts).only(np.array([1, 3, 5])))
    assert left.scores(question).tolist() == indexed([rows[1], rows[3], rows[5]]).scores(question).tolist()
