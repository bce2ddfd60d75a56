"""Passages that a build has encoded → their vectors in a file, so that a build that was stopped goes on from there.

The file belongs to one build: it is removed when the index is written. A kill leaves it whole (SQLite), and what is
wrong with it costs only what it would have saved.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

import numpy as np

from retrieval.types import Vectors

_LOG = logging.getLogger(__name__)
_NAME = "unfinished.sqlite3"
_ASKED = 500  # keys of one query
_PAGE = 32_768  # bytes; a vector has 1,536, and a page of the usual 4,096 would hold two
_PATIENCE = 0.5  # seconds that a statement waits for another build


class VectorCache:
    """The vectors that the encoder with this checksum gave to texts, in the folder of the index that is built."""

    def __init__(self, folder: Path, checksum: str) -> None:
        self._path, self._encoder = folder / _NAME, checksum.encode()
        self._connection: sqlite3.Connection | None = None
        self._broken = False

    def encode(self, texts: Sequence[str], encode: Callable[[Sequence[str]], Vectors]) -> Vectors:
        """`(n, dim)` rows of the texts: those of the file, and of the others what `encode` gives, which is kept."""
        if not texts:
            return encode(texts)
        keys = [self._key(text) for text in texts]
        rows = self._read(keys)
        if missing := {key: text for key, text in zip(keys, texts, strict=True) if key not in rows}:
            encoded = dict(zip(missing, encode([*missing.values()]), strict=True))
            self._write(encoded)
            rows |= encoded
        return np.stack([rows[key] for key in keys])

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


def _connected(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, _PATIENCE, check_same_thread=False)
    connection.execute(
        "CREATE TABLE IF NOT EXISTS vectors (text BLOB PRIMARY KEY, vector BLOB, sum BLOB) WITHOUT ROWID"
    )
    return connection


def _sum(key: bytes, row: bytes) -> bytes:
    return blake2b(key + row, digest_size=8).digest()
