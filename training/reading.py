"""How much the reranker may leave unread: `python -m training.reading FOLDER...`.

A folder is a collection with gold questions (`gold/README.md`). Each question is asked with all candidates read, and then
with several credits (`retrieval.search.reranker`). Printed for each credit are the share of the characters that is read, the
questions whose first passage is another one, and where the right passage is. `cross_encoder.py` has what was chosen.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.collections import holds
from retrieval import articles as files
from retrieval.index import corpus as corpora
from retrieval.search import cross_encoder
from retrieval.search.encoder import DEFAULT, SentenceEncoder
from retrieval.search.pipeline import Collection, search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from retrieval.types import Encoder, Hit, Reranker

EVERYTHING = (math.inf, math.inf)
CREDITS = (EVERYTHING, *((passage, sentence) for passage in (0.5, 1.0, 1.5, 2.0, 2.5) for sentence in (1.0, 2.0)))


class Remembering:
    """A reranker that reads each pair once, and counts what it is asked for; `credit` can be changed."""

    def __init__(self, reranker: Reranker) -> None:
        self.name, self.checksum, self.credit, self.characters = reranker.name, reranker.checksum, EVERYTHING, 0
        self._reranker = reranker
        self._logits: dict[tuple[str, str], float] = {}

    def score(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """The reranker's logits."""
        new = [pair for pair in dict.fromkeys(pairs) if pair not in self._logits]
        self._logits.update(zip(new, map(float, self._reranker.score(new)), strict=True))
        self.characters += sum(len(question) + len(text) for question, text in pairs)
        return np.array([self._logits[pair] for pair in pairs], np.float32)


def main() -> None:
    """Print a line for each credit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    encoder, reranker = SentenceEncoder(DEFAULT), cross_encoder.load(cross_encoder.DEFAULT)
    counts: dict[tuple[float, float], dict[str, int]] = {credit: defaultdict(int) for credit in CREDITS}
    for folder in parser.parse_args().folders:
        measure(folder, encoder, reranker, counts)
    everything = counts[EVERYTHING]
    for credit, figures in counts.items():
        read = figures["characters"] / everything["characters"]
        print(
            f"credit {credit}: {read:.2f} of the characters read; of {everything['questions']} questions {figures['other']} with "
            f"another first passage; of {everything['answerable']} right first {figures['first']}, among three {figures['three']}"
        )


def measure(
    folder: Path, encoder: Encoder, reranker: Reranker, counts: dict[tuple[float, float], dict[str, int]]
) -> None:
    """Add what becomes of each question of a collection under each credit."""
    corpus, remembering = corpora.make(files.read(folder).articles, encoder), Remembering(reranker)
    collection = Collection(corpus, encoder, remembering)
    for gold in json.loads((folder / "gold.json").read_text("utf-8"))["questions"]:
        expected: Hit | None = None
        for credit, figures in counts.items():
            remembering.credit, before = credit, remembering.characters
            hits = search(collection, gold["question"], 3, near=True).hits
            right = [holds(hit.passage, gold["answers"]) for hit in hits]
            expected = hits[0] if credit == EVERYTHING and hits else expected
            figures["characters"] += remembering.characters - before
            figures["questions"] += 1
            figures["answerable"] += bool(gold["answers"])
            figures["other"] += bool(hits and expected and hits[0].passage != expected.passage)
            figures["first"] += any(right[:1])
            figures["three"] += any(right)


if __name__ == "__main__":
    main()
