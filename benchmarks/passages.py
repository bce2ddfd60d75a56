"""What the benchmarks read: prose of Python's manual, and what is put together from the seeds: passages, questions, articles."""

from __future__ import annotations

import random
import re
from functools import cache
from pathlib import Path
from pydoc_data import topics

from retrieval import articles as files
from retrieval import passages as cutter
from retrieval.text.sentences import split
from retrieval.types import Article

SEEDS = Path(__file__).parent.parent / "seeds"
_PROSE = re.compile(r"^ {0,3}\S.*(?:\n {0,3}\S.*)*", re.MULTILINE)  # paragraphs; what is indented deeper is code
_LONGER = re.compile(r"\b[a-z]{6,}\b")


@cache
def sentences(folder: Path = SEEDS) -> list[str]:
    """Every sentence of every passage of the articles in `folder`, in their order."""
    cut = [passage for article in files.read(folder).articles for passage in cutter.split(article)]
    return [passage.article.text[start:end] for passage in cut for start, end in passage.sentences]


def prose() -> list[str]:
    """About 300 passages of up to 800 characters out of Python's own manual; no sentence stands in two.

    Sentences that repeat would make building look faster than it is: each is encoded once.
    """
    blocks = (" ".join(block.split()) for text in topics.topics.values() for block in _PROSE.findall(text))
    unique = dict.fromkeys(block[start:end] for block in blocks for start, end in split(block, 0, len(block)))
    made = [""]
    for sentence in unique:
        if len(sentence.split()) > 5 and sentence[0].isupper() and sentence[-1] in ".!?":
            longer = f"{made[-1]} {sentence}".strip()
            made[-1:] = [longer] if len(longer) <= 800 else [made[-1], sentence]
    return list(filter(_is_passage, made))


def synthetic(n: int, seed: int = 1) -> list[str]:
    """`n` different passages of 80–120 words and at most 800 characters."""
    return list(mixtures(n, seed))


def mixtures(n: int, seed: int = 1, *, whole: bool = True) -> dict[str, list[str]]:
    """`n` different passages of 80–120 words and at most 800 characters, each with the sentences that it consists of.

    With `whole` Byline takes each as one passage, which takes a hundred seconds for 100,000.
    """
    pool, rng = sentences(), random.Random(seed)
    made: dict[str, list[str]] = {}
    while len(made) < n:
        chosen = rng.sample(pool, rng.randint(3, 6))
        text = " ".join(chosen)
        if 80 <= len(text.split()) <= 120 and len(text) <= 800 and (not whole or _is_passage(text)):
            made[text] = chosen
    return made


def questions(n: int, seed: int = 2) -> list[str]:
    """`n` lower-case runs of twelve words out of the sentences."""
    pool, rng = [s.split() for s in sentences() if len(s.split()) > 15], random.Random(seed)
    chosen = [rng.choice(pool) for _ in range(n)]
    starts = [rng.randrange(len(words) - 12) for words in chosen]
    return [" ".join(words[at : at + 12]).lower() for words, at in zip(chosen, starts, strict=True)]


def articles(n: int, seed: int = 3) -> list[Article]:
    """`n` articles of the seeds' length: their paragraphs shuffled, every third or so of the longer words another.

    Without other words the sentences would repeat, and a sentence that was encoded once is not encoded again.
    """
    texts, rng = [article.text for article in files.read(SEEDS).articles], random.Random(seed)
    pool = sorted({word for text in texts for word in _LONGER.findall(text)})
    return [_article(number, _varied(texts[number % len(texts)], pool, rng)) for number in range(n)]


def _is_passage(text: str) -> bool:
    """Whether Byline takes the text as one passage as it stands."""
    return [passage.text for passage in cutter.split(_article(0, text))] == [text]


def _varied(text: str, pool: list[str], rng: random.Random) -> str:
    paragraphs = re.split(r"\n\s*", text.strip())
    rng.shuffle(paragraphs)
    return _LONGER.sub(lambda word: rng.choice(pool) if rng.random() < 0.3 else word[0], "\n\n".join(paragraphs))


def _article(number: int, text: str) -> Article:
    return Article(f"{number:016x}", f"{number}.txt", text, f"{number:064x}")
