"""An article read once for its speakers: each sentence as tokens, claims and quotations, in its paragraph."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.speakers import names, quotation, reporting_clauses, tokens
from retrieval.text import paragraphs as lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.speakers.names import Roster
    from retrieval.speakers.quotation import Quote
    from retrieval.speakers.reporting_clauses import Claim
    from retrieval.speakers.tokens import Token
    from retrieval.types import Span

_LONGEST = 400  # tokens of a sentence; what is longer is none, and nobody's
_SPOKEN = 0.75  # the share of its words that makes a sentence a quotation and nothing else


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: `quotes` are the numbers of the quotations it holds or lies in, `quoted` the words inside them."""

    start: int
    end: int
    paragraph: int
    tokens: list[Token]
    claims: list[Claim]
    words: int
    quoted: int

    @property
    def quotes(self) -> list[int]:
        """The numbers of the quotations in it, in order."""
        return [token.quote for token in self.tokens if token.quote >= 0]

    @property
    def asks(self) -> bool:
        """Is it the outlet's own question?"""
        return bool(self.tokens) and self.tokens[-1].text == "?"

    @property
    def spoken(self) -> bool:
        """Is it a quotation and hardly anything else?"""
        return self.quoted > 0 and self.quoted >= _SPOKEN * self.words


@dataclass(frozen=True, slots=True)
class Page:
    """An article's sentences, its quotations, and everybody it names."""

    text: str
    sentences: list[Sentence]
    quotes: Sequence[Quote]
    roster: Roster
    paragraphs: Sequence[Span]


def read(text: str, spans: Sequence[Span]) -> Page:
    """The article's sentences with what they claim; linear in the length of the text."""
    found = quotation.quotes(text)
    rows = [(paragraph.start, paragraph.end) for paragraph in lines.paragraphs(text)]
    starts = [start for start, _ in rows]
    ends = [quote.end for quote in found]
    sentences = [
        _sentence(text, span, bisect_right(starts, span[0]) - 1, found, bisect_right(ends, span[0])) for span in spans
    ]
    return Page(text, sentences, found, names.roster(text, tokens.read(text)), rows)


def claimants(text: str) -> tuple[str, ...]:
    """Who says something in one sentence, each as it stands there, whosesoever the sentence is as a whole."""
    (sentence,) = read(text, [(0, len(text))]).sentences
    rows = [
        claim.source
        for claim in sentence.claims
        if claim.source and not reporting_clauses.hearsay(sentence.tokens, claim, ())
    ]
    return tuple(text[sentence.tokens[first].start : sentence.tokens[stop - 1].end] for first, stop in rows)


def _sentence(text: str, span: Span, paragraph: int, quotes: Sequence[Quote], first: int) -> Sentence:
    plain = tokens.read(text, *span)
    folded = tokens.fold(text, plain, quotes, first)
    outside = sum(token.word for token in folded)
    words = sum(token.word for token in plain)
    said = reporting_clauses.claims(folded) if len(folded) <= _LONGEST else []
    return Sentence(*span, paragraph, folded, said, words, words - outside)


def count(sentence: Sentence, text: str, first: int, last: int) -> int:
    """The words of some of a sentence's rows, those inside quotations too."""
    total = 0
    for token in sentence.tokens[max(0, first) : max(0, last)]:
        total += sum(one.word for one in tokens.read(text, token.start, token.end)) if token.quote >= 0 else token.word
    return total
