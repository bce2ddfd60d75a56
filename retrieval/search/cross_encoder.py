"""Question and text read together → one logit; the only place that knows onnxruntime, tokenizers, and cross-encoders.

The default weights are Byline's own (`training/` made them): 8-bit ONNX beside this file, each file compared with the
SHA-256 written here before a parser sees it. Any other cross-encoder that sentence-transformers loads is an option.
"""

from __future__ import annotations

import hashlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from retrieval.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import onnxruntime
    from numpy.typing import NDArray
    from tokenizers import Encoding, Tokenizer

    from retrieval.types import Reranker

    Logits = NDArray[np.float32]

DEFAULT = "byline"
_FOLDER = Path(__file__).parent / "weights"
_SHA256 = {
    "reader.onnx": "eb1e316c893237d3d0f333fdf93024ae2ba722fb3592c4406eed9539950f330a",
    "tokenizer.json": "cb374d6bc042c22455946f4e09a89d29882a199fdaf8fb25be00dc8b8857a448",
}
_MAX_TOKENS = 320  # question and passage; a passage of 800 characters has about 200
_MAX_QUESTION = 600  # characters of a question that are read: with more, no passage would fit beside it
_MOST_THREADS = 4
_FIELDS = {"input_ids": "ids", "attention_mask": "attention_mask", "token_type_ids": "type_ids"}


class OnnxCrossEncoder:
    """A BERT cross-encoder with one output as an ONNX file and its `tokenizer.json`; one session for all threads."""

    def __init__(self, folder: Path = _FOLDER) -> None:
        self.name = DEFAULT
        self.checksum = hashlib.sha256(
            b"".join(_verified(folder / name, sha) for name, sha in _SHA256.items())
        ).hexdigest()
        self._tokenizer = _tokenizer(folder / "tokenizer.json")
        self._session = _session(folder / "reader.onnx")
        self._inputs = [given.name for given in self._session.get_inputs()]
        self._threads = ThreadPoolExecutor(min(os.cpu_count() or 1, _MOST_THREADS), "reader")

    def score(self, pairs: Sequence[tuple[str, str]]) -> Logits:
        """(question, text) pairs → `(n,)` float32 logits, each of its pair alone: the same in whatever company."""
        encoded = self._tokenizer.encode_batch(
            [(_whole(question[:_MAX_QUESTION]), _whole(text)) for question, text in pairs]
        )
        return np.fromiter(self._threads.map(self._run, encoded), np.float32, len(encoded))

    def _run(self, pair: Encoding) -> float:
        """One pair by one thread: three times as fast as a batch by all, whose threads wait on each other."""
        feed = {name: np.array([getattr(pair, _FIELDS[name])], np.int64) for name in self._inputs}
        return float(self._session.run(None, feed)[0].item())


class ForeignCrossEncoder:
    """Any cross-encoder with one output that sentence-transformers loads, by folder or hub name; safetensors only."""

    def __init__(self, name: str) -> None:
        from sentence_transformers import CrossEncoder

        try:
            model = CrossEncoder(
                name, device="cpu", trust_remote_code=False, num_labels=1, model_kwargs={"use_safetensors": True}
            )
        except Exception as error:  # whatever a foreign folder, or the hub, makes its many parsers raise
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise ModelError(
                f"{name} does not load as a cross-encoder ({reason}): choose another with --reranker"
            ) from error
        self.name, self._model, self._lock = name, model, threading.Lock()
        digest = hashlib.sha256()
        for key, value in sorted(model.model.state_dict().items()):
            digest.update(key.encode() + value.contiguous().cpu().numpy().tobytes())
        self.checksum = digest.hexdigest()

    def score(self, pairs: Sequence[tuple[str, str]]) -> Logits:
        """(question, text) pairs → `(n,)` float32 logits."""
        from torch.nn import Identity

        with self._lock:
            logits = self._model.predict(list(pairs), activation_fn=Identity(), show_progress_bar=False)
        return np.asarray(logits, np.float32)


def load(name: str) -> Reranker:
    """The default cross-encoder, or another by folder or hub name; `ModelError` when it does not load."""
    return OnnxCrossEncoder() if name == DEFAULT else ForeignCrossEncoder(name)


def _whole(text: str) -> str:
    """The text without half characters, which no tokenizer takes."""
    return text.encode("utf-8", "replace").decode()


def _tokenizer(path: Path) -> Tokenizer:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(_MAX_TOKENS, strategy="longest_first")
    return tokenizer


def _session(path: Path) -> onnxruntime.InferenceSession:
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # else it keeps events of its use for Microsoft, and sends them
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # many pairs at a time instead
    options.enable_mem_pattern = False  # else a plan of memory is kept for each length
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _verified(path: Path, sha256: str) -> bytes:
    content = path.read_bytes() if path.is_file() else b""
    digest = hashlib.sha256(content)
    if digest.hexdigest() != sha256:
        raise ModelError(
            f"{path} is not the reader that belongs to this Byline: install it again, or use --no-reranker"
        )
    return digest.digest()
