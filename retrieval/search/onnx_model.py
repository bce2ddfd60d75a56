"""A model as an ONNX graph with its tokenizer → what it computes of texts; the only place that knows onnxruntime and tokenizers.

Each text is computed alone and by one thread, on as many cores as there are for all models together: a single text by the
thread that asks, since handing it over costs as much as a short one takes where many ask. Batches would make their threads wait for each other, and where a graph has 8 bits a text's result would depend on its company.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

import numpy as np

from retrieval.errors import ModelError
from retrieval.text.normalize import searchable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import onnxruntime
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    Text = str | tuple[str, str]

_CORES = min(os.cpu_count() or 1, 4)
_THREADS = ThreadPoolExecutor(_CORES, "onnx")
_RUNNING = BoundedSemaphore(_CORES)
# A sum and LayerNormalization take a fifth of the time of the operation that would replace them.
_SLOWER = ["SkipLayerNormFusion", "BiasSkipLayerNormFusion"]
_FIELDS = {"input_ids": "ids", "attention_mask": "attention_mask", "token_type_ids": "type_ids"}


class OnnxModel:
    """A graph with the inputs of a BERT, all or some, and one float32 output; one session for all threads."""

    def __init__(
        self, graph: bytes | Path, tokenizer: bytes | Path, max_tokens: int, weights: Path | None = None
    ) -> None:
        """`weights` is the folder of the files that hold the graph's weights, `None` where it holds them itself."""
        self._tokenizer = _tokenizer(tokenizer, max_tokens)
        self._session = _session(graph, weights)
        self._inputs = [given.name for given in self._session.get_inputs()]

    def run(self, texts: Sequence[Text]) -> list[NDArray[np.float32]]:
        """The output of each text or pair of texts, which is cut at `max_tokens`."""
        return [self._run(*texts)] if len(texts) == 1 else list(_THREADS.map(self._run, texts))

    def _run(self, text: Text) -> NDArray[np.float32]:
        first, second = (text, None) if isinstance(text, str) else text
        tokens = self._tokenizer.encode(_whole(first), second and _whole(second))
        feed = {name: np.array([getattr(tokens, _FIELDS[name])], np.int64) for name in self._inputs}
        with _RUNNING:
            output: NDArray[np.float32] = self._session.run(None, feed)[0]
        return output


def _whole(text: str) -> str:
    """The text as searches read it, without half characters, which no tokenizer takes."""
    return searchable(text).encode("utf-8", "replace").decode()


def _tokenizer(content: bytes | Path, max_tokens: int) -> Tokenizer:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_buffer(content if isinstance(content, bytes) else content.read_bytes())
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens, strategy="longest_first")
    return tokenizer


def _session(graph: bytes | Path, weights: Path | None) -> onnxruntime.InferenceSession:
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # else it keeps events of its use for Microsoft, and sends them
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.enable_mem_pattern = False  # else a plan of memory is kept for each length
    if weights:
        options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(weights))
    content = graph if isinstance(graph, bytes) else str(graph)
    try:
        return onnxruntime.InferenceSession(
            content, options, providers=["CPUExecutionProvider"], disabled_optimizers=_SLOWER
        )
    except Exception as error:  # its classes have no common base
        raise ModelError(
            f"onnxruntime {onnxruntime.__version__} cannot load a model ({error}): install the locked version"
        ) from error
