"""Who is named in an article, in full and with which role; the only place where a surname or a role becomes a name.

Nobody is looked up: a full name is a row of capitalised words that the article treats as a person, by a title before
it, an age or "who" behind it, or a verb of saying beside it. Where two could be meant, nobody is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from retrieval.speakers.cues import (
    BORDERS,
    COMPANY,
    DETERMINERS,
    FIRST_NAMES,
    NOT_PERSONS,
    OFFICES,
    PARTICLES,
    PERSONS,
    PREPOSITIONS,
    SPEECH,
    SURNAMES,
    TITLES,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retrieval.speakers.tokens import Token
    from retrieval.types import Span

_OPENERS = (
    DETERMINERS
    | BORDERS
    | PREPOSITIONS
    | frozenset(["he", "she", "they", "it", "i", "we", "you", "there", "here", "yes", "no", "then"])
)
_ROLE_WORDS = 9
_ENDS = frozenset('.,;:!?()—–-\n…“”"«»')


@dataclass(frozen=True, slots=True)
class Named:
    """One mention of a name: where it stands without titles, its words in small letters, and the role beside it."""

    span: Span
    words: tuple[str, ...]
    role: Span | None = None
    person: bool = False


@dataclass(slots=True)
class Roster:
    """The people (and companies) of one article, by what they may be called."""

    text: str
    people: dict[tuple[str, ...], Named] = field(default_factory=dict)
    by_last: dict[str, set[tuple[str, ...]]] = field(default_factory=dict)
    by_first: dict[str, set[tuple[str, ...]]] = field(default_factory=dict)
    companies: dict[str, set[str]] = field(default_factory=dict)
    company_spans: dict[str, Span] = field(default_factory=dict)

    def fullest(self, words: Sequence[str]) -> Named | None:
        """The one person whom these words can mean: a full name, a surname, or a first name nobody shares."""
        key = tuple(words)
        if not key:
            return None
        if len(key) > 1:
            return self._one({full for full in self.by_last.get(key[-1], ()) if _agree(key, full)})
        return self._one(self.by_last.get(key[0], set())) or self._one(
            set() if key[0] in self.by_last else self.by_first.get(key[0], set())
        )

    def holder(self, role: Sequence[str]) -> Named | None:
        """The one person whose role the article gives in all of these words."""
        wanted = _content(role)
        if len(wanted) < 2:
            return None
        held = {key for key, one in self.people.items() if one.role and wanted <= _content(self._words(one.role))}
        return self._one(held)

    def company(self, words: Sequence[str]) -> Span | None:
        """The company's full name that starts with these words, when just one does."""
        full = self.companies.get(" ".join(words), set())
        return self.company_spans[next(iter(full))] if len(full) == 1 else None

    def _words(self, span: Span) -> list[str]:
        return self.text[span[0] : span[1]].lower().split()

    def _one(self, keys: set[tuple[str, ...]]) -> Named | None:
        longest = max(keys, key=len, default=())
        if not longest or any(not _agree(key, longest) for key in keys):
            return None
        return self.people[longest]


def roster(text: str, tokens: Sequence[Token]) -> Roster:
    """Everybody whom the article names in full."""
    found = Roster(text)
    named = list(_mentions(tokens))
    called = {one.words[-1] for one in named if one.person}
    for one in named:
        if len(one.words) > 1 and (one.person or one.words[-1] in called) and not set(one.words) & NOT_PERSONS:
            _enter(found, one)
    for one in list(found.people.values()):
        for cut in range(1, len(one.words) - 1):
            if (
                one.words[cut] not in PARTICLES and one.words[cut:] in found.people
            ):  # a caption runs a country and a name together
                _forget(found, one)
                break
    _enter_companies(found, named)
    return found


def _enter(found: Roster, one: Named) -> None:
    known = found.people.get(one.words)
    if known is None or (known.role is None and one.role):
        span = known.span if known else one.span
        found.people[one.words] = Named(span, one.words, one.role, person=True)
    found.by_last.setdefault(one.words[-1], set()).add(one.words)
    found.by_first.setdefault(one.words[0], set()).add(one.words)


def _forget(found: Roster, one: Named) -> None:
    del found.people[one.words]
    found.by_last[one.words[-1]].discard(one.words)
    found.by_first[one.words[0]].discard(one.words)


def _enter_companies(found: Roster, named: Sequence[Named]) -> None:
    for one in named:
        if len(one.words) > 1 and one.words[-1] in COMPANY:
            full = " ".join(one.words)
            found.company_spans.setdefault(full, one.span)
            found.companies.setdefault(one.words[0], set()).add(full)


def _mentions(tokens: Sequence[Token]) -> Iterator[Named]:
    for first, last in _lines(tokens):
        line = tokens[first:last]
        words = [token for token in line if token.word and token.text[0].isalpha()]
        capitals = sum(token.capital for token in words)
        if len(words) > 3 and all(token.text.isupper() for token in words):
            yield from _shouted(line)
        elif len(words) > 4 and capitals > 0.7 * len(words) and line[-1].text not in ".!?":
            continue  # a headline in capitals: nobody can say where a name starts
        else:
            yield from _spoken(line)


def _lines(tokens: Sequence[Token]) -> Iterator[Span]:
    at = 0
    for number, token in enumerate(tokens):
        if token.text == "\n":
            if number > at:
                yield at, number
            at = number + 1
    if at < len(tokens):
        yield at, len(tokens)


def _shouted(line: Sequence[Token]) -> Iterator[Named]:
    """Where all is in capitals a title tells a name, if somebody of that surname then speaks."""
    for at, token in enumerate(line):
        name = line[at + 1 : at + 3]
        if token.low in TITLES and len(name) == 2 and not any(_function(one) for one in name):
            yield _named(name, (token.start, token.end), person=False)
        if token.low in SPEECH and at and not _function(line[at - 1]):
            yield _named(line[at - 1 : at], None, person=True)


def _function(token: Token) -> bool:
    return not token.word or token.low in SPEECH | _OPENERS | TITLES


def _spoken(line: Sequence[Token]) -> Iterator[Named]:
    at = 0
    while at < len(line):
        end = run_end(line, at)
        if end > at:
            named = _of_run(line, at, end)
            if named:
                yield named
            at = end
        else:
            at += 1


def run_end(line: Sequence[Token], at: int) -> int:
    """Where the row of capitalised words ends that starts here; `at` itself when none does."""
    end = at
    while end < len(line) and line[end].word:
        token = line[end]
        if not token.capital and not (end > at and token.low in PARTICLES and _capital(line, end + 1)):
            break
        end += 1
        if token.possessive:
            break
    return end


def name_part(line: Sequence[Token], at: int, end: int) -> int:
    """Where in a row of capitals the name starts, titles and sentence openers left out."""
    start = at + 1 if end - at > 2 and _agent(line, at) else at
    for number in range(at, end):
        if _titled(line, at, end, number) or (line[number].low in _OPENERS and number == start):
            start = number + 1
    if start == at and at >= 2 and line[at - 1].low == "of" and line[at - 2].low in TITLES:
        start += 1 if line[at].low in OFFICES or end - at > 2 else 0
    return start


def _titled(line: Sequence[Token], at: int, end: int, number: int) -> bool:
    """Is this word of a row of capitals a title? "Carpenter" is none in "Ann Carpenter", but is in "Chief Carpenter"."""
    word = line[number].low
    ends = number == end - 1 and number > at and line[number - 1].low not in TITLES | _OPENERS
    return word in TITLES and not (ends and word in SURNAMES)


def _agent(line: Sequence[Token], at: int) -> bool:
    """Does a sentence start with a trade here, "Teller Ann Lee"? Its ending says so, if it is no first name's."""
    opens = at == 0 or not line[at - 1].word
    return opens and line[at].low.endswith(("er", "or", "ist", "ian")) and line[at].low not in FIRST_NAMES


def _of_run(line: Sequence[Token], at: int, end: int) -> Named | None:
    start = name_part(line, at, end)
    name = line[start:end]
    if not name or (len(name) == 1 and name[0].low in NOT_PERSONS):
        return None
    role = _role_before(line, start) or _role_behind(line, end)
    return _named(name, role, person=bool(role) or _lives(line, start, end))


def _named(name: Sequence[Token], role: Span | None, *, person: bool) -> Named:
    end = name[-1].start + len(name[-1].bare)
    return Named((name[0].start, end), tuple(token.low for token in name), role, person)


def _lives(line: Sequence[Token], start: int, end: int) -> bool:
    """Does something beside the name say that it is somebody's?"""
    before, after = _low(line, start - 1), _low(line, end)
    if after in SPEECH or before in SPEECH | {"named"} or after == "who":
        return True
    return after == "," and (_low(line, end + 1) in SPEECH | {"who"} or _age(line, end + 1))


def _age(line: Sequence[Token], at: int) -> bool:
    return _low(line, at).isdigit() and len(_low(line, at)) == 2 and _low(line, at + 1) in {",", "."}


def _role_before(line: Sequence[Token], start: int) -> Span | None:
    """The role in front of a name: "US State Department spokesperson", "the club's chairman,"."""
    last = start - 1
    if _low(line, last) == "," and _holds_role(line, last - 1):
        last -= 1
    if not _holds_role(line, last):
        return None
    first = last
    while first > 0 and last - first < _ROLE_WORDS and _goes_on(line, first - 1):
        first -= 1
    while line[first].low in PREPOSITIONS and first < last:
        first += 1
    return line[first].start, line[last].end


def _holds_role(line: Sequence[Token], last: int) -> bool:
    if last < 0 or not line[last].word or line[last].possessive:
        return False
    if line[last].low in TITLES:
        return True
    return any(_low(line, last - back) == "of" and _low(line, last - back - 1) in TITLES for back in (1, 2))


def _goes_on(line: Sequence[Token], at: int) -> bool:
    token = line[at]
    if not token.word or token.low in SPEECH:
        return False
    if token.low in {"of", "for"}:
        return True
    return token.low not in _OPENERS or (token.low in {"the"} and at > 0)


def _role_behind(line: Sequence[Token], end: int) -> Span | None:
    """The role behind a name: ", the US ambassador to the OSCE,"; ", an analyst at Mercator Research,"."""
    at = end + 1
    if _low(line, end) != ",":
        return None
    if _age(line, at):
        at += 2
    stop = at
    while (
        stop < len(line) and line[stop].text not in _ENDS and stop - at < 14 and line[stop].low not in BORDERS - {"and"}
    ):
        stop += 1
    stop = next((n for n in range(at, stop) if line[n].low in SPEECH), stop)
    heads = [token.low for token in line[at:stop]]
    head = next((n for n, word in enumerate(heads) if word in PREPOSITIONS), len(heads))
    if not heads or not (set(heads[:head][-1:]) & TITLES or set(heads[:head]) & PERSONS):
        return None
    return line[at].start, line[stop - 1].end


def _capital(line: Sequence[Token], at: int) -> bool:
    return at < len(line) and line[at].word and line[at].capital


def _low(line: Sequence[Token], at: int) -> str:
    return line[at].low if 0 <= at < len(line) else ""


def _agree(short: Sequence[str], full: Sequence[str]) -> bool:
    """Can a shorter form be of the longer name? The same surname, and no word that the other lacks."""
    rest = iter(full)
    return short[-1] == full[-1] and all(any(word == other for other in rest) for word in short)


def _content(words: Sequence[str]) -> set[str]:
    plain = (word.strip(",.").removesuffix("'s").removesuffix("’s") for word in words)
    return {word for word in plain if word not in DETERMINERS | {"of", "for", "to", "at", "in", "and"}}
