"""A remembered answer → its first passage as a citation, and a link that opens it in this bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import strings
from bot.message import LIMIT, Message, Run, cleaned, parts
from bot.translation import tr
from bot.views import answers
from bot.views.deeplinks import payload
from retrieval import CITATION_FORMATS, cite

if TYPE_CHECKING:
    from bot.state import Shown
    from bot.views.replies import Collection


def cited(shown: Shown, wanted: str, collection: Collection, me: str | None) -> Message | None:
    """The citation of an answer's first passage in the `wanted` format; `None` where the collection has it no more.

    `me` is the bot's name on Telegram, for the link.
    """
    hit = answers.found_again(shown, collection, 0)
    if hit is None:
        return None
    format_ = next((name for name in CITATION_FORMATS if name == wanted.lower()), CITATION_FORMATS[0])
    text = cite(hit, format_)
    if len(cleaned(text)) > LIMIT - 400:
        return Message(parts(tr(strings.CITATION_TOO_LONG)))
    others = ", ".join(f"/cite {name}" for name in CITATION_FORMATS if name != format_)
    link = parts(tr(strings.DEEP_LINK), "\n", Run(f"https://t.me/{me}?start={payload(hit)}", "code"), "\n\n")
    return Message(
        parts(Run(text, "code"), "\n\n", link if me else [], tr(strings.OTHER_FORMATS).format(formats=others))
    )
