"""A saved web page → the article's text and what the page states about itself; trafilatura and lxml enter only here.

The text is trafilatura's. The facts are read from the page's own tags (Open Graph, JSON-LD, `meta`, `link`), because a
library's best guess is no fact: what no tag states stays `None`.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from retrieval.articles import dates, metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

_ARTICLE = re.compile(r"(?:\w*Article|BlogPosting|Report|WebPage|LiveBlogPosting)$")
_PUBLISHED = (
    "article:published_time", "og:published_time", "og:article:published_time", "datepublished", "parsely-pub-date",
    "sailthru.date", "dc.date.issued", "dc.date", "dcterms.created", "dcterms.date", "publish-date", "publishdate",
    "pubdate", "publication_date", "date", "article.published", "citation_publication_date", "cxenseparse:recs:publishtime",
)  # fmt: skip
_AUTHOR = ("author", "article:author", "parsely-author", "dc.creator", "sailthru.author", "byl", "citation_author")
_TITLE = ("og:title", "twitter:title", "parsely-title", "dc.title", "title", "headline")
_SITE = (
    "og:site_name",
    "application-name",
    "dc.publisher",
    "publisher",
    "article:publisher",
    "twitter:app:name:iphone",
)


def read(data: bytes) -> tuple[str, dict[str, str]]:
    """The text (empty where no article is found) and the facts that the page states, by the names of `Article`.

    Raises `ValueError` where the bytes are no page that can be parsed.
    """
    import trafilatura
    from lxml.etree import LxmlError

    try:
        tree = trafilatura.load_html(data)
        if tree is None:
            raise ValueError("no web page")
        facts = _facts(tree)
        text = trafilatura.extract(tree, include_comments=False, include_tables=True, with_metadata=False)
    except (LxmlError, RecursionError, AttributeError, TypeError) as error:
        raise ValueError(f"the page cannot be parsed ({type(error).__name__})") from error
    return text or "", {name: value for name, value in facts.items() if value}


def _facts(tree: Any) -> dict[str, str | None]:
    tags = _tags(tree)
    told = next(_articles(tree), {})
    url = _url(tree, tags, told)
    return {
        "title": _clean(tags, *_TITLE) or _text(told.get("headline")) or _heading(tree),
        "publisher": _clean(tags, *_SITE) or _name(told.get("publisher")) or (metadata.host(url) if url else None),
        "author": _name(told.get("author")) or _clean(tags, *_AUTHOR),
        "date": _date(tree, tags, told),
        "url": url,
        "source": _name(told.get("copyrightHolder")) or _name(told.get("sourceOrganization")),
    }


def _tags(tree: Any) -> dict[str, str]:
    """The page's `meta` tags: the first of each name, in small letters."""
    tags: dict[str, str] = {}
    for tag in tree.iter("meta"):
        name = tag.get("property") or tag.get("name") or tag.get("itemprop") or ""
        if tag.get("content", "").strip():
            tags.setdefault(name.strip().lower(), tag.get("content").strip())
    return tags


def _articles(tree: Any) -> Iterator[dict[str, Any]]:
    """The JSON-LD objects that describe an article, in the order of the page."""
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or ""):
            try:
                yield from _objects(json.loads(script.text or "null"), depth=0)
            except (ValueError, RecursionError):
                continue


def _objects(value: Any, *, depth: int) -> Iterator[dict[str, Any]]:
    if isinstance(value, list) and depth < 5:
        for item in value:
            yield from _objects(item, depth=depth + 1)
    if isinstance(value, dict):
        kinds = value.get("@type")
        if any(
            isinstance(kind, str) and _ARTICLE.search(kind) for kind in (kinds if isinstance(kinds, list) else [kinds])
        ):
            yield value
        yield from _objects(value.get("@graph"), depth=depth + 1)


def _clean(tags: dict[str, str], *names: str) -> str | None:
    """The first of these tags that holds words and no address (`article:author` is often a profile's)."""
    values = (tags[name] for name in names if name in tags)
    return next((" ".join(value.split()) for value in values if "://" not in value and not value.startswith("@")), None)


def _text(value: Any) -> str | None:
    return " ".join(value.split()) or None if isinstance(value, str) and "://" not in value else None


def _name(value: Any) -> str | None:
    """The name in a JSON-LD person or organisation, or those of several."""
    if isinstance(value, list):
        names = [name for item in value[:10] if not isinstance(item, list) and (name := _name(item))]
        return ", ".join(dict.fromkeys(names)) or None
    return _text(value.get("name")) if isinstance(value, dict) else _text(value)


def _heading(tree: Any) -> str | None:
    """The page's only first-level heading."""
    headings = [" ".join(tag.text_content().split()) for tag in tree.iter("h1")]
    return headings[0] if len(headings) == 1 and headings[0] else None


def _date(tree: Any, tags: dict[str, str], told: dict[str, Any]) -> str | None:
    values = [tags[name] for name in _PUBLISHED if name in tags]
    values += [told["datePublished"]] if isinstance(told.get("datePublished"), str) else []
    values += [
        tag.get("datetime")
        for tag in tree.iter("time")
        if tag.get("datetime") and (tag.get("pubdate") is not None or "datePublished" in (tag.get("itemprop") or ""))
    ]
    return next((day for value in values if (day := dates.day(value))), None)


def _url(tree: Any, tags: dict[str, str], told: dict[str, Any]) -> str | None:
    links = [tag.get("href") for tag in tree.iter("link") if (tag.get("rel") or "").lower() == "canonical"]
    entity = told.get("mainEntityOfPage")
    values = [*links, tags.get("og:url"), told.get("url"), entity.get("@id") if isinstance(entity, dict) else entity]
    found = (metadata.full_address(value) for value in values if isinstance(value, str))
    return next((url for url in found if url and urlsplit(url).hostname), None)
