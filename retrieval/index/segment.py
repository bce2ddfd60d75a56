"""Articles cut into passages, with every vector and word row that a search needs: made once, then only joined or thinned.

A segment holds whole articles. On disk it is a folder of plain arrays and JSON lines that never changes:

articles.jsonl          one article a line, text and all: what was built is what is served, whatever becomes of a file
taken.json              when each article was taken in, ISO 8601 in UTC, to the second
spans.npy               (passages, 3) int64: row of the article, start, end
sentence_spans.npy      (sentences, 3) int64: row of the passage, start, end
vectors.npy             (passages, dim) float32, unit rows
sentence_vectors.npy    (sentences, dim) float32, unit rows
statements.jsonl        one sentence a line: whose words it is
signatures.npy          (articles, 128) uint32: which runs of words an article has, for near copies
words/                  the words of each passage, counted
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from retrieval import duplicates
from retrieval import passages as cutter
from retrieval.quotes import Texts
from retrieval.search.query_rewriting import word_counts
from retrieval.search.sparse import Postings, words
from retrieval.speakers import attribute, parsing
from retrieval.speakers.speaker_index import Speakers
from retrieval.types import Article, Passage, Speaker, Statement

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from retrieval.duplicates import Signature
    from retrieval.types import Encoder, Vectors, Voice

    Progress = Callable[[str, int, int], None]

_MADE_WITH = ("articles", "duplicates.py", "lexicon", "passages.py", "search/sparse.py", "speakers", "text")
_BATCH = 256  # texts between two reports of progress


@dataclass(frozen=True)
class Segment:
    """Some articles of a collection, and the rows of their passages and sentences.

    `statements` has a row for each sentence of each passage, in their order; `taken` says when each article was taken in,
    `signatures` which runs of words it has.
    `name` is that of its folder in an index: no two segments have the same.
    """

    articles: tuple[Article, ...]
    taken: tuple[str, ...]
    passages: tuple[Passage, ...]
    statements: tuple[Statement, ...]
    vectors: Vectors
    sentence_vectors: Vectors
    words: Postings
    signatures: Signature
    name: str = field(default_factory=lambda: secrets.token_hex(8), compare=False)

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """How many sentences each passage has."""
        return np.array([len(passage.sentences) for passage in self.passages], np.int64)

    @cached_property
    def texts(self) -> Texts:
        """The articles as quotes are looked up in them; made when the first one is."""
        return Texts(self.articles)

    @cached_property
    def spelling(self) -> Mapping[str, int]:
        """How often each word stands in the articles; made when the first word may be misspelt."""
        return word_counts(article.text for article in self.articles)

    @cached_property
    def speakers(self) -> Speakers:
        """Who speaks in the statements; made when the first question asks for somebody's words."""
        return Speakers(self.statements)

    @cached_property
    def rows(self) -> dict[int, range]:
        """The rows of each article's statements, by the `id` of the object."""
        rows, start = {id(article): range(0) for article in self.articles}, 0
        for key, group in itertools.groupby(self.statements, key=lambda statement: id(statement.article)):
            stop = start + len(list(group))
            rows[key], start = range(start, stop), stop
        return rows

    @cached_property
    def by_hash(self) -> dict[str, list[Passage]]:
        """The passages by the first 16 digits of their article's SHA-256."""
        passages: dict[str, list[Passage]] = {}
        for passage in self.passages:
            passages.setdefault(passage.article.sha256[:16], []).append(passage)
        return passages

    def without(self, ids: Container[str]) -> Segment:
        """The segment without the articles of these identifiers; itself where it has none of them."""
        here = np.array([article.id not in ids for article in self.articles], bool)
        if here.all():
            return self
        kept = np.array([passage.article.id not in ids for passage in self.passages], bool)
        spoken = np.repeat(kept, self.sizes)
        return Segment(
            tuple(itertools.compress(self.articles, here)),
            tuple(itertools.compress(self.taken, here)),
            tuple(itertools.compress(self.passages, kept)),
            tuple(itertools.compress(self.statements, spoken)),
            self.vectors[kept],
            self.sentence_vectors[spoken],
            self.words.only(np.flatnonzero(kept)),
            self.signatures[here],
        )


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
    if articles:
        parsing.check()  # before anything is encoded
    passages = tuple(passage for article in articles for passage in cutter.split(article))
    texts = [passage.text for passage in passages]
    sentences = [passage.article.text[start:end] for passage in passages for start, end in passage.sentences]
    rows = _encode(dict.fromkeys([*texts, *sentences]), encoder, progress)
    vectors, sentence_vectors = _gather(rows, texts, encoder), _gather(rows, sentences, encoder)
    postings = Postings.of([words(text) for text in texts])
    taken = (datetime.now(UTC).isoformat(timespec="seconds"),) * len(articles)
    return Segment(
        tuple(articles),
        taken,
        passages,
        _attributed(passages),
        vectors,
        sentence_vectors,
        postings,
        _signatures(articles, passages),
    )


def join(segments: Sequence[Segment]) -> Segment:
    """The articles of all segments, one segment after the other."""
    if len(segments) == 1:
        return segments[0]
    return Segment(
        tuple(itertools.chain.from_iterable(segment.articles for segment in segments)),
        tuple(itertools.chain.from_iterable(segment.taken for segment in segments)),
        tuple(itertools.chain.from_iterable(segment.passages for segment in segments)),
        tuple(itertools.chain.from_iterable(segment.statements for segment in segments)),
        np.concatenate([segment.vectors for segment in segments]),
        np.concatenate([segment.sentence_vectors for segment in segments]),
        Postings.joined([segment.words for segment in segments]),
        np.concatenate([segment.signatures for segment in segments]),
    )


def cut(segment: Segment, size: int) -> list[Segment]:
    """The segment in pieces of whole articles with about `size` passages each, in their order."""
    if len(segment.passages) <= size:
        return [segment]
    number = {id(passage.article): row // size for row, passage in enumerate(segment.passages)}
    last, groups = 0, dict[int, list[str]]()
    for article in segment.articles:
        last = number.get(id(article), last)
        groups.setdefault(last, []).append(article.id)
    every = {article.id for article in segment.articles}
    return [segment.without(every - set(group)) for group in groups.values()]


def save(segment: Segment, folder: Path) -> None:
    """Write the segment into an empty folder."""
    at = {id(article): row for row, article in enumerate(segment.articles)}
    spans = [(at[id(passage.article)], passage.start, passage.end) for passage in segment.passages]
    sentences = [(row, *span) for row, passage in enumerate(segment.passages) for span in passage.sentences]
    _write_lines(folder / "articles.jsonl", [dataclasses.asdict(article) for article in segment.articles])
    (folder / "taken.json").write_text(json.dumps(segment.taken))
    _write(folder / "spans.npy", np.array(spans, np.int64).reshape(-1, 3))
    _write(folder / "sentence_spans.npy", np.array(sentences, np.int64).reshape(-1, 3))
    _write(folder / "vectors.npy", segment.vectors)
    _write(folder / "sentence_vectors.npy", segment.sentence_vectors)
    voices = [
        [each.voice, dataclasses.asdict(each.speaker) if each.speaker else None, each.sources]
        for each in segment.statements
    ]
    _write_lines(folder / "statements.jsonl", voices)
    _write(folder / "signatures.npy", segment.signatures)
    (folder / "words").mkdir()
    segment.words.save(folder / "words")


def load(folder: Path) -> Segment:
    """The segment that `save` wrote; its files must have been verified before. Vectors stay on disk until they are read.

    Raises `ValueError`, or what a parser raises, for files that agree with their sums and not with each other.
    """
    articles = tuple(Article(**record) for record in _read_lines(folder / "articles.jsonl"))
    taken = tuple(map(str, json.loads((folder / "taken.json").read_bytes())))
    lengths = np.array([len(article.text) for article in articles], np.int64)
    spans = _spans(folder / "spans.npy", lengths)
    sentence_spans = _spans(folder / "sentence_spans.npy", lengths[spans[:, 0]])
    bounds = np.searchsorted(sentence_spans[:, 0], np.arange(len(spans) + 1))
    sentences = list(map(tuple, sentence_spans[:, 1:].tolist()))
    passages = tuple(
        Passage(articles[row], start, end, tuple(sentences[first:last]))
        for (row, start, end), (first, last) in zip(spans.tolist(), itertools.pairwise(bounds.tolist()), strict=True)
    )
    voices = _read_voices(folder / "statements.jsonl")
    statements = tuple(
        Statement(passages[row].article, start, end, *voice)
        for (row, start, end), voice in zip(sentence_spans.tolist(), voices, strict=True)
    )
    vectors = _vectors(folder / "vectors.npy", len(spans))
    sentence_vectors = _vectors(folder / "sentence_vectors.npy", len(sentence_spans))
    postings = Postings.load(folder / "words")
    signatures: Signature = np.load(folder / "signatures.npy", allow_pickle=False)
    if signatures.dtype != np.uint32 or signatures.shape != (len(articles), duplicates.HASHES):
        raise ValueError(f"signatures.npy holds no signatures of {len(articles)} articles")
    if (
        vectors.shape[1] != sentence_vectors.shape[1]
        or len(postings.lengths) != len(spans)
        or len(taken) != len(articles)
    ):
        raise ValueError("vectors, words and times are of different texts")
    return Segment(articles, taken, passages, statements, vectors, sentence_vectors, postings, signatures, folder.name)


def _attributed(passages: Sequence[Passage]) -> tuple[Statement, ...]:
    """Whose words each sentence is, in the order of the passages; an article is read as a whole."""
    statements: list[Statement] = []
    for _, group in itertools.groupby(passages, key=lambda passage: id(passage.article)):
        own = list(group)
        statements += attribute(own[0].article, [span for passage in own for span in passage.sentences])
    return tuple(statements)


def _signatures(articles: Sequence[Article], passages: Sequence[Passage]) -> Signature:
    """The signature of each article, of its passages alone: boilerplate makes no story."""
    own: dict[int, list[Passage]] = {id(article): [] for article in articles}
    for passage in passages:
        own[id(passage.article)].append(passage)
    rows = [duplicates.signature(duplicates.words(each)) for each in own.values()]
    return np.array(rows, np.uint32).reshape(-1, duplicates.HASHES)


def _encode(texts: Iterable[str], encoder: Encoder, progress: Progress | None) -> dict[str, NDArray[np.float32]]:
    """Each text's row. Texts of like length go together: a batch is padded to its longest."""
    ordered = sorted(texts, key=len)
    rows: dict[str, NDArray[np.float32]] = {}
    for at in range(0, len(ordered), _BATCH):
        batch = ordered[at : at + _BATCH]
        rows.update(zip(batch, encoder.encode_passages(batch), strict=True))
        if progress:
            progress("encoding", len(rows), len(ordered))
    return rows


def _gather(rows: dict[str, NDArray[np.float32]], texts: Sequence[str], encoder: Encoder) -> Vectors:
    if not texts:  # only the encoder knows how wide no rows are
        return encoder.encode_passages([""])[:0]
    return np.stack([rows[text] for text in texts])


def _write_lines(path: Path, records: Iterable[Any]) -> None:
    lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    # "surrogatepass" is for a record's text that holds half a character: what came in goes out as it was.
    path.write_bytes(lines.encode("utf-8", "surrogatepass"))


def _read_lines(path: Path) -> list[Any]:
    return list(map(json.loads, _lines(path)))


def _read_voices(path: Path) -> list[tuple[Voice, Speaker | None, tuple[str, ...]]]:
    """Whose words each sentence is. Most lines are the same as others: each is parsed once, and all in one go."""
    lines = _lines(path)
    distinct = list(dict.fromkeys(lines))
    records = json.loads(f"[{','.join(distinct)}]")
    voices = {
        line: (voice, Speaker(**speaker) if speaker else None, tuple(sources))
        for line, (voice, speaker, sources) in zip(distinct, records, strict=True)
    }
    return [voices[line] for line in lines]


def _lines(path: Path) -> list[str]:
    return path.read_bytes().decode("utf-8", "surrogatepass").split("\n")[:-1]


def _write(path: Path, array: NDArray[Any]) -> None:
    np.save(path, array, allow_pickle=False)


def _spans(path: Path, lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows of (row in `lengths`, start, end), sorted by the first, each within its text."""
    spans: NDArray[np.int64] = np.load(path, allow_pickle=False)
    if spans.dtype != np.int64 or spans.ndim != 2 or spans.shape[1] != 3:
        raise ValueError(f"{path.name} holds no spans")
    rows, starts, ends = spans.T
    if ((rows < 0) | (rows >= len(lengths))).any() or (np.diff(rows) < 0).any():
        raise ValueError(f"{path.name} is of other texts")
    if ((starts < 0) | (starts > ends) | (ends > lengths[rows])).any():
        raise ValueError(f"{path.name} points beyond its texts")
    return spans


def _vectors(path: Path, count: int) -> Vectors:
    vectors: Vectors = np.load(path, mmap_mode="r", allow_pickle=False)
    if vectors.dtype != np.float32 or vectors.ndim != 2 or len(vectors) != count or not np.isfinite(vectors).all():
        raise ValueError(f"{path.name} holds no vectors of {count} texts")
    return vectors
