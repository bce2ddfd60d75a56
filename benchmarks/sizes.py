"""The search alone by the number of passages, beside what others build in a few lines: `make bench PART=sizes`.

Embedding 100,000 passages would take an hour a side, so every build is given made vectors: a passage's is the sum of its
sentences' vectors, scaled to unit length. Byline's cutting, speakers and signatures of stories are made as well. Questions are
encoded by each side itself, and all that answers them is each side's own.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import growth, passages, search
from benchmarks.beside import run
from benchmarks.search import Given
from retrieval import Article, Index, duplicates
from retrieval import passages as cutter
from retrieval.index import indexing
from retrieval.index.corpus import Corpus
from retrieval.search.encoder import SentenceEncoder
from retrieval.speakers import attribution

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.types import Vectors

SIZES = (1_000, 10_000, 100_000)
_SENTENCES = "sentences.json"  # beside the passages: the sentences of each


def compare(folder: Path, model: str, questions: Path, sizes: Sequence[int], rounds: int) -> None:
    """Print a table for each size, in Markdown, as soon as it is measured."""
    for size in sizes:
        own = folder / f"size{size}"
        own.mkdir()
        texts, vectors = own / "passages.json", own / "vectors.npy"
        run(
            "sizes", "write", str(texts), str(vectors), str(size)
        )  # apart: a child's peak begins at its parent's memory
        print(f"\n{size:,} passages", flush=True)
        search.compare(own, Given(model, texts, questions, vectors), rounds)


def write(texts: str, vectors: str, size: str) -> None:
    """Write so many passages as a JSON list, and their vectors `(n, dim)` as `.npy`."""
    mixtures = passages.mixtures(int(size), whole=False)
    sentences = list(dict.fromkeys(sentence for each in mixtures.values() for sentence in each))
    encoder = SentenceEncoder()
    encoder.export(["a text", "another one"])
    vector_of = dict(zip(sentences, encoder.encode_passages(sentences), strict=True))
    sums = np.stack([np.sum([vector_of[sentence] for sentence in each], axis=0) for each in mixtures.values()])
    Path(texts).write_text(json.dumps(list(mixtures)))
    Path(texts).with_name(_SENTENCES).write_text(json.dumps(list(mixtures.values())))
    np.save(vectors, sums / np.linalg.norm(sums, axis=1, keepdims=True))


def build(_: str, texts: str, folder: str, vectors: str) -> None:
    """Save Byline's index of the passages with the made vectors, without a reranker."""
    attribution.attribute = growth.attribute
    rng = np.random.default_rng(1)
    duplicates.signature = lambda _: rng.integers(
        0, 2**32, duplicates.HASHES, np.uint32
    )  # few sentences would make few stories
    sentences = json.loads(Path(texts).with_name(_SENTENCES).read_text())
    cutter.split = lambda article: growth.cut(article, [sentences[int(article.id, 16)]])
    encoder = SentenceEncoder()
    encoder.export(["a text", "another one"])
    made = _Made(json.loads(Path(texts).read_text()), np.load(vectors), encoder)
    articles = [Article(f"{n:016x}", f"{n}.txt", text, f"{n:064x}") for n, text in enumerate(made.rows)]
    parts = [indexing.make(articles[at : at + growth.SEGMENT], made) for at in range(0, len(articles), growth.SEGMENT)]
    Index(Corpus(tuple(parts)), encoder, None, {"examples": [growth.ASKED]}).save(f"{folder}/index")


class _Made:
    """An encoder that knows the passages' vectors, and encodes each sentence once."""

    name = checksum = "made"

    def __init__(self, texts: Sequence[str], vectors: Vectors, encoder: SentenceEncoder) -> None:
        self.rows, self._encoder = dict(zip(texts, vectors, strict=True)), encoder
        self.encode_queries = encoder.encode_queries

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        new = [text for text in texts if text not in self.rows]
        if new:
            self.rows.update(zip(new, self._encoder.encode_passages(new), strict=True))
        return np.stack([self.rows[text] for text in texts])


if __name__ == "__main__":
    {"build": build, "write": write}[sys.argv[1]](*sys.argv[2:])
