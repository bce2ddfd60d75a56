"""Files → articles: the text untouched, what a file states about itself as metadata, what is not the article marked."""

from collections.abc import Container
from pathlib import Path

from retrieval.articles.collection import Collection, Problem, Remark, fingerprint, left_out, nothing
from retrieval.types import Progress

__all__ = ["Collection", "Problem", "Remark", "fingerprint", "left_out", "nothing", "read"]


def read(folder: Path, only: Container[str] | None = None, progress: Progress | None = None) -> Collection:
    """Every article in the folder and below, or in the files `only`.

    Raises `ArticlesError` when the folder cannot be read, or gives no article at all.
    """
    from retrieval.articles import files  # a tenth of a second to import, which no question needs

    return files.read(folder, only, progress)
