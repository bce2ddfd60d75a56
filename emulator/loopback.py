"""Whether a request came to this machine by one of its own names: no other site can make a browser say so."""

from __future__ import annotations

import re
from collections.abc import Mapping

_OWN = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?", re.IGNORECASE | re.ASCII)


def is_addressed(headers: Mapping[str, str]) -> bool:
    """Whether the Host header names this machine, with or without a port."""
    return _OWN.fullmatch(headers.get("Host", "")) is not None
