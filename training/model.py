"""The reranker as torch sees it: pairs in padded tensors, one logit a pair out; and the weights that training starts from.

Those are the ready reranker's 8-bit ONNX file in float. ONNX Runtime's dynamic quantisation calls a matrix
`NAME_quantized` with `NAME_scale` and `NAME_zero_point`; the node that multiplies by it has the layer's path in its name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from tokenizers import Tokenizer
from torch import nn
from transformers import AttentionInterface, BertConfig, BertForSequenceClassification
from transformers.masking_utils import AttentionMaskInterface, eager_mask

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


LONGEST = 256  # tokens of question, window and three marks; the window is cut, never the question
_POOL = 1 << 23
_LENGTH_STEP = 8  # lengths are padded to multiples: oneDNN compiles anew for each shape it has not met


class CheapDropout(nn.Module):
    """Dropout whose masks are stretches of one pool drawn beforehand: drawing anew is a fifth of a step on a CPU."""

    def __init__(self, share: float, generator: torch.Generator) -> None:
        super().__init__()
        kept = torch.rand(_POOL, generator=generator) >= share
        self._generator = generator
        self._mask = (kept.to(torch.float32) / (1 - share)).to(torch.bfloat16)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        """`hidden` with a part of its elements zero while training, unchanged otherwise."""
        if not self.training or hidden.numel() > _POOL:
            return hidden
        start = int(torch.randint(_POOL - hidden.numel() + 1, (1,), generator=self._generator))
        return hidden * self._mask[start : start + hidden.numel()].view(hidden.shape).to(hidden.dtype)


def lean_attention(
    _module: nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    **_: object,
) -> tuple[torch.Tensor, None]:
    """Attention in three calls, scale and mask folded in: the fused one's backward pass is slow on a CPU."""
    batch, heads, length, width = query.shape
    flat = (batch * heads, length, width)
    query, key, value = ((query * width**-0.5).reshape(flat), key.reshape(flat), value.reshape(flat))
    mask = torch.zeros((), dtype=query.dtype) if attention_mask is None else attention_mask
    mask = mask.expand(batch, heads, length, length).reshape(batch * heads, length, length)
    weights = torch.softmax(torch.baddbmm(mask, query, key.transpose(1, 2)), dim=-1)
    return torch.bmm(weights, value).view(batch, heads, length, width).transpose(1, 2).contiguous(), None


AttentionInterface.register("lean", lean_attention)
AttentionMaskInterface.register("lean", eager_mask)


def load_tokenizer(path: Path) -> Tokenizer:
    """The ready reader's tokenizer, cutting the window at `LONGEST` tokens, padding to the longest of a batch."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.enable_truncation(LONGEST, strategy="only_second")
    tokenizer.enable_padding()
    return tokenizer


def empty_model(attention: str = "sdpa") -> BertForSequenceClassification:
    """A reader without weights, in evaluation mode."""
    shape = dict(SHAPE, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, attn_implementation=attention)
    model = BertForSequenceClassification(BertConfig(**shape))
    model.train(False)
    return model


def with_dropout(model: nn.Module, share: float, seed: int) -> None:
    """Put one shared `CheapDropout` behind every dense output and the embeddings."""
    dropout = CheapDropout(share, torch.Generator().manual_seed(seed))
    for name, module in list(model.named_modules()):
        if name.endswith((".output", ".embeddings", "bert.embeddings")) and hasattr(module, "dropout"):
            module.dropout = dropout


def logits_of(
    model: BertForSequenceClassification, tokenizer: Tokenizer, pairs: Sequence[tuple[str, str]], chunk: int = 16
) -> torch.Tensor:
    """One logit a pair, in order: (n,) float32. Pairs go through in chunks of like length, so little is padding.
    Computed in bfloat16, whatever the weights are kept in."""
    tokenizer.no_padding()
    encoded = tokenizer.encode_batch(list(pairs))
    order = sorted(range(len(pairs)), key=lambda i: len(encoded[i].ids))
    parts = []
    for start in range(0, len(order), chunk):
        rows = [encoded[i] for i in order[start : start + chunk]]
        with torch.autocast("cpu", torch.bfloat16, enabled=model.dtype is torch.float32):
            parts.append(model(**_padded(rows)).logits.ravel().float())
    back = torch.empty(len(order), dtype=torch.long)
    back[torch.tensor(order)] = torch.arange(len(order))
    return torch.cat(parts)[back]


def _padded(rows: Sequence[object]) -> dict[str, torch.Tensor]:
    longest = max(len(row.ids) for row in rows)  # type: ignore[attr-defined]
    longest += -longest % _LENGTH_STEP

    def filled(field: str) -> torch.Tensor:
        lists = [list(getattr(row, field)) for row in rows]
        return torch.tensor([values + [0] * (longest - len(values)) for values in lists])

    return {
        "input_ids": filled("ids"),
        "attention_mask": filled("attention_mask"),
        "token_type_ids": filled("type_ids"),
    }
