"""Word lists as data: text files beside this one, each with its source in its first lines, read once.

A file has lines `kind: word word …`; `#` starts a comment; a kind may stand on several lines. Words are lower-case
lemmas without inflection, unless the file says otherwise; a space inside a word is written `_`.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from importlib import resources


@cache
def lexicon(name: str) -> dict[str, frozenset[str]]:
    """Kind → words of the file `name`.txt. Raises `FileNotFoundError` for a name that no file has."""
    kinds: dict[str, set[str]] = defaultdict(set)
    text = resources.files(__package__).joinpath(f"{name}.txt").read_text("utf-8")
    for line in text.splitlines():
        kind, colon, words = line.partition("#")[0].partition(":")
        if colon:
            kinds[kind.strip()].update(word.replace("_", " ") for word in words.split())
    return {kind: frozenset(words) for kind, words in kinds.items()}


def holds(name: str, kinds: tuple[str, ...], word: str) -> bool:
    """Whether a word, or the singular of a plural, stands under one of these kinds in the file `name`."""
    words = frozenset[str]().union(*(lexicon(name)[kind] for kind in kinds))
    singulars = {word, word.removesuffix("s"), word.removesuffix("es")}
    if word.endswith("ies"):
        singulars.add(f"{word[:-3]}y")
    if word.endswith("men"):
        singulars.add(f"{word[:-2]}an")
    return bool(singulars & words)
