"""The bot comes into a group, goes, and follows it to its new number."""

from __future__ import annotations

import pytest

from bot import strings
from emulator.people import add_bot, migrate, remove_bot

QUESTION = "Where did the ministers meet on Tuesday?"


@pytest.fixture
def people(api):
    return api.user("Ana"), api.user("Ben", language="de")


def test_a_group_is_greeted_once_each_time_the_bot_comes_in_with_the_rule_that_holds(api, run_bot, people):
    run_bot(api)
    group = api.foreign("Newsroom", *people)
    add_bot(group)
    greeting = group.wait_message().text
    assert greeting.startswith(strings.GREETING)
    assert "A bare mention" in greeting
    add_bot(group, status="administrator")
    group.say(f"/ask {QUESTION}")
    assert "Port Alba" in group.wait_message().text
    remove_bot(group)
    add_bot(group, people[1])
    assert group.wait_message().text.startswith("Hallo")


def test_who_adds_the_bot_to_one_group_after_the_other_has_not_each_of_them_greeted(api, run_bot, people):
    run_bot(api)
    groups = [api.foreign(f"Group {number}", *people) for number in range(12)]
    for group in groups:
        add_bot(group)
    ana = api.private(people[0])
    ana.say("/help")
    ana.wait_message()
    assert 1 <= sum(bool(group.answers) for group in groups) <= 6


def test_a_group_that_becomes_a_supergroup_keeps_its_answers_and_is_not_greeted(api, run_bot, people):
    run_bot(api)
    group = api.group("Newsroom", *people, kind="group")
    asked = group.say(f"/ask {QUESTION}")
    answer = group.wait_message()
    new = migrate(group, -1009999)
    new.say("/cite", reply_to=None)
    told = new.wait_message().text
    assert told != strings.CITE_WHAT
    assert asked.id
    assert answer.id


def test_a_slow_answer_finds_the_group_under_its_new_number(api, run_bot, people):
    bot = run_bot(api)
    group = api.group("Newsroom", *people, kind="group")
    group.say(f"/ask slowly {QUESTION}")
    api.calls.wait("sendChatAction")
    new = migrate(group, -1008888)
    bot.gate.touch()
    assert "Port Alba" in new.wait_message().text


def test_an_update_without_a_chat_is_put_aside_in_one_line(api, run_bot, people):
    bot = run_bot(api, LOG_LEVEL="INFO")
    api.inject({"message": {"message_id": 1, "date": 1, "chat": None, "from": people[0].json(), "text": QUESTION}})
    ana = api.private(people[0])
    ana.say(QUESTION)
    assert "Port Alba" in ana.wait_message().text
    bot.wait_output("could not be handled and is put aside")
    assert "uncaught" not in bot.output
