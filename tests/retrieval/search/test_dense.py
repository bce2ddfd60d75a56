"""FAISS over unit rows: the inner product is the cosine."""

import numpy as np
import pytest

from retrieval.search.dense import DenseIndex


@pytest.fixture
def rows() -> np.ndarray:
    made = np.random.default_rng(1).normal(size=(50, 16)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def test_a_vector_is_nearest_to_itself_with_cosine_1(rows: np.ndarray):
    index = DenseIndex(rows)
    for row in range(50):
        assert index.search(rows[row], 1).tolist() == [row]
        assert index.similarities(rows[row], np.array([row])) == pytest.approx([1.0], abs=1e-6)


def test_the_opposite_vector_is_last_with_cosine_minus_1(rows: np.ndarray):
    index = DenseIndex(rows)
    assert index.search(-rows[3], 50)[-1] == 3
    assert index.similarities(-rows[3], np.array([3])) == pytest.approx([-1.0], abs=1e-6)


def test_equal_vectors_come_in_the_order_of_their_rows():
    same = np.tile(np.array([[0.6, 0.8]], np.float32), (9, 1))
    assert DenseIndex(same).search(same[0], 9).tolist() == list(range(9))


def test_the_vectors_come_back_as_they_went_in(rows: np.ndarray):
    assert np.array_equal(DenseIndex(rows).vectors, rows)


def test_an_index_of_no_rows_finds_none():
    assert DenseIndex(np.zeros((0, 4), np.float32)).search(np.ones(4, np.float32), 3).tolist() == []
