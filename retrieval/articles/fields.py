"""Front matter and the fields of records → the facts that they state, by the names of `Article`.

The keys are the usual ones of note takers, site generators and feeds. A value that states nothing usable is left out, and so is
a day that is not the day of publication ("created", "updated").
"""

from __future__ import annotations

import html
import json
import math
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from retrieval import lexicon
from retrieval.articles import dates, metadata
from retrieval.text import paragraphs

_KEYS = {  # without case, `_` and `-`
    "title": "title headline heading subject",
    "publisher": "publisher outlet publication site sitename website newspaper",
    "source": "source origin originalsource",
    "distributor": "distributor agency wire",
    "author": "author authors byline creator writer",
    "date": "date published pubdate publishdate publisheddate datepublished publisheddatetime publicationdate publishedat "
    "publishedon publishedtime webpublicationdate publishingdate datepublish firstpublished publicationdatetime",
    "url": "url link canonical canonicalurl permalink sourceurl originalurl weburl articleurl",
}
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8}\d{0,2});", re.IGNORECASE)
_SPACES = re.compile(r"[\s\0-\x1f\x7f-\x9f]+")  # also control characters
_WIKI_LINK = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]+)\]\]|\[([^\[\]]+)\]\([^()\s]*\)")
_MAILBOX = re.compile(r"\s*<\S+@\S+>|^\S+@\S+\s+\((?P<name>[^()]+)\)$")
_NO_AUTHOR = lexicon.words("bylines", "nobody")
_NOTHING = ("~", "null", "none", "n/a")  # as YAML and exports write that there is none
_MOST = 20  # values of one list, and levels of lists in lists: more are no list of authors
_DEEPEST = 3
_CLOCKS = {10: 1, 13: 1000}  # digits of seconds and of milliseconds since 1970
_CHUNK = re.compile(r"^(?=[^\W\d][\w-]*[ \t]*[:=])", re.MULTILINE)
_BY = r"(?:By|BY|by|(?:Written|Posted|Words|Text|Story) by|Von|VON|Por|POR|Par|PAR|Di|Door|Av)"
_CREDIT = re.compile(rf"(?:{_BY}|(?P<work>[^\W\d_]+(?: (?:[^\W\d_A-Z]+|&)){{0,4}}) by)\s*:?\s+(?=\S+\s+\S)")
_BESIDE = re.compile(r"\s*[.,;|·(]\s*(?P<work>[^\W\d_]+(?: (?:[^\W\d_]+|&)){0,4}) by\s")
_OFFICES = lexicon.words("bylines", "office")
_WRITTEN, _OTHER_WORK = (
    {word.rstrip("s") for word in lexicon.words("bylines", kind)} for kind in ("writer", "another")
)


def of_front_matter(text: str) -> dict[str, str]:
    """What the front matter of a text states (YAML, TOML or JSON); a line that cannot be parsed loses only itself."""
    end = paragraphs.front_matter(text)
    if not end:
        return {}
    matter = text[:end].lstrip("\ufeff").strip()
    if matter.startswith("{"):
        return of_record(json.loads(matter, strict=False))
    parse = _toml if matter.startswith("+++") else _yaml
    inner = matter[3:].rpartition("\n")[0]
    values = _parsed(parse, inner)
    if values is None:
        values = {}
        for chunk in _CHUNK.split(inner):
            values = (_parsed(parse, chunk) or _literal(chunk)) | values
    return of_record(values)


def of_record(values: Mapping[Any, Any]) -> dict[str, str]:
    """What the values state, by the fields of `Article`; a source that is an address is where the article stands."""
    named = without_case(values)
    facts = {name: _first(name, (named.get(key) for key in keys.split())) for name, keys in _KEYS.items()}
    if isinstance(named.get("source"), dict) and not facts["publisher"]:
        facts["publisher"], facts["source"] = facts["source"], None  # news services describe the outlet there
    if facts["source"] and (address := metadata.full_address(facts["source"])):
        facts["url"], facts["source"] = facts["url"] or address, None
    return {name: fact for name, fact in facts.items() if fact}


def without_case(values: Mapping[Any, Any]) -> dict[str, Any]:
    """The values by their names without case, `_` and `-`; of names that are then alike, the first's."""
    named: dict[str, Any] = {}
    for key, value in values.items():
        named.setdefault(re.sub(r"[\W_]", "", str(key).lower()), value)
    return named


def fact(name: str, value: Any) -> str | None:
    """One value (a text, a number, a person or organisation, or a list of these) as the field `name` wants it."""
    if name == "date":
        return _day(value[0] if isinstance(value, list) and value else value)
    texts = (tidy(name, text) for text in _texts(value))
    return ", ".join(dict.fromkeys(filter(None, texts))) or None


def tidy(name: str, text: str) -> str | None:
    """A text as the field wants it: entities decoded, links and "By" taken off; `None` where it states nothing."""
    if any("\ud800" <= char <= "\udfff" for char in text):
        return None
    text = _SPACES.sub(" ", html.unescape(text) if _ENTITY.search(text) else text).strip()
    if name == "url":
        return metadata.full_address(text)
    text = _WIKI_LINK.sub(lambda link: link[1] or link[2], text)
    if name != "author":
        return None if text.lower() in _NOTHING else text or None
    mailbox = _MAILBOX.search(text)
    text = (mailbox["name"] if mailbox and mailbox["name"] else _MAILBOX.sub("", text)).strip()
    text = _without_office(_without_by(text))
    profile = "://" in text or text.startswith("@") or re.fullmatch(r"\S+@\S+", text)
    return None if profile or text.lower() in _NO_AUTHOR else text or None


def _without_by(name: str) -> str:
    """ "By Jane Doe", "Updates by Jane Doe" → "Jane Doe"; "Photos by Jane Doe" → "", since she is no author.

    A single word behind "Von" or "By" is a part of the name.
    """
    match = _CREDIT.match(name)
    if not match:
        return name
    work = {word.rstrip("s") for word in (match["work"] or "").lower().split()}
    return "" if _OTHER_WORK & work and not _WRITTEN & work else name[match.end() :]


def _without_office(name: str) -> str:
    """ "Jane Doe, Science Editor", "Jane Doe. Translated by Jo Tan" → "Jane Doe"."""
    for credit in _BESIDE.finditer(name):
        if _OTHER_WORK & {word.rstrip("s") for word in credit["work"].lower().split()}:
            name = name[: credit.start()]
            break
    first, *parts = name.split(", ")
    return ", ".join([first, *(part for part in parts if part.lower().rpartition(" ")[2] not in _OFFICES)])


def _first(name: str, values: Iterable[Any]) -> str | None:
    return next((stated for value in values if (stated := fact(name, value))), None)


def _texts(value: Any, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict) and depth < _DEEPEST:
        yield from _texts(value.get("name"), depth + 1)
    elif isinstance(value, list) and depth < _DEEPEST:
        for item in value[:_MOST]:
            yield from _texts(item, depth + 1)


def _day(value: Any) -> str | None:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and math.isfinite(value):
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    value = value.strip()
    if value.isascii() and value.isdigit() and len(value) in _CLOCKS:
        return datetime.fromtimestamp(int(value) / _CLOCKS[len(value)], UTC).date().isoformat()
    return dates.day(value)


def _parsed(parse: Callable[[str], Any], text: str) -> dict[Any, Any] | None:
    try:
        values = parse(text)
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) else None


def _yaml(text: str) -> Any:
    import yaml

    try:
        return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 (only strings)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def _toml(text: str) -> Any:
    return {
        key: value if isinstance(value, str | list | dict) else str(value) for key, value in tomllib.loads(text).items()
    }


def _literal(chunk: str) -> dict[str, str]:
    """A line `key: value` that its language does not allow ("title: Ardell: the tram is closed"), as it is written."""
    key, _, value = chunk.partition("\n")[0].partition(":" if ":" in chunk.partition("=")[0] else "=")
    return {key.strip(): value.strip().strip("\"'")} if value.strip() else {}
