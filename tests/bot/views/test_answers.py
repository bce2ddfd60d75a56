"""An answer's pages and the ladder of context, made again from what was remembered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot import strings
from bot.message import LIMIT
from bot.views import answers, buttons
from bot.views.buttons import Offers
from retrieval import Article
from tests.fakes import TALKS, FakeIndex

ARTICLES = [replace(TALKS, id=f"{n}", file=f"{n}.txt", sha256=f"{n}" * 64, title=f"Talks {n}") for n in range(1, 8)]
INDEX = FakeIndex(ARTICLES)
FOUND = INDEX.ask("Where did the ministers meet on Tuesday?", answers.K)
SHOWN = answers.shown(FOUND)
KEY = "abcdefghijk"
OFFERS = Offers()
PLACE = answers.place(SHOWN, KEY, 0, OFFERS)


def kinds(message) -> list[tuple[str, str]]:
    return [(entity.kind, message.text[entity.start : entity.end]) for entity in message.entities]


def labels(message) -> list[list[str]]:
    return [[button.label for button in row] for row in message.buttons]


def data(message, label: str) -> str:
    return next(button.data for row in message.buttons for button in row if button.label == label)


def test_a_page_has_three_passages_the_first_open_and_buttons_to_the_others():
    message = answers.first(FOUND, INDEX, PLACE)
    assert [kind for kind, _ in kinds(message) if kind in {"quote", "collapsed"}] == ["quote", "collapsed", "collapsed"]
    assert labels(message) == [
        [strings.OPEN, strings.COPY],
        [strings.CONTEXT, "2/3 ›"],
        ["👍", "👎", strings.PROOF],
    ]


def test_every_passage_is_on_one_page_and_back_is_where_one_came_from():
    message, titles = answers.first(FOUND, INDEX, PLACE), []
    for number in (1, 2, 3):
        titles += [text for kind, text in kinds(message) if kind == "bold"]
        last = number == 3
        press = buttons.pressed(
            data(message, f"{number - 1 if last else number + 1}/3".join(["‹ ", ""] if last else ["", " ›"]))
        )
        message = answers.page(SHOWN, INDEX, press.key, press.number, OFFERS)
    assert sorted(titles) == [article.title for article in ARTICLES]
    assert labels(message)[1] == [strings.CONTEXT, "‹ 1/3", "3/3 ›"]


def test_a_page_that_is_turned_back_to_is_the_answer_as_it_was():
    first = answers.first(FOUND, INDEX, PLACE)
    assert answers.page(SHOWN, INDEX, KEY, 0, OFFERS) == first


def test_where_no_votes_are_taken_there_are_no_thumbs():
    message = answers.first(FOUND, INDEX, answers.place(SHOWN, KEY, 0, Offers(votes=False)))
    assert labels(message)[2] == [strings.PROOF]


def test_without_a_memory_there_are_only_the_buttons_that_need_none():
    message = answers.first(FOUND, INDEX)
    assert labels(message) == [[strings.OPEN, strings.COPY]]
    opens, copies = message.buttons[0]
    assert opens.url.startswith(f"{TALKS.url}#:~:text=The%20ministers%20met")
    assert "Talks 1" in copies.copy


def test_an_article_without_a_safe_address_has_no_button_that_opens_it():
    message = answers.first(FakeIndex().ask("Who freed the baker Tomas?"), FakeIndex())
    assert [button.url for row in message.buttons for button in row if button.url] == []


def test_a_passage_that_is_near_the_question_says_so_on_every_page():
    shown = replace(SHOWN, verdict="related")
    for number in range(3):
        message = answers.page(shown, INDEX, KEY, number, OFFERS)
        assert message.text.startswith(strings.RELATED)
        assert "mark" not in dict(kinds(message))


LONG = Article(
    id="x",
    file="x.txt",
    text="\n".join(f"Line {number} is here to fill the page with its words." for number in range(400)),
    sha256="9" * 64,
)


def test_context_grows_step_by_step_as_far_as_a_message_holds_and_leads_back():
    start = LONG.text.index("Line 100")
    shown = answers.Shown("answer", ((f"{'9' * 16}:{start}-{start + 51}", start, start + 8),))
    index, lengths, level = FakeIndex([LONG]), [], 1
    while True:
        message = answers.around(shown, index, KEY, 0, level)
        assert ("mark", "Line 100") in kinds(message)
        lengths.append(len(message.text))
        if strings.CONTEXT not in labels(message)[-1]:
            break
        level = buttons.pressed(data(message, strings.CONTEXT)).level
    assert lengths == sorted(set(lengths))
    assert len(lengths) == 3
    assert LIMIT - 200 < lengths[-1] <= LIMIT
    assert buttons.pressed(data(message, strings.BACK)) == buttons.Press("page", KEY, 0)


def test_context_of_a_short_article_is_all_of_it_in_one_step():
    message = answers.around(SHOWN, INDEX, KEY, 4, 1)
    assert "Nobody left early." in message.text
    assert labels(message)[-1] == [strings.BACK]
    assert buttons.pressed(data(message, strings.BACK)).number == 1


def test_where_a_passage_stands_fits_an_alert_and_names_file_span_and_hash():
    told = answers.proof(SHOWN, INDEX, 0)
    assert told.startswith("1.txt\n")
    assert "0 to 42" in told
    assert "1" * 16 in told
    long = FakeIndex([replace(TALKS, file="folder/" * 60 + "talks.txt")])
    told = answers.proof(answers.shown(long.ask("ministers meet Tuesday")), long, 0)
    assert len(told) == 200
    assert "talks.txt\n" in told


@pytest.mark.parametrize(
    "made",
    [
        lambda *given: answers.page(*given, OFFERS),
        lambda *given: answers.around(*given, 1),
        lambda s, c, _, n: answers.proof(s, c, n),
    ],
)
def test_a_page_that_is_not_there_and_a_collection_that_has_changed_give_nothing(made):
    assert made(SHOWN, INDEX, KEY, 99) is None
    assert made(SHOWN, FakeIndex([LONG]), KEY, 0) is None


@pytest.mark.parametrize("level", [0, 4, 9])
def test_a_step_of_context_that_is_none_gives_nothing(level):
    assert answers.around(SHOWN, INDEX, KEY, 0, level) is None


@pytest.mark.parametrize(
    "forged", ["", "page", "page:short:0", f"page:{KEY}:100", f"page:{KEY}:-1", f"eat:{KEY}:0", f"page:{KEY}:0:10"]
)
def test_forged_data_asks_for_nothing(forged):
    assert buttons.pressed(forged) is None
