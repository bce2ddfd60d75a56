"""The same conversation with a second client library, to see that the emulator does not fit the first one only.

grammY comes from npm into a temporary folder; without Node, npm or a registry the test is skipped.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("grammy_bot.mjs")
VERSION = "1.46.0"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("needs Node and npm")
    there = tmp_path_factory.mktemp("grammy")
    install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", f"grammy@{VERSION}"]
    try:
        done = subprocess.run(install, check=False, cwd=there, capture_output=True, text=True, timeout=120)
    except subprocess.TimeoutExpired:
        pytest.skip("npm reaches no registry here")
    if done.returncode:
        pytest.skip(f"grammY could not be installed: {done.stderr[-200:]}")
    shutil.copy(SCRIPT, there)
    return there


@pytest.fixture
def process(folder, api):
    environment = os.environ | {"BOT_TOKEN": api.token, "API_ROOT": api.root}
    command = ["node", SCRIPT.name]
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as started:
        yield started
        started.kill()


def test_grammy_talks_to_the_emulator_as_to_telegram(process, api, ana):
    asked = ana.say("who met?")
    answer = ana.wait_message(30)
    assert (answer.text, answer.parts("blockquote"), answer.reply_to) == ("😀 who met?", ("who met?",), asked.id)
    assert [button.action for button in answer.buttons] == ["callback_data", "copy_text", "url"]
    press = ana.press(answer, "More")
    assert {"text": "Here", "show_alert": "true"}.items() <= press.wait().items()
    answer = ana.wait_edit(answer)
    assert answer.text == "more"
    ana.edit(asked, "who met where?")
    assert ana.wait_edit(answer).text == "corrected"
    assert [card.text for card in api.inline(ana.people[0], "a passage").cards()] == ["a passage"]
    ana.say("/refuse")
    assert ana.wait_message(30).text == "done"
    ana.say("/stop")
    assert ana.wait_message(30).text == "bye"
    lines, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert dict(map(json.loads, lines.splitlines())) == {
        "commands": [{"command": "start", "description": "Begin"}],
        "empty": "Bad Request: text must be non-empty",
        "long": "Bad Request: message is too long",
        "entity": (
            "Bad Request: entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 2"
        ),
        "data": "Bad Request: BUTTON_DATA_INVALID",
        "chat": "Bad Request: chat not found",
        "reply": "Bad Request: message to be replied not found",
        "edit": "Bad Request: message to edit not found",
        "query": "Bad Request: query is too old and response timeout expired or query ID is invalid",
        "html": "Bad Request: unsupported parse_mode",
    }
    assert api.pending == ()
    assert api.altered == ()
