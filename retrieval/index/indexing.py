"""Articles → a segment: passages cut, their texts encoded, whose words each sentence is, words counted, near copies signed."""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache, partial
from itertools import chain
from pathlib import Path
from threading import Event

import numpy as np
from numpy.typing import NDArray

from retrieval import duplicates
from retrieval.duplicates import Signature
from retrieval.index.segment import HASH, Attribution, Segment, bounds
from retrieval.quotes import tables
from retrieval.search.encoder import SentenceEncoder
from retrieval.search.sparse import Postings, words
from retrieval.speakers import parsing
from retrieval.types import Article, Encoder, Passage, Progress, Statement, Vectors

_MADE_WITH = ("articles", "duplicates.py", "lexicon", "passages.py", "quotes", "search/sparse.py", "speakers", "text")
_BATCH = 256  # texts between two reports of progress
_COMPARED = 32  # texts that are encoded both ways, by ONNX Runtime only where both give the same


@cache
def code() -> str:
    """A checksum of the code, word lists and weights that segments are made with: another makes other segments."""
    root, digest = Path(__file__).parents[1], hashlib.sha256()
    for path in sorted(path for name in _MADE_WITH for path in [root / name, *(root / name).rglob("*")]):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def make(articles: Sequence[Article], encoder: Encoder, progress: Progress | None = None) -> Segment:
    """Cut, encode and index the articles, in their order; `progress` is called with what is done, how many, of how many."""
    from retrieval.passages import split  # what only making needs is slow to import

    if articles:
        parsing.check()  # before anything is encoded
    passages = tuple(passage for article in articles for passage in split(article))
    texts = [passage.text for passage in passages]
    sentences_of = [[passage.article.text[start:end] for start, end in passage.sentences] for passage in passages]
    sentences = [*chain.from_iterable(sentences_of)]
    if isinstance(encoder, SentenceEncoder) and encoder.unexported is not None:
        every = [*texts, *sentences] or ["a word"]
        encoder.export(every[:: max(1, len(every) // _COMPARED)])
    rows, statements = compute(dict.fromkeys([*texts, *sentences]), passages, encoder, progress)
    taken = (datetime.now(UTC).isoformat(timespec="seconds"),) * len(articles)
    numbers: dict[Attribution, int] = {}
    voices = [numbers.setdefault((each.voice, each.speaker, each.sources), len(numbers)) for each in statements]
    own = Counter(id(passage.article) for passage in passages)
    return Segment(
        articles=tuple(articles),
        taken=taken,
        article_bounds=bounds(np.array([own[id(article)] for article in articles], np.int64)),
        spans=np.array([(passage.start, passage.end) for passage in passages], np.int32).reshape(-1, 2),
        sentence_bounds=bounds(np.array([len(passage.sentences) for passage in passages], np.int64)),
        sentence_spans=np.array([(each.start, each.end) for each in statements], np.int32).reshape(-1, 2),
        voices=np.array(voices, np.int32),
        asking=np.array([any(text.endswith("?") for text in each) for each in sentences_of], bool),
        attributions=tuple(numbers),
        vectors=_gather(rows, texts, encoder),
        sentence_vectors=_gather(rows, sentences, encoder),
        words=Postings.of([words(text) for text in texts]),
        signatures=_signatures(articles, passages),
        hashes=np.array([article.sha256[:16].encode("utf-8", "replace") for article in articles], HASH),
        whole_texts=tables(articles),
    )


def compute(
    texts: Iterable[str], passages: Sequence[Passage], encoder: Encoder, progress: Progress | None
) -> tuple[dict[str, NDArray[np.float32]], list[Statement]]:
    """Each text's row, and whose words each sentence of the passages is, in their order.

    Both at once: Python waits for an encoder's threads, and has time to attribute. Only one is reported at a time.
    """
    encoded, given_up = Event(), Event()

    def report(done: int) -> None:
        if given_up.is_set():
            raise CancelledError
        if progress and encoded.is_set():
            progress("finding speakers", done, len(passages))

    with ThreadPoolExecutor(1, "speakers") as thread:
        attributed = thread.submit(_attribute, passages, report)
        try:
            rows = _encode(texts, encoder, progress)
            encoded.set()
            statements = attributed.result()
        except BaseException:  # also Ctrl-C
            given_up.set()
            raise
    report(len(passages))
    return rows, statements


def _attribute(passages: Sequence[Passage], report: Callable[[int], None]) -> list[Statement]:
    """Whose words each sentence is; an article is read as a whole. `report` is called with the passages that are done."""
    from retrieval.speakers.attribution import attribute

    statements, done = list[Statement](), 0
    for _, group in itertools.groupby(passages, key=lambda passage: id(passage.article)):
        own = list(group)
        statements += attribute(own[0].article, [span for passage in own for span in passage.sentences])
        done += len(own)
        report(done)
    return statements


def _encode(texts: Iterable[str], encoder: Encoder, progress: Progress | None) -> dict[str, NDArray[np.float32]]:
    """Each text's row. Texts of like length go together, as encoders like them."""
    ordered = sorted(texts, key=len)
    batches = [ordered[at : at + _BATCH] for at in range(0, len(ordered), _BATCH)]
    rows: dict[str, NDArray[np.float32]] = {}
    encode = encoder.encode_batches if isinstance(encoder, SentenceEncoder) else partial(map, encoder.encode_passages)
    for batch, encoded in zip(batches, encode(batches), strict=True):
        rows.update(zip(batch, encoded, strict=True))
        if progress:
            progress("encoding", len(rows), len(ordered))
    return rows


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
