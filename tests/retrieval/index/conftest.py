"""A folder of two articles, and an index of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval import Index
from tests.fakes import FakeEncoder

BRIDGE = "The mayor opened the new bridge on Monday. It cost nine million crowns. A brass band played until dusk.\n"
STORM = "A storm tore the roof off the town library. Nobody was hurt. The books were carried to the school.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "bridge.txt").write_text(BRIDGE)
    (articles / "storm.txt").write_text(STORM)
    return articles


@pytest.fixture
def index(folder: Path) -> Index:
    return Index.build(folder, encoder=FakeEncoder(), reranker=None)
