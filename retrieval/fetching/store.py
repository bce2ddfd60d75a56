"""A folder of articles with the pages that were fetched into it: each a file, and what is needed to ask for changes only.

A page is kept as it came, byte for byte, behind two lines of comment: its address, in the form in which browsers note where a saved
page is from and in which it is read back, and when it was fetched, with the SHA-256 of what follows. The validators (`ETag`,
`Last-Modified`) stand in a hidden file beside the pages, since the pages do not have them.
"""

from __future__ import annotations

import codecs
import hashlib
import json
import re
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from retrieval.errors import ArticlesError
from retrieval.fetching.client import Response

_STATE = ".fetched.json"
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_LONGEST = 60  # characters of a name


class PageFolder:
    """The folder, made where it is not there; raises `ArticlesError` where it cannot be written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            text = (folder / _STATE).read_text("utf-8")
        except FileNotFoundError:
            text = "{}"
        except OSError as error:
            raise _unwritable(folder, error) from error
        self._known: dict[str, dict[str, str | None]] = _parsed(text)

    def validators(self, address: str) -> tuple[str | None, str | None]:
        """The `ETag` and `Last-Modified` of what was fetched of an address; `None`s where that is not here any more."""
        known = self._known.get(address, {})
        file = known.get("file")
        if file and not (self._folder / file).is_file():
            return None, None
        return known.get("etag"), known.get("modified")

    def store(self, address: str, page: Response, now: datetime) -> str | None:
        """Write the page and return its name in the folder; `None` where it was there already, byte for byte."""
        file, sha256 = _name(page.address), hashlib.sha256(page.content).hexdigest()
        path = self._folder / file
        same = self._known.get(address, {}).get("sha256") == sha256 and path.is_file()
        if not same:
            self._write(path, _head(page, sha256, now) + page.content)
        self._known[address] = {"file": file, "sha256": sha256, "etag": page.etag, "modified": page.modified}
        return None if same else file

    def remember(self, address: str, feed: Response) -> None:
        """Keep the validators of a feed whose pages are all here."""
        self._known[address] = {"etag": feed.etag, "modified": feed.modified}

    def save(self) -> None:
        """Write down the validators."""
        self._write(self._folder / _STATE, json.dumps(self._known, indent=1, sort_keys=True).encode())

    def _write(self, path: Path, data: bytes) -> None:
        """Write a file whole or not at all: under a hidden name first, which nobody reads."""
        aside = path.with_name(f".{path.name}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            aside.write_bytes(data)
            aside.replace(path)
        except OSError as error:
            with suppress(OSError):
                aside.unlink(missing_ok=True)
            raise _unwritable(self._folder, error) from error


def _head(page: Response, sha256: str, now: datetime) -> bytes:
    """The lines before a page, in its encoding where it begins with a byte order mark."""
    url = page.address.replace("--", "-%2D")  # two hyphens would end the comment
    lines = f"<!-- saved from url=({len(url):04}){url} -->\n<!-- fetched {now:%Y-%m-%dT%H:%M:%SZ}, sha256 of what follows {sha256} -->\n"
    for mark, encoding in _MARKS.items():
        if page.content.startswith(mark):
            return mark + lines.encode(encoding)
    return lines.encode("ascii")


def _parsed(text: str) -> dict[str, dict[str, str | None]]:
    """What was known; of a damaged file nothing, so that all is asked for anew."""
    try:
        known = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    records = known.items() if isinstance(known, dict) else ()
    return {
        address: {name: value for name, value in record.items() if isinstance(value, str)}
        for address, record in records
        if isinstance(record, dict)
    }


def _name(address: str) -> str:
    """`host/last-words-of-the-path-1a2b3c4d.html`, always the same for an address."""
    parts = urlsplit(address)
    host = re.sub(r"[^a-z0-9.-]+", "_", parts.netloc.lower()).strip(".") or "_"
    words = [re.sub(r"[^A-Za-z0-9]+", "-", unquote(part)).strip("-") for part in parts.path.split("/")]
    last = next((word for word in reversed(words) if word), "index")
    last = re.sub(r"-(?:html?|php|aspx?)$", "", last)[:_LONGEST].strip("-")
    return f"{host}/{last}-{hashlib.sha256(address.encode()).hexdigest()[:8]}.html"


def _unwritable(folder: Path, error: OSError) -> ArticlesError:
    reason = (error.strerror or type(error).__name__).lower()
    return ArticlesError(
        f"nothing can be written into {folder} ({reason}): free space there or name another folder with --to"
    )
