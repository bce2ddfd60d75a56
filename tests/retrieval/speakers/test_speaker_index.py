"""Who speaks in a collection, by the names that people type."""

from __future__ import annotations

import pytest

from retrieval import Article, Speaker, Statement
from retrieval.speakers.speaker_index import SpeakerIndex, Speakers, collective, generic

SOURCES = {7: ("The Kremlin", "Ira Moss and others")}
SAID = [
    ("Daily Star", Speaker("Ann Lee", role="Chief Constable"), "“We will look into it,” Ann Lee said."),
    ("Daily Star", Speaker("Radu Pop", role="Romanian Foreign Minister", via="RT News"), "Radu Pop denied it."),
    ("Daily Star", Speaker("Jo Hale", role="NATO spokesman"), "“It is early,” Jo Hale said."),
    ("Daily Star", Speaker("Ira Moss", role="former NATO adviser"), "Ira Moss said it was late."),
    ("Daily Star", Speaker("Bo Dunn", role="Lee’s adviser"), "Bo Dunn said that she was tired."),
    ("Daily Star", Speaker("Kit Rowe", role="Deputy Prime Minister"), "Kit Rowe said so."),
    ("Daily Star", Speaker("the chief constable"), "The chief constable said so."),
    ("Daily Star", None, "The Kremlin has denied it, but Ira Moss and others say the opposite."),
    ("Daily Star", None, "A post claims that Bo Dunn told them so. Ann Lee’s report was published on Monday."),
    ("harbourpost.example", None, "The bridge was closed."),
]


STAFF = [
    ("A mechanic of Brightwater", None),
    ("Brightwater drivers", None),
    ("Tessa Lund", "spokeswoman for Brightwater"),
    ("a Brightwater official", None),
    ("Brightwater", None),
    ("Ivo Bahr", "a nurse in the navy"),
    ("Ada Quist", "admiral in the navy"),
]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("Brightwater", [2, 3, 4]),
        ("the mechanic of Brightwater", [0, 3, 4]),
        ("the navy", [6]),
        ("the nurse", [5]),
    ],
)
def test_a_body_speaks_through_those_who_represent_it_and_not_through_its_staff(name: str, rows: list[int]):
    statements = [
        Statement(Article(one, f"{one}.txt", one, "0" * 64), 0, len(one), "speaker", Speaker(one, role=role))
        for one, role in STAFF
    ]
    assert SpeakerIndex(statements, speakers_of(statements)).represented(name) == rows


@pytest.fixture
def speakers() -> SpeakerIndex:
    made = []
    for publisher, speaker, text in SAID:
        article = Article(text, f"{len(made)}.txt", text, "0" * 64, publisher=publisher)
        made.append(
            Statement(article, 0, len(text), "speaker" if speaker else "unclear", speaker, SOURCES.get(len(made), ()))
        )
    return SpeakerIndex(made, speakers_of(made[:3]), speakers_of(made[3:]))


def speakers_of(statements: list[Statement]) -> Speakers:
    rows = list(enumerate(statements))
    spoken = [(each.speaker, [row]) for row, each in rows if each.speaker]
    printed = [(each.article.publisher, [row]) for row, each in rows if each.article.publisher]
    return Speakers(len(rows), spoken, printed)


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("Lee", [0]),
        ("ann lee", [0]),
        ("Chief Constable Lee", [0]),
        ("the chief constable", [0, 6]),
        ("Jill Lee", []),
        ("Romania", [1]),
        ("Bucharest", [1]),
        ("RT", [1]),
        ("NATO", [2]),
        ("the prime minister", []),
        ("the deputy prime minister", [5]),
        ("Harbour Post", [9]),
        ("Harbour", []),
        ("the", []),
        ("", []),
    ],
)
def test_a_name_means_its_bearer_who_speaks_for_it_and_what_the_outlet_printed(
    speakers: SpeakerIndex, name: str, rows: list[int]
):
    assert speakers.meant(name) == rows


def test_a_filter_by_speaker_takes_the_bearer_of_the_name_alone(speakers: SpeakerIndex):
    assert speakers.named("Romania") == []
    assert speakers.named("pop") == [1]


def test_a_letter_wrong_is_put_right_and_a_right_name_is_left_alone():
    text = "Hanna Stoltmann said so."
    said = Statement(Article("a", "a.txt", text, "0" * 64), 0, len(text), "speaker", Speaker("Hanna Stoltmann"))
    assert SpeakerIndex([said], speakers_of([said])).corrected("stoltman") == "stoltmann"
    assert SpeakerIndex([said], speakers_of([said])).corrected("Hanna Stoltmann") == "Hanna Stoltmann"
    assert SpeakerIndex([said], speakers_of([said])).corrected("Peterson") == "Peterson"


def test_the_speaker_is_named_as_the_articles_have_it_where_it_is_one(speakers: SpeakerIndex):
    assert speakers.common_name(speakers.meant("lee")) == "Ann Lee"
    assert speakers.common_name([0, 1]) is None
    text = "They said so."
    article = Article("a", "a.txt", text, "0" * 64)
    names = ("Their union", "the union", "The union")
    statements = [Statement(article, 0, 13, "speaker", Speaker(name)) for name in names]
    assert SpeakerIndex(statements, speakers_of(statements)).common_name([0, 1, 2]) == "The union"
    assert speakers.common_name([]) is None


def test_a_sentence_of_nobody_certain_may_say_that_somebody_says_something(speakers: SpeakerIndex):
    everywhere = range(len(SAID))
    assert speakers.reported("Moscow", everywhere, saying=True) == [7]
    assert speakers.reported("Ira Moss", everywhere, saying=True) == [7]
    assert speakers.reported("Ann Lee", everywhere, saying=True) == []
    assert speakers.reported("Bo Dunn", everywhere, saying=True) == []
    assert speakers.reported("Ann Lee", everywhere, saying=False) == [8]


@pytest.mark.parametrize(("name", "people"), [("western diplomats", True), ("the agency", True), ("Ann Lee", False)])
def test_people_in_general_are_told_from_a_name(name: str, people: bool):
    assert generic(name) is people


def test_accents_are_typed_or_not():
    article = Article("a", "a.txt", "Recep Erdoğan said so. José Peña says nothing.", "0" * 64)
    statements = [
        Statement(article, 0, 22, "speaker", Speaker("Recep Erdoğan")),
        Statement(article, 23, 46, "unclear", sources=("José Peña",)),
    ]
    made = SpeakerIndex(statements, speakers_of(statements))
    assert made.meant("erdogan") == made.meant("Erdoğan") == [0]
    assert made.reported("Pena", [1], saying=True) == made.reported("Peña", [1], saying=True) == [1]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Fire investigators", "group"),
        ("the union", "body"),
        ("the Rivers Trust", "body"),
        ("nurses’ union NUCA", "body"),
        ("the mayor", None),
        ("A spokesman for the company", None),
        ("Ann Lee", None),
    ],
)
def test_several_people_and_bodies_are_told_from_one_person(name: str, kind: str | None):
    assert collective(Speaker(name)) == kind


def test_whoever_has_a_role_is_one_person():
    assert collective(Speaker("Jo Police", role="mayor")) is None
