"""Whose words each sentence is: named where it is certain, verbatim, and never a guess."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.speakers import attributed, judged
from retrieval import Article, articles
from retrieval.speakers.attribution import attribute
from retrieval.text.paragraphs import paragraphs

STATEMENTS = Path(__file__).parent.parent.parent / "statements"


def attributions(text: str) -> list[tuple[str, str | None]]:
    """Voice and name of each sentence of an article, which has one a line."""
    spans, start = [], 0
    for line in text.split("\n"):
        if line.strip():
            spans.append((start, start + len(line)))
        start += len(line) + 1
    statements = attribute(Article("a", "a.txt", text, "0" * 64), spans)
    return [(each.voice, each.speaker.name if each.speaker else None) for each in statements]


@pytest.mark.parametrize(
    "name", ["Anna van der Meer", "Jorge de la Cruz", "Mark Price", "Ludwig von Berg", "Ansel Krey"]
)
def test_a_name_is_shown_with_its_small_words(name: str):
    assert attributions(f"“The harbour is closed,” said {name}.") == [("speaker", name)]
    assert attributions(f"Said {name}: “The harbour is closed.”") == [("speaker", name)]


@pytest.mark.parametrize(
    ("signature", "whose"), [("> — Ann Lee, pilot", ("speaker", "Ann Lee")), ("> It is late.", ("unclear", None))]
)
def test_a_block_of_quotation_is_whose_signature_stands_below_and_never_the_outlets(
    signature: str, whose: tuple[str, str | None]
):
    last = "The harbour was built in 1904, and it was closed once before, in the winter of the great storm."
    text = (
        f"The harbour is closed.\n\n> I have not slept since.\n> The bells rang all night.\n>\n{signature}\n\n{last}\n"
    )
    spans = [(row.start, row.end) for row in paragraphs(text) if row.mark != "—"]
    first, *quoted, after = attribute(Article("a", "a.md", text, "0" * 64), spans)
    assert {(each.voice, each.speaker and each.speaker.name) for each in quoted} == {whose}
    assert (first.voice, after.voice) == ("article", "article")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Olaf Berg quoted the report: “No harbour on this coast is safe in a storm.”", "the report"),
        ("Olaf Berg quoted from a letter of the union: “No harbour is safe.”", "the union"),
        ("Olaf Berg quoted Ines Palm as saying that no harbour was safe.", "Ines Palm"),
        ("Olaf Berg cited the constitution: “The sea belongs to the state and to nobody else.”", "the constitution"),
        ("Olaf Berg, citing the storm, said: “No harbour is safe.”", "Olaf Berg"),
    ],
)
def test_who_quotes_somebody_does_not_speak(text: str, name: str):
    assert attributions(text) == [("speaker", name)]


@pytest.mark.parametrize(
    "text",
    [
        "“No harbour is safe,” Olaf Berg said, quoting the report.",
        "Olaf Berg recalled what Ines Palm had told the council: “No harbour on this coast is safe in a storm.”",
    ],
)
def test_a_quotation_that_may_be_that_of_one_who_is_quoted_is_nobodys(text: str):
    assert attributions(text) == [("unclear", None)]


def test_an_outlet_that_quotes_somebody_is_what_the_words_came_through():
    text = "The Daily Bell quoted Olaf Berg as saying that nobody was hurt."
    (statement,) = attribute(Article("a", "a.txt", text, "0" * 64), [(0, len(text))])
    assert statement.speaker is not None
    assert (statement.speaker.name, statement.speaker.via) == ("Olaf Berg", "The Daily Bell")


def test_a_sentence_inside_a_quotation_that_a_speaker_quotes_is_not_the_speakers():
    rows = ["“He told me, ‘Go home to your village.", "We will not pay you.’", "I left on Monday,” said Ines Palm."]
    text = " ".join(rows)
    spans = [(text.index(row), text.index(row) + len(row)) for row in rows]
    statements = attribute(Article("a", "a.txt", text, "0" * 64), spans)
    assert [each.speaker and each.speaker.name for each in statements] == ["Ines Palm", None, "Ines Palm"]


@pytest.mark.parametrize(
    "text",
    [
        "Did Ines Palm say that the harbour is closed?",
        "A post shared by thousands claims that Ines Palm told the council the harbour is closed.",
        "Rumours that Ines Palm said the harbour is closed made the rounds.",
        '"The harbour is closed," one wrote. "It is."',
        "The harbour makes a profit; Ines Palm says it makes a loss.",
        "Critics say the sale was rushed; the government maintains it was lawful.",
        "According to her, Tom Reed warned the board in May that the pier was rotten.",
    ],
)
def test_what_is_asked_or_rumoured_or_half_anothers_is_nobodys(text: str):
    assert attributions(text)[0] == ("unclear", None)


def test_a_verb_that_is_no_saying_with_its_particle_makes_nobody_a_speaker():
    assert attributions("Ines Palm told off the council for what it called a joke.")[0][1] is None


def test_one_quoted_by_an_outlet_speaks_through_it():
    text = "President Olaf Berg, who is ill, was quoted by Reuters as saying that nobody was hurt."
    (statement,) = attribute(Article("a", "a.txt", text, "0" * 64), [(0, len(text))])
    assert statement.speaker is not None
    assert (statement.speaker.name, statement.speaker.via) == ("Olaf Berg", "Reuters")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('"The harbour is closed," said Ines Palm.', "Ines Palm"),
        ('Ines Palm said: "The harbour is closed."', "Ines Palm"),
        ("Ines Palm said the harbour would stay closed.", "Ines Palm"),
        ("According to Ines Palm, the harbour is closed.", "Ines Palm"),
        ('The harbour, Ines Palm warned, was "beyond repair" for now.', "Ines Palm"),
        ("The harbour, says the port's director Ines Palm, is closed.", "Ines Palm"),
        ("PORT ARREND/NEWTON, Oct 20 (Wire) - The company said that the harbour is closed.", "The company"),
        (
            "PORT ARREND (Wire), March 5, 2026 — Survivors of the fire said that the alarm was silent.",
            "Survivors of the fire",
        ),
        ("The operator Norlink Marine announced that the harbour is closed.", "Norlink Marine"),
        ("We rely on Professor Mary Palm, a phonetician, who points out that it is closed.", "Mary Palm"),
        ("The harbour will stay closed until May, its director, Ines Palm, said.", "Ines Palm"),
        ("On calm days, Ines Palm claimed, the wall of the harbour can be seen.", "Ines Palm"),
        ("Two of the families have asked that the harbour be closed.", "Two of the families"),
        ("According to figures that the ministry released on Monday, sales fell.", "the ministry"),
        ("Outside parliament, the union's lawyer, Ines Palm, said that the harbour is closed.", "Ines Palm"),
        ("Inside court Ines Palm said that the harbour is closed.", "Ines Palm"),
        ("The harbour's director is convinced that it will stay closed.", "The harbour's director"),
    ],
)
def test_direct_indirect_and_mixed_words_are_their_speakers(text: str, name: str):
    assert attributions(text) == [("speaker", name)]


def test_curly_apostrophes_are_parsed_as_straight_ones():
    text = "It’s said that the harbour is closed.\nThe mayor, Ines O’Brien Palm, said that it isn’t."
    assert attributions(text) == [("unclear", None), ("speaker", "Ines O’Brien Palm")]


def test_whose_statement_it_is_speaks_in_it():
    text = "The mayor, Ines Palm, is ill.\nAccording to her own statement, the key had been with her."
    assert attributions(text)[1] == ("speaker", "Ines Palm")


def test_a_quotation_is_no_part_of_its_speakers_name():
    text = 'Shauna-Kay Ebanks flew home.\n"They told us there was a delay," Ebanks, 31, told The Gleam by video call.'
    assert attributions(text)[1] == ("speaker", "Shauna-Kay Ebanks")


def test_a_hyphenated_noun_is_shown_whole():
    assert attributions("His ex-wife said that he lives in Mexico.") == [("speaker", "His ex-wife")]


def test_what_nobody_says_is_the_articles_own():
    assert attributions("The harbour closed on Monday.") == [("article", None)]


def test_a_surname_is_the_fullest_name_of_the_article():
    text = 'Ines Palm runs the harbour.\n"It is closed," Palm said.'
    assert attributions(text)[1] == ("speaker", "Ines Palm")


def test_a_quotation_keeps_its_speaker_over_sentences_and_paragraphs():
    text = '"The harbour is closed," said Ines Palm. "It was the storm.\n\n"We open it in May," she said.'
    assert {name for _, name in attributions(text)} == {"Ines Palm"}


@pytest.mark.parametrize("opening", ["A “rogue wave” hit the quay", "The “expert” was there"])
def test_a_noun_in_quotation_marks_is_nobodys_name(opening: str):
    assert attributions(f"{opening}, adding that the harbour was closed.") == [("unclear", None)]


def test_quotation_marks_alone_make_nobody_a_speaker():
    assert attributions("The so-called “miracle bridge” opened on Monday.")[0][1] is None


def test_of_two_candidates_the_pronoun_is_given_to_neither():
    text = 'Tom Reed met Carl Voss in the town hall.\n"It is too late," he said.'
    assert attributions(text)[1][1] is None


def test_each_line_of_a_labelled_dialogue_is_its_speakers():
    text = "PALM: Is the harbour open?\nREED: It is closed.\nPALM: Since when?\nREED: Since the storm."
    assert [name for _, name in attributions(text)] == ["PALM", "REED", "PALM", "REED"]


def test_a_heading_in_quotation_marks_is_not_the_speakers_above_it():
    text = '"I woke up with the water at my knees," said Ines Palm, 61.\n\n“A quay too long”\n\n11:40 The crane has stopped.'
    assert attributions(text) == [("speaker", "Ines Palm"), ("unclear", None), ("article", None)]


def test_a_line_in_quotation_marks_below_a_colon_is_no_heading():
    text = "Ines Palm was asked what she wanted.\nShe said two things:\n“A harbour”"
    assert attributions(text)[-1] == ("speaker", "Ines Palm")


def test_what_was_told_to_an_outlet_names_the_outlet():
    text = "Ines Palm told Radio Nord the harbour was closed."
    (statement,) = attribute(Article("a", "a.txt", text, "0" * 64), [(0, len(text))])
    assert statement.speaker is not None
    assert (statement.speaker.name, statement.speaker.via) == ("Ines Palm", "Radio Nord")


@pytest.mark.parametrize(
    ("speaker", "role"),
    [
        ("harbour master Anna Berg", "harbour master"),
        ("Volvo's managing director, Anna Berg", "Volvo's managing director"),
        ("Dr Anna Berg", "Dr"),
        ("Ms Anna Berg", None),
        ("director Dr Anna Berg", "director Dr"),
        ("minister of justice Anna Berg", "minister of justice"),
        ("songwriter Anna Berg", "songwriter"),
        ("the harbour's director, Dr. Anna Berg", "the harbour's director"),
    ],
)
def test_a_role_beside_the_name_is_given_with_it(speaker: str, role: str | None):
    text = f'"It is closed," said {speaker}.'
    (statement,) = attribute(Article("a", "a.txt", text, "0" * 64), [(0, len(text))])
    assert statement.speaker is not None
    assert (statement.speaker.name, statement.speaker.role) == ("Anna Berg", role)


@pytest.mark.parametrize(
    ("speaker", "role"),
    [
        ("Founding partner, treasurer and chief brewer Anna Berg", "Founding partner, treasurer and chief brewer"),
        ("Co-founder and artistic director Anna Berg", "Co-founder and artistic director"),
        ("Italian Farmers' Party boss Anna Berg", "Italian Farmers' Party boss"),
        ("Its author, the botanist Anna Berg,", "author"),
        ("Its deputy leader, Anna Berg,", "deputy leader"),
        ("The Minister of Transport, Hon. Anna Berg,", "The Minister of Transport"),
        (
            "The state secretary of the Traditional Council, Anna Berg,",
            "The state secretary of the Traditional Council",
        ),
    ],
)
def test_offices_in_front_of_a_name_do_not_speak_in_its_place(speaker: str, role: str | None):
    text = f"{speaker} said the farmers had been right."
    (statement,) = attribute(Article("a", "a.txt", text, "0" * 64), [(0, len(text))])
    assert statement.speaker is not None
    assert (statement.speaker.name, statement.speaker.role) == ("Anna Berg", role)


@pytest.mark.parametrize("text", ["Osten’d told the owner that it was late.", "Mr Osten'd warned that it was late."])
def test_a_contraction_is_no_part_of_a_name(text: str):
    assert attributions(text) == [("speaker", "Osten")]


def test_a_role_has_no_quotation_in_front_of_it():
    words = "“I called it that in April, and now I say that it’s certainly that,”"
    text = f"{words} principal investigator Anna Berg of the University of the Free Cape told the audience."
    (statement,) = attribute(Article("a", "a.txt", text, "0" * 64), [(0, len(text))])
    assert statement.speaker is not None
    assert (statement.speaker.name, statement.speaker.role) == ("Anna Berg", "principal investigator")


def test_who_stands_in_front_of_another_after_and_speaks_with_them():
    assert attributions("The mayor and Anna Berg said that it was closed.")[0][1] != "Anna Berg"


def test_the_name_behind_a_spokesman_for_somebody_with_a_title_may_be_either():
    assert (
        attributions("A spokesman for the Harbour Minister, Ines Palm, said that it was closed.")[0][1] != "Ines Palm"
    )


def test_one_of_them_is_no_role():
    text = "One of them, Berg, said that it was closed."
    (statement,) = attribute(Article("a", "a.txt", text, "0" * 64), [(0, len(text))])
    assert statement.speaker is not None
    assert (statement.speaker.name, statement.speaker.role) == ("Berg", None)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The Hospital Workers' Union said that night buses had stopped.", "The Hospital Workers' Union"),
        ("St Mary's Hospital said that the ward would close.", "St Mary's Hospital"),
        ("Japan's Mirai Motor said that it would close the plant.", "Mirai Motor"),
    ],
)
def test_an_owner_belongs_to_the_name_where_both_are_one(text: str, name: str):
    assert attributions(text)[0][1] == name


@pytest.mark.parametrize(
    "text", ["Its president Ines Palm said it was closed.", "His lawyer, Jo Tan, said that it was closed."]
)
def test_a_role_has_no_owner_who_is_not_shown(text: str):
    (statement,) = attribute(Article("a", "a.txt", text, "0" * 64), [(0, len(text))])
    assert statement.speaker is not None
    assert (statement.speaker.name, statement.speaker.role) in {("Ines Palm", "president"), ("Jo Tan", "lawyer")}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('The port authority called Reed\'s account "a tale from one end to the other".', "The port authority"),
        ('The harbour board dismissed Tom Reed\'s complaint as "childish".', "The harbour board"),
        ("The harbour is closed, according to an internal letter obtained by the Herald.", "an internal letter"),
        ("The harbour is closed, according to figures seen by Radio Nord.", "figures"),
        ("Clarification: the police say that nobody was hurt.", "the police"),
        ('The captain said that sailors "should look for another harbour".', "The captain"),
    ],
)
def test_who_is_spoken_of_or_only_read_it_does_not_speak(text: str, name: str):
    shown = attributions(text)[0][1]
    assert shown is not None
    assert name.startswith(shown)


@pytest.mark.parametrize(
    "text",
    [
        "The letter contradicts the mayor, Ines Palm, who had said that no ship was lost.",
        "Ines Palm, who had said that she would retire, has won the race.",
        "Dockers who believe that their pay is wrong may write to the office.",
        "The captain was fined for telling Ines Palm that the harbour was closed.",
        "Tom Reed's claim that the harbour was open was contradicted by the log.",
        "Correction: earlier we reported that nine ships were lost.",
        "Clarification: “The harbour is closed, and it stays closed.”",
    ],
)
def test_what_is_said_in_passing_or_behind_a_label_makes_nobody_the_speaker(text: str):
    assert attributions(text)[0][1] is None


@pytest.mark.parametrize(
    ("text", "name", "role"),
    [
        ("A spokesman for Norlink, who would not be named, said it was closed.", "A spokesman for Norlink", None),
        ("Critics, among them the architect Anna Berg, say that it is ugly.", "Anna Berg", "architect"),
        ("The mayor, whose husband Karl Berg owns it, left. Berg said that it was fair.", "Karl Berg", "husband"),
    ],
)
def test_what_is_told_beside_a_name_or_an_office_is_no_part_of_it(text: str, name: str, role: str | None):
    start = text.rfind(". ", 0, -1) + 2 if ". " in text[:-1] else 0
    spans = [span for span in ((0, start - 1), (start, len(text))) if span[0] < span[1]]
    speaker = attribute(Article("a", "a.txt", text, "0" * 64), spans)[-1].speaker
    assert speaker is not None
    assert (speaker.name, speaker.role) == (name, role)


def test_what_the_writers_have_counted_themselves_is_nobodys():
    assert attributions("According to our own figures, the harbour was closed on nine days.")[0][1] is None


MARKS = st.text(alphabet=" \n\"'“”‘’«».,:;—()AaBbéß中🔥\u202e\u0000sadi", max_size=300)
SAYING = st.lists(
    st.sampled_from(
        ['"', "“", "”", "said", "told", "Ines Palm", "he", ":", "—", "according to", ".", "\n", "via", "'s"]
    ),
    max_size=40,
).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(MARKS | SAYING | st.text(max_size=200))
def test_no_text_raises_and_every_fact_stands_in_it(text: str):
    article = Article("a", "a.txt", text, "0" * 64)
    spans = [(start, min(start + 40, len(text))) for start in range(0, len(text), 40)]
    statements = attribute(article, spans)
    assert [(statement.start, statement.end) for statement in statements] == spans
    for statement in statements:
        if statement.speaker:
            facts = (statement.speaker.name, statement.speaker.role, statement.speaker.via, statement.speaker.cue)
            assert all(fact in text for fact in facts if fact)
            assert statement.speaker.name.strip()


@pytest.mark.parametrize("line", ['"' * 100_000, "said " * 4_000, "Ines Palm said: “" * 1_000, "“” " * 30_000])
def test_one_huge_line_of_marks_or_cues_comes_to_an_end(line: str):
    article = Article("a", "a.txt", line, "0" * 64)
    spans = [(start, start + 100) for start in range(0, len(line) - 100, 100)]
    assert len(attribute(article, spans)) == len(spans)


def test_names_shown_on_articles_of_many_styles_are_right():
    texts = {article.file: article for article in articles.read(STATEMENTS / "articles").articles}
    lines = [json.loads(line) for line in (STATEMENTS / "statements.jsonl").read_text().splitlines()]
    spoken = {file: attributed(article) for file, article in texts.items()}
    results = [judged(line, spoken[line["file"]], texts[line["file"]].text)[0] for line in lines]
    right, wrong = results.count("right"), results.count("wrong")
    named = sum(1 for line in lines if line["speaker"])
    assert len(lines) >= 60
    assert right / (right + wrong) >= 0.92
    assert right / named >= 0.82


@pytest.mark.parametrize("office", ["commander-in-chief", "editor-in-chief", "attorney-at-law"])
def test_an_office_joined_by_hyphens_does_not_speak_in_its_bearers_place(office: str):
    text = f"The fleet's {office}, Ole Berg, warned that supplies were low."
    assert attributions(text) == [("speaker", "Ole Berg")]
