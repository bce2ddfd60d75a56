"""`python -m benchmarks.vectors ROWS`: made vectors in clusters, searched one by one and by their signs; one line of JSON."""

from __future__ import annotations

import json
import statistics
import sys
import time
from typing import TYPE_CHECKING

import numpy as np

from retrieval.search import dense
from retrieval.search.dense import DenseIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retrieval.types import Vectors

DIM, SEGMENT, NEAREST, QUESTIONS = 384, 2_048, 100, 30


def main(rows: int) -> None:
    """Print the median milliseconds of both ways, and the share of the ten nearest that are found by signs."""
    random = np.random.default_rng(1)
    topics = random.standard_normal((60, DIM))
    stories = 0.9 * topics[random.integers(0, 60, 3_000)] + 0.8 * random.standard_normal((3_000, DIM))
    parts = [_near(stories, SEGMENT, random) for _ in range(rows // SEGMENT)]
    questions = _unit(parts[0][:QUESTIONS] + 0.06 * random.standard_normal((QUESTIONS, DIM)))
    exact_ms, nearest = _search(parts, questions, rows)
    signs_ms, by_signs = _search(parts, questions, 0)
    shared = [len({*some} & {*others}) / 10 for some, others in zip(nearest, by_signs, strict=True)]
    print(json.dumps({"exact": exact_ms, "signs": signs_ms, "recall": statistics.mean(shared)}))


def _search(parts: list[Vectors], questions: Vectors, exact: int) -> tuple[float, list[list[int]]]:
    """The median milliseconds of a question, and the ten nearest rows of each, where up to `exact` rows are compared."""
    dense._EXACT = exact
    index, times, nearest = DenseIndex(*parts), [], []
    for question in questions:
        start = time.perf_counter()
        nearest.append(index.asked(question).nearest(NEAREST)[:10].tolist())
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times), nearest


def _near(stories: NDArray[np.float64], n: int, random: np.random.Generator) -> Vectors:
    return _unit(stories[random.integers(0, len(stories), n)] + 0.7 * random.standard_normal((n, DIM)))


def _unit(rows: NDArray[np.float64]) -> Vectors:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


if __name__ == "__main__":
    main(int(sys.argv[1]))
