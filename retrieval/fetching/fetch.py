"""Addresses of feeds, sitemaps and pages → pages in a folder, one after the other; what fails is named and the rest goes on.

A page is kept as it came, byte for byte, behind two lines of comment: its address, in the form in which browsers note
where a saved page is from and in which it is read back, and when it was fetched, with the SHA-256 of what follows. The
validators (`ETag`, `Last-Modified`) stand in a hidden file beside the pages, since the pages do not have them. The only
module that uses feedparser.
"""

from __future__ import annotations

import codecs
import hashlib
import html
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

import feedparser

from retrieval.errors import ArticlesError
from retrieval.fetching.client import LARGEST, Client, FetchError, Response, normalize, unpack

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
        record = self._known.get(address, {})
        file = record.get("file")
        if file and not (self._folder / file).is_file():
            return None, None
        return record.get("etag"), record.get("modified")

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
    """The records of a file; none of a damaged one, so that all is asked for anew."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    records = content.items() if isinstance(content, dict) else ()
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


_DEEPEST = 2  # lists that an address may lie below: a sitemap in an index of sitemaps
_LEFT = "left for another run, or raise --limit"
_PAGES = ("text/html", "application/xhtml+xml")


class Outcome(NamedTuple):
    """What became of an address: a page that was written as `file` of the folder, or one that brought nothing for a `fault`.

    Where neither is set, the page or feed is as it was when it was last fetched.
    """

    address: str
    file: str | None = None
    fault: str | None = None


def fetch(
    addresses: Iterable[str],
    folder: Path,
    client: Client,
    *,
    limit: int = 100,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Iterator[Outcome]:
    """Fetch pages and what feeds and sitemaps list, at most `limit` addresses in all; one outcome each, as it comes.

    Raises `ArticlesError` where the folder cannot be written. What was fetched is kept whenever the caller stops.
    """
    run = _Run(PageFolder(folder), client, limit, now)
    try:
        for address in addresses:
            yield from run.visit(address)
    finally:
        run.folder.save()


class _Run:
    def __init__(self, folder: PageFolder, client: Client, limit: int, now: Callable[[], datetime]) -> None:
        self.folder = folder
        self._client, self._left, self._now = client, limit, now
        self._seen: set[str] = set()

    def visit(self, address: str, depth: int = 0) -> Iterator[Outcome]:
        """The outcomes of an address and of all that it lists; none for one that was visited."""
        try:
            address = normalize(address)
            if address in self._seen:
                return
            self._seen.add(address)
            response = self._take(address)
            listed = links(response) if response else None
            if response is None:
                yield Outcome(address)
            elif listed is None:
                yield self._store(address, response)
            else:
                yield from self._visit_all(address, response, listed, depth + 1)
        except FetchError as error:
            yield Outcome(address, fault=str(error))

    def _take(self, address: str) -> Response | None:
        if self._left <= 0:
            raise FetchError(_LEFT)
        self._left -= 1
        return self._client.get(address, *self.folder.validators(address))

    def _visit_all(self, address: str, feed: Response, listed: list[str], depth: int) -> Iterator[Outcome]:
        """The outcomes of what a list has; only where all of it is here may the list be passed over while it is unchanged."""
        if not listed or depth > _DEEPEST:
            raise FetchError("a list below a list below a list" if listed else "it lists no address")
        complete = True
        for number, each in enumerate(listed):
            if self._left <= 0:
                raise FetchError(f"{len(listed) - number:,} of its {len(listed):,} addresses: {_LEFT}")
            for outcome in self.visit(each, depth):
                complete = complete and not outcome.fault
                yield outcome
        if complete:
            self.folder.remember(address, feed)

    def _store(self, address: str, page: Response) -> Outcome:
        if page.media_type not in _PAGES:
            raise FetchError(f"neither page nor feed ({page.media_type or 'no type'})")
        if not page.content.strip():
            raise FetchError("empty")
        return Outcome(address, self.folder.store(address, page, self._now()))


_HEAD = 2_000  # bytes in which the first element of a feed begins
_FEED = re.compile(rb"<(?:rss|feed|rdf:RDF|channel)[\s>]", re.IGNORECASE)
_SITEMAP = re.compile(rb"<(?:\w+:)?(?:urlset|sitemapindex)[\s>]")
_LOCATION = re.compile(rb"<(?:\w+:)?loc>\s*(?:<!\[CDATA\[)?\s*([^<\]]+?)\s*(?:\]\]>)?\s*</")
_PAGE = re.compile(rb"<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE)


def links(response: Response) -> list[str] | None:
    """The addresses that a feed (RSS, Atom) or sitemap lists, each once; `None` where the bytes are neither.

    Raises `FetchError` where the bytes are damaged.
    """
    data = response.content
    if data.startswith(b"\x1f\x8b"):  # sitemaps are often kept packed
        data = unpack([data], LARGEST, packed=True)
        if len(data) > LARGEST:
            raise FetchError(f"more than {LARGEST:,} bytes")
    head = data[:_HEAD]
    if _PAGE.search(head):
        return None
    if _SITEMAP.search(head):
        named: Iterator[str] = (html.unescape(each.decode("utf-8", "replace")) for each in _LOCATION.findall(data))
    elif _FEED.search(head):
        named = _entries(data)
    else:
        return None
    return list(dict.fromkeys(_joined(response.address, each) for each in named))


def _entries(data: bytes) -> Iterator[str]:
    parsed = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    return (entry["link"] for entry in parsed.entries if entry.get("link"))


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link.strip())
    except ValueError:  # fetching it gives the reason
        return link.strip()
