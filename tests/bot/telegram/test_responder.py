"""Requests in Telegram's chats: what follows which answer, and how many may wait, however they are asked."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from bot import strings
from bot.exchange import FrontEnd, Reply, Request
from bot.telegram.incoming import ChatPosition
from bot.telegram.queueing import ChatQueue
from bot.telegram.responder import Responder
from bot.views import replies
from tests.fakes import EXAMPLES, TALKS

QUESTION = "Where did the ministers meet on Tuesday?"
OTHER = "What closed the bridge at dawn?"
OF_TALKS, OF_OTHER = "The article is dated 2031-05-06.", strings.WHEN_UNKNOWN


@pytest.fixture
def ana(api):
    return api.private(api.user("Ana"))


def test_a_follow_up_follows_the_last_answer_or_the_one_it_replies_to_also_after_a_restart(api, run_bot, ana):
    bot = run_bot(api)
    ana.say("when was this?")
    assert ana.wait_message().text == strings.FOLLOW_WHAT
    asked = ana.say(QUESTION)
    answer = ana.wait_message()
    ana.say(OTHER)
    ana.wait_message()
    ana.say("when was this?")
    assert ana.wait_message().text.startswith(OF_OTHER)
    assert bot.stop() == 0
    run_bot(api)
    for message in (answer, asked):
        ana.say("when was this?", reply_to=message)
        assert ana.wait_message().text.startswith(OF_TALKS)


def test_an_edited_follow_up_still_follows_what_stands_before_it(api, run_bot, ana):
    run_bot(api)
    ana.say(QUESTION)
    ana.wait_message()
    asked = ana.say("when was this?")
    fact = ana.wait_message()
    ana.say(OTHER)
    ana.wait_message()
    ana.edit(asked, "where is this from?")
    assert ana.wait_edit(fact).text.startswith("From Harbour Post.")


def test_the_answer_to_a_pressed_example_can_be_followed(api, run_bot, ana):
    run_bot(api)
    ana.say("/start")
    ana.press(ana.wait_message(), EXAMPLES[0])
    ana.wait_message()
    ana.say("when was this?")
    assert ana.wait_message().text.startswith(OF_TALKS)


def test_cite_as_a_reply_to_ones_own_question_cites_its_answer(api, run_bot, ana):
    run_bot(api)
    asked = ana.say(QUESTION)
    ana.wait_message()
    ana.say(OTHER)
    ana.wait_message()
    ana.say("/cite", reply_to=asked)
    assert TALKS.title in ana.wait_message().text


def test_in_a_group_a_follow_up_is_a_reply_to_the_bot_or_asked_by_command(api, run_bot):
    run_bot(api)
    ben = api.user("Ben")
    group = api.group("Newsroom", ben)
    group.say(f"/ask {QUESTION}")
    answer = group.wait_message()
    group.say("when was this?")
    group.say("when was this?", reply_to=answer)
    assert group.wait_message().text.startswith(OF_TALKS)
    group.say("/ask when was this?")
    assert group.wait_message().text.startswith(OF_TALKS)
    assert len(group.answers) == 3


def test_a_list_turns_its_pages_in_place(api, run_bot, ana):
    run_bot(api)
    ana.say("which articles mention e?")
    first = ana.wait_message()
    assert first.text.startswith("Where the articles mention: e (9)")
    ana.press(first, "2/2 ›")
    second = ana.wait_edit(first)
    assert second.text.startswith("The court freed the baker")
    ana.press(ana.message(first.id), "‹ 1/2")
    assert ana.wait_edit(ana.message(first.id)).text == first.text
    assert api.altered == ()


@pytest.mark.parametrize("way", ["/quote “of the fishing treaty”", "/cite", "Who?", "press"])
def test_so_many_may_wait_however_they_are_asked(api, run_bot, ana, way):
    bot = run_bot(api)
    ana.say("/start")
    examples = ana.wait_message()
    for number in range(100):
        ana.say(f"slowly {QUESTION} {number}")
    if way == "press":
        ana.press(examples, EXAMPLES[0]).wait()
    else:
        ana.say(way)
    assert ana.wait_message().text == strings.BUSY
    assert bot.stop() == 0


@pytest.mark.parametrize("way", ["command", "picture"])
def test_one_more_than_may_wait_is_told_so_once_until_one_is_answered(monkeypatch, way):
    sent = []

    async def send(chat, message, **_):
        sent.append(message.parts[0].text)
        return len(sent)

    async def respond(_):
        return Reply((replies.say("help"),))

    async def chosen(_):
        return ""

    search = SimpleNamespace(state=None, respond=respond, chosen=chosen)
    responder = Responder(search, SimpleNamespace(send=send), ChatQueue())
    position = ChatPosition(1, 1, None, group=False, date=datetime.now(UTC))

    async def once(*, exceeds: bool) -> None:
        monkeypatch.setattr("bot.telegram.responder.too_many", lambda: exceeds)
        if way == "command":
            await responder.answer(position, Request("", FrontEnd("private"), command="help"))
        else:
            await responder.tell(position, replies.say("help"))

    async def flood() -> None:
        for exceeds in (False, True, True, False, True):
            await once(exceeds=exceeds)

    asyncio.run(flood())
    assert sent == ["help", strings.BUSY, "help", strings.BUSY]
