"""The lines in which a file states facts about itself: dates, authors, "Key: value"."""

from __future__ import annotations

import re

from retrieval import lexicon
from retrieval.articles import dates
from retrieval.text.normalize import CAPITALS

_KIND = {key: kind for kind, keys in lexicon.kinds("header_keys").items() for key in keys}
_FIELD = re.compile(r"\*{0,2}([^\W\d_][\w -]{0,24}?)\*{0,2}\s?:\*{0,2}[ \t\u00a0]*(?=\S)")
_NEXT = re.compile(r"\s([^\W\d_]{2,12}):\s")
_NAME = rf"(?:[{CAPITALS}][\w'’.-]*|d['’][{CAPITALS}][\w-]*)"
_LINK = r"(?:de|del|della|van|von|der|den|la|le|bin|al|el|da|dos|ten|ter|und|and|&|y|et|with)"
_NAMES = rf"{_NAME}(?: (?:{_NAME}|{_LINK})|,(?= {_NAME} (?:\w+ )?(?:and|&)))*"
_BY = r"(?:By|BY|by|(?:Written|Posted|Words|Text|Story) by|Von|VON|Por|POR|Par|PAR|Di|Door|Av)"
_BYLINE = re.compile(rf"{_BY}\s(?P<name>{_NAMES})")
_CREDIT = re.compile(rf"(?:{_BY}|(?P<work>[^\W\d_]+(?: (?:[^\W\d_A-Z]+|&)){{0,4}}) by)\s*:?\s+(?=\S+\s+\S)")
_NO_NAME = lexicon.words("bylines", "nobody", "no_name")
_WRITTEN, _OTHER_WORK = (
    {word.rstrip("s") for word in lexicon.words("bylines", kind)} for kind in ("writer", "another")
)
_DATE_WORDS = lexicon.words("calendar", "weekday") | lexicon.words("bylines", "dated")
_NUMBERS = re.compile(r"\d{1,2}[:.h]\d\d(?:[:.]\d\d)?|\d{1,3}")
_NOBODY = re.compile(r"\bby (?:admin|staff|editors?|webmaster|newsroom)\b", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_][\w.'’&-]*")
_PARTS = re.compile(r"\s+[|·•]\s+")


def field(line: str) -> tuple[str, str] | None:
    """What a line "Key: value" is about (`title`, `author`, `date`, `url`, `source`, `publisher`, …), and the value."""
    if line.startswith("SOURCE ") and line[7:8].isupper() and len(line) <= 120:  # how a press release ends
        return "source", line[7:].strip()
    match = _FIELD.match(line[:60])
    kind = _KIND.get("-".join(match[1].lower().split())) if match else None
    if not match or not kind or len(line) > 400:
        return None
    value = line[match.end() :].strip()
    parts = [value] if kind == "title" else _PARTS.split(_before_next(value))
    if kind == "publisher" and len(parts) > 1:
        return None  # "Published by: Ana Paz | 3 March, 9:15 pm | 88K views" names whoever posted it
    value = parts[0]
    speaks = kind != "title" and value[-1] in ".!?" and len(value.split()) > 8  # somebody called so speaks
    return None if speaks else (kind, value)


def _before_next(value: str) -> str:
    """A value without the fields behind it in the same line: "Ana Paz Date: 3 June"."""
    ends = (match.start() for match in _NEXT.finditer(value) if match[1].lower() in _KIND)
    return value[: next(ends, len(value))].rstrip(" ,;") or value


def author(line: str) -> str | None:
    """Who a byline names: "By Jane Doe, staff writer" → "Jane Doe"; `None` where the line is no byline."""
    match = _BYLINE.match(line)
    if not match or len(line) > 160:
        return None
    name, rest = match["name"], line[match.end("name") :]
    sentence = line.rstrip().endswith((".", "?", "!")) and rest[:1] != ","
    if sentence or name.split()[0].lower() in _NO_NAME:
        return None
    return name if not rest or (not rest[0].isalnum() and _aside(rest)) else None


def without_by(name: str) -> str:
    """ "By Jane Doe", "Updates by Jane Doe" → "Jane Doe"; "Photos by Jane Doe" → "", since she is no author.

    A single word behind "Von" or "By" is a part of the name.
    """
    match = _CREDIT.match(name)
    if not match:
        return name
    work = {word.rstrip("s") for word in (match["work"] or "").lower().split()}
    return "" if _OTHER_WORK & work and not _WRITTEN & work else name[match.end() :]


def _aside(rest: str) -> bool:
    """Is what stands behind a name a role, an outlet, a date, and no sentence?"""
    if not rest.strip():
        return True
    return rest.lstrip()[:1] in ",|/(·•–—-<" and len(rest.split()) <= 14


def dated(line: str) -> tuple[str, str] | None:
    """The day of a line that is a date and little else, and what else stands there; `None` for any other line."""
    hit = dates.find(line) if len(line) <= 160 else None
    if hit is None:
        return None
    left = line[: hit[1][0]] + " " + line[hit[1][1] :]
    again = dates.find(left)  # "Published …, updated …"
    if again:
        left = left[: again[1][0]] + " " + left[again[1][1] :]
    left = _NUMBERS.sub(" ", _BYLINE.sub(" ", _NOBODY.sub(" ", left), count=1))
    words = [word for word in _WORDS.findall(left) if word.replace(".", "").lower() not in _DATE_WORDS]
    return (hit[0], left) if len(words) <= 4 and all(word[0].isupper() for word in words) else None
