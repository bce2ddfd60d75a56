"""What both sides of a benchmark share, so that they are timed alike: one loop of questions, one line of figures."""

from __future__ import annotations

import json
import resource
import statistics
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_WARM_UP = 10


def answer_all(answer: Callable[[str], str], questions: Sequence[str]) -> None:
    """Answer the questions one by one; print the moment of the first answer, then median milliseconds and peak MiB."""
    answer(questions[0])
    first = time.time()
    times = []
    for question in questions:
        start = time.perf_counter()
        answer(question)
        times.append(1000 * (time.perf_counter() - start))
    figures = {
        "first": first,
        "p50": statistics.median(times[_WARM_UP:]),
        "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(figures))
