"""A text as words and marks, each with its place: what names and clauses are read from."""

from __future__ import annotations

import re
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
    """A word, a mark, a line's end, or (`quote` set) a whole quotation or the part of one that a sentence holds."""

    text: str
    start: int
    end: int
    quote: int = -1

    @property
    def low(self) -> str:
        """The word in small letters, without a possessive ending."""
        return _ABBREVIATED.get(self.bare) or self.bare.lower()

    @property
    def bare(self) -> str:
        """The word without a possessive ending."""
        return self.text[:-2] if self.text.endswith(_POSSESSIVE) else self.text

    @property
    def possessive(self) -> bool:
        """Does it own what follows?"""
        return self.text.endswith(_POSSESSIVE)

    @property
    def capital(self) -> bool:
        """Does it start like a name?"""
        return self.text[0].isupper()

    @property
    def word(self) -> bool:
        """Is it a word or a number, and no mark?"""
        return self.quote < 0 and self.text[0].isalnum()


def read(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """All tokens of `text[start:end]`, in order."""
    stop = len(text) if end is None else end
    return [Token(match[0], match.start(), match.end()) for match in _TOKEN.finditer(text, start, stop)]


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
            folded.append(Token(text[token.start : token.end], token.start, token.end, at))
    return folded
