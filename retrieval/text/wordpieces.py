"""A stretch of a text → its wordpieces, each with how it is written, since the vocabulary of the models has no capitals."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retrieval.text.onnx_model import Tokenize

START, LINE, END, CUT = 101, 102, 1, 2  # [CLS], [SEP], [unused0] and [unused1] of the vocabulary
CAPITAL, CAPITALS, GAP, GLUED = (
    1,
    2,
    4,
    8,
)  # looks, as a sum: a capital, all capitals, behind a gap, without a space before it
_WORD = re.compile(r"[^\W\d_]{2,}")


class Wordpiece(NamedTuple):
    """A token: its number in the vocabulary, how it is written, and its place in the text."""

    id: int
    look: int
    start: int
    end: int


def wordpieces(text: str, start: int, end: int, tokenize: Tokenize) -> Iterator[Wordpiece]:
    """The tokens of `text[start:end]`."""
    encoded = tokenize(text[start:end])
    before, capitals = -1, bytearray(end - start + 1)
    for word in _WORD.finditer(text, start, end):
        if word[0].isupper():
            capitals[word.start() - start : word.end() + 1 - start] = b"\1" * (
                len(word[0]) + 1
            )  # and the mark behind it
    for number, (first, last) in zip(encoded.ids, encoded.offsets, strict=True):
        look = CAPITAL * text[start + first].isupper() + CAPITALS * capitals[first]
        yield Wordpiece(number, look + GLUED * (first == before), start + first, start + last)
        before = last
