"""The bot in a terminal: lines in, answers out."""

import io
from dataclasses import replace

import pytest

from bot import chat, strings
from tests.fakes import BARE, EXAMPLES, FakeIndex

INDEX = FakeIndex()


def answers(*lines: str) -> str:
    out = io.StringIO()
    chat.answer_lines({"": INDEX}, io.StringIO("".join(f"{line}\n" for line in lines)), out)
    return out.getvalue()


def first_line(question: str) -> str:
    return answers(question).split("\n")[0]


def test_each_line_is_answered_in_order_and_a_line_parts_the_answers():
    questions = ("Where did the ministers meet on Tuesday?", "What closed the bridge?", "zebra")
    parted = answers(*questions).split(f"\n{chat.SEPARATOR}\n\n")
    assert parted == [answers(question) for question in questions]
    assert "\n\n" in parted[0]


class Screen(io.StringIO):
    """A terminal to write to."""

    def isatty(self) -> bool:
        return True


def test_piped_questions_whose_answers_go_to_a_screen_do_not_steer_it():
    evil = replace(BARE, text="A storm \x1b[2Jclosed the\u202e bridge\x9b31m at dawn.")
    index, question = FakeIndex([evil]), "What closed the bridge?\n"
    screen, pipe = Screen(), io.StringIO()
    chat.answer_lines({"": index}, io.StringIO(question), screen)
    chat.answer_lines({"": index}, io.StringIO(question), pipe)
    assert "A storm [2Jclosed the bridge31m at dawn.\n" in screen.getvalue()
    assert evil.text in pipe.getvalue()


def test_no_lines_give_no_output():
    assert answers() == ""


def test_a_last_line_without_its_end_is_a_question_too():
    out = io.StringIO()
    chat.answer_lines({"": INDEX}, io.StringIO("zebra"), out)
    assert out.getvalue() == answers("zebra")


@pytest.mark.parametrize(
    ("line", "start"),
    [
        ("/start", "Ask me a question about the news articles"),
        ("/help", "Write your question in plain words."),
        ("/sources", "The articles I answer from"),
        ("/privacy", "I search your question in the articles"),
        ("/SOURCES now", "The articles I answer from"),
        ("/ask zebra", "The articles say nothing on this."),
        ("/ask", "Write your question in words, please."),
        ("/nonsense", "I do not know this command."),
        ("", "Write your question in words, please."),
        ("\x00\t ", "Write your question in words, please."),
        ("/ slash", "The articles say nothing on this."),
        ("🙂" * 4096, "The articles say nothing on this."),
        ("x" * 4097, "That is more than 4,096 characters."),
        ("half a \ud83d character", "The articles say nothing on this."),
    ],
)
def test_commands_and_odd_lines_get_a_clear_answer(line, start):
    assert first_line(line).startswith(start)


def test_a_number_shows_the_examples_and_then_asks_one_of_them():
    (nothing,) = chat.Chat({"": INDEX}).reply("zebra")
    assert [chat._picked(str(n), nothing, INDEX) for n in (0, 1, 2)] == ["0", "/examples", "2"]
    (shown,) = chat.Chat({"": INDEX}).reply("/examples")
    assert [chat._picked(str(n), shown, INDEX) for n in (0, 1, 3, 4)] == ["0", EXAMPLES[0], EXAMPLES[2], "4"]
    (answer,) = chat.Chat({"": INDEX}).reply(EXAMPLES[0])
    assert chat._picked("1", answer, INDEX) == "1"


def test_the_last_answer_is_cited_without_a_link_that_only_telegram_opens():
    said = answers("/cite", "Where did the ministers meet on Tuesday?", "/cite markdown")
    assert "then /cite gives the citation" in said
    assert "Ministers meet over fishing treaty" in said.split("harbourpost.example")[-2]
    assert "t.me" not in said


def test_what_is_forgotten_cannot_be_gone_on_from():
    talk = chat.Chat({"": FakeIndex()})
    talk.reply("Where did the ministers meet on Tuesday?")
    assert talk.reply("when was this?")[0].text.startswith("The article is dated")
    assert talk.reply("/forget")[0].text == strings.FORGOTTEN_HERE
    assert talk.reply("when was this?")[0].text == strings.FOLLOW_WHAT
