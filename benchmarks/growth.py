"""What grows with a collection: `python -m benchmarks.growth PASSAGES…`, made articles and vectors, each size in a process of its own.

Prints CPU seconds and MiB of loading, of the first question, misspelt word, question for somebody's words, quote and
list of mentions, the median milliseconds of a question later, and what is wanted of the largest. Reading and embedding so many articles would take
hours, so passages, speakers and vectors are made, too; everything that answers is the product's.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import random
import sys
import tempfile
import time
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import beside, passages
from benchmarks.clock import memory
from retrieval import Article, Index, Passage
from retrieval import passages as cutter
from retrieval.index import indexing
from retrieval.index.corpus import Corpus
from retrieval.search.encoder import SentenceEncoder
from retrieval.speakers import attribution
from retrieval.types import Speaker, Statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from retrieval.index.segment import Segment
    from retrieval.types import Span, Vectors

SIZES = (1_000, 10_000, 50_000)
SEGMENT = 2_000  # passages
EACH = 8  # passages of an article
QUESTIONS = 30
TIMES, START_S, MIB = 3.0, 2.0, 2_560  # wanted of the largest: its median beside the smallest's, start, memory
ASKED = "Who warned of a false flag operation?"
_MEDIAN, _MEMORY = "question p50, CPU ms", "memory at the end, MiB"
_SYLLABLES = ("ka", "ro", "min", "del", "su", "vra", "tel", "go", "ash", "lin", "bor", "ez")


def main(sizes: list[int]) -> None:
    """Print one line a figure, one column a size."""
    columns = []
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            beside.figures("growth", "make", str(size), f"{folder}/{size}")
            columns.append(beside.figures("growth", "ask", f"{folder}/{size}"))
    print(f"{'passages':36}" + "".join(f"{size:>12,}" for size in sizes))
    for name in columns[0]:
        print(f"{name:36}" + "".join(f"{column[name]:12.2f}" for column in columns))
    _judge(sizes[-1], columns[0], columns[-1])


def _judge(size: int, first: dict[str, float], last: dict[str, float]) -> None:
    """Print what is wanted of the largest size, and whether it is met."""
    start = last["load, CPU s"] + last["first question, CPU s"]
    times = last[_MEDIAN] / first[_MEDIAN]
    print(f"\n{size:,} passages")
    for name, value, wanted in (
        ("median beside that of the smallest", times, TIMES),
        ("load and first question, CPU s", start, START_S),
        ("memory that no file backs, MiB", last[_MEMORY], MIB),
    ):
        print(f"{name:36}{value:12.2f}  ≤ {wanted:g}: {beside.verdict(met=value <= wanted)}", flush=True)


def make(size: int, folder: str) -> None:
    """Save an index of about so many passages; print how many there are."""
    attribution.attribute = attribute
    encoder = SentenceEncoder()
    encoder.export(["a text", "another one"])
    parts: list[Segment] = []
    count = 0
    while count < size:
        parts.append(_segment(min(SEGMENT, size - count), len(parts)))
        count += len(parts[-1].passages)
    Index(Corpus(tuple(parts)), encoder, None, {"examples": [ASKED]}).save(folder)
    print(count)


def ask(folder: str) -> None:
    """Load the index, do each thing once, print what it took."""
    figures: dict[str, float] = {}
    texts = passages.questions(QUESTIONS)
    figures["before loading MiB"] = _mib()
    with _counted(figures, "load"):
        index = Index.load(folder)
    with _counted(figures, "first question"):
        index.ask(texts[0])
    times = []
    for text in texts:
        start = time.process_time()
        index.ask(text)
        times.append(1000 * (time.process_time() - start))
    figures[_MEDIAN] = median(times)
    firsts: dict[str, Callable[[], object]] = {
        "misspelt": lambda: index.ask("which diplomt warned of a false flag operatoin in octobr"),
        "speaker": lambda: index.ask("What did Sullivan say about the border?"),
        "quote": lambda: index.check("there is a distinct possibility that it could be used as a pretext"),
        "mentions": lambda: index.mentions("false flag"),
    }
    for name, first in firsts.items():
        with _counted(figures, f"first {name}"):
            first()
    figures[_MEMORY], figures["most that was resident, MiB"] = _mib(), memory("VmHWM")
    print(json.dumps(figures))


@contextmanager
def _counted(figures: dict[str, float], name: str) -> Iterator[None]:
    """The CPU seconds and the MiB that a stretch of code takes, into two figures."""
    start, before = time.process_time(), _mib()
    yield
    figures[f"{name}, CPU s"] = time.process_time() - start
    figures[f"{name}, MiB more"] = _mib() - before


def _mib() -> float:
    """MiB of this process that no file backs: what is mapped from files can be given up at once."""
    return memory("RssAnon")


def _segment(size: int, seed: int) -> Segment:
    """A segment of so many passages. Each holds a word that hardly any other has, as names do."""
    rng, articles, passages_of = random.Random(seed), list[Article](), dict[str, tuple[Passage, ...]]()
    mixtures = iter(passages.mixtures(size, seed, whole=False).values())
    while paragraphs := [_named(each, rng) for each in itertools.islice(mixtures, EACH)]:
        key = seed * SEGMENT + len(articles)
        facts = {"publisher": "The Herald", "title": f"Article {key}", "date": "2026-01-01"}
        text = "\n\n".join(map(" ".join, paragraphs))
        article = Article(f"{key:016x}", f"{key}.txt", text, f"{key:064x}", **facts)
        articles.append(article)
        passages_of[article.id] = cut(article, paragraphs)
    cutter.split = lambda article: passages_of[article.id]
    return unlike(indexing.make(articles, _Made(seed)), seed)


def _named(sentences: Sequence[str], rng: random.Random) -> list[str]:
    name = "".join(rng.choices(_SYLLABLES, k=6)).title()
    return [f"{name}: {sentences[0]}", *sentences[1:]]


def cut(article: Article, paragraphs: Sequence[Sequence[str]]) -> tuple[Passage, ...]:
    """A passage for each paragraph. One character lies between two sentences, two lie between two paragraphs."""
    cut_passages, start = [], 0
    for sentences in paragraphs:
        ends = list(itertools.accumulate((len(sentence) + 1 for sentence in sentences), initial=start))
        spans = tuple((first, last - 1) for first, last in itertools.pairwise(ends))
        cut_passages.append(Passage(article, start, ends[-1] - 1, spans))
        start = ends[-1] + 1
    return tuple(cut_passages)


def unlike(segment: Segment, seed: int) -> Segment:
    """The segment with other signatures: articles put together out of a few would make a few stories."""
    signatures = np.random.default_rng(seed).integers(0, 2**32, segment.signatures.shape, np.uint32)
    return dataclasses.replace(segment, signatures=signatures)


class _Made:
    """An encoder whose vectors point anywhere."""

    name = checksum = "made"

    def __init__(self, seed: int) -> None:
        self._numbers = np.random.default_rng(seed)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        rows = self._numbers.standard_normal((len(texts), 384), np.float32)
        unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit

    encode_queries = encode_passages


def attribute(article: Article, spans: Sequence[Span]) -> tuple[Statement, ...]:
    """In place of the parser, which would take hours: three sentences in ten are somebody's."""
    rng = random.Random(article.id)
    return tuple(_statement(rng, article, *span) for span in spans)


def _statement(rng: random.Random, article: Article, start: int, end: int) -> Statement:
    if rng.random() < 0.7:
        return Statement(article, start, end, "article")
    name = "".join(rng.choices(_SYLLABLES, k=2)).title() + " Sullivan" * (rng.random() < 0.01)
    return Statement(article, start, end, "speaker", Speaker(name, "official"))


if __name__ == "__main__":
    if sys.argv[1:2] == ["make"]:
        make(int(sys.argv[2]), sys.argv[3])
    elif sys.argv[1:2] == ["ask"]:
        ask(sys.argv[2])
    else:
        main([int(size.replace(",", "")) for size in sys.argv[1:]] or list(SIZES))
