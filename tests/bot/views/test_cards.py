"""A hit's card: the order of what is named, and where a quote is cut."""

from dataclasses import replace

import pytest

from bot.message import Message, Quote
from bot.views.cards import around, card, footline, headline, source
from retrieval import Article, Hit, Passage, Speaker
from tests.fakes import BARE, TALKS, TRIAL, spans

FOUR = Article("x", "x.txt", "One is here. Two is there. Three is far. Four is gone.", "0" * 64)


def hit(article=FOUR, sentence=0, speaker=None) -> Hit:
    sentences = spans(article.text)
    passage = Passage(article, sentences[0][0], sentences[-1][1], sentences)
    return Hit(passage, sentences[sentence], 1.0, speaker=speaker)


def quoted(made) -> str:
    return "".join(run.text for part in made if isinstance(part, Quote) for run in part.runs)


def marked(made) -> list[str]:
    return [run.text for part in made if isinstance(part, Quote) for run in part.runs if run.style == "mark"]


def text(parts) -> str:
    return Message(parts).text


def test_the_quote_comes_first_and_one_line_names_publisher_source_title_date_and_link():
    made = card(hit(TALKS), 4000)
    assert text(made).split("\n") == [
        *TALKS.text.split("\n"),
        "Harbour Post · Coast Agency · Ministers meet over fishing treaty · 2031-05-06 · harbourpost.example",
    ]
    assert "bold" not in [run.style for part in made if not isinstance(part, Quote) for run in [part]]


def test_other_outlets_of_the_same_story_stand_on_a_line_below_the_source():
    others = [
        replace(TALKS, file=f"{number}.md", publisher=name)
        for number, name in enumerate(["Bell", "Bell", "Harbour Post"])
    ]
    made = card(replace(hit(TALKS), also_in=tuple(others)), 4000)
    assert text(made).split("\n")[-1] == "Also in: Bell, 1.md, 2.md"
    assert [run.text for run in made if not isinstance(run, Quote) and run.style == "code"] == ["1.md", "2.md"]
    many = replace(hit(TALKS), also_in=tuple(replace(TALKS, publisher=f"Paper {number}") for number in range(7)))
    assert text(card(many, 4000)).endswith("Also in: Paper 0, Paper 1, Paper 2, Paper 3, Paper 4 and 2 more")
    assert "Also in" not in text(card(many, 4000, sourced=False))


@pytest.mark.parametrize(
    ("article", "line"),
    [
        (BARE, "notes/bare.txt"),
        (TRIAL, "The Daily Bell · Baker freed · javascript:alert(1)"),
        (Article("x", "x.txt", "A b.", "0", publisher="P", date="2030-01-02"), "P · 2030-01-02"),
        (Article("x", "x.txt", "A b.", "0", source="S", url="https://s.example/1"), "S · s.example"),
    ],
)
def test_what_is_missing_is_left_out_without_a_word(article, line):
    assert text(source(article)) == line


def test_a_fact_that_nobody_can_see_is_missing():
    unseen = Article("x", "x.txt", "A b.", "0", title="\u202e\r", publisher=" ", date="\x1b", url="\n")
    assert (text(source(unseen)), text(headline(unseen)), text(footline(unseen))) == ("x.txt", "x.txt", "")


def test_in_a_list_a_title_stands_out_and_a_files_name_does_not():
    assert [run.text for run in headline(TALKS) if run.style == "bold"] == ["Ministers meet over fishing treaty"]
    assert [run.style for run in headline(BARE)] == ["code"]


ANA = Speaker("Ana Oduya", role="minister", via="Radio Alba")


@pytest.mark.parametrize(
    ("facts", "marked", "line"),
    [
        ({"speaker": ANA, "whole": True}, True, "— Ana Oduya, minister, via Radio Alba"),
        ({"speaker": ANA}, True, "Marked sentence: Ana Oduya, minister, via Radio Alba"),
        ({"speaker": ANA}, False, "— with words of Ana Oduya, minister, via Radio Alba"),
        ({"voice": "article", "whole": True}, True, "— the article’s own words"),
        ({"voice": "article"}, True, "Marked sentence: the article’s own words"),
        ({"voice": "article"}, False, "x.txt"),
        ({"voice": "unclear"}, True, "x.txt"),
    ],
)
def test_under_the_quote_stands_whose_words_exactly_that_is(facts, marked, line):
    made = text(card(replace(hit(), **facts), 4000, marked=marked))
    assert made.split("\n")[1] == line


@pytest.mark.parametrize(
    ("speaker", "line"),
    [
        (Speaker("Ana Oduya", role="Dr"), "— with words of Dr Ana Oduya"),
        (Speaker("Oduya", role="Mrs Justice"), "— with words of Mrs Justice Oduya"),
        (Speaker("Ana Oduya", role="Judge of the Court"), "— with words of Ana Oduya, Judge of the Court"),
        (Speaker("The union"), "— with words of the union"),
        (Speaker("Ana Oduya", role="The minister"), "— with words of Ana Oduya, the minister"),
        (Speaker("Their union"), "— with words of their union"),
        (Speaker("The Harbour Union"), "— with words of The Harbour Union"),
        (Speaker("Union leaders"), "— with words of Union leaders"),
    ],
)
def test_a_title_stands_before_the_name_and_an_article_is_small_inside_a_line(speaker: Speaker, line: str):
    made = text(card(replace(hit(), speaker=speaker), 4000, marked=False))
    assert made.split("\n")[1] == line


@pytest.mark.parametrize(
    ("publisher", "origin", "names"),
    [
        ("Harbour Post", "Harbour Post Ltd.", ("Harbour Post", "A storm")),
        ("Harbour Post", "HARBOUR POST, Inc.", ("Harbour Post", "A storm")),
        ("Harbour Post", "Harbour Post News Agency", ("Harbour Post", "Harbour Post News Agency", "A storm")),
        ("Harbour Post", None, ("Harbour Post", "A storm")),
        (None, "Coast Ltd.", ("Coast Ltd.", "A storm")),
    ],
)
def test_the_company_of_an_outlet_is_not_named_beside_it(publisher, origin, names):
    assert replace(FOUR, title="A storm", publisher=publisher, source=origin).names == names


def test_a_sentence_that_is_the_whole_quote_is_whose_it_is_and_needs_no_mark():
    sentence = replace(hit(), passage=Passage(FOUR, 0, 12, ((0, 12),)), speaker=ANA)
    made = card(sentence, 4000, marked=True)
    assert text(made).split("\n")[1].startswith("— Ana Oduya")
    assert marked(made) == []


def test_marks_of_markdown_are_not_seen_and_the_passage_keeps_them():
    noted = Article("x", "x.md", "It **reopened on *Monday***. See [the port](https://p.example).", "0" * 64)
    made = card(hit(noted), 4000, marked=True)
    assert text(made).split("\n")[0] == "It reopened on Monday. See the port."
    assert quoted(made) == noted.text


def test_what_answers_is_marked_in_the_passage_word_for_word():
    made = card(hit(sentence=1), 4000, marked=True)
    assert quoted(made) == FOUR.text
    assert marked(made) == ["Two is there."]


def test_what_was_asked_stands_out_in_the_marked_sentence_alone():
    pointed = replace(hit(sentence=1), span=(FOUR.text.index("there"), FOUR.text.index("there") + 5))
    (quote, *_) = card(pointed, 4000, marked=True)
    assert [(run.text, run.style) for run in quote.runs if run.style != "plain"] == [
        ("Two is ", "mark"),
        ("there", "span"),
        (".", "mark"),
    ]
    assert {run.style for run in card(pointed, 4000)[0].runs} == {"plain"}
    alone = replace(pointed, passage=Passage(FOUR, *pointed.highlight, (pointed.highlight,)))
    assert [run.style for run in card(alone, 4000, marked=True)[0].runs] == ["plain", "span", "plain"]


@pytest.mark.parametrize(
    ("sentence", "room", "expected"),
    [
        (0, 60, "One is here. Two is there. Three is far. Four is gone."),
        (0, 53, "One is here. Two is there. Three is far. …"),
        (0, 35, "One is here. Two is there. …"),
        (1, 35, "… Two is there. Three is far. …"),
        (3, 35, "… Three is far. Four is gone."),
        (2, 20, "… Three is far. …"),
    ],
)
def test_a_quote_is_cut_at_the_ends_of_sentences_around_what_answers(sentence, room, expected):
    head = len("\nx.txt")
    assert quoted(card(hit(sentence=sentence), head + room)) == expected


def test_where_no_sentence_fits_there_is_no_card():
    assert card(hit(), len("x.txt\n") + 5) is None


def test_what_answers_is_shown_even_where_its_sentence_is_too_long():
    long = Article("x", "x.txt", "word " * 2000 + "end.", "0" * 64)
    made = card(hit(long), 200, marked=True)
    assert quoted(made) == "word " * 37 + "word …"
    assert len(text(made)) <= 200


def test_a_fact_that_is_no_fact_cannot_push_the_quote_out():
    made = card(hit(Article("x", "x.txt", "A b.", "0", title="t\n" * 9000, publisher="p" * 9000)), 4000)
    assert quoted(made) == "A b."
    assert len(text(made)) < 700


def test_a_sentence_that_is_cut_at_a_word_fits_although_letters_grow_when_they_are_composed():
    grows = "\u0958"  # one letter, two once it is composed
    made = card(hit(Article("x", "x.txt", grows * 2000 + ".", "0" * 64)), 200, marked=True)
    assert 150 < len(text(made)) <= 200
    assert quoted(made).endswith("\u0958 …")


@pytest.mark.parametrize("room", [-500, 0, 1, 15])
def test_where_there_is_no_room_for_some_words_there_is_no_card_of_what_answers_either(room: int):
    assert card(hit(), room, marked=True) is None


PAGE = Article(
    "p",
    "p.txt",
    "Title: Mill shut\nAuthor: Ada Finch\n\nThe mill is shut.\n\nAdvertisement\n\nIts wheel broke. Read more\n\n"
    "- It rained.\n- It snowed.\n\nShare this",
    "0" * 64,
)
BODY = [
    (start, start + len(line))
    for line in ("The mill is shut.", "Its wheel broke.", "It rained.", "It snowed.")
    for start in [PAGE.text.index(line)]
]


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, "The mill is shut.\n\nIts wheel broke.\n\n- It rained.\n- It snowed."),
        (1, "The mill is shut.\n\nIts wheel broke.\n\n- It rained.\n- It snowed."),
        (3, "The mill is shut.\n\nIts wheel broke.\n\n- It rained.\n- It snowed."),
    ],
)
def test_around_a_passage_stand_the_articles_own_lines_alone(number, expected):
    passage = Passage(PAGE, *BODY[number], (BODY[number],))
    made, more = around(Hit(passage, BODY[number], 1.0), BODY, 0)
    assert quoted(made) == expected
    assert marked(made) == [PAGE.text[slice(*BODY[number])]]
    assert not more


def test_long_context_is_folded_without_what_is_not_the_articles():
    line = "It rained on the mill, and the wheel went round and round. " * 12
    article = replace(
        PAGE, text=f"{line}\n\nAdvertisement\n\nThe wheel broke.\n\nAdvertisement\n\n{line}\n\nShare this"
    )
    broke = (start := article.text.index("The wheel broke."), start + 16)
    passage = Passage(article, *broke, (broke,))
    body = [(0, len(line.rstrip())), broke, (broke[1] + 17, broke[1] + 17 + len(line.rstrip()))]
    made, _ = around(Hit(passage, broke, 1.0), body, 0)
    before, shown, after = ("".join(run.text for run in part.runs) for part in made if isinstance(part, Quote))
    assert (before.strip(), shown, after.strip()) == (line.strip(), "The wheel broke.", line.strip())
