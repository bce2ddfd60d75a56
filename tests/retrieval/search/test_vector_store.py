"""Vectors in an engine answer as those in files do, and never in part."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pytest

from retrieval.errors import EngineError
from retrieval.search import vector_store
from retrieval.search.dense import DenseIndex
from retrieval.search.vector_store import Key, StoredVectors


class FakeStore:
    """An engine in memory: rounds cosines, and lacks what is in `lost` or behind `dead`."""

    def __init__(self) -> None:
        self.rows: dict[Key, np.ndarray] = {}
        self.lost: set[Key] = set()
        self.dead = False
        self.fetched: list[Key] = []
        self.searches = 0

    def add(self, table: str, segment: str, vectors: np.ndarray) -> None:
        self.rows |= {(segment, row): vector for row, vector in enumerate(vectors)}

    def nearest(
        self,
        table: str,
        query: np.ndarray,
        n: int,
        *,
        excluded: Collection[str] = (),
        among: Sequence[Key] | None = None,
    ) -> list[Key]:
        self._answer()
        self.searches += 1
        keys = [key for key in self.rows if key not in self.lost and key[0] not in excluded]
        keys = [key for key in keys if among is None or key in set(among)]
        return sorted(keys, key=lambda key: -round(float(self.rows[key] @ query), 3))[:n]

    def fetch(self, table: str, keys: Sequence[Key]) -> np.ndarray:
        self._answer()
        self.fetched += keys
        return np.array([self.rows[key] for key in keys if key not in self.lost], np.float32)

    def _answer(self) -> None:
        if self.dead:
            raise EngineError("milvus://there:1/x: the engine does not answer")


@pytest.fixture
def rows() -> np.ndarray:
    made = np.random.default_rng(1).normal(size=(400, 16)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


@pytest.fixture
def index(store: FakeStore, rows: np.ndarray) -> DenseIndex:
    """Rows 0 to 149 and 200 to 399 in the engine, the others here."""
    store.add("passages", "one", rows[:150])
    store.add("passages", "two", rows[200:])
    one = StoredVectors(store, "passages", "one", (150, 16))
    two = StoredVectors(store, "passages", "two", (200, 16))
    return vector_store.index([one, rows[150:200], two])


def test_matrices_of_files_alone_make_the_index_of_files(rows: np.ndarray):
    assert type(vector_store.index([rows[:9], rows[9:]])) is DenseIndex


def test_the_nearest_and_their_cosines_are_those_of_files_to_the_last_bit(index: DenseIndex, rows: np.ndarray):
    files, some = DenseIndex(rows), np.arange(3, 400, 7)
    for query in rows[::37]:
        there, here = index.asked(query), files.asked(query)
        assert there.nearest(20).tolist() == here.nearest(20).tolist()
        assert there.nearest(5, some).tolist() == here.nearest(5, some).tolist()
        assert there.similarities(some).tolist() == here.similarities(some).tolist()
    places = np.array([399, 0, 160, 0])
    assert np.array_equal(index.rows(places), rows[places])
    assert np.array_equal(index.cosines(rows[0]), files.cosines(rows[0]))


def test_many_given_rows_are_found_by_a_wide_search_or_by_their_names(
    index: DenseIndex, rows: np.ndarray, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(vector_store, "_FETCHED", 10)
    wide, narrow = np.arange(0, 400, 2), np.flatnonzero(DenseIndex(rows).cosines(rows[0]) < -0.3)
    for query, most in ((rows[0], 16_384), (rows[0], 50), (-rows[0], 50)):
        monkeypatch.setattr(vector_store, "_MOST", most)
        for among in (wide, narrow):
            assert (
                index.asked(query).nearest(9, among).tolist()
                == DenseIndex(rows).asked(query).nearest(9, among).tolist()
            )


def test_rows_above_a_cosine_are_all_found_or_refused(
    index: DenseIndex, rows: np.ndarray, monkeypatch: pytest.MonkeyPatch
):
    among = np.arange(1, 400)
    wanted = [each.tolist() for each in DenseIndex(rows).near(rows[5], 0.2, among)]
    assert [each.tolist() for each in index.near(rows[5], 0.2, among)] == wanted
    monkeypatch.setattr(vector_store, "_FETCHED", 10)
    monkeypatch.setattr(vector_store, "_NEAR", 20)
    assert [each.tolist() for each in index.near(rows[5], 0.2, among)] == wanted
    monkeypatch.setattr(vector_store, "_MOST", 20)
    with pytest.raises(EngineError, match="more than 20 sentences are about this"):
        index.near(rows[5], 0.2, among)


def test_rows_of_another_generation_are_passed_over(index: DenseIndex, store: FakeStore, rows: np.ndarray):
    store.add("passages", "later", np.tile(rows[5], (500, 1)))
    assert index.asked(rows[5]).nearest(20).tolist() == DenseIndex(rows).asked(rows[5]).nearest(20).tolist()
    assert store.searches == 2
    index.asked(rows[6]).nearest(20)
    assert store.searches == 3  # they are left out from then on


def test_a_vector_is_fetched_once(index: DenseIndex, store: FakeStore, rows: np.ndarray):
    for _ in range(3):
        index.cosines(rows[0], np.array([3, 9, 3]))
    assert store.fetched == [("one", 3), ("one", 9)]


def test_a_matrix_of_the_engine_is_an_array_where_one_is_wanted(store: FakeStore, rows: np.ndarray):
    store.add("passages", "one", rows)
    stored = StoredVectors(store, "passages", "one", rows.shape)
    assert np.array_equal(np.concatenate([stored, rows[:2]]), np.concatenate([rows, rows[:2]]))
    assert np.array_equal(stored[np.array([4, 2])], rows[[4, 2]])
    empty = StoredVectors(store, "passages", "none", (0, 16))
    assert np.asarray(empty).shape == (0, 16)


def test_fewer_rows_than_there_are_is_an_error(index: DenseIndex, store: FakeStore, rows: np.ndarray):
    store.lost = {("one", row) for row in range(150)} | {("two", row) for row in range(190)}
    with pytest.raises(EngineError, match="gave 10 rows where 52 were due: a part of it does not answer"):
        index.asked(rows[0]).nearest(20)


def test_fewer_or_other_vectors_than_asked_for_are_an_error(index: DenseIndex, store: FakeStore, rows: np.ndarray):
    store.lost = {("one", 3)}
    with pytest.raises(EngineError, match="1 vectors of 16 numbers, not 2 of 16"):
        index.rows(np.array([2, 3]))
    store.add("passages", "two", rows[:200, :8])
    with pytest.raises(EngineError, match="1 vectors of 8 numbers, not 1 of 16"):
        index.rows(np.array([300]))


def test_an_engine_that_does_not_answer_is_an_error_and_no_answer(
    index: DenseIndex, store: FakeStore, rows: np.ndarray
):
    store.dead = True
    for ask in (lambda: index.asked(rows[0]).nearest(3), lambda: index.near(rows[0], 0.1, np.arange(400))):
        with pytest.raises(EngineError, match="does not answer"):
            ask()
