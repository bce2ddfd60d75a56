"""A sign of life in the state folder: a file whose time says when the bot last heard from Telegram.

Written by whoever fetches updates or has them delivered, read by `byline health` of another process.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from retrieval import BylineError

if TYPE_CHECKING:
    from pathlib import Path

_FILE = "heartbeat"
_OLDEST = 60.0  # seconds; a fetch is answered within ten, and a failed one is made again within thirty


class HealthError(BylineError):
    """The bot of a state folder does not hear from Telegram."""


class Heartbeat:
    """Keeps the time of the last sign of life in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / _FILE

    def beat(self) -> None:
        """Note that all is well now; a disk that is full stops no answer."""
        with suppress(OSError):
            self._file.touch()
            os.utime(self._file)

    def stop(self) -> None:
        """The bot has ended."""
        with suppress(OSError):
            self._file.unlink(missing_ok=True)


def read(folder: Path) -> str:
    """How long ago the bot of a state folder heard from Telegram, or could hear from it, in a sentence.

    Raises `HealthError` where no bot runs, or it has heard nothing for a minute.
    """
    try:
        age = time.time() - (folder / _FILE).stat().st_mtime
    except OSError:
        raise HealthError(
            f"no bot runs with the state folder {folder}: start it, or set STATE_DIR to its folder"
        ) from None
    if age > _OLDEST:
        raise HealthError(f"the bot of {folder} last heard from Telegram {age:.0f} s ago: its log says what is wrong")
    return f"the bot of {folder} heard from Telegram {max(age, 0):.0f} s ago"
