"""The bot's name in any message field, and calls of it as a guest."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot import strings
from tests.fakes import TALKS

QUESTION = "Where did the ministers meet on Tuesday?"


@pytest.fixture
def ana(api):
    return api.user("Ana")


def test_each_card_is_a_whole_answer_with_its_source(api, run_bot, ana):
    run_bot(api)
    query = api.inline(ana, QUESTION)
    (card,) = query.cards()
    assert card.title == "The ministers met in Port Alba on Tuesday."
    assert card.description.startswith("Harbour Post · Coast Agency · Ministers meet over fishing treaty · 2031-05-06")
    for part in ("Harbour Post", "The ministers met in Port Alba", TALKS.date, "harbourpost.example"):
        assert part in card.text
    chosen = api.private(ana).choose(card)
    assert [button.text for button in chosen.buttons] == [strings.OPEN, strings.COPY]
    assert api.altered == ()


def test_a_card_that_is_only_near_the_question_says_so(api, run_bot, ana):
    run_bot(api)
    (card,) = api.inline(ana, "ministers in Paris").cards()
    assert card.text.startswith(strings.NEAR)
    assert card.description.startswith(strings.NEAR)


@pytest.mark.parametrize(
    ("text", "told"),
    [("", strings.INLINE_SHORT), ("mi", strings.INLINE_SHORT), ("zebra quagga", strings.INLINE_NOTHING)],
)
def test_where_there_is_no_card_a_button_says_why(api, run_bot, ana, text, told):
    run_bot(api)
    answer = api.inline(ana, text).wait()
    assert list(answer["results"]) == []
    assert button(answer)["text"] == told


def test_who_types_on_is_answered_once_and_another_person_beside_them(api, run_bot, ana):
    run_bot(api)
    typed = [api.inline(ana, QUESTION[:end]) for end in (10, 20, len(QUESTION))]
    other = api.inline(api.user("Ben"), QUESTION)
    assert typed[-1].cards()
    assert other.cards()
    assert [query.answer for query in typed[:-1]] == [None, None]


def test_a_shared_passage_is_one_card(api, run_bot, ana):
    run_bot(api)
    chat = api.private(ana)
    chat.say(QUESTION)
    share = next(button for button in with_others(chat).buttons if button.text == strings.SHARE)
    (card,) = api.inline(ana, share.value["query"]).cards()
    assert "The ministers met in Port Alba" in card.text


def with_others(chat):
    """The answer that comes, with its other buttons."""
    answer = chat.wait_message()
    chat.press(answer, strings.OTHERS)
    return chat.wait_edit(answer)


def test_where_inline_mode_is_off_nothing_is_offered_to_share(api, run_bot, ana):
    api.state.switches = replace(api.state.switches, inline=False)
    run_bot(api)
    chat = api.private(ana)
    chat.say(QUESTION)
    assert strings.SHARE not in [button.text for button in with_others(chat).buttons]


def test_the_same_question_gives_everybody_the_same_cards_within_telegrams_limits(api, run_bot, ana):
    run_bot(api)
    ids = [
        [card.id for card in api.inline(person, "ministers storm court").cards()] for person in (ana, api.user("Ben"))
    ]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 3
    assert all(len(id_.encode()) <= 64 for id_ in ids[0])


def test_a_guest_call_is_answered_with_one_card(api, run_bot, ana):
    run_bot(api)
    chat = api.foreign("Elsewhere", ana)
    asked = chat.call_guest(f"@{api.state.bot.username} {QUESTION}")
    asked.wait()
    assert "The ministers met in Port Alba" in chat.messages[-1].text
    assert api.altered == ()


def button(answer) -> dict:
    raw = answer["button"]
    return json.loads(raw) if isinstance(raw, str) else raw


def test_so_many_guests_calls_may_wait_in_a_chat_and_no_more(api, run_bot, ana):
    bot = run_bot(api)
    chat = api.foreign("Elsewhere", ana)
    for number in range(100):
        chat.call_guest(f"@{api.state.bot.username} slowly {QUESTION} {number}")
    chat.call_guest(f"@{api.state.bot.username} {QUESTION}").wait()
    assert chat.messages[-1].text == strings.BUSY
    assert bot.stop() == 0
