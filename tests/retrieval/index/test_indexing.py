"""Vectors and speakers of new articles: made at the same time, reported one after the other, and stopped together."""

from __future__ import annotations

import itertools
import time
from threading import Event
from typing import TYPE_CHECKING

import numpy as np
import pytest

from retrieval import Article
from retrieval.index import indexing
from retrieval.speakers import attribution
from retrieval.types import Passage, Statement
from tests.fakes import FakeEncoder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.types import Span, Vectors

TEXT = "The ferry left at dawn."
PATIENCE = 60.0  # seconds for what comes at once


def passages(count: int) -> list[Passage]:
    articles = [Article(f"{n}", f"{n}.txt", TEXT, f"{n:064}") for n in range(count)]
    return [Passage(article, 0, len(TEXT), ((0, len(TEXT)),)) for article in articles]


def unclear(article: Article, sentences: Sequence[Span]) -> tuple[Statement, ...]:
    return tuple(Statement(article, *span, "unclear", None, ()) for span in sentences)


class Waiting(FakeEncoder):
    """An encoder that does not begin before an event, and fails where it has an error."""

    def __init__(self, event: Event, error: BaseException | None = None) -> None:
        super().__init__()
        self._event, self._error = event, error

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        assert self._event.wait(PATIENCE)
        if self._error:
            raise self._error
        return super().encode_passages(texts)


def test_speakers_are_looked_for_while_texts_are_encoded(monkeypatch: pytest.MonkeyPatch):
    begun = Event()

    def attribute(article: Article, sentences: Sequence[Span]) -> tuple[Statement, ...]:
        begun.set()
        return unclear(article, sentences)

    monkeypatch.setattr(attribution, "attribute", attribute)
    cut, reports = passages(3), list[tuple[str, int, int]]()
    rows, statements = indexing.compute(["b b", "a"], cut, Waiting(begun), lambda *facts: reports.append(facts))
    assert [statement.article.id for statement in statements] == ["0", "1", "2"]
    assert np.array_equal(rows["b b"], FakeEncoder().encode_passages(["b b"])[0])
    assert [what for what, _ in itertools.groupby(what for what, _, _ in reports)] == ["encoding", "finding speakers"]
    assert (reports[0], reports[-1]) == (("encoding", 2, 2), ("finding speakers", 3, 3))


def test_who_stops_the_encoding_stops_the_search_for_speakers(monkeypatch: pytest.MonkeyPatch):
    begun, read = Event(), list[str]()

    def attribute(article: Article, sentences: Sequence[Span]) -> tuple[Statement, ...]:
        begun.set()
        read.append(article.id)
        time.sleep(0.01)
        return unclear(article, sentences)

    monkeypatch.setattr(attribution, "attribute", attribute)
    with pytest.raises(KeyboardInterrupt):
        indexing.compute(["a"], passages(2000), Waiting(begun, KeyboardInterrupt()), None)
    assert 0 < len(read) < 2000


def test_what_goes_wrong_with_the_speakers_is_not_lost(monkeypatch: pytest.MonkeyPatch):
    def attribute(*_: object) -> tuple[Statement, ...]:
        raise RuntimeError("no grammar")

    monkeypatch.setattr(attribution, "attribute", attribute)
    with pytest.raises(RuntimeError, match="no grammar"):
        indexing.compute(["a"], passages(2), FakeEncoder(), None)
