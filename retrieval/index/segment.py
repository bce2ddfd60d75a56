"""Articles cut into passages, with every vector and word row that a search needs: made once, then only joined or thinned.

A segment holds whole articles. On disk it is a folder of mapped arrays and records that never changes. An article, a
passage or a sentence is made when it is asked for, so that loading costs the same for any size. The files, beside one
for each of `COLUMNS`:

texts, articles         records: each article's text, and the JSON of its other fields
taken.json              when each article was taken in
article_bounds.npy, sentence_bounds.npy
attributions            records: voice, speaker and sources as JSON, each once
words/                  the words of each passage, counted
quotes/                 every word of each article's whole text, as runs of words are looked up; opened with the first quote
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import secrets
from bisect import bisect_right
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval import duplicates, mapped, records
from retrieval.duplicates import Signature
from retrieval.quotes import Texts
from retrieval.quotes.suffix_array import WordCounts, WordTables
from retrieval.records import Cached, Rows, StoredArticles
from retrieval.search.sparse import Postings, forms
from retrieval.search.vector_store import StoredVectors, Table, VectorStore
from retrieval.speakers.speaker_index import Speakers
from retrieval.types import Article, Passage, Speaker, Statement, Vectors, Voice

if TYPE_CHECKING:
    from retrieval.articles.shared_lines import Lines

Attribution = tuple[Voice, Speaker | None, tuple[str, ...]]
HASH = "S16"


class Column(NamedTuple):
    """An array with a row for each of the `articles`, `passages` or `sentences`: its type, and the shape of a row."""

    of: str
    kind: Any
    shape: tuple[int, ...] = ()  # -1: as many numbers as the encoder gives


COLUMNS = {
    "spans": Column("passages", np.int32, (2,)),  # start, end in the article's text
    "asking": Column("passages", np.bool_),  # whether it has a sentence that ends in a question mark
    "vectors": Column("passages", np.float32, (-1,)),  # of unit length
    "sentence_spans": Column("sentences", np.int32, (2,)),
    "voices": Column("sentences", np.int32),  # whose words it is, as a number of `attributions`
    "sentence_vectors": Column("sentences", np.float32, (-1,)),
    "signatures": Column("articles", np.uint32, (duplicates.HASHES,)),  # which runs of words it has, for near copies
    "hashes": Column("articles", HASH),  # the first 16 digits of its SHA-256
}
_BOUNDS = ("article_bounds", "sentence_bounds")
VECTORS: dict[str, Table] = {"vectors": "passages", "sentence_vectors": "sentences"}  # where an engine has them


@dataclass(frozen=True)
class Segment:
    """Some articles of a collection, and the rows of their passages and sentences (`COLUMNS`).

    `taken` says when each article was taken in, ISO 8601 in UTC, to the second. The passages of article `a` are
    `article_bounds[a]` up to `article_bounds[a + 1]`, an array `(articles + 1,)`; `sentence_bounds` gives the sentences
    of each passage in the same way. `name` is that of its folder in an index: no two segments have the same.
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
    whole_texts: WordTables | Path  # or the folder that has them
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

    @cached_property
    def word_tables(self) -> WordTables:
        """Every word of the whole texts; opened, and compared with its checksums, when the first quote is looked up."""
        return WordTables.load(self.whole_texts) if isinstance(self.whole_texts, Path) else self.whole_texts

    @property
    def texts(self) -> Texts:
        """The articles as quotes are looked up in them."""
        return Texts(self.articles, self.word_tables)

    @cached_property
    def forms(self) -> Mapping[str, Sequence[str]]:
        """The words of the articles by their stems; made when the first term is looked up."""
        return forms(self.word_tables.listed)

    @property
    def spelling(self) -> Mapping[str, int]:
        """How often each word stands in the articles."""
        return WordCounts(self.word_tables)

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
        rows = {"articles": numbers, "passages": passages, "sentences": _within(self.sentence_bounds, passages)}
        return Segment(
            articles=tuple(self.articles[number] for number in numbers.tolist()),
            taken=tuple(self.taken[number] for number in numbers.tolist()),
            article_bounds=bounds(np.diff(self.article_bounds)[numbers]),
            sentence_bounds=bounds(np.diff(self.sentence_bounds)[passages]),
            attributions=self.attributions,
            words=self.words.only(passages),
            whole_texts=self.word_tables.only(numbers),
            **{name: getattr(self, name)[rows[column.of]] for name, column in COLUMNS.items()},
        )

    @cached_property
    def _numbers(self) -> dict[int, int]:
        return {id(article): number for number, article in enumerate(self.articles)}

    def _passage(self, row: int) -> Passage:
        first, last = self.sentence_bounds[row : row + 2].tolist()
        sentences = tuple(map(tuple, self.sentence_spans[first:last].tolist()))
        start, end = self.spans[row].tolist()
        return Passage(self.articles[_part(self.article_bounds, row)], start, end, sentences)

    def _statement(self, row: int) -> Statement:
        article = self.articles[_part(self.article_bounds, _part(self.sentence_bounds, row))]
        return Statement(article, *self.sentence_spans[row].tolist(), *self.attributions[self.voices[row]])


def join(segments: Sequence[Segment]) -> Segment:
    """The articles of all segments, one segment after the other."""
    if len(segments) == 1:
        return segments[0]
    starts = accumulate((len(segment.attributions) for segment in segments), initial=0)
    voices = [segment.voices + start for segment, start in zip(segments, starts, strict=False)]
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(segment, name) for segment in segments]) for name in COLUMNS
    }
    return Segment(
        articles=tuple(chain.from_iterable(segment.articles for segment in segments)),
        taken=tuple(chain.from_iterable(segment.taken for segment in segments)),
        article_bounds=bounds(np.concatenate([np.diff(segment.article_bounds) for segment in segments])),
        sentence_bounds=bounds(np.concatenate([np.diff(segment.sentence_bounds) for segment in segments])),
        attributions=tuple(chain.from_iterable(segment.attributions for segment in segments)),
        words=Postings.joined([segment.words for segment in segments]),
        whole_texts=WordTables.joined([segment.word_tables for segment in segments]),
        **columns | {"voices": np.concatenate(voices)},
    )


def cut(segment: Segment, size: int) -> list[Segment]:
    """The segment in pieces of whole articles with about `size` passages each, in their order."""
    if len(segment.passages) <= size:
        return [segment]
    groups = np.maximum(segment.article_bounds[:-1] - 1, 0) // size
    ends = np.flatnonzero(np.diff(groups)) + 1
    return [segment.only(part) for part in np.split(np.arange(len(groups)), ends)]


def bounds(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where parts of these sizes begin and end, one after another, `(n + 1,)`."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)])


def _part(bounds: NDArray[np.int64], row: int) -> int:
    """The part that holds a row."""
    return bisect_right(bounds.data, row) - 1  # NumPy takes three times as long for one row


def _within(bounds: NDArray[np.int64], parts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The rows of these parts, in their order."""
    chosen = np.zeros(len(bounds) - 1, bool)
    chosen[parts] = True
    rows: NDArray[np.int64] = np.flatnonzero(np.repeat(chosen, np.diff(bounds)))
    return rows


def save(segment: Segment, folder: Path, *, vectors: bool = True) -> None:
    """Write the segment into an empty folder, but for its vectors where an engine keeps these.

    Raises `ValueError` for vectors that hold no numbers.
    """
    if vectors and not all(np.isfinite(rows).all() for rows in (segment.vectors, segment.sentence_vectors)):
        raise ValueError("the encoder gave vectors that hold no numbers")
    records.save_articles(folder, segment.articles)
    (folder / "taken.json").write_text(json.dumps(segment.taken))
    used, voices = np.unique(segment.voices, return_inverse=True)
    records.save(folder, "attributions", [_attribution(segment.attributions[number]) for number in used.tolist()])
    written = [*_BOUNDS, *(name for name in COLUMNS if vectors or name not in VECTORS)]
    arrays = {name: getattr(segment, name) for name in written} | {"voices": voices.astype(np.int32)}
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)
    (folder / "words").mkdir()
    segment.words.save(folder / "words")
    (folder / "quotes").mkdir()
    segment.word_tables.save(folder / "quotes")


def load(folder: Path, store: VectorStore | None = None, dimension: int = 0) -> Segment:
    """The segment that `save` wrote; all but its times stay on disk until they are read.

    With a `store` its vectors, of `dimension` numbers, are there. Raises `ValueError`, or what a parser raises, for
    files that do not fit each other.
    """
    arrays: dict[str, Any] = {name: mapped.array(folder / f"{name}.npy", np.int64, 1) for name in _BOUNDS}
    for name, column in COLUMNS.items():
        if store is None or name not in VECTORS:
            path, dimensions = folder / f"{name}.npy", 1 + len(column.shape)
            arrays[name] = mapped.array(path, column.kind, dimensions, by_rows=name in VECTORS)
    if store is not None:
        counts = {"vectors": len(arrays["spans"]), "sentence_vectors": len(arrays["sentence_spans"])}
        for name, table in VECTORS.items():
            arrays[name] = StoredVectors(store, table, folder.name, (counts[name], dimension))
    segment = Segment(
        articles=StoredArticles(folder),
        taken=tuple(map(str, json.loads((folder / "taken.json").read_bytes()))),
        attributions=Cached(records.Records(folder, "attributions"), _read_attribution),
        words=Postings.load(folder / "words"),
        whole_texts=folder / "quotes",
        name=folder.name,
        **arrays,
    )
    _check(segment)
    return segment


def _check(segment: Segment) -> None:
    """Raise `ValueError` where a segment's parts are of other texts than each other, as far as their sizes tell."""
    counts = {
        "articles": len(segment.articles),
        "passages": len(segment.spans),
        "sentences": len(segment.sentence_spans),
    }
    wide = segment.vectors.shape[1]
    shapes = {
        name: (counts[column.of], *(wide if size < 0 else size for size in column.shape))
        for name, column in COLUMNS.items()
    }
    others = [name for name, shape in shapes.items() if getattr(segment, name).shape != shape]
    if len(segment.taken) != counts["articles"]:
        others.append("taken")
    if len(segment.words.lengths) != counts["passages"]:
        others.append("words")
    for name, parts, rows in zip(_BOUNDS, ("articles", "passages"), ("passages", "sentences"), strict=True):
        own = getattr(segment, name)
        if len(own) != counts[parts] + 1 or own[0] != 0 or own[-1] != counts[rows] or (np.diff(own) < 0).any():
            others.append(name)
    voices = segment.voices
    if len(voices) and not 0 <= voices.min() <= voices.max() < len(segment.attributions):
        others.append("attributions")
    if others:
        raise ValueError(f"{', '.join(others)}: of other texts than the rest of segment {segment.name}")


def _attribution(attribution: Attribution) -> bytes:
    voice, speaker, sources = attribution
    return json.dumps([voice, dataclasses.asdict(speaker) if speaker else None, sources]).encode()


def _read_attribution(_: int, record: bytes) -> Attribution:
    voice, speaker, sources = json.loads(record)
    return voice, Speaker(**speaker) if speaker else None, tuple(sources)
