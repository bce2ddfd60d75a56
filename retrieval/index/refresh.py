"""Some files of a folder → the segment of their new articles, made here or by a process of its own.

That process gets its task on standard input, gives the result on standard output, takes the lowest priority, and ends
when its parent does. So whoever serves meanwhile loads no model for it and lends it no memory.
"""

from __future__ import annotations

import contextlib
import os
import pickle  # between a process and its own child, over a pipe
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.articles import files
from retrieval.errors import BylineError
from retrieval.index import segment

if TYPE_CHECKING:
    from collections.abc import Set
    from pathlib import Path

    from retrieval.articles import Collection
    from retrieval.index.segment import Progress, Segment
    from retrieval.types import Encoder

_NICE = 19


class RefreshError(BylineError):
    """The process that reads what is new has failed."""


@dataclass(frozen=True)
class Batch:
    """What files hold now, and a segment of those of their articles that were not known."""

    collection: Collection
    segment: Segment


def read(folder: Path, names: Set[str], known: Set[str], encoder: Encoder, progress: Progress | None = None) -> Batch:
    """Read these files of the folder, and make a segment of their articles but for those of the `known` identifiers."""
    collection = files.read(folder, names)
    new = [article for article in collection.articles if article.id not in known]
    return Batch(collection, segment.make(new, encoder, progress))


def read_apart(folder: Path, names: Set[str], known: Set[str], encoder: Encoder) -> Batch:
    """The same, by a process of its own. Raises `RefreshError` where it ends without a result."""
    command, result = [sys.executable, "-c", f"from {__name__} import serve; serve()"], None
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
    with contextlib.suppress(BrokenPipeError), child:  # one that died leaves its task unread
        assert child.stdin  # noqa: S101 (both are pipes)
        assert child.stdout  # noqa: S101
        try:
            pickle.dump((folder, names, known, encoder), child.stdin)
            child.stdin.flush()  # and left open: its end tells the child that nobody waits any more
            result = pickle.load(child.stdout)  # noqa: S301
        except (OSError, EOFError, pickle.UnpicklingError):
            pass
    if isinstance(result, BylineError):
        raise result
    if not isinstance(result, Batch):
        raise RefreshError(f"{folder}: the process that reads new articles ended with code {child.returncode}")
    return result


def serve() -> None:
    """Be the process of `read_apart`: do the one task that standard input holds."""
    with os.fdopen(os.dup(1), "wb") as output:
        os.dup2(2, 1)  # what a library prints is no part of the result
        os.nice(_NICE)
        folder, names, known, encoder = pickle.load(sys.stdin.buffer)  # noqa: S301
        if getattr(encoder, "lean", False):
            sys.modules["torch"] = None  # type: ignore[assignment]  # spaCy would import it, for seconds, and use nothing of it
        threading.Thread(target=_end_with_parent, daemon=True).start()
        try:
            result: Batch | BylineError = read(folder, names, known, encoder)
        except BylineError as error:
            result = error
        pickle.dump(result, output)


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(1)
