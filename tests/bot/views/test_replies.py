"""What the bot answers: verdicts, verbatim quotes, attribution, and text that nothing can break."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import strings
from bot.message import LIMIT, Button, Message, Run, cleaned
from bot.telegram.sending import entities
from bot.translation import speaking
from bot.views import answers, replies
from bot.views.cards import fact
from emulator.texts import formatted
from retrieval import Answer, Article, Hit, Passage, Speaker
from tests.fakes import EXAMPLES, TALKS, FakeIndex

INDEX = FakeIndex()


def kinds(message: Message) -> list[tuple[str, str]]:
    return [(entity.kind, message.text[entity.start : entity.end]) for entity in message.entities]


def ask(question: str) -> Message:
    return answers.first(INDEX.ask(question), INDEX)


def test_an_answer_marks_its_sentence_in_the_passage_above_its_source():
    assert kinds(ask("Where did the ministers meet on Tuesday?")) == [
        ("quote", TALKS.text),
        ("mark", "The ministers met in Port Alba on Tuesday."),
        ("italic", "Harbour Post · Coast Agency · Ministers meet over fishing treaty · 2031-05-06"),
        ("link", "harbourpost.example"),
    ]


def test_further_passages_are_collapsed_and_carry_their_own_source():
    message = ask("ministers spoke hours, judge freed, storm")
    assert [kind for kind, _ in kinds(message)] == [
        *("quote", "mark", "italic", "link"),
        *("collapsed", "italic", "code"),
        *("collapsed", "code"),
    ]
    assert [text for kind, text in kinds(message) if kind in {"italic", "code"}][1:] == [
        "The Daily Bell · Baker freed",
        "javascript:alert(1)",
        "notes/bare.txt",
    ]


@pytest.mark.parametrize(("words", "kind"), [(10, "bold"), (60, "underline")])
def test_a_short_sentence_that_answers_is_bold_and_a_long_one_is_no_wall_of_it(words: int, kind: str):
    text = "It rained. " + "word " * words + "here."
    passage = Passage(Article("x", "x.txt", text, "0"), 0, len(text), ((0, 10), (11, len(text))))
    hit = Hit(passage, (11, len(text)), 1.0)
    sent = entities(answers.first(Answer("q", "answer", 0.9, (hit,)), INDEX))
    assert [(entity.type, entity.offset) for entity in sent if entity.offset == 11] == [(kind, 11)]


def test_words_of_denial_stand_only_where_nothing_answers():
    denial = {"no", "not", "none", "nothing", "nobody", "never", "without"}

    def denied(message: Message, quotes: str) -> set[str]:
        return denial & set(message.text.replace(quotes, "").lower().replace(".", " ").split())

    assert denied(ask("Where did the ministers meet on Tuesday?"), TALKS.text) == set()
    assert denied(ask("bridge"), "") == set()
    assert denied(ask("zebra"), "") == {"nothing"}


def test_a_related_passage_is_said_to_be_one_and_nothing_in_it_is_marked():
    message = ask("bridge")
    assert message.text.startswith("These passages come nearest:\n\nA storm closed the bridge")
    assert "mark" not in dict(kinds(message))


def test_nothing_is_one_line_with_a_button_for_examples():
    message = ask("zebra")
    assert message.text == "The articles say nothing on this."
    assert [[button.label for button in row] for row in message.buttons] == [["Examples"]]
    assert replies.nothing(INDEX, (), "No article has: zebra.").text == f"{message.text}\nNo article has: zebra."


def test_nothing_names_what_is_near_a_name_in_the_question_that_the_articles_mention():
    assert answers.first(Answer("Do zebras know Tomas Rehn?", "nothing", 0.0), INDEX).text == (
        "The articles say nothing on this.\nNear it: Which articles mention Tomas Rehn?"
    )
    assert replies.near("Zebras live on Quagga Hill", INDEX) == ()
    assert replies.near("Did the Ministers rest?", INDEX) == ()  # the articles have no such name, only ministers
    assert replies.near("Rehn", INDEX) == replies.near("", INDEX) == ()
    with speaking("de"):
        assert Message(replies.near("Do zebras know Rehn?", INDEX)).text == "Dem nahe: Welche Artikel erwähnen Rehn?"


def test_i_is_no_name_that_can_be_asked_of():
    index = FakeIndex((replace(TALKS, text="“I saw it,” Ann Lee said. “I'm sure that I did.”"),))
    assert index.mentions("I")
    assert replies.near("Until when can I flee?", index) == replies.near("what if I'm late?", index) == ()
    assert "Ann Lee" in Message(replies.near("can I ask Ann Lee?", index)).text


def test_examples_are_questions_that_work_and_without_any_the_articles_are_named():
    message = replies.examples(INDEX)
    assert message.text.startswith("Questions to try:\n1. Where did the ministers meet")
    assert [button.label for row in message.buttons for button in row] == list(EXAMPLES)
    assert [replies.example(row[0].data, INDEX) for row in message.buttons] == list(EXAMPLES)


def test_an_example_is_said_in_the_readers_language_around_the_articles_own_words():
    with speaking("de"):
        assert replies.framed("Who said “a very good day”?") == "Wer sagte „a very good day“?"
        assert replies.framed("What did Ada Finch say about Port Alba?") == "Was sagte Ada Finch zu Port Alba?"
        assert replies.framed("Which articles mention Ada Finch?") == "Welche Artikel erwähnen Ada Finch?"
        assert replies.asked("Who said “no”?")[0].text == "Frage: Wer sagte „no“?"
        assert replies.framed("Port Alba") == "Port Alba"


@pytest.mark.parametrize("data", ["", "ask:", "ask:0", "ask:0000000000000000", "sources:1", "ask:\x00", "🙂" * 16])
def test_a_forged_button_asks_nothing(data):
    assert replies.example(data, INDEX) is None


def test_a_question_nobody_wrote_is_shown_above_its_answer():
    message = answers.first(INDEX.ask(EXAMPLES[1]), INDEX, asked=EXAMPLES[1])
    assert message.text.startswith("Question: What closed the bridge?\n\nA storm closed")


def test_many_articles_are_counted_and_a_command_lists_them():
    many = [replace(TALKS, id=str(n), title=f"T{n}", publisher=f"P{n}", date=f"2030-01-{n:02}") for n in range(1, 10)]
    text = replies.start(FakeIndex(many)).text
    assert "I hold 9 articles from P1, P2, P3, P4, P5, P6 and 3 more, dated 2030-01-01 to 2030-01-09." in text
    assert "T6" not in text
    assert "All of them: /sources" in text


def test_help_says_the_rule_of_groups_that_holds():
    assert "A bare mention of @x_bot does not" in replies.group_rule("x_bot", reads_all=False)
    assert "or mention @x_bot" in replies.group_rule("x_bot", reads_all=True)
    assert "group" not in replies.help_().text


def test_who_is_asked_about_and_does_not_speak_of_it_is_named_above_the_passages():
    found = replace(INDEX.ask(EXAMPLES[0]), verdict="related", speaker="Ann Lee")
    for silent in ("on this", "throughout"):
        near = answers.first(replace(found, silent=silent), INDEX).text
        assert near.startswith(f"{strings.RELATED}\nThey may be others’ words than Ann Lee’s.\n\n")
    hits = tuple(replace(hit, speaker=Speaker("Ann Lee"), voice="speaker") for hit in found.hits)
    assert "others’ words" not in answers.first(replace(found, hits=hits, silent="on this"), INDEX).text
    nothing = answers.first(replace(found, verdict="nothing", hits=(), silent="throughout"), INDEX).text
    assert "No words in the articles are surely of Ann Lee." in nothing


def test_who_wrote_the_article_is_named_above_an_answer_of_its_author():
    written = replace(INDEX.ask(EXAMPLES[0]), author="Ann\nLee")
    assert answers.first(written, INDEX).text.startswith("Written by Ann Lee.\n\n")


def test_a_file_that_has_changed_is_named_above_its_passages():
    found = replace(INDEX.ask(EXAMPLES[0]), changed=("a.txt", "b.txt"))
    shown = answers.first(found, INDEX).text
    assert shown.startswith("2 files of these passages have changed since I read them: a.txt, b.txt.\n\n")


def test_privacy_says_what_is_kept():
    assert strings.PRIVACY_FORGOTTEN in replies.privacy(telegram=False).text
    assert strings.PRIVACY_WAITS in replies.privacy(telegram=True).text
    kept = replies.privacy(telegram=True, kept_days=7).text
    assert "for 7 days" in kept
    assert strings.PRIVACY_FORGOTTEN not in kept
    assert strings.PRIVACY_WAITS not in kept
    assert "counted for 30 days" in replies.privacy(telegram=True, votes_days=30).text
    assert "counted" not in kept


def test_help_tells_of_other_chats_where_the_bot_can_be_asked_there():
    assert "write @x_bot and your question" in replies.help_(inline="x_bot").text
    assert "@" not in replies.help_().text


def test_help_lists_the_menu():
    lines = replies.help_(several=True).text.split("\n")
    assert lines[-len(strings.MENU) :] == [f"/{name} {what}" for name, what in strings.MENU]


def uncut(quote: str) -> str:
    """Without the marks of a cut, and composed as a whole: a letter and its accent may lie in two runs."""
    return cleaned(quote.removeprefix("… ").removesuffix(" …")).strip()


HOSTILE = st.text(
    st.sampled_from([*"<>&\"'*_`[]() .…“”·\n\r\t\x00\x1b", *"🙂eA\u0301\u030a\u05d0\u202e\u2028"]) | st.characters(),
    max_size=200,
)
FACT = st.none() | HOSTILE.map(lambda text: text.strip() or "x")


@st.composite
def hits(draw) -> Hit:
    texts = draw(st.lists(st.tuples(HOSTILE, st.sampled_from([1, 1, 1, 30])), min_size=1, max_size=6))
    sentences, text = [], ""
    for piece, times in texts:
        start = len(text)
        text += f"a{piece * times}z."
        sentences.append((start, len(text)))
        text += " "
    facts = {name: draw(FACT) for name in ("title", "publisher", "source", "author", "date")}
    url = draw(FACT | st.sampled_from(["https://a.example/x?y=1&z=<b>", "https://ü.example/ß", "tg://x"]))
    article = Article("id", draw(HOSTILE) or "f", text, "0" * 64, url=url, **facts)
    passage = Passage(article, 0, sentences[-1][1], tuple(sentences))
    first = draw(st.integers(0, len(sentences) - 1))
    last = draw(st.integers(first, len(sentences) - 1))
    return Hit(passage, (sentences[first][0], sentences[last][1]), 1.0)


@settings(deadline=None, max_examples=150)
@given(st.lists(hits(), min_size=1, max_size=3), st.sampled_from(["answer", "related"]), st.none() | HOSTILE)
def test_telegram_keeps_every_answer_as_it_was_sent(found, verdict, asked):
    message = answers.first(Answer("q", verdict, 0.5, tuple(found)), INDEX, asked=asked)
    assert len(message.text) <= LIMIT
    kept = formatted(message.text, [entity.to_dict() for entity in entities(message)])  # refuses what Telegram refuses
    assert kept.text == message.text
    assert not kept.mended


@settings(deadline=None, max_examples=150)
@given(st.lists(hits(), min_size=1, max_size=3))
def test_every_quote_is_word_for_word_in_its_article_and_carries_its_whole_source(found):
    message = answers.first(Answer("q", "answer", 0.9, tuple(found)), INDEX)
    quotes = [text for kind, text in kinds(message) if kind in {"quote", "collapsed"}]
    assert 1 <= len(quotes) <= len(found)
    article = found[0].passage.article
    assert uncut(quotes[0]) in uncut(cleaned(article.text))
    named = [fact(name) for name in article.names if fact(name)]
    assert " · ".join(named or [fact(article.file)]) in message.text
    assert fact(article.date) in message.text


def test_what_is_not_answered_tells_which_words_no_article_has():
    found = Answer("?", "related", 0.3, INDEX.ask("the ministers").hits, unknown=("zebras", "quaggas"))
    assert answers.first(found, INDEX).text.startswith(f"{strings.RELATED}\nNo article has: zebras, quaggas.\n\n")
    nothing = answers.first(replace(found, verdict="nothing", hits=()), INDEX)
    assert nothing.text == f"{strings.NOTHING}\nNo article has: zebras, quaggas."


def test_a_question_in_another_language_is_told_which_one_the_articles_are_in():
    found = Answer("?", "nothing", 0.1, language="en")
    assert "The articles are in English" in answers.first(found, INDEX).text


@pytest.mark.parametrize(("undated", "notice"), [(1, "1 article."), (4, "4 articles.")])
def test_an_answer_out_of_dated_articles_tells_how_many_it_left_out(undated: int, notice: str):
    found = replace(INDEX.ask("Where did the ministers meet on Tuesday?"), undated=undated)
    assert answers.first(found, INDEX).text.startswith(f"Left out, being undated: {notice}\n\n")


def test_a_limit_that_no_article_fits_is_told_where_nothing_answers():
    found = Answer("bridge", "nothing", 0.1, unmet=('source:"Reuters"', 'file:"x.txt"'))
    assert answers.first(found, INDEX).text == f'{strings.NOTHING}\nNo article fits source:"Reuters", file:"x.txt".'


def test_what_was_searched_for_in_the_questions_place_is_told():
    found = replace(INDEX.ask("Where did the ministers meet on Tuesday?"), searched="Where did they meet?")
    assert answers.first(found, INDEX).text.startswith("Searched for: Where did they meet?\n\n")


def test_without_examples_the_articles_are_counted_and_nothing_offers_any():
    index = FakeIndex([TALKS])
    index.examples = ()
    assert replies.examples(index).text == (
        "I hold 1 article from Harbour Post, dated 2031-05-06.\nAll of them: /sources"
    )
    assert replies.start(index).text.endswith("\nAll of them: /sources")
    assert (replies.start(index).buttons, replies.nothing(index).buttons) == ((), ())


def test_articles_of_which_one_has_no_date_have_none_together():
    assert "dated" not in replies.start(FakeIndex()).text
    assert "I hold 3 articles from Harbour Post" in replies.start(FakeIndex()).text


NAMES = ("harbour", "council")


def test_several_collections_are_chosen_by_buttons_or_by_a_command():
    message = replies.collections(NAMES, "council", buttons=True)
    assert message.text == "Collection: council\nWhich one should answer here?"
    assert [[(button.label, button.data) for button in row] for row in message.buttons] == [
        [("harbour", "collection:harbour")],
        [("✓ council", "collection:council")],
    ]
    written = replies.collections(NAMES, "council", buttons=False)
    assert written.text == f"{message.text}\n/collection harbour\n/collection council"
    assert written.buttons == ()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ("collection:council", "council"),
        ("collection:bakery", None),
        ("collection:", None),
        ("collection", None),
        ("ask:council", None),
    ],
)
def test_a_button_chooses_a_collection_that_is_served(data: str, name: str | None):
    assert replies.chosen(data, NAMES) == name


def test_the_collections_name_stands_above_its_answer_where_there_is_room():
    named = replies.of_collection("council", Message((Run("Nobody knows."),), ((Button("a", "b"),),)))
    assert named.text == "Collection: council\n\nNobody knows."
    assert kinds(named) == [("italic", "Collection: council")]
    assert [button.label for row in named.buttons for button in row] == ["a"]
    above = len("Collection: council\n\n")
    for length in (LIMIT - above, LIMIT - above + 1):
        full = Message((Run("x" * length),))
        assert (replies.of_collection("council", full) == full) == (length + above > LIMIT)


def test_a_group_is_greeted_with_how_to_ask_there():
    for reads_all in (False, True):
        greeting = replies.greeting("x_bot", reads_all=reads_all)
        assert greeting.text == f"{strings.GREETING}\n\n{replies.group_rule('x_bot', reads_all=reads_all)}"


def test_who_asks_without_words_is_asked_for_them():
    message = replies.question_prompt()
    assert (message.text, message.prompt) == ("What would you like to know?", "Your question")


def test_the_menu_has_the_choice_of_a_collection_only_where_there_are_several():
    one, several = (dict(replies.menu(several=several)) for several in (False, True))
    assert several.keys() - one.keys() == {"collection"}
    assert "/collection" not in replies.help_().text
    assert "collection" not in replies.privacy(telegram=True).text
    assert strings.PRIVACY_COLLECTION in replies.privacy(telegram=True, several=True).text
    assert strings.PRIVACY_COLLECTION not in replies.privacy(telegram=False, several=True).text
