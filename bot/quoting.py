"""A quote that somebody sends → whether the articles have it word for word, where, whose it is, and what differs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot import words
from bot.cards import footline, headline, length, said
from bot.message import LIMIT, Message, Part, Quote, Run, bold, italic, parts
from bot.translation import counted, tr

if TYPE_CHECKING:
    from bot.replies import Collection
    from retrieval import Change, QuoteCheck, QuoteMatch

_WHOLE = re.compile(r"""["“”„«»‟](?P<words>.{8,})["“”„«»‟][.!?]?""", re.DOTALL)
_FEWEST = 3  # words from which quotation marks around a whole message ask for a check
_SPARE = 46
_STATUS = {"verbatim": words.VERBATIM, "altered": words.ALTERED, "stitched": words.STITCHED}
_CHANGES = 8  # listed of one place


def whole_quote(message: str) -> str | None:
    """The words of a message that is a quote from end to end, else `None`."""
    match = _WHOLE.fullmatch(message.strip())
    inner = match["words"] if match else ""
    return inner if len(inner.split()) >= _FEWEST and not re.search(r'["“”„«»‟]', inner) else None


def quote(given: str, collection: Collection) -> Message:
    """What became of the quote, at most `LIMIT` code points."""
    given = given.strip()
    if not given:
        return Message(parts(tr(words.QUOTE_WHAT)), prompt=tr(words.PROMPT))
    if len(given) > LIMIT:
        return Message(parts(tr(words.TOO_LONG)))
    return verdict(collection.check(given))


def verdict(check: QuoteCheck) -> Message:
    """The verdict, then each place: its source, whose words, the words themselves, what differs, date and link."""
    if check.status == "not-found":
        return Message(parts(counted(words.NOT_FOUND, check.articles)))
    whole = parts(bold(tr(_STATUS[check.status])))
    room = LIMIT - _SPARE - sum(map(length, whole))
    for match in check.matches:
        place = parts("\n\n", _place(match))
        room -= sum(map(length, place))
        if room < 0:
            break
        whole = (*whole, *place)
    return Message(whole)


def _place(match: QuoteMatch) -> tuple[Part, ...]:
    foot = footline(match.article)
    worded = [change for change in match.changes if not change.wordless] or match.changes
    differing = [line for change in worded[:_CHANGES] for line in ("\n", *_changed(change))]
    return parts(
        headline(match.article),
        "\n",
        parts(italic(said(match.speaker)), "\n") if match.speaker else (),
        Quote((Run(match.text),)),
        differing,
        ("\n", *foot) if foot else (),
    )


def _changed(change: Change) -> tuple[Part, ...]:
    flags = ", ".join(tr(words.FLAGS[flag]) for flag in change.flags)
    told = tr(words.CHANGED).format(original=change.original or "…", quoted=change.quoted or "…")
    return parts("• ", told, f" ({flags})" if flags else "")
