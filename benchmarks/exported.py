"""Byline's reader as others load it: the 8-bit ONNX file turned back into a float32 folder for sentence-transformers.

`training/export.py` made the shipped file, which names its arrays so: a matrix is `NAME_quantized` with
`NAME_scale` and `NAME_zero_point`; query, key and value of a layer stand side by side in `Attention_N_qkv_weight`; the
other three matrices of a layer have numbers for names, and the node that multiplies by one names its layer.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

from benchmarks import passages
from retrieval.search import cross_encoder
from training.model import SHAPE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[Any]

INPUTS = ["input_ids", "token_type_ids", "attention_mask"]
TOLERANCE = 0.3  # mean difference of logits that range over 8: what passes between its layers is rounded, too
_MARKS = {
    "pad_token": "[PAD]",
    "unk_token": "[UNK]",
    "cls_token": "[CLS]",
    "sep_token": "[SEP]",
    "mask_token": "[MASK]",
}


def main(folder: str) -> None:
    """Write the reader into `folder`; refuse when its logits are not those of the shipped one."""
    model = BertForSequenceClassification(BertConfig(**SHAPE))
    model.load_state_dict(shipped_weights(onnx.load(str(cross_encoder._FOLDER / "reader.onnx"))))
    model.save_pretrained(folder)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(cross_encoder._FOLDER / "tokenizer.json"),
        model_max_length=cross_encoder._MAX_TOKENS,
        model_input_names=INPUTS,
        **_MARKS,
    )
    tokenizer.save_pretrained(folder)
    apart = difference(folder, _pairs())
    if not apart <= TOLERANCE:
        raise SystemExit(f"the exported reader is not Byline's: logits differ by {apart:.2f}, more than {TOLERANCE}")


def difference(folder: str, pairs: Sequence[tuple[str, str]]) -> float:
    """By how much the logits of the reader in `folder` and of Byline's differ in the mean."""
    theirs = cross_encoder.ForeignCrossEncoder(folder).score(pairs)
    return float(np.abs(theirs - cross_encoder.OnnxCrossEncoder().score(pairs)).mean())


def _pairs() -> list[tuple[str, str]]:
    """Questions with passages that do not answer them, and twelve words of a passage with that passage."""
    texts = passages.synthetic(20)
    apart = list(zip(passages.questions(20), texts, strict=True))
    return apart + [(" ".join(text.split()[10:22]).lower(), text) for text in texts]


def shipped_weights(file: onnx.ModelProto) -> dict[str, torch.Tensor]:
    """Parameter → float32 tensor, in the orientation that torch's layers keep."""
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in file.graph.initializer}
    weights = {
        name.removeprefix("model."): array
        for name, array in arrays.items()
        if name.startswith("model.") and not name.endswith(("_quantized", "_scale", "_zero_point"))
    }
    for part in ("word", "position", "token_type"):
        name = f"bert.embeddings.{part}_embeddings.weight"
        weights[name] = _matrix(arrays, f"model.{name}")
    for name, stem in _multiplied(file).items():
        weights[f"{name}.weight"] = _matrix(arrays, stem).T
    for layer in range(SHAPE["num_hidden_layers"]):
        weights |= _attention(arrays, layer)
    return {name: torch.from_numpy(np.array(array, np.float32, order="C")) for name, array in weights.items()}


def _matrix(arrays: dict[str, Array], stem: str) -> Array:
    levels = arrays[f"{stem}_quantized"].astype(np.float32) - arrays[f"{stem}_zero_point"].astype(np.float32)
    matrix: Array = levels * arrays[f"{stem}_scale"]
    return matrix


def _multiplied(file: onnx.ModelProto) -> dict[str, str]:
    """The layer that each multiplying node names → the stem of its matrix."""
    return {
        node.name.split("/MatMul")[0].split("/Gemm")[0].removeprefix("/model/").replace("/", "."): source[:-10]
        for node in file.graph.node
        for source in node.input
        if node.op_type == "MatMulInteger" and source.endswith("_quantized") and not source.startswith("/")
    }


def _attention(arrays: dict[str, Array], layer: int) -> dict[str, Array]:
    matrices = np.split(_matrix(arrays, f"Attention_{layer}_qkv_weight"), 3, axis=1)
    biases = np.split(arrays[f"Attention_{layer}_qkv_bias"], 3)
    path = f"bert.encoder.layer.{layer}.attention.self"
    sides = zip(("query", "key", "value"), matrices, biases, strict=True)
    return {
        f"{path}.{name}.{what}": array
        for name, matrix, bias in sides
        for what, array in (("weight", matrix.T), ("bias", bias))
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
