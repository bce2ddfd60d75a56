"""Two sides next to each other: each in a process of its own, in turns; a line of both, their ratio, and what is wanted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

_ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "ORT_DISABLE_TELEMETRY": "1",
    "TQDM_DISABLE": "1",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A figure of both sides, once a round: the other side's, then Byline's; and the greatest ratio that is wanted."""

    name: str
    rounds: Sequence[tuple[float, float]]
    limit: float
    note: str = ""


def show(title: str, sides: tuple[str, str], lines: Sequence[Line]) -> bool:
    """Print one line a figure, medians of its rounds, and whether it is met; whether every ratio is what is wanted."""
    print(f"\n{title:36} {sides[0]:>10} {sides[1]:>10} {'ratio':>6}  wanted", flush=True)
    met = True
    for line in lines:
        other, ours = (median(each) for each in zip(*line.rounds, strict=True))
        ratio = median(b / a for a, b in line.rounds)
        reached = verdict(met=ratio <= line.limit)
        met &= ratio <= line.limit
        print(
            f"{line.name:36} {other:10.2f} {ours:10.2f} {ratio:6.2f}  ≤ {line.limit}{line.note}: {reached}", flush=True
        )
    return met


def verdict(*, met: bool) -> str:
    """What stands beside a figure of which something is wanted."""
    return "met" if met else "MISSED"


def run(module: str, *arguments: str, python: str = sys.executable) -> str:
    """What `python -m benchmarks.MODULE ARGUMENTS` prints; ends the benchmark when that fails."""
    command = [python, "-W", "ignore", "-m", f"benchmarks.{module}", *arguments]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True, env=os.environ | _ENVIRONMENT)
    if done.returncode:
        raise SystemExit(f"{' '.join(command[1:])} ended with exit code {done.returncode}: its message stands above")
    return done.stdout


def figures(module: str, *arguments: str, python: str = sys.executable) -> Any:
    """The JSON that it prints in its last line."""
    return json.loads(run(module, *arguments, python=python).splitlines()[-1])


def timed(module: str, *arguments: str, python: str = sys.executable) -> float:
    """The seconds that it takes, start of the process included."""
    start = time.perf_counter()
    run(module, *arguments, python=python)
    return time.perf_counter() - start


def answer_figures(module: str, *arguments: str, python: str = sys.executable) -> dict[str, float]:
    """The figures of a side that answers by `clock.answer_all`, with the seconds from its start to its first answer."""
    start = time.time()
    measured: dict[str, float] = figures(module, *arguments, python=python)
    return measured | {"first": measured["first"] - start}
