"""An `.npy` file → its array, mapped: what is looked at is read from the file, and stays in memory as long as there is room.

Rows of a large array may also be read past the mapping: a page that is touched there counts as memory of the process, with
its neighbours.
"""

from __future__ import annotations

import io
import itertools
import math
import mmap
import os
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import IndexFolderError

_HEADER = 128  # bytes before the numbers of an `.npy` file of few dimensions


class _Mapped(mmap.mmap):
    """A mapped file, and a handle by which `rows` reads it past the mapping, if it has one."""

    handle = -1

    def __del__(self) -> None:
        if self.handle >= 0:
            os.close(self.handle)


def array(path: Path, kind: type[np.generic] | str, dimensions: int, *, by_rows: bool = False) -> NDArray[Any]:
    """The mapped array of an `.npy` file, ready for `rows` if wanted; raises `ValueError` for another type or dimension."""
    # Plain arrays: each look into a `memmap` of NumPy's costs as much as ten into one, and to open it takes six times as long.
    with path.open("rb") as file:
        shape, order, dtype = _header(file.read(_HEADER))
        if dtype != kind or len(shape) != dimensions:
            raise ValueError(f"{path.name} holds no {np.dtype(kind).name} of {dimensions} dimensions")
        mapped = _Mapped(file.fileno(), 0, access=mmap.ACCESS_READ)
        mapped.handle = os.dup(file.fileno()) if by_rows else -1
    if len(mapped) != _HEADER + math.prod(shape) * dtype.itemsize:
        raise ValueError(f"{path.name} has not the size that it states")
    return np.ndarray(shape, dtype, mapped, _HEADER, order=order)


def rows(array: NDArray[Any], numbers: NDArray[np.int64]) -> NDArray[Any]:
    """Copies of rows of an `array`; of one opened `by_rows` they are read from the file, and no page of it stays mapped.

    The system keeps what was read as long as it has room. Raises `IndexFolderError` where the file has become shorter.
    """
    base = array.base
    if not (isinstance(base, _Mapped) and base.handle >= 0 and array.flags.c_contiguous and len(numbers)):
        copies: NDArray[Any] = array[numbers]
        return copies
    size = array.strides[0]
    ends = [*(np.flatnonzero(np.diff(numbers) != 1) + 1).tolist(), len(numbers)]  # of stretches that are read at once
    starts = [0, *ends[:-1]]
    sizes = [size * (end - start) for start, end in zip(starts, ends, strict=True)]
    places = (_HEADER + size * numbers[starts]).tolist()
    content = b"".join(map(os.pread, itertools.repeat(base.handle), sizes, places))
    if len(content) != size * len(numbers):
        raise IndexFolderError("a file of vectors has become shorter: `byline build` makes the index again")
    return np.frombuffer(content, array.dtype).reshape(len(numbers), *array.shape[1:])


def release(array: NDArray[Any]) -> None:
    """Take the pages of an `array` out of the process's memory; the system keeps them while it has room."""
    if isinstance(array.base, _Mapped):
        array.base.madvise(mmap.MADV_DONTNEED)


@lru_cache(maxsize=1024)  # those of whole segments are all alike
def _header(content: bytes) -> tuple[tuple[int, ...], Literal["C", "F"], np.dtype[Any]]:
    """Shape, order and type that an `.npy` file states. Raises `ValueError` for a file of another version."""
    head = io.BytesIO(content)
    if np.lib.format.read_magic(head) != (1, 0):
        raise ValueError("an .npy file of another version")
    shape, by_columns, dtype = np.lib.format.read_array_header_1_0(head)
    return shape, "F" if by_columns else "C", dtype
