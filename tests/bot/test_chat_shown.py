"""Messages in a terminal and in a pipe."""

import io
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bot import chat
from bot.message import Message, Quote, Run, parts
from bot.views import answers
from retrieval import Answer, Article, Hit, Passage, Speaker
from tests.fakes import TALKS, FakeIndex

INDEX = FakeIndex()


def styled(message: Message, width: int = 60) -> str:
    out = io.StringIO()
    chat.show(Console(file=out, force_terminal=True, width=width, color_system="standard", highlight=False), message)
    return out.getvalue()


def test_in_a_pipe_the_passage_stands_alone_and_the_address_has_its_own_line():
    lines = chat.plain(answers.first(INDEX.ask("Where did the ministers meet on Tuesday?"), INDEX)).split("\n")
    assert lines == [
        *TALKS.text.split("\n"),
        "",
        "Marked sentence:",
        "The ministers met in Port Alba on Tuesday.",
        "",
        "Harbour Post · Coast Agency · Ministers meet over fishing treaty · 2031-05-06",
        "https://www.harbourpost.example/talks?id=7&part=1",
    ]


def test_in_a_pipe_the_marked_sentence_is_named_once_and_a_dash_says_whose_it_is():
    said = INDEX.ask("Who crossed the “red line” in March, said the minister?")
    hit = replace(said.hits[0], speaker=Speaker("Minister Oduya"), voice="speaker")
    message = answers.first(replace(said, hits=(hit,)), INDEX)
    assert chat.plain(message).count("Marked sentence:") == 1
    assert "\n— Minister Oduya\n" in chat.plain(message)
    assert "Marked sentence: Minister Oduya" in styled(message)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip))
def test_in_a_pipe_a_passage_is_word_for_word_whatever_is_in_it(text):
    article = Article("id", "f.txt", text, "0" * 64)
    hit = Hit(Passage(article, 0, len(text), ((0, len(text)),)), (0, len(text)), 1.0)
    assert text in chat.plain(answers.first(Answer("q", "answer", 0.9, (hit,)), INDEX))


def test_on_a_terminal_what_answers_is_underlined_behind_a_bar():
    shown = styled(Message(parts(Quote((Run("Before. "), Run("It answers.", "mark"), Run(" After."))))))
    assert "│ " in shown
    assert "\x1b[1;4mIt answers.\x1b[0m" in shown
    assert "\x1b[1;4mBefore" not in shown


def test_on_a_terminal_what_was_asked_is_bold_in_the_underlined_sentence():
    runs = Run("It rained on ", "mark"), Run("Monday", "span"), Run(".", "mark")
    assert "\x1b[4mIt rained on \x1b[0m\x1b[1;4mMonday\x1b[0m\x1b[4m.\x1b[0m" in styled(Message(parts(Quote(runs))))
    assert chat.plain(Message(parts(Quote((Run("a "), *runs))))).endswith("\nIt rained on Monday.")
    alone = Quote((Run("It rained on "), Run("Monday", "span"), Run(".")))
    assert chat.plain(Message(parts(alone))) == "It rained on Monday."


def test_on_a_terminal_markdown_has_no_marks_and_a_pipe_gets_the_file_as_it_is():
    noted = Article("id", "f.md", "It **rained** here. It *poured*.", "0" * 64)
    hit = Hit(Passage(noted, 0, len(noted.text), ((0, 19), (20, 32))), (0, 19), 1.0)
    message = answers.first(Answer("q", "answer", 0.9, (hit,)), INDEX)
    assert "*" not in styled(message)
    assert chat.plain(message).split("\n")[:4] == [noted.text, "", "Marked sentence:", "It **rained** here."]


def test_on_a_terminal_every_line_of_a_quote_has_its_bar():
    shown = styled(Message(parts("head\n", Quote((Run("word " * 40),)), "\nfoot")), width=40)
    lines = shown.splitlines()
    assert lines[0] == "head"
    assert lines[-1] == "foot"
    assert all("│ " in line for line in lines[1:-1])
    assert len(lines) > 4


def test_nothing_of_an_article_steers_the_terminal():
    evil = "a\x1b[2Jb\x9b31mc\x07d\u202ee\u2066f\rg"
    shown = styled(Message(parts(evil, "\n", Quote((Run(evil),)))))
    own = shown.replace("\x1b[2m│ \x1b[0m", "")
    assert own.splitlines() == ["a [2Jb 31mc defg"] * 2


def test_on_a_terminal_a_folded_quote_is_dim_and_an_open_one_is_not():
    for collapsed in (False, True):
        shown = styled(Message((Quote((Run("It rained."),), collapsed=collapsed),)))
        assert ("\x1b[2mIt rained." in shown) == collapsed
