"""Word lists as data, as in `retrieval.lexicon`: the text files beside this one, read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def by_kind(name: str) -> dict[str, frozenset[str]]:
    """Kind → its words, out of the file `name`.txt; `#` starts a comment."""
    rows: dict[str, frozenset[str]] = {}
    for line in Path(__file__).with_name(f"{name}.txt").read_text("utf-8").splitlines():
        kind, colon, row = line.partition("#")[0].partition(":")
        if colon:
            rows[kind] = rows.get(kind, frozenset()) | {word.replace("_", " ") for word in row.split()}
    return rows


@cache
def words(name: str, *wanted: str) -> frozenset[str]:
    """The words of some kinds of a file."""
    return frozenset().union(*(by_kind(name)[kind] for kind in wanted))


@cache
def holds(name: str, wanted: tuple[str, ...], word: str) -> bool:
    """Whether a word, or the singular of a plural, stands under one of these kinds of a file."""
    singulars = {word, word.removesuffix("s"), word.removesuffix("es")}
    if word.endswith("ies"):
        singulars.add(f"{word[:-3]}y")
    if word.endswith("men"):
        singulars.add(f"{word[:-2]}an")
    return bool(singulars & words(name, *wanted))
