"""What an index is built of and with: chosen by the caller, else as the index in that folder was built, else the defaults.

An index belongs to one folder of articles. The same folder keeps its models; another folder is another index. What an
index holds of unchanged files is taken over.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrieval.articles.folder import check
from retrieval.errors import IndexFolderError, ModelError, VectorsError
from retrieval.index import remote, storage
from retrieval.index.index import Index
from retrieval.search import cross_encoder
from retrieval.search.encoder import DEFAULT, SentenceEncoder
from retrieval.types import Progress

SEEDS = Path("seeds")
_DEFAULTS: dict[str, Any] = {"encoder": DEFAULT, "reranker": cross_encoder.DEFAULT}
_OPTIONS = {"encoder": "--model", "reranker": "--reranker"}
_KEYS = {"encoder": "encoder", "reranker": "reader"}  # in the manifest of an index, whose format keeps its names


@dataclass(frozen=True, slots=True)
class Recipe:
    """A folder of articles, and the names of the models; `reranker` is `None` where a rule without a model judges.

    `articles` is `None` for an index whose articles a program handed in. `before` says what an index in that folder was
    built of until now, `None` where there is none.
    """

    articles: Path | None
    encoder: str
    reranker: str | None
    before: str | None = None

    @classmethod
    def choose(cls, index: Path, articles: Path | None = None, **models: str | None) -> Recipe:
        """What to build into the folder `index`: of `articles`, with `models` (`encoder`, `reranker`), where they are given.

        Raises `ArticlesError` where `articles` is no folder, `IndexFolderError` where the index would lie among them,
        or an index is too damaged to say what it was built of, `ModelError` where its models were a program's own
        objects.
        """
        if articles is not None:
            check(articles)
            _check_apart(remote.local(index), articles)
        index = remote.home(index)
        manifest = storage.manifest(index)
        if manifest is None:
            if articles is None and storage.exists(index):
                raise IndexFolderError(f"{index} is damaged, what it was built of included: {storage.mend(index)}")
            return cls(articles or SEEDS, **_DEFAULTS | models)
        folder = manifest.get("collection", {}).get("folder")
        if articles is None or str(articles.resolve()) == folder:
            articles = articles or (Path(folder) if folder else None)
            own = _models(index, manifest, models)
        else:
            own = _DEFAULTS | models
        return cls(articles, before=folder or "articles that a program handed in", **own)

    @property
    def other(self) -> bool:
        """Whether an index of other articles makes room."""
        return self.before is not None and self.articles is not None and self.before != str(self.articles.resolve())

    def build(self, folder: Path, progress: Progress | None = None, *, ray: str | None = None) -> Index:
        """The index of these articles and models, written into `folder` unless it is there already.

        What a build that was stopped has encoded is not encoded again. `ray` is the address of a cluster that encodes.
        Raises as `Index.build`, `Index.refreshed` and `Index.save` do, and `ClusterError`.
        """
        encoder = SentenceEncoder(self.encoder)
        if ray is None:
            return self._build(folder, encoder, progress)
        from retrieval.search.cluster import Cluster

        with Cluster(ray) as cluster:
            encoder.elsewhere = cluster.encode
            index = self._build(folder, encoder, progress)
        encoder.elsewhere = None
        return index

    def _build(self, folder: Path, encoder: SentenceEncoder, progress: Progress | None) -> Index:
        from retrieval.search.vector_cache import VectorCache  # SQLite, which no question needs

        encoder.cache = VectorCache(remote.local(folder), encoder.checksum)
        earlier = self._earlier(folder, encoder)
        if earlier is None:
            _check_writable(remote.local(folder))
            index = Index.build(self.articles or (), encoder=encoder, reranker=self.reranker, progress=progress)
        else:
            index = earlier.refreshed(progress=progress)
        if index is not earlier or earlier.notices:  # those are of a damaged generation
            index.save(folder, progress=progress)
        encoder.cache.remove()
        encoder.cache = None
        return index

    def _earlier(self, folder: Path, encoder: SentenceEncoder) -> Index | None:
        """The index in the folder, if it is whole, and of the same articles and models."""
        manifest = storage.manifest(remote.local(folder))
        if manifest is None or self.before is None or self.other:
            return None
        if (self.encoder, self.reranker) != (manifest["encoder"]["name"], manifest["reader"]["name"]):
            return None
        try:
            index = Index.load(folder, encoder=encoder)
        except (IndexFolderError, VectorsError):
            return None
        return index if str(index.folder) == self.before else None


def _check_apart(index: Path, articles: Path) -> None:
    """An index among the articles would be read as some of them; in a hidden folder it is passed over."""
    index, articles = index.resolve(), articles.resolve()
    if index.is_relative_to(articles) and not any(part.startswith(".") for part in index.relative_to(articles).parts):
        raise IndexFolderError(
            f"{index}: an index in the folder of the articles would be read as articles: "
            "choose another folder (--index, for the bot INDEX_DIR)"
        )


def _check_writable(index: Path) -> None:
    """Raises `IndexFolderError` where no index can be written: now, and not once all articles are encoded."""
    place = next(path for path in (index, *index.absolute().parents) if os.path.lexists(path))
    is_folder = place.is_dir()
    if not is_folder or not os.access(place, os.W_OK | os.X_OK):
        why = "cannot be written into" if is_folder else "is no folder"
        raise IndexFolderError(
            f"{index}: the index cannot be written ({place} {why}): choose another folder (--index, for the bot INDEX_DIR)"
        )


def _models(index: Path, manifest: Mapping[str, Any], models: Mapping[str, str | None]) -> dict[str, Any]:
    """The models that are given, else those of the manifest."""
    for what, option in _OPTIONS.items():
        if what not in models and manifest[_KEYS[what]].get("own"):
            name = manifest[_KEYS[what]]["name"]
            raise ModelError(
                f"{index}: built with the {what} {name} of a program: build it there, or name one: {option}"
            )
    return {what: models.get(what, manifest[_KEYS[what]]["name"]) for what in _OPTIONS}
