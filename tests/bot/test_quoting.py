"""A quote is checked: word for word, altered, joined or not there; with its source and whose words it is."""

from __future__ import annotations

import pytest

from bot import buttons, chat, quoting, replies, words
from bot.message import LIMIT, Message
from tests.fakes import TALKS, FakeIndex

INDEX = FakeIndex()


def kinds(message: Message) -> list[tuple[str, str]]:
    return [(entity.kind, message.text[entity.start : entity.end]) for entity in message.entities]


def test_a_quote_that_stands_is_shown_where_it_stands():
    message = quoting.quote("Nobody left early", INDEX)
    assert message.text.startswith(words.VERBATIM)
    assert ("quote", "Nobody left early") in kinds(message)
    assert ("link", "harbourpost.example") in kinds(message)
    assert TALKS.title in message.text


def test_an_altered_quote_tells_each_word_that_differs_and_what_kind_it_is():
    message = quoting.quote("They spoke for four hours about the fishing treaty", INDEX)
    assert message.text.startswith(words.ALTERED)
    assert "three → four (number)" in message.text


def test_a_quote_that_is_nowhere_is_not_in_these_articles_and_never_false():
    assert quoting.quote("Plums fell by a third since last autumn", INDEX).text == "Not in these 3 articles."


@pytest.mark.parametrize(
    ("message", "quoted"),
    [
        ("“Nobody left early”", "Nobody left early"),
        ('"Nobody left early."', "Nobody left early."),
        ("»Nobody left early«", "Nobody left early"),
        ('"red line"', None),  # two words are a phrase to search for
        ("What does “nobody left early” mean?", None),
        ('"one two three" and "four five six"', None),
        ('"', None),
        ("", None),
    ],
)
def test_only_a_message_that_is_a_quote_from_end_to_end_is_checked(message: str, quoted: str | None):
    assert quoting.whole_quote(message) == quoted


def test_the_terminal_checks_quotes_as_well():
    assert chat.reply(INDEX, "“Nobody left early”") == chat.reply(INDEX, "/quote Nobody left early")
    assert chat.reply(INDEX, "/quote")[0].text == words.QUOTE_WHAT


def test_a_verdict_of_many_places_fits_into_a_message():
    long = "word " * 600 + "end."
    article = type(TALKS)("x", "x.txt", "\n".join([long] * 5), "0" * 64)
    assert len(quoting.quote(long, FakeIndex([article])).text) <= LIMIT


def test_telegram_checks_a_quote_in_a_message_after_a_command_and_of_a_reply(api, run_bot):
    ana = api.private(api.user("Ana"))
    run_bot(api)
    ana.say("“Nobody left early”")
    assert ana.wait_message().text.startswith(words.VERBATIM)
    ana.say("/quote They spoke for four hours about the fishing treaty")
    assert "three → four" in ana.wait_message().text
    ana.say("/quote")
    assert ana.wait_message().text == words.QUOTE_WHAT
    assert api.altered == ()


def test_under_an_answer_are_the_page_at_its_sentence_the_citation_and_more_context():
    message = replies.answer(INDEX.ask("Where did the ministers meet on Tuesday?"), INDEX)
    (first, second), (more,) = message.buttons
    assert first.url.startswith(f"{TALKS.url}#:~:text=The%20ministers%20met")
    assert TALKS.title in second.copy
    assert more.label == words.CONTEXT
    context = replies.context(more.data, INDEX)
    assert ("mark", "The ministers met in Port Alba on Tuesday.") in kinds(context)


def test_an_article_without_a_safe_address_has_no_button_that_opens_it():
    message = replies.answer(INDEX.ask("Who freed the baker Tomas?"), INDEX)
    assert [button.url for row in message.buttons for button in row if button.url] == []


@pytest.mark.parametrize(
    "data",
    [
        "",
        "more:",
        f"more:{'f' * 16}:0-4:0-4",
        f"more:{'1' * 16}:0-9999:0-4",
        f"more:{'1' * 16}:0-40:41-50",
        "more:" + "9" * 59,
    ],
)
def test_a_forged_button_shows_nothing(data: str):
    assert replies.context(data, INDEX) is None


def test_context_is_as_much_of_the_article_as_a_message_holds():
    lines = [f"Line {number} is here to fill the page with words." for number in range(200)]
    article = type(TALKS)("x", "x.txt", "\n".join(lines), "1" * 64)
    start = article.text.index("Line 100")
    data = f"more:{'1' * 16}:{start}-{start + 30}:{start}-{start + 8}"
    message = replies.context(data, FakeIndex([article]))
    assert "Line 95 is" in message.text
    assert "Line 105 is" in message.text
    assert len(message.text) <= LIMIT
    assert ("mark", "Line 100") in kinds(message)


def test_a_press_gives_more_context_also_after_a_restart(api, run_bot):
    ana = api.private(api.user("Ana"))
    bot = run_bot(api)
    ana.say("Where did the ministers meet on Tuesday?")
    answer = ana.wait_message()
    assert bot.stop() == 0
    run_bot(api)
    ana.press(answer, words.CONTEXT)
    assert "Nobody left early." in ana.wait_message().text
    assert api.altered == ()


def test_the_buttons_data_of_any_passage_fits():
    assert buttons.context(f"more:{'a' * 16}:1234567-1235367:1234567-1234967") == (
        f"{'a' * 16}:1234567-1235367",
        (1234567, 1234967),
    )
