"""Files that an admin sends or names → changes of the folder of articles: a file is stored under a safe name, or moved away.

Nothing is written over and nothing is deleted: a file that is there already stays, and one that is removed is moved into
the hidden folder `.removed`, which is not read.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from retrieval import BylineError, unreadable

MOST = 20_000_000  # bytes of a file that Telegram hands to a bot (https://core.telegram.org/bots/api#getfile)
_ASIDE = ".removed"
_LONGEST = 120  # bytes of a name; what the system adds must fit into 255


class FolderError(BylineError):
    """A file that is not taken, and why."""


def safe_name(name: str, size: int) -> str:
    """The last part of a file's name, if a file of this name and size is read as articles; raises `FolderError`."""
    last = PurePosixPath(name.replace("\\", "/")).name.strip()
    if not last or last.startswith(".") or not last.isprintable():
        raise FolderError("its name is hidden or has characters that show nothing")
    if len(last.encode("utf-8", "replace")) > _LONGEST:
        raise FolderError(f"its name has more than {_LONGEST} bytes")
    if size > MOST:
        raise FolderError(f"{size:,} bytes; Telegram hands over {MOST:,} at most")
    if reason := unreadable(last, size):
        raise FolderError(reason)
    return last


def store(folder: Path, name: str, content: bytes) -> bool:
    """Write a new file, whole or not at all; whether it was not there. Raises `FolderError`, also where another one is."""
    target, aside = folder / name, folder / f".{secrets.token_hex(8)}"
    try:
        if target.is_file() and not target.is_symlink() and target.read_bytes() == content:
            return False  # sent twice, or the bot was stopped in the middle
        try:
            with aside.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.link(aside, target)  # fails where there is one, unlike a rename
        finally:
            with suppress(FileNotFoundError):
                aside.unlink()
    except FileExistsError:
        raise FolderError("another file of this name is there: /remove it first") from None
    except OSError as error:
        raise FolderError(f"the folder of articles cannot be written ({error.strerror})") from None
    return True


def put_aside(folder: Path, name: str) -> str:
    """Move a file of the folder, named as its article has it, into the hidden folder; where it is now. Raises `FolderError`."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    kept = f"{_ASIDE}/{stamp}-{secrets.token_hex(2)}-{PurePosixPath(name).name}"
    try:
        (folder / _ASIDE).mkdir(exist_ok=True)
        (folder / name).rename(folder / kept)
    except OSError as error:
        raise FolderError(f"it cannot be moved ({error.strerror})") from None
    return kept
