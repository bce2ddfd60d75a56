"""Operations and arrays → the bytes of an ONNX file, without the package onnx: 33 MB to write 25 kB.

The file is a message of protocol buffers: fields one after another, each its number and the kind of its value, then the
value. The numbers are those of ONNX's `onnx.proto3`.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Value = int | float | str | bytes

_IR, _OPSET = 9, 20  # versions of the format and of its operations; 20 is the first with Gelu
_TYPES = {"float32": 1, "int64": 7}
_EXTERNAL = 1


def model(nodes: Iterable[bytes], tensors: Iterable[bytes], inputs: Sequence[bytes], outputs: Sequence[bytes]) -> bytes:
    """A model of these nodes, in an order in which each reads what was made before, and of these tensors."""
    parts = ((1, nodes), (5, tensors), (11, inputs), (12, outputs))
    graph = _message((2, "graph"), *((number, part) for number, row in parts for part in row))
    return _message((1, _IR), (7, graph), (8, _message((2, _OPSET))))


def node(kind: str, inputs: Sequence[str], output: str, **attributes: int | float | list[int]) -> bytes:
    """An operation on named values that makes another."""
    settings = (_attribute(name, value) for name, value in attributes.items())
    return _message(*((1, name) for name in inputs), (2, output), (4, kind), *((5, each) for each in settings))


def tensor(name: str, array: NDArray[np.generic]) -> bytes:
    """An array of float32 or int64 that the file holds itself."""
    return _array(name, array.shape, array.dtype.name, (9, array.tobytes()))


def stretch(name: str, shape: Sequence[int], location: str, start: int, length: int) -> bytes:
    """An array of float32 that is a stretch of another file, in bytes."""
    place = {"location": location, "offset": str(start), "length": str(length)}
    entries = ((13, _message((1, key), (2, value))) for key, value in place.items())
    return _array(name, shape, "float32", *entries, (14, _EXTERNAL))


def value(name: str, kind: str, shape: Sequence[int | str]) -> bytes:
    """What goes in or comes out: its type and its shape, in which a name stands for a size that varies."""
    sizes = (_message((1 if isinstance(size, int) else 2, size)) for size in shape)
    array = _message((1, _TYPES[kind]), (2, _message(*((1, size) for size in sizes))))
    return _message((1, name), (2, _message((1, array))))


def _array(name: str, shape: Sequence[int], kind: str, *content: tuple[int, Value]) -> bytes:
    return _message(*((1, size) for size in shape), (2, _TYPES[kind]), (8, name), *content)


def _attribute(name: str, value: float | list[int]) -> bytes:
    if isinstance(value, float):
        return _message((1, name), (2, value), (20, 1))
    if isinstance(value, int):
        return _message((1, name), (3, value), (20, 2))
    return _message((1, name), *((8, each) for each in value), (20, 7))


def _message(*fields: tuple[int, Value]) -> bytes:
    return b"".join(_field(number, value) for number, value in fields)


def _field(number: int, value: Value) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    if isinstance(value, float):
        return _varint(number << 3 | 5) + struct.pack("<f", value)
    content = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first; the eighth says that more follow."""
    number &= 2**64 - 1  # a negative number stands as its complement
    rest = []
    while number > 127:
        rest.append(number & 127 | 128)
        number >>= 7
    return bytes([*rest, number])
