"""What a line says outright about its text: its address, who wrote it, where it is from, who holds the rights, who passed it on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from retrieval import lexicon
from retrieval.types import Span

_NAME = r"[^\W\d_a-zß-öø-ÿ][\w.'’&-]*"
_ADDRESS = re.compile(r"(?:https?://|(?<![\w@/.:-])(?:[\w-]+\.)+[a-z]{2,12}/)[^\s<>\"”’)\],;]*[^\s<>\"”’)\].,;:!?]")
_PART = r"[^\W\d_a-zß-öø-ÿ](?:[\w'’&-]|\.(?=\w))*"  # of a body's name, which ends with its sentence
_BODY = rf"{_PART}(?: (?:{_PART}|of|and|&|the|de|der|du))*(?:,? (?:Inc|Ltd|LLC|Corp)\b\.?)?"
_BARS = re.compile(r"\s+[|·•]\s+")
_PERSON = re.compile(rf"{_NAME}(?: (?:{'|'.join(sorted(lexicon.words('bylines', 'particle')))}|{_NAME})){{1,4}}")
_BYLINE = re.compile(
    r"(?:By|BY|Written by|Words by|Text by|Story by|Von|Por|Par|Di|(?:Author|Autor|Auteur|Автор)s?:):? (?P<names>[^@]+?)(?:,? @\w+)?"
)
_BETWEEN_NAMES = re.compile(r",? (?:and|&|und|y|et|и|та|і) |, ")
_JOINT = rf"(?:{_BETWEEN_NAMES.pattern}| / )"
_NEXT_NAME = re.compile(rf"{_JOINT}(?P<name>{_PERSON.pattern})")
_NAME_BEFORE = re.compile(rf"(?P<name>{_PERSON.pattern}){_JOINT}\Z")
_LONGEST_PART = 60  # characters of a name and what joins it to the next
_SOURCE, _LONGEST_NAME = lexicon.words("header_keys", "source"), 8  # words
_DISTRIBUTED = re.compile(
    r"(?i:\b(?:distributed|syndicated|supplied(?= to)|provided|relayed|delivered|licensed|received|passed on)"
    rf"(?: to [\w ]{{3,30}}?)? (?:by|via|through)) "
    rf"(?P<name>{_BODY})"
)
_YEAR = r"(?:19|20)\d\d(?:\s?[-–,]\s?\d{2,4})?"
_RIGHTS = re.compile(
    rf"(?i:copyright|©|\(c\))[\s:]*(?i:©|\(c\))?\s*(?:{_YEAR}[,\s]*(?:by )?(?P<name>{_BODY})|(?P<first>{_BODY}),?\s{_YEAR})"
)
_SERVICE = re.compile(
    r"[/(] ?(?P<name>[\w ]{0,20}(?:newswire|business ?wire|presswire|accesswire))(?: via [\w ]{1,20})? ?[/)]",
    re.IGNORECASE,
)
_DATELINE = 120  # characters of a paragraph in which one stands
_OWN_STOP = re.compile(r"(?:\.[A-Za-z]\.|\b(?:Inc|Ltd|Co|Corp)\.)$")  # the full stop is the name's


def addresses(words: str) -> Iterator[tuple[str, Span]]:
    """Every address in a line, also without its scheme where a path follows the host, and where it stands."""
    return ((match[0], match.span()) for match in _ADDRESS.finditer(words))


def address(words: str) -> str | None:
    """The address that is a whole part of a line."""
    parts = (_ADDRESS.fullmatch(part.rstrip("/")) for part in _BARS.split(words))
    return next((match[0] for match in parts if match), None)


def byline(words: str) -> str | None:
    """The names that a line states with nothing beside them but that they wrote: "By Ann Lee and Joe Tan", "Author: Ann Lee"."""
    match = _BYLINE.fullmatch(words)
    if not match:
        return None
    names = _BETWEEN_NAMES.split(match["names"])
    known = all(_PERSON.fullmatch(name) and _is_person(name) for name in names)
    return match["names"] if known else None


def with_coauthors(words: str, start: int, end: int) -> str:
    """An author's name in a line with the people's names that are joined to it: "Ann Lee, Joe Tan" of "By Ann Lee, Joe Tan in Harrow"."""
    while (after := _NEXT_NAME.match(words, end, end + _LONGEST_PART)) and _is_person(after["name"]):
        end = after.end()
    while (before := _NAME_BEFORE.search(words, max(0, start - _LONGEST_PART), start)) and _is_person(before["name"]):
        start = before.start()
    return words[start:end]


def _is_person(name: str) -> bool:
    return name.split(maxsplit=1)[0].lower() in lexicon.words("first_names")


def source(words: str) -> str | None:
    """What a line "Source: X" names; an address is where the text itself stands, and what has semicolons lists evidence."""
    key, _, value = words[:200].partition(":")
    known = "-".join(key.strip("* ").lower().split()) in _SOURCE
    value = value.strip("* ")
    name = "://" not in value and ";" not in value and 1 <= len(value.split()) <= _LONGEST_NAME
    return _tidy(value) if known and name else None


def distributor(words: str) -> str | None:
    """Who passed a text on: "Distributed by X"."""
    match = _DISTRIBUTED.search(words)
    return _tidy(match["name"]) if match else None


def rights_holder(words: str) -> str | None:
    """Who holds the copyright of a text: "© 2022 X. All rights reserved.", "© X 2022"; without a year it may be a picture's."""
    match = _RIGHTS.match(words)
    return _tidy(match["name"] or match["first"]) if match else None


def service(words: str) -> str | None:
    """The press-release service that a dateline names: "/PRNewswire/"."""
    match = _SERVICE.search(words[:_DATELINE])
    return match["name"] if match else None


def _tidy(name: str) -> str:
    """A name without the full stop of the sentence that it ends, and without a small word at its end."""
    words = name.rstrip(",;").split(" ")
    while words and words[-1] in ("of", "and", "&", "the", "de", "der", "du"):
        words.pop()
    kept = " ".join(words)
    return kept if _OWN_STOP.search(kept) else kept.rstrip(".")
