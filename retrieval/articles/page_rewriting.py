"""A page's tree → the same tree in elements that trafilatura reads whole: quotations, live entries, lists, tables, definitions."""

from __future__ import annotations

import re
from typing import Any

from retrieval import lexicon
from retrieval.text import normalize

_HOLDERS = ("p", "div", "section", "aside", "span", "ul", "ol", "figure", "blockquote", "details")  # that may be hidden
_SIGNATURE = re.compile(r"\s*[—–―-]\s*[^\W\d_a-z]")
_DRAWN = frozenset(normalize.MARKS) - frozenset(normalize.APOSTROPHES)
_STRUCK = ("del", "s", "strike")
_READ_OUT = re.compile(r"(?:^|\s)(?:sr-only|visually-?hidden|screen-reader-text)(?:$|\s)")  # for the blind alone
_RAISED, _LOWERED = (str.maketrans("0123456789", digits) for digits in ("⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉"))
_FORM = 400  # characters up to which a form only asks for an address or a search, and what is struck out is left out
_FEW_WORDS = 4
_BLOCKS, _PLACED = (lexicon.words("html_tags", kind) for kind in ("block", "placed"))
_ELSEWHERE = re.compile(
    r"(?:^|[\s_-])(?:comments?|related|sidebar|recommended|teasers?|widgets?|promos?|more-on)(?:$|[\s_-])"
)


def rewrite(page: Any) -> None:
    """Change the tree in place, so that its text can be taken out whole."""
    for change in (
        _join_wrapped_lines,
        _mark_quotations,
        _part_entries,
        _write_out_definitions,
        _write_out_tables,
        _write_out_lists,
    ):
        change(page)


def drop_hidden(page: Any) -> None:
    """Take out what no browser that runs scripts shows, what is struck out, and small forms.

    What a search within the page finds, the page can show.
    """
    for node in list(page.iter("noscript", "template", *_STRUCK, *_HOLDERS)):
        hidden = node.get("hidden", "until-found").lower() != "until-found" or _READ_OUT.search(node.get("class", ""))
        struck = node.tag in _STRUCK and len(node.text_content()) < _FORM
        if node.getparent() is not None and (hidden or struck or node.tag in ("noscript", "template")):
            node.drop_tree()
    for form in list(page.iter("form")):  # some pages are one form as a whole
        if form.find(".//input") is not None and len(" ".join(form.text_content().split())) < _FORM:
            form.drop_tree()


def is_elsewhere(node: Any) -> bool:
    """Whether an element belongs to comments or to other articles."""
    return any(each.tag in ("nav", "footer") or is_aside(each) for each in (node, *node.iterancestors()))


def is_aside(node: Any) -> bool:
    """Whether an element is one beside the article by its name, class or identifier."""
    if node.tag in ("body", "html", "article", "main"):
        return False
    return node.tag == "aside" or bool(_ELSEWHERE.search(f"{node.get('class', '')} {node.get('id', '')}".lower()))


def words_ahead(node: Any) -> str:
    """The words right in front of an element, or those of the element before it."""
    before = node.getprevious()
    return (node.getparent().text if before is None else before.tail or before.text_content()) or ""


def raise_figures(tree: Any) -> None:
    """The figures of a power, a note or a fraction as the characters that stand off the line: 10⁶, not 106."""
    for node in tree.iter("sup", "sub"):
        above = node.getprevious()
        lowered = node.tag == "sub"
        if lowered and (above is None or above.tag != "sup" or (above.tail or "").strip() not in ("/", "⁄")):
            continue  # "H2O" is read as it stands
        for part in node.iter("*"):
            part.text = (part.text or "").translate(_LOWERED if lowered else _RAISED)


def _join_wrapped_lines(tree: Any) -> None:
    """A space for each line break in the middle of a clause: lines as a mail or a news wire wraps them are one paragraph."""
    for line_break in tree.iter("br"):
        above = words_ahead(line_break).rstrip()
        if above[-1:].isalnum() and (line_break.tail or "").lstrip()[:1].islower():
            line_break.tag, line_break.text = "span", " "


def _mark_quotations(tree: Any) -> None:
    """Quotation marks around `<q>`, which browsers draw, and ">" in front of a block of quotation that is signed or led to."""
    for node in list(tree.iter("q")):
        node.text = f"“{node.text or ''}"
        if len(node):
            node[-1].tail = f"{node[-1].tail or ''}”"
        else:
            node.text += "”"
        node.drop_tag()
    for block in tree.iter("blockquote"):
        signs, before = _sign(block), block.getprevious()
        led_to = before is not None and (before.text_content() + (before.tail or "")).rstrip().endswith(":")
        if (signs or led_to) and not _DRAWN & set(block.text_content()):
            for part in _paragraphs(block, signs):
                part.text = f"> {(part.text or '').lstrip()}"
        for sign in signs:
            if not _SIGNATURE.match(sign.text_content()):
                sign.text = f"— {(sign.text or '').lstrip()}"


def _paragraphs(block: Any, signs: list[Any]) -> list[Any]:
    """The paragraphs of a block of quotation; of one that has none, what stands in front of its signature becomes one."""
    inner = [node for node in block if node not in signs]
    if not any(node.tag in _BLOCKS for node in inner):
        whole = block.makeelement("p")
        whole.text, block.text = block.text, None
        whole.extend(inner)
        block.insert(0, whole)
    return [node for node in block.iter("p") if node not in signs and node.text_content().strip()]


def _sign(block: Any) -> list[Any]:
    """Whom a block of quotation names as its speaker, each as a paragraph: `<footer>`, `<cite>`, or behind a dash at its end."""
    signed = [node for node in block.iter("footer", "cite") if node.getparent().tag != "p"]
    for node in signed:
        node.tag = "p"
    for node in block.findall("p"):
        if _SIGNATURE.match(node.tail or ""):  # below an embedded post
            behind = list(node.itersiblings())
            signed.append(block.makeelement("p"))
            signed[-1].text, node.tail = node.tail, None
            signed[-1].extend(behind)
            node.addnext(signed[-1])
            break
    return signed or [node for node in block[-1:] if node.tag == "p" and _SIGNATURE.match(node.text_content())]


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


def _write_out_lists(tree: Any) -> None:
    """Each item of a list of sentences as a paragraph, since trafilatura leaves out lists that no article element holds."""
    for listed in list(tree.iter("ul", "ol")):
        items = [(node, " ".join(node.text_content().split())) for node in listed.iterchildren("li")]
        states = [text[-1:] in normalize.SENTENCE_ENDS and text.count(" ") >= _FEW_WORDS for _, text in items]
        linked = sum(len(node.text_content()) for node in listed.iter("a")) > sum(len(text) for _, text in items) / 2
        nested = any(node.tag in _PLACED for node in listed.iterdescendants())
        if not items or not all(states) or linked or nested or is_elsewhere(listed):
            continue
        listed.tag = "div"
        for node, _ in items:
            node.tag, node.text = "p", f"- {(node.text or '').lstrip()}"


def _write_out_tables(tree: Any) -> None:
    """Each row of a table of data as a paragraph, its cells under the names of their columns; other tables place blocks."""
    for table in list(tree.iter("table")):
        rows = [[" ".join(cell.text_content().split()) for cell in row.iter("td", "th")] for row in table.iter("tr")]
        headed = bool(rows) and all(cell.tag == "th" for cell in next(table.iter("tr")).iter("td", "th"))
        if any(node.tag in _PLACED for node in table.iterdescendants()):
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
