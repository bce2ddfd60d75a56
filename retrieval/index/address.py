"""Where an index is, if not in a folder: `milvus://HOST:PORT/NAME`, `milvus+tls://HOST:PORT/NAME` or `milvus:FOLDER/FILE.db`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from retrieval.errors import EngineError

FORMS = "milvus://HOST:PORT/NAME, milvus+tls://HOST:PORT/NAME or milvus:FOLDER/FILE.db"
TOKEN = "MILVUS_TOKEN"  # noqa: S105 (the name of a variable)
_SCHEME = re.compile(
    r"milvus(\+tls)?:/{1,2}([^/\s@]+:\d+)/([A-Za-z]\w{0,99})", re.ASCII
)  # `Path` makes one slash of two
_EMBEDDED = re.compile(r"milvus:(.+\.db)")


class Address(NamedTuple):
    """Where collections are: a server's address or an embedded file's path, and how their names begin."""

    uri: str
    name: str

    @property
    def embedded(self) -> bool:
        """Whether it is a file, which one process at a time may open."""
        return not self.uri.startswith("http")

    def __str__(self) -> str:
        if self.embedded:
            return f"milvus:{self.uri}"
        scheme, _, host = self.uri.partition("://")
        return f"milvus{'+tls' if scheme == 'https' else ''}://{host}/{self.name}"


def parse(location: str | Path) -> Address | None:
    """The address that a location names, as `milvus://HOST:PORT/NAME`, `milvus+tls://…` or `milvus:PATH.db`; else `None`.

    Raises `EngineError` for one that begins so and is none.
    """
    text = str(location)
    if not text.startswith(("milvus:", "milvus+")):
        return None
    if server := _SCHEME.fullmatch(text):
        return Address(f"http{'s' if server[1] else ''}://{server[2]}", server[3])
    if file := _EMBEDDED.fullmatch(text):
        return Address(file[1], "byline")
    raise EngineError(
        f"{text}: no address of an engine: {FORMS}; a name has letters, digits and _, a token stands in {TOKEN}"
    )


def shown(location: Path) -> str:
    """A location as it is written."""
    return str(parse(location) or location)
