"""What tests share: the seeds' index with the real model and real FAISS, a model of a few kilobytes, whoever reads pages."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from retrieval.articles.extraction import Extractor

os.environ["HF_HUB_OFFLINE"] = "1"  # before any library reads it
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # each of several processes has a core, not all of them

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The folder of the five given articles."""
    return ROOT / "seeds"


@pytest.fixture(scope="session")
def seeds_index(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> Path:
    """The folder of an index of the seeds, made with the default model, once for all processes that run tests."""
    from filelock import FileLock

    from retrieval import Index

    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / "seeds-index"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            Index.build(seeds).save(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of an encoder that takes no time, for tests of what becomes of an index and not of what it finds."""
    from tests import tiny_models

    return str(tiny_models.save(tmp_path_factory.mktemp("models") / "tiny"))


@pytest.fixture(scope="session", autouse=True)
def one_reader_of_pages() -> Iterator[None]:
    """One process reads the pages and documents of all tests but those that limit it: its start takes a second."""
    from retrieval.articles.extraction import Extractor

    idle: list[subprocess.Popen[bytes]] = []
    usual, start, leave = Extractor()._limits, Extractor._start, Extractor.__exit__

    def begin(self: Extractor) -> subprocess.Popen[bytes]:
        return idle.pop() if idle and self._limits == usual else start(self)

    def end(self: Extractor, *error: object) -> None:
        if self._child and not idle and self._limits == usual:
            idle.append(self._child)
        else:
            leave(self, *error)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Extractor, "_start", begin)
        patch.setattr(Extractor, "__exit__", end)
        yield
    for child in idle:
        child.communicate()
