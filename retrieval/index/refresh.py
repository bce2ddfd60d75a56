"""A folder of articles against what an index holds of it: what has changed there, and the segment of its new articles.

Files are compared by their SHA-256, never by their times alone. The segment is made here or by a process of its own,
which gets its models and its task on standard input, gives the result on standard output, takes a low priority, and
ends when its parent does. So a bot that serves meanwhile loads no model for it and lends it no memory. It loads what it
needs while the files settle, which is most of what one article costs.
"""

from __future__ import annotations

import os
import pickle  # between a process and its own child, over a pipe
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from retrieval import articles as files
from retrieval.articles import Collection
from retrieval.articles.folder import Entry, Seen, hashed
from retrieval.errors import ArticlesError, BylineError
from retrieval.index import indexing
from retrieval.index.corpus import Corpus, changed
from retrieval.index.segment import Segment
from retrieval.speakers import parsing
from retrieval.types import Encoder, Passage, Progress, Statement

if TYPE_CHECKING:
    from retrieval.articles.shared_lines import Lines

Read = Callable[[Path, Set[str], "Sequence[Lines]"], "Batch"]

_PATIENCE = 3  # looks at files that are being written
_NICE = 10  # beside two busy cores a twentieth of both; the lowest priority would starve it


class Watch:
    """Which files still are what was indexed. A file is read anew only when its size or its time is another."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: Seen = {}

    def changed(self, names: Iterable[str], indexed: Mapping[str, str]) -> tuple[str, ...]:
        """Those of the files whose SHA-256 is not the `indexed` one any more, vanished ones among them, each once.

        None where the folder itself is not there: an index may serve far from its articles.
        """
        if not self._folder.is_dir():
            return ()
        return tuple(name for name in dict.fromkeys(names) if name in indexed and self._hash(name) != indexed[name])

    def files(self, indexed: Mapping[str, str] = MappingProxyType({}), settle: float = 0) -> dict[str, str]:
        """The SHA-256 of every file of the folder; raises `ArticlesError` where that cannot be read.

        A file that was written less than `settle` seconds ago may not be whole yet: it is waited for, a few times that
        long, and then left as it was `indexed`.
        """
        for _ in range(_PATIENCE):
            now = files.fingerprint(self._folder, self._seen)
            new = {name for name in now if now[name] != indexed.get(name)} if settle else set()
            ages = {name: time.time() - self._seen[name][0][1] / 1e9 for name in new}
            young = {name: age for name, age in ages.items() if 0 <= age < settle}
            if not young:
                return now
            time.sleep(settle - min(young.values()))
        settled = {name: digest for name, digest in now.items() if name not in young}
        return settled | {name: indexed[name] for name in young.keys() & indexed.keys()}

    def _hash(self, name: str) -> str | None:
        try:
            return hashed(Entry(name, name, str(self._folder)), self._seen)
        except (OSError, ValueError):  # gone, or something else in its place
            return None


def changes(watch: Watch, indexed: Mapping[str, str]) -> Iterator[str]:
    """One line for each file that changed, came or vanished since its SHA-256 was `indexed`, in the order of names."""
    try:
        now = watch.files()
    except ArticlesError as error:
        yield str(error)
        return
    for file in sorted(indexed.keys() | now.keys()):
        if file not in now:
            yield f"{file}: vanished since the index was built"
        elif file not in indexed:
            yield f"{file}: new since the index was built"
        elif indexed[file] != now[file]:
            yield f"{file}: changed since the index was built"


def faults(folder: Path, passages: Iterable[Passage], statements: Iterable[Statement]) -> Iterator[str]:
    """One line for each passage, and each speaker, that is not word for word in its file, in their order.

    Raises `ArticlesError` when the folder cannot be read at all.
    """
    texts = {article.id: article.text for article in files.read(folder).articles}
    for passage in passages:
        if texts.get(passage.article.id, "")[passage.start : passage.end] != passage.text:
            yield f"{passage.article.file}: [{passage.start}, {passage.end}) is not there as it was indexed"
    for each in statements:
        names = astuple(each.speaker) if each.speaker else ()
        if any(name not in texts.get(each.article.id, "") for name in names if name):
            yield f"{each.article.file}: [{each.start}, {each.end}) is given to a name that the file does not have any more"


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
    return Batch(collection, indexing.make(new, encoder, progress) if new else None)


def taken_in(
    corpus: Corpus, folder: Path, before: Mapping[str, str], now: Mapping[str, str], reading: Read
) -> tuple[Corpus, Collection]:
    """The corpus of the files of `now`, and what those of them hold that have another SHA-256 than `before`.

    Raises `ArticlesError` where no article is left.
    """
    names = {name for name in now if now[name] != before.get(name)}
    lines_before = [lines for lines in corpus.lines if lines.file in now] if before else []
    batch = reading(folder, names, lines_before)
    made = {article.id for article in batch.segment.articles} if batch.segment else set[str]()
    here = {lines.article for lines in lines_before if lines.file not in names}
    here |= {article.id for article in batch.collection.articles}
    if not here:
        raise files.nothing(folder, batch.collection.problems)
    staying = (here & {lines.article for lines in lines_before}) - made
    gone = {article.id for article in corpus.articles if article.id not in staying}
    return changed(corpus, batch.segment, gone), batch.collection


@contextmanager
def reader(encoder: Encoder, progress: Progress | None = None, *, apart: bool) -> Iterator[Read]:
    """`read` with this encoder; with `apart` by a process of its own, which gets ready from now on.

    It raises `RefreshError` where the process ends without a result.
    """
    if not apart:
        yield partial(read, encoder=encoder, progress=progress)
        return
    command = [sys.executable, "-c", f"from {__name__} import serve; serve()"]
    # A session of its own: Ctrl-C is for the process that waits for it.
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
