"""Commands by scope and language, descriptions, and files that people sent."""

from __future__ import annotations

import urllib.request

import pytest

BAD = "Bad Request: "
START = [{"command": "start", "description": "Begin"}]


def test_commands_are_kept_by_scope_and_language(bot):
    german = {"language_code": "de"}
    private = {"scope": {"type": "all_private_chats"}}
    bot.ask("setMyCommands", commands=START)
    for where in (german, private):
        assert bot.ask("getMyCommands", **where) == []
        bot.ask("setMyCommands", commands=[{"command": "/help", "description": " Help "}], **where)
        assert bot.ask("getMyCommands", **where) == [{"command": "help", "description": "Help"}]
    assert bot.ask("getMyCommands", scope={"type": "default"}) == START


@pytest.mark.parametrize(
    ("commands", "words"),
    [
        ([{"command": "bad command", "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "Start", "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "x" * 33, "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "", "description": "x"}], "command must be non-empty"),
        ([{"command": "start", "description": ""}], "command description must be non-empty"),
        ([{"command": "start", "description": "x" * 257}], "BOT_COMMAND_DESCRIPTION_INVALID"),
        (START * 101, "BOT_COMMANDS_TOO_MUCH"),
    ],
)
def test_these_commands_are_refused(bot, commands, words):
    assert bot.refusal("setMyCommands", commands=commands) == BAD + words


def test_a_scope_and_a_language_must_be_known(bot):
    assert bot.refusal("setMyCommands", commands=START, language_code="deu") == BAD + "invalid language code specified"
    unknown = bot.refusal("setMyCommands", commands=START, scope={"type": "moon"})
    assert unknown == BAD + "can't parse BotCommandScope: unsupported type specified"


@pytest.mark.parametrize(("which", "most"), [("Description", 512), ("ShortDescription", 120)])
def test_texts_about_the_bot_are_kept_by_language_up_to_their_length(bot, which, most):
    field = {"ShortDescription": "short_description"}.get(which, which.lower())
    bot.ask(f"setMy{which}", **{field: "x" * most})
    bot.ask(f"setMy{which}", language_code="de", **{field: "deutsch"})
    assert bot.ask(f"getMy{which}", language_code="de") == {field: "deutsch"}
    assert bot.ask(f"getMy{which}", language_code="fr") == {field: "x" * most}
    assert bot.refusal(f"setMy{which}", **{field: "x" * (most + 1)}).startswith(BAD)


def test_a_file_that_a_person_sent_can_be_fetched_by_who_has_the_token(api, bot, ana):
    message = ana.upload("talks.txt", b"Ada met Ben.", "/add")
    document = message.raw["document"]
    assert (message.raw["caption"], document["file_name"], document["file_size"]) == ("/add", "talks.txt", 12)
    path = bot.ask("getFile", file_id=document["file_id"])["file_path"]
    with urllib.request.urlopen(f"{api.root}/file/bot{api.token}/{path}", timeout=30) as response:
        assert response.read() == b"Ada met Ben."
    assert bot.post(f"/file/bot1:x/{path}", None, "")[0] == 404
    assert bot.refusal("getFile", file_id="x") == BAD + "invalid file_id"
    large = ana.upload(None, bytes(21 * 2**20)).raw["document"]
    assert bot.refusal("getFile", file_id=large["file_id"]) == BAD + "file is too big"
