"""A folder of files → articles: the text untouched, and what the file states about itself.

Files are plain texts with optional front matter, records of JSON lines, and pages and documents, which
`extraction` reads. A text is UTF-8, else in the encoding that its characters fit best: UTF-16 and UTF-32 are certain; of
the older code pages several may fit alike, and then it is windows-1252, as in browsers, unless the text looks like a
language of Central Europe, for which that page has not the letters. What cannot be read is reported by name with the reason, and the rest is read. Files are never changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Container, Iterator, Mapping
from pathlib import Path, PurePath
from typing import Any, BinaryIO

from retrieval.articles import extraction, fields, layout, metadata, webpage
from retrieval.articles import folder as folders
from retrieval.articles.collection import Collection, Problem, Remark, nothing
from retrieval.articles.extraction import Extractor
from retrieval.articles.folder import Entry
from retrieval.types import Article, Progress

_TEXT_KEYS = ("text", "body", "content", "articlebody", "bodytext", "articletext", "fulltext", "maintext", "article")


def read(folder: Path, only: Container[str] | None = None, progress: Progress | None = None) -> Collection:
    """Every article in the folder and below, or in the files `only`.

    Raises `ArticlesError` when the folder cannot be read, or gives no article at all.
    """
    kinds: dict[type, list[Any]] = {Article: [], Problem: [], Remark: []}
    files: dict[str, str] = {}
    with extraction.Extractor() as extractor:
        entries = [entry for entry in folders.files(folder) if only is None or entry.fault or entry.file in only]
        for number, entry in enumerate(entries, 1):
            for record in read_file(entry, files, extractor):
                kinds[type(record)].append(record)
            if progress:
                progress("reading", number, len(entries))
    if only is None and not kinds[Article]:
        raise nothing(folder, kinds[Problem])
    return Collection(tuple(kinds[Article]), tuple(kinds[Problem]), tuple(kinds[Remark]), files)


def read_file(entry: Entry, files: dict[str, str], extractor: Extractor) -> Iterator[Article | Problem | Remark]:
    """The articles of one file, one after the other, and why one is left out; its SHA-256 goes into `files`."""
    if entry.fault:
        yield Problem(entry.file, entry.fault)
        return
    try:
        with folders.opened(entry) as stream:
            yield from _READERS[entry.kind](entry.file, stream, files, extractor)
    except OSError as error:
        yield Problem(entry.file, f"cannot be read: {folders.why(error)}")
    except ValueError as error:
        yield Problem(entry.file, str(error))


def make(file: str, text: str, sha256: str, **stated: str | None) -> Article:
    """An article from its text; facts that are not `stated` are what the text states about itself.

    `stated` may hold any field of `Article` that may be `None`; a date must be ISO 8601.
    """
    facts = metadata.read(text) | {name: value for name, value in stated.items() if value}
    if "publisher" not in facts and "url" in facts and (host := metadata.host(facts["url"])):
        facts["publisher"] = host
    name = hashlib.sha256(f"{file}\0{sha256}".encode()).hexdigest()[:16]
    return Article(id=name, file=file, text=text, sha256=sha256, **facts)


def _checked(article: Article) -> Article:
    if not layout.body(article.text, article.title):
        raise ValueError("no sentence of an article, only page furniture")
    return article


def _plain(file: str, stream: BinaryIO, files: dict[str, str], _extractor: Extractor) -> Iterator[Article | Remark]:
    data = stream.read()
    files[file] = hashlib.sha256(data).hexdigest()
    text, encoding = decode(data)
    own = {"text_sha256": _sum(text)} if encoding else {}  # offsets cannot count in a file that is not UTF-8
    yield _checked(make(file, text, files[file], **fields.of_front_matter(text), **own))
    if encoding and not encoding.startswith("utf"):
        yield Remark(file, f"read as {encoding}, which fits best: save it as UTF-8 if a letter is wrong")


def _extracted(file: str, stream: BinaryIO, files: dict[str, str], extractor: Extractor) -> Iterator[Article]:
    data = stream.read()
    files[file] = hashlib.sha256(data).hexdigest()
    if not data.strip():
        raise ValueError("empty")
    text, stated = extractor.read(PurePath(file).suffix.lower(), data)
    if len(text) > folders.ONE_ARTICLE:
        raise ValueError(f"{len(text):,} characters: no article is that long")
    yield _checked(make(file, text, files[file], **stated, text_sha256=_sum(text)))


def _records(file: str, stream: BinaryIO, files: dict[str, str], extractor: Extractor) -> Iterator[Article | Problem]:
    whole, seen = hashlib.sha256(), dict[str, int]()
    for number, line in enumerate(_lines(stream), 1):
        whole.update(line)
        bare = line.rstrip(b"\r\n")
        if not bare.strip():
            continue
        try:
            record = _record(file, bare, seen, number, extractor)
        except (ValueError, RecursionError) as error:
            reason = str(error) if isinstance(error, ValueError) else "nested too deeply"
            yield Problem(f"{file}:{number}", reason)
        else:
            yield record
    files[file] = whole.hexdigest()
    if not seen:
        yield Problem(file, "no record in it")


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of the file; one that is too long comes in pieces of the limit, each refused for its length."""
    while line := stream.readline(folders.ONE_ARTICLE + 2):
        yield line


def _record(file: str, line: bytes, seen: dict[str, int], number: int, extractor: Extractor) -> Article:
    if len(line) > folders.ONE_ARTICLE:
        raise ValueError(f"more than {folders.ONE_ARTICLE:,} bytes in one line: no article is that long")
    sha256 = hashlib.sha256(line).hexdigest()
    if seen.setdefault(sha256, number) != number:
        raise ValueError(f"the same record as line {seen[sha256]}")
    values = _object(line)
    text = webpage.from_markup(_body(values), lambda markup: extractor.read(extraction.MARKUP, markup)[0])
    return _checked(make(file, text, sha256, **fields.of_record(values), text_sha256=_sum(text)))


def _object(line: bytes) -> dict[str, Any]:
    try:
        values = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 (byte {error.start:,}): save it as UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"no JSON: {error.msg} (character {error.pos + 1:,})") from None
    if not isinstance(values, dict):
        raise ValueError('no JSON object: a record is {"text": …}')  # noqa: TRY004 (a fault of the file)
    return fields.without_case(values)


def _body(values: Mapping[str, Any]) -> str:
    text = next((text for key in _TEXT_KEYS if isinstance(text := values.get(key), str) and text.strip()), None)
    if text is None:
        raise ValueError(
            f'no text: a record has it in "text" or "body"; this one has {", ".join([*values][:8]) or "nothing"}'
        )
    text = text.translate(_CONTROLS)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # half a character of a text that was cut


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


_READERS: dict[str, Callable[[str, BinaryIO, dict[str, str], Extractor], Iterator[Any]]] = {
    **dict.fromkeys(folders.TEXTS, _plain),
    **dict.fromkeys(folders.RECORDS, _records),
    **dict.fromkeys((*folders.PAGES, *folders.DOCUMENTS), _extracted),
}


# What windows-1252 has where Unicode has control characters, as a text keeps it whose encoding was taken for Latin-1.
_CONTROLS = {
    code: bytes([code]).decode("cp1252") for code in range(0x80, 0xA0) if code not in b"\x81\x85\x8d\x8f\x90\x9d"
}
_UNICODE = ["utf_32", "utf_16", "utf_16_le", "utf_16_be"]
_WESTERN = "cp1252"
_PAGES = "cp1250 cp1251 cp1253 cp1254 cp1257 iso8859_2 koi8_r koi8_u mac_roman cp866"  # of before Unicode, by alphabet
_ASIAN = "cp932 euc_jp iso2022_jp gb18030 big5 cp949"
_CENTRAL = {"Croatian", "Czech", "Hungarian", "Polish", "Romanian", "Slovak", "Slovene"}
_MESS = 0.1  # share of odd characters, half of the library's own bar: a wrong text is worse than none
_ALIKE = 0.01


def decode(data: bytes) -> tuple[str, str | None]:
    """The text, line ends and all, and the encoding where it is not UTF-8.

    Raises `ValueError` with the reason where the bytes are no text, or in no encoding that can be told.
    """
    try:
        text, encoding = data.decode("utf-8"), None
    except UnicodeDecodeError:
        text, encoding = _detected(data)
    else:
        if "\0" in text:  # UTF-16 without a mark at its start looks like this
            text, encoding = _detected(data)
    if "\0" in text:
        raise ValueError("NUL characters in it: no text")
    if not text.strip("\ufeff \t\r\n"):
        raise ValueError("empty")
    return text, encoding


def _detected(data: bytes) -> tuple[str, str]:
    from charset_normalizer import from_bytes

    known = [*_UNICODE, _WESTERN, *_PAGES.split(), *_ASIAN.split()]
    matches = list(from_bytes(data, cp_isolation=known, threshold=_MESS))
    if not matches:
        raise ValueError("no text in an encoding that can be told: save it as UTF-8")
    quality = {match.encoding: match.coherence - match.chaos for match in matches}
    alike = [match for match in matches if quality[match.encoding] >= max(quality.values()) - _ALIKE]
    western = (match for match in alike if match.encoding == _WESTERN and match.language not in _CENTRAL)
    best = next(western, alike[0])
    return str(best), best.encoding
