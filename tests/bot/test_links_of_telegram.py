"""What Telegram makes a link by itself: nothing that only names a file, though `.md` is also a country's domain."""

from dataclasses import replace

import pytest

from bot.message import Message, parts
from bot.telegram import sending
from bot.views import answers, replies
from emulator.records import Entity
from emulator.texts import all_entities
from tests.fakes import BARE, FakeIndex

NOTES = replace(BARE, file="notes/interview.md")
INDEX = FakeIndex([NOTES])
ANSWER = INDEX.ask("What closed the bridge?")


def links(message: Message) -> list[str]:
    given = [Entity(str(entity.type), entity.offset, entity.length) for entity in sending.entities(message)]
    return [entity.of(message.text) for entity in all_entities(message.text, given) if entity.type == "url"]


def test_a_bare_name_would_be_a_link():
    assert links(Message(parts("see interview.md"))) == ["interview.md"]


@pytest.mark.parametrize(
    "message",
    [
        answers.first(ANSWER, INDEX),
        answers.first(replace(ANSWER, changed=("interview.md", "b.md")), INDEX),
        answers.first(replace(ANSWER, unmet=('file:"interview.md"',)), INDEX),
        answers.first(replace(ANSWER, verdict="nothing", hits=(), unmet=('file:"interview.md"',)), INDEX),
        *replies.sources([NOTES, replace(NOTES, publisher="Post")]),
    ],
    ids=["source", "changed", "unmet", "nothing", "list"],
)
def test_the_name_of_a_file_is_shown_and_is_no_link(message):
    assert "interview.md" in message.text
    assert links(message) == []
