"""What the quoter did to a quote and says so: ellipses for words left out, brackets for words put in.

`[T]he` is read as `The`; the words of `[the president] said` are kept and known as the quoter's; `[...]` and `(…)` are
ellipses. Whether an ellipsis is the quoter's or the article's own only the article tells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from retrieval.text.normalize import Wording, gap, wording

_ELLIPSIS = re.compile(r"[\[(]\s*(?:…|\.(?:\s*\.)+)\s*[\])]")
_BRACKETS = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quote taken apart: `side` without the quoter's brackets, `added` the words that stood in them."""

    side: Wording
    quote: str
    origin: tuple[int, ...] = ()  # where each character of `side.text` stands in `quote`; empty where nothing moved
    added: frozenset[int] = frozenset()

    @property
    def elisions(self) -> list[int]:
        """The words after which, inside the quote, an ellipsis stands."""
        return [at for at, between in enumerate(self.side.gaps[:-1]) if "…" in between]

    def gap_as_given(self, at: int) -> str:
        """The signature after a word with the brackets that stand there, which may be the article's own."""
        start, end = self.side.after(at)
        return gap(
            self.quote[self.origin[start - 1] + 1 : self.origin[end]] if self.origin else self.side.text[start:end]
        )

    def raw(self, first: int, stop: int) -> str:
        """The words `[first, stop)` as they stand in the quote, brackets included."""
        if first >= stop:
            return ""
        start, end = self.side.words[first].start, self.side.words[stop - 1].end
        if self.origin:
            start, end = self.origin[start], self.origin[end - 1] + 1
            start -= first in self.added and self.quote[start - 1 : start] == "["
            end += stop - 1 in self.added and self.quote[end : end + 1] == "]"
        return self.quote[start:end]


def as_given(quote: str) -> Quoted:
    """The quote with its brackets as ordinary punctuation: an article may hold the very same ones."""
    return Quoted(wording(quote), quote)


def unbracketed(quote: str) -> Quoted:
    """The quote without the quoter's brackets."""
    marked = _ELLIPSIS.sub(lambda match: "…" + " " * (len(match.group()) - 1), quote)
    inside = {at for match in _BRACKETS.finditer(marked) for at in range(*match.span(1))}
    outside = {at for match in _BRACKETS.finditer(marked) for at in (match.start(), match.end() - 1)}
    origin = tuple(at for at in range(len(marked)) if at not in outside)
    side = wording("".join(marked[at] for at in origin))
    added = (n for n, word in enumerate(side.words) if any(origin[at] in inside for at in range(word.start, word.end)))
    return Quoted(side, quote, origin, frozenset(added))
