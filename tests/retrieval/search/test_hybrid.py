"""From a question's vector and words to rows: what each side says stays visible, and the order is the fused one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.search import hybrid
from retrieval.search.dense import DenseIndex
from retrieval.search.hybrid import HybridIndex
from retrieval.search.sparse import Postings, SparseIndex


def unit(*numbers: float) -> np.ndarray:
    row = np.array(numbers, np.float32)
    return row / np.linalg.norm(row)


@pytest.fixture
def index() -> HybridIndex:
    passages = np.stack([unit(1, 0), unit(3, 4), unit(0, 1)])
    sentences = np.stack([unit(1, 0), unit(4, 3), unit(0, 1), unit(0, 1)])  # the second passage has two
    words = SparseIndex(Postings.of([["cat"], ["dog", "cat"], ["rain"]]))
    return HybridIndex(DenseIndex(passages), DenseIndex(sentences), np.array([0, 1, 3, 4]), words)


def test_each_sides_figures_are_those_of_its_row(index: HybridIndex):
    found = {candidate.row: candidate for candidate in hybrid.search(index, unit(1, 0), ["dog"])}
    assert [found[row].similarity for row in range(3)] == pytest.approx([1.0, 0.6, 0.0])
    assert found[1].sentence_similarities == pytest.approx((0.8, 0.0))
    assert found[1].lexical > 0 == found[0].lexical


def test_the_score_is_the_mean_of_the_sides_scaled_to_this_question(index: HybridIndex):
    found = hybrid.search(index, unit(1, 0), ["dog"])
    # passages 1.0, 0.6, 0.0; best sentences 1.0, 0.8, 0.0; words 0, 1, 0 after scaling
    assert [(candidate.row, candidate.score) for candidate in found] == [
        (1, pytest.approx((0.6 + 0.8 + 1) / 3)),
        (0, pytest.approx((1 + 1 + 0) / 3)),
        (2, 0),
    ]


def test_without_any_word_the_vectors_decide(index: HybridIndex):
    assert [candidate.row for candidate in hybrid.search(index, unit(0, 1), [])] == [2, 1, 0]


def test_only_rows_that_are_wanted_come_whether_they_have_any_of_the_words_or_not(index: HybridIndex):
    weights = {each.row: each.lexical for each in hybrid.search(index, unit(1, 0), ["dog"], np.array([0, 1]))}
    assert weights.keys() == {0, 1}
    assert weights[1] > 0 == weights[0]


def test_equal_rows_come_in_their_order():
    same = DenseIndex(np.tile(unit(1, 1), (3, 1)))
    index = HybridIndex(same, same, np.array([0, 1, 2, 3]), SparseIndex(Postings.of([["cat"]] * 3)))
    assert [candidate.row for candidate in hybrid.search(index, unit(1, 0), ["cat"])] == [0, 1, 2]


def f32(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_each_side_is_scaled_to_its_own_range_and_the_mean_is_taken():
    fused = hybrid.fuse([f32(0.2, 0.6, 0.4), f32(30, 10, 20)])
    assert fused.tolist() == [(0 + 1) / 2, (1 + 0) / 2, (0.5 + 0.5) / 2]


def test_a_side_that_tells_no_rows_apart_adds_nothing():
    assert hybrid.fuse([f32(0, 1), f32(7, 7)]).tolist() == [0 / 2, 1 / 2]


def test_ties_keep_the_order_of_the_rows():
    assert hybrid.order(f32(0.5, 0.9, 0.5, 0.9)).tolist() == [1, 3, 0, 2]


@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=1))
def test_fused_scores_lie_between_0_and_1(values: list[float]):
    fused = hybrid.fuse([f32(*values), f32(*values[::-1])])
    assert ((fused >= 0) & (fused <= 1)).all()
