"""The ready reader's 8-bit ONNX file turned back into a float model that can be trained further.

Alone knows how ONNX Runtime's dynamic quantisation names things: a matrix is `NAME_quantized` with
`NAME_scale` and `NAME_zero_point`, and the node that multiplies by it carries the layer's path in its name.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from transformers import BertConfig, BertForSequenceClassification

READY_SHA256 = "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1"
SHAPE: dict[str, Any] = {
    "vocab_size": 30522,
    "hidden_size": 384,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "intermediate_size": 1536,
    "max_position_embeddings": 512,
    "num_labels": 1,
}


def ready_model(path: Path) -> BertForSequenceClassification:
    """The model in `path` (ms-marco-MiniLM-L-12-v2, 8 bits), in float32; ValueError when it is another file."""
    if hashlib.sha256(path.read_bytes()).hexdigest() != READY_SHA256:
        raise ValueError(f"{path} is not the ready reader: its SHA-256 is not {READY_SHA256}")
    model = BertForSequenceClassification(BertConfig(**SHAPE))
    missing, unexpected = model.load_state_dict(float_weights(onnx.load(str(path))), strict=False)
    missing = [name for name in missing if not name.endswith("position_ids")]
    if missing or unexpected:
        raise ValueError(f"the graph of {path} is not a BERT classifier: missing {missing}, unexpected {unexpected}")
    return model


def float_weights(graph_file: onnx.ModelProto) -> dict[str, torch.Tensor]:
    """Parameter name -> float tensor, in the orientation that torch's layers keep."""
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph_file.graph.initializer}
    layers = _layer_of_matrix(graph_file)
    weights = {}
    for name, array in arrays.items():
        if name.endswith("_quantized"):
            stem = name.removesuffix("_quantized")
            weights[_parameter(stem, layers)] = _dequantised(arrays, stem, transpose=stem in layers)
        elif name.startswith(("bert.", "classifier.")) and array.dtype == np.float32 and not name.endswith("_scale"):
            weights[name] = torch.from_numpy(array.copy())
    return weights


def _dequantised(arrays: dict[str, Any], stem: str, *, transpose: bool) -> torch.Tensor:
    levels = arrays[f"{stem}_quantized"].astype(np.float32) - arrays[f"{stem}_zero_point"].astype(np.float32)
    array = levels * arrays[f"{stem}_scale"]
    return torch.from_numpy(np.ascontiguousarray(array.T if transpose else array))


def _layer_of_matrix(graph_file: onnx.ModelProto) -> dict[str, str]:
    """Stem of each multiplied matrix -> the layer it belongs to, read off the multiplying node's name."""
    layers = {}
    for node in graph_file.graph.node:
        for source in node.input:
            if node.op_type == "MatMulInteger" and source.endswith("_quantized"):
                path = node.name.split("/MatMul")[0].split("/Gemm")[0]
                layers[source.removesuffix("_quantized")] = path.strip("/").replace("/", ".")
    return layers


def _parameter(stem: str, layers: dict[str, str]) -> str:
    if stem.startswith(("bert.", "classifier.")):
        return stem
    return f"{layers[stem]}.weight"
