"""Building and asking with speakers and without: the same articles, no reranker, and in place of the attribution nothing."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import passages
from retrieval import Index
from retrieval.search.encoder import SentenceEncoder
from retrieval.speakers import attribution
from retrieval.types import Article, Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.types import Span

ARTICLES = 200
_WARM_UP = 10


def build(side: str, folder: str) -> None:
    """Build the side's index and save it; print the seconds that building took once the model was there."""
    if side == "without":
        attribution.attribute = _nobody
    encoder, articles = SentenceEncoder(), passages.articles(ARTICLES)
    encoder.encode_passages(["a model is loaded at its first text"])
    start = time.perf_counter()
    index = Index.build(articles, encoder=encoder, reranker=None)
    print(json.dumps(time.perf_counter() - start))
    index.save(f"{folder}/{side}")


def ask(folder: str, questions: str) -> None:
    """Ask both indexes each question, either first in turn; print each side's median milliseconds."""
    encoder = SentenceEncoder()
    indexes = {side: Index.load(f"{folder}/{side}", encoder=encoder) for side in ("without", "with")}
    times: dict[str, list[float]] = {side: [] for side in indexes}
    for number, question in enumerate(json.loads(Path(questions).read_text())):
        for side in sorted(indexes, reverse=number % 2 == 0):
            start = time.perf_counter()
            indexes[side].ask(question)
            times[side].append(1000 * (time.perf_counter() - start))
    print(json.dumps({side: median(each[_WARM_UP:]) for side, each in times.items()}))


def _nobody(article: Article, sentences: Sequence[Span]) -> tuple[Statement, ...]:
    return tuple(Statement(article, start, end, "unclear") for start, end in sentences)


if __name__ == "__main__":
    {"build": build, "ask": ask}[sys.argv[1]](*sys.argv[2:])
