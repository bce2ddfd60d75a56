"""What both sides of a benchmark share, so that they are timed alike: one loop of questions, one line of figures."""

from __future__ import annotations

import json
import resource
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_WARM_UP = 10
_ASKERS = 8


def answer_all(answer: Callable[[str], str], questions: Sequence[str], askers: int = _ASKERS) -> None:
    """Answer the questions one by one, then all of them to several askers at once; print what it took.

    `first` is the moment of the first answer, `p50` and `p95` are milliseconds, `ms` those for each answer to the askers.
    `right` is the share of questions that stand in their answer, as questions do that are runs of a passage's words.
    """
    answer(questions[0])
    first = time.time()
    times, right = [], 0
    for question in questions:
        start = time.perf_counter()
        text = answer(question)
        times.append(1000 * (time.perf_counter() - start))
        right += question in " ".join(text.lower().split())
    with ThreadPoolExecutor(askers) as pool:
        start = time.perf_counter()
        list(pool.map(answer, questions))
        together = 1000 * (time.perf_counter() - start) / len(questions)
    figures = {
        "first": first,
        "p50": statistics.median(times[_WARM_UP:]),
        "p95": statistics.quantiles(times[_WARM_UP:], n=20)[-1],
        "ms": together,
        "right": right / len(questions),
        "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(figures))


def memory(field: str, process: int | str = "self") -> float:
    """MiB that a process holds, by a field of Linux's `/proc/PID/status` (`VmRSS`: all, `RssAnon`: what no file backs)."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(field))
