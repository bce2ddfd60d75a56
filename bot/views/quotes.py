"""Words checked against the articles: a quote (whether they have it word for word, where, its speaker, what differs), a text of
several claims (the passage that answers each), and a sentence whose article has changed since (what it said, until when, what
it says now).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from textwrap import shorten
from typing import NamedTuple

from bot import strings
from bot.message import LIMIT, ROOM, Message, Part, Quote, bold, italic, parts
from bot.state import Place
from bot.translation import counted, tr
from bot.views import buttons, replies
from bot.views.cards import as_many_as_fit, card, fact, length, minute, named, source, stretch
from retrieval import (
    Answer,
    Change,
    Correction,
    Credited,
    Hit,
    Index,
    Passage,
    QuoteCheck,
    QuoteMatch,
    credited,
    passage_id,
    quoted,
    split_sentences,
)

_CHANGES = 8  # listed of one place
_PLACES = 2  # of the later text that an earlier sentence is found in
ALERT = 200  # characters of what is said to a presser alone


def since_changed(
    corrections: Iterable[Correction], room: int = ROOM, above: Collection[QuoteMatch] = ()
) -> tuple[Part, ...]:
    """The earlier sentences and what became of each, unless that stands `above`, as far as there is room (code points)."""
    shown = _places(above)
    entries = (_entry(each, now=_places(each.now.matches).isdisjoint(shown)) for each in corrections)
    return as_many_as_fit((parts("\n\n" if at else [], entry) for at, entry in enumerate(entries)), room)


def briefly(correction: Correction) -> str:
    """A correction in at most 200 characters, without the sentences."""
    changes = "; ".join(_words(change) for match in correction.now.matches for change in _worded(match.changes))
    now = changes or tr(strings.STILL_SAID if correction.now.status == "verbatim" else strings.SAID_NO_MORE)
    line = f"{_since(correction)} {now}"
    return line if len(line) <= ALERT else f"{line[: ALERT - 1]}…"


def changed_words(changes: Iterable[Change], *, to_quote: bool = False) -> tuple[Part, ...]:
    """A line for each change from an earlier text to a later one, or from an article to a quote, with what it touches."""
    lines = ((f"• {_words(change, to_quote=to_quote)}", _flags(change)) for change in _worded(changes)[:_CHANGES])
    return parts(*(("\n", words, f" ({flags})" if flags else "") for words, flags in lines))


def _places(matches: Iterable[QuoteMatch]) -> set[tuple[str, int, int]]:
    return {(match.article.id, match.start, match.end) for match in matches}


def _entry(correction: Correction, *, now: bool) -> tuple[Part, ...]:
    earlier = Quote(stretch(correction.earlier, (correction.start, correction.end)))
    return parts(
        italic(_since(correction)), "\n", earlier, [*_now(correction), "\n", *source(correction.later)] if now else []
    )


def _since(correction: Correction) -> str:
    return tr(strings.SINCE_CHANGED).format(date=minute(correction.until))


def _now(correction: Correction) -> tuple[Part, ...]:
    if correction.now.status == "verbatim":
        return parts("\n", tr(strings.STILL_SAID))
    if not correction.now.matches:
        return parts("\n", tr(strings.SAID_NO_MORE))
    return parts(*map(_later_place, correction.now.matches[:_PLACES]))


def _later_place(match: QuoteMatch) -> tuple[Part, ...]:
    words = Quote(stretch(match.article, (match.start, match.end)))
    return parts("\n", tr(strings.SAYS_NOW), "\n", words, changed_words(match.changes))


def _worded(changes: Iterable[Change]) -> list[Change]:
    """The changes that touch words; all changes where none does."""
    every = list(changes)
    return [change for change in every if not change.wordless] or every


def _words(change: Change, *, to_quote: bool = False) -> str:
    """What stood there and what stands there now; a later text is the original of a change, an earlier one its quote."""
    later, earlier = fact(change.original) or "…", fact(change.quoted) or "…"
    before, after = (later, earlier) if to_quote else (earlier, later)
    return tr(strings.CHANGED).format(original=before, quoted=after)


def _flags(change: Change) -> str:
    return ", ".join(tr(strings.FLAGS[flag]) for flag in change.flags)


_FEWEST = 3  # words from which quotation marks around a whole message ask for a check
_STATUS = {"verbatim": strings.VERBATIM, "altered": strings.ALTERED, "stitched": strings.STITCHED}


def is_quote(message: str) -> bool:
    """Whether a message is a quote, by itself or with the one it is given to, and no question about one."""
    parsed = credited(message)
    return parsed is not None and (parsed.speaker is not None or len(parsed.quote.split()) >= _FEWEST)


def quote(message: str, collection: Index) -> tuple[Message, str, tuple[Place, ...]]:
    """What became of the quote in a message, at most `LIMIT` code points, its status, and the places that are shown.

    The status is `"said"` for no quote. The whole message is the quote where it names nobody.
    """
    parsed = credited(message) or Credited(message.strip(), None)
    if not parsed.quote:
        return Message(parts(tr(strings.QUOTE_WHAT)), prompt=tr(strings.PROMPT)), "said", ()
    if len(parsed.quote) > LIMIT:
        return replies.say(strings.TOO_LONG), "said", ()
    check = collection.check(parsed.quote, parsed.speaker)
    checked = verdict(check, parsed.speaker)
    near = collection.ask(parsed.quote, 1).hits if check.status == "not-found" and not check.earlier else ()
    passages = [Passage(match.article, match.start, match.end) for match in check.matches]
    places = [(passage_id(each), each.start, each.end) for each in passages]
    places += [(passage_id(hit.passage), *hit.highlight) for hit in near]
    return replace(checked, parts=(*checked.parts, *_nearest(near))), check.status, tuple(places)


def _nearest(hits: Sequence[Hit]) -> tuple[Part, ...]:
    """The passage that comes nearest to a quote which no article has; nothing where none is near."""
    shown = card(hits[0], ROOM - 400, collapsed=False) if hits else None
    return parts("\n\n", tr(strings.NEAREST), "\n\n", shown) if shown else ()


def verdict(check: QuoteCheck, given_to: str | None = None, room: int = ROOM) -> Message:
    """The verdict, then each place: the words themselves, whose they are, what differs, and their source.

    As many places as there is `room` for (code points).
    """
    if check.status == "not-found":
        none = parts(counted(strings.NOT_FOUND, check.articles))
        return Message(parts(none, ["\n\n", *since_changed(check.earlier, room - 400)] if check.earlier else []))
    heading = parts(bold(tr(_STATUS[check.status])))
    if check.misattributed and given_to:
        heading = parts(bold(tr(strings.MISATTRIBUTED).format(speaker=fact(given_to))), "\n", heading)
    earlier = parts("\n\n", since_changed(check.earlier, room // 2, check.matches)) if check.earlier else ()
    room -= sum(map(length, (*heading, *earlier)))
    places = as_many_as_fit((parts("\n\n", _place(match)) for match in _told_apart(check.matches)), room)
    return Message((*heading, *places, *earlier))


def _told_apart(matches: Iterable[QuoteMatch]) -> Iterable[QuoteMatch]:
    """The places without those that look like an earlier one: a title that stands above the text again."""
    shown: dict[tuple[object, ...], QuoteMatch] = {}
    for match in matches:
        shown.setdefault((match.article.id, match.text, match.speaker), match)
    return shown.values()


def _place(match: QuoteMatch) -> tuple[Part, ...]:
    quoter = tr(strings.QUOTED_BY).format(name=named(match.quoted_by)) if match.quoted_by else ""
    whose = named(match.speaker) if match.speaker else quoter
    return parts(
        Quote(stretch(match.article, (match.start, match.end))),
        ["\n— ", whose] if whose else [],
        changed_words(match.changes, to_quote=True),
        "\n",
        source(match.article),
    )


_SHORTEST, _LONGEST = 3, 60  # words of a claim; of a longer sentence its beginning is looked up
_BEGINNING = 100  # characters of a claim that no passage answers
_ASKED = 12  # claims of one text that are looked up
_CARDS = 5  # of them shown
_EXCHANGED = 1 / 3  # of a claim's words that may be other than those of the sentence that it misstates
_ASKS = re.compile(  # a question mark, or a sentence that begins as a question or a request
    r"[?？؟]|(?:^|[.!;:,\n])\s*(?:(?:and|but|so|or|then|please|ok|okay|hi|hello) )*(?:who|whom|whose|what|when|where|which|why|how|"
    r"did|does|do|is|are|was|were|has|have|had|can|could|will|would|should|tell|show|find|list|give|explain|summari[sz]e|check)\b|"
    r"\b(?:tell|show|give|help|want to know|wonder\w*|like to know|looking for|question)\b",
    re.IGNORECASE,
)


class Claim(NamedTuple):
    """A sentence that may claim or ask something, and what it quotes."""

    text: str
    quotations: tuple[Credited, ...] = ()


def claims(text: str) -> list[Claim]:
    """The sentences of a text that may claim or ask something, each once, the first dozen."""
    sentences = [(text[start:end].split(), quoted(text, start, end)) for start, end in split_sentences(text)]
    long_enough = (Claim(" ".join(words[:_LONGEST]), own) for words, own in sentences if len(words) >= _SHORTEST)
    return list(dict.fromkeys(long_enough))[:_ASKED]


def asserts(text: str) -> bool:
    """Whether a text claims several things and asks nothing, as what somebody pastes to have it checked."""
    return len(claims(text)) > 1 and not _ASKS.search(text)


def misstates(text: str, collection: Index) -> bool:
    """Whether a text claims one thing and asks nothing, and the articles have it with other words."""
    own = [] if _ASKS.search(text) else claims(text)
    return len(own) == 1 and (finding := _finding(own[0], collection)) is not None and finding.differs


class _Finding(NamedTuple):
    """The check of a claim's words or of a quotation in it, who the claim says speaks, and whether the articles have other words."""

    check: QuoteCheck
    given_to: str | None
    differs: bool


def _finding(claim: Claim, collection: Index) -> _Finding | None:
    """That of the quotation that stands worst; of a claim without one only what differs from a sentence of the articles."""
    if not claim.quotations:
        whole = collection.check(claim.text)
        return _Finding(whole, None, differs=True) if _is_misstated(whole) else None
    checks = [(collection.check(each.quote, each.speaker), each.speaker) for each in claim.quotations]
    findings = [
        _Finding(*each, each[0].status in {"altered", "stitched"} or bool(each[0].misattributed)) for each in checks
    ]
    return max(findings, key=lambda finding: (finding.differs, finding.check.status == "not-found"))


def _is_misstated(check: QuoteCheck) -> bool:
    """Whether a sentence is one of the articles but for a word, a figure or a negation exchanged; its beginning may be other."""
    changes = [change for match in check.matches for change in match.changes]
    sizes = (max(len(change.original.split()), len(change.quoted.split())) for change in changes)
    telling = (
        {"negation", "number"} & {*change.flags}
        or (change.kind == "replaced" and (change.flags or not check.quote.startswith(change.quoted)))
        for change in changes
    )
    alike = len(check.matches) == 1 and sum(sizes) <= _EXCHANGED * len(check.quote.split())
    return check.status == "altered" and alike and any(telling)


class _Checked(NamedTuple):
    """A claim with what is shown below it: the finding, else the passage that answers it or comes near."""

    claim: str
    finding: _Finding | None
    answer: Answer | None

    @property
    def rank(self) -> int:
        """0 for a claim that differs from the articles, 1 where they have it, 2 where a passage comes near, 3 for none of it."""
        if self.finding and self.finding.differs:
            return 0
        answered = self.answer is None or (self.answer.verdict == "answer" and not self.finding)
        return 1 if answered else 2 if self.answer and self.answer.hits else 3


def _checked(claim: Claim, collection: Index) -> _Checked:
    finding = _finding(claim, collection)
    stands = finding is not None and finding.check.status != "not-found"
    return _Checked(claim.text, finding, None if stands else collection.ask(claim.text, 1))


def claim_check(text: str, collection: Index) -> Message:
    """The claims of a text, each above what the articles say: those that differ, those answered, those that a passage comes
    near; the others below.

    Where no passage comes near any of them, it says that the articles say nothing. Searches: slow.
    """
    checked = [_checked(claim, collection) for claim in claims(text)]
    shown = sorted((each for each in checked if each.rank < 3), key=lambda each: each.rank)[:_CARDS]
    if not shown:
        foreign = next((each.answer for each in checked if each.answer and each.answer.language), None)
        return replies.nothing(collection, (), replies.remarks(foreign) if foreign else ())
    others = [each.claim for each in checked if each not in shown and each.rank > 1]
    heading, unanswered = parts(tr(strings.CLAIMS)), _unanswered(others[:_CARDS])
    room = ROOM - sum(map(length, (*heading, *unanswered)))
    single = shown[0].answer if len(shown) == 1 and shown[0].rank == 1 else None
    return Message(
        (*heading, *_claim_cards(shown, room), *unanswered),
        buttons.under(single.hits[0], None) if single else (),
    )


def _unanswered(claims: list[str]) -> tuple[Part, ...]:
    """The claims to which no passage answers, by their beginnings."""
    lines = [f"\n• {fact(shorten(claim, _BEGINNING, placeholder=' …'))}" for claim in claims]
    return parts("\n\n", tr(strings.NO_ANSWER), *lines) if lines else ()


def _claim_cards(shown: list[_Checked], room: int) -> Iterator[Part]:
    """The claims and what stands below each; each gets an equal share of the room left, and what has no room is left out."""
    for count, checked in zip(range(len(shown), 0, -1), shown, strict=True):
        above = parts("\n\n", italic(f"{tr(strings.CLAIM)} {fact(checked.claim)}"), "\n")
        below = _below(checked, room // count - sum(map(length, above)))
        if below:
            claim_card = (*above, *below)
            room -= sum(map(length, claim_card))
            yield from claim_card


def _below(checked: _Checked, room: int) -> tuple[Part, ...]:
    """The finding of a claim's words, the passage that answers the claim or comes near it, or both."""
    missing = checked.finding and checked.answer
    finding = verdict(checked.finding.check, checked.finding.given_to, room).parts if checked.finding else ()
    if not checked.answer:
        return finding if any(isinstance(part, Quote) for part in finding) else ()
    near = parts([*finding, "\n"] if missing else [], [] if checked.rank == 1 else [tr(strings.NEAREST), "\n"])
    passage = card(checked.answer.hits[0], room - sum(map(length, near)), marked=checked.rank == 1)
    return (*near, *passage) if passage is not None else ()
