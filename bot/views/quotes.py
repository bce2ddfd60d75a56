"""Words checked against the articles: a quote (whether they have it word for word, where, its speaker, what differs), a text of
several claims (the passage that answers each), and a sentence whose article has changed since (what it said, until when, what
it says now).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from textwrap import shorten

from bot import strings
from bot.message import LIMIT, ROOM, Message, Part, Quote, bold, italic, parts
from bot.translation import counted, tr
from bot.views import buttons, replies
from bot.views.cards import as_many_as_fit, card, fact, length, minute, named, source, stretch
from retrieval import Answer, Change, Correction, Credited, Index, QuoteCheck, QuoteMatch, credited, split_sentences

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


def quote(message: str, collection: Index) -> tuple[Message, str]:
    """What became of the quote in a message, at most `LIMIT` code points, and its status; `"said"` for no quote.

    The whole message is the quote where it names nobody.
    """
    parsed = credited(message) or Credited(message.strip(), None)
    if not parsed.quote:
        return Message(parts(tr(strings.QUOTE_WHAT)), prompt=tr(strings.PROMPT)), "said"
    if len(parsed.quote) > LIMIT:
        return replies.say(strings.TOO_LONG), "said"
    check = collection.check(parsed.quote, parsed.speaker)
    checked = verdict(check, parsed.speaker)
    near = _nearest(parsed.quote, collection) if check.status == "not-found" and not check.earlier else ()
    return replace(checked, parts=(*checked.parts, *near)), check.status


def _nearest(quote: str, collection: Index) -> tuple[Part, ...]:
    """The passage that comes nearest to a quote which no article has; nothing where none is near. Searches: slow."""
    hits = collection.ask(quote, 1).relevant
    shown = card(hits[0], ROOM - 400, collapsed=False) if hits else None
    return parts("\n\n", tr(strings.NEAREST), "\n\n", shown) if shown else ()


def verdict(check: QuoteCheck, given_to: str | None = None) -> Message:
    """The verdict, then each place: the words themselves, whose they are, what differs, and their source."""
    if check.status == "not-found":
        none = parts(counted(strings.NOT_FOUND, check.articles))
        return Message(parts(none, ["\n\n", *since_changed(check.earlier, ROOM - 400)] if check.earlier else []))
    heading = parts(bold(tr(_STATUS[check.status])))
    if check.misattributed and given_to:
        heading = parts(bold(tr(strings.MISATTRIBUTED).format(speaker=fact(given_to))), "\n", heading)
    earlier = parts("\n\n", since_changed(check.earlier, ROOM // 2, check.matches)) if check.earlier else ()
    room = ROOM - sum(map(length, (*heading, *earlier)))
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
_ASKS = re.compile(  # a question mark, or a sentence that begins as a question or a request
    r"[?？؟]|(?:^|[.!;:,\n])\s*(?:(?:and|but|so|or|then|please|ok|okay|hi|hello) )*(?:who|whom|whose|what|when|where|which|why|how|"
    r"did|does|do|is|are|was|were|has|have|had|can|could|will|would|should|tell|show|find|list|give|explain|summari[sz]e|check)\b|"
    r"\b(?:tell|show|give|help|want to know|wonder\w*|like to know|looking for|question)\b",
    re.IGNORECASE,
)


def claims(text: str) -> list[str]:
    """The sentences of a text that may claim or ask something, each once, the first dozen."""
    sentences = (text[start:end].split() for start, end in split_sentences(text))
    long_enough = (" ".join(words[:_LONGEST]) for words in sentences if len(words) >= _SHORTEST)
    return list(dict.fromkeys(long_enough))[:_ASKED]


def asserts(text: str) -> bool:
    """Whether a text claims several things and asks nothing, as what somebody pastes to have it checked."""
    return len(claims(text)) > 1 and not _ASKS.search(text)


def claim_check(text: str, collection: Index) -> Message:
    """The claims of a text, each above its passage: those answered, those that a passage comes near; the others below.

    Where no passage comes near any of them, it says that the articles say nothing. Searches: slow.
    """
    answers = [(claim, collection.ask(claim, 1)) for claim in claims(text)]
    passages = [pair for pair in answers if pair[1].hits]
    shown = sorted(passages, key=lambda pair: pair[1].verdict != "answer")[:_CARDS]
    if not shown:
        foreign = next((answer for _, answer in answers if answer.language), None)
        return replies.nothing(collection, (), replies.remarks(foreign) if foreign else ())
    others = [pair[0] for pair in answers if pair not in shown and pair[1].verdict != "answer"]
    heading, unanswered = parts(tr(strings.CLAIMS)), _unanswered(others[:_CARDS])
    room = ROOM - sum(map(length, (*heading, *unanswered)))
    single = len(shown) == 1 and shown[0][1].verdict == "answer"
    return Message(
        (*heading, *_claim_cards(shown, room), *unanswered),
        buttons.under(shown[0][1].hits[0], None) if single else (),
    )


def _unanswered(claims: list[str]) -> tuple[Part, ...]:
    """The claims to which no passage answers, by their beginnings."""
    lines = [f"\n• {fact(shorten(claim, _BEGINNING, placeholder=' …'))}" for claim in claims]
    return parts("\n\n", tr(strings.NO_ANSWER), *lines) if lines else ()


def _claim_cards(shown: list[tuple[str, Answer]], room: int) -> Iterator[Part]:
    """The claims and their passages; each gets an equal share of the room left, and a passage without room is left out."""
    for count, (claim, answer) in zip(range(len(shown), 0, -1), shown, strict=True):
        answered = answer.verdict == "answer"
        nearest = [] if answered else [tr(strings.NEAREST), "\n"]
        above = parts("\n\n", italic(f"{tr(strings.CLAIM)} {fact(claim)}"), "\n", nearest)
        passage = card(answer.hits[0], room // count - sum(map(length, above)), marked=answered)
        if passage is not None:
            claim_card = (*above, *passage)
            room -= sum(map(length, claim_card))
            yield from claim_card
