"""Some files of a folder → the segment of their new articles, made here or by a process of its own.

That process gets its models and its task on standard input, gives the result on standard output, takes a low priority, and
ends when its parent does. So whoever serves meanwhile loads no model for it and lends it no memory. It loads what it needs
while the files settle, which is most of what one article costs.
"""

from __future__ import annotations

import os
import pickle  # between a process and its own child, over a pipe
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrieval import articles as files
from retrieval.articles import Collection
from retrieval.errors import BylineError
from retrieval.index import segment
from retrieval.index.corpus import Corpus, changed
from retrieval.index.segment import Segment
from retrieval.speakers import parsing
from retrieval.types import Encoder, Progress

if TYPE_CHECKING:
    from retrieval.articles.shared_lines import Lines

Read = Callable[[Path, Set[str], "Sequence[Lines]"], "Batch"]


_NICE = 10  # beside two busy cores a twentieth of both; the lowest priority would starve it


class RefreshError(BylineError):
    """The process that reads what is new has failed."""


@dataclass(frozen=True)
class Batch:
    """What files hold now, and a segment of the articles that are new, or to be cut anew."""

    collection: Collection
    segment: Segment | None


def read(
    folder: Path, names: Set[str], known: Sequence[Lines], encoder: Encoder, progress: Progress | None = None
) -> Batch:
    """Read these files of the folder, and make a segment of their articles but for those that are `known` as they are.

    A known article of another file is in it as well where the pages of its outlet share other lines of it now.
    """
    from retrieval.articles import shared_lines  # what only reading needs is slow to import

    collection = files.read(folder, names, progress)
    others = [each for each in known if each.file not in names]
    masks = shared_lines.shared([*others, *map(shared_lines.lines, collection.articles)])
    before = {each.article: each.shared for each in known}
    same = {id_ for id_ in before.keys() & masks.keys() if before[id_] == masks[id_]}
    again = {each.file for each in others if each.article not in same}
    remade = files.read(folder, again).articles if again else ()
    articles = (*collection.articles, *(article for article in remade if article.id in before))
    new = list(shared_lines.marked((article for article in articles if article.id not in same), masks))
    return Batch(collection, segment.make(new, encoder, progress) if new else None)


def taken_in(
    corpus: Corpus, folder: Path, before: Mapping[str, str], now: Mapping[str, str], reading: Read
) -> tuple[Corpus, Collection]:
    """The corpus of the files of `now`, and what those of them hold that have another SHA-256 than `before`.

    Raises `ArticlesError` where no article is left.
    """
    names = {name for name in now if now[name] != before.get(name)}
    known = [lines for lines in corpus.lines if lines.file in now] if before else []
    batch = reading(folder, names, known)
    made = {article.id for article in batch.segment.articles} if batch.segment else set[str]()
    here = {lines.article for lines in known if lines.file not in names}
    here |= {article.id for article in batch.collection.articles}
    if not here:
        raise files.nothing(folder, batch.collection.problems)
    staying = (here & {lines.article for lines in known}) - made
    gone = {article.id for article in corpus.articles if article.id not in staying}
    return changed(corpus, batch.segment, gone), batch.collection


@contextmanager
def reader(encoder: Encoder, progress: Progress | None = None, *, apart: bool) -> Iterator[Read]:
    """`read` with this encoder; with `apart` by a process of its own, which gets ready from now on.

    That one raises `RefreshError` where the process ends without a result.
    """
    if not apart:
        yield partial(read, encoder=encoder, progress=progress)
        return
    command = [sys.executable, "-c", f"from {__name__} import serve; serve()"]
    # A session of its own: Ctrl-C is for whoever waits for it.
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)  # noqa: S603
    try:
        _send(child, encoder)
        yield partial(_read_apart, child)
    finally:
        child.kill()
        with suppress(OSError), child:  # what it did not read is still to be written
            pass


def _send(child: subprocess.Popen[bytes], value: object) -> None:
    """Leave it to the process, unless that has died, which is seen when its result is awaited."""
    assert child.stdin  # noqa: S101 (it is a pipe)
    with suppress(OSError):
        pickle.dump(value, child.stdin)
        child.stdin.flush()  # and left open: its end tells the child that nobody waits any more


def _read_apart(child: subprocess.Popen[bytes], folder: Path, names: Set[str], known: Sequence[Lines]) -> Batch:
    assert child.stdin  # noqa: S101 (both are pipes)
    assert child.stdout  # noqa: S101
    _send(child, (folder, names, known))
    result: Any = None
    with suppress(OSError, EOFError, pickle.UnpicklingError):
        result = pickle.load(child.stdout)  # noqa: S301
    if isinstance(result, BylineError):
        raise result
    if not isinstance(result, Batch):
        with suppress(OSError):
            child.stdin.close()
        raise RefreshError(f"{folder}: the process that reads new articles ended with code {child.wait()}")
    return result


def serve() -> None:
    """Be the process of `reader`: get ready for the encoder that standard input holds, then do the one task that follows."""
    with suppress(EOFError, pickle.UnpicklingError, BrokenPipeError), os.fdopen(os.dup(1), "wb") as output:
        os.dup2(2, 1)  # what a library prints is no part of the result
        os.nice(_NICE)
        pickle.dump(_result(), output)  # fails where nobody waits any more


def _result() -> Batch | BylineError:
    encoder = pickle.load(sys.stdin.buffer)  # noqa: S301
    if getattr(encoder, "lean", False):
        sys.modules["torch"] = None  # type: ignore[assignment]  # spaCy would import it, for seconds, and use nothing of it
    try:
        encoder.encode_passages(["a word"])
        parsing.parse(["A word."])
        folder, names, known = pickle.load(sys.stdin.buffer)  # noqa: S301
        threading.Thread(target=_end_with_parent, daemon=True).start()
        return read(folder, names, known, encoder)
    except BylineError as error:
        return error


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(1)
