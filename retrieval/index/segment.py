"""Articles cut into passages, with every vector and word row that a search needs: made once, then only joined or thinned.

A segment holds whole articles. `segment_files` says how it lies on disk.
"""

from __future__ import annotations

import hashlib
import itertools
import secrets
from bisect import bisect_right
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, cached_property
from itertools import accumulate, chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retrieval import duplicates
from retrieval.duplicates import Signature
from retrieval.index import computing, models
from retrieval.quotes import Texts, tables
from retrieval.quotes.suffix_array import SuffixArray
from retrieval.quotes.word_tables import WordCounts, WordTables
from retrieval.records import Rows, StoredArticles
from retrieval.search import full_text
from retrieval.search.sparse import Postings, words
from retrieval.speakers import parsing
from retrieval.speakers.speaker_index import Speakers
from retrieval.types import Article, Encoder, Passage, Progress, Speaker, Statement, Vectors, Voice

if TYPE_CHECKING:
    from retrieval.articles.shared_lines import Lines

Attribution = tuple[Voice, Speaker | None, tuple[str, ...]]


_MADE_WITH = ("articles", "duplicates.py", "lexicon", "passages.py", "quotes", "search/sparse.py", "speakers", "text")
HASH = "S16"


@dataclass(frozen=True)
class Segment:
    """Some articles of a collection, and the rows of their passages and sentences, as the files of `segment_files` have them.

    `name` is that of its folder in an index: no two segments have the same.
    """

    articles: Sequence[Article]
    taken: tuple[str, ...]
    article_bounds: NDArray[np.int64]
    spans: NDArray[np.int32]
    sentence_bounds: NDArray[np.int64]
    sentence_spans: NDArray[np.int32]
    voices: NDArray[np.int32]
    asking: NDArray[np.bool_]
    attributions: Sequence[Attribution]
    vectors: Vectors
    sentence_vectors: Vectors
    words: Postings
    signatures: Signature
    hashes: NDArray[np.bytes_]
    suffix_array: SuffixArray
    name: str = field(default_factory=lambda: secrets.token_hex(8), compare=False)

    @cached_property
    def passages(self) -> Sequence[Passage]:
        """Every passage, in the order of the articles."""
        return Rows(len(self.spans), self._passage)

    @cached_property
    def statements(self) -> Sequence[Statement]:
        """Every sentence of every passage and whose words it is, in their order."""
        return Rows(len(self.sentence_spans), self._statement)

    @cached_property
    def lines(self) -> Sequence[Lines]:
        """What tells which lines the articles share; made when the folder has changed for the first time."""
        from retrieval.articles import shared_lines

        return [shared_lines.lines(article) for article in self.articles]

    @property
    def texts(self) -> Texts:
        """The articles as quotes are looked up in them."""
        return Texts(self.articles, self.suffix_array)

    @cached_property
    def forms(self) -> Mapping[str, Sequence[str]]:
        """The words of the articles by their stems; made when the first term is looked up."""
        return full_text.forms(self.suffix_array.tables.listed)

    @property
    def spelling(self) -> Mapping[str, int]:
        """How often each word stands in the articles."""
        return WordCounts(self.suffix_array.tables)

    @cached_property
    def speakers(self) -> Speakers:
        """Who speaks in the statements; made when the first question asks for somebody's words."""
        order = np.argsort(self.voices, kind="stable")
        bounds = np.searchsorted(self.voices, np.arange(len(self.attributions) + 1), sorter=order).tolist()
        rows = [order[first:last].tolist() for first, last in itertools.pairwise(bounds)]
        spoken = [
            (speaker, own) for (_, speaker, _), own in zip(self.attributions, rows, strict=True) if own and speaker
        ]
        outlets = [{article.publisher, article.source} for article in self.articles]
        printed = [(name, self.rows(number)) for number, names in enumerate(outlets) for name in names if name]
        return Speakers(len(self.voices), spoken, printed)

    def number(self, article: Article) -> int | None:
        """The row of an article, `None` for one of another segment."""
        if isinstance(self.articles, StoredArticles):
            return self.articles.number(article)
        return self._numbers.get(id(article))

    def rows(self, number: int) -> range:
        """The rows of the statements of an article."""
        first, last = self.article_bounds[number : number + 2].tolist()
        return range(int(self.sentence_bounds[first]), int(self.sentence_bounds[last]))

    def hashed(self, sha256: str) -> list[int]:
        """The rows of the articles whose SHA-256 starts with these 16 digits."""
        rows: list[int] = np.flatnonzero(self.hashes == sha256.encode()).tolist()
        return rows

    def without(self, ids: Container[str]) -> Segment:
        """The segment without the articles of these identifiers; itself where it has none of them."""
        here = np.array([article.id not in ids for article in self.articles], bool)
        return self if here.all() else self.only(np.flatnonzero(here))

    def only(self, numbers: NDArray[np.int64]) -> Segment:
        """The segment with these of its articles alone, ascending."""
        passages = _within(self.article_bounds, numbers)
        sentences = _within(self.sentence_bounds, passages)
        return Segment(
            tuple(self.articles[number] for number in numbers.tolist()),
            tuple(self.taken[number] for number in numbers.tolist()),
            _bounds(np.diff(self.article_bounds)[numbers]),
            self.spans[passages],
            _bounds(np.diff(self.sentence_bounds)[passages]),
            self.sentence_spans[sentences],
            self.voices[sentences],
            self.asking[passages],
            self.attributions,
            self.vectors[passages],
            self.sentence_vectors[sentences],
            self.words.only(passages),
            self.signatures[numbers],
            self.hashes[numbers],
            SuffixArray(self.suffix_array.tables.only(numbers)),
        )

    @cached_property
    def _numbers(self) -> dict[int, int]:
        return {id(article): number for number, article in enumerate(self.articles)}

    @cached_property
    def _article_of(self) -> list[int]:
        """The row of each passage's article."""
        sizes = np.diff(self.article_bounds)
        numbers: list[int] = np.repeat(np.arange(len(sizes)), sizes).tolist()
        return numbers

    @cached_property
    def _sentence_bounds(self) -> list[int]:
        bounds: list[int] = self.sentence_bounds.tolist()
        return bounds

    def _passage(self, row: int) -> Passage:
        first, last = self.sentence_bounds[row : row + 2].tolist()
        sentences = tuple(map(tuple, self.sentence_spans[first:last].tolist()))
        start, end = self.spans[row].tolist()
        return Passage(self.articles[self._article_of[row]], start, end, sentences)

    def _statement(self, row: int) -> Statement:
        article = self.articles[self._article_of[bisect_right(self._sentence_bounds, row) - 1]]
        return Statement(article, *self.sentence_spans[row].tolist(), *self.attributions[self.voices[row]])


@cache
def code() -> str:
    """A checksum of the code, word lists and weights that segments are made with: another makes other segments."""
    root, digest = Path(__file__).parents[1], hashlib.sha256()
    for path in sorted(path for name in _MADE_WITH for path in [root / name, *(root / name).rglob("*")]):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def make(articles: Sequence[Article], encoder: Encoder, progress: Progress | None = None) -> Segment:
    """Cut, encode and index the articles, in their order; `progress` hears what is done, how many, of how many."""
    from retrieval import passages as cutter  # what only making needs is slow to import

    if articles:
        parsing.check()  # before anything is encoded
    passages = tuple(passage for article in articles for passage in cutter.split(article))
    texts = [passage.text for passage in passages]
    sentences_of = [_sentences(passage) for passage in passages]
    sentences = [*chain.from_iterable(sentences_of)]
    models.export(encoder, [*texts, *sentences])
    rows, statements = computing.compute(dict.fromkeys([*texts, *sentences]), passages, encoder, progress)
    vectors, sentence_vectors = _gather(rows, texts, encoder), _gather(rows, sentences, encoder)
    postings = Postings.of([words(text) for text in texts])
    taken = (datetime.now(UTC).isoformat(timespec="seconds"),) * len(articles)
    numbers: dict[Attribution, int] = {}
    voices = [numbers.setdefault((each.voice, each.speaker, each.sources), len(numbers)) for each in statements]
    own = Counter(id(passage.article) for passage in passages)
    return Segment(
        tuple(articles),
        taken,
        _bounds(np.array([own[id(article)] for article in articles], np.int64)),
        np.array([(passage.start, passage.end) for passage in passages], np.int32).reshape(-1, 2),
        _bounds(np.array([len(passage.sentences) for passage in passages], np.int64)),
        np.array([(each.start, each.end) for each in statements], np.int32).reshape(-1, 2),
        np.array(voices, np.int32),
        np.array([any(text.endswith("?") for text in each) for each in sentences_of], bool),
        tuple(numbers),
        vectors,
        sentence_vectors,
        postings,
        _signatures(articles, passages),
        np.array([article.sha256[:16].encode("utf-8", "replace") for article in articles], HASH),
        SuffixArray(tables(articles)),
    )


def join(segments: Sequence[Segment]) -> Segment:
    """The articles of all segments, one segment after the other."""
    if len(segments) == 1:
        return segments[0]
    starts = accumulate((len(segment.attributions) for segment in segments), initial=0)
    return Segment(
        tuple(chain.from_iterable(segment.articles for segment in segments)),
        tuple(chain.from_iterable(segment.taken for segment in segments)),
        _bounds(np.concatenate([np.diff(segment.article_bounds) for segment in segments])),
        np.concatenate([segment.spans for segment in segments]),
        _bounds(np.concatenate([np.diff(segment.sentence_bounds) for segment in segments])),
        np.concatenate([segment.sentence_spans for segment in segments]),
        np.concatenate([segment.voices + start for segment, start in zip(segments, starts, strict=False)]),
        np.concatenate([segment.asking for segment in segments]),
        tuple(chain.from_iterable(segment.attributions for segment in segments)),
        np.concatenate([segment.vectors for segment in segments]),
        np.concatenate([segment.sentence_vectors for segment in segments]),
        Postings.joined([segment.words for segment in segments]),
        np.concatenate([segment.signatures for segment in segments]),
        np.concatenate([segment.hashes for segment in segments]),
        SuffixArray(WordTables.joined([segment.suffix_array.tables for segment in segments])),
    )


def cut(segment: Segment, size: int) -> list[Segment]:
    """The segment in pieces of whole articles with about `size` passages each, in their order."""
    if len(segment.passages) <= size:
        return [segment]
    groups = np.maximum(segment.article_bounds[:-1] - 1, 0) // size
    ends = np.flatnonzero(np.diff(groups)) + 1
    return [segment.only(part) for part in np.split(np.arange(len(groups)), ends)]


def _bounds(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where parts of these sizes begin and end, one after another, `(n + 1,)`."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)])


def _within(bounds: NDArray[np.int64], parts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The rows of these parts, in their order."""
    kept = np.zeros(len(bounds) - 1, bool)
    kept[parts] = True
    rows: NDArray[np.int64] = np.flatnonzero(np.repeat(kept, np.diff(bounds)))
    return rows


def _sentences(passage: Passage) -> list[str]:
    """The texts of a passage's sentences."""
    text = passage.article.text
    return [text[start:end] for start, end in passage.sentences]


def _signatures(articles: Sequence[Article], passages: Sequence[Passage]) -> Signature:
    """The signature of each article, of its passages alone: boilerplate makes no story."""
    own: dict[int, list[Passage]] = {id(article): [] for article in articles}
    for passage in passages:
        own[id(passage.article)].append(passage)
    rows = [duplicates.signature(duplicates.words(each)) for each in own.values()]
    return np.array(rows, np.uint32).reshape(-1, duplicates.HASHES)


def _gather(rows: dict[str, NDArray[np.float32]], texts: Sequence[str], encoder: Encoder) -> Vectors:
    if not texts:  # only the encoder knows how wide no rows are
        return encoder.encode_passages([""])[:0]
    return np.stack([rows[text] for text in texts])
