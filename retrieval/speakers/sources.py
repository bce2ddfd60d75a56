"""A noun phrase of a sentence → who is meant: the fullest name the article makes certain, or else the phrase itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.speakers import names
from retrieval.speakers.cues import (
    DETERMINERS,
    GROUPS,
    NOT_PERSONS,
    NUMBERS,
    OUTLET_WORDS,
    OUTLETS,
    PERSONS,
    PREPOSITIONS,
    PRONOUNS,
    TITLES,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.speakers.clauses import Phrase
    from retrieval.speakers.names import Roster
    from retrieval.speakers.tokens import Token
    from retrieval.types import Span

_OWNED = frozenset(["his", "her", "their", "its"])
_LABELLED = frozenset(
    [
        "newspaper",
        "daily",
        "weekly",
        "broadcaster",
        "channel",
        "magazine",
        "agency",
        "paper",
        "website",
        "station",
        "programme",
        "podcast",
    ]
)


@dataclass(frozen=True, slots=True)
class Source:
    """Somebody who speaks: where the name stands, where the role, and what pronouns may stand for them.

    `words` is the name in small letters, the same for everybody who is the same.
    """

    name: Span
    words: tuple[str, ...]
    role: Span | None = None
    person: bool = False
    plural: bool = False
    outlet: bool = False


def pronoun(tokens: Sequence[Token], phrase: Phrase) -> str | None:
    """The pronoun that a phrase consists of, if it does."""
    low = tokens[phrase[0]].low
    return low if phrase[1] - phrase[0] == 1 and low in PRONOUNS | _OWNED else None


def named(tokens: Sequence[Token], phrase: Phrase, roster: Roster) -> Source:
    """Whom a phrase that is no pronoun names."""
    run = _run(tokens, phrase)
    person = run and _person(tokens, run, roster)
    if person:
        return person
    inside = tokens[phrase[0] : phrase[1]]
    head = _head(inside)
    definite = inside[0].low == "the" or (inside[0].possessive and inside[0].capital)
    held = roster.holder([token.bare for token in inside]) if definite and head in PERSONS else None
    if held:
        return Source(held.span, held.words, held.role, person=True)
    return (_described(tokens, phrase, run) if run else None) or _body(tokens, phrase, run, roster)


def _described(tokens: Sequence[Token], phrase: Phrase, run: Phrase) -> Source | None:
    """ "Her opposite number Ann Lee": a full name behind words that say who it is, which are then the role."""
    start, end = run
    words = tuple(token.low for token in tokens[start:end])
    first = next((row for row in range(phrase[0], start) if tokens[row].low not in DETERMINERS), start)
    last = tokens[start - 1]
    if any(token.low in PREPOSITIONS for token in tokens[phrase[0] : start]):
        return None
    if (
        end != phrase[1]
        or len(words) < 2
        or first == start
        or last.capital
        or last.possessive
        or last.low in DETERMINERS
    ):
        return None
    role = (tokens[first].start, last.end)
    return Source(_span(tokens[start:end]), words, role, person=not set(words) & NOT_PERSONS and last.low not in GROUPS)


def people(tokens: Sequence[Token], roster: Roster) -> list[tuple[int, Source]]:
    """The known people a sentence names outside its quotations, each with its row, in order."""
    found: list[tuple[int, Source]] = []
    at = 0
    while at < len(tokens):
        end = names.run_end(tokens, at)
        if end == at:
            at += 1
            continue
        one = _person(tokens, (at, end), roster)
        if one:
            found.append((at, one))
        at = end
    return found


def outlet(tokens: Sequence[Token], phrase: Phrase) -> Span | None:
    """Where the outlet's name stands, if the phrase is one: "The Washington Post", "the broadcaster TV Delta"."""
    start, end = phrase
    while start < end and not tokens[start].capital:
        start += 1
    inside = tokens[start:end]
    if not inside or inside[-1].possessive:
        return None
    described = any(token.low in _LABELLED for token in tokens[phrase[0] : start])
    known = any(token.capital and token.low in OUTLETS | OUTLET_WORDS for token in inside)
    if tokens[start - 1].low in {"the"} and start > phrase[0] and not described:
        start -= 1
    return (tokens[start].start, tokens[end - 1].end) if described or known else None


def _run(tokens: Sequence[Token], phrase: Phrase) -> Phrase | None:
    """The capitalised words that head the phrase: not those behind a preposition, but for a title's own."""
    at = phrase[0]
    while at < phrase[1]:
        end = min(names.run_end(tokens, at), phrase[1])
        if end > at:
            start = names.name_part(tokens, at, end)
            behind = at > phrase[0] and tokens[at - 1].low in PREPOSITIONS
            if behind and start == at:
                return None
            if start < end and (end == phrase[1] or tokens[end].low in PREPOSITIONS or not tokens[end].word):
                return at, end
            if tokens[end - 1].possessive and end < phrase[1]:
                at = end
                continue
        if tokens[at].low in PREPOSITIONS and tokens[at - 1].low not in TITLES:
            return None
        at = max(end, at + 1)
    return None


def _person(tokens: Sequence[Token], run: Phrase, roster: Roster) -> Source | None:
    start = names.name_part(tokens, *run)
    inside = tokens[start : run[1]]
    if not inside:
        return None
    words = tuple(token.low for token in inside)
    known = roster.fullest(words)
    if known:
        return Source(known.span, known.words, known.role, person=True)
    titled = start > 0 and (start > run[0] or tokens[start - 1].low in PERSONS) and tokens[start - 1].low in TITLES
    if not titled or set(words) & NOT_PERSONS or tokens[start - 1].low in {"party", "house"}:
        return None
    role = (
        (tokens[run[0]].start, tokens[start - 1].end)
        if start > run[0]
        else (tokens[start - 1].start, tokens[start - 1].end)
    )
    return Source(_span(inside), words, role, person=True)


def _body(tokens: Sequence[Token], phrase: Phrase, run: Phrase | None, roster: Roster) -> Source:
    inside = tokens[phrase[0] : phrase[1]]
    words = tuple(token.low for token in inside if token.low not in {"the", "a", "an"})
    head = _head(inside)
    plural = _plural(inside, head)
    paper = outlet(tokens, phrase) is not None
    company = roster.company(words) if run else None
    if company:
        return Source(company, tuple(roster.text[slice(*company)].lower().split()), outlet=paper)
    single = head in PERSONS and not plural and head not in {"police"}
    return Source(_span(inside), words, person=single, plural=plural, outlet=paper)


def _plural(inside: Sequence[Token], head: str) -> bool:
    if any(token.low == "and" for token in inside):
        return True
    return (
        (head.endswith("s") and (head in PERSONS | GROUPS) and not head.endswith("ss"))
        or head
        in {
            "people",
            "police",
            "family",
            "trustees",
            "media",
            "many",
            "some",
            "others",
        }
        or inside[0].low in NUMBERS - {"one"}
    )


def _head(inside: Sequence[Token]) -> str:
    for row in range(1, len(inside)):
        if inside[row].low in PREPOSITIONS | {"familiar"}:
            return inside[row - 1].low
    return inside[-1].low


def _span(inside: Sequence[Token]) -> Span:
    last = inside[-1]
    return inside[0].start, last.start + len(last.bare)


def plain(words: Sequence[str]) -> tuple[str, ...]:
    """A name's words without articles, for comparing."""
    return tuple(word for word in words if word not in DETERMINERS)
