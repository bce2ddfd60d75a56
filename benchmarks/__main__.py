"""`make bench`: Byline beside a plain sentence-transformers + FAISS script, in one run, in turns; ratios, medians.

The two sides get the same model, passages and questions, each in a process of its own.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import passages
from retrieval.encoder import SentenceEncoder

ROUNDS = 3
SIDES = ("plain", "ours")
LIMITS = {"build s": 2.2, "start to first answer s": 1.1, "question p50 ms": 1.5, "peak MiB": 1.15}


def main() -> int:
    """Print one line a figure: both sides and their ratio, with the ratio that is wanted; 1 when one is not met."""
    with tempfile.TemporaryDirectory() as folder:
        model, texts, asked = _prepare(Path(folder))
        figures = [_round(model, texts, asked, folder) for _ in range(ROUNDS)]
    met = True
    print(f"{'1,000 passages, 300 questions':28} {'script':>9} {'Byline':>9} {'ratio':>6}  wanted")
    for name, limit in LIMITS.items():
        plain, ours = (statistics.median(figure[side][name] for figure in figures) for side in SIDES)
        ratio = statistics.median(figure["ours"][name] / figure["plain"][name] for figure in figures)
        met &= ratio <= limit
        print(f"{name:28} {plain:9.2f} {ours:9.2f} {ratio:6.2f}  ≤ {limit}")
    return 0 if met else 1


def _prepare(folder: Path) -> tuple[str, str, str]:
    texts, asked = folder / "passages.json", folder / "questions.json"
    texts.write_text(json.dumps(passages.synthetic(1000)))
    asked.write_text(json.dumps(passages.questions(300)))
    return str(SentenceEncoder().folder), str(texts), str(asked)


def _round(model: str, texts: str, asked: str, folder: str) -> dict[str, dict[str, float]]:
    return {side: _build(side, model, texts, folder) | _ask(side, model, texts, folder, asked) for side in SIDES}


def _build(side: str, *arguments: str) -> dict[str, float]:
    start = time.perf_counter()
    _run(side, "build", *arguments)
    return {"build s": time.perf_counter() - start}


def _ask(side: str, *arguments: str) -> dict[str, float]:
    start = time.time()
    figures = json.loads(_run(side, "ask", *arguments))
    return {
        "start to first answer s": figures["first"] - start,
        "question p50 ms": figures["p50"],
        "peak MiB": figures["mib"],
    }


def _run(side: str, *arguments: str) -> str:
    command = [sys.executable, "-m", f"benchmarks.{side}", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
