"""Bylines as records and tags state them: who is named, without "By"."""

from __future__ import annotations

import re

from retrieval import lexicon

_BY = r"(?:By|BY|by|(?:Written|Posted|Words|Text|Story) by|Von|VON|Por|POR|Par|PAR|Di|Door|Av)"
_CREDIT = re.compile(rf"(?:{_BY}|(?P<work>[^\W\d_]+(?: (?:[^\W\d_A-Z]+|&)){{0,4}}) by)\s*:?\s+(?=\S+\s+\S)")
_WRITTEN, _OTHER_WORK = (
    {word.rstrip("s") for word in lexicon.words("bylines", kind)} for kind in ("writer", "another")
)


def without_by(name: str) -> str:
    """ "By Jane Doe", "Updates by Jane Doe" → "Jane Doe"; "Photos by Jane Doe" → "", since she is no author.

    A single word behind "Von" or "By" is a part of the name.
    """
    match = _CREDIT.match(name)
    if not match:
        return name
    work = {word.rstrip("s") for word in (match["work"] or "").lower().split()}
    return "" if _OTHER_WORK & work and not _WRITTEN & work else name[match.end() :]
