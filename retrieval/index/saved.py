"""What a manifest says of an index; a generation, and where an engine keeps its vectors → the corpus and its models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from retrieval.articles import Problem
from retrieval.errors import IndexFolderError
from retrieval.index import index_files, models, revisions, segment, storage
from retrieval.index.corpus import Corpus
from retrieval.index.remote import Remote
from retrieval.index.storage import Generation
from retrieval.types import Encoder, Reranker

_PROBLEMS = 10_000  # that an index keeps on disk: a folder of a million pictures is a mistake, and no reason for a long manifest

Saved = tuple[Corpus, Encoder, Reranker | None, Mapping[str, Any]]


def facts(
    corpus: Corpus,
    encoder: Encoder,
    reranker: Reranker | None,
    collection: Mapping[str, Any],
    problems: Sequence[Problem],
) -> dict[str, Any]:
    """What the manifest of a generation says of an index, its files apart."""
    listed = [[problem.file, problem.reason] for problem in problems[:_PROBLEMS]]
    return {
        "encoder": models.identity(encoder),
        "reader": models.identity(reranker),
        "counts": {"articles": len(corpus.articles), "passages": len(corpus.passages)},
        "search": {"passages": corpus.hybrid.passages.kind, "sentences": corpus.hybrid.sentences.kind},
        "collection": {**collection, "problems": listed},
    }


def read(generation: Generation, remote: Remote | None, encoder: Encoder | None, reranker: Reranker | None) -> Saved:
    """The corpus, its models (those given, if they are the very same), and the facts on the collection.

    Raises `IndexFolderError` for a whole generation that is no index of this Byline, or was made with other models,
    `EngineError` where the engine has not all of its vectors.
    """
    try:
        return _read(generation, remote, encoder, reranker)
    except (LookupError, AttributeError, TypeError, ValueError, OSError, MemoryError, RecursionError) as error:
        raise IndexFolderError(
            f"{generation.folder}: not an index of this Byline ({type(error).__name__}: {error}): "
            f"{storage.mend(generation.folder.parent)}"
        ) from error


def _read(generation: Generation, remote: Remote | None, encoder: Encoder | None, reranker: Reranker | None) -> Saved:
    manifest, folder = generation.manifest, generation.folder.parent
    judge = reranker or models.reranker(models.named("reranker", manifest["reader"], folder))
    model = encoder or models.encoder(models.named("encoder", manifest["encoder"], folder))
    model = models.restored(model, manifest["encoder"], generation.folder)
    _same("encoder", model, manifest["encoder"], generation)
    _same("reranker", judge, manifest["reader"], generation)
    engine: tuple[Any, ...] = ()
    if remote is not None:
        remote.serve(generation)
        engine = (remote.engine, manifest["engine"]["dimension"])
    by_rows = 0 if remote else 2 * len(manifest["segments"])  # both files of vectors of a segment have a second handle
    index_files.allow_open(sum(name.endswith(".npy") for name in manifest["files"]) + by_rows)
    folders = [generation.folder / storage.SEGMENTS / name for name in manifest["segments"]]
    before = revisions.load(generation.folder, manifest["files"])
    corpus = Corpus(tuple(segment.load(each, *engine) for each in folders), before)
    return corpus, model, judge, manifest["collection"]


def _same(
    what: str, model: Encoder | Reranker | None, wanted: Mapping[str, str | None], generation: Generation
) -> None:
    own, folder = models.identity(model), generation.folder.parent
    if own["checksum"] != wanted["checksum"]:
        raise IndexFolderError(
            f"{folder}: made with the {what} {wanted['name']} ({(wanted['checksum'] or '')[:12]}…), not with "
            f"{own['name']} ({(own['checksum'] or '')[:12]}…): {storage.mend(folder)}"
        )
