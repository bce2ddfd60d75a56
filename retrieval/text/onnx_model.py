"""A model as an ONNX graph with its tokenizer → what it computes of texts. Only this module uses onnxruntime and tokenizers.

A run has one thread, and there are as many at once as cores, for all models together. A graph of 8 bits reads each text
alone, since the result would depend on its company; `PackedModel` reads some short ones at once. A single text is computed by
the thread that asks, since handing it over costs as much as a short one takes.
"""

from __future__ import annotations

import hashlib
import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from retrieval.errors import ModelError
from retrieval.text.normalize import searchable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import onnxruntime
    from numpy.typing import NDArray
    from tokenizers import Encoding, Tokenizer

    Text = str | tuple[str, str]
    Tokenize = Callable[[str], Encoding]

CORES = min(os.cpu_count() or 1, 4)
_THREADS = ThreadPoolExecutor(CORES, "onnx")
_RUNNING = BoundedSemaphore(CORES)
# A sum and LayerNormalization take a fifth of the time of the operation that would replace them.
_SLOWER = ["SkipLayerNormFusion", "BiasSkipLayerNormFusion"]
_PACKED = 128  # tokens of a run: the weights are read from memory once for all of them; more cost more in attention
_VOCABULARIES: dict[bytes, Any] = {}  # by SHA-256: that of the default models is one, and takes 6 MiB
_FIELDS = {"input_ids": "ids", "attention_mask": "attention_mask", "token_type_ids": "type_ids"}


def verified(file: Path, sha256: str, model: str, remedy: str = "install it again") -> bytes:
    """The SHA-256 of a file of a model, which must be this one; raises `ModelError` with the remedy where it is not."""
    digest = hashlib.sha256(file.read_bytes() if file.is_file() else b"")
    if digest.hexdigest() != sha256:
        raise ModelError(f"{file} is not the {model} that belongs to this Byline: {remedy}")
    return digest.digest()


class Reading(NamedTuple):
    """Of each token of a pair of texts its place in its text, whether that is the second one, and the graph's output."""

    offsets: list[tuple[int, int]]
    second: NDArray[np.bool_]
    output: NDArray[np.float32]


class OnnxGraph:
    """A graph with float32 outputs; one session for all threads."""

    def __init__(self, graph: bytes | Path, weights: Path | None = None) -> None:
        """`weights` is the folder of the files that hold the graph's weights, `None` where it holds them itself."""
        self._session = _session(graph, weights)
        self._output = self._session.get_outputs()[0].name

    def compute(self, inputs: Mapping[str, Any], output: str | None = None) -> NDArray[np.float32]:
        """An output, the first one where none is named, for integers or a float32 array by the names of the graph's inputs."""
        with _RUNNING:
            return self._compute(inputs, output)

    def _compute(self, inputs: Mapping[str, Any], output: str | None = None) -> NDArray[np.float32]:
        feed = {
            name: content if isinstance(content, np.ndarray) else np.array(content, np.int64)
            for name, content in inputs.items()
        }
        result: NDArray[np.float32] = self._session.run([output or self._output], feed)[0]
        return result


class OnnxModel(OnnxGraph):
    """A graph with the inputs of a BERT, all or some, and its tokenizer."""

    def __init__(
        self, graph: bytes | Path, tokenizer: bytes | Path, max_tokens: int, weights: Path | None = None
    ) -> None:
        """`weights` as of `OnnxGraph`."""
        super().__init__(graph, weights)
        self._inputs = [given.name for given in self._session.get_inputs()]
        self._tokenizer = _tokenizer(tokenizer, max_tokens)

    def run(self, texts: Sequence[Text]) -> list[NDArray[np.float32]]:
        """The output of each text or pair of texts, which is cut at `max_tokens`."""
        return [self._run(*texts)] if len(texts) == 1 else list(_THREADS.map(self._run, texts))

    def read(self, text: Text, output: str) -> Reading:
        """The tokens of a text or a pair of texts, cut at `max_tokens`, and an output of the graph for them."""
        tokens = self._tokens(text)
        return Reading(tokens.offsets, np.array(tokens.type_ids, bool), self.compute(self._feed(tokens), output))

    def tokens(self, text: str) -> Encoding:
        """The tokens of a stretch of a text, without marks around them; their offsets count in the stretch."""
        return self._tokenizer.encode(text, add_special_tokens=False)

    def _run(self, text: Text) -> NDArray[np.float32]:
        return self.compute(self._feed(self._tokens(text)))

    def _feed(self, tokens: Encoding) -> dict[str, Any]:
        return {name: [getattr(tokens, _FIELDS[name])] for name in self._inputs}

    def _tokens(self, text: Text) -> Encoding:
        first, second = (text, None) if isinstance(text, str) else text
        return self._tokenizer.encode(_whole(first), second and _whole(second))


class PackedModel(OnnxModel):
    """A graph of `bert_graph`: some texts in one run (packing, Krell et al. 2021), each with the same rows in any company."""

    def __init__(self, graph: bytes, tokenizer: bytes, max_tokens: int, weights: Path) -> None:
        """As of `OnnxModel`."""
        super().__init__(graph, tokenizer, max_tokens, weights)
        self._waiting: deque[_Task] = deque()
        self._lock = Lock()

    def run(self, texts: Sequence[Text]) -> list[NDArray[np.float32]]:
        """The rows of each text, `(tokens, dim)`; texts of like length should stand together."""
        tasks = [_Task(self._tokens(text).ids, Future()) for text in texts]
        self._waiting.extend(tasks)
        if len(tasks) == 1:
            self._work(tasks[0])
        else:
            list(_THREADS.map(self._work, tasks))
        return [task.rows.result() for task in tasks]

    def _work(self, task: _Task) -> None:
        """Compute what waits, of any thread, until the task is done or another thread has taken it."""
        if task.rows.done():
            return
        with _RUNNING:
            while not task.rows.done() and (pack := self._pack()):
                self._compute_pack(pack)

    def _pack(self) -> list[_Task]:
        """The tasks that have waited longest, as many as fit into one run, at least one where any waits."""
        pack, size = list[_Task](), 0
        with self._lock:
            while self._waiting and (not pack or size + len(self._waiting[0].ids) <= _PACKED):
                pack.append(self._waiting.popleft())
                size += len(pack[-1].ids)
        return pack

    def _compute_pack(self, pack: Sequence[_Task]) -> None:
        lengths = [len(task.ids) for task in pack]
        try:
            rows = self._compute(
                {
                    "input_ids": [*chain.from_iterable(task.ids for task in pack)],
                    "positions": [*chain.from_iterable(map(range, lengths))],
                    "texts": np.repeat(np.arange(len(pack)), lengths),
                }
            )
        except BaseException as error:
            for task in pack:
                task.rows.set_exception(error)
            raise
        for task, own in zip(pack, np.split(rows, np.cumsum(lengths)[:-1]), strict=True):
            task.rows.set_result(own)


class _Task(NamedTuple):
    """A text to compute: its tokens, and in time its rows."""

    ids: list[int]
    rows: Future[NDArray[np.float32]]


def _whole(text: str) -> str:
    """The text as searches read it, without half characters, which no tokenizer takes."""
    return searchable(text).encode("utf-8", "replace").decode()


def _tokenizer(content: bytes | Path, max_tokens: int) -> Tokenizer:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_buffer(content if isinstance(content, bytes) else content.read_bytes())
    vocabulary = hashlib.sha256(tokenizer.model.__getstate__()).digest()
    tokenizer.model = _VOCABULARIES.setdefault(vocabulary, tokenizer.model)
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
        session = onnxruntime.InferenceSession(
            content, options, providers=["CPUExecutionProvider"], disabled_optimizers=_SLOWER
        )
    except Exception as error:  # its classes have no common base
        raise ModelError(
            f"onnxruntime {onnxruntime.__version__} cannot load a model ({error}): install the locked version"
        ) from error
    vars(session).pop("_model_bytes", None)  # kept for other providers, and as large as the file
    return session
