"""A quote that somebody sends → whether the articles have it word for word, where, whose it is, and what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import strings
from bot.message import LIMIT, ROOM, Message, Part, Quote, bold, parts
from bot.translation import counted, tr
from bot.views.cards import fact, length, named, source, stretch
from retrieval import Credited, credited

if TYPE_CHECKING:
    from bot.views.replies import Collection
    from retrieval import Change, QuoteCheck, QuoteMatch

_FEWEST = 3  # words from which quotation marks around a whole message ask for a check
_STATUS = {"verbatim": strings.VERBATIM, "altered": strings.ALTERED, "stitched": strings.STITCHED}
_CHANGES = 8  # listed of one place


def is_quote(message: str) -> bool:
    """Whether a message is a quote, by itself or with the one it is given to, and no question about one."""
    found = credited(message)
    return found is not None and (found.speaker is not None or len(found.quote.split()) >= _FEWEST)


def quote(message: str, collection: Collection) -> tuple[Message, str]:
    """What became of the quote in a message, at most `LIMIT` code points, and its status; `"said"` for no quote.

    The whole message is the quote where it names nobody.
    """
    given = credited(message) or Credited(message.strip(), None)
    if not given.quote:
        return Message(parts(tr(strings.QUOTE_WHAT)), prompt=tr(strings.PROMPT)), "said"
    if len(given.quote) > LIMIT:
        return Message(parts(tr(strings.TOO_LONG))), "said"
    check = collection.check(given.quote, given.speaker)
    return verdict(check, given.speaker), check.status


def verdict(check: QuoteCheck, given_to: str | None = None) -> Message:
    """The verdict, then each place: the words themselves, whose they are, what differs, and their source."""
    if check.status == "not-found":
        return Message(parts(counted(strings.NOT_FOUND, check.articles)))
    whole = parts(bold(tr(_STATUS[check.status])))
    if check.misattributed and given_to:
        whole = parts(bold(tr(strings.MISATTRIBUTED).format(speaker=fact(given_to))), "\n", whole)
    room = ROOM - sum(map(length, whole))
    for match in check.matches:
        place = parts("\n\n", _place(match))
        room -= sum(map(length, place))
        if room < 0:
            break
        whole = (*whole, *place)
    return Message(whole)


def _place(match: QuoteMatch) -> tuple[Part, ...]:
    worded = [change for change in match.changes if not change.wordless] or match.changes
    differing = [line for change in worded[:_CHANGES] for line in ("\n", *_changed(change))]
    return parts(
        Quote(stretch(match.article, (match.start, match.end))),
        ["\n— ", named(match.speaker)] if match.speaker else [],
        differing,
        "\n",
        source(match.article),
    )


def _changed(change: Change) -> tuple[Part, ...]:
    flags = ", ".join(tr(strings.FLAGS[flag]) for flag in change.flags)
    told = tr(strings.CHANGED).format(original=change.original or "…", quoted=change.quoted or "…")
    return parts("• ", told, f" ({flags})" if flags else "")
