"""A sentence of an article that has another text since → what it said, until when, and what stands there now, word by word."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from bot import strings
from bot.message import ROOM, Part, Quote, italic, parts
from bot.translation import tr
from bot.views.cards import fact, length, minute, source, stretch
from retrieval import Change, Correction, QuoteMatch

_CHANGES = 8  # listed of one place
_PLACES = 2  # of the later text that an earlier sentence is found in
ALERT = 200  # characters of what is said to a presser alone


def since_changed(
    corrections: Iterable[Correction], room: int = ROOM, above: Collection[QuoteMatch] = ()
) -> tuple[Part, ...]:
    """The earlier sentences and what became of each, unless that stands `above`, as far as there is room (code points)."""
    whole: tuple[Part, ...] = ()
    for each in corrections:
        place = parts("\n\n" if whole else [], _entry(each, now=_places(each.now.matches).isdisjoint(_places(above))))
        room -= sum(map(length, place))
        if room < 0:
            break
        whole = (*whole, *place)
    return whole


def briefly(correction: Correction) -> str:
    """The same in at most 200 characters, without the sentences."""
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
    return parts(*map(_place, correction.now.matches[:_PLACES]))


def _place(match: QuoteMatch) -> tuple[Part, ...]:
    words = Quote(stretch(match.article, (match.start, match.end)))
    return parts("\n", tr(strings.SAYS_NOW), "\n", words, changed_words(match.changes))


def _worded(changes: Iterable[Change]) -> list[Change]:
    """Those that touch words, where any does."""
    every = list(changes)
    return [change for change in every if not change.wordless] or every


def _words(change: Change, *, to_quote: bool = False) -> str:
    """What stood there and what stands there now; a later text is the original of a change, an earlier one its quote."""
    later, earlier = fact(change.original) or "…", fact(change.quoted) or "…"
    before, after = (later, earlier) if to_quote else (earlier, later)
    return tr(strings.CHANGED).format(original=before, quoted=after)


def _flags(change: Change) -> str:
    return ", ".join(tr(strings.FLAGS[flag]) for flag in change.flags)
