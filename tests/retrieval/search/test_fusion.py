"""Several rankings become one: each side scaled to 0..1, equal weights, ties by row."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retrieval.search import fusion


def f32(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_each_side_is_scaled_to_its_own_range_and_the_mean_is_taken():
    fused = fusion.fuse([f32(0.2, 0.6, 0.4), f32(30, 10, 20)])
    assert fused.tolist() == [(0 + 1) / 2, (1 + 0) / 2, (0.5 + 0.5) / 2]


def test_a_side_that_tells_no_rows_apart_adds_nothing():
    assert fusion.fuse([f32(0, 1), f32(7, 7)]).tolist() == [0 / 2, 1 / 2]


def test_ties_keep_the_order_of_the_rows():
    assert fusion.order(f32(0.5, 0.9, 0.5, 0.9)).tolist() == [1, 3, 0, 2]


@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=1))
def test_fused_scores_lie_between_0_and_1(values: list[float]):
    fused = fusion.fuse([f32(*values), f32(*values[::-1])])
    assert ((fused >= 0) & (fused <= 1)).all()
