"""What a caller gives as models, or an index was saved with → an encoder and a reranker; and what a manifest says of an index.

An object that is neither is refused, with what it lacks.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.articles import Problem
from retrieval.errors import IndexFolderError, ModelError
from retrieval.index import index_files, revisions, segment, storage
from retrieval.index.corpus import Corpus
from retrieval.index.remote import Remote
from retrieval.index.storage import Generation
from retrieval.search import cross_encoder
from retrieval.search.cross_encoder import ForeignCrossEncoder, OnnxCrossEncoder
from retrieval.search.encoder import SentenceEncoder
from retrieval.types import Encoder, Reranker

_LOG = logging.getLogger(__name__)
_ENCODER = "`name`, `checksum`, `encode_queries(texts)` and `encode_passages(texts)`"
_RERANKER = "`name`, `checksum` and `score(pairs)`"
_PROBE = "a word"
_FOLDER = "encoder"  # of an index, with what encodes its questions
_PROBLEMS = 10_000  # that an index keeps on disk: a folder of a million pictures is a mistake, and no reason for a long manifest

Saved = tuple[Corpus, Encoder, Reranker | None, Mapping[str, Any]]


def encoder(model: Encoder | str | Path) -> Encoder:
    """The encoder of a name or folder, or the object itself.

    Raises `ModelError` where a name does not load, `TypeError` for an object without the protocol, `ValueError` where
    its rows are not `(n, dim)` float32 of unit length.
    """
    if isinstance(model, str | Path):
        return SentenceEncoder(str(model))
    if isinstance(model, SentenceEncoder):
        return model
    _has(model, "encoder", "a model's name or folder", _ENCODER)
    for encode in (model.encode_queries, model.encode_passages):
        rows: Any = encode([_PROBE])
        unit = isinstance(rows, np.ndarray) and rows.dtype == np.float32 and rows.ndim == 2 and len(rows) == 1
        if not (unit and abs(float(np.linalg.norm(rows)) - 1) < 1e-3):
            raise ValueError(
                f"the encoder {model.name}: {encode.__name__}([{_PROBE!r}]) is {_shape(rows)}, "
                "not one row `(1, dim)` of float32 and of unit length"
            )
    return model


def save(model: Encoder, folder: Path) -> None:
    """Write what the encoder needs beside its model's own files into a generation's folder."""
    if isinstance(model, SentenceEncoder):
        model.save(folder / _FOLDER)


def _restored(model: Encoder, facts: Mapping[str, Any], folder: Path) -> Encoder:
    """The encoder as the manifest's facts and the generation in `folder` have it."""
    if isinstance(model, SentenceEncoder):
        model.restore(folder / _FOLDER, facts.get("queries"))
    for line in slow(model):
        _LOG.info(line)
    return model


def slow(model: Encoder) -> tuple[str, ...]:
    """A line for the operator where asking loads torch."""
    if not isinstance(model, SentenceEncoder) or model.unexported is None:
        return ()
    line = (
        f"{model.name} is not run by ONNX Runtime ({model.unexported}): sentence-transformers encodes the questions, "
        "which takes some seconds and some hundred MB more"
    )
    return (line,)


def reranker(model: Reranker | str | Path | None) -> Reranker | None:
    """The cross-encoder of a name or folder, or the object itself; none for `None`.

    Raises as `encoder` does; `score` must give `(n,)` numbers.
    """
    if model is None:
        return None
    if isinstance(model, str | Path):
        return cross_encoder.load(str(model))
    _has(model, "reranker", "a cross-encoder's name or folder, None", _RERANKER)
    logits: Any = model.score([(_PROBE, _PROBE)])
    if np.shape(logits) != (1,):
        raise ValueError(f"the reranker {model.name}: score of one pair is {_shape(logits)}, not one number `(1,)`")
    return model


def identity(model: Encoder | Reranker | None) -> dict[str, Any]:
    """What tells this model, or none, from others; `own` marks a program's object, which no name gives back."""
    if model is None:
        return {"name": None, "checksum": None}
    named = isinstance(model, SentenceEncoder | OnnxCrossEncoder | ForeignCrossEncoder)
    facts = {"name": model.name, "checksum": model.checksum} | ({} if named else {"own": True})
    return facts | ({"queries": model.queries} if isinstance(model, SentenceEncoder) else {})


def _named(what: str, facts: Mapping[str, Any], folder: Path) -> Any:
    """The name in these facts, which loads the model again; `ModelError` where only a program has it."""
    if facts.get("own"):
        raise ModelError(
            f"{folder}: made with the {what} {facts['name']} of a program, which has to hand it in again: "
            f"Index.load({str(folder)!r}, {what}=…); or build the index with a named one"
        )
    return facts["name"]


def facts(
    corpus: Corpus,
    model: Encoder,
    judge: Reranker | None,
    collection: Mapping[str, Any],
    problems: Sequence[Problem],
) -> dict[str, Any]:
    """What the manifest of a generation says of an index, its files apart."""
    listed = [[problem.file, problem.reason] for problem in problems[:_PROBLEMS]]
    return {
        "encoder": identity(model),
        "reader": identity(judge),
        "counts": {"articles": len(corpus.articles), "passages": len(corpus.passages)},
        "search": {"passages": corpus.hybrid.passages.kind, "sentences": corpus.hybrid.sentences.kind},
        "collection": {**collection, "problems": listed},
    }


def read(generation: Generation, remote: Remote | None, model: Encoder | None, judge: Reranker | None) -> Saved:
    """The corpus, its models (those given, if they are the very same), and the facts on the collection.

    Raises `IndexFolderError` for a whole generation that is no index of this Byline, or was made with other models,
    `EngineError` where the engine has not all of its vectors.
    """
    try:
        return _read(generation, remote, model, judge)
    except (LookupError, AttributeError, TypeError, ValueError, OSError, MemoryError, RecursionError) as error:
        raise IndexFolderError(
            f"{generation.folder}: not an index of this Byline ({type(error).__name__}: {error}): "
            f"{storage.mend(generation.folder.parent)}"
        ) from error


def _read(generation: Generation, remote: Remote | None, model: Encoder | None, judge: Reranker | None) -> Saved:
    manifest, folder = generation.manifest, generation.folder.parent
    judge = judge or reranker(_named("reranker", manifest["reader"], folder))
    model = model or encoder(_named("encoder", manifest["encoder"], folder))
    model = _restored(model, manifest["encoder"], generation.folder)
    _same("encoder", model, manifest["encoder"], generation)
    _same("reranker", judge, manifest["reader"], generation)
    engine: tuple[Any, ...] = ()
    if remote is not None:
        remote.serve(generation)
        engine = (remote.engine, manifest["engine"]["dimension"])
    by_rows = 0 if remote else len(segment.VECTORS) * len(manifest["segments"])  # a file of vectors has a second handle
    index_files.allow_open(sum(name.endswith(".npy") for name in manifest["files"]) + by_rows)
    folders = [generation.folder / storage.SEGMENTS / name for name in manifest["segments"]]
    before = revisions.load(generation.folder, manifest["files"])
    corpus = Corpus(tuple(segment.load(each, *engine) for each in folders), before)
    return corpus, model, judge, manifest["collection"]


def _same(
    what: str, model: Encoder | Reranker | None, wanted: Mapping[str, str | None], generation: Generation
) -> None:
    own, folder = identity(model), generation.folder.parent
    if own["checksum"] != wanted["checksum"]:
        raise IndexFolderError(
            f"{folder}: made with the {what} {wanted['name']} ({(wanted['checksum'] or '')[:12]}…), not with "
            f"{own['name']} ({(own['checksum'] or '')[:12]}…): {storage.mend(folder)}"
        )


def _has(model: object, what: str, others: str, protocol: str) -> None:
    wanted = [name.split("(")[0] for name in protocol.replace("`", "").replace(" and ", ", ").split(", ")]
    lacking = [name for name in wanted if not hasattr(model, name)]
    if lacking:
        kind = model.__name__ if isinstance(model, type) else type(model).__name__
        raise TypeError(f"{what} is {others} or an object with {protocol}; {kind} lacks {', '.join(lacking)}")


def _shape(value: Any) -> str:
    kind = f" of {value.dtype}" if isinstance(value, np.ndarray) else ""
    return f"a {type(value).__name__} of shape {np.shape(value)}{kind}"
