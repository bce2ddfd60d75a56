"""A saved web page → the article's text and what the page states about itself; trafilatura and lxml enter only here.

The text is trafilatura's. The facts are those of the page's own tags (Open Graph, JSON-LD, `meta`, `link`, microformats); what no
tag states is looked for in the lines that the page shows, as in a plain text. A library's best guess is no fact.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from typing import Any

from retrieval import lexicon
from retrieval.articles import dates, fields, json_ld, metadata, page_rewriting

_PUBLISHED = (
    "article:published_time", "og:published_time", "og:article:published_time", "datepublished", "parsely-pub-date",
    "sailthru.date", "dc.date.issued", "dcterms.issued", "dc.date", "dcterms.date", "publish-date", "publishdate",
    "pubdate", "publication_date", "date", "article.published", "citation_publication_date", "cxenseparse:recs:publishtime",
)  # fmt: skip
_AUTHORS = ("author", "article:author", "parsely-author", "dc.creator", "sailthru.author", "byl", "citation_author")
_TITLE = ("og:title", "twitter:title", "parsely-title", "dc.title", "title", "headline")
_SITE = (
    "og:site_name",
    "application-name",
    "dc.publisher",
    "publisher",
    "article:publisher",
    "twitter:app:name:iphone",
)
_UNSEEN, _BLOCKS, _APART = (lexicon.words("html_tags", kind) for kind in ("unseen", "block", "apart"))
_AUTHOR = re.compile(
    r"(?:^|\s)(?:p-author|byline[\w-]*|author(?:-?name|s)?|fn n|entry-author[\w-]*|article-author)(?:$|\s)"
)
_TAG = re.compile(
    r"</?(?:p|br|div|h[1-6]|ul|ol|li|blockquote|table|span|a|strong|em|b|i)(?:\s[^<>]*)?/?>", re.IGNORECASE
)
_ENTITY = re.compile(r"&(?:#\d{2,6}|#x[0-9a-f]{2,5}|amp|quot|apos|nbsp|[lr][sd]quo|[mn]dash|hellip);", re.IGNORECASE)
_SAVED = re.compile(rb"<!-- saved from url=\(\d{4,}\)(https?://[!-;=?-~]+) -->")
_HEAD = 10_000  # bytes before which it is noted
_NOT_DRAWN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_UPDATED = re.compile(r"updated|modified")
_LABEL = 30  # characters in front of a day that say of what it is
_SEPARATOR = re.compile(r"\s*[|•·:»]\s+|\s+[–—-]\s+")


def read(data: bytes) -> tuple[str, dict[str, str]]:
    """The text (empty where no article is found) and the facts that the page states, by the names of `Article`.

    Raises `ValueError` where the bytes are no page that can be parsed, or where its tags are nested too deeply.
    """
    import trafilatura
    from lxml.etree import LxmlError

    try:
        page = tree(data)
        page_rewriting.drop_hidden(page)
        facts = _facts(page, _saved_from(data))
        shown = metadata.read(plain(page))
        page_rewriting.rewrite(page)
        text = trafilatura.extract(page, include_comments=False, include_tables=True, with_metadata=False)
    except (LxmlError, RecursionError, AttributeError, TypeError) as error:
        raise ValueError(f"the page cannot be parsed ({type(error).__name__})") from error
    seen = shown.pop("url", None)  # a link that the page shows is often another page's
    if seen and shown.get("publisher") == metadata.host(seen):
        del shown["publisher"]
    return text or "", shown | {name: value for name, value in facts.items() if value}


def from_markup(text: str, parse: Callable[[bytes], str]) -> str:
    """The text of a record that has tags (`parse` takes them out, as `of_markup` does) or entities in it; any other as it is."""
    if _TAG.search(text):
        return parse(text.encode("utf-8", "replace"))
    return html.unescape(text) if _ENTITY.search(text) else text


def of_markup(data: bytes) -> str:
    """All that a piece of a page shows."""
    return plain(tree(data))


def plain(page: Any) -> str:
    """All that the page shows, each block on a line of its own."""
    from lxml.etree import iterwalk

    parts: list[str] = []
    hidden = 0
    for event, node in iterwalk(page, events=("start", "end")):
        tag = node.tag
        unseen = tag in _UNSEEN or page_rewriting.is_aside(node) or _NOT_DRAWN.search(node.get("style", ""))
        hidden += bool(unseen) * (1 if event == "start" else -1)
        gap = "\n\n" if tag in _APART else "\n" if tag in _BLOCKS or (tag, event) == ("br", "end") else ""
        text = node.text if event == "start" else node.tail
        shown = " ".join(f".{text or ''}.".split())[1:-1] if not hidden or (event == "end" and hidden == 0) else ""
        parts += [gap, "- " if tag == "li" and event == "start" else "", shown] if event == "start" else [gap, shown]
    lines = (line.strip() for line in "".join(parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def xml(data: bytes) -> Any:
    """The tree of an XML file, without anything from outside of it. Raises `ValueError` where it is none."""
    from lxml import etree

    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError("damaged: a part of it cannot be read") from error


def decoded(data: bytes) -> str:
    """The text of bytes in whichever encoding."""
    from trafilatura.utils import decode_file

    return str(decode_file(data))


def tree(data: bytes) -> Any:
    """The tree of a page in whichever encoding, its raised figures written as such.

    Raises `ValueError` where its tags are nested too deeply.
    """
    from lxml.html import HTMLParser, document_fromstring

    parser = HTMLParser(huge_tree=True, encoding="utf-8", remove_comments=True, remove_pis=True)
    page = document_fromstring(decoded(data).encode("utf-8", "replace"), parser=parser)
    if any("depth" in entry.message for entry in parser.error_log):
        raise ValueError("its tags are nested too deeply, so that its end cannot be read: save its text as .txt")
    page_rewriting.raise_figures(page)
    return page


def _saved_from(data: bytes) -> str | None:
    """The address that a browser, or `byline fetch`, noted at the head of a page when it was saved."""
    noted = _SAVED.search(data[:_HEAD].replace(b"\0", b""))  # UTF-16 has them between the letters
    return noted[1].decode() if noted else None


def _facts(tree: Any, saved_from: str | None) -> dict[str, str | None]:
    tags = _tags(tree)
    links = [tag.get("href") for tag in tree.iter("link") if (tag.get("rel") or "").lower() == "canonical"]
    urls = [url for url in (*links, tags.get("og:url")) if url]
    headings = [" ".join(tag.text_content().split()) for tag in tree.iter("h1")]
    headline = next((title for title in tree.iter("title")), None)
    titles = [
        *(tags[name] for name in _TITLE if name in tags),
        *headings,
        *([headline.text_content()] if headline is not None else []),
    ]
    scripts = [tag.text or "" for tag in tree.iter("script") if "ld+json" in (tag.get("type") or "")]
    record = json_ld.article(scripts, urls, titles)
    entity = record.get("mainEntityOfPage")
    urls += [record.get("url"), entity.get("@id") if isinstance(entity, dict) else entity, saved_from]
    url = next((full for value in urls if isinstance(value, str) and (full := metadata.full_address(value))), None)
    publisher = _clean("publisher", tags, _SITE) or _name("publisher", record.get("publisher"))
    title = (
        _clean("title", tags, _TITLE)
        or _name("title", record.get("headline"))
        or (headings[0] if len(headings) == 1 else None)
    )
    return {
        "title": _without_outlet(title, publisher, headings),
        "publisher": publisher,
        "author": _name("author", record.get("author")) or _clean("author", tags, _AUTHORS) or _marked(tree, _author),
        "date": _date(tags, record) or _marked(tree, _day),
        "url": url,
        "source": _name("source", record.get("copyrightHolder")) or _name("source", record.get("sourceOrganization")),
    }


def _tags(tree: Any) -> dict[str, str]:
    """The page's `meta` tags: the first of each name, in small letters."""
    tags: dict[str, str] = {}
    for tag in tree.iter("meta"):
        name = tag.get("property") or tag.get("name") or tag.get("itemprop") or ""
        if tag.get("content", "").strip():
            tags.setdefault(name.strip().lower(), tag.get("content").strip())
    return tags


def _clean(name: str, tags: dict[str, str], keys: Iterable[str]) -> str | None:
    """The first of these tags that states the fact; an address (`article:author` is often a profile's) does not."""
    return next((fact for key in keys if key in tags and (fact := _name(name, tags[key]))), None)


def _name(name: str, value: Any) -> str | None:
    fact = fields.fact(name, value)
    return None if fact and ("://" in fact or fact.startswith("@")) else fact


def _without_outlet(title: str | None, publisher: str | None, headings: list[str]) -> str | None:
    """A title without the outlet's name behind it ("Bridge opens | Harbour Post")."""
    if not title or title in headings:
        return title
    for cut in reversed(list(_SEPARATOR.finditer(title))):
        before, behind = title[: cut.start()], title[cut.end() :]
        if before in headings or (publisher and behind.casefold() == publisher.casefold()):
            return before
    return title


def _date(tags: dict[str, str], record: dict[str, Any]) -> str | None:
    values = [*(tags[name] for name in _PUBLISHED if name in tags), record.get("datePublished")]
    return next((day for value in values if value and (day := fields.fact("date", value))), None)


def _marked(tree: Any, fact: Callable[[Any], str | None]) -> str | None:
    """What an element marked as the article's author or day states, where all that are marked so agree."""
    stated = {
        value: None
        for node in tree.iter()
        if isinstance(node.tag, str) and (value := fact(node)) and not page_rewriting.is_elsewhere(node)
    }
    return next(iter(stated)) if len(stated) == 1 else None


def _author(node: Any) -> str | None:
    if not _AUTHOR.search(_marks(node)) or any(_AUTHOR.search(_marks(each)) for each in node.iterdescendants()):
        return None  # the innermost mark has the name alone
    shown = " ".join(node.text_content().split())[:200]
    day = dates.find(shown)  # "Jane Doe March 3, 2022"
    name = fields.fact("author", shown[: day[1][0]].rstrip(" ,|·•–—-") if day else shown)
    return name if name and len(name.split()) <= 8 and not any(map(str.isdigit, name)) else None


def _marks(node: Any) -> str:
    return " ".join(node.get(name, "") for name in ("rel", "itemprop", "class")).lower()


def _day(node: Any) -> str | None:
    if (node.tag != "time" and "datepublished" not in _marks(node)) or _UPDATED.search(_marks(node)):
        return None
    if _UPDATED.search(page_rewriting.words_ahead(node)[-_LABEL:].lower()):
        return None
    return fields.fact("date", node.get("datetime") or node.get("content") or node.text_content())
