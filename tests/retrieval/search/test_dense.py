"""FAISS over unit rows: the inner product is the cosine."""

import numpy as np
import pytest

from retrieval.search import dense
from retrieval.search.dense import DenseIndex


@pytest.fixture
def rows() -> np.ndarray:
    made = np.random.default_rng(1).normal(size=(50, 16)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def test_a_vector_is_nearest_to_itself_with_cosine_1(rows: np.ndarray):
    index = DenseIndex(rows)
    for row in range(50):
        assert index.asked(rows[row]).nearest(1).tolist() == [row]
        assert index.cosines(rows[row], np.array([row])) == pytest.approx([1.0], abs=1e-6)


def test_the_opposite_vector_is_last_with_cosine_minus_1(rows: np.ndarray):
    index = DenseIndex(rows)
    assert index.asked(-rows[3]).nearest(50)[-1] == 3
    assert index.cosines(-rows[3], np.array([3])) == pytest.approx([-1.0], abs=1e-6)


def test_equal_vectors_come_in_the_order_of_their_rows():
    same = np.tile(np.array([[0.6, 0.8]], np.float32), (9, 1))
    assert DenseIndex(same).asked(same[0]).nearest(9).tolist() == list(range(9))


def test_of_more_equal_scores_than_are_wanted_the_first_stay():
    assert dense.best(np.array([1, 3, 2, 3, 3], np.float32), 2).tolist() == [1, 3]
    assert dense.best(np.array([1, 3, 2], np.float32), 9).tolist() == [1, 2, 0]


def test_equal_rows_have_the_very_same_cosine_wherever_they_stand(rows: np.ndarray):
    rows[[2, 7, 31, 48]] = rows[0]
    assert len(set(DenseIndex(rows[:20], rows[20:]).cosines(rows[5])[[0, 2, 7, 31, 48]].tolist())) == 1


def test_the_vectors_come_back_as_they_went_in(rows: np.ndarray):
    assert np.array_equal(DenseIndex(rows).vectors, rows)


def test_an_index_of_no_rows_finds_none():
    assert DenseIndex(np.zeros((0, 4), np.float32)).asked(np.ones(4, np.float32)).nearest(3).tolist() == []


def test_rows_in_several_matrices_are_found_as_in_one(rows: np.ndarray):
    whole, parts = DenseIndex(rows), DenseIndex(rows[:7], rows[7:7], rows[7:30], rows[30:])
    among = np.array([3, 8, 9, 29, 30, 44])
    for query in rows:
        assert parts.asked(query).nearest(12).tolist() == whole.asked(query).nearest(12).tolist()
        assert parts.asked(query).nearest(4, among).tolist() == whole.asked(query).nearest(4, among).tolist()
        assert set(parts.asked(query).nearest(4, among).tolist()) <= set(among.tolist())
    places = np.array([44, 3, 8, 3])
    assert np.array_equal(parts.rows(places), rows[places])


def test_of_many_rows_the_nearest_are_found_by_their_signs_first(monkeypatch: pytest.MonkeyPatch):
    """Rows lie in 200 clusters, as texts on one story do; each question is near one of them."""
    random = np.random.default_rng(2)
    stories = random.normal(size=(200, 128))
    rows = _unit(stories[random.integers(0, 200, 6000)] + 0.8 * random.normal(size=(6000, 128)))
    questions = _unit(stories[:40] + 0.5 * random.normal(size=(40, 128)))
    exact = [DenseIndex(rows).asked(question).nearest(10).tolist() for question in questions]
    monkeypatch.setattr(dense, "_EXACT", 1000)
    monkeypatch.setattr(dense, "_SHORTLIST", 300)
    index = DenseIndex(rows[:2500], rows[2500:])
    by_signs = [index.asked(question).nearest(10).tolist() for question in questions]
    assert np.mean([len({*ours} & {*theirs}) / 10 for ours, theirs in zip(by_signs, exact, strict=True)]) >= 0.99
    assert sum(ours[0] == theirs[0] for ours, theirs in zip(by_signs, exact, strict=True)) == 40


def test_among_given_rows_signs_are_not_asked(monkeypatch: pytest.MonkeyPatch, rows: np.ndarray):
    monkeypatch.setattr(dense, "_EXACT", 10)
    monkeypatch.setattr(dense, "_SHORTLIST", 1)
    assert set(DenseIndex(rows).asked(rows[3]).nearest(2, np.array([7, 9])).tolist()) == {7, 9}


def _unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("dim", [384, 60])
def test_two_bits_a_number_order_rows_as_their_vectors_do(dim: int):
    random = np.random.default_rng(3)
    vectors = random.standard_normal((2_000, dim)).astype(np.float32)
    query = random.standard_normal(dim).astype(np.float32)
    large = np.abs(vectors) > dense._BOUND
    rough = np.where(large, dense._OUTER, dense._INNER) * np.where(vectors > 0, 1, -1)
    estimates = dense._estimates(query, dense._packed(vectors > 0), dense._packed(large))
    assert np.ptp(estimates - rough @ query) < 1e-3  # off by the same everywhere
    by_signs = dense._sums(query, dense._packed(vectors > 0))
    likeness, by_signs_alone = (np.corrcoef(each, vectors @ query)[0, 1] for each in (estimates, by_signs))
    assert likeness > 0.9
    assert by_signs_alone < 0.85


def test_the_rows_that_are_compared_are_a_quarter_of_those_with_the_nearest_signs(
    monkeypatch: pytest.MonkeyPatch, rows: np.ndarray
):
    monkeypatch.setattr(dense, "_EXACT", 10)
    monkeypatch.setattr(dense, "_SHORTLIST", 20)
    index = DenseIndex(rows)
    shortlist = index.shortlist(rows[3], 2, None).tolist()
    assert len(shortlist) == 5
    assert shortlist == sorted(shortlist)
    assert 3 in shortlist
    assert set(shortlist) <= set(index._nearest_by_signs(rows[3], 20).tolist())
    assert len(index.shortlist(rows[3], 9, None)) == 9
