"""A question → the other ways worth asking it: its spelling mended, and the parts of a long message that ask.

A word is misspelt when neither the collection nor common English has it; it is
mended only into a word of the collection, since no other would find anything. Names (a capital letter) and questions in
another language stay as they are.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache, cached_property
from importlib import metadata
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import OSA

from retrieval.search.sparse import words
from retrieval.text.language import language

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[a-z]{4,}")  # what may be misspelt: shorter words are too like each other
_LONG = 8  # letters from which two edits are still the same word
_BREAK = re.compile(r"(?<=[.!?…;:,])\s+|\s+[-–—]+\s+|\n+")
_RAMBLING = 20  # words from which a message is more than its question
_PARTS = 6  # parts of a message that are asked
_ASKS = re.compile(
    r"\?$|\b(?:who|whom|whose|what|when|where|which|why|how|whether|if)\b|"
    r"^(?:did|does|do|is|are|was|were|has|have|had|will|would|can|could|should)\b|"
    r"\b(?:tell|show|find|give|remind) (?:me|us)\b",
    re.IGNORECASE,
)


def word_counts(texts: Iterable[str]) -> Counter[str]:
    """How often each word of the texts stands in them, in lower case."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(_WORD.findall(text.casefold()))
    return counts


class Speller:
    """The words of a collection as what others are mended into."""

    def __init__(self, *parts: Mapping[str, int]) -> None:
        """`parts` have the words of some texts each, as `word_counts` counts them."""
        self._parts = parts

    def mend(self, question: str) -> str:
        """The question with its misspelt words mended, or the very same."""
        if language(question) not in {None, "en"}:
            return question
        shouted = question.isupper()
        return _WORD.sub(lambda match: self._mend(match[0].lower() if shouted else match[0]) or match[0], question)

    @cached_property
    def vocabulary(self) -> str:
        """Every word of the texts in lower case on a line of its own, with a line break before the first."""
        return "\n".join(["", *self._words])

    @cached_property
    def _words(self) -> list[str]:
        return list(dict.fromkeys(chain.from_iterable(self._parts)))

    def _count(self, word: str) -> int:
        return sum(part.get(word, 0) for part in self._parts)

    def _mend(self, word: str) -> str | None:
        """The nearest word within one edit, or two in a long word; of equally near ones the commonest."""
        if not _LATIN.fullmatch(word) or self._count(word) or word in _english():
            return None
        edits = 2 if len(word) >= _LONG else 1
        near = process.extract(word, self._words, scorer=OSA.distance, score_cutoff=edits, limit=None)
        nearest = min(near, key=lambda each: (each[1], -self._count(each[0])), default=None)
        return nearest[0] if nearest and len(nearest[0]) > 2 else None


def sentences(message: str) -> list[str]:
    """The sentences of a message, however they end: people write without capitals, and no abbreviation is known here."""
    return re.split(r"(?<=[.!?…])\s+|\n+", message)


def rambling(message: str) -> bool:
    """Whether a message is so long that its question is only a part of it."""
    return len(message.split()) >= _RAMBLING


def common(word: str) -> bool:
    """Whether this is a word of common English."""
    return word.casefold() in _english()


def parts(message: str) -> list[str]:
    """The sentences and clauses of a rambling message that ask and have something to look for; none of another."""
    if not rambling(message):
        return []
    pieces = [*sentences(message), *_BREAK.split(message)]
    asking = dict.fromkeys(piece.strip() for piece in pieces if len(words(piece)) > 2 and _ASKS.search(piece.strip()))
    asking.pop(message.strip(), None)
    return sorted(asking, key=lambda piece: not piece.endswith("?"))[:_PARTS]


@cache
def _english() -> frozenset[str]:
    """Common English, from the list that the spelling library carries; read as a file, one word and its count a line."""
    path = metadata.distribution("symspellpy").locate_file("symspellpy/frequency_dictionary_en_82_765.txt")
    return frozenset(line.split(" ", 1)[0] for line in Path(str(path)).read_text("utf-8-sig").splitlines())
