"""A remembered answer → its first passage as a citation, and a link that opens it in this bot."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot import answers, words
from bot.message import LIMIT, Message, Run, cleaned, parts
from bot.translation import tr
from retrieval import CITATION_FORMATS, cite, parse_passage_id

if TYPE_CHECKING:
    from bot.replies import Collection
    from bot.state import Place, Shown
    from retrieval import Hit

_PAYLOAD = re.compile(r"p([0-9a-f]{16})_(\d{1,9})-(\d{1,9})_(\d{1,9})-(\d{1,9})")


def cited(shown: Shown, wanted: str, collection: Collection, me: str | None) -> Message | None:
    """The citation of an answer's first passage in the `wanted` format; `None` where the collection has it no more.

    `me` is the bot's name on Telegram, for the link.
    """
    hits = answers.on_page(shown, collection, 0)
    if not hits:
        return None
    format_ = next((name for name in CITATION_FORMATS if name == wanted.lower()), CITATION_FORMATS[0])
    text = cite(hits[0], format_)
    if len(cleaned(text)) > LIMIT - 400:
        return Message(parts(tr(words.CITATION_TOO_LONG)))
    others = ", ".join(f"/cite {name}" for name in CITATION_FORMATS if name != format_)
    link = parts(tr(words.DEEP_LINK), "\n", Run(f"https://t.me/{me}?start={payload(shown.places[0])}", "code"), "\n\n")
    return Message(parts(Run(text, "code"), "\n\n", link if me else [], tr(words.OTHER_FORMATS).format(formats=others)))


def payload(place: Place) -> str:
    """A place as the payload of a deep link: at most 64 letters, digits, `_` and `-`."""
    id_, start, end = place
    sha256, first, last = parse_passage_id(id_)
    return f"p{sha256}_{first}-{last}_{start}-{end}"


def linked(payload: str, collection: Collection) -> Hit | None:
    """The passage that a deep link opens; `None` where the collection does not have it."""
    match = _PAYLOAD.fullmatch(payload)
    if match is None:
        return None
    sha256, *numbers = match.groups()
    first, last, start, end = map(int, numbers)
    try:
        return collection.hit(f"{sha256}:{first}-{last}", (start, end))
    except ValueError:
        return None
