"""The bot as a process against an emulated Telegram: start, faults, signals, settings; its index is a fake."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.settings import Settings
from bot.telegram import application
from bot.telegram.delivery import UpdateProcessor
from bot.telegram.inbox import Inbox
from emulator.updates import forbidden, garbage, lost_after, lost_before, refused, server_error, too_many, unauthorized
from tests.fakes import EXAMPLES
from tests.process import ROOT

if TYPE_CHECKING:
    from emulator import BotApi
    from emulator.people import Chat

QUESTION = EXAMPLES[0]
ANSWER = "The ministers met in Port Alba on Tuesday. They spoke for three hours"


@pytest.fixture
def ana(api):
    return api.private(api.user("Ana"))


def settled(api: BotApi, chat: Chat) -> list[str]:
    """What the bot wrote in a chat, once it has surely seen everything before this."""
    private = api.private(api.user("Somebody"))
    private.say("/privacy")
    private.wait_message()
    return [message.text for message in chat.answers]


def test_the_profile_is_set_once_for_each_language_and_not_again_where_it_stands(api, run_bot, ana):
    for start in (1, 2):
        bot = run_bot(api)
        ana.say("/start")
        ana.wait_message()
        api.calls.wait("getMyShortDescription", n=start * 5, timeout=30)
        assert bot.stop() == 0
    menus = [call.params for call in api.calls.all("setMyCommands")]
    assert len(menus) == 3 * 5
    names = [[command["command"] for command in menu["commands"]] for menu in menus[:3]]
    assert names == [
        ["ask", "quote", "cite", "sources", "help", "privacy", "forget", "start"],
        ["ask", "quote", "cite", "sources", "help", "privacy", "forget", "start"],
        ["ask", "quote", "cite", "sources", "help", "forget"],
    ]
    assert {menu.get("language_code") for menu in menus} == {None, "de", "es", "ru", "uk"}
    assert len({menu["commands"][0]["description"] for menu in menus}) == 5
    assert len(api.calls.all("setMyDescription")) == len(api.calls.all("setMyShortDescription")) == 5
    assert api.calls.all("getUpdates")[0].params["allowed_updates"] == [
        *("message", "edited_message", "callback_query", "inline_query", "guest_message", "my_chat_member")
    ]


def test_who_floods_a_group_is_told_once_and_others_are_still_heard(api, run_bot):
    bot = run_bot(api)
    ana, ben = api.user("Ana"), api.user("Ben")
    group, private = api.group("Newsroom", ana, ben), api.private(ben)
    for number in range(105):
        group.say(f"/ask slowly {QUESTION} {number}")
    assert group.wait_message().text.startswith("You have many questions waiting here.")
    group.say(f"/ask {QUESTION}", ben)
    private.say("/start")
    private.wait_message()
    assert len(group.answers) == 1
    bot.gate.touch()
    assert group.wait_message(timeout=20).text.startswith(ANSWER)


def test_of_a_flood_little_more_is_stored_than_may_wait(api, run_bot, ana, tmp_path):
    ben = api.private(api.user("Ben"))
    for _ in range(400):
        ana.say(f"slowly {QUESTION}")
    ben.say("/start")
    bot = run_bot(api)
    ben.wait_message()
    with closing(sqlite3.connect(tmp_path / "state" / "inbox.sqlite3")) as inbox:
        assert inbox.execute("SELECT count(*) FROM updates").fetchone()[0] < 110
    bot.gate.touch()
    ana.wait_message(timeout=20)


def test_the_test_environment_has_a_path_of_its_own(tmp_path):
    inbox = Inbox(tmp_path)
    made = [
        application._application(Settings("1:a", test_environment=test), inbox, UpdateProcessor(inbox))
        for test in (False, True)
    ]
    bots = [one.bot for one in made]
    assert [bot.base_url for bot in bots] == ["https://api.telegram.org/bot1:a", "https://api.telegram.org/bot1:a/test"]


def test_a_question_that_fails_is_said_to_be_unanswered_and_the_next_one_is_answered(api, run_bot, ana):
    bot = run_bot(api, LOG_LEVEL="INFO")
    ana.say("please explode")
    assert ana.wait_message().text.startswith("Something went wrong here")
    ana.say(QUESTION)
    assert ana.wait_message().text.startswith(ANSWER)
    assert bot.stop() == 0
    assert "a question could not be answered (RuntimeError at" in bot.output
    assert "explode" not in bot.output
    assert "Traceback" not in bot.output


def test_a_send_that_surely_failed_is_made_again(api, run_bot, ana):
    run_bot(api)
    for fault in (lost_before(), server_error(502), refused(400, "can't parse entities")):
        api.faults.add(fault, "sendMessage")
        ana.say(QUESTION)
        assert ana.wait_message().text.startswith(ANSWER)
    assert api.faults.left == 0
    assert len(settled(api, ana)) == 3


def test_a_send_that_may_have_arrived_is_made_once_more_as_a_reply(api, run_bot):
    run_bot(api)
    for fault in (lost_after(), garbage()):
        chat = api.private(api.user("Ana"))
        api.faults.add(fault, "sendMessage")
        asked = chat.say(QUESTION)
        first, second = chat.wait_message(), chat.wait_message()
        assert first.text == second.text
        assert (first.reply_to, second.reply_to) == (None, asked.id)
        assert len(settled(api, chat)) == 2


def test_whoever_blocked_the_bot_stops_nothing(api, run_bot, ana):
    bot = run_bot(api, LOG_LEVEL="INFO")
    api.faults.add(forbidden(), "sendMessage", chat=ana.id)
    ana.say(QUESTION)
    assert settled(api, ana) == []
    assert bot.stop() == 0
    assert "ERROR" not in bot.output


def test_polling_recovers_from_a_bad_server(api, run_bot):
    bot = run_bot(api)
    for fault in (server_error(502), garbage(), lost_before(), too_many(1)):
        api.faults.add(fault, "getUpdates")
        for _ in range(2):  # the call that brings the first one was made before the fault
            chat = api.private(api.user("Ana"))
            chat.say(QUESTION)
            assert chat.wait_message().text.startswith(ANSWER)
        assert api.faults.left == 0
    assert bot.stop() == 0


@pytest.mark.parametrize("body", [b'{"ok":true,"result":{}}', b'{"ok":true,"result":5}', b"[]"])
def test_answers_that_are_none_at_the_start_are_outlived(api, run_bot, ana, body):
    for method in ("getMe", "deleteWebhook", "getMyCommands"):
        api.faults.add(garbage(accepted=False, body=body), method)
    bot = run_bot(api)
    ana.say(QUESTION)
    assert "Port Alba" in ana.wait_message().text
    assert "Traceback" not in bot.output


def test_a_second_poller_is_told_in_one_line_and_outlived(api, run_bot, ana):
    bot = run_bot(api, LOG_LEVEL="INFO")
    conflict = refused(409, "terminated by other getUpdates request")
    api.faults.add(conflict, "getUpdates", times=3)
    ana.say(QUESTION)
    assert ana.wait_message(20).text.startswith(ANSWER)
    assert bot.stop() == 0
    assert bot.output.count("another process is polling this token") == 1


@pytest.mark.parametrize("token", ["1:unknown", "123456789:AAF0-abc_DEFGHIJKLMNOPQRSTUVWXYZ012"])
def test_a_wrong_token_ends_it_with_one_line_that_says_what_to_do(api, run_bot, token):
    bot = run_bot(api, TELEGRAM_BOT_TOKEN=token, LOG_LEVEL="INFO")
    assert bot.wait() == 1
    (line,) = bot.output.splitlines()
    assert "@BotFather" in line
    assert token not in line


def test_a_revoked_token_ends_it(api, run_bot, ana):
    bot = run_bot(api)
    ana.say("/start")
    ana.wait_message()
    api.faults.add(unauthorized(), times=None)
    ana.say(QUESTION)
    assert bot.wait() == 1
    assert "@BotFather" in bot.output.splitlines()[-1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_the_answer_finish_and_confirms_what_was_answered(api, run_bot, ana, number):
    bot = run_bot(api)
    ana.say("/start")
    ana.wait_message()
    ana.say(f"slowly {QUESTION}")
    api.calls.wait("sendChatAction")
    bot.gate.touch()
    assert bot.stop(number) == 0
    assert ana.wait_message().text.startswith(ANSWER)
    assert api.pending == ()
    assert "Traceback" not in bot.output


def test_a_search_that_hangs_cannot_hold_up_the_end(api, run_bot, ana):
    bot = run_bot(api)
    ana.say(f"slowly {QUESTION}")
    api.calls.wait("sendChatAction")
    assert bot.stop(signal.SIGTERM) == 0
    assert "some questions are not answered yet" in bot.output


def test_a_crash_outside_of_python_says_where(api, run_bot, ana):
    bot = run_bot(api)
    ana.say(QUESTION)
    ana.wait_message()
    assert bot.stop(signal.SIGSEGV) != 0
    assert "Segmentation fault" in bot.output
    assert QUESTION not in bot.output


def test_a_mapped_file_that_is_cut_off_ends_the_bot_with_one_line(tmp_path):
    cut_off = (
        "import mmap, pathlib, sys; from bot import __main__ as bot; bot._say_crashes(); path = pathlib.Path(sys.argv[1]); "
        "path.write_bytes(bytes(8192)); file = path.open('r+b'); mapped = mmap.mmap(file.fileno(), 0); file.truncate(0); mapped[5000]"
    )
    ended = subprocess.run(
        [sys.executable, "-c", cut_off, tmp_path / "vectors.npy"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("a file of the index was cut off or overwritten in its place while it was in use")
    assert ended.stderr.count("\n") == 1


def test_a_bot_whose_state_folder_is_removed_ends_and_says_so(api, run_bot, tmp_path):
    bot = run_bot(api, STATE_DIR=str(tmp_path / "kept"))
    bot.wait_output("answers on Telegram")
    (tmp_path / "kept").rename(tmp_path / "moved")
    assert bot.wait() == 1
    assert f"the state folder {tmp_path / 'kept'} was removed or replaced while the bot ran" in bot.output
    assert "Traceback" not in bot.output


def test_it_waits_for_a_telegram_that_cannot_be_reached_and_ends_on_a_signal(run_bot, api):
    api.faults.add(server_error(502), "getMe", times=2)
    bot = run_bot(api)
    bot.wait_output("answers on Telegram")
    assert bot.stop() == 0
    assert bot.output.count("Telegram cannot be reached") == 1
    assert "(an answer that is not Telegram's (502))" in bot.output
    nowhere = run_bot(None, TELEGRAM_BOT_TOKEN=api.token, TELEGRAM_API_BASE_URL="http://127.0.0.1:9")
    nowhere.wait_output("cannot be reached at http://127.0.0.1:9")
    assert nowhere.stop() == 0


@pytest.mark.parametrize("token", ["good", "123456789:AAF0-wrong_DEFGHIJKLMNOPQRSTUVWXYZ0"])
def test_the_token_is_in_no_output_at_debug(api, run_bot, ana, token):
    token = api.token if token == "good" else token
    api.faults.add(server_error(502), "getMe")
    api.faults.add(garbage(), "getUpdates")
    bot = run_bot(api, TELEGRAM_BOT_TOKEN=token, LOG_LEVEL="DEBUG")
    if token == api.token:
        for text in (QUESTION, "please explode"):
            ana.say(text)
            ana.wait_message()
        api.faults.add(unauthorized(), times=None)
        ana.say(QUESTION)
    assert bot.wait() == 1
    assert token not in bot.output
    assert token.partition(":")[2] not in bot.output


def test_without_a_token_it_says_how_to_get_one_and_offers_the_chat(run_bot):
    bot = run_bot(None)
    assert bot.wait() == 1
    (line,) = bot.output.splitlines()
    assert "@BotFather" in line
    assert "byline chat" in line


def test_wrong_settings_are_named_in_one_line(run_bot):
    bot = run_bot(None, LOG_LEVEL="loud", TELEGRAM_BOT_TOKEN="not-a-token")
    assert bot.wait() == 1
    (line,) = bot.output.splitlines()
    assert "LOG_LEVEL" in line
    assert "TELEGRAM_BOT_TOKEN" in line
    assert "not-a-token" not in line


def test_wrong_usage_ends_with_2(run_bot):
    assert run_bot(None, "dance").wait() == 2


def test_the_token_may_stand_in_a_dotenv_file_and_the_environment_wins(api, run_bot, ana, tmp_path):
    bot = run_bot(None, TELEGRAM_API_BASE_URL="http://127.0.0.1:9", LOG_LEVEL="INFO")
    assert bot.wait() == 1
    (tmp_path / "bot0" / ".env").write_text(f"TELEGRAM_BOT_TOKEN={api.token}\nTELEGRAM_API_BASE_URL=http://wrong\n")
    again = type(bot)(tmp_path / "bot0", TELEGRAM_API_BASE_URL=api.root)
    try:
        ana.say(QUESTION)
        assert ana.wait_message().text.startswith(ANSWER)
        assert again.stop() == 0
    finally:
        again.end()
