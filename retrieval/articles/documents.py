"""PDF, Word, OpenDocument, RTF, EPUB and e-mail → the text, and what the file states; their libraries enter only here.

What an office file says of its author and day is its typist's and its last saving's, so that nothing of it is a fact. The
libraries for PDF and RTF come with the extra `formats`.
"""

from __future__ import annotations

import io
import logging
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from retrieval.articles import fields, webpage

_UNPACKED = 50_000_000  # bytes of all that a packed file holds: no article has more, a bomb has
_SOFT = "\u00ad"
_HYPHENATED = re.compile(rf"(\w+)([-{_SOFT}‐])[ \t]*\n[ \t]*(\w+)")
_UNREADABLE = re.compile(r"\(cid:\d+\)")
_REPLY = re.compile(r"(?:\s*(?:re|fwd?|aw|wg|rv)\s*:)+\s*", re.IGNORECASE)
# What a file of Word or OpenDocument holds beside the text that it shows: what changes took away, comments, the older form of a
# drawing, boxes and notes, which come behind their paragraph.
_UNSEEN = frozenset(
    ["pPr", "rPr", "del", "moveFrom", "drawing", "pict", "Fallback", "txbxContent", "tracked-changes", "annotation", "note", "text-box", "sequence-decls", "forms"]
)  # fmt: skip
_BOXES = ("{*}txbxContent", "{*}text-box", "{*}note-body")
_SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "line-break": "\n", "noBreakHyphen": "-", "s": " "}
_TABLES = {"tbl": ("tr", "tc"), "table": ("table-row", "table-cell")}
_OPEN_DOCUMENT = "{urn:oasis:"
_SPACES = re.compile(r"[ \t\r\n]+")
_DUBLIN_CORE = {"title": "title", "author": "creator", "publisher": "publisher", "date": "date"}
Read = tuple[str, dict[str, str]]


def read(kind: str, data: bytes) -> Read:
    """The text of a file by its suffix, and its facts by the names of `Article`.

    Raises `ValueError` with the reason where it cannot be read, or where the library for it is not installed.
    """
    try:
        text, facts = READERS[kind](data)
    except ImportError:
        raise ValueError(
            f"{kind} files need libraries: .venv/bin/pip install -e '.[formats]' in the folder of Byline"
        ) from None
    except (ValueError, MemoryError):
        raise
    except Exception as error:  # the libraries raise whatever a broken file makes of them
        raise ValueError(f"cannot be read as {kind} ({type(error).__name__})") from error
    if not text.strip():
        raise ValueError("no text in it: a scanned page has to go through text recognition first")
    return text, facts


def _pdf(data: bytes) -> Read:
    from pdfminer.high_level import extract_text

    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)  # it warns of every odd page, in terms of its own code
    text = extract_text(io.BytesIO(data))
    if len(_UNREADABLE.findall(text)) > 20:
        raise ValueError("its letters have no code that says what they are: print it anew, or use text recognition")
    blocks = re.split(r"\n[ \t]*\n|\f", unhyphenated(text))
    return "\n\n".join(joined for block in blocks if (joined := " ".join(block.split()))), {}


def unhyphenated(text: str) -> str:
    """The text with the words whole that its line ends part; a hyphen that belongs to the word stays.

    It does before a capital or a figure, where the text has the word so elsewhere, or both halves as words and not the whole.
    """
    halves = Counter(half for split in _HYPHENATED.finditer(text) for half in (split[1], split[3]))
    words = Counter(re.findall(r"\w+(?:[-‐]\w+)*", text)) - halves

    def whole(split: re.Match[str]) -> str:
        first, hyphen, last = split.groups()
        compound = last[0].isupper() or last[0].isdigit() or f"{first}{hyphen}{last}" in words
        compound = compound or (first + last not in words and first in words and last in words)
        return f"{first}{hyphen if compound and hyphen != _SOFT else ''}{last}"

    return _HYPHENATED.sub(whole, text)


def _docx(data: bytes) -> Read:
    with _unpacked(data) as file:
        parts = webpage.xml(file.read("_rels/.rels")).iter("{*}Relationship")
        main = next(each.get("Target") for each in parts if each.get("Type", "").endswith("/officeDocument"))
        return _shown(webpage.xml(file.read(main.lstrip("/"))), "\n\n"), {}


def _odt(data: bytes) -> Read:
    with _unpacked(data) as file:
        return _shown(webpage.xml(file.read("content.xml")), "\n\n"), {}


def _shown(parent: Any, between: str) -> str:
    return between.join(filter(None, _blocks(parent)))


def _blocks(parent: Any) -> Iterator[str]:
    """The paragraphs and tables of a part of an office file as it reads once its tracked changes are accepted.

    A text box or a note follows the paragraph that it is anchored in.
    """
    for element in parent.iterchildren("{*}*"):
        kind = _kind(element)
        if kind in ("p", "h"):
            yield "".join(_characters(element)).strip()
            for box in _boxes(element):
                yield from _blocks(box)
        elif kind in _TABLES:
            row, cell = _TABLES[kind]
            rows = ([_shown(each, "\n") for each in _own(line, cell, row)] for line in _own(element, row, kind))
            yield "\n".join(" | ".join(cells) for cells in rows if any(cells))
        elif kind not in _UNSEEN or kind == "text-box":  # one that stands on a page, in no paragraph
            yield from _blocks(element)


def _kind(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _own(outer: Any, kind: str, outer_kind: str) -> Iterator[Any]:
    """The rows of a table or the cells of a row, not those of a table inside it."""
    return (inner for inner in outer.iter("{*}" + kind) if next(inner.iterancestors("{*}" + outer_kind)) is outer)


def _characters(element: Any) -> Iterator[str]:
    """What a paragraph shows, whatever it is wrapped in: links, smart tags, insertions; Word has all text in `t`."""
    mixed = element.tag.startswith(_OPEN_DOCUMENT)
    if mixed or _kind(element) == "t":
        yield _SPACES.sub(" ", element.text or "") if mixed else element.text or ""
    for inner in element.iterchildren("{*}*"):
        kind = _kind(inner)
        yield _SIGNS.get(kind, "")
        if kind not in _UNSEEN and not _is_hidden(inner):
            yield from _characters(inner)
        if mixed:
            yield _SPACES.sub(" ", inner.tail or "")


def _is_hidden(run: Any) -> bool:
    mark = run.find("{*}rPr/{*}vanish")
    return mark is not None and not {"0", "false", "off"} & set(mark.values())


def _boxes(element: Any) -> Iterator[Any]:
    """The text boxes and notes of a paragraph, not those inside them, each in the newer of the two forms that Word has it in."""
    outer = next(element.iterancestors(*_BOXES), None)
    boxes = (box for box in element.iter(*_BOXES) if next(box.iterancestors(*_BOXES), None) is outer)
    return (box for box in boxes if next(box.iterancestors("{*}Fallback"), None) is None)


def _rtf(data: bytes) -> Read:
    from striprtf.striprtf import rtf_to_text

    if not data.lstrip().startswith(b"{\\rtf"):
        raise ValueError("it does not begin as RTF does")
    lines = str(rtf_to_text(data.decode("ascii", "replace"), errors="replace")).split("\n")
    return "\n\n".join(line.strip() for line in lines if line.strip()), {}


def _epub(data: bytes) -> Read:
    with _unpacked(data) as book:
        root = _attribute(webpage.xml(book.read("META-INF/container.xml")), "rootfile", "full-path")[0]
        package = webpage.xml(book.read(root))
        files = dict(zip(_attribute(package, "item", "id"), _attribute(package, "item", "href"), strict=True))
        folder = root.rpartition("/")[0] + "/" if "/" in root else ""
        order = [folder + files[each] for each in _attribute(package, "itemref", "idref") if each in files]
        chapters = [webpage.plain(webpage.tree(book.read(name))) for name in order if name in book.namelist()]
    stated = {
        name: [each.text for each in package.iter("{http://purl.org/dc/elements/1.1/}" + tag) if each.text]
        for name, tag in _DUBLIN_CORE.items()
    }
    facts = {name: fields.fact(name, values) for name, values in stated.items()}
    return "\n\n".join(filter(None, chapters)), {name: fact for name, fact in facts.items() if fact}


def _attribute(tree: Any, tag: str, name: str) -> list[str]:
    return [each.get(name, "") for each in tree.iter("{*}" + tag)]


def _eml(data: bytes) -> Read:
    from email import message_from_bytes, policy
    from email.utils import parseaddr

    message = message_from_bytes(data, policy=policy.default)
    body = message.get_body(("plain", "html"))
    text = _content(body) if body else ""
    if body and body.get_content_subtype() == "html":
        text = webpage.plain(webpage.tree(text.encode()))
    newsletter = "List-Unsubscribe" in message or "List-Id" in message
    stated = {
        "title": _REPLY.sub("", str(message.get("Subject", "")), count=1),
        "date": str(message.get("Date", "")),
        "publisher": parseaddr(str(message.get("From", "")))[0] if newsletter else "",
    }
    facts = {name: fields.fact(name, value) for name, value in stated.items()}
    return text.replace("\r\n", "\n"), {name: fact for name, fact in facts.items() if fact}


def _content(body: Any) -> str:
    try:
        return str(body.get_content())
    except (LookupError, ValueError):  # an encoding that nobody knows, or none of texts
        return webpage.decoded(body.get_payload(decode=True))


def _unpacked(data: bytes) -> zipfile.ZipFile:
    """A packed file, opened. Raises `ValueError` where it is damaged or would be too large."""
    try:
        packed = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        raise ValueError("damaged: its parts cannot be unpacked") from None
    size = sum(each.file_size for each in packed.infolist())
    if size > _UNPACKED:
        raise ValueError(f"{size:,} bytes unpacked: no article is that long")
    return packed


READERS: dict[str, Callable[[bytes], Read]] = {
    ".pdf": _pdf,
    ".docx": _docx,
    ".odt": _odt,
    ".rtf": _rtf,
    ".epub": _epub,
    ".eml": _eml,
}
