"""A segment → a folder of mapped arrays and records that never changes, and back.

All of it is mapped, and an article, a passage or a sentence is made when it is asked for, so that loading costs the same for any size:

texts, articles         records: each article's text, and the JSON of its other fields
taken.json              when each article was taken in, ISO 8601 in UTC, to the second
article_bounds.npy      (articles + 1,) int64: the passages of article `a` are `bounds[a]` up to `bounds[a + 1]`
spans.npy               (passages, 2) int32: start, end in the article's text
sentence_bounds.npy     (passages + 1,) int64: the sentences of each passage, in the same way
sentence_spans.npy      (sentences, 2) int32: start, end
voices.npy              (sentences,) int32: whose words it is, as a number of `attributions`
asking.npy              (passages,) bool: whether it has a sentence that ends in a question mark
attributions            records: voice, speaker and sources as JSON, each once
vectors.npy             (passages, dim) float32, unit rows
sentence_vectors.npy    (sentences, dim) float32, unit rows
signatures.npy          (articles, 128) uint32: which runs of words an article has, for near copies
hashes.npy              (articles,) bytes: the first 16 digits of each article's SHA-256
words/                  the words of each passage, counted
quotes/                 every word of each article's whole text, as runs of words are looked up; opened with the first quote
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np

from retrieval import duplicates, records
from retrieval.index.segment import HASH, Attribution, Segment
from retrieval.quotes.suffix_array import SuffixArray
from retrieval.records import Cached, StoredArticles
from retrieval.search.sparse import Postings
from retrieval.search.vector_store import StoredVectors, Table, VectorStore
from retrieval.types import Speaker

_ARRAYS: dict[str, tuple[Any, int]] = {  # the type and the dimensions of each
    "article_bounds": (np.int64, 1),
    "spans": (np.int32, 2),
    "sentence_bounds": (np.int64, 1),
    "sentence_spans": (np.int32, 2),
    "voices": (np.int32, 1),
    "asking": (np.bool_, 1),
    "vectors": (np.float32, 2),
    "sentence_vectors": (np.float32, 2),
    "signatures": (np.uint32, 2),
    "hashes": (HASH, 1),
}


_VECTORS: dict[str, Table] = {"vectors": "passages", "sentence_vectors": "sentences"}  # where an engine has them


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
    written = [name for name in _ARRAYS if vectors or name not in _VECTORS]
    arrays = {name: getattr(segment, name) for name in written} | {"voices": voices.astype(np.int32)}
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)
    (folder / "words").mkdir()
    segment.words.save(folder / "words")
    (folder / "quotes").mkdir()
    segment.suffix_array.tables.save(folder / "quotes")


def load(folder: Path, store: VectorStore | None = None, dimension: int = 0) -> Segment:
    """The segment that `save` wrote; all but its times stay on disk until they are read.

    With a `store` its vectors, of `dimension` numbers, are there. Raises `ValueError`, or what a parser raises, for files that do not fit each other.
    """
    on_disk = {name: kind for name, kind in _ARRAYS.items() if store is None or name not in _VECTORS}
    arrays: dict[str, Any] = {name: records.array(folder / f"{name}.npy", *kind) for name, kind in on_disk.items()}
    if store is not None:
        counts = {"vectors": len(arrays["spans"]), "sentence_vectors": len(arrays["sentence_spans"])}
        for name, table in _VECTORS.items():
            arrays[name] = StoredVectors(store, table, folder.name, (counts[name], dimension))
    articles = StoredArticles(folder)
    taken = tuple(map(str, json.loads((folder / "taken.json").read_bytes())))
    attributions = Cached(records.Records(folder, "attributions"), _read_attribution)
    words, suffix_array = Postings.load(folder / "words"), SuffixArray(folder / "quotes")
    segment = Segment(
        articles, taken, attributions=attributions, words=words, suffix_array=suffix_array, name=folder.name, **arrays
    )
    _check(segment)
    return segment


def _check(segment: Segment) -> None:
    """Raise `ValueError` where a segment's parts are of other texts than each other, as far as their sizes tell."""
    articles, passages, sentences = len(segment.articles), len(segment.spans), len(segment.sentence_spans)
    wide = segment.vectors.shape[1]
    wanted = {
        "article_bounds": (articles + 1,),
        "spans": (passages, 2),
        "sentence_bounds": (passages + 1,),
        "sentence_spans": (sentences, 2),
        "voices": (sentences,),
        "asking": (passages,),
        "vectors": (passages, wide),
        "sentence_vectors": (sentences, wide),
        "signatures": (articles, duplicates.HASHES),
        "hashes": (articles,),
    }
    others = [name for name, shape in wanted.items() if getattr(segment, name).shape != shape]
    if len(segment.taken) != articles:
        others.append("taken")
    if len(segment.words.lengths) != passages:
        others.append("words")
    for name, bounds, last in (
        ("article_bounds", segment.article_bounds, passages),
        ("sentence_bounds", segment.sentence_bounds, sentences),
    ):
        if name not in others and (bounds[0] != 0 or bounds[-1] != last or (np.diff(bounds) < 0).any()):
            others.append(name)
    if (
        "voices" not in others
        and sentences
        and not 0 <= segment.voices.min() <= segment.voices.max() < len(segment.attributions)
    ):
        others.append("attributions")
    if others:
        raise ValueError(f"{', '.join(others)}: of other texts than the rest of segment {segment.name}")


def _attribution(attribution: Attribution) -> bytes:
    voice, speaker, sources = attribution
    return json.dumps([voice, dataclasses.asdict(speaker) if speaker else None, sources]).encode()


def _read_attribution(_: int, record: bytes) -> Attribution:
    voice, speaker, sources = json.loads(record)
    return voice, Speaker(**speaker) if speaker else None, tuple(sources)
