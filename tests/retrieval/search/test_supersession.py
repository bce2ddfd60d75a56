"""Which sentence supersedes a marked one, and what a sentence about an earlier report is shown with."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import pytest

from retrieval import Answer, Article, Index, Speaker, Statement, passage_id
from retrieval.search.supersession import (
    corrected_by,
    exclude_each_other,
    heading,
    retracts,
    speaks_of_earlier,
    superseding,
    whole,
)
from tests.fakes import FakeEncoder


@pytest.mark.parametrize(
    "text",
    [
        "An earlier post gave the top gust as 191 km/h.",
        "Earlier reports said it was missing.",
        "CORRECTION: The bridge is 40 metres long.",
        "A previous version of this story said that 240 people would lose their jobs.",
        "Police had initially said that the animal had been shot.",
        "The first official figures spoke of nine dead.",
        "The toll was revised down from twelve.",
        "We wrongly named the pilot.",
        "The rescue service corrects its count: twelve are safe, not fourteen.",
        "Organisers correct the figure to 3,100.",
        "In Saturday's column we wrote that the mill had shut.",
        "We also reported that the mill employs ninety people.",
        "Our story on the mill gave its age as 90.",
        "The institute revised its forecast for the harvest from 310 to 280 tonnes.",
        "The union has corrected its tally to 44 from about 60.",
    ],
)
def test_a_sentence_may_speak_of_an_earlier_report_or_an_error(text: str):
    assert speaks_of_earlier(text)


@pytest.mark.parametrize(
    "text",
    [
        "The first train left at six.",
        "A local paper first reported the news on Friday.",
        "In its first report the board asked for money.",
        "Earlier that day she had met the mayor.",
        "The minister said the figures were good.",
        "She collects original manuscripts.",
        "The council will report in May.",
        "The count was correct.",
        "It is not correct to fell a tree in May.",
        "We wrote to the minister in May.",
        "We never wrote that she should go.",
        "Our report names five firms that polluted the river.",
        "The bill was revised in committee before it went to the house.",
        "The company raised its fares from 12 to 14 crowns.",
    ],
)
def test_other_sentences_do_not(text: str):
    assert not speaks_of_earlier(text)


def statements(text: str) -> list[Statement]:
    article = Article(id="a", file="a.txt", text=text, sha256="0" * 64)
    spans = [match.span() for match in re.finditer(r"[A-Z][^.]*\.", text)]
    return [Statement(article, *span, "article") for span in spans]


POSTS = "21:40\nThe top gust was 181 km/h.\n\n20:10\nThe top gust was 191 km/h.\n\n19:30\nThe top gust was 150 km/h.\n"


def test_a_correction_supersedes_what_it_says_was_reported():
    lines = statements(
        "The top gust was 191 km/h. Trees fell. Correction: an earlier post gave the top gust as 191 km/h."
    )
    assert superseding(lines, 0, [1, 0, 0.7]) == 2
    assert superseding(lines, 0, [1, 0, 0.4]) is None  # about something else
    assert superseding(lines, 2, [0.7, 0, 1]) is None  # it is the correction


def test_what_holds_is_not_superseded_by_the_sentence_that_speaks_of_the_error():
    lines = statements("The top gust was 181 km/h. An earlier post gave the top gust as 191 km/h.")
    assert superseding(lines, 0, [1, 0.8]) is None


def test_without_figures_the_words_must_be_the_same():
    lines = statements("The ferry Halcyon is missing. Earlier reports said the ferry Halcyon was missing.")
    assert superseding(lines, 0, [1, 0.8]) == 1
    lines = statements("The ferry Halcyon is safe in the harbour of Marl. Earlier reports said it was missing.")
    assert superseding(lines, 0, [1, 0.8]) is None


def test_a_note_that_stands_alone_is_superseded_by_what_holds():
    lines = statements("The pit is 14 metres deep. It has 40 steps. An earlier version gave the depth as 40 metres.")
    assert superseding(lines, 2, [0.6, 0.5, 1], alone=True) == 0
    assert superseding(lines, 2, [0.4, 0.5, 1], alone=True) is None
    assert superseding(lines, 2, [0.6, 0.5, 1]) is None


def test_the_latest_post_that_says_the_same_with_another_figure_supersedes_earlier_ones():
    lines = statements(POSTS)
    assert superseding(lines, 1, [0.9, 1, 0.95]) == 0
    assert superseding(lines, 2, [0.8, 0.95, 1]) == 0
    assert superseding(lines, 0, [1, 0.95, 0.9]) is None
    assert superseding(lines, 1, [0.6, 1, 0.6]) is None


SHIP = (
    "09:10 The trawler Annelise is missing off the shelf.\n\n10:40 A plane was sent.\n\n"
    "13:25 The trawler Annelise is safe in a fjord.\n"
)


def test_a_later_post_supersedes_one_whose_state_it_excludes():
    lines = statements(SHIP)
    assert superseding(lines, 0, [1, 0.4, 0.6]) == 2
    assert superseding(lines, 2, [0.6, 0.4, 1]) is None  # nothing later excludes it
    assert superseding(lines, 0, [1, 0.4, 0.45]) is None  # about something else
    assert superseding(statements(re.sub(r"\d\d:\d\d ", "", SHIP)), 0, [1, 0.4, 0.6]) is None  # no posts


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("The road is closed.", "The road has reopened.", True),
        ("The road has reopened.", "The road is closed.", True),
        ("Two climbers are trapped.", "Both climbers were rescued.", True),
        ("The road is closed.", "The school is closed.", False),
        ("The road is closed.", "The climbers were rescued.", False),
        ("The missing boy was found.", "The boy is missing.", False),  # it names both
    ],
)
def test_states_that_exclude_each_other(one: str, other: str, expected: bool):
    assert exclude_each_other(one, other) is expected


def test_times_of_the_morning_and_the_afternoon_are_told_apart():
    lines = statements(
        "7.15am Two miners are dead.\n\n10.05am Five miners are dead.\n\n1.20pm Six miners are dead.\n\n2.00pm Rain fell."
    )
    assert superseding(lines, 0, [1, 0.9, 0.9, 0]) == 2


def test_without_times_a_later_figure_supersedes_nothing():
    lines = statements(re.sub(r"\d\d:\d\d\n", "", POSTS))
    assert superseding(lines, 1, [0.9, 1, 0.9]) is None


def test_a_sentence_about_earlier_reports_is_shown_with_what_holds():
    ferry = statements("The ferry is safe. She lies at anchor. Earlier reports said it was missing.")
    assert whole(ferry, 2, [0.1, 0.2, 1]) == (0, 2)
    lynx = statements(
        "The lynx is back. Police had initially said it was shot. In fact it was put to sleep. The lynx is old."
    )
    assert whole(lynx, 1, [0.2, 1, 0.4, 0.1]) == (1, 2)
    assert whole(lynx[1:], 0, [1, 0.4, 0.1]) == (0, 1)
    assert whole(ferry[2:], 0, [1]) == (0, 0)


@pytest.mark.parametrize(
    ("text", "at", "cosines", "expected"),
    [
        ("In our story of 9 June we wrote that Abel Moor is 61. He is 64.", 0, [1, 0.3], (1, 1)),
        ("We wrongly reported that the mill had shut. That was wrong. The mill is open.", 0, [1, 0.1, 0.6], (1, 2)),
        ("An earlier version of this article gave the depth as 40 metres. The depth is 14.", 0, [1, 0.7], (1, 1)),
        ("The depth is 14 metres. Our earlier post gave it as 40. We are sorry.", 1, [0.5, 1, 0.1], (0, 0)),
        ("Abel Moor won. In our story of 9 June we wrote that he is 61. He is 64.", 1, [0.6, 1, 0.3], (2, 2)),
        # each has its own
        ("In our article we wrote that one mill had shut. None has. We also wrote that it rained. It was dry.", 0, [1, 0.1, 0.7, 0.6], (1, 1)),
        ("In our article we wrote that one mill had shut. None has. We also wrote that it rained. It was dry.", 2, [0.7, 0.6, 1, 0.1], (3, 3)),
        # it says itself what holds
        ("We wrote that the pit is 40 metres deep, but it is 14. The pit has steps.", 0, [1, 0.6], (0, 1)),
        ("The institute revised its forecast from 310 to 280 tonnes. It rained.", 0, [1, 0.6], (0, 0)),
        ("In our story of 9 June we wrote that Abel Moor is 61.", 0, [1], (0, 0)),
    ],
)  # fmt: skip
def test_what_an_outlet_says_it_reported_is_no_answer_what_stands_beside_it_is(
    text: str, at: int, cosines: list[float], expected: tuple[int, int]
):
    assert whole(statements(text), at, cosines) == expected


def test_what_somebody_else_says_they_wrote_is_their_answer():
    lines = statements("In our article we wrote that the law is void, the professors said. The court sat.")
    spoken = [replace(lines[0], voice="speaker", speaker=Speaker("the professors")), lines[1]]
    assert retracts(lines[0])
    assert not retracts(spoken[0])


@pytest.mark.parametrize(
    ("text", "title", "expected"),
    [
        (
            "An article on Monday (“Ferry fares to rise”) said that a ticket would cost £14.",
            "Correction: ferry fares",
            True,
        ),
        ("We wrote that the quarry had closed.", "Corrections and clarifications", True),
        ("A caption on page 9 named the pilot as Ira Venn.", "CLARIFICATION", True),
        ("A ticket costs £12.", "Correction: ferry fares", False),
        ("We are sorry.", "Correction: ferry fares", False),
        ("We wrote that the quarry had closed.", "Letters to the editor", False),
        ("A report said that the quarry had closed.", "Minister corrects himself", False),
        ("A report said that the quarry had closed.", None, False),
    ],
)
def test_in_an_article_titled_a_correction_what_the_outlet_wrote_is_an_earlier_report(
    text: str, title: str | None, expected: bool
):
    assert speaks_of_earlier(text, title) is expected


FARES = "A ticket will cost £14 from May, the ferry company says. The harbour is deep."
NOTE = "An article on 3 May said a ticket will cost £14 from May. It will cost £12. We apologise."


def of_outlet(text: str, title: str, publisher: str | None = None, date: str | None = None) -> Article:
    return Article(
        id=title, file=f"{title}.txt", text=text, sha256="0" * 64, title=title, publisher=publisher, date=date
    )


@pytest.mark.parametrize(
    ("note", "cosine", "expected"),
    [
        (("Correction: fares", "The Marl Echo", "2030-05-06"), 0.8, 0),
        (("Correction: fares", None, None), 0.8, 0),
        (("Correction: fares", "The Marl Echo", "2030-05-06"), 0.4, None),  # about something else
        (("Fares to rise", "The Marl Echo", "2030-05-06"), 0.8, None),  # no correction
        (("Correction: fares", "Tannock Times", "2030-05-06"), 0.8, None),  # another outlet's
        (("Correction: fares", "The Marl Echo", "2030-05-01"), 0.8, None),  # of before
    ],
)
def test_an_article_titled_a_correction_corrects_others_of_its_outlet(
    note: tuple[str, str | None, str | None], cosine: float, expected: int | None
):
    article, correction = of_outlet(FARES, "Fares", "The Marl Echo", "2030-05-02"), of_outlet(NOTE, *note)
    marked = Statement(article, 0, FARES.index("The harbour") - 1, "article")
    others = [Statement(correction, 0, 57, "article"), Statement(correction, 58, 75, "article")]
    assert [each.text for each in others] == [
        "An article on 3 May said a ticket will cost £14 from May.",
        "It will cost £12.",
    ]
    assert corrected_by(marked, others, [cosine, 0.9]) == expected


def test_a_correction_whose_title_the_file_does_not_state_is_known_by_its_first_lines():
    note = Article(
        id="n",
        file="n.txt",
        text=f"The Marl Echo\nCorrections and clarifications\n6 May 2030\n\n{NOTE}",
        sha256="8" * 64,
    )
    assert heading(note) == "Corrections and clarifications"
    assert heading(replace(note, title="Fares")) == "Fares"
    assert heading(replace(note, text=f"{NOTE * 9}\n\nCorrections: write to us.\n")) is None
    marked = Statement(
        of_outlet(FARES, "Fares", "The Marl Echo", "2030-05-03"), 0, FARES.index("The harbour") - 1, "article"
    )
    start = note.text.index(NOTE)
    assert corrected_by(marked, [Statement(note, start, start + 57, "article")], [0.7]) == 0


def test_what_an_outlet_has_corrected_is_shown_below_its_correction():
    fares = of_outlet(FARES, "Fares to rise", "The Marl Echo", "2030-05-03")
    note = of_outlet(NOTE, "Correction: fares", "The Marl Echo", "2030-05-06")
    index = Index.build([fares, note], encoder=FakeEncoder(), reranker=None)
    answer = index.ask("ticket from May, ferry company")
    assert marked(answer)[:2] == [
        "It will cost £12.",
        "A ticket will cost £14 from May, the ferry company says.",
    ]


def test_a_retraction_that_nothing_heads_corrects_what_its_outlet_reported_on_the_day_that_it_names():
    fares = of_outlet(FARES, "Fares to rise", "The Marl Echo", "2030-05-03")
    text = "In our report of 3 May we wrote that a ticket will cost £14. It will cost £12."
    claim = Statement(fares, 0, FARES.index("The harbour") - 1, "article")
    for day, cosine, expected in (("3 May", 0.2, 0), ("May 3rd", 0.2, 0), ("9 May", 0.2, None), ("9 May", 0.8, 0)):
        note = of_outlet(text.replace("3 May", day), "We were wrong", "The Marl Echo", "2030-05-06")
        assert corrected_by(claim, [Statement(note, 0, note.text.index(". It") + 1, "unclear")], [cosine]) == expected
    other = of_outlet(text, "We were wrong", "Tannock Times", "2030-05-06")
    assert corrected_by(claim, [Statement(other, 0, other.text.index(". It") + 1, "unclear")], [0.8]) is None


def test_a_revised_figure_corrects_the_old_one_in_any_outlet_unless_it_is_older():
    text = "The ferry company revised its price for a ticket from £14 to £12."
    claim = Statement(
        of_outlet(FARES, "Fares", "The Marl Echo", "2030-05-03"), 0, FARES.index("The harbour") - 1, "article"
    )
    for date, expected in (("2030-05-06", 0), (None, 0), ("2030-05-01", None)):
        revision = of_outlet(text, "Ferry", "Tannock Times", date)
        assert corrected_by(claim, [Statement(revision, 0, len(text), "unclear")], [0.6]) == expected


def test_a_revision_of_what_somebody_said_is_shown_where_their_words_are_asked_for():
    said = "About 310 seals live in the bay, the Seal Trust said on Monday. It counts them from the air every spring."
    text = "The Seal Trust has revised its count of the seals in the bay from 310 to 280. The next one is in May."
    articles = [
        of_outlet(said, "Seals counted", "The Marl Echo", "2030-05-03"),
        of_outlet(text, "Bay news", "Tannock Times", "2030-05-09"),
    ]
    index = Index.build(articles, encoder=FakeEncoder(), reranker=None)
    answer = index.ask("How many seals live in the bay according to the Seal Trust?")
    assert marked(answer)[:2] == [text.partition(" The next")[0], said.partition(" It counts")[0]]


def test_a_correction_in_brackets_is_shown_to_its_closing_bracket():
    texts = [
        "Pane 57 is whole.",
        "(Amended on 6 May: Pane 57 (of 114) is broken.",
        "Pane 47 is whole.",
        "Sorry.)",
        "Bye.",
    ]
    article = Article(id="a", file="a.txt", text="".join(texts), sha256="0" * 64)
    ends = [0, *itertools.accumulate(map(len, texts))]
    pane = [Statement(article, *span, "article") for span in itertools.pairwise(ends)]
    assert whole(pane, 1, [0.8, 1, 0.4, 0.1, 0.1]) == (0, 3)
    assert whole(pane, 1, [0.1, 1, 0.4, 0.1, 0.1]) == (1, 3)
    assert whole(pane[:3], 1, [0.8, 1, 0.4]) == (0, 1)  # no bracket closes it


TICKER = """Storm Orla: live updates

Updates from our newsroom through the night.

21:40
The gust at Cape Sorrel was 181 km/h, the weather office says. An earlier post gave the strongest gust at Cape Sorrel as 191 km/h.

20:55
Trees block the coast road between Marl and Tannock. Drivers should turn back at the quarry.

20:10
The strongest gust at Cape Sorrel was 191 km/h, the harbour master says.
"""


def marked(answer: Answer) -> list[str]:
    return [hit.passage.article.text[slice(*hit.highlight)] for hit in answer.hits]


@pytest.fixture
def ticker() -> Index:
    article = Article(id="t", file="t.txt", text=TICKER, sha256="7" * 64, title="Storm Orla: live updates")
    return Index.build([article], encoder=FakeEncoder(), reranker=None)


@pytest.mark.parametrize("k", [1, 2, 3])
def test_the_correction_of_a_live_page_comes_before_the_post_it_corrects(ticker: Index, k: int):
    holding = "The gust at Cape Sorrel was 181 km/h, the weather office says."
    old = "The strongest gust at Cape Sorrel was 191 km/h, the harbour master says."
    shown = marked(ticker.ask("What was the strongest gust, harbour master?", k=k))
    assert shown[:2] == [holding, old][:k]
    assert len(shown) == len(set(shown)) <= k


def test_whose_words_several_sentences_are_is_said_only_if_they_are_of_one(ticker: Index):
    passage = ticker.ask("What was the strongest gust, harbour master?").hits[0].passage
    hit = ticker.hit(passage_id(passage), (passage.sentences[0][0], passage.sentences[1][1]))
    assert (hit.speaker, hit.voice) == (None, "unclear")
