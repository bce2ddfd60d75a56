"""A text → the same without the characters that steer a terminal or turn what follows: the one list of them."""

from __future__ import annotations

import unicodedata

_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # embeddings, overrides and isolates


def printable(text: str) -> str:
    """The text without control and direction characters and half characters; line breaks and tabs stay."""
    return "".join(char for char in text if not steers(char))


def steers(char: str) -> bool:
    """Whether a character moves a cursor, colours, turns what follows, or is half a character."""
    return char not in "\n\t" and (unicodedata.category(char) in {"Cc", "Cs"} or char in _DIRECTION)
