"""Whether the files, modules and commands that the documents name are there."""

from __future__ import annotations

import argparse
import importlib.util
import re
from pathlib import Path

import pytest

import byline
from bot import __main__ as bot
from retrieval import __main__ as retrieval

ROOT = Path(__file__).parent.parent
DOCUMENTS = ("README.md", "docs/deploy.md", "docs/scale.md", "training/README.md", "gold/README.md")
_FILE = re.compile(r"[\w*./-]+\.(?:py|txt|json|md|po|tsv|svg|onnx)|[\w./-]+/")
_ELSEWHERE = {"talks.txt", "hang.txt", "seeds/"}  # of examples, and what the bot writes


@pytest.mark.parametrize("document", DOCUMENTS)
def test_modules_that_a_document_runs_are_there(document: str):
    names = set(re.findall(r"python -m ([\w.]+)", (ROOT / document).read_text()))
    assert [name for name in sorted(names) if importlib.util.find_spec(name) is None] == []


@pytest.mark.parametrize(("document", "base"), [("README.md", ""), ("training/README.md", "training")])
def test_files_that_a_table_names_are_there(document: str, base: str):
    rows = [row for row in (ROOT / document).read_text().splitlines() if row.startswith("|")]
    missing = [name for row in rows for name in _missing(row, ROOT / base)]
    assert any("`" in row for row in rows)
    assert missing == []


def test_readme_names_every_command_and_no_other():
    section = (ROOT / "README.md").read_text().partition("## In a terminal")[2].partition("\n## ")[0]
    named = set(re.findall(r"^byline (\w+)", section, re.MULTILINE))
    parser = argparse.ArgumentParser()
    known = parser.add_subparsers()
    retrieval.add_commands(known)
    bot.add_commands(known, byline.BOT)
    assert named == {*known.choices, "bot"} - {"run", "demo"}


def _missing(row: str, base: Path) -> list[str]:
    """The files of a table's row that are not there; a bare name lies in the folder of a path before it."""
    folders, missing = [base], []
    for name in re.findall(r"`([^`]+)`", row):
        if not _FILE.fullmatch(name) or name.startswith("/") or name in _ELSEWHERE:
            continue
        matches = [match for folder in (ROOT, *folders) for match in folder.glob(name)]
        if not matches:
            missing.append(name)
        folders += [match if match.is_dir() else match.parent for match in matches]
    return missing
