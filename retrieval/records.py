"""Byte strings in a mapped file: each is read, and compared with its checksum, when it is asked for.

`NAME.npy` holds the bytes of all of them, `NAME.index.npy` a row for each: where it ends, and the first 64 bits of its
BLAKE2b. So opening costs the same for any size, and a damaged record is never returned.
A vocabulary has the order of its checksums beside it (`NAME.order.npy`), in which a binary search looks a word up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import IndexFolderError


class Records(Sequence[bytes]):
    """The records that `save` wrote.

    Raises `ValueError` where the two files do not fit each other, `IndexFolderError` for a record that is damaged.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._path = folder / f"{name}.npy"
        self._content = array(self._path, np.uint8, 1)
        index = array(folder / f"{name}.index.npy", np.uint64, 2)
        if index.shape[1] != 2 or (len(index) and int(index[-1, 0]) != len(self._content)):
            raise ValueError(f"{name}.index.npy is of other records")
        self._ends, self.sums = index[:, 0], index[:, 1]

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, row: int) -> bytes: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[bytes]: ...
    def __getitem__(self, row: int | slice) -> bytes | Sequence[bytes]:
        if isinstance(row, slice):
            return [self[each] for each in range(*row.indices(len(self)))]
        if not 0 <= row < len(self):
            raise IndexError(row)
        return self.view(row).tobytes()

    def view(self, row: int) -> NDArray[np.uint8]:
        """The bytes of a record where they are mapped."""
        start = int(self._ends[row - 1]) if row else 0
        record: NDArray[np.uint8] = self._content[start : int(self._ends[row])]
        if checksum(record.data) != int(self.sums[row]):
            raise IndexFolderError(f"{self._path} is damaged: `byline build` makes the index again")
        return record

    def joined(self) -> bytes:
        """All records, one after the other, without a look at their checksums."""
        return self._content.tobytes()


class Vocabulary(Mapping[str, int]):
    """Words and their numbers, as `save_vocabulary` wrote them, a line each; decoded word by word."""

    def __init__(self, folder: Path, name: str) -> None:
        self._words = Records(folder, name)
        self._order = array(folder / f"{name}.order.npy", np.int32, 1)
        if len(self._order) != len(self._words):
            raise ValueError(f"{name}.order.npy is of other words")

    def __getitem__(self, word: str) -> int:
        number: int | None = self.get(word)
        if number is None:
            raise KeyError(word)
        return number

    def get(self, word: str, default: Any = None) -> Any:
        """The number of a word; `default` for one that is not here."""
        key = _key(word)
        at = int(np.searchsorted(self._words.sums, key, sorter=self._order))
        if at == len(self._order):
            return default
        number = int(self._order[at])
        return number if self._words.sums[number] == key and self._words[number] == _encoded(word) else default

    def __iter__(self) -> Iterator[str]:
        return (word.decode("utf-8", "surrogatepass").removesuffix("\n") for word in self._words)

    @property
    def lines(self) -> str:
        """All words, a line each, in a hundredth of the time; what is damaged in them is not noticed."""
        return self._words.joined().decode("utf-8", "replace")

    def __len__(self) -> int:
        return len(self._words)


def save(folder: Path, name: str, records: Iterable[bytes]) -> None:
    """Write the records into `folder`."""
    kept = list(records)
    index = np.array([np.cumsum([len(each) for each in kept]), [checksum(each) for each in kept]], np.uint64).T
    np.save(folder / f"{name}.npy", np.frombuffer(b"".join(kept), np.uint8), allow_pickle=False)
    np.save(folder / f"{name}.index.npy", np.ascontiguousarray(index).reshape(-1, 2), allow_pickle=False)


def save_vocabulary(folder: Path, name: str, words: Iterable[str]) -> None:
    """Write the words, which have no line breaks, into `folder`, each once; a word's number is its place."""
    encoded = [_encoded(word) for word in words]
    save(folder, name, encoded)
    sums = np.array([checksum(word) for word in encoded], np.uint64)
    np.save(folder / f"{name}.order.npy", np.argsort(sums, kind="stable").astype(np.int32), allow_pickle=False)


def array(path: Path, kind: type[np.generic] | str, dimensions: int) -> NDArray[Any]:
    """The mapped array of an `.npy` file; raises `ValueError` for one of another type or of other dimensions."""
    # The plain array beneath: each look into a `memmap` costs as much as ten into an array.
    content: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False).view(np.ndarray)
    if content.dtype != kind or content.ndim != dimensions:
        raise ValueError(f"{path.name} holds no {np.dtype(kind).name} of {dimensions} dimensions")
    return content


def checksum(record: bytes | memoryview) -> int:
    """The first 64 bits of a record's BLAKE2b."""
    return int.from_bytes(blake2b(record, digest_size=8).digest(), "little")


@lru_cache(maxsize=1024)  # a question's words are looked up in every segment
def _key(word: str) -> np.uint64:
    return np.uint64(checksum(_encoded(word)))


def _encoded(word: str) -> bytes:
    return f"{word}\n".encode("utf-8", "surrogatepass")
