"""A BERT encoder's configuration and weights → an ONNX graph that turns the tokens of some texts into rows.

The graph is as Devlin et al. 2019 have it, with the parameters' names of Hugging Face's `transformers`. It holds no
weights: each is a stretch of the model's own safetensors files, so that it takes some kilobytes and is made at once.
Texts stand one after another instead of being padded, and a token attends to those of its own text alone.

The file is written here, since the package onnx takes 33 MB to write 25 kB. It is a message of protocol buffers: fields
one after another, each its number and the kind of its value, then the value. The numbers are those of `onnx.proto3`.
"""

from __future__ import annotations

import itertools
import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrieval.errors import ModelError

Value = int | float | str | bytes


_POSITIONS_FROM_PADDING = {"bert": False, "roberta": True, "xlm-roberta": True}  # where the positions of a text begin
# A weight of e**-50 changes no sum of float32; -∞ would give denormal numbers, which processors multiply slowly.
_APART = -50.0
_WORDS = "embeddings.word_embeddings.weight"


class NotExportableError(ModelError):
    """The graph cannot be made for this kind of model; the message says why."""


def write(folder: Path, config: Mapping[str, Any]) -> bytes:
    """The ONNX file of the BERT or RoBERTa model in `folder`.

    It takes the `input_ids` of all tokens, their `positions` in their texts, from 0, and the numbers of their `texts`,
    each `(tokens,)` int64, and gives `rows`, `(tokens, dim)` float32. Locations of weights are relative to `folder`.
    Raises `NotExportableError`.
    """
    kind, activation = config["model_type"], config.get("hidden_act")
    if kind not in _POSITIONS_FROM_PADDING or config.get("position_embedding_type", "absolute") != "absolute":
        raise NotExportableError(f"its kind is {kind}, neither BERT nor RoBERTa with absolute positions")
    if activation != "gelu":
        raise NotExportableError(f"its activation is {activation}")
    graph = _Graph(_tensors(folder))
    rows, mask = _embedded(graph, config), _mask(graph)
    for layer in range(config["num_hidden_layers"]):
        rows = _layer(graph, rows, mask, f"encoder.layer.{layer}", config)
    graph.node("Identity", rows, output="rows")
    inputs = [_value(name, "int64", ["tokens"]) for name in ("input_ids", "positions", "texts")]
    return _model(
        graph.nodes, graph.tensors.values(), inputs, [_value("rows", "float32", ["tokens", config["hidden_size"]])]
    )


def output(name: str, shape: Sequence[int | str]) -> bytes:
    """What gives out one more float32 value of a model: appended to the model's file, since a message's parts are merged."""
    return _message((7, _message((12, _value(name, "float32", shape)))))


class _Graph:
    """Nodes in their order, and the tensors that they read. Every method gives the name of a value."""

    def __init__(self, weights: Mapping[str, bytes]) -> None:
        self.nodes: list[bytes] = []
        self.tensors: dict[str, bytes] = {}
        self._weights = weights
        self._prefix = next((name.removesuffix(_WORDS) for name in weights if name.endswith(_WORDS)), "")

    def node(self, kind: str, *inputs: str, output: str | None = None, **attributes: Any) -> str:
        """An operation of ONNX."""
        name = output or f"{kind} {len(self.nodes)}"
        self.nodes.append(_node(kind, inputs, name, **attributes))
        return name

    def weight(self, name: str) -> str:
        """A parameter of the model, without the prefix that some files have."""
        tensor = self._weights.get(self._prefix + name)
        if tensor is None:
            raise NotExportableError(f"it has no float32 weights {name}")
        self.tensors[self._prefix + name] = tensor
        return self._prefix + name

    def constant(self, value: ArrayLike) -> str:
        """A small array that is kept in the graph."""
        array = np.asarray(value)
        name = f"constant {array.tolist()}"
        self.tensors[name] = _constant(name, array)
        return name

    def linear(self, rows: str, name: str) -> str:
        """Rows times the layer's matrix, which torch keeps transposed, and its bias."""
        return self.node("Gemm", rows, self.weight(f"{name}.weight"), self.weight(f"{name}.bias"), transB=1)

    def normalized(self, rows: str, name: str, config: Mapping[str, Any]) -> str:
        """Rows of mean 0 and variance 1, scaled and moved."""
        scale, bias = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.node("LayerNormalization", rows, scale, bias, axis=-1, epsilon=config["layer_norm_eps"])


def _embedded(graph: _Graph, config: Mapping[str, Any]) -> str:
    """Tokens → rows `(tokens, dim)`: embeddings of the word, of its position, and of the first kind of text."""
    first = config["pad_token_id"] + 1 if _POSITIONS_FROM_PADDING[config["model_type"]] else 0
    words = graph.node("Gather", graph.weight(_WORDS), "input_ids")
    places = graph.node("Add", "positions", graph.constant(first))
    positions = graph.node("Gather", graph.weight("embeddings.position_embeddings.weight"), places)
    kind = graph.node("Gather", graph.weight("embeddings.token_type_embeddings.weight"), graph.constant(0))
    return graph.normalized(_sum(graph, words, positions, kind), "embeddings.LayerNorm", config)


def _mask(graph: _Graph) -> str:
    """What is added to the scores, `(tokens, tokens)`: nothing within a text, `_APART` from text to text."""
    rows, columns = (graph.node("Unsqueeze", "texts", graph.constant([axis])) for axis in (1, 0))
    same = graph.node("Equal", rows, columns)
    return graph.node("Where", same, graph.constant(np.float32(0)), graph.constant(np.float32(_APART)))


def _layer(graph: _Graph, rows: str, mask: str, name: str, config: Mapping[str, Any]) -> str:
    """One layer: attention over the tokens of a text, then each row by itself; what comes in is added to what goes out."""
    heads = _attention(graph, rows, mask, f"{name}.attention.self", config)
    mixed = graph.linear(heads, f"{name}.attention.output.dense")
    rows = graph.normalized(_sum(graph, mixed, rows), f"{name}.attention.output.LayerNorm", config)
    wide = graph.node("Gelu", graph.linear(rows, f"{name}.intermediate.dense"))
    return graph.normalized(
        _sum(graph, graph.linear(wide, f"{name}.output.dense"), rows), f"{name}.output.LayerNorm", config
    )


def _attention(graph: _Graph, rows: str, mask: str, name: str, config: Mapping[str, Any]) -> str:
    """Scaled dot-product attention (Vaswani et al. 2017): softmax(q kᵀ / √width) v, head by head.

    The sum that the softmax divides by comes out of the product with v, as that with one more column of ones: it adds
    up in the order of the tokens, so that a text's rows are the same wherever it stands among others, on the processors
    tried to the last bit.
    """
    dim, heads = config["hidden_size"], config["num_attention_heads"]
    width = dim // heads
    shape = graph.constant([0, heads, width])
    scaled = graph.node("Mul", graph.linear(rows, f"{name}.query"), graph.constant(np.float32(width**-0.5)))
    key, value = (graph.linear(rows, f"{name}.{part}") for part in ("key", "value"))
    query, key, value = (
        graph.node("Transpose", graph.node("Reshape", part, shape), perm=axes)
        for part, axes in ((scaled, [1, 0, 2]), (key, [1, 2, 0]), (value, [1, 0, 2]))
    )
    scores = graph.node("Add", graph.node("MatMul", query, key), mask)
    highest = graph.node("ReduceMax", scores, graph.constant([-1]), keepdims=1)
    weights = graph.node("Exp", graph.node("Sub", scores, highest))
    padded = graph.node("Pad", value, graph.constant([0, 0, 0, 0, 0, 1]), graph.constant(np.float32(1)))
    sums = graph.node("MatMul", weights, padded)
    bounds = [graph.constant([bound]) for bound in (0, width, width + 1)]
    mixed, total = (graph.node("Slice", sums, *between, graph.constant([2])) for between in itertools.pairwise(bounds))
    by_token = graph.node("Transpose", graph.node("Div", mixed, total), perm=[1, 0, 2])
    return graph.node("Reshape", by_token, graph.constant([0, dim]))


def _sum(graph: _Graph, first: str, *others: str) -> str:
    for other in others:
        first = graph.node("Add", first, other)
    return first


def _tensors(folder: Path) -> dict[str, bytes]:
    """Every float32 tensor of the safetensors files, its values left where they are.

    Such a file begins with the length of a JSON header, 8 bytes, little-endian, and the header, which says where in the
    rest each tensor lies.
    """
    tensors = {}
    for path in sorted(folder.rglob("*.safetensors")):
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            header = json.loads(file.read(length))
        location = path.relative_to(folder).as_posix()
        for name, facts in header.items():
            if facts.get("dtype") == "F32":
                start, end = facts["data_offsets"]
                tensors[name] = _stretch(name, facts["shape"], location, 8 + length + start, end - start)
    return tensors


_IR, _OPSET = 9, 20  # versions of the format and of its operations; 20 is the first with Gelu
_TYPES = {"float32": 1, "int64": 7}
_EXTERNAL = 1


def _model(
    nodes: Iterable[bytes], tensors: Iterable[bytes], inputs: Sequence[bytes], outputs: Sequence[bytes]
) -> bytes:
    """A model of these nodes, in an order in which each reads what was made before, and of these tensors."""
    parts = ((1, nodes), (5, tensors), (11, inputs), (12, outputs))
    graph = _message((2, "graph"), *((number, part) for number, row in parts for part in row))
    return _message((1, _IR), (7, graph), (8, _message((2, _OPSET))))


def _node(kind: str, inputs: Sequence[str], output: str, **attributes: int | float | list[int]) -> bytes:
    """An operation on named values that makes another."""
    settings = (_attribute(name, value) for name, value in attributes.items())
    return _message(*((1, name) for name in inputs), (2, output), (4, kind), *((5, each) for each in settings))


def _constant(name: str, array: NDArray[np.generic]) -> bytes:
    """An array of float32 or int64 that the file holds itself."""
    return _array(name, array.shape, array.dtype.name, (9, array.tobytes()))


def _stretch(name: str, shape: Sequence[int], location: str, start: int, length: int) -> bytes:
    """An array of float32 that is a stretch of another file, in bytes."""
    place = {"location": location, "offset": str(start), "length": str(length)}
    entries = ((13, _message((1, key), (2, value))) for key, value in place.items())
    return _array(name, shape, "float32", *entries, (14, _EXTERNAL))


def _value(name: str, kind: str, shape: Sequence[int | str]) -> bytes:
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
