"""Addresses of feeds, sitemaps and pages → pages in a folder, one after the other; what fails is named and the rest goes on.

The only place that knows feedparser.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin

import feedparser

from retrieval.fetching.client import LARGEST, Client, FetchError, Response, normalize, unpack
from retrieval.fetching.store import PageFolder

_DEEPEST = 2  # lists that an address may lie below: a sitemap in an index of sitemaps
_LEFT = "left for another run, or raise --limit"
_PAGES = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class Stored:
    """A page that was written, and its name in the folder."""

    address: str
    file: str


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A page or feed that is as it was when it was last fetched."""

    address: str


@dataclass(frozen=True, slots=True)
class Failed:
    """An address that brought nothing, and why, in a few words."""

    address: str
    reason: str


Outcome = Stored | Unchanged | Failed


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
                yield Unchanged(address)
            elif listed is None:
                yield self._store(address, response)
            else:
                yield from self._visit_all(address, response, listed, depth + 1)
        except FetchError as error:
            yield Failed(address, str(error))

    def _take(self, address: str) -> Response | None:
        if self._left <= 0:
            raise FetchError(_LEFT)
        self._left -= 1
        return self._client.get(address, *self.folder.validators(address))

    def _visit_all(self, address: str, feed: Response, listed: list[str], depth: int) -> Iterator[Outcome]:
        """The outcomes of what a list has; only where all of it is here may the list be passed over while it is unchanged."""
        if not listed or depth > _DEEPEST:
            raise FetchError("a list below a list below a list" if listed else "it lists no address")
        whole = True
        for number, each in enumerate(listed):
            if self._left <= 0:
                raise FetchError(f"{len(listed) - number:,} of its {len(listed):,} addresses: {_LEFT}")
            for outcome in self.visit(each, depth):
                whole = whole and not isinstance(outcome, Failed)
                yield outcome
        if whole:
            self.folder.remember(address, feed)

    def _store(self, address: str, page: Response) -> Outcome:
        if page.media_type not in _PAGES:
            raise FetchError(f"neither page nor feed ({page.media_type or 'no type'})")
        if not page.content.strip():
            raise FetchError("empty")
        file = self.folder.store(address, page, self._now())
        return Stored(address, file) if file else Unchanged(address)


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
    except ValueError:  # whoever fetches it says so
        return link.strip()
