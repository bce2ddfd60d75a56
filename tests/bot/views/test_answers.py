"""An answer's pages and the ladder of context, made again from what was remembered."""

from __future__ import annotations

import hashlib
import re
import subprocess
from dataclasses import replace

import pytest

from bot import strings
from bot.message import LIMIT, Message
from bot.views import answers, buttons, cards
from bot.views.answers import GivenAnswer
from bot.views.buttons import Offers
from retrieval import Answer, Article, Hit, Passage, Speaker
from tests.fakes import TALKS, FakeIndex, spans

ARTICLES = [replace(TALKS, id=f"{n}", file=f"{n}.txt", sha256=f"{n}" * 64, title=f"Talks {n}") for n in range(1, 8)]
INDEX = FakeIndex(ARTICLES)
FOUND = INDEX.ask("Where did the ministers meet on Tuesday?", answers.K)
SHOWN = answers.record(FOUND)
KEY = "abcdefghijk"
OFFERS = Offers()
PLACE = GivenAnswer(SHOWN, INDEX, KEY, OFFERS).place(0)


def kinds(message) -> list[tuple[str, str]]:
    return [(entity.kind, message.text[entity.start : entity.end]) for entity in message.entities]


def labels(message) -> list[list[str]]:
    return [[button.label for button in row] for row in message.buttons]


def data(message, label: str) -> str:
    return next(button.data for row in message.buttons for button in row if button.label == label)


def test_a_page_has_three_passages_the_first_open_and_buttons_to_the_others():
    message = answers.first(FOUND, INDEX, PLACE)
    assert [kind for kind, _ in kinds(message) if kind in {"quote", "collapsed"}] == ["quote", "collapsed", "collapsed"]
    assert labels(message) == [[strings.OPEN], [strings.CONTEXT, strings.LATER, strings.OTHERS]]
    others = GivenAnswer(SHOWN, INDEX, KEY, Offers(share=True)).keyboard(buttons.pressed(data(message, strings.OTHERS)))
    assert [[button.label for button in row] for row in others] == [
        [strings.COPY, strings.SHARE],
        [strings.PROOF, strings.CHECK],
        ["👍", "👎", strings.FEWER],
    ]
    back = buttons.pressed(others[-1][-1].data)
    assert GivenAnswer(SHOWN, INDEX, KEY, OFFERS).keyboard(back) == message.buttons


def test_every_passage_is_on_one_page_and_back_is_where_one_came_from():
    message, titles = answers.first(FOUND, INDEX, PLACE), []
    for number in (1, 2, 3):
        titles += re.findall(r"Talks \d", message.text)
        press = buttons.pressed(data(message, strings.EARLIER if number == 3 else strings.LATER))
        message = GivenAnswer(SHOWN, INDEX, press.key, OFFERS).page(press.number)
    assert sorted(titles) == [article.title for article in ARTICLES]
    assert labels(message)[1] == [strings.CONTEXT, strings.EARLIER, strings.LATER, strings.OTHERS]


def test_passages_of_one_article_stand_under_its_source_which_is_named_once():
    first, other, second = (hit_of(ARTICLES[0], 0), hit_of(ARTICLES[1], 1), hit_of(ARTICLES[0], 2))
    text = answers.first(Answer("q", "answer", 0.9, (first, other, second)), INDEX).text
    order = ["The ministers met", "Talks 1", strings.SAME_ARTICLE, "Minister Oduya said", "They spoke", "Talks 2"]
    assert [text.count(part) for part in order] == [1] * len(order)
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)


def test_a_passage_that_scores_less_than_half_of_the_best_is_not_shown():
    near, far = (replace(hit_of(ARTICLES[at], 0), score=score) for at, score in ((1, 0.5), (2, 0.49)))
    answer = Answer("q", "answer", 0.9, (hit_of(ARTICLES[0], 0), near, far))
    assert [place[0][:16] for place in answers.record(answer).places] == ["1" * 16, "2" * 16]
    assert "Talks 3" not in answers.first(answer, INDEX).text


def hit_of(article: Article, number: int) -> Hit:
    """A passage of one sentence."""
    span = spans(article.text)[number]
    return Hit(Passage(article, *span, (span,)), span, 1.0)


def test_a_page_that_is_turned_back_to_is_the_answer_as_it_was():
    first = answers.first(FOUND, INDEX, PLACE)
    assert GivenAnswer(SHOWN, INDEX, KEY, OFFERS).page(0) == first


def test_what_was_asked_is_marked_again_on_a_page_that_is_turned_back_to():
    start, _ = FOUND.hits[0].highlight
    pointed = replace(FOUND, hits=(replace(FOUND.hits[0], span=(start + 4, start + 13)), *FOUND.hits[1:]))
    first, shown = answers.first(pointed, INDEX, PLACE), GivenAnswer(answers.record(pointed), INDEX, KEY, OFFERS)
    assert ("span", "ministers") in kinds(first)
    assert shown.page(0) == first
    assert ("span", "ministers") in kinds(shown.around(0, 1))


def test_where_no_votes_are_taken_there_are_no_thumbs():
    rows = GivenAnswer(SHOWN, INDEX, KEY, Offers(votes=False)).keyboard(buttons.Press("others", KEY, 0))
    assert [button.label for button in rows[-1]] == [strings.FEWER]


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
        message = GivenAnswer(shown, INDEX, KEY, OFFERS).page(number)
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
    shown = answers.AnswerRecord("answer", ((f"{'9' * 16}:{start}-{start + 51}", start, start + 8),))
    index, lengths, level = FakeIndex([LONG]), [], 1
    while True:
        message = GivenAnswer(shown, index, KEY, OFFERS).around(0, level)
        assert ("mark", "Line 100") in kinds(message)
        (shown_open,) = (text for kind, text in kinds(message) if kind == "quote")
        before, after = shown_open.split("Line 100")
        assert max(len(before), len(after)) < 600  # the marked sentence and its source are on one screen
        lengths.append(len(message.text))
        if strings.CONTEXT not in labels(message)[-1]:
            break
        level = buttons.pressed(data(message, strings.CONTEXT)).level
    assert lengths == sorted(set(lengths))
    assert len(lengths) == 3
    assert [kind for kind, _ in kinds(message) if kind in {"quote", "collapsed"}] == ["collapsed", "quote", "collapsed"]
    assert LIMIT - 200 < lengths[-1] <= LIMIT
    assert buttons.pressed(data(message, strings.BACK)) == buttons.Press("page", KEY, 0)


def test_more_context_of_a_passage_is_of_the_same_passage_where_the_first_one_is_gone():
    gone, start = ("0" * 16 + ":0-9", 0, 9), LONG.text.index("Line 100")
    shown = answers.AnswerRecord("answer", (gone, (f"{'9' * 16}:{start}-{start + 51}", start, start + 8)))
    message = GivenAnswer(shown, FakeIndex([LONG]), KEY, OFFERS).around(1, 1)
    assert data(message, strings.CONTEXT) == f"more:{KEY}:1:2"


def test_context_leaves_out_front_matter_and_marks_of_markdown():
    text = "---\ntitle: A title\n---\n\n# A heading\n\nIt **rained** here.\nIt poured there."
    start = text.index("It poured")
    article = replace(LONG, file="x.md", text=text)
    shown = answers.AnswerRecord("answer", ((f"{'9' * 16}:{start}-{len(text)}", start, len(text)),))
    message = GivenAnswer(shown, FakeIndex([article]), KEY, OFFERS).around(0, 3)
    assert message.text.startswith("A heading\n\nIt rained here.\nIt poured there.\n")


def test_context_of_a_short_article_is_all_of_it_in_one_step():
    message = GivenAnswer(SHOWN, INDEX, KEY, OFFERS).around(4, 1)
    assert "Nobody left early." in message.text
    assert labels(message)[-1] == [strings.BACK]
    assert buttons.pressed(data(message, strings.BACK)).number == 1


def test_where_a_passage_stands_is_said_in_words_that_fit_an_alert():
    assert GivenAnswer(SHOWN, INDEX).proof(0) == "Word for word in the file 1.txt, paragraph 1. " + strings.TO_CHECK
    second = TALKS.text.index("Minister Oduya")
    shown = answers.AnswerRecord("answer", ((f"{'1' * 16}:{second}-{second + 60}", second, second + 60),))
    assert "1.txt, paragraph 2." in GivenAnswer(shown, INDEX).proof(0)
    long = FakeIndex([replace(TALKS, file="folder/" * 60 + "talks.txt")])
    proof = GivenAnswer(answers.record(long.ask("ministers meet Tuesday")), long).proof(0)
    assert len(proof) == 200
    assert proof.endswith("talks.txt, paragraph 1.")  # its command is too long for a button


def test_the_copied_check_shows_the_passage_in_its_file(tmp_path):
    (tmp_path / "a b.txt").write_text("Überschrift\n" + TALKS.text, encoding="utf-8")
    content = (tmp_path / "a b.txt").read_text(encoding="utf-8")
    digest = hashlib.sha256(content.encode()).hexdigest()
    article = replace(TALKS, file="a b.txt", text=content, sha256=digest)
    span = spans(content)[1]
    (check,) = buttons.check(Hit(Passage(article, *span, (span,)), span, 1.0))
    done = subprocess.run(["bash", "-c", check.copy], cwd=tmp_path, capture_output=True, check=True)
    first, passage = done.stdout.decode().split("\n", 1)
    assert first.startswith("a b.txt: ")
    assert passage == content[slice(*span)]


def test_a_text_taken_out_of_its_file_has_no_command_that_shows_it():
    article = replace(ARTICLES[0], text_sha256="f" * 64)
    assert buttons.check(hit_of(article, 0)) == ()
    index = FakeIndex([article])
    assert GivenAnswer(answers.record(index.ask("ministers meet Tuesday")), index).proof(0).endswith("paragraph 1.")


@pytest.mark.parametrize(
    "made",
    [
        lambda given, number: given.page(number),
        lambda given, number: given.around(number, 1),
        lambda given, number: given.proof(number),
        lambda given, number: given.keyboard(buttons.Press("others", KEY, number)) or None,
    ],
)
def test_a_page_that_is_not_there_and_a_collection_that_has_changed_give_nothing(made):
    assert made(GivenAnswer(SHOWN, INDEX, KEY, OFFERS), 99) is None
    assert made(GivenAnswer(SHOWN, FakeIndex([LONG]), KEY, OFFERS), 0) is None


def test_a_page_of_which_one_passage_is_gone_still_works():
    without_second = FakeIndex([article for article in ARTICLES if article.id != FOUND.hits[1].passage.article.id])
    page = GivenAnswer(SHOWN, without_second, KEY, OFFERS).page(0)
    assert page.text.startswith("1 passage is left out: its article has changed or gone since.\n\n")
    assert [kind for kind, _ in kinds(page) if kind in {"quote", "collapsed"}] == ["quote", "collapsed"]
    assert labels(page) == labels(answers.first(FOUND, INDEX, PLACE))


def test_where_the_first_passage_is_gone_the_buttons_are_of_the_next_which_is_not_marked_as_the_answer():
    without_first = FakeIndex([article for article in ARTICLES if article.id != FOUND.hits[0].passage.article.id])
    page = GivenAnswer(SHOWN, without_first, KEY, OFFERS).page(0)
    assert "mark" not in [kind for kind, _ in kinds(page)]
    assert data(page, strings.CONTEXT) == f"more:{KEY}:1:1"
    others = GivenAnswer(SHOWN, without_first, KEY, OFFERS).keyboard(buttons.pressed(data(page, strings.OTHERS)))
    assert f"proof:{KEY}:1" in [button.data for row in others for button in row]


@pytest.mark.parametrize("level", [0, 4, 9])
def test_a_step_of_context_that_is_none_gives_nothing(level):
    assert GivenAnswer(SHOWN, INDEX, KEY, OFFERS).around(0, level) is None


@pytest.mark.parametrize(
    "forged", ["", "page", "page:short:0", f"page:{KEY}:100", f"page:{KEY}:-1", f"eat:{KEY}:0", f"page:{KEY}:0:10"]
)
def test_forged_data_asks_for_nothing(forged):
    assert buttons.pressed(forged) is None


def test_an_answer_is_known_as_long_as_the_collection_has_one_of_its_passages():
    last = SHOWN.places[-1][0][:1]
    assert GivenAnswer(SHOWN, FakeIndex([article for article in ARTICLES if article.id == last])).is_known
    assert not GivenAnswer(SHOWN, FakeIndex([LONG])).is_known
    assert not GivenAnswer(answers.AnswerRecord("nothing", ()), INDEX).is_known


def test_a_remembered_passage_whose_place_is_none_is_as_one_that_is_gone():
    shown = answers.AnswerRecord("answer", (("no passage", 0, 4),))
    assert GivenAnswer(shown, INDEX, KEY, OFFERS).page(0) is None
    assert GivenAnswer(shown, INDEX).corrections([0, 1]) == []


def test_a_passage_for_which_there_is_no_room_ends_the_page():
    text = "word " * 900 + "end."
    hits = [hit_of(replace(ARTICLES[n], text=text), 0) for n in range(3)]
    message = answers.first(Answer("q", "answer", 0.9, tuple(hits)), INDEX)
    assert [title in message.text for title in ("Talks 1", "Talks 2", "Talks 3")] == [True, False, False]
    assert [kind for kind, _ in kinds(message) if kind in {"quote", "collapsed"}] == ["quote"]
    assert len(message.text) <= LIMIT


def test_the_best_passage_is_shown_however_long_all_that_is_said_of_it_and_of_the_question_is():
    def long(letter: str) -> str:
        return letter * 900

    facts = {field: long(field[0]) for field in ("publisher", "source", "title", "date", "file")}
    text = f"{long('x')}. " + "word " * 155 + "end."
    article = replace(TALKS, text=text, url=f"https://{long('h')}.example/", **facts)
    others = tuple(replace(TALKS, publisher=f"{number}{long('o')}") for number in range(9))
    speaker = Speaker(long("a"), role=long("b"), via=long("c"))
    hit = replace(hit_of(article, 1), speaker=speaker, also_in=others)
    names = tuple(long(letter) for letter in "uvwxyz")
    remarked = {"unknown": names, "changed": names, "unmet": names, "undatable": names, "searched": long("s")}
    answer = Answer("q", "answer", 0.9, (hit,), **remarked)
    message = answers.first(answer, INDEX, PLACE, asked=long("q"))
    assert "word word word word" in message.text
    assert len(message.text) <= LIMIT
    context, _ = cards.around(hit, INDEX.body(article), 2)
    assert len(Message(context).text) <= LIMIT
