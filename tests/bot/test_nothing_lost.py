"""What may happen to the bot or to the network while people ask: every question is answered, and rarely twice."""

from __future__ import annotations

import signal
import sqlite3
from typing import TYPE_CHECKING

import pytest

from bot import strings
from emulator.updates import forbidden, refused, server_error, slow, too_many, wait_until
from tests.fakes import EXAMPLES

if TYPE_CHECKING:
    from pathlib import Path

    from emulator import BotApi
    from emulator.people import Chat
    from tests.process import BotProcess

QUESTION = EXAMPLES[0]
ANSWER = "The ministers met in Port Alba on Tuesday. They spoke for three hours"


def people(api: BotApi, many: int) -> list[Chat]:
    return [api.private(api.user(f"Person{number}")) for number in range(many)]


def wait_answers(api: BotApi, chats: list[Chat], least: int, timeout: float = 60) -> None:
    """Until so many of the chats are answered."""
    enough = lambda: sum(1 for chat in chats if chat.answers) >= least  # noqa: E731
    wait_until(api.state.changed, enough, timeout, lambda: f"{sum(1 for c in chats if c.answers)} of {least} answered")


def inbox_after(bot: BotProcess, folder: Path) -> list[tuple[int, str | None]]:
    """What the inbox holds once the bot has ended."""
    assert bot.stop() == 0
    with sqlite3.connect(folder / "inbox.sqlite3") as database:
        return database.execute("SELECT number, body FROM updates").fetchall()


def test_kills_lose_no_question_and_double_at_most_one_answer_each(api, run_bot):
    chats = people(api, 24)
    for chat in chats:
        chat.say(QUESTION)
    for least in (3, 9, 15):
        bot = run_bot(api)
        wait_answers(api, chats, least)
        bot.stop(signal.SIGKILL)
    run_bot(api)
    wait_answers(api, chats, len(chats))
    assert {chat.answers[0].text.startswith(ANSWER) for chat in chats} == {True}
    assert sum(len(chat.answers) for chat in chats) <= len(chats) + 3


def test_a_stop_with_a_backlog_leaves_it_to_the_next_start(api, run_bot):
    bot = run_bot(api)
    chats = people(api, 30)
    for chat in chats:
        chat.say(f"slowly {QUESTION}")
    api.calls.wait("sendChatAction")
    wait_until(api.state.changed, lambda: not api.pending, 10, lambda: "not fetched")
    assert bot.stop(signal.SIGTERM) == 0
    assert [chat.answers for chat in chats] == [()] * 30
    run_bot(api).gate.touch()
    wait_answers(api, chats, 30)
    assert {len(chat.answers) for chat in chats} == {1}


def test_the_words_are_wiped_once_answered_and_the_number_is_known(api, run_bot, tmp_path):
    ana = api.private(api.user("Ana"))
    bot = run_bot(api)
    ana.say(QUESTION)
    ana.wait_message()
    rows = inbox_after(bot, tmp_path / "state")
    assert [body for _, body in rows] == [None]
    kept = b"".join(path.read_bytes() for path in (tmp_path / "state").iterdir() if path.is_file())
    assert QUESTION.encode() not in kept


def test_a_send_that_hangs_before_telegram_has_it_is_made_again(api, run_bot):
    ana = api.private(api.user("Ana"))
    run_bot(api)
    api.faults.add(slow(7, accepted=False), "sendMessage")
    ana.say(QUESTION)
    assert ana.wait_message(20).text.startswith(ANSWER)


def test_refusals_are_outlived_however_often_they_come_and_hold_up_their_own_chat_alone(api, run_bot):
    ana, ben, eva = people(api, 3)
    run_bot(api)
    api.faults.add(too_many(1), "sendMessage", chat=ana.id, times=6)
    api.faults.add(server_error(500), "sendMessage", chat=ben.id, times=6)
    for chat in (ana, ben, eva):
        chat.say(QUESTION)
    assert eva.wait_message().text.startswith(ANSWER)
    assert (ana.answers, ben.answers) == ((), ())
    for chat in (ana, ben):
        assert chat.wait_message(30).text.startswith(ANSWER)
    assert [len(chat.answers) for chat in (ana, ben, eva)] == [1, 1, 1]


@pytest.mark.parametrize(("fault", "most"), [(refused(400, "chat not found"), 2), (forbidden(), 1)], ids=["400", "403"])
def test_what_is_refused_for_good_is_not_asked_for_again(api, run_bot, fault, most):
    ana, ben = people(api, 2)
    run_bot(api)
    api.faults.add(fault, "sendMessage", chat=ana.id, times=None)
    ana.say(QUESTION)
    ana.say("/start")
    ben.say(QUESTION)
    ben.wait_message()
    calls = [call for call in api.calls.all("sendMessage") if str(call.params["chat_id"]) == str(ana.id)]
    assert len(calls) <= 2 * most


def test_a_damaged_inbox_is_set_aside_and_named(api, run_bot, tmp_path):
    state = tmp_path / "state"
    state.mkdir()
    (state / "inbox.sqlite3").write_bytes(b"no database at all" * 500)
    ana = api.private(api.user("Ana"))
    bot = run_bot(api, LOG_LEVEL="INFO")
    ana.say(QUESTION)
    assert ana.wait_message().text.startswith(ANSWER)
    assert "inbox.sqlite3 is damaged" in bot.output
    assert len(list(state.glob("inbox.damaged-*"))) == 1


def test_an_update_that_cannot_be_handled_is_tried_three_times_named_once_and_loops_never(api, run_bot, tmp_path):
    ana, ben = people(api, 2)
    bot = run_bot(api, LOG_LEVEL="INFO", TEST_RAISES="poison")
    ana.say(f"poison {QUESTION}")
    assert ana.wait_message().text == strings.FAILED
    ben.say(QUESTION)
    ben.wait_message()
    assert [body for _, body in inbox_after(bot, tmp_path / "state")] == [None, None]
    assert bot.output.count("could not be handled and is put aside") == 1
    assert "poison" not in bot.output
    assert len(ana.answers) == 1


def test_forgetting_comes_after_what_was_asked_before_and_makes_buttons_old(api, run_bot):
    (ana,) = people(api, 1)
    run_bot(api)
    asked = ana.say(QUESTION)
    ana.say("/forget")
    answer, forgotten = ana.wait_message(), ana.wait_message()
    assert answer.text.startswith(ANSWER)
    assert forgotten.text == strings.FORGOTTEN
    assert ana.press(answer, strings.CONTEXT).wait()["text"] == strings.OLD_BUTTON
    ana.say("when was this?", reply_to=asked)
    assert ana.wait_message().text == strings.FOLLOW_WHAT


def test_a_second_bot_with_the_same_state_folder_ends_with_one_line(api, run_bot):
    ana = api.private(api.user("Ana"))
    run_bot(api)
    ana.say("/start")
    ana.wait_message()
    second = run_bot(api, LOG_LEVEL="INFO")
    assert second.wait() == 1
    (line,) = second.output.splitlines()
    assert "another bot uses the state folder" in line
