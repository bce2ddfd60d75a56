"""A BERT encoder's configuration and weights → an ONNX graph that turns one text's tokens into its vector.

The graph is as Devlin et al. 2019 have it, with the parameters' names of Hugging Face's `transformers`. It holds no
weights: each is a stretch of the model's own safetensors files, so that it takes some kilobytes and is made at once.
It reads a single text, so it needs neither padding nor a mask.
"""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

import numpy as np

from retrieval.errors import ModelError
from retrieval.search import onnx_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import ArrayLike

_POSITIONS_FROM_PADDING = {"bert": False, "roberta": True, "xlm-roberta": True}  # where the positions of a text begin
_WORDS = "embeddings.word_embeddings.weight"
_POOLING = {"mean": "ReduceMean", "mean_sqrt_len_tokens": "ReduceMean", "max": "ReduceMax", "cls": "Gather"}


class NotExportableError(ModelError):
    """A model that is none of the kinds this graph can be made for; the message is the reason."""


def write(folder: Path, config: Mapping[str, Any], pooling: str) -> bytes:
    """The ONNX file of the BERT or RoBERTa model in `folder`.

    It takes `input_ids`, `(1, tokens)` int64, and gives `vector`, `(dim,)` float32, which is not of unit length.
    Locations of weights are relative to `folder`. Raises `NotExportableError`.
    """
    kind, activation = config["model_type"], config.get("hidden_act")
    if kind not in _POSITIONS_FROM_PADDING or config.get("position_embedding_type", "absolute") != "absolute":
        raise NotExportableError(f"its kind is {kind}, neither BERT nor RoBERTa with absolute positions")
    if activation != "gelu" or pooling not in _POOLING:
        raise NotExportableError(f"its activation is {activation}, its pooling {pooling}")
    graph = _Graph(_tensors(folder))
    rows = _embedded(graph, config)
    for layer in range(config["num_hidden_layers"]):
        rows = _layer(graph, rows, f"encoder.layer.{layer}", config)
    _pooled(graph, rows, pooling)
    ids = onnx_file.value("input_ids", "int64", [1, "tokens"])
    vector = onnx_file.value("vector", "float32", [config["hidden_size"]])
    return onnx_file.model(graph.nodes, graph.tensors.values(), [ids], [vector])


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
        self.nodes.append(onnx_file.node(kind, inputs, name, **attributes))
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
        self.tensors[name] = onnx_file.tensor(name, array)
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
    ids = graph.node("Reshape", "input_ids", graph.constant([-1]))
    words = graph.node("Gather", graph.weight(_WORDS), ids)
    end = graph.node("Add", graph.node("Shape", ids), graph.constant([first]))
    table = graph.weight("embeddings.position_embeddings.weight")
    positions = graph.node("Slice", table, graph.constant([first]), end)
    kind = graph.node("Gather", graph.weight("embeddings.token_type_embeddings.weight"), graph.constant(0))
    return graph.normalized(_sum(graph, words, positions, kind), "embeddings.LayerNorm", config)


def _layer(graph: _Graph, rows: str, name: str, config: Mapping[str, Any]) -> str:
    """One layer: attention over all tokens, then each row by itself; what comes in is added to what goes out."""
    mixed = graph.linear(_attention(graph, rows, f"{name}.attention.self", config), f"{name}.attention.output.dense")
    rows = graph.normalized(_sum(graph, mixed, rows), f"{name}.attention.output.LayerNorm", config)
    wide = graph.node("Gelu", graph.linear(rows, f"{name}.intermediate.dense"))
    return graph.normalized(
        _sum(graph, graph.linear(wide, f"{name}.output.dense"), rows), f"{name}.output.LayerNorm", config
    )


def _attention(graph: _Graph, rows: str, name: str, config: Mapping[str, Any]) -> str:
    """Scaled dot-product attention (Vaswani et al. 2017): softmax(q kᵀ / √width) v, head by head."""
    dim, heads = config["hidden_size"], config["num_attention_heads"]
    shape = graph.constant([0, heads, dim // heads])
    query, key, value = (
        graph.node("Reshape", graph.linear(rows, f"{name}.{part}"), shape) for part in ("query", "key", "value")
    )
    by_head, keys = graph.node("Transpose", query, perm=[1, 0, 2]), graph.node("Transpose", key, perm=[1, 2, 0])
    scale = graph.constant(np.float32((dim // heads) ** -0.5))
    weights = graph.node("Softmax", graph.node("Mul", graph.node("MatMul", by_head, keys), scale), axis=-1)
    mixed = graph.node("MatMul", weights, graph.node("Transpose", value, perm=[1, 0, 2]))
    return graph.node("Reshape", graph.node("Transpose", mixed, perm=[1, 0, 2]), graph.constant([0, dim]))


def _pooled(graph: _Graph, rows: str, pooling: str) -> None:
    """Rows → one vector; where the mean is divided by a root, its direction is the same."""
    if pooling == "cls":
        graph.node("Gather", rows, graph.constant(0), output="vector")
    else:
        graph.node(_POOLING[pooling], rows, graph.constant([0]), keepdims=0, output="vector")


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
                tensors[name] = onnx_file.stretch(name, facts["shape"], location, 8 + length + start, end - start)
    return tensors
