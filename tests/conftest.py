"""What tests share: the seeds' index with the real model and real FAISS, built once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"  # before any library reads it

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The folder of the five given articles."""
    return ROOT / "seeds"


@pytest.fixture(scope="session")
def seeds_index(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> Path:
    """The folder of an index of the seeds, made with the default model."""
    from retrieval import Index

    folder = tmp_path_factory.mktemp("seeds") / "index"
    Index.build(seeds).save(folder)
    return folder
