"""Torch weights -> the file that ships: fused for ONNX Runtime, 8 bits, one scale a column of each matrix.

The only module that writes the shipped format, for other small BERTs as well. The embeddings are 8 bits too, or the file would be 70 MB.

    python -m training.export WEIGHTS.pt TOKENIZER.json OUT_FOLDER
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers import optimizer
from onnxruntime.transformers.fusion_options import FusionOptions
from torch import nn
from transformers import BertForSequenceClassification

from training.model import SHAPE, empty_model

LARGEST = 34_000_000  # bytes, so that it and its tokenizer stay below 35 MB
INPUTS = ("input_ids", "attention_mask", "token_type_ids")


class _Logits(nn.Module):
    def __init__(self, model: BertForSequenceClassification) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.model(input_ids=ids, attention_mask=mask, token_type_ids=types).logits
        return logits


def export(weights: Path, tokenizer: Path, out: Path, *, per_channel: bool = True) -> Path:
    """Write `reader.onnx` and `tokenizer.json` into `out`; ValueError when the file would be too large."""
    out.mkdir(parents=True, exist_ok=True)
    model = empty_model("eager")
    model.load_state_dict(torch.load(weights))
    axes = {name: {0: "pairs", 1: "tokens"} for name in INPUTS} | {"logits": {0: "pairs"}}
    write(_Logits(model), axes, out / "reader.onnx", change=_keep_first_row, per_channel=per_channel)
    if tokenizer.resolve() != (out / "tokenizer.json").resolve():
        shutil.copyfile(tokenizer, out / "tokenizer.json")
    return out / "reader.onnx"


def write(  # noqa: PLR0913 - each is a choice of one model
    model: nn.Module,
    axes: Mapping[str, dict[int, str]],
    out: Path,
    *,
    change: Callable[[onnx.ModelProto], None] = lambda _: None,
    per_channel: bool = True,
    given: tuple[torch.Tensor, ...] | None = None,
) -> None:
    """Write a model with the sizes of a small BERT and one output, `logits`: fused, changed, 8 bits.

    `axes` names the sizes of each input, in the order of the model's arguments, and of the output that are not fixed;
    `given` are inputs to run it with once, where they are no integers. Raises ValueError when the file would be too large.
    """
    inputs = [name for name in axes if name != "logits"]
    with tempfile.TemporaryDirectory() as folder:
        plain, fused, small = (Path(folder) / name for name in ("plain.onnx", "fused.onnx", "small.onnx"))
        torch.onnx.export(
            model,
            given or tuple(torch.ones((2, 9), dtype=torch.long) for _ in inputs),
            str(plain),
            input_names=inputs,
            output_names=["logits"],
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )
        _write_fused(plain, fused, change)
        quantize_dynamic(
            fused,
            small,
            per_channel=per_channel,
            weight_type=QuantType.QInt8,
            extra_options={"MatMulConstBOnly": True, "DefaultTensorType": TensorProto.FLOAT},
        )
        if small.stat().st_size > LARGEST:
            raise ValueError(f"{small.stat().st_size} bytes are too many: at most {LARGEST}")
        shutil.copyfile(small, out)


def _write_fused(plain: Path, fused: Path, change: Callable[[onnx.ModelProto], None]) -> None:
    options = FusionOptions("bert")
    options.enable_embed_layer_norm = False  # its 8-bit form is slower to load and no faster here
    # A sum and LayerNormalization take a fifth of the fused operation's time, and a bias goes into the product before it.
    options.enable_skip_layer_norm = options.enable_bias_skip_layer_norm = options.enable_bias_gelu = False
    optimized = optimizer.optimize_model(
        str(plain),
        "bert",
        num_heads=SHAPE["num_attention_heads"],
        hidden_size=SHAPE["hidden_size"],
        optimization_options=options,
    )
    change(optimized.model)
    optimized.save_model_to_file(str(fused))


def _keep_first_row(file: onnx.ModelProto) -> None:
    """Behind the last attention compute the first row alone, from which the logit is made: a fifteenth of the time."""
    nodes = file.graph.node
    at = max(number for number, node in enumerate(nodes) if node.op_type == "Attention")
    file.graph.initializer.append(numpy_helper.from_array(np.array([0]), "first"))
    for rows in (nodes[at].output[0], nodes[at].input[0]):  # what attention gives, and what is added to it
        row = f"{rows}_first"
        for node in nodes[at + 1 :]:
            node.input[:] = [row if name == rows else name for name in node.input]
        nodes.insert(at + 1, helper.make_node("Gather", [rows, "first"], [row], axis=1))


def main() -> None:
    """Export and print the size and SHA-256 of what ships."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("weights", type=Path)
    parser.add_argument("tokenizer", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--per-tensor", action="store_true")
    options = parser.parse_args()
    export(options.weights, options.tokenizer, options.out, per_channel=not options.per_tensor)
    for file in sorted(options.out.iterdir()):
        print(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}  {file.stat().st_size} bytes")


if __name__ == "__main__":
    main()
