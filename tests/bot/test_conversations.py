"""People talk to the bot, over HTTP, in private chats and groups: one process with a fake index serves them all."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

import pytest

from bot import strings
from emulator import BotApi, Switches
from emulator.people import Chat
from emulator.records import ChatState
from tests.fakes import EXAMPLES, TALKS
from tests.process import ForkedBot

if TYPE_CHECKING:
    from collections.abc import Iterator

QUESTION = EXAMPLES[0]
ANSWER = "The ministers met in Port Alba on Tuesday. They spoke for three hours"
GROUPS = count(-1001000000001, -1)


@dataclass
class Town:
    """An emulated Telegram in which the bot may read all of a group's messages, and the bot's process."""

    api: BotApi
    bot: ForkedBot


@pytest.fixture(scope="module")
def town(tmp_path_factory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("bot")
    with BotApi(switches=Switches(reads_groups=True)) as api:
        process = ForkedBot(folder, TELEGRAM_BOT_TOKEN=api.token, TELEGRAM_API_BASE_URL=api.root)
        yield Town(api, process)
        process.end()


@pytest.fixture
def ana(town) -> Chat:
    return town.api.private(town.api.user("Ana"))


def group(api: BotApi, *people, forum: bool = False) -> Chat:
    room = ChatState(next(GROUPS), "supergroup", "News group", forum=forum, topics={7: "Talks"} if forum else {})
    room.members |= {person.id: person for person in people}
    return Chat(api.state, api.state.add_chat(room), people)


def settled(api: BotApi, chat: Chat) -> list[str]:
    """What the bot wrote in a chat, once it has surely seen everything before this."""
    private = api.private(api.user("Somebody"))
    private.say("/privacy")
    private.wait_message()
    return [message.text for message in chat.answers]


def kinds(message) -> list[tuple[str, str]]:
    return [(entity.type, entity.of(message.text)) for entity in message.entities]


def test_a_question_is_answered_with_its_passage_source_date_and_link(town, ana):
    ana.say(QUESTION)
    answer = ana.wait_message()
    assert answer.text.startswith(ANSWER)
    assert kinds(answer) == [
        ("blockquote", TALKS.text),
        ("bold", "The ministers met in Port Alba on Tuesday."),
        ("italic", "Harbour Post · Coast Agency · Ministers meet over fishing treaty · 2031-05-06"),
        ("text_link", "harbourpost.example"),
    ]
    sent = town.api.calls.all("sendMessage", ana.id)[0].params
    assert sent["link_preview_options"] == {"is_disabled": True}
    assert "parse_mode" not in sent
    assert town.api.altered == ()


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("/start", "Ask me a question about the news articles"),
        ("/help", "Write your question in plain words."),
        ("/sources", "The articles I answer from"),
        ("/privacy", "I search your question"),
        ("/nonsense", "I do not know this command."),
        ("/ask zebra", "The articles say nothing on this."),
        ("/ask", "What would you like to know?"),
    ],
)
def test_commands_in_a_private_chat(town, ana, text, start):
    ana.say(text)
    assert ana.wait_message().text.startswith(start)


def test_what_is_no_text_is_declined_once_for_an_album(town, ana):
    photo = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
    for _ in range(3):
        ana.send({"photo": photo, "media_group_id": "album"})
    ana.send({"dice": {"emoji": "🎲", "value": 3}})
    ana.send({"pinned_message": ana.messages[0].raw})
    declined = "I read text alone: please write your question in words."
    assert [ana.wait_message().text for _ in range(2)] == [declined] * 2
    assert settled(town.api, ana) == [declined] * 2


def test_the_caption_of_a_picture_is_a_question_also_in_an_album(town, ana):
    photo = {"photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}], "media_group_id": "other"}
    ana.send(photo | {"caption": QUESTION})
    ana.send(photo)
    assert ana.wait_message().text.startswith(ANSWER)
    assert len(settled(town.api, ana)) == 1


def test_an_example_is_asked_by_its_button_and_a_forged_press_is_answered_too(town, ana):
    ana.say("zebra")
    ana.press(ana.wait_message(), strings.EXAMPLES)
    examples = ana.wait_message()
    assert "callback_query_id" in ana.press(examples, EXAMPLES[1]).wait()
    assert ana.wait_message().text.startswith("Question: What closed the bridge?\n\nA storm closed")
    for data in ("ask:0000", "sources:99", "x", "🙂" * 16):
        assert "earlier collection" in str(ana.forge(examples, data).wait()["text"])


def test_an_edited_question_edits_its_answer_and_an_unchanged_one_nothing(town, ana):
    asked = ana.say("zebra")
    answer = ana.wait_message()
    ana.edit(asked, "zebra")
    ana.edit(asked, QUESTION)
    assert ana.wait_edit(answer).text.startswith(ANSWER)
    assert len(settled(town.api, ana)) == 1
    assert len(town.api.calls.all("editMessageText", ana.id)) == 1


def test_in_a_group_the_bot_is_silent_unless_it_is_asked(town):
    ben, robot = town.api.user("Ben"), town.api.user("Robot")
    room = group(town.api, ben)
    room.say(QUESTION)
    room.say("/nonsense")
    room.say(f"/ask@other_bot {QUESTION}")
    room.send({"dice": {"emoji": "🎲", "value": 3}})
    room.send({"text": f"/ask {QUESTION}", "from": {**robot.json(), "is_bot": True}})
    assert settled(town.api, room) == []
    asked = room.say(f"/ask@{town.api.bot.username} {QUESTION}")
    answer = room.wait_message()
    assert answer.text.startswith(ANSWER)
    assert answer.raw["reply_to_message"]["message_id"] == asked.id
    room.say("zebra", reply_to=answer)
    assert room.wait_message().text.startswith("The articles say nothing on this.")
    room.say(f"@{town.api.bot.username} {QUESTION}")
    assert room.wait_message().text.startswith(ANSWER)
    claim = room.say("The ministers met on Tuesday")
    room.say("/ask", reply_to=claim)
    assert room.wait_message().text.startswith(ANSWER)


def test_in_a_forum_the_answer_goes_to_the_topic(town):
    room = group(town.api, town.api.user("Ben"), forum=True)
    room.say(f"/ask {QUESTION}", thread=7)
    assert room.wait_message().raw["message_thread_id"] == 7


def test_a_slow_search_delays_nobody_elses_start_and_shows_typing(town, ana):
    for _ in range(3):
        ana.say(f"slowly {QUESTION}")
    ben = town.api.private(town.api.user("Ben"))
    ben.say("/start")
    ben.wait_message()
    town.api.calls.wait("sendChatAction", chat=ana.id)
    assert ana.answers == ()
    town.bot.gate.touch()
    for _ in range(3):
        assert ana.wait_message().text.startswith(ANSWER)


def test_an_update_that_cannot_be_parsed_stops_nothing(town, ana):
    town.api.inject({"message": {"message_id": 1}})
    town.api.inject({"message": {"message_id": 1, "date": 1, "chat": None, "text": "x", "from": ana.people[0].json()}})
    town.api.inject({"telepathy": {}})
    ana.say(QUESTION)
    assert ana.wait_message().text.startswith(ANSWER)


def test_forty_questions_of_one_chat_are_all_answered_once_in_order(town, ana):
    for number in range(40):
        ana.say(f"zebra {number}" if number % 2 else QUESTION)
    answers = [ana.wait_message(20).text[:30] for _ in range(40)]
    assert answers == [ANSWER[:30], "The articles say nothing on this."[:30]] * 20
    assert len(settled(town.api, ana)) == 40
