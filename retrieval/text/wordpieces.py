"""A stretch of a text → its wordpieces, each with how it is written, since the vocabulary of the models has no capitals."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retrieval.text.onnx_model import Tokenize

START, LINE, END, CUT = 101, 102, 1, 2  # [CLS], [SEP], [unused0] and [unused1] of the vocabulary
CAPITAL, CAPITALS = 1, 2  # looks, which add up: the token begins with a capital, its word has no small letter
GAP, GLUED = 4, 8  # it stands behind a gap, it stands without a space before it
_LONGEST_WORD = 60  # letters
_END_OF_WORD = re.compile(r"[^\W\d_]*\Z")
_WORD = re.compile(r"[^\W\d_]{2,}")


class Wordpiece(NamedTuple):
    """A token: its number in the vocabulary, how it is written, and its place in the text."""

    id: int
    look: int
    start: int
    end: int


def wordpieces(text: str, start: int, end: int, tokenize: Tokenize) -> Iterator[Wordpiece]:
    """The tokens of `text[start:end]`; their places count in the code points of the text."""
    encoded = tokenize(text[start:end])
    before, capitals = -1, bytearray(end - start + 1)
    low = start - len(_END_OF_WORD.findall(text, max(0, start - _LONGEST_WORD), start)[0])
    for word in _WORD.finditer(text, low, min(len(text), end + _LONGEST_WORD)):
        if word.start() >= end:
            break
        if word[0].isupper():
            first, last = max(word.start(), start), min(word.end(), end) + 1  # with the mark behind it
            capitals[first - start : last - start] = b"\1" * (last - first)
    for number, (first, last) in zip(encoded.ids, encoded.offsets, strict=True):
        look = CAPITAL * text[start + first].isupper() + CAPITALS * capitals[first]
        yield Wordpiece(number, look + GLUED * (first == before), start + first, start + last)
        before = last
