"""The JSON-LD of a page → the one object that describes its article, references to other objects filled in.

Of several articles the one counts whose address or headline is the page's; where none is, and the page says which one it should
be, no object does: its facts would be another article's.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

_ARTICLE = re.compile(r"(?:\w*Article|\w*BlogPosting|Report|LiveBlogPosting)$")
_PAGE = re.compile(r"\w*WebPage$")
_MOST = 2000  # objects of one page that are looked at
_DEEPEST = 12
_WRAPPING = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>|;)\s*$")
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_STRING = r'"(?:[^"\\\n]|\\.)*"'
_KEPT = ("headline", "datePublished", "url", "author", "publisher")

Object = dict[str, Any]


def article(scripts: Iterable[str], urls: Sequence[str], titles: Sequence[str]) -> Object:
    """The article's object, empty where there is none; `urls` and `titles` are what the page's other tags say of it."""
    objects = [each for script in scripts for each in _objects(_parsed(script), 0)][:_MOST]
    named = {str(each["@id"]): each for each in sorted(objects, key=len) if "@id" in each}
    candidates = [each for each in objects if _is(each, _ARTICLE)] or [each for each in objects if _is(each, _PAGE)]
    scores = [_agreement(each, urls, titles) for each in candidates]
    best = max(scores, default=0)
    if not candidates or best < 0 or (best == 0 and len(candidates) > 1 and (urls or titles)):
        return {}
    return {key: _filled(value, named) for key, value in candidates[scores.index(best)].items()}


def _is(value: Object, kind: re.Pattern[str]) -> bool:
    kinds = value.get("@type")
    return any(isinstance(name, str) and kind.match(name) for name in (kinds if isinstance(kinds, list) else [kinds]))


def _agreement(value: Object, urls: Sequence[str], titles: Sequence[str]) -> int:
    """How far an object is this page's: 2 by its address, 1 by its headline, -1 where both are others'."""
    entity = value.get("mainEntityOfPage")
    own = [value.get("url"), value.get("@id"), entity.get("@id") if isinstance(entity, dict) else entity]
    addresses = [_bare(each) for each in own if isinstance(each, str) and "://" in each]
    if any(address == _bare(url) for address in addresses for url in urls):
        return 2
    headline, stated = (
        _words(str(value.get("headline") or value.get("name") or "")),
        list(filter(None, map(_words, titles))),
    )
    if headline and any(headline in title or title in headline for title in stated):
        return 1
    return -1 if (addresses and urls) or (headline and stated) else 0


def _bare(url: str) -> str:
    return re.sub(r"^https?://(?:www\.)?|[#?].*$", "", url).rstrip("/")


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", html.unescape(text).casefold()))


def _objects(value: Any, depth: int) -> Iterator[Object]:
    """Every object in a value, outer ones first."""
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        if isinstance(item, dict | list):
            yield from _objects(item, depth + 1)


def _filled(value: Any, named: dict[str, Object], depth: int = 0) -> Any:
    """The value with the objects in place of the references `{"@id": …}` to them."""
    if isinstance(value, list):
        return [_filled(item, named, depth + 1) for item in value[:_MOST]] if depth < 2 else value
    if isinstance(value, dict) and "name" not in value and isinstance(value.get("@id"), str):
        return named.get(value["@id"], value)
    return named.get(value, value) if isinstance(value, str) and value.startswith("#") else value


def _parsed(script: str) -> Any:
    """The value of a script; of one that is broken, the strings that stand behind the keys that matter."""
    script = _WRAPPING.sub("", _WRAPPING.sub("", script.strip())).strip()
    for text in (script, _TRAILING_COMMA.sub(r"\1", script), html.unescape(script)):
        try:
            return json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
    return _strings(script)


def _strings(script: str) -> Object:
    values: Object = {}
    for key in _KEPT:
        hits = re.findall(
            rf'"{key}"\s*:\s*(?:[\[{{]\s*)*(?:"@type"\s*:\s*{_STRING}\s*,\s*"name"\s*:\s*|"name"\s*:\s*)?({_STRING})',
            script,
        )
        if len(hits) == 1:  # of several nobody knows which one is the article's
            values[key] = hits[0][1:-1]
    types = re.findall(r'"@type"\s*:\s*"(\w+)"', script)
    return {"@type": next(filter(_ARTICLE.match, types), None), **values}
