"""Files → articles: the text untouched, what a file states about itself as metadata, what is not the article marked."""

import dataclasses
from collections.abc import Container
from pathlib import Path

from retrieval.articles.collection import Collection, Problem, Remark, fingerprint, left_out, nothing
from retrieval.types import Progress

__all__ = ["Collection", "Problem", "Remark", "fingerprint", "left_out", "nothing", "read"]


def read(folder: Path, only: Container[str] | None = None, progress: Progress | None = None) -> Collection:
    """Every article in the folder and below, with the lines that its pages share; or in the files `only`, without.

    Raises `ArticlesError` when the folder cannot be read, or gives no article at all.
    """
    from retrieval.articles import files, shared_lines  # a tenth of a second to import, which no question needs

    collection = files.read(folder, only, progress)
    if only is not None:
        return collection
    articles = shared_lines.of_folder(collection.articles)
    return dataclasses.replace(
        collection, articles=articles, remarks=(*collection.remarks, *shared_lines.remarks(articles))
    )
