"""`python -m benchmarks.quotes`: altered and untouched quotes of the seeds, what they cost, and how that grows.

With a file of other texts (`.jsonl` or `.jsonl.gz`, records with `passage`), also: how many of their sentences are taken
for quotes from the seeds, and the seeds' quotes again in a collection with those texts in it. Here the bar between
"altered" and "not found" in `retrieval/quotes/best_match.py` was fitted.
"""

from __future__ import annotations

import gzip
import json
import random
import statistics
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.passages import SEEDS
from retrieval.quotes import QuoteIndex, Texts
from retrieval.types import Article
from tests.quote_generator import TYPOGRAPHIES, Maker, sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

COUNT = 10_000
LIMIT_MS = 20


def main(files: Sequence[str]) -> int:
    """Print one line a set of quotes; 1 when an altered quote passes, an untouched one is refused or one is slow."""
    texts = seeds()
    index = indexed(texts)
    untouched = [dress(sentence) for text in texts for sentence in sentences(text) for dress in TYPOGRAPHIES.values()]
    altered = [quote.text for quote in Maker(texts, seed=1).altered(COUNT)]
    stitched = [quote.text for quote in Maker(texts, seed=2).stitched(COUNT // 10)]
    print(f"{'quotes':34} {'p50 ms':>7} {'p99 ms':>7}  verdicts")
    good, quick = _check(index, "untouched, every typography", untouched)
    bad, slow = _check(index, "altered", altered)
    mixed, _ = _check(index, "stitched", stitched)
    for name in files:
        _others(texts, index, _passages(Path(name)), altered)
    met = good["verbatim"] == len(untouched) and not bad["verbatim"] and not mixed["verbatim"]
    return 0 if met and max(quick, slow) <= LIMIT_MS else 1


def _others(texts: Sequence[str], index: QuoteIndex, passages: Sequence[str], altered: Sequence[str]) -> None:
    foreign = [part for text in passages for part in sentences(text) if len(part.split()) > 3]
    random.Random(0).shuffle(foreign)
    _check(index, "sentences of other texts", foreign[:3000])
    start = time.perf_counter()
    larger = indexed([*texts, *passages])
    print(f"index with {len(passages)} other texts: {time.perf_counter() - start:.1f} s")
    _check(larger, "altered, among the other texts", altered[:2000])
    _check(larger, "untouched, among the other texts", [part for text in texts for part in sentences(text)])


def seeds() -> list[str]:
    """The seeds' texts."""
    return [path.read_bytes().decode() for path in sorted(SEEDS.glob("*.txt"))]


def indexed(texts: Sequence[str]) -> QuoteIndex:
    """The texts as articles that quotes are looked up in."""
    return QuoteIndex(Texts([Article(str(row), f"{row}.txt", text, "0" * 64) for row, text in enumerate(texts)]))


def _passages(path: Path) -> list[str]:
    data = path.read_bytes()
    lines = (gzip.decompress(data) if path.suffix == ".gz" else data).splitlines()
    return list(dict.fromkeys(json.loads(line)["passage"] for line in lines))


def _check(index: QuoteIndex, name: str, quotes: Sequence[str]) -> tuple[Counter[str], float]:
    verdicts: Counter[str] = Counter()
    times = []
    for quote in quotes:
        start = time.perf_counter()
        verdicts[index.check(quote).status] += 1
        times.append(1000 * (time.perf_counter() - start))
    cuts = statistics.quantiles(times, n=100)
    print(f"{name:34} {cuts[49]:7.2f} {cuts[98]:7.2f}  {dict(verdicts.most_common())}")
    return verdicts, cuts[98]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
