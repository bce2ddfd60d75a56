"""PDF, Word, OpenDocument, RTF, EPUB and e-mail → the text, and what the file states; their libraries enter only here.

What an office file says of its author and day is its typist's and its last saving's, so that nothing of it is a fact. The
libraries come with the extra `formats`; EPUB and e-mail need none.
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
    _check_size(data)
    import docx
    from docx.table import Table

    def lines() -> Iterator[str]:
        for block in docx.Document(io.BytesIO(data)).iter_inner_content():
            if isinstance(block, Table):
                yield "\n".join(" | ".join(cell.text for cell in row.cells) for row in block.rows)
            else:
                yield block.text

    return "\n\n".join(line for line in lines() if line.strip()), {}


def _odt(data: bytes) -> Read:
    _check_size(data)
    import odfdo

    body = odfdo.Document(io.BytesIO(data)).body
    return "\n\n".join(
        line for each in body.get_elements("//text:h | //text:p") if (line := each.inner_text.strip())
    ), {}


def _rtf(data: bytes) -> Read:
    from striprtf.striprtf import rtf_to_text

    if not data.lstrip().startswith(b"{\\rtf"):
        raise ValueError("it does not begin as RTF does")
    lines = str(rtf_to_text(data.decode("ascii", "replace"), errors="replace")).split("\n")
    return "\n\n".join(line.strip() for line in lines if line.strip()), {}


def _epub(data: bytes) -> Read:
    _check_size(data)
    with zipfile.ZipFile(io.BytesIO(data)) as book:
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
    text = body.get_content() if body else ""
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


def _check_size(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            size = sum(each.file_size for each in packed.infolist())
    except zipfile.BadZipFile:
        raise ValueError("damaged: its parts cannot be unpacked") from None
    if size > _UNPACKED:
        raise ValueError(f"{size:,} bytes unpacked: no article is that long")


READERS: dict[str, Callable[[bytes], Read]] = {
    ".pdf": _pdf,
    ".docx": _docx,
    ".odt": _odt,
    ".rtf": _rtf,
    ".epub": _epub,
    ".eml": _eml,
}
