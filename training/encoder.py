"""Vectors of the default encoder, kept for machines without sentence-transformers: `python -m training.encoder FILE.npz`.

There a build holds its graph of the model against them (`retrieval/search/encoder.py`).
"""

from __future__ import annotations

import sys

import numpy as np

from retrieval.search.encoder import SentenceEncoder

TEXTS = (
    "Who opened the bridge?",
    "plums",
    "",
    "The minister said on Monday that the ferry would sail again before the end of the year, weather permitting.",
    "„Wir haben nichts davon gewusst“, sagte die Sprecherin.",
    "Суд отложил заседание до 3 марта 2026 года.",
    "Losses rose 12.5% to €3,400,000 (2024: €1.9m); see page 14, footnote 3.",
    "It rained. " * 120,  # longer than the model reads
)


def main(path: str) -> None:
    """Write the texts and their vectors."""
    np.savez_compressed(path, texts=np.array(TEXTS), vectors=SentenceEncoder().encode_queries(TEXTS))


if __name__ == "__main__":
    main(sys.argv[1])
