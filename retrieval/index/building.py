"""A recipe → the index in a folder, up to date and saved: what it holds of unchanged files is taken over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrieval.errors import IndexFolderError
from retrieval.index import storage
from retrieval.index.index import Index

if TYPE_CHECKING:
    from pathlib import Path

    from retrieval.index.recipe import Recipe
    from retrieval.index.segment import Progress


def build(folder: Path, recipe: Recipe, progress: Progress | None = None) -> Index:
    """The index that the recipe asks for, written into `folder` unless it is there already.

    `recipe.articles` is a folder. Raises as `Index.build`, `Index.refreshed` and `Index.save` do.
    """
    earlier = _earlier(folder, recipe)
    if earlier is None:
        index = Index.build(recipe.articles or (), encoder=recipe.encoder, reranker=recipe.reranker, progress=progress)
    else:
        index = earlier.refreshed(progress=progress)
    if index is not earlier or earlier.notices:  # those are of a damaged generation
        index.save(folder)
    return index


def _earlier(folder: Path, recipe: Recipe) -> Index | None:
    """The index in the folder, if it is whole, and of the same articles and models."""
    manifest = storage.manifest(folder)
    if manifest is None or recipe.before is None or recipe.other:
        return None
    if (recipe.encoder, recipe.reranker) != (manifest["encoder"]["name"], manifest["reader"]["name"]):
        return None
    try:
        index = Index.load(folder)
    except IndexFolderError:
        return None
    return index if str(index.folder) == recipe.before else None
