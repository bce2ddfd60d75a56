"""Names of outlets, agencies and rights holders in the lines of a page."""

from __future__ import annotations

import re

from retrieval import lexicon
from retrieval.text import sentences

_NAME = r"[^\W\d_a-zß-öø-ÿ][\w.'’&-]*"
_NAMED = rf"(?:[Tt]he )?{_NAME}(?: (?:{_NAME}|of|and|&|the|de|der|du))*"
_NETWORK = (
    r"(?:Telegram|WhatsApp|YouTube|Discord|Signal|Viber|Facebook|Instagram|Twitter|X|TikTok|LinkedIn|Threads|Bluesky|"
    r"Google News)"
)
_STRONG, _GENERIC = lexicon.words("outlets", "strong"), lexicon.words("outlets", "generic")
_SOURCE, _LONGEST_NAME = lexicon.words("header_keys", "source"), 8  # words
_PAPERS = _STRONG | lexicon.words("outlets", "paper")
_READ_MORE = re.compile(
    r"\bmore (?:\w+ ){0,2}(?P<of>from|at|on|by) (?:the )?(?P<name>[^.!?|]+?)\s*[.!>»→]*$", re.IGNORECASE
)
_CHANNEL = re.compile(
    rf"(?P<name>{_NAME}(?: {_NAME}){{0,4}}?)(?:['’]s)? (?:official )?{_NETWORK} (?:channel|group|page|community|account)"
)
_ON_NETWORK = re.compile(rf"\b(?:Follow|Like|Join|Find) (?:@\w+ )?(?P<name>{_NAMED}) on {_NETWORK}\b")
_PRODUCT = re.compile(
    rf"\b(?:[Ss]ubscribe to|[Ss]ign up (?:for|to)|[Dd]ownload|[Gg]et|[Ss]upport) (?P<name>{_NAMED})"
    r"(?:['’]s)?(?: (?:(?:news )?app|newsletters?|podcast|today|now|for|here|from|and)\b|\s?[.!]?$)"
)
_RIGHTS = re.compile(
    r"(?:copyright|\(c\)|©|&copy;)[\s:]*(?:\(c\)|©|&copy;)?\s*"
    r"(?:(?:19|20)\d\d(?:\s?[-–,]\s?(?:(?:19|20)\d\d|\d\d))?)?[,\s]*(?:by )?",
    re.IGNORECASE,
)
_NAME_ENDS = re.compile(
    r"[\s.,;|–-]*(?:\b(?:all rights|alle rechte|tous droits|distributed|via|used|reprod)|[|•·]|(?:19|20)\d\d(?=[.,;|]|$))",
    re.IGNORECASE,
)
_WIRE = re.compile(
    r"[/(] ?(?P<name>[\w ]{0,20}(?:newswire|business ?wire|presswire|accesswire))(?: via [\w ]{1,20})? ?[/)]",
    re.IGNORECASE,
)
_DATELINE = 120  # characters of a paragraph in which one stands
_PICTURES = re.compile(r"getty|shutterstock|alamy|istock|unsplash|epa\b|afp/|reuters/|ap photo|adobe", re.IGNORECASE)
_DISTRIBUTED = re.compile(
    r"(?i:\b(?:distributed|syndicated|supplied(?= to)|provided|relayed|delivered|licensed|received|passed on)"
    r"(?: to [\w ]{3,30}?)? (?:by|via|through)) (?P<name>[^\W\d_a-zß-ÿ][^|]+)"
)


def _is_outlet(name: str) -> bool:
    """Does a line look like the name of an outlet: "The Daily Gazette", "BBC News", but not "Top News"?"""
    words = name.removeprefix("The ").split()
    if not 1 <= len(words) <= 5 or not all(word[0].isupper() or word in ("of", "and", "&", "the") for word in words):
        return False
    last, telling = words[-1].lower(), [word for word in words if word.lower() not in _GENERIC]
    paper = last in _PAPERS or words[0].lower() in ("radio", "tv")
    return paper and (len(words) > 1 or name.startswith("The ")) and any(_tells(word) for word in telling)


def _tells(word: str) -> bool:
    return word.lower() not in _PAPERS or word.lower() in _STRONG


def of_call(words: str) -> str | None:
    """The outlet that a call to the reader names as its own ("Read more from the Daily Gazette")."""
    more = _READ_MORE.search(words)
    topic = more is not None and (more["of"].lower() == "on" or words.isupper())  # "Read more on gulls"
    if more and (_is_outlet(more["name"]) or (not topic and _is_name(more["name"]))):
        return more["name"]
    channel = _CHANNEL.search(words)
    if channel and (name := _without_generic(channel["name"])):
        return name
    matches = (pattern.search(words) for pattern in (_ON_NETWORK, _PRODUCT))
    return next((hit["name"] for hit in matches if hit and _is_outlet(hit["name"])), None)


def _is_name(name: str) -> bool:
    words = name.split()
    if not 1 <= len(words) <= 6 or not (words[0][0].isupper() and words[-1][0].isupper()):
        return False
    known = any(word.lower() not in _GENERIC for word in words)
    return known and (name.isupper() or _is_outlet(name) or len(words) == 1)


def _without_generic(name: str) -> str | None:
    """ "Breaking AMN" → "AMN"; nothing where every word is generic."""
    words = name.split()
    while words and words[0].lower() in _GENERIC:
        words.pop(0)
    return name[name.index(words[0]) :] if words else None


def origin(words: str) -> str | None:
    """What a line "Source: X" names; an address is where the text itself stands."""
    key, _, value = words[:200].partition(":")
    known = "-".join(key.strip("* ").lower().split()) in _SOURCE
    value = value.strip("* ")
    return _tidy(value) if known and "://" not in value and 1 <= len(value.split()) <= _LONGEST_NAME else None


def holder(words: str) -> str | None:
    """Who holds the copyright of a text: "© 2022 X. All rights reserved."; picture agencies hold that of pictures."""
    match = _RIGHTS.match(words)
    name = _first_name(words[match.end() :]) if match else None
    return (
        name
        if name and len(name.split()) <= _LONGEST_NAME and name[0].isalnum() and not _PICTURES.search(name)
        else None
    )


def distributor(words: str) -> str | None:
    """Who passed a text on: "Distributed by X"."""
    match = _DISTRIBUTED.search(words)
    name = re.match(rf"{_NAMED}(?:, (?:Inc|Ltd|LLC|Corp)\b\.?)?", _first_name(match["name"]) or "") if match else None
    return _tidy(name[0]) if name else None


def wire(words: str) -> str | None:
    """The press-release service that a dateline names: "/PRNewswire/"."""
    match = _WIRE.search(words[:_DATELINE])
    return match["name"] if match else None


def _tidy(name: str) -> str:
    """A name without the full stop of the sentence that it ends, and without a small word at its end."""
    words = name.rstrip(",;").split(" ")
    while words and words[-1] in ("of", "and", "&", "the", "de", "der", "du"):
        words.pop()
    kept = " ".join(words)
    own = re.search(r"(?:\.[A-Za-z]\.|\b(?:Inc|Ltd|Co|Corp)\.)$", kept)  # the full stop is the name's
    return kept if own else kept.rstrip(".")


def _first_name(words: str) -> str | None:
    """The name that a line goes on with, up to the end of its sentence or to what is said of the rights."""
    spans = sentences.split(words, 0, len(words))
    name = words[slice(*spans[0])] if spans else ""
    ended = _NAME_ENDS.search(name)
    return _tidy(name[: ended.start()] if ended else name) or None
