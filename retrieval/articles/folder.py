"""The files of a folder: which can be read as articles, safely; it alone touches the file system.

Links are never followed, and nothing but a regular file is opened, so a pipe cannot block and nothing outside the
folder is read. Hidden files and folders are passed over, and so is what a browser saves beside a page ("page_files").
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from retrieval.errors import ArticlesError

Seen = dict[str, tuple[tuple[int, int], str]]  # by a file's name: its size and time in nanoseconds, and its SHA-256

ONE_ARTICLE = 1_000_000  # bytes of a text file, or of a record's line: the longest articles have a tenth of it

TEXTS = (".txt", ".text", ".md", ".markdown", ".rst")
PAGES = (".html", ".htm")
RECORDS = (".jsonl", ".ndjson")
DOCUMENTS = (".pdf", ".docx", ".odt", ".rtf", ".epub", ".eml")
_LIMITS = {  # bytes of a file, by kind
    **dict.fromkeys(TEXTS, ONE_ARTICLE),
    **dict.fromkeys(PAGES, 10_000_000),  # a saved page carries its scripts and styles
    **dict.fromkeys(RECORDS, 1_000_000_000),
    **dict.fromkeys(DOCUMENTS, 30_000_000),  # with pictures and fonts
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the folder `root`: its name inside it with `/`, and why it cannot be read, if so.

    `inside` is the name as the file system has it; `file` is the same, unless it cannot be shown.
    """

    file: str
    inside: str
    root: str
    fault: str | None = None

    @property
    def path(self) -> str:
        """Where it lies."""
        return f"{self.root}/{self.inside}"

    @property
    def kind(self) -> str:
        """The suffix in small letters."""
        return _kind(self.inside)


def unreadable(name: str, size: int) -> str | None:
    """Why a file of this name and size (bytes) would not be read as articles; `None` where it would be tried."""
    kind = _kind(name)
    return _unknown_kind(kind) or (_too_long(kind, size) if size > _LIMITS[kind] else None)


def check(folder: Path) -> None:
    """Raises `ArticlesError` where this is no folder, or none that can be read."""
    if not folder.is_dir():
        what = "is no folder" if folder.exists() else "is not there"
        raise ArticlesError(
            f"the folder of articles {what}: {folder}; name a folder of articles (.txt, .md, .html, .jsonl and others, see README)"
        )
    try:
        os.scandir(folder).close()
    except OSError as error:
        raise ArticlesError(
            f"the folder of articles cannot be read: {folder} ({why(error)}); mend its rights"
        ) from error


def files(folder: Path) -> list[Entry]:
    """Every file of the folder, in the order of names; raises as `check` does."""
    check(folder)
    return sorted(_walk(folder), key=lambda entry: entry.file)


def hashed(entry: Entry, seen: Seen | None = None) -> str:
    """SHA-256 of the file's bytes; raises `OSError`, or `ValueError` with the reason when it is none to be read.

    `seen` has what is known of files: it is believed where size and time are the same, and gets what is read.
    """
    seen = {} if seen is None else seen
    if entry.file not in seen or seen[entry.file][0] != _state(os.lstat(entry.path)):
        with opened(entry) as stream:
            seen[entry.file] = _state(os.fstat(stream.fileno())), hashlib.file_digest(stream, "sha256").hexdigest()
    return seen[entry.file][1]


def _state(status: os.stat_result) -> tuple[int, int]:
    """What changes where a file does."""
    return status.st_size, status.st_mtime_ns


def opened(entry: Entry) -> BufferedReader:
    """The file as a stream of bytes; raises as `hashed` does."""
    handle = _handle(entry)
    status, limit = os.fstat(handle), _LIMITS[entry.kind]
    if not stat.S_ISREG(status.st_mode) or status.st_size > limit:
        os.close(handle)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("not a regular file")
        raise ValueError(_too_long(entry.kind, status.st_size))
    return os.fdopen(handle, "rb")


def _handle(entry: Entry) -> int:
    """The file opened from its folder down, one name after the other: none of them may have become a link meanwhile."""
    handle = os.open(entry.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    for at, name in enumerate(names := entry.inside.split("/"), 1):
        kind = os.O_DIRECTORY if at < len(names) else os.O_NONBLOCK
        try:
            inner = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | kind, dir_fd=handle)
        finally:
            os.close(handle)
        handle = inner
    return handle


def why(error: OSError) -> str:
    """What the system says, without the path."""
    return (error.strerror or type(error).__name__).lower()


def _walk(root: Path) -> Iterator[Entry]:
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        try:
            with os.scandir(f"{root}/{inside}") as entries:
                names = list(entries)
        except OSError as error:
            yield Entry(_shown(inside), inside, str(root), f"the folder cannot be read: {why(error)}")
            continue
        pages = {entry.name.rpartition(".")[0] for entry in names if entry.name.lower().endswith(PAGES)}
        for entry in names:
            if entry.name.startswith(".") or entry.name.removesuffix("_files") in pages:
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append(f"{inside}{entry.name}/")
            else:
                yield _entry(str(root), f"{inside}{entry.name}", link=entry.is_symlink())


def _entry(root: str, inside: str, *, link: bool) -> Entry:
    """One file, called `inside` the folder."""
    name, fault = _shown(inside), None
    if link:
        fault = "a link; links are not followed: put the file itself here"
    elif reason := _unknown_kind(_kind(inside)):
        fault = reason
    elif name != inside:
        fault = "its name holds characters that cannot be shown: rename it"
    return Entry(name, inside, root, fault)


def _kind(name: str) -> str:
    """The suffix of a file's name in small letters, `""` for none."""
    stem, _, end = name.rpartition("/")[2].rpartition(".")
    return f".{end.lower()}" if stem and end else ""


def _unknown_kind(kind: str) -> str | None:
    """Why files of this suffix are not read."""
    if not kind:
        return "its name says no kind: a text is read when it is called .txt"
    if kind not in _LIMITS:
        return f"{_shown(kind)} files are not read: save their text as .txt, .md, .html or .jsonl"
    return None


def _too_long(kind: str, size: int) -> str:
    return f"{size:,} bytes; a {kind} file may have {_LIMITS[kind]:,}: no article is that long"


def _shown(text: str) -> str:
    """The text with bytes that are no UTF-8, and line ends, written out."""
    if text.isascii() and text.isprintable():
        return text
    name = text.encode("utf-8", "backslashreplace").decode()
    return "".join(char if char.isprintable() or (char.isspace() and char not in "\n\r\x0b\x0c\x85\u2028\u2029\t")
                   else char.encode("unicode_escape").decode() for char in name)  # fmt: skip
