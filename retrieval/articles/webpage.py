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
from retrieval.articles import fields, json_ld, metadata

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
_TAGS = lexicon.by_kind("html_tags")
_UNSEEN, _BLOCKS, _APART = _TAGS["unseen"], _TAGS["block"], _TAGS["apart"]
_ELSEWHERE = re.compile(
    r"(?:^|[\s_-])(?:comments?|related|sidebar|recommended|teasers?|widgets?|promos?|more-on)(?:$|[\s_-])"
)
_AUTHOR = re.compile(
    r"(?:^|\s)(?:p-author|byline[\w-]*|author(?:-?name|s)?|fn n|entry-author[\w-]*|article-author)(?:$|\s)"
)
_TAG = re.compile(
    r"</?(?:p|br|div|h[1-6]|ul|ol|li|blockquote|table|span|a|strong|em|b|i)(?:\s[^<>]*)?/?>", re.IGNORECASE
)
_ENTITY = re.compile(r"&(?:#\d{2,6}|#x[0-9a-f]{2,5}|amp|quot|apos|nbsp|[lr][sd]quo|[mn]dash|hellip);", re.IGNORECASE)
_SAVED = re.compile(rb"<!-- saved from url=\(\d{4,}\)(https?://[!-;=?-~]+) -->")
_HEAD = 10_000  # bytes before which it is noted
_UPDATED = re.compile(r"updated|modified")
_SEPARATOR = re.compile(r"\s*[|•·:»]\s+|\s+[–—-]\s+")


def read(data: bytes) -> tuple[str, dict[str, str]]:
    """The text (empty where no article is found) and the facts that the page states, by the names of `Article`.

    Raises `ValueError` where the bytes are no page that can be parsed, or where its tags are nested too deeply.
    """
    import trafilatura
    from lxml.etree import LxmlError

    try:
        page = tree(data)
        facts = _facts(page, _saved_from(data))
        shown = metadata.read(plain(page))
        for node in list(page.iter("noscript")):
            node.drop_tree()
        for rewrite in (_mark_quotations, _part_entries, _write_out_definitions, _write_out_tables):
            rewrite(page)
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
        hidden += (tag in _UNSEEN or _is_aside(node)) * (1 if event == "start" else -1)
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
        return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise ValueError("damaged: its table of contents cannot be read") from error


def tree(data: bytes) -> Any:
    """The tree of a page in whichever encoding. Raises `ValueError` where its tags are nested too deeply."""
    from lxml.html import HTMLParser, document_fromstring
    from trafilatura.utils import decode_file

    parser = HTMLParser(huge_tree=True, encoding="utf-8", remove_comments=True, remove_pis=True)
    page = document_fromstring(decode_file(data).encode("utf-8", "replace"), parser=parser)
    if any("depth" in entry.message for entry in parser.error_log):
        raise ValueError("its tags are nested too deeply, so that its end cannot be read: save its text as .txt")
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
        if isinstance(node.tag, str) and (value := fact(node)) and not _elsewhere(node)
    }
    return next(iter(stated)) if len(stated) == 1 else None


def _elsewhere(node: Any) -> bool:
    """Whether an element belongs to comments or to other articles."""
    return any(each.tag in ("nav", "footer") or _is_aside(each) for each in (node, *node.iterancestors()))


def _is_aside(node: Any) -> bool:
    if node.tag in ("body", "html", "article", "main"):
        return False
    return node.tag == "aside" or bool(_ELSEWHERE.search(f"{node.get('class', '')} {node.get('id', '')}".lower()))


def _author(node: Any) -> str | None:
    if not _AUTHOR.search(_marks(node)) or any(_AUTHOR.search(_marks(each)) for each in node.iterdescendants()):
        return None  # the innermost mark has the name alone
    name = fields.fact("author", " ".join(node.text_content().split())[:200])
    return name if name and len(name.split()) <= 8 and not any(map(str.isdigit, name)) else None


def _marks(node: Any) -> str:
    return " ".join(node.get(name, "") for name in ("rel", "itemprop", "class")).lower()


def _day(node: Any) -> str | None:
    if (node.tag != "time" and "datepublished" not in _marks(node)) or _UPDATED.search(_marks(node)):
        return None
    return fields.fact("date", node.get("datetime") or node.get("content") or node.text_content())


def _mark_quotations(tree: Any) -> None:
    """Quotation marks around `<q>`, which browsers draw, and a line of its own for whom a block of quotation names."""
    for node in list(tree.iter("q")):
        node.text = f"“{node.text or ''}"
        if len(node):
            node[-1].tail = f"{node[-1].tail or ''}”"
        else:
            node.text += "”"
        node.drop_tag()
    for node in tree.iter("footer", "cite"):
        if any(each.tag == "blockquote" for each in node.iterancestors()) and node.getparent().tag != "p":
            node.tag = "p"


def _part_entries(tree: Any) -> None:
    """The entries of a live page as parts of one article, the time of each on a line of its own."""
    for node in list(tree.iter("time")):
        node.tag = "p" if node.getparent().tag in _BLOCKS and len(node.getparent()) > 1 and _is_alone(node) else "span"
    for first in list(tree.iter("article")):
        entries = [each for each in first.getparent() if each.tag == "article"]
        if len(entries) > 1 and all(_is_entry(each) for each in entries):
            for each in entries:
                each.tag = "div"
                each.attrib.clear()  # by its class one entry would be taken for the whole article
                for link in list(each.iter("a")):  # an entry of few words and a link would be taken for a teaser
                    link.drop_tag()


def _is_alone(node: Any) -> bool:
    """Whether no words stand directly beside an element."""
    before = node.getprevious()
    beside = (node.tail, node.getparent().text if before is None else before.tail)
    return not any(text and text.strip() for text in beside)


def _is_entry(article: Any) -> bool:
    """Whether an article among others has a text, and no link in its heading, as a teaser has."""
    headings = (node for tag in ("h1", "h2", "h3", "h4") for node in article.iter(tag))
    linked = any(node.find(".//a") is not None or node.getparent().tag == "a" for node in headings)
    return not linked and any(" ".join(node.text_content().split()) for node in article.iter("p"))


def _write_out_definitions(tree: Any) -> None:
    """Each term of `<dl>` and what is said of it as paragraphs, the term with a colon unless it is a question."""
    for listed in tree.iter("dl"):
        listed.tag = "div"
        for node in listed.iter("dt", "dd"):
            term, node.tag = node.tag == "dt", "p"
            text = " ".join(node.text_content().split())
            if term and text[-1:] not in ("?", "!", ".", ":"):
                node.clear()
                node.text = f"{text}:"


def _write_out_tables(tree: Any) -> None:
    """Each row of a table of data as a paragraph, its cells under the names of their columns; other tables place blocks."""
    for table in list(tree.iter("table")):
        rows = [[" ".join(cell.text_content().split()) for cell in row.iter("td", "th")] for row in table.iter("tr")]
        headed = bool(rows) and all(cell.tag == "th" for cell in next(table.iter("tr")).iter("td", "th"))
        if any(node.tag in _TAGS["placed"] for node in table.iterdescendants()):
            for node in (table, *table.iter("tbody", "thead", "tfoot", "tr", "td", "th")):
                node.tag = "div"
        if table.tag == "div" or len(rows) < 2 or max(map(len, rows)) < 2:
            continue
        names = rows.pop(0) if headed else []
        captions = [node.text_content() for node in table.iter("caption")]
        lines = [*captions, *(_row(names, row) for row in rows)]
        table.clear()
        table.tag = "div"
        for line in filter(None, lines):
            table.append(table.makeelement("p"))
            table[-1].text = line


def _row(names: list[str], cells: list[str]) -> str:
    if len(names) != len(cells):
        return " | ".join(filter(None, cells))
    return "; ".join(f"{name}: {cell}" if name else cell for name, cell in zip(names, cells, strict=True) if cell)
