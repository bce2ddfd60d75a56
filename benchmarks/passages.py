"""A thousand passages of 80–120 words put together from the seeds' sentences, and questions of about twelve words."""

from __future__ import annotations

import random
from pathlib import Path

from retrieval import articles
from retrieval import passages as cutter

SEEDS = Path(__file__).parent.parent / "seeds"


def sentences(folder: Path = SEEDS) -> list[str]:
    """Every sentence of every passage of the articles in `folder`, in their order."""
    found = articles.read(folder).articles
    cut = [passage for article in found for passage in cutter.split(article)]
    return [passage.article.text[start:end] for passage in cut for start, end in passage.sentences]


def synthetic(n: int, seed: int = 1) -> list[str]:
    """`n` different passages of 80–120 words and at most 800 characters."""
    pool, rng = sentences(), random.Random(seed)
    made: dict[str, None] = {}
    while len(made) < n:
        text = " ".join(rng.sample(pool, rng.randint(3, 6)))
        if 80 <= len(text.split()) <= 120 and len(text) <= 800:
            made[text] = None
    return list(made)


def questions(n: int, seed: int = 2) -> list[str]:
    """`n` lower-case runs of twelve words out of the sentences."""
    pool, rng = [s.split() for s in sentences() if len(s.split()) > 15], random.Random(seed)
    chosen = [rng.choice(pool) for _ in range(n)]
    starts = [rng.randrange(len(words) - 12) for words in chosen]
    return [" ".join(words[at : at + 12]).lower() for words, at in zip(chosen, starts, strict=True)]
