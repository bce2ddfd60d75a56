"""The noun phrases of a sentence: where one ends that stands before a verb, and where one that stands behind it.

No grammar of English, only its function words: a phrase grows over names, nouns and their prepositions until a
comma, a conjunction, an auxiliary or a quotation stops it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrieval.speakers.cues import (
    ADVERBS,
    AUXILIARY,
    BASE,
    BE,
    BORDERS,
    DAYS,
    DETERMINERS,
    FACES,
    GROUPS,
    HAVE,
    INNER,
    MODAL,
    MONTHS,
    NOT,
    OBJECTS,
    PERSONS,
    PREPOSITIONS,
    PRONOUNS,
    SPANS,
    SPEECH,
    STOPS,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.speakers.tokens import Token

Phrase = tuple[int, int]  # rows of the sentence's tokens, half-open

_LONGEST = 24  # tokens that are looked at on one side of a verb, so that a line without end costs no more
_PAIRED = {",": ",", "—": "—", "–": "–", ")": "(", "-": "-"}
_PARTIES = frozenset(["D-", "R-", "I-"])
_ALONE = frozenset(["some", "many", "several", "both", "all", "another"])  # "some say"


def before(tokens: Sequence[Token], at: int) -> Phrase | None:
    """The phrase whose last token is before `at`, asides skipped: "Ann Lee, 40, who chairs it," is "Ann Lee"."""
    last = at - 1
    for _ in range(6):
        if last < 0:
            return None
        if tokens[last].text.isdigit() and last > 1 and tokens[last - 1].text == ",":
            last -= 2  # an age
        elif tokens[last].text[:2] in _PARTIES and last > 1 and tokens[last - 1].text == ",":
            last -= 2  # ", D-N.M.,"
        elif tokens[last].text in _PAIRED:
            opening = _opening(tokens, last)
            if opening is None:
                return None
            named = _named_in(tokens, opening, last)
            if named:
                return named
            last = opening - 1
        else:
            phrase = _grown(tokens, last)
            if (
                phrase is None
                or phrase[0] < 3
                or tokens[phrase[0] - 1].low not in {"of", "from"}
                or tokens[phrase[0] - 2].text != ","
            ):
                return _subject(tokens, phrase)
            last = phrase[0] - 3  # ", of Orchard Row"
    return None


def _subject(tokens: Sequence[Token], phrase: Phrase | None) -> Phrase | None:
    """No phrase that a preposition governs, or that lacks its noun, does anything."""
    if phrase is None or tokens[phrase[1] - 1].low in DETERMINERS - _ALONE | PREPOSITIONS:
        return None
    word = tokens[phrase[0] - 1].low if phrase[0] else ""
    governed = word == "than" or word in BE | HAVE or (word in PREPOSITIONS and tokens[phrase[0]].low in PRONOUNS)
    return None if governed else phrase


def after(tokens: Sequence[Token], at: int) -> Phrase | None:
    """The phrase that starts at `at`: "said Ann Lee, chair of", "according to two people familiar with it"."""
    end = at
    while end < len(tokens) and end - at < _LONGEST and _continues(tokens, at, end):
        end += 1
    while end > at and tokens[end - 1].low in INNER | DETERMINERS - {"this"}:
        end -= 1
    return (at, end) if end > at and any(token.low not in DETERMINERS for token in tokens[at:end]) else None


def skip_back(tokens: Sequence[Token], at: int) -> int:
    """The row before which the subject ends: adverbs, "have" and dates before a verb at `at` are left out."""
    while at > 0 and _between(tokens, at):
        at -= 1
    if (
        tokens[at].low in DAYS | SPANS | MONTHS
        and at > 0
        and tokens[at - 1].low in {"on", "in", "last", "this", "earlier"}
    ):
        at -= 1
        return skip_back(tokens, at)
    return at


def opening_phrase(tokens: Sequence[Token]) -> Phrase | None:
    """The phrase that a sentence starts with, an introduction before a comma left out: what "…, saying" looks for."""
    start = 0
    if len(tokens) > 4 and [token.text for token in tokens[2:4]] in [[")", "-"], [")", "—"], [")", "–"]]:
        start = 4  # "(Reuters) - "
    while start < len(tokens) and (
        not tokens[start].word or tokens[start].low in ADVERBS | {"but", "and", "overall", "however"}
    ):
        start += 1
    if start < len(tokens) and tokens[start].low in PREPOSITIONS | BORDERS:
        start = next(
            (row + 1 for row in range(start, min(len(tokens), _LONGEST)) if tokens[row].text == ","), len(tokens)
        )
    end = start
    while end < len(tokens) and end - start < _LONGEST and _opens_with(tokens, start, end):
        end += 1
    return (start, end) if end > start else None


def _opens_with(tokens: Sequence[Token], start: int, end: int) -> bool:
    token = tokens[end]
    if token.low in PRONOUNS:
        return end == start
    if not token.word or token.low in AUXILIARY | MODAL | ADVERBS | NOT | SPEECH or tokens[end - 1].low in PRONOUNS:
        return token.text in "'’&" and token.quote < 0 and end > start
    named = end > start and tokens[end - 1].capital and tokens[end - 1].low not in DETERMINERS
    if end > start and not token.capital and (named or _head(tokens[end - 1])):
        return token.low in {"of", "for", "at"} or _head(token) or tokens[end - 1].possessive
    return True


def _head(token: Token) -> bool:
    return token.low in PERSONS or token.low in GROUPS


def _between(tokens: Sequence[Token], at: int) -> bool:
    """Is the token before `at` part of the verb or an adverb to it?"""
    low = tokens[at - 1].low
    if low in ADVERBS | {"has", "have", "had", "did", "do"} or (low.endswith("ly") and not tokens[at - 1].capital):
        return True
    named_day = low in DAYS and at > 1 and (tokens[at - 2].low == "on" or tokens[at - 2].word)
    if named_day or (low in SPANS and at > 1 and tokens[at - 2].low in {"this", "last", "earlier"}):
        return True
    return low in {"on", "this", "last", "in", "earlier"} and tokens[at].low in DAYS | SPANS | MONTHS


def _opening(tokens: Sequence[Token], last: int) -> int | None:
    wanted = _PAIRED[tokens[last].text]
    for row in range(last - 1, max(-1, last - _LONGEST), -1):
        if tokens[row].quote >= 0:
            return None
        if tokens[row].text == wanted:
            return row
    return None


def _named_in(tokens: Sequence[Token], opening: int, last: int) -> Phrase | None:
    """The name in "the club's chairman, Derek Stone,", "its head, a baker named Ann Lee,": it is what speaks."""
    start, end = opening + 1, last
    if (
        opening == 0
        or (tokens[opening - 1].capital and not _head(tokens[opening - 1]))
        or _grown(tokens, opening - 1) is None
    ):
        return None
    for row in range(start, last):
        if tokens[row].low in {"named", "called"}:
            start = row + 1
        elif tokens[row].low in INNER and row > start:
            end = row
            break
    inner = tokens[start:end]
    named = all(token.word and token.capital and token.text[0].isalpha() for token in inner)
    return (start, end) if inner and named and len(inner) <= 5 else None


def _grown(tokens: Sequence[Token], last: int) -> Phrase | None:
    if last < 0 or not (tokens[last].word or tokens[last].text in "'’"):
        return None
    if tokens[last].low in PRONOUNS:
        return last, last + 1
    first = last + 1
    for row in range(last, max(-1, last - _LONGEST), -1):
        if not _belongs(tokens, row, last):
            break
        first = row
        if tokens[row].low in DETERMINERS and not (row and tokens[row - 1].low in INNER | {"all", "of"}):
            break
    while first <= last and tokens[first].low in ADVERBS | BORDERS | SPANS | DAYS | {"however"}:
        first += 1
    return _without_introduction(tokens, first, last + 1)


def _without_introduction(tokens: Sequence[Token], first: int, end: int) -> Phrase | None:
    """No phrase starts with a preposition: of "On Friday Moss" and "In Kyiv officials" the end is kept."""
    if first < end and tokens[first].low in PREPOSITIONS:
        row = end - 1
        if tokens[row].capital:
            while row > first + 1 and tokens[row - 1].capital and tokens[row - 1].low not in DAYS | MONTHS:
                row -= 1
            return (row, end) if tokens[row - 1].low in DAYS | MONTHS | SPANS else None
        return None
    return (first, end) if first < end else None


def _belongs(tokens: Sequence[Token], row: int, last: int) -> bool:
    token = tokens[row]
    if token.quote >= 0:
        return False
    if not token.word:
        return token.text in "'’&" and row > 0
    if token.low == "to":  # "the ambassador to France", not "to leave"
        return 0 < row < last and tokens[row - 1].low in PERSONS | {"close"}
    if token.low == "being":
        return row < last  # "the picture being assembled by them"
    if token.low in AUXILIARY | MODAL | NOT | OBJECTS | PRONOUNS | BASE or (
        token.low in SPEECH and not token.capital and row < last
    ):
        return False
    if token.low == "and":
        return _joins(tokens, row)
    if token.low in PREPOSITIONS:
        return token.low in INNER and row > 0 and tokens[row - 1].word and row < last
    return token.low not in BORDERS


def _joins(tokens: Sequence[Token], row: int) -> bool:
    """Does this "and" join two names or two kinds of people, and no two clauses?"""
    if row == 0 or row + 1 >= len(tokens):
        return False
    left, right = tokens[row - 1], tokens[row + 1]
    if not left.word or not right.word:
        return False
    right_capital = right.capital or (right.low == "the" and row + 2 < len(tokens) and tokens[row + 2].capital)
    return (left.capital and right_capital) or (
        _head(left) and (_head(right) or not right.capital) and right.low not in DETERMINERS
    )


def _continues(tokens: Sequence[Token], at: int, end: int) -> bool:
    token = tokens[end]
    if token.quote >= 0 or (not token.word and token.text not in "'’&"):
        return False
    if token.low in PRONOUNS:
        return end == at
    if token.low == "and":
        return end > at and _joins(tokens, end)
    if token.low in {"in", "on", "inside", "within", "near"} and end > at and tokens[end - 1].low in PERSONS - FACES:
        return (
            not tokens[end - 1].capital and end + 1 < len(tokens) and tokens[end + 1].low not in DAYS | SPANS | MONTHS
        )
    if token.low in {"of", "for", "at", "from", "with"}:
        return end > at and (
            token.low in {"of", "for"} or not tokens[end - 1].capital or tokens[end - 1].low in PERSONS
        )
    if token.low in ADVERBS - {"first"} and not (token.capital and end > at):
        return False
    if token.low in AUXILIARY | MODAL | NOT | BORDERS | PREPOSITIONS | OBJECTS | STOPS | DAYS:
        return False
    if token.low in DETERMINERS and end > at and tokens[end - 1].low not in INNER | {"all", "both"}:
        return False
    return token.low not in SPEECH or token.capital or end == at
