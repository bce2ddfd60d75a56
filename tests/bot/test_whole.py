"""The whole way with nothing faked: files, the real model, an index on disk, the bot as a process, HTTP."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.process import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SENTENCE = "The ministers met in the town hall of Port Alba on Tuesday."
ARTICLE = f"""---
title: Ministers meet over fishing treaty
publisher: Harbour Post
date: 2031-05-06
url: https://www.harbourpost.example/talks
---
{SENTENCE} They spoke for three hours about the fishing treaty, and nobody left early.

The harbour master, Ines Palm, said that the quay would be closed until the talks had ended.
"""
OTHER = "A storm closed the iron bridge at dawn. Engineers later found two cracked pillars in the river.\n"
QUESTION = "Where did the ministers meet on Tuesday?"


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A folder with articles and an index of them."""
    folder = tmp_path_factory.mktemp("place")
    (folder / "seeds").mkdir()
    (folder / "seeds" / "talks.md").write_text(ARTICLE)
    (folder / "seeds" / "bridge.txt").write_text(OTHER)
    done = run(folder, "run")
    assert done.returncode == 0, done.stderr
    assert "building an index of seeds" in done.stderr
    return folder


def run(folder: Path, *arguments: str, lines: str = "") -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TELEGRAM_", "INDEX_"))}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=lines,
        capture_output=True,
        text=True,
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"},
        check=False,
    )


def test_a_piped_question_gets_its_sentence_with_outlet_date_and_link(place):
    done = run(place, "run", lines=f"{QUESTION}\n")
    assert done.returncode == 0
    assert "building" not in done.stderr
    assert done.stdout.startswith(SENTENCE)
    source = "Harbour Post · Ministers meet over fishing treaty · 2031-05-06"
    assert f"\n{source}\nhttps://www.harbourpost.example/talks\n" in done.stdout


def test_a_message_over_http_gets_the_same(place, api, run_bot):
    run_bot(api, fake=False, INDEX_DIR=str(place / ".index"))
    chat = api.private(api.user("Ana"))
    chat.say(QUESTION)
    answer = chat.wait_message(60)
    assert answer.text.startswith(SENTENCE)
    assert "\nHarbour Post · Ministers meet over fishing treaty · 2031-05-06 · harbourpost.example" in answer.text
    assert ("text_link", "harbourpost.example") in [(entity.type, entity.of(answer.text)) for entity in answer.entities]
    assert api.altered == ()


def test_a_changed_file_is_built_again_by_run(place):
    (place / "seeds" / "bridge.txt").write_text(OTHER + "The repair will cost nine million crowns.\n")
    done = run(place, "run", lines="What will the repair cost?\n")
    assert "building the index" in done.stderr
    assert "nine million crowns" in done.stdout


def test_a_new_article_is_answered_without_a_restart(place, api, run_bot):
    bot = run_bot(api, "run", f"--articles={place / 'seeds'}", fake=False)
    chat = api.private(api.user("Ana"))
    chat.say(QUESTION)
    assert chat.wait_message(120).text.startswith(SENTENCE)
    (place / "seeds" / "owl.txt").write_text(
        "An owl nests in the clock tower of Selby. The clock stands still for it.\n"
    )
    bot.wait_output("new: owl.txt", timeout=120)
    chat.say("Where does the owl nest?")
    assert chat.wait_message(60).text.startswith("An owl nests in the clock tower of Selby.")


def test_without_an_index_the_bot_says_which_command_builds_one(api, run_bot):
    for arguments in ((), ("chat",)):
        bot = run_bot(api, *arguments, fake=False, LOG_LEVEL="INFO")
        assert bot.wait() == 1
        (line,) = bot.output.splitlines()
        assert "byline build" in line


def test_where_there_is_nothing_to_index_run_says_so(tmp_path):
    done = run(tmp_path, "run")
    assert done.returncode == 1
    assert "seeds" in done.stderr
    assert "Traceback" not in done.stderr
