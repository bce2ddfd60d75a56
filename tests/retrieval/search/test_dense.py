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


def test_rows_in_several_matrices_are_found_as_in_one(rows: np.ndarray):
    whole, parts = DenseIndex(rows), DenseIndex(rows[:7], rows[7:7], rows[7:30], rows[30:])
    among = np.array([3, 8, 9, 29, 30, 44])
    for query in rows:
        assert parts.search(query, 12).tolist() == whole.search(query, 12).tolist()
        assert parts.search(query, 4, among).tolist() == whole.search(query, 4, among).tolist()
        assert set(parts.search(query, 4, among).tolist()) <= set(among.tolist())
    places = np.array([44, 3, 8, 3])
    assert np.array_equal(parts.rows(places), rows[places])
