"""The bytes of a feed or sitemap → the addresses that it lists, in its order; the only place that knows feedparser."""

from __future__ import annotations

import html
import io
import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import feedparser

from retrieval.fetching.addresses import FetchError
from retrieval.fetching.client import LARGEST, unpack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retrieval.fetching.client import Response

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
