"""Where a passage stands in its file, in words and as a command of common tools that shows the same bytes."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from retrieval.text.paragraphs import paragraphs

if TYPE_CHECKING:
    from pathlib import PurePath

    from retrieval.types import Article, Passage


def paragraph_number(article: Article, at: int) -> int:
    """Which paragraph of the article's text the character at `at` stands in, from 1; headings and bylines count too."""
    return max(1, sum(paragraph.start <= at for paragraph in paragraphs(article.text)))


def check_command(passage: Passage, path: PurePath | str) -> str | None:
    """A command that compares the file at `path` with its SHA-256 and prints the passage.

    `None` where the text was taken out of its file: its offsets are not the file's.
    """
    article = passage.article
    if article.text_sha256:
        return None
    file, listed = shlex.quote(str(path)), shlex.quote(f"{article.sha256}  {path}")
    first, size = len(article.text[: passage.start].encode()), len(passage.text.encode())
    return f"echo {listed} | sha256sum -c; tail -c +{first + 1} {file} | head -c {size}"
