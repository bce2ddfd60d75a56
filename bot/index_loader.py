"""An index that is there, whole and up to date: loaded, or built where it is missing or stale.

What an operator should know of it goes to `tell`, one line each; building shows its progress on standard error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from retrieval import BylineError, Index, IndexFolderError, Recipe, build_index, choose_recipe

Tell = Callable[[str], None]


_LISTED = 5  # changed files that are named one by one


def load(folder: Path, tell: Tell) -> Index:
    """The index of a folder as it is. Raises `IndexFolderError`, which says how to build it, where there is none."""
    index = Index.load(folder)
    _announce(index, index.changes(), tell)
    return index


def load_or_build_all(folders: Mapping[str, Path], articles: Path | None, tell: Tell) -> dict[str, Index]:
    """The index of each folder, by the same names: of one as `load_or_build` has it; several must be there already.

    Raises `IndexFolderError` where one of several is not there, or `articles` are given for several.
    """
    if len(folders) == 1:
        return {name: load_or_build(folder, articles, tell) for name, folder in folders.items()}
    if articles is not None:
        raise IndexFolderError(
            f"INDEX_DIR names {len(folders)} folders, and {articles} can be the articles of one: "
            f"byline build {articles} --index FOLDER, then start without ARTICLES"
        )
    missing = [folder for folder in folders.values() if choose_recipe(folder).before is None]
    if missing:
        raise IndexFolderError(f"{missing[0]}: there is no index: byline build ARTICLES --index {missing[0]}")
    return {name: load_or_build(folder, None, tell) for name, folder in folders.items()}


def load_or_build(folder: Path, articles: Path | None, tell: Tell) -> Index:
    """The index in `folder`, built where it is missing, damaged or of other articles, built again where files changed.

    Without `articles` it is the one that is there, whatever it was built of, else one of `seeds`. A changed folder is
    built with the models of before; where that fails, the index serves as it is. Raises as `choose_recipe` does.
    """
    recipe = choose_recipe(folder, articles)
    if recipe.articles is None:  # a program handed them in
        return load(folder, tell)
    if recipe.before is None:
        tell(f"building an index of {recipe.articles} in {folder}, as there is none yet")
        return _build(folder, recipe, tell)
    if recipe.other:
        tell(f"{folder} was built of {recipe.before}, now of {recipe.articles}; INDEX_DIR=FOLDER would keep both")
        return _build(folder, recipe, tell)
    try:
        index = _loaded(folder, recipe)
    except IndexFolderError as fault:
        tell(f"building the index of {recipe.articles} again ({fault})")
        return _build(folder, recipe, tell)
    changes = index.changes()
    if changes and recipe.articles.is_dir():
        tell(
            f"building the index of {recipe.articles} again: {len(changes)} {'file' if len(changes) == 1 else 'files'} changed"
        )
        try:
            return _build(folder, recipe, tell)
        except BylineError as error:
            tell(str(error))
    _announce(index, changes, tell)
    return index


def _loaded(folder: Path, recipe: Recipe) -> Index:
    """The index of the recipe's articles; an older one of others that serves in its place is as good as none."""
    index = Index.load(folder)
    if str(index.folder) != recipe.before:
        raise IndexFolderError("; ".join(index.notices))
    return index


def _announce(index: Index, changes: tuple[str, ...], tell: Tell) -> None:
    for line in (*index.notices, *changes[:_LISTED]):
        tell(line)
    if changes:
        more = f" ({len(changes)} in all)" if len(changes) > _LISTED else ""
        tell(f"files have changed since the index was built{more}: it answers from what it was built of")


def _build(folder: Path, recipe: Recipe, tell: Tell) -> Index:
    from retrieval.cli import terminal  # only building needs it

    try:
        with terminal.progress(terminal.console(error=True)) as progress:
            index = build_index(folder, recipe, progress)
    except KeyboardInterrupt:
        tell(f"stopped before the index was built: {folder} is as it was; the next start builds it")
        raise
    for line in (*index.left_out, *index.notices):
        tell(line)
    return index
