"""Articles' words → which articles tell the same story: MinHash over runs of words, looked up in bands.

Broder 1997 for the resemblance (the share of five-word runs that two texts have in common), Leskovec, Rajaraman and Ullman
2014, chapter 3, for the lookup. The only place that knows datasketch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from retrieval.text import normalize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.types import Passage

_RUN = 5  # words of a run: of two reports of one event by different authors, hardly any is the same
_HASHES = 128  # an estimate is off by 0.04 in the mean; a kibibyte an article
# Of 360 pairs of articles on one event (`seeds`, `gold/d*`) the most alike share 0.02 of their runs. An agency's story with another
# opening, or cut to its first half, shares 0.4 and more.
ALIKE = 0.4
_LOOKED_UP = 0.2  # resemblance from which on the lookup finds about half; at twice that, nearly all


class StoryIndex:
    """The stories seen so far; one for a collection, filled article by article, about 4 KiB each."""

    def __init__(self) -> None:
        from datasketch import MinHashLSH

        self._lookup = MinHashLSH(threshold=_LOOKED_UP, num_perm=_HASHES)
        self._signatures: dict[int, tuple[int, Any]] = {}

    def add(self, key: int, words: Sequence[str]) -> list[tuple[float, int]]:
        """The articles before that tell the story of these words, each with the share of common runs, the most alike first.

        A text of fewer words than a run has is like none. `key` must be new.
        """
        signature = _signature(words)
        if signature is None:
            return []
        near = []
        for other in self._lookup.query(signature):
            place, theirs = self._signatures[other]
            near.append((-signature.jaccard(theirs), place, other))
        self._lookup.insert(key, signature)
        self._signatures[key] = len(self._signatures), signature
        return [(-likeness, other) for likeness, _, other in sorted(near) if -likeness >= ALIKE]


def words(passages: Sequence[Passage]) -> list[str]:
    """The words of an article proper, without regard to case and typography."""
    return [word.norm for passage in passages for word in normalize.words(passage.text)]


def _signature(words: Sequence[str]) -> Any:
    from datasketch import MinHash

    runs = {" ".join(words[at : at + _RUN]).encode("utf-8", "replace") for at in range(len(words) - _RUN + 1)}
    if not runs:
        return None
    signature = MinHash(num_perm=_HASHES, seed=1)
    signature.update_batch(sorted(runs))
    return signature
