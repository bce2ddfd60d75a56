"""A passage and its sentence ↔ the payload of a deep link or an inline query: at most 64 letters, digits, `_` and `-`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from retrieval import parse_passage_id, passage_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from retrieval import Hit

_PAYLOAD = re.compile(r"p([0-9a-f]{16})_(\d{1,9})-(\d{1,9})_(\d{1,9})-(\d{1,9})")


def payload(hit: Hit) -> str:
    """What stands for the hit in a link."""
    sha256, first, last = parse_passage_id(passage_id(hit.passage))
    start, end = hit.highlight
    return f"p{sha256}_{first}-{last}_{start}-{end}"


def linked(payload: str, find: Callable[[str, tuple[int, int]], Hit]) -> Hit | None:
    """The hit that a payload stands for; `None` where it is none, or `find` (`Index.hit`) does not have it."""
    match = _PAYLOAD.fullmatch(payload)
    if match is None:
        return None
    sha256, *numbers = match.groups()
    first, last, start, end = map(int, numbers)
    try:
        return find(f"{sha256}:{first}-{last}", (start, end))
    except ValueError:
        return None
