"""Articles' words → which articles tell the same story: MinHash over runs of words, looked up in bands.

Broder 1997 for the resemblance (the share of five-word runs that two texts have in common), Leskovec, Rajaraman and Ullman
2014, chapter 3, for the lookup. The only place that knows datasketch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.text import normalize
from retrieval.types import Passage

Signature = NDArray[np.uint32]


_RUN = 5  # words of a run: of two reports of one event by different authors, hardly any is the same
HASHES = 128  # an estimate is off by 0.04 in the mean; half a kibibyte an article
# Of 360 pairs of articles on one event (`seeds`, `gold/d*`) the most alike share 0.02 of their runs. An agency's story with another
# opening, or cut to its first half, shares 0.4 and more.
ALIKE = 0.4
_BAND = 2  # hashes that are the same in two texts before they are compared: of two that share 0.4, one pair in 70,000 is missed
_NONE = np.iinfo(np.uint32).max  # each hash of a text without a run


def words(passages: Sequence[Passage]) -> list[str]:
    """The words of an article proper, without regard to case and typography."""
    return [word.norm for passage in passages for word in normalize.words(passage.text)]


def signature(words: Sequence[str]) -> Signature:
    """What stands for the runs of these words, `(HASHES,)`; a text of fewer words than a run has is like none."""
    from datasketch import MinHash

    runs = {" ".join(words[at : at + _RUN]).encode("utf-8", "replace") for at in range(len(words) - _RUN + 1)}
    hashes = MinHash(num_perm=HASHES, seed=1)
    if runs:
        hashes.update_batch(sorted(runs))
    return np.asarray(hashes.hashvalues, np.uint32)


def likeness(one: Signature, others: Signature) -> NDArray[np.float64]:
    """The share of common runs of one text with each of the others, as estimated by their `(n, HASHES)` signatures."""
    shares: NDArray[np.float64] = (others == one).mean(axis=1)
    return shares


def stories(signatures: Signature) -> list[int]:
    """For each text the number of the first one of its story: those that are alike, directly or by way of others.

    Which texts are of one story does not depend on their order.
    """
    firsts = list(range(len(signatures)))
    for bucket in _buckets(signatures):
        _unite(bucket, signatures, firsts)
    return [_first(firsts, text) for text in range(len(firsts))]


def _buckets(signatures: Signature) -> Iterator[list[int]]:
    """Texts that agree in all hashes of some band, for each band."""
    texts = np.flatnonzero((signatures != _NONE).any(axis=1))
    for at in range(0, HASHES, _BAND):
        keys = np.ascontiguousarray(signatures[texts, at : at + _BAND]).view(np.uint64).ravel()
        order = np.argsort(keys, kind="stable")
        same = np.concatenate([[False], keys[order][1:] == keys[order][:-1], [False]])
        starts, ends = np.flatnonzero(~same[:-1] & same[1:]), np.flatnonzero(same[:-1] & ~same[1:])
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            yield texts[order[start : end + 1]].tolist()


def _unite(bucket: Sequence[int], signatures: Signature, firsts: list[int]) -> None:
    """Join the stories of those in the bucket that are alike."""
    for at, text in enumerate(bucket):
        apart = [other for other in bucket[at + 1 :] if _first(firsts, other) != _first(firsts, text)]
        if not apart:  # the others are of this story too
            return
        for other, share in zip(apart, likeness(signatures[text], signatures[apart]).tolist(), strict=True):
            if share >= ALIKE:
                low, high = sorted((_first(firsts, text), _first(firsts, other)))
                firsts[high] = low


def _first(firsts: list[int], text: int) -> int:
    """The first text of a story as joined so far (union-find, with path halving)."""
    while firsts[text] != text:
        firsts[text] = firsts[firsts[text]]
        text = firsts[text]
    return text
