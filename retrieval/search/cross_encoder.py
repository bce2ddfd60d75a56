"""A question together with a text → one logit, by a cross-encoder; the only module that loads one.

The default weights are Byline's own (`training/` made them): 8-bit ONNX beside this file, each file compared with the
SHA-256 written here before a parser sees it. Any other cross-encoder that sentence-transformers loads is an option.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import ModelError, first_line
from retrieval.search import bert_graph
from retrieval.search.span_head import Guess, SpanHead
from retrieval.text.onnx_model import OnnxModel, Reading, verified
from retrieval.types import Reranker

Logits = NDArray[np.float32]


DEFAULT = "byline"
_FOLDER = Path(__file__).parent / "weights"
_SHA256 = {
    "reader.onnx": "577192159f2477501e5d27bb136cd39a0cdcb4f498310b54055b0312b81ad4e1",
    "tokenizer.json": "cb374d6bc042c22455946f4e09a89d29882a199fdaf8fb25be00dc8b8857a448",
}
_REMEDY = "install it again, or use --no-reranker"
_MAX_TOKENS = 320  # question and passage; a passage of 800 characters has about 200
_CREDIT = 1.5, 2.0  # on `gold/v*` the first passage is the same as with all candidates and sentences read
_MAX_QUESTION = 600  # characters of a question that are read: with more, no passage would fit beside it
_STATES = "/model/bert/encoder/layer.7/output/LayerNorm/LayerNormalization_output_0"  # what the span head reads


class OnnxCrossEncoder:
    """A BERT cross-encoder with one output as an ONNX file and its `tokenizer.json`; one session for all threads.

    `credit` is what a passage and what a sentence that is not read is taken to get: reading ends where neither can win.
    """

    credit = _CREDIT

    def __init__(self, folder: Path = _FOLDER) -> None:
        self.name = DEFAULT
        self.checksum = hashlib.sha256(
            b"".join(verified(folder / name, sha, "reader", _REMEDY) for name, sha in _SHA256.items())
        ).hexdigest()
        graph = (folder / "reader.onnx").read_bytes() + bert_graph.output(_STATES, ["pairs", "tokens", 384])
        self._model = OnnxModel(graph, folder / "tokenizer.json", _MAX_TOKENS)
        self._span_head = SpanHead(folder)

    def score(self, pairs: Sequence[tuple[str, str]]) -> Logits:
        """(question, text) pairs → `(n,)` float32 logits, each of its pair alone: the same in whatever company."""
        logits = self._model.run([(question[:_MAX_QUESTION], text) for question, text in pairs])
        return np.fromiter((logit.item() for logit in logits), np.float32, len(logits))

    def point(self, question: str, sentence: str) -> Guess | None:
        """As `SpanReader.point`."""
        return self._span_head.point(sentence, self.read(question, sentence))

    def read(self, question: str, sentence: str) -> Reading:
        """The tokens of both with the states that the span head reads, `(1, tokens, 384)`."""
        return self._model.read((question[:_MAX_QUESTION], sentence), _STATES)


class ForeignCrossEncoder:
    """Any cross-encoder with one output that sentence-transformers loads, by folder or hub name; safetensors only."""

    def __init__(self, name: str) -> None:
        from sentence_transformers import CrossEncoder

        try:
            model = CrossEncoder(
                name, device="cpu", trust_remote_code=False, num_labels=1, model_kwargs={"use_safetensors": True}
            )
        except Exception as error:  # whatever a foreign folder, or the hub, makes its many parsers raise
            raise ModelError(
                f"{name} does not load as a cross-encoder ({first_line(error)}): choose another with --reranker"
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
