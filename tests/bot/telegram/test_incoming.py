"""Which messages ask the bot, and what they ask."""

import datetime as dt
import re

import pytest
from telegram import Chat, Message, MessageEntity, User

from bot.telegram import incoming

ME = User(1, "Byline", is_bot=True, username="byline_bot")
ANA = User(2, "Ana", is_bot=False)
THEN = dt.datetime(2031, 1, 1, tzinfo=dt.UTC)


def message(text: str | None, kind: str = "supergroup", **more) -> Message:
    entities = []
    found = re.search(r"@byline_bot\b", text or "")
    at = found.start() if found else -1
    if at > 0 or (at == 0 and not (text or "").startswith("/")):
        units = len((text or "")[:at].encode("utf-16-le")) // 2
        entities = [MessageEntity(MessageEntity.MENTION, units, len("@byline_bot"))]
    fields = {"from_user": ANA, "text": text, "entities": entities, **more}
    return Message(5, THEN, Chat(-7, kind), **fields)


def asked(text: str | None, kind: str = "supergroup", **more) -> str | None:
    return incoming.asked(message(text, kind, **more), ME)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Who met?", "Who met?"),
        ("  Who\u202e met?\r ", "Who met?"),
        ("/ask Who met?", "Who met?"),
        ("/ask@Byline_Bot\nWho met?", "Who met?"),
        ("/ASK Who met?", "Who met?"),
        ("/ask", ""),
        ("/asking Who met?", None),
        ("/ask@other_bot Who met?", None),
        ("/ what?", "/ what?"),
    ],
)
def test_in_a_private_chat_every_text_is_a_question(text, question):
    assert asked(text, "private") == question


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Who met?", None),
        ("/ask Who met?", "Who met?"),
        ("/ask@byline_bot Who met?", "Who met?"),
        ("/ask@other_bot Who met?", None),
        ("/other Who met?", None),
        ("🙂 @byline_bot Who met?", "🙂   Who met?"),
        ("Who met? @byline_bot", "Who met?"),
        ("@byline_bots Who met?", None),
        ("@byline_bot", ""),
    ],
)
def test_in_a_group_only_a_command_or_a_mention_asks(text, question):
    assert asked(text) == question


def test_a_reply_to_the_bot_asks_and_a_reply_to_somebody_else_does_not():
    assert asked("And who left?", reply_to_message=message("An answer", from_user=ME)) == "And who left?"
    assert asked("And who left?", reply_to_message=message("Hello")) is None


def test_a_topic_that_the_bot_opened_is_no_message_of_its_own():
    from telegram import ForumTopicCreated

    opened = message(None, from_user=ME, forum_topic_created=ForumTopicCreated("news", 1))
    assert asked("Hello all", reply_to_message=opened) is None


def test_asked_without_words_the_message_replied_to_is_the_question():
    claim = message("The ministers met.")
    assert asked("/ask", reply_to_message=claim) == "The ministers met."
    assert asked("@byline_bot", reply_to_message=claim) == "The ministers met."
    assert asked("/ask", reply_to_message=message(None, caption="A caption")) == "A caption"
    assert asked("/ask", reply_to_message=message("An answer", from_user=ME)) == ""


def test_a_mention_by_name_asks_too():
    named = MessageEntity(MessageEntity.TEXT_MENTION, 0, 6, user=ME)
    other = MessageEntity(MessageEntity.TEXT_MENTION, 0, 6, user=ANA)
    assert asked("Byline who met?", entities=[named]) == "who met?"
    assert asked("Byline who met?", entities=[other]) is None


def test_machines_are_never_answered_but_anonymous_administrators_are():
    robot = User(3, "GroupAnonymousBot", is_bot=True)
    assert asked("/ask Who?", from_user=robot) is None
    assert asked("/ask Who?", from_user=None) is None
    assert asked("/ask Who?", via_bot=ME) is None
    assert asked("/ask Who?", is_automatic_forward=True) is None
    assert asked("/ask Who?", from_user=robot, sender_chat=Chat(-7, "supergroup")) == "Who?"


def test_what_is_no_text_asks_nothing():
    assert asked(None, "private") is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("/start", "start"),
        ("/START@BYLINE_BOT payload", "start"),
        ("/start@other_bot", None),
        ("/", None),
        ("/start-up", None),
        ("go /start", None),
    ],
)
def test_a_command_is_one_at_the_start_and_ours_alone(text, name):
    assert incoming.command(message(text), ME) == name
