"""Passages that a build has encoded → their vectors in a file, so that a build that was stopped goes on from there.

The file belongs to one build: it is removed when the index is written. A kill leaves it whole (SQLite), and what is
wrong with it costs only what it would have saved.
"""

from __future__ import annotations

import logging
import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import numpy as np

from retrieval.types import Vectors

_LOG = logging.getLogger(__name__)
_NAME = "unfinished.sqlite3"
_ASKED = 500  # keys of one query
_PATIENCE = 0.5  # seconds that a statement waits for another build


Encode = Callable[[Iterable[Sequence[str]]], Iterator[Vectors]]  # batches of texts → the rows of each


class VectorCache:
    """The vectors that the encoder with this checksum gave to texts, in the folder of the index that is built."""

    def __init__(self, folder: Path, checksum: str) -> None:
        self._path, self._encoder = folder / _NAME, checksum.encode()
        self._connection: sqlite3.Connection | None = None
        self._broken = False

    def encode(self, batches: Iterable[Sequence[str]], encode: Encode) -> Iterator[Vectors]:
        """`(n, dim)` rows of the texts of each batch: those of the file, and of the others what `encode` gives, which is kept.

        `encode` gets those others batch by batch, of batches that have any, and may read ahead.
        """
        waiting: deque[_Batch] = deque()

        def missing() -> Iterator[list[str]]:
            for texts in batches:
                keys = [self._key(text) for text in texts]
                rows = self._read(keys)
                lacking = {key: text for key, text in zip(keys, texts, strict=True) if key not in rows}
                waiting.append(_Batch(keys, rows, [*lacking]))
                if lacking:
                    yield [*lacking.values()]

        def complete() -> Iterator[Vectors]:
            while waiting and not waiting[0].lacking:
                yield waiting.popleft().all()

        for encoded in encode(missing()):
            yield from complete()
            batch = waiting.popleft()
            batch.rows.update(zip(batch.lacking, encoded, strict=True))
            self._write({key: batch.rows[key] for key in batch.lacking})
            yield batch.all()
        yield from complete()

    def remove(self) -> None:
        """Close the file and remove it."""
        if self._connection:
            self._connection.close()
            self._connection = None
        for end in ("", "-journal"):
            with suppress(OSError):
                self._path.with_name(f"{_NAME}{end}").unlink(missing_ok=True)

    def _key(self, text: str) -> bytes:
        return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16, key=self._encoder[:64]).digest()

    def _read(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        """The kept rows of these keys; none where those of different widths are among them."""
        rows: dict[bytes, Vectors] = {}

        def read(connection: sqlite3.Connection) -> None:
            for at in range(0, len(keys), _ASKED):
                some = keys[at : at + _ASKED]
                query = f"SELECT text, vector, sum FROM vectors WHERE text IN ({', '.join('?' * len(some))})"  # noqa: S608
                for key, row, total in connection.execute(query, some):
                    if total == _sum(key, row):
                        rows[key] = np.frombuffer(row, np.float32)

        self._do(read)
        return rows if len({len(row) for row in rows.values()}) < 2 else {}

    def _write(self, rows: dict[bytes, Vectors]) -> None:
        records = [(key, row.tobytes(), _sum(key, row.tobytes())) for key, row in rows.items()]
        self._do(lambda file: file.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", records))

    def _do(self, action: Callable[[sqlite3.Connection], object]) -> None:
        """Do something with the file in a transaction; once that fails, the build goes on without the file."""
        if self._broken:
            return
        try:
            self._connection = self._connection or _connected(self._path)
            with self._connection:
                action(self._connection)
        except (sqlite3.Error, OSError) as error:
            _LOG.info("%s: what is encoded is not kept (%s)", self._path, error)
            self._broken = True


class _Batch(NamedTuple):
    """The keys of some texts, the rows that are there, and the keys of those that are still to be encoded."""

    keys: list[bytes]
    rows: dict[bytes, Vectors]
    lacking: list[bytes]

    def all(self) -> Vectors:
        """`(n, dim)`, once nothing is lacking."""
        return np.stack([self.rows[key] for key in self.keys])


def _connected(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, _PATIENCE, check_same_thread=False)
    connection.execute(
        "CREATE TABLE IF NOT EXISTS vectors (text BLOB PRIMARY KEY, vector BLOB, sum BLOB) WITHOUT ROWID"
    )
    return connection


def _sum(key: bytes, row: bytes) -> bytes:
    return blake2b(key + row, digest_size=8).digest()
