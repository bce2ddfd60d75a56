"""Articles cut into passages, with every vector and word row that a search needs; on disk, plain arrays and JSON lines.

articles.jsonl          one article a line, text and all: what was built is what is served, whatever becomes of a file
spans.npy               (passages, 3) int64: row of the article, start, end
sentence_spans.npy      (sentences, 3) int64: row of the passage, start, end
vectors.npy             (passages, dim) float32, unit rows
sentence_vectors.npy    (sentences, dim) float32, unit rows
statements.jsonl        one sentence a line: whose words it is
words/                  BM25
"""

from __future__ import annotations

import dataclasses
import itertools
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from retrieval import passages as cutter
from retrieval.quotes import QuoteIndex
from retrieval.search.dense import DenseIndex
from retrieval.search.full_text import FullText
from retrieval.search.hybrid import HybridIndex
from retrieval.search.query_rewriting import Speller
from retrieval.search.sparse import SparseIndex, words
from retrieval.speakers import attribute
from retrieval.speakers.speaker_index import SpeakerIndex
from retrieval.types import Article, Passage, Speaker, Statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from retrieval.types import Encoder, Vectors, Voice

    Progress = Callable[[str, int, int], None]

_BATCH = 256  # texts between two reports of progress


@dataclass(frozen=True)
class Corpus:
    """What one question is asked of: all of it is of one moment, so a question never sees two states.

    `statements` has a row for each sentence row of `hybrid`.
    """

    articles: tuple[Article, ...]
    passages: tuple[Passage, ...]
    statements: tuple[Statement, ...]
    hybrid: HybridIndex
    speller: Speller

    @cached_property
    def quotes(self) -> QuoteIndex:
        """The articles as quotes are looked up in them; made when the first one is."""
        return QuoteIndex(self.articles, speaker_of=self._speaker_of)

    @cached_property
    def full_text(self) -> FullText:
        """The articles as terms are looked up in them; made when the first one is."""
        return FullText(self.articles, self.quotes.suffix_array)

    @cached_property
    def speakers(self) -> SpeakerIndex:
        """Who speaks in the articles; made when the first question asks for somebody's words."""
        return SpeakerIndex(self.statements)

    def warm(self) -> None:
        """Make now all that is else made when it is first needed."""
        self.speller.mend("mispelt")
        _ = self.quotes, self.full_text, self.speakers

    def passages_of(self, sha256: str) -> list[Passage]:
        """The passages of the articles whose SHA-256 starts with these 16 digits."""
        return self._by_hash.get(sha256, [])

    def statement(self, article: Article, start: int, end: int) -> Statement | None:
        """The sentence of the article that a stretch lies in."""
        statements = self._by_article.get(id(article), ())
        return next((each for each in statements if each.start <= start and end <= each.end), None)

    def is_whole(self, passage: Passage) -> bool:
        """Whether all sentences of a passage are the words of the same."""
        return len(self._voices(passage.article, passage.start, passage.end)) == 1

    def voice(self, article: Article, start: int, end: int) -> tuple[Speaker | None, Voice]:
        """Whose words a stretch is, where all its sentences are of one; else nobody's for certain."""
        voices = self._voices(article, start, end)
        if len(voices) != 1:
            return None, "unclear"
        (statement,) = voices.values()
        return statement.speaker, statement.voice

    def rows_of(self, article: Article) -> range:
        """The rows of an article's statements."""
        return self._rows[id(article)]

    def _voices(self, article: Article, start: int, end: int) -> dict[tuple[Voice, str | None], Statement]:
        """The first sentence of each of those whose words a stretch is."""
        voices: dict[tuple[Voice, str | None], Statement] = {}
        for each in self._statements_in(article, start, end):
            voices.setdefault((each.voice, each.speaker.name if each.speaker else None), each)
        return voices

    def _speaker_of(self, article: Article, start: int, end: int) -> Speaker | None:
        """Whose words a stretch is, where all its sentences are one speaker's."""
        statements = self._statements_in(article, start, end)
        names = {each.speaker.name if each.speaker else None for each in statements}
        return statements[0].speaker if len(names) == 1 else None

    def _statements_in(self, article: Article, start: int, end: int) -> list[Statement]:
        """The sentences that a stretch of an article touches, in their order."""
        return [each for each in self._by_article[id(article)] if each.start < end and start < each.end]

    @cached_property
    def _by_hash(self) -> dict[str, list[Passage]]:
        passages: dict[str, list[Passage]] = {}
        for passage in self.passages:
            passages.setdefault(passage.article.sha256[:16], []).append(passage)
        return passages

    @cached_property
    def _rows(self) -> dict[int, range]:
        rows, start = {}, 0
        for key, group in itertools.groupby(self.statements, key=lambda statement: id(statement.article)):
            stop = start + len(list(group))
            rows[key], start = range(start, stop), stop
        return rows

    @cached_property
    def _by_article(self) -> dict[int, list[Statement]]:
        statements: dict[int, list[Statement]] = {id(article): [] for article in self.articles}
        for each in self.statements:
            statements[id(each.article)].append(each)
        return statements


def make(articles: Sequence[Article], encoder: Encoder, progress: Progress | None = None) -> Corpus:
    """Cut, encode and index the articles, in their order; `progress` hears what is done, how many, of how many."""
    passages = tuple(passage for article in articles for passage in cutter.split(article))
    sentences = [passage.article.text[start:end] for passage in passages for start, end in passage.sentences]
    texts = [passage.text for passage in passages]
    rows = _encode(dict.fromkeys([*texts, *sentences]), encoder, progress)
    vectors, sentence_vectors = _gather(rows, texts, encoder), _gather(rows, sentences, encoder)
    return _assemble(tuple(articles), passages, _attributed(passages), vectors, sentence_vectors)


def extend(corpus: Corpus, articles: Sequence[Article], encoder: Encoder, progress: Progress | None = None) -> Corpus:
    """The corpus with these articles at its end; what it held of the same files makes room, nothing else changes."""
    new = {article.file for article in articles}
    kept = keep(corpus, lambda article: article.file not in new)
    added = make(articles, encoder, progress)
    return _assemble(
        kept.articles + added.articles,
        kept.passages + added.passages,
        kept.statements + added.statements,
        np.concatenate([kept.hybrid.passages.vectors, added.hybrid.passages.vectors]),
        np.concatenate([kept.hybrid.sentences.vectors, added.hybrid.sentences.vectors]),
    )


def keep(corpus: Corpus, wanted: Callable[[Article], bool]) -> Corpus:
    """The corpus with only the articles that are wanted."""
    rows = [row for row, passage in enumerate(corpus.passages) if wanted(passage.article)]
    sentence_rows = [at for row in rows for at in corpus.hybrid.sentences_of(row)]
    return _assemble(
        tuple(filter(wanted, corpus.articles)),
        tuple(corpus.passages[row] for row in rows),
        tuple(corpus.statements[at] for at in sentence_rows),
        corpus.hybrid.passages.vectors[rows],
        corpus.hybrid.sentences.vectors[sentence_rows],
    )


def save(corpus: Corpus, folder: Path) -> None:
    """Write the corpus into an empty folder."""
    at = {id(article): row for row, article in enumerate(corpus.articles)}
    spans = [(at[id(passage.article)], passage.start, passage.end) for passage in corpus.passages]
    sentence_spans = [(row, *span) for row, passage in enumerate(corpus.passages) for span in passage.sentences]
    _write_lines(folder / "articles.jsonl", [dataclasses.asdict(article) for article in corpus.articles])
    _write(folder / "spans.npy", np.array(spans, np.int64).reshape(-1, 3))
    _write(folder / "sentence_spans.npy", np.array(sentence_spans, np.int64).reshape(-1, 3))
    _write(folder / "vectors.npy", corpus.hybrid.passages.vectors)
    _write(folder / "sentence_vectors.npy", corpus.hybrid.sentences.vectors)
    voices = [[each.voice, dataclasses.asdict(each.speaker) if each.speaker else None] for each in corpus.statements]
    _write_lines(folder / "statements.jsonl", voices)
    (folder / "words").mkdir()
    corpus.hybrid.words.save(folder / "words")


def load(folder: Path) -> Corpus:
    """The corpus that `save` wrote; its files must have been verified before.

    Raises `ValueError`, or what a parser raises, for files that agree with their sums and not with each other.
    """
    articles = tuple(Article(**record) for record in _read_lines(folder / "articles.jsonl"))
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
    rows = SparseIndex.load(folder / "words")
    if vectors.shape[1] != sentence_vectors.shape[1] or len(rows) != max(len(spans), 1):
        raise ValueError("vectors and words are of different texts")
    hybrid = HybridIndex(DenseIndex(vectors), DenseIndex(sentence_vectors), bounds, rows)
    return Corpus(articles, passages, statements, hybrid, _speller(articles))


def _attributed(passages: Sequence[Passage]) -> tuple[Statement, ...]:
    """Whose words each sentence is, in the order of the passages; an article is read as a whole."""
    statements: list[Statement] = []
    for _, group in itertools.groupby(passages, key=lambda passage: id(passage.article)):
        own = list(group)
        statements += attribute(own[0].article, [span for passage in own for span in passage.sentences])
    return tuple(statements)


def _assemble(
    articles: tuple[Article, ...],
    passages: tuple[Passage, ...],
    statements: tuple[Statement, ...],
    vectors: Vectors,
    sentence_vectors: Vectors,
) -> Corpus:
    bounds = np.cumsum([0, *(len(passage.sentences) for passage in passages)])
    rows = SparseIndex.build([words(passage.text) for passage in passages] or [[]])  # without passages nobody asks it
    hybrid = HybridIndex(DenseIndex(vectors), DenseIndex(sentence_vectors), bounds, rows)
    return Corpus(articles, passages, statements, hybrid, _speller(articles))


def _speller(articles: Sequence[Article]) -> Speller:
    return Speller([article.text for article in articles])


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


def _read_voices(path: Path) -> list[tuple[Voice, Speaker | None]]:
    """Whose words each sentence is. Most lines are the same as others: each is parsed once, and all in one go."""
    lines = _lines(path)
    distinct = list(dict.fromkeys(lines))
    records = json.loads(f"[{','.join(distinct)}]")
    voices = {
        line: (voice, Speaker(**speaker) if speaker else None)
        for line, (voice, speaker) in zip(distinct, records, strict=True)
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
    vectors: Vectors = np.load(path, allow_pickle=False)
    if vectors.dtype != np.float32 or vectors.ndim != 2 or len(vectors) != count or not np.isfinite(vectors).all():
        raise ValueError(f"{path.name} holds no vectors of {count} texts")
    return vectors
