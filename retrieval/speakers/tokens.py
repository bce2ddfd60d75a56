"""A text as words and marks, each with its place: what names and clauses are read from."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.speakers.quotation import Quote

_TOKEN = re.compile(
    r"(?:Mr|Mrs|Ms|Dr|Prof|Sen|Rep|Gov|Gen|Lt|Col|Capt|Sgt|Maj|Adm|St|Jr|Sr|Inc|Corp|Ltd|Co|Rev|Hon|Sept|Oct|Nov|Dec|Jan|Feb"
    r"|Cllr)\.|(?:[A-Z]-)?(?:[A-Z]\.){2,}|[A-Z]-[A-Z][a-z]+\.|[A-Z]\.(?=[ \u00a0][A-Z])|\d+(?:,\d{3})+|\w+(?:[-’'./&]\w+)*|\n|[^\w\s]"
)
_ABBREVIATED = {"US": "u.s.", "WHO": "w.h.o.", "IT": "i.t."}  # what a pronoun is not
_POSSESSIVE = ("'s", "’s", "'S", "’S")


class Token(NamedTuple):
    """A word, a mark, a line's end, or (`quote` set) a whole quotation or the part of one that a sentence holds.

    `low` is the word in small letters, without a possessive ending, `bare` the word without one; `possessive` tells
    whether it owns what follows, `capital` whether it starts like a name, `word` whether it is a word or a number. A
    quotation's `text` is its first mark and its last two characters.
    """

    text: str
    start: int
    end: int
    low: str
    bare: str
    possessive: bool
    capital: bool
    word: bool
    quote: int = -1


@lru_cache(maxsize=1 << 16)
def _seen(text: str) -> tuple[str, str, bool, bool, bool]:
    """What a token's letters tell of it: the same few thousand words make every article."""
    possessive = text.endswith(_POSSESSIVE)
    bare = text[:-2] if possessive else text
    return _ABBREVIATED.get(bare) or bare.lower(), bare, possessive, text[0].isupper(), text[0].isalnum()


def read(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """All tokens of `text[start:end]`, in order."""
    stop = len(text) if end is None else end
    return [
        Token(match[0], match.start(), match.end(), *_seen(match[0])) for match in _TOKEN.finditer(text, start, stop)
    ]


def fold(text: str, tokens: Sequence[Token], quotes: Sequence[Quote], first: int) -> list[Token]:
    """The tokens of a sentence, with each quotation, from `quotes[first]` on, as one token."""
    folded: list[Token] = []
    at = first
    for token in tokens:
        while at < len(quotes) and quotes[at].end <= token.start:
            at += 1
        if at == len(quotes) or token.end <= quotes[at].start:
            if token.text != "\n":
                folded.append(token)
        elif folded and folded[-1].quote == at:
            folded[-1] = folded[-1]._replace(text=folded[-1].text[0] + text[token.end - 2 : token.end], end=token.end)
        else:
            folded.append(token._replace(word=False, quote=at))
    return folded
