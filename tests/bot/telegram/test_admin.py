"""Admins change the articles in a chat; for everybody else these commands do not exist."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bot import strings

PATIENCE = 120.0
STORM = "A storm tore the roof off the town library. Nobody was hurt, said the mayor Ilse Brandt.\n"
HAIL = "Hail broke the windows of the school in Oldenmoor on Friday. Pupils were sent home at noon.\n"


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """A folder with one article."""
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "storm.txt").write_text(STORM)
    return folder


def reply(sentence: str, file: str) -> str:
    return sentence.format(file=file)


def stats(chat, number: str) -> list[str]:
    """The lines of /stats once there are so many articles."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        chat.say("/stats")
        lines = chat.wait_message(PATIENCE).text.split("\n")
        if lines[0] == number:
            return lines
        time.sleep(0.5)
    raise TimeoutError(number)


def test_an_admin_adds_and_removes_files_and_nobody_else_does(api, run_bot, articles: Path):
    ada, bob = api.user("Ada"), api.user("Bob")
    run_bot(api, TEST_ARTICLES=str(articles), INDEX_DIR=str(articles.parent / "index"), ADMINS=f"7, {ada.id}")
    chat, other = api.private(ada), api.private(bob)
    for each in (chat, other):
        each.say("/help")
        assert strings.COMMANDS in each.wait_message(60).text
    assert chat.wait_message().text.split("\n")[1:] == [f"/{name} {what}" for name, what in strings.ADMIN_MENU]
    for command in ("/stats", "/reload", "/remove storm.txt", "/add"):
        other.say(command)
        assert other.wait_message(60).text == strings.UNKNOWN_COMMAND
    other.upload("hail.txt", HAIL.encode(), "/add")
    assert other.wait_message().text == strings.UNKNOWN_COMMAND
    assert [path.name for path in articles.iterdir()] == ["storm.txt"]

    chat.upload("../hail.txt", HAIL.encode(), "/add")
    assert chat.wait_message(PATIENCE).text in {reply(strings.ADDED, "hail.txt"), reply(strings.STORED, "hail.txt")}
    assert (articles / "hail.txt").read_text() == HAIL
    told = stats(chat, "2 articles")
    assert told[1].startswith("taken in ")
    assert told[-3:] == ["4 sentences", "Votes: 0 up, 0 down", "0 questions left without an answer"]

    sent = chat.upload("notes.exe", b"MZ")
    assert chat.wait_message().text == strings.TEXT_ONLY
    chat.say("/add", reply_to=sent)
    assert chat.wait_message().text.startswith("notes.exe is left out: .exe files are not read")
    chat.say("/add")
    assert chat.wait_message().text == strings.ADD_WHAT
    chat.upload("storm.txt", HAIL.encode(), "/add")
    assert "is there: /remove it first" in chat.wait_message().text

    chat.say("/remove hail")
    assert chat.wait_message().text == f"{strings.REMOVE_WHAT}\nhail.txt"
    chat.say("/remove snow.txt")
    assert chat.wait_message().text == f"{strings.REMOVE_WHAT}\nhail.txt\nstorm.txt"
    chat.say("/remove hail.txt")
    assert chat.wait_message(PATIENCE).text.startswith("hail.txt is out of the articles; the file is kept as .removed/")
    stats(chat, "1 article")
    (articles / "hail.txt").write_text(HAIL)
    (articles / "empty.txt").write_text("")
    chat.say("/reload")
    assert "\ntaken in " in chat.wait_message(PATIENCE).text
    assert "left out empty.txt" in "".join(stats(chat, "2 articles"))


def test_the_bot_follows_the_folder_of_its_articles(api, run_bot, articles: Path):
    ada = api.user("Ada")
    run_bot(api, TEST_ARTICLES=str(articles), INDEX_DIR=str(articles.parent / "index"), ADMINS=str(ada.id))
    chat = api.private(ada)
    stats(chat, "1 article")
    (articles / "hail.txt").write_text(HAIL)
    stats(chat, "2 articles")


def test_in_a_group_an_admin_is_like_anybody(api, run_bot):
    ada = api.user("Ada")
    run_bot(api, ADMINS=str(ada.id))
    group = api.group("News", ada)
    group.say("/stats")
    group.say("/ask What closed the bridge?")
    assert "storm" in group.wait_message(PATIENCE).text
