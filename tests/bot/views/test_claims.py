"""A forwarded text: each of its claims is looked up, and what none speaks to is said so."""

from __future__ import annotations

import pytest

from bot import strings
from bot.message import LIMIT
from bot.views import quotes
from tests.fakes import FakeIndex

INDEX = FakeIndex()
TEXT = (
    "Breaking! The ministers have met in Port Alba on a Tuesday. Nobody knows what zebras eat for lunch there. "
    "And a storm closed the bridge before dawn."
)


def test_each_claim_that_the_articles_answer_stands_above_its_passage():
    text = quotes.claim_check(TEXT, INDEX).text
    order = [
        strings.CLAIMS,
        "The ministers have met in Port Alba",
        "They spoke for three hours",
        "And a storm closed",
        "Engineers found",
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert "zebras" not in text


def test_a_text_of_which_nothing_is_known_is_told_so():
    assert quotes.claim_check(
        "Zebras eat quaggas for their lunch. Okapis do not eat anything at all.", INDEX
    ).text.startswith(strings.NOTHING)


def test_many_long_claims_fit_a_message():
    text = " ".join(f"The ministers met in Port Alba on Tuesday, said {'very ' * 300}{n}." for n in range(9))
    message = quotes.claim_check(text, INDEX)
    assert len(message.text) <= LIMIT
    assert message.text.startswith(strings.CLAIMS)
    assert message.text.count(f"{strings.CLAIM} ") == message.text.count("They spoke for three hours") > 1


@pytest.mark.parametrize("forward", [{"type": "hidden_user", "sender_user_name": "Somebody", "date": 1}])
def test_a_forwarded_message_is_read_claim_by_claim(api, run_bot, forward):
    ana = api.private(api.user("Ana"))
    run_bot(api)
    ana.say(TEXT, forward=forward)
    assert ana.wait_message().text.startswith(strings.CLAIMS)
    ana.say("Where did the ministers meet on Tuesday?", forward=forward)
    assert ana.wait_message().text.startswith("The ministers met")
    assert api.altered == ()
