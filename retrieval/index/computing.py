"""Texts and passages of new articles → the vectors of the texts, and whose words each sentence of the passages is."""

from __future__ import annotations

import itertools
from concurrent.futures import CancelledError, ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING

from retrieval.index import models
from retrieval.types import Statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from retrieval.types import Encoder, Passage, Progress

_BATCH = 256  # texts between two reports of progress


def compute(
    texts: Iterable[str], passages: Sequence[Passage], encoder: Encoder, progress: Progress | None
) -> tuple[dict[str, NDArray[np.float32]], list[Statement]]:
    """Each text's row, and whose words each sentence of the passages is, in their order.

    Both at once: Python waits for an encoder's threads, and has time to attribute. Only one is reported at a time.
    """
    encoded, given_up = Event(), Event()

    def report(done: int) -> None:
        if given_up.is_set():
            raise CancelledError
        if progress and encoded.is_set():
            progress("finding speakers", done, len(passages))

    with ThreadPoolExecutor(1, "speakers") as thread:
        attributed = thread.submit(_attribute, passages, report)
        try:
            rows = _encode(texts, encoder, progress)
            encoded.set()
            statements = attributed.result()
        except BaseException:  # also of whoever stops the build
            given_up.set()
            raise
    report(len(passages))
    return rows, statements


def _attribute(passages: Sequence[Passage], report: Callable[[int], None]) -> list[Statement]:
    """Whose words each sentence is; an article is read as a whole. `report` hears how many passages are done."""
    from retrieval.speakers.attribution import attribute

    statements, done = list[Statement](), 0
    for _, group in itertools.groupby(passages, key=lambda passage: id(passage.article)):
        own = list(group)
        statements += attribute(own[0].article, [span for passage in own for span in passage.sentences])
        done += len(own)
        report(done)
    return statements


def _encode(texts: Iterable[str], encoder: Encoder, progress: Progress | None) -> dict[str, NDArray[np.float32]]:
    """Each text's row. Texts of like length go together, as encoders like them."""
    ordered = sorted(texts, key=len)
    batches = [ordered[at : at + _BATCH] for at in range(0, len(ordered), _BATCH)]
    rows: dict[str, NDArray[np.float32]] = {}
    for batch, encoded in zip(batches, models.encode(encoder, batches), strict=True):
        rows.update(zip(batch, encoded, strict=True))
        if progress:
            progress("encoding", len(rows), len(ordered))
    return rows
