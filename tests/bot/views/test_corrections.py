"""An answer or a quote whose article has another text since: what it said, until when, and what changed, word by word."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot import conversation, strings
from bot.exchange import FrontEnd, Request
from bot.message import LIMIT
from bot.state import AnswerRecord
from bot.views import buttons, quotes
from bot.views.answers import GivenAnswer
from retrieval import Article, Passage, QuoteCheck, passage_id
from retrieval.quotes import correction
from tests.fakes import BARE, TAKEN, TALKS, TRIAL, FakeIndex

OLD = replace(BARE, id="old", sha256="9" * 64, text=BARE.text.replace("two cracked", "three cracked"))
INDEX = FakeIndex(earlier=[OLD])
DAY = "2031-05-07 08:09 UTC"
OFFERS = buttons.Offers()


def place(article: Article, sentence: str) -> tuple[str, int, int]:
    start = article.text.index(sentence)
    return passage_id(Passage(article, 0, len(article.text))), start, start + len(sentence)


PILLARS = place(OLD, "Engineers found three cracked pillars.")
FREED = place(TRIAL, "The court freed the baker Tomas Rehn.")


def page(*places: tuple[str, int, int]):
    return GivenAnswer(AnswerRecord("answer", places), INDEX, "abcdefghijk", OFFERS).page(0)


def test_a_page_whose_article_has_another_text_says_when_it_changed_and_which_words():
    message = page(PILLARS)
    assert message.text == (
        f"Since changed, on {DAY}. It said:\nEngineers found three cracked pillars.\n"
        "It says now:\nEngineers found two cracked pillars.\n• three → two (number)\nnotes/bare.txt"
    )
    assert [each.kind for each in message.entities if each.kind == "quote"] == ["quote", "quote"]
    assert message.buttons == ()


def test_what_else_is_on_the_page_stands_below():
    message = page(PILLARS, FREED)
    assert message.text.startswith(f"Since changed, on {DAY}.")
    assert "The court freed the baker" in message.text
    assert strings.GONE[0].format(count=1) not in message.text
    assert message.buttons


@pytest.mark.parametrize(
    ("now", "outcome"),
    [
        ("The bridge is shut. Lorries take the ferry.", strings.SAID_NO_MORE),
        (f"{OLD.text} It rains.", strings.STILL_SAID),
    ],
)
def test_words_that_are_gone_or_still_there_are_said_to_be_so(now: str, outcome: str):
    index = FakeIndex([replace(BARE, text=now)], earlier=[OLD])
    message = GivenAnswer(AnswerRecord("answer", (PILLARS,)), index, "abcdefghijk", OFFERS).page(0)
    assert f"Engineers found three cracked pillars.\n{outcome}\n" in message.text


def test_more_context_and_where_it_stands_say_so_too():
    shown = AnswerRecord("answer", (PILLARS,))
    assert GivenAnswer(shown, INDEX, "abcdefghijk", OFFERS).around(0, 1).text == page(PILLARS).text
    notice = f"Since changed, on {DAY}. It said: three → two"
    assert GivenAnswer(shown, INDEX).proof(0) == GivenAnswer(shown, INDEX).outdated(0) == notice
    assert GivenAnswer(AnswerRecord("answer", (FREED,)), INDEX).outdated(0) is None


def test_what_is_said_to_a_presser_alone_fits():
    words = " ".join(f"{number} pillars of {number}" for number in range(80))
    other = replace(BARE, text=" ".join(f"{number} towers of {number}" for number in range(80)))
    assert len(quotes.briefly(correction(replace(OLD, text=words), 0, len(words), TAKEN, other))) <= 200


def test_corrections_of_many_long_sentences_fit_into_a_message():
    long = replace(OLD, text="The pillars cracked and cracked. " * 200)
    each = correction(long, 0, 3300, TAKEN, BARE)
    assert quotes.since_changed([each, each])
    check = QuoteCheck("x", "not-found", articles=3, earlier=(each, each))
    assert len(quotes.verdict(check).text) <= LIMIT


def test_a_quote_of_an_earlier_text_is_not_found_or_altered_and_since_changed():
    change = correction(OLD, 0, len(OLD.text), TAKEN, BARE)
    missing = quotes.verdict(QuoteCheck("x", "not-found", articles=3, earlier=(change,))).text
    assert missing.startswith(f"Not in these 3 articles.\n\nSince changed, on {DAY}. It said:\n")
    earlier = correction(OLD, *PILLARS[1:], TAKEN, BARE)
    altered = replace(INDEX.check("engineers found three cracked pillars."), earlier=(earlier,))
    assert altered.status == "altered"
    text = quotes.verdict(altered).text
    assert text.startswith(strings.ALTERED)
    assert "two → three" in text
    assert text.endswith(f"Since changed, on {DAY}. It said:\nEngineers found three cracked pillars.")


class Memory:
    offers = OFFERS
    collections = ("",)
    kept_days = votes_days = None

    def keep(self, shown: AnswerRecord) -> str:
        return ""

    def recall(self, key: str) -> AnswerRecord | None:
        return AnswerRecord("answer", (PILLARS,))


@pytest.mark.parametrize(("text", "command"), [("who said that?", None), ("more", None), ("", "cite")])
def test_who_goes_on_from_such_an_answer_hears_of_the_change(text: str, command: str | None):
    reply = conversation.respond(Request(text, FrontEnd("private"), command, "key"), INDEX, Memory())
    assert reply.messages[0].text == page(PILLARS).text


def test_a_link_to_a_passage_that_has_changed_opens_the_change():
    payload = buttons.payload(
        replace(INDEX.ask("storm bridge").hits[0], passage=Passage(OLD, 0, len(OLD.text)), highlight=PILLARS[1:])
    )
    reply = conversation.respond(Request(payload, FrontEnd("private"), "start"), INDEX, Memory())
    assert reply.messages[0].text == page(PILLARS).text
    assert (
        "harbour"
        in conversation.respond(Request("p0", FrontEnd("private"), "start"), FakeIndex([TALKS]), Memory())
        .messages[0]
        .text.lower()
    )
