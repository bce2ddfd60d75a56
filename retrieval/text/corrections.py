"""A sentence → whether an outlet says in it what it reported earlier: "An earlier version of this article said …". English only."""

from __future__ import annotations

import re

EARLIER = r"(?:earlier|previous(?:ly)?|initial(?:ly)?|original(?:ly)?|prior|at first)"
TEXT = (  # what an outlet prints
    r"(?:article|bulletin|caption|column|entry|entries|graphic|headline|item|news item|piece|post|posting|story|tweet|update)s?"
)
SAYS = r"(?:reported|said|stated|gave|given|announced|described|named|listed|put at|posted|wrote)"
_OWN_TEXT = (
    rf"(?:our (?:\w+ )?(?:{TEXT}|report)|this (?:{TEXT}|report) {EARLIER}|{EARLIER} (?:\w+ ){{0,2}}"
    rf"(?:{TEXT}|version of (?:our|the|this) (?:{TEXT}|page|report)))"
)
_OWN_REPORT = re.compile(  # what an outlet says of what it reported itself
    rf"\b(?:{_OWN_TEXT}\b[^.;]{{0,250}}?\b(?:{SAYS}|called)|{TEXT}\b[^.;]{{0,80}}?\bwe (?:\w+ )?{SAYS}|"
    r"we (?:also|\w+ly) (?:printed|published|reported|wrote) that)\b",
    re.IGNORECASE,
)


def own_report(text: str) -> re.Match[str] | None:
    """Where an outlet says what it reported itself, which a later sentence or the same one puts right; `None` where it does not."""
    return _OWN_REPORT.search(text)
