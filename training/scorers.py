"""Readers to measure, each as a function from pairs to logits: torch weights, or an ONNX file as it is shipped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from training.model import empty_model, load_tokenizer, logits_of

Logits = NDArray[np.float32]
Scorer = Callable[[Sequence[tuple[str, str]]], Logits]

_TOKENS = 320
_BATCH_TOKENS = 1024


def torch_scorer(weights: Path, tokenizer_file: Path) -> Scorer:
    """The model whose state is in `weights`, computed in bfloat16."""
    model = empty_model("lean")
    model.load_state_dict(torch.load(weights))
    model.bfloat16()
    tokenizer = load_tokenizer(tokenizer_file)
    tokenizer.enable_truncation(_TOKENS, strategy="only_second")

    def score(pairs: Sequence[tuple[str, str]]) -> Logits:
        with torch.inference_mode():
            logits: Logits = logits_of(model, tokenizer, pairs).numpy()
        return logits

    return score


def onnx_scorer(model_file: Path, tokenizer_file: Path, threads: int = 2) -> Scorer:
    """The ONNX file `model_file`, in batches of like length, as the product runs it."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(str(model_file), options, providers=["CPUExecutionProvider"])
    tokenizer = load_tokenizer(tokenizer_file)
    tokenizer.no_padding()
    tokenizer.enable_truncation(_TOKENS, strategy="only_second")
    names = [given.name for given in session.get_inputs()]
    return lambda pairs: _by_length(session, names, tokenizer, pairs)


def _by_length(
    session: onnxruntime.InferenceSession, names: list[str], tokenizer: Tokenizer, pairs: Sequence[tuple[str, str]]
) -> Logits:
    encoded = tokenizer.encode_batch(list(pairs))
    fields = {"input_ids": "ids", "attention_mask": "attention_mask", "token_type_ids": "type_ids"}
    logits = np.empty(len(encoded), np.float32)
    for places in batches([len(one.ids) for one in encoded]):
        width = max(len(encoded[place].ids) for place in places)
        feed = {
            name: np.array(
                [list(getattr(encoded[p], fields[name])) + [0] * (width - len(encoded[p].ids)) for p in places],
                np.int64,
            )
            for name in names
        }
        logits[places] = session.run(None, feed)[0].reshape(-1)
    return logits


def batches(lengths: Sequence[int]) -> list[list[int]]:
    """Places of texts of like length, longest first; each batch is at most `_BATCH_TOKENS` once padded."""
    found: list[list[int]] = []
    for place in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if found and lengths[found[-1][0]] * (len(found[-1]) + 1) <= _BATCH_TOKENS:
            found[-1].append(place)
        else:
            found.append([place])
    return found
