"""`python -m benchmarks.living`: one article is added to an index of 50,000 passages that is served: what it costs, when it is found,
how long questions take meanwhile.

The index is made of invented text and vectors, so that it takes a minute and not hours; the article that is added is read, encoded and
searched by the real models. Three rounds; `PASSAGES` as argument takes another number.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import resource
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.beside import Line, show
from bot.indexes import Refresher, Served
from retrieval import Article, Index, Speaker
from retrieval.index import indexing
from retrieval.index import segment as segments
from retrieval.index.corpus import Corpus
from retrieval.index.segment import Segment
from retrieval.quotes import tables
from retrieval.search import cross_encoder
from retrieval.search.encoder import SentenceEncoder
from retrieval.search.sparse import Postings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retrieval.index.segment import Attribution
    from retrieval.types import Vectors

_PASSAGES, _SENTENCES = 10, 4  # of an article; of a passage
_ARTICLES = 200  # of a segment
_ROUNDS, _QUESTIONS = 3, 20
_PATIENCE = 300.0  # seconds until an article that is never found counts as found
_CPU, _SECONDS = 1.0, 5.0  # wanted: beyond what the article itself takes; until it is found
_SLOWER = 1.2  # wanted: beside undisturbed questions
_SYLLABLES = [
    "ka", "lo", "mi", "ter", "sun", "ba", "rod", "ven", "hal", "pre", "sto",
    "gan", "fi", "lu", "mar", "dek", "osh", "und", "ers", "tal",
]  # fmt: skip
_NEWS = (
    "The mayor of Oldenmoor opened the new bridge number {number} on Monday. It cost nine million crowns, she said.\n\n"
    "A brass band played until dusk. Bridge number {number} has three arches of granite.\n"
)


class Maker:
    """Makes segments of invented articles, and writes these as files."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._rng, self._numbers = folder, random.Random(1), np.random.default_rng(1)
        self._words = ["".join(self._rng.choices(_SYLLABLES, k=self._rng.randint(2, 4))) for _ in range(60_000)]
        rarities = np.cumsum(1 / np.arange(1, len(self._words) + 1))
        self._rarities = rarities / rarities[-1]
        names = zip(self._words[:2_000], self._words[2_000:4_000], strict=True)
        speakers = [Speaker(f"{first.title()} {last.title()}") for first, last in names]
        self._attributions: tuple[Attribution, ...] = (
            ("article", None, ()),
            *(("speaker", speaker, ()) for speaker in speakers),
        )

    def segment(self, first: int, count: int) -> Segment:
        """`count` articles, numbered from `first`."""
        articles, passages, sentences, rows = list[Article](), list[tuple[int, int]](), list[tuple[int, int]](), []
        for number in range(first, first + count):
            paragraphs = [[self._sentence() for _ in range(_SENTENCES)] for _ in range(_PASSAGES)]
            articles.append(self._article(number, "\n\n".join(map(" ".join, paragraphs))))
            at = 0
            for paragraph in paragraphs:
                ends = list(accumulate(len(sentence) + 1 for sentence in paragraph))
                sentences += [
                    (at + end - len(each) - 1, at + end - 1) for end, each in zip(ends, paragraph, strict=True)
                ]
                passages.append((at, at + ends[-1] - 1))
                at += ends[-1] + 1
                rows.append(" ".join(paragraph).lower().replace(".", "").split())
        return Segment(
            tuple(articles),
            ("2031-01-01T00:00:00+00:00",) * count,
            np.arange(count + 1) * _PASSAGES,
            np.array(passages, np.int32),
            np.arange(len(passages) + 1) * _SENTENCES,
            np.array(sentences, np.int32),
            self._voices(len(sentences)),
            np.zeros(len(passages), bool),  # no sentence asks
            self._attributions,
            self._vectors(len(passages)),
            self._vectors(len(sentences)),
            Postings.of(rows),
            self._numbers.integers(0, 2**32 - 1, (count, 128), dtype=np.uint32),
            np.array([article.sha256[:16].encode() for article in articles], segments.HASH),
            tables(articles),
        )

    def _sentence(self) -> str:
        places = np.searchsorted(self._rarities, self._numbers.random(self._numbers.integers(12, 26)))
        return " ".join(self._words[place] for place in places).capitalize() + "."

    def _article(self, number: int, text: str) -> Article:
        file, sha256 = f"{number:06}.txt", hashlib.sha256(text.encode()).hexdigest()
        (self._folder / file).write_text(text)
        id_ = hashlib.sha256(f"{file}\0{sha256}".encode()).hexdigest()[:16]
        return Article(id_, file, text, sha256, publisher=f"Outlet {number % 40}", date=f"2031-{number % 12 + 1:02}-01")

    def _voices(self, count: int) -> NDArray[np.int32]:
        """Whose words each sentence is: of four the articles' own three, of somebody the fourth."""
        speakers = self._numbers.integers(1, len(self._attributions), count, dtype=np.int32)
        return np.where(self._numbers.random(count) < 0.25, speakers, 0).astype(np.int32)

    def _vectors(self, count: int) -> Vectors:
        rows = self._numbers.standard_normal((count, 384), dtype=np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def made(folder: Path, passages: int) -> Index:
    """An index of so many invented passages, whose files are in `folder`, saved in `.index` there and ready to answer."""
    maker, count = Maker(folder), passages // _PASSAGES
    parts = [maker.segment(first, min(_ARTICLES, count - first)) for first in range(0, count, _ARTICLES)]
    encoder = SentenceEncoder()
    encoder.export([passage.text for passage in parts[0].passages[:64:2]])
    articles = [article for part in parts for article in part.articles]
    files = {article.file: article.sha256 for article in articles}
    example = {"examples": ["Who opened the bridge?"], "example_articles": [articles[0].id]}
    facts = {"folder": str(folder), "files": files, "code": indexing.code(), **example}
    Index(Corpus(tuple(parts)), encoder, cross_encoder.load(cross_encoder.DEFAULT), facts).save(folder / ".index")
    index = Index.load(folder / ".index")  # as a bot has it: mapped
    index.warm()
    return index


async def added(served: Served, folder: Path, number: int) -> tuple[float, list[float]]:
    """Seconds from the writing of an article until it is served, and the seconds of each question asked until then.

    Returns once the index is saved.
    """
    times: list[float] = []
    pointer = folder / ".index" / "CURRENT"
    saved, before, start = pointer.read_text(), served.collection, time.monotonic()
    (folder / f"news{number}.txt").write_text(_NEWS.format(number=number))
    with ThreadPoolExecutor(1) as asking:
        while time.monotonic() - start < _PATIENCE and served.collection is before:
            if number % 2:  # else nobody asks, so that what is counted is the change's alone
                times.append(await asyncio.wrap_future(asking.submit(_ask, served, len(times))))
            else:
                await asyncio.sleep(0.05)
        seconds = time.monotonic() - start
    while time.monotonic() - start < _PATIENCE and pointer.read_text() == saved:
        await asyncio.sleep(0.05)
    return seconds, times


def _ask(served: Served, number: int) -> float:
    start = time.monotonic()
    served.collection.ask(f"What did the mayor say about bridge {number} and its cost?")
    return time.monotonic() - start


async def measure(folder: Path, index: Index) -> dict[str, list[float]]:
    """Of each round: the CPU seconds of this process and of the one that reads, seconds until found, and of a question before and then."""
    served = Served(index, lambda: None)
    refresher = Refresher(served, folder / ".index", watch=True)
    work = asyncio.ensure_future(refresher.run())
    figures: dict[str, list[float]] = {"own": [], "reading": [], "found": [], "alone": [], "meanwhile": []}
    for number in range(_ROUNDS):
        before = _cpu()
        seconds, _ = await added(served, folder, 2 * number)
        own, reading = (now - then for now, then in zip(_cpu(), before, strict=True))
        alone = [await asyncio.to_thread(_ask, served, each) for each in range(_QUESTIONS)]
        _, times = await added(served, folder, 2 * number + 1)
        values = (own, reading, seconds, statistics.median(alone), statistics.median(times))
        for column, value in zip(figures.values(), values, strict=True):
            column.append(value)
    work.cancel()
    with suppress(asyncio.CancelledError):
        await work
    return figures


def _cpu() -> tuple[float, float]:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time(), children.ru_utime + children.ru_stime


def main() -> int:
    """Print the figures; 1 where one is not what is wanted."""
    passages = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        index = made(folder, passages)
        figures = asyncio.run(measure(folder, index))
    met = show(
        f"one article among {len(index.passages):,} passages",
        ("allowed", "Byline"),
        [
            Line("CPU s of the bot", [(_CPU, own) for own in figures["own"]], 1.0),
            Line("s until it is found", [(_SECONDS, seconds) for seconds in figures["found"]], 1.0),
        ],
    )
    asked = list(zip(figures["alone"], figures["meanwhile"], strict=True))
    met &= show("questions", ("alone", "meanwhile"), [Line("p50 s", asked, _SLOWER)])
    reading = statistics.median(figures["reading"])
    print(f"the process that reads and encodes the article: {reading:.1f} s of CPU, at a low priority")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
