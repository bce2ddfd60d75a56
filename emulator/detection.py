"""What Telegram makes clickable by itself: commands, names, tags, addresses; never inside code or a link."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from emulator.addresses import find_addresses
from emulator.records import Entity
from emulator.wording import utf16

_PATTERNS = (
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>@])")),
    (
        "url",
        re.compile(
            r"\b(?:tg|ton|tonsite)://[a-z0-9_-]{1,253}(?:[/?#][^\s<>\"\u00ab\u00bb]*[^\s<>\"\u00ab\u00bb.:;,('?!`])?",
            re.IGNORECASE,
        ),
    ),
    ("mention", re.compile(r"(?<!\w)@(?:[A-Za-z0-9_]{4,32}|gif|vid|pic)(?!\w)")),
    ("hashtag", re.compile(r"(?<!\w)#(?=\w*[^\W\d_])\w{1,256}(?![\w#])")),
    ("cashtag", re.compile(r"(?<![\w$])\$(?:[A-Z]{1,8}|1INCH)(?![\w$])")),
)
_HIDES = frozenset({"code", "pre", "text_link", "text_mention", "custom_emoji"})


def with_found(text: str, given: Sequence[Entity] = ()) -> tuple[Entity, ...]:
    """The given entities and those that Telegram adds, in order of offset."""
    closed = [entity for entity in given if entity.type in _HIDES]
    taken = list(given)
    for entity in sorted(_found(text), key=lambda found: (found.offset, -found.length)):
        if all(_apart(entity, other) for other in closed):
            closed.append(entity)
            taken.append(entity)
    return tuple(sorted(taken, key=lambda entity: (entity.offset, -entity.length)))


def command_of(text: str, entities: Iterable[Entity]) -> str | None:
    """The command that a text begins with, with its slash and the bot it names, if any."""
    return next((e.of(text) for e in entities if e.type == "bot_command" and e.offset == 0), None)


def _found(text: str) -> Iterator[Entity]:
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            yield _at(kind, text, *match.span())
    for kind, span in find_addresses(text):
        yield _at(kind, text, *span)


def _at(kind: str, text: str, start: int, end: int) -> Entity:
    return Entity(kind, utf16(text[:start]), utf16(text[start:end]))


def _apart(one: Entity, other: Entity) -> bool:
    return one.end <= other.offset or other.end <= one.offset
