"""A request → its reply: which rule answers, what follows what, and what is remembered."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from bot import conversation, strings
from bot.exchange import FrontEnd, Reply, Request
from bot.state import AnswerRecord
from bot.translation import speaking
from bot.views.buttons import Offers
from retrieval import Answer, Hit, Index, Speaker, Statement
from tests.fakes import TALKS, FakeEncoder, FakeIndex

INDEX = FakeIndex()
WHERE = "Where did the ministers meet on Tuesday?"
LINE = "Who crossed the “red line” in March, said the minister?"
PRIVATE, GROUP = FrontEnd("private", "byline_bot"), FrontEnd("group", "byline_bot")
GUEST, TERMINAL = FrontEnd("guest"), FrontEnd("terminal")


@dataclass
class Memory:
    """Answers by their key."""

    offers: Offers = field(default_factory=Offers)
    collections: tuple[str, ...] = ("",)
    kept_days: int | None = None
    votes_days: int | None = None
    kept: dict[str, AnswerRecord] = field(default_factory=dict)

    def keep(self, record: AnswerRecord) -> str:
        key = f"key{len(self.kept):08}"
        self.kept[key] = record
        return key

    def recall(self, key: str) -> AnswerRecord | None:
        return self.kept.get(key)


class Talk:
    """One chat."""

    def __init__(self, front_end: FrontEnd = PRIVATE, index: FakeIndex = INDEX) -> None:
        self.memory, self.front_end, self.index, self.last = Memory(), front_end, index, ""

    def say(self, text: str, command: str | None = None, **more) -> Reply:
        request = Request(text, self.front_end, command, self.last, **more)
        reply = conversation.respond(request, self.index, self.memory)
        self.last = reply.key or self.last
        return reply

    def __call__(self, text: str, command: str | None = None, **more) -> str:
        return "\n\n".join(message.text for message in self.say(text, command, **more).messages)


@pytest.fixture
def talk() -> Talk:
    return Talk()


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("", strings.ASK_WHAT),
        ("x" * 4097, strings.TOO_LONG),
        ("“spoke for three hours about the fishing treaty”", strings.VERBATIM),
        ("hi", strings.SMALL_TALK["greeting"]),
        ("thank you!", strings.SMALL_TALK["thanks"]),
        ("who are you?", strings.SMALL_TALK["about"]),
        ("Summarise the articles", strings.NO_SUMMARY),
        ("zebra", strings.NOTHING),
    ],
)
def test_each_kind_of_message_has_its_reply(talk, text, start):
    assert talk(text).startswith(start)


def test_small_talk_is_answered_in_the_language_of_the_reader_and_remembers_nothing(talk):
    with speaking("de"):
        assert talk("danke!") == "Gern geschehen."
    assert talk.memory.kept == {}


def test_a_forwarded_text_is_no_small_talk_and_follows_nothing(talk):
    talk(WHERE)
    assert TALKS.text in talk("who said on Tuesday that?", forwarded=True)
    assert talk("hi", forwarded=True) == strings.NOTHING


@pytest.mark.parametrize("text", ["who said that?", "when was this?", "why?", "more", "what did he say about taxes?"])
def test_what_follows_no_answer_is_told_what_is_missing(talk, text):
    assert talk(text) == strings.FOLLOW_WHAT
    talk("zebra")
    assert talk(text) == strings.FOLLOW_NOTHING


def test_a_message_with_its_own_subject_needs_no_answer_before_it(talk):
    assert TALKS.text in talk("And what about the ministers on Tuesday?")


@pytest.mark.parametrize("before", ["zebra", "Which ministers sailed?"])
def test_a_question_about_several_needs_no_answer_before_it(talk, before):
    talk(before)
    assert TALKS.text in talk("did they meet on Tuesday, the ministers in Port Alba?")


@pytest.mark.parametrize("before", ["zebra", "Which ministers sailed?"])
def test_a_question_about_one_that_asks_for_nobodys_words_needs_no_answer_before_it(talk, before):
    talk(before)
    assert (talk("what did he say about the ministers?") == strings.FOLLOW_NOTHING) is (before == "zebra")
    assert TALKS.text in talk("would she have talked with the ministers?")


def test_they_are_no_single_speaker(talk):
    talk(LINE)
    assert talk("did they meet on Tuesday?").startswith("Searched for in the same article: did they meet on Tuesday?")


def test_they_are_the_group_that_speaks():
    talk = Talk(index=Officials())
    talk(LINE)
    assert talk("did they meet on Tuesday?").startswith("Searched for: did senior officials meet on Tuesday?")


def test_who_when_and_where_are_facts_of_the_answer_before(talk):
    talk(LINE)
    who = talk("who said that?")
    assert who.startswith("These are the words of Minister Oduya.\n\nMinister Oduya said the “red line” was crossed")
    assert talk("when was this?").startswith("The article is dated 2031-05-06.")
    assert talk("where is this from?").startswith("From Harbour Post.")
    assert "harbourpost.example" in talk("source?")


@pytest.mark.parametrize("text", ["who is he?", "Who is she", "wer ist er?"])
def test_who_somebody_is_asks_of_the_speaker_and_not_whose_words_they_are(talk, text):
    talk(LINE)
    assert talk(text).startswith("Searched for: Who is Minister Oduya?")


@pytest.mark.parametrize(
    "text", ["What did Oduya say?", "and what has minister Oduya said so far", "what did oduya say"]
)
def test_what_somebody_said_without_a_topic_is_all_of_it(talk, text):
    assert talk(text).startswith("Words of ")
    assert "(1)\n\nMinister Oduya said" in talk(text)


def test_what_somebody_said_on_a_topic_or_nobody_said_is_a_question(talk):
    assert not talk("What did Oduya say about the ministers?").startswith("Words of ")
    assert talk("What did Zebedee say?") == strings.NOTHING


@pytest.mark.parametrize("forwarded", [True, False])
def test_a_text_of_several_claims_is_checked_forwarded_or_pasted(talk, forwarded: bool):
    text = "The ministers have met in Port Alba. Nobody knows what zebras eat for lunch there."
    assert talk(text, forwarded=forwarded).startswith(strings.CLAIMS)
    asked = talk(f"{text} Is that so?", forwarded=forwarded)
    assert asked.startswith(strings.CLAIMS) is forwarded


def test_passages_that_only_come_near_are_gone_on_from_by_the_first_one(talk):
    assert talk("Which ministers sailed?").startswith(strings.RELATED)
    assert talk("who said that?").startswith(strings.WHO_UNCLEAR)
    assert talk("when was this?").startswith("The article is dated 2031-05-06.")
    assert talk("where is this from?").startswith("From Harbour Post.")
    assert talk("why?").startswith(strings.NO_REASON)
    assert talk("Who drew the line?").startswith(strings.RELATED)
    assert talk("who said that?").startswith("These are the words of Minister Oduya.")
    assert talk("what else did he say?").startswith("Words of Minister Oduya (1)")


def test_another_subject_after_passages_that_only_come_near_is_a_question(talk):
    talk("Which ministers sailed?")
    assert "storm closed the bridge" in talk("and what about the storm closing the bridge?")


def test_further_passages_of_no_answer_are_no_answer_either():
    articles = [replace(TALKS, id=f"{n}", file=f"{n}.txt", sha256=f"{n}" * 64) for n in range(1, 8)]
    talk = Talk(index=FakeIndex(articles))
    talk("Which ministers sailed?")
    assert talk("more").startswith(strings.RELATED)


def test_a_quotation_that_was_found_is_gone_on_from_by_its_first_place(talk):
    talk("What closed the bridge at dawn?")
    talk("“the “red line” was crossed in March”")
    assert talk("who said that?").startswith("These are the words of Minister Oduya.\n\n")
    assert talk("when?").startswith("The article is dated 2031-05-06.")
    assert talk("what else did he say?").startswith("Words of Minister Oduya (1)")


def test_a_quotation_that_no_article_has_is_gone_on_from_by_what_comes_nearest(talk):
    talk("“Rumours follow ministers whenever Alba is foggy”")
    assert talk("when?").startswith("The article is dated 2031-05-06.")
    talk("“zebras and quaggas never sleep”")
    assert talk("who said that?") == strings.FOLLOW_NOTHING


def test_a_quotation_of_a_guest_is_not_remembered():
    talk = Talk(GUEST)
    talk("“spoke for three hours about the fishing treaty”")
    assert talk.memory.kept == {}


@pytest.mark.parametrize("text", ["according to the minister?", "and according to the minister?", "and the minister?"])
def test_whoever_else_is_named_is_asked_the_question_before(talk, text):
    talk("Where was the line crossed in March?")
    assert talk(text).startswith(
        "Searched for: What did the minister say about this: Where was the line crossed in March?"
    )
    assert talk("what does the judge say about that?").startswith(
        "Searched for: What did the judge say about this: Where was the line crossed in March?"
    )


def test_a_question_that_is_not_kept_is_asked_by_the_title_of_its_article(talk):
    talk(WHERE)
    talk.memory.kept[talk.last] = replace(talk.memory.kept[talk.last], question=None)
    assert talk("according to the minister?").startswith(
        "Searched for: What did the minister say about this: Ministers meet over fishing treaty?"
    )


def test_a_question_without_a_topic_is_asked_of_the_article_and_then_with_the_topic_before(talk):
    talk(WHERE)
    assert talk("and who spoke about it?").startswith("Searched for in the same article: who spoke about it?\n\n")
    talk("What did the storm close?")
    assert talk("who freed it?").startswith("Searched for: who freed it: storm close?\n\n")
    assert talk("What closed the bridge at dawn? Was it the storm?").startswith("A storm")


def test_somebodys_somebody_is_looked_for_in_the_article_and_then_with_its_topic(talk):
    talk(LINE)
    assert talk("what did his lawyer say?").startswith(
        "Searched for: what did his lawyer say: crossed red line minister?"
    )


def test_how_somebody_is_asks_about_the_speaker_and_a_question_word_alone_about_the_passage(talk):
    talk(LINE)
    for text in ("how old is he?", "how old is he"):
        assert talk(text).startswith("Searched for: how old is Minister Oduya")
        talk(LINE)
    talk(LINE)
    assert talk("where").startswith(strings.AROUND)


def test_a_question_without_a_topic_that_follows_nothing_is_asked_as_it_stands(talk):
    assert "freed the baker" in talk("who freed it?")
    talk(WHERE)
    assert not talk("who freed it?", forwarded=True).startswith("Searched for")


def test_what_the_article_does_not_state_is_said_so(talk):
    talk("What closed the bridge at dawn?")
    assert talk("who said that?").startswith(strings.WHO_UNCLEAR)
    assert talk("when was this?").startswith(strings.WHEN_UNKNOWN)
    assert talk("where is this from?").startswith(strings.WHERE_UNKNOWN)


def test_he_is_the_speaker_of_the_answer_before_and_the_question_is_shown(talk):
    talk(LINE)
    assert talk("and what did he say about the ministers in March?").startswith(
        "Searched for: what did Minister Oduya say about the ministers in March?"
    )
    assert talk("and what about March and the ministers?").startswith(
        "Searched for: What did Minister Oduya say about March and the ministers?"
    )
    assert talk("¿y qué dijo sobre Tuesday?").startswith("Searched for: What did Minister Oduya say about Tuesday?")


class Officials(FakeIndex):
    """An index in which each answer is the words of senior officials."""

    def hit(self, id_: str, highlight: tuple[int, int], span: tuple[int, int] | None = None) -> Hit:
        return replace(super().hit(id_, highlight), voice="speaker", speaker=Speaker("senior officials"))


class Taciturn(FakeIndex):
    """An index in which nobody's words answer."""

    def ask(self, question: str, k: int = 3, file: str | None = None) -> Answer:
        answer = super().ask(question, k, file)
        return replace(answer, verdict="related") if question.startswith("What did") else answer


def test_what_the_speaker_says_nothing_of_is_asked_of_anybody():
    talk = Talk(index=Taciturn())
    talk(LINE)
    answer = talk("and what about a storm at the bridge?")
    assert answer.startswith("Searched for: a storm at the bridge\n\n")
    assert "A storm closed the bridge" in answer


def test_a_list_can_be_had_of_something_else(talk):
    talk("timeline of the ministers")
    assert talk("and what about the storm?").startswith("By date: storm (1)\n\nA storm closed")
    talk("list everything Oduya said")
    assert talk("and about March?").startswith("Words of Minister Oduya: March (1)\n\nMinister Oduya said the")


def test_without_a_speaker_he_is_looked_for_in_the_article_of_the_answer_and_then_in_any(talk):
    talk("What closed the bridge at dawn?")
    answer = talk("what did he say about the bridge and the storm and the ministers of Tuesday?")
    assert answer.startswith(
        "Searched for in the same article: what did he say about the bridge and the storm and the ministers of"
    )
    assert "Tuesday?\n\nA storm closed" in answer
    assert TALKS.text in talk("what did he say about the ministers of Tuesday?")


def test_what_else_he_said_is_the_list_of_his_statements(talk):
    talk(LINE)
    assert talk("what else did he say?").startswith("Words of Minister Oduya (1)\n\nMinister Oduya said")


def test_why_shows_what_stands_around_the_passage_where_the_article_gives_no_reason(talk):
    talk(WHERE)
    assert talk("why?").startswith(f"{strings.NO_REASON}\n\n")


def test_when_and_where_it_happened_is_seen_from_what_stands_around_the_passage():
    lines = ["On Monday a barge came up the Sellin.", "The lock gate broke. " + "It was old. " * 70, "Nobody was hurt."]
    article = replace(TALKS, id="lock", file="lock.txt", text="\n\n".join(lines) + "\n", sha256="7" * 64)
    talk = Talk(index=Index.build([article], encoder=FakeEncoder(), reranker=None))
    talk("Which lock gate broke?")
    when = talk("when did it happen?")
    assert when.startswith("The article is dated 2031-05-06.\n\n")
    assert lines[0] in when
    where = talk("and where exactly?")
    assert where.startswith(f"{strings.AROUND}\n\n")
    assert lines[0] in where


def test_a_question_word_alone_goes_on_from_an_answer_or_asks_for_what_it_means(talk):
    assert talk("where?") == strings.FOLLOW_WHAT
    talk("zebra")
    assert talk("how?") == strings.FOLLOW_NOTHING


def test_what_came_after_is_the_next_passage_of_the_article_until_its_end():
    paragraphs = [
        "The lock gate of Sellin broke on Monday." + " It was old." * 40,
        "Divers raised it on Friday." + " It was wet." * 40,
    ]
    article = replace(TALKS, id="lock", file="lock.txt", text="\n\n".join(paragraphs) + "\n", sha256="7" * 64)
    talk = Talk(index=Index.build([article], encoder=FakeEncoder(), reranker=None))
    assert paragraphs[0] in talk("Which lock gate broke at Sellin on Monday?")
    after = talk("and after that?")
    assert after.startswith(f"{strings.SAME_ARTICLE}\n\nDivers raised it on Friday.")
    assert paragraphs[0] not in after
    assert talk("and then?") == strings.NO_MORE


def test_more_is_the_next_page_of_the_answer_until_there_is_none():
    articles = [type(TALKS)(f"{n}", f"{n}.txt", f"The storm closed bridge {n}.", f"{n}" * 64) for n in range(5)]
    talk = Talk(index=FakeIndex(articles))
    first, second = talk("Which storm closed the bridge?"), talk("more")
    assert [name in first for name in ("0.txt", "2.txt", "3.txt")] == [True, True, False]
    assert [name in second for name in ("2.txt", "3.txt", "4.txt")] == [False, True, True]
    assert strings.RELATED not in second
    assert talk("more") == strings.NO_MORE


def test_lists_are_asked_for_in_plain_words_and_carry_their_sources(talk):
    statements = talk("list everything Oduya said")
    assert statements.startswith("Words of Oduya (1)\n\nMinister Oduya said the “red line”")
    assert "2031-05-06" in statements
    assert talk("list everything Oduya said about Tuesday") != statements
    assert talk("which articles mention bridge?").startswith("Where the articles mention: bridge (1)\n\nA storm closed")
    assert talk("who says what about March?").startswith("Who says what: March (1)\n\nMinister Oduya said the")
    assert talk("timeline of the ministers").startswith("By date: ministers (1)\n\nThe ministers met in Port Alba")


def test_a_list_of_nothing_is_asked_as_a_question(talk):
    assert talk("which articles mention quaggas?") == strings.NOTHING


def long_list(front_end: FrontEnd) -> Talk:
    text = " ".join(f"Bridge {n} is closed." for n in range(15))
    return Talk(front_end, FakeIndex([type(TALKS)("a", "a.txt", text, "4" * 64)]))


class Sides(FakeIndex):
    """Two who speak: the minister and the judge."""

    @property
    def statements(self) -> list[Statement]:
        judge = Speaker("The judge")
        return [
            replace(one, speaker=judge, voice="speaker") if "The judge" in one.text else one
            for one in super().statements
        ]


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("compare what the minister and the judge say", "Who says what: minister, judge (2)\n\nMinister Oduya said"),
        (
            "compare what the minister and the judge say about the evidence",
            "Who says what: the evidence (1)\n\nThe judge",
        ),
        ("who says what about the evidence", "Who says what: evidence (1)\n\nThe judge called"),
        ("who says what about the bridge", "By date: bridge (1)\n\nA storm closed the bridge"),
        ("list all speakers", "Who speaks, and in how many sentences: 2\n\nMinister Oduya (1)\nThe judge (1)\n\n"),
    ],
)
def test_speakers_are_listed_and_held_beside_each_other(text, start):
    assert Talk(index=Sides())(text).startswith(start)


def test_it_is_looked_for_in_the_article_of_the_answer_and_then_with_its_topic(talk):
    talk("What closed the bridge at dawn?")
    assert talk("and where is it now?").startswith(
        "Searched for: where is it now: closed bridge dawn?\n\nA storm closed"
    )


def test_a_long_list_is_turned_by_buttons_and_by_more():
    talk = long_list(PRIVATE)
    reply = talk.say("which articles mention Bridge?")
    assert reply.messages[0].text.startswith("Where the articles mention: Bridge (15)\n\nBridge 0 is closed.")
    assert [[button.label for button in row] for row in reply.messages[0].buttons] == [["2/3 ›"]]
    assert talk("more").startswith("Bridge 6 is closed.")
    assert talk("more").startswith("Bridge 12 is closed.")
    assert talk("more") == strings.NO_MORE


def test_where_no_button_turns_a_list_it_says_how_to_go_on():
    assert long_list(TERMINAL)("which articles mention Bridge?").endswith("\n\n9 left: write “more”.")
    guest = long_list(GUEST).say("which articles mention Bridge?").messages[0]
    assert guest.buttons == ()
    assert "more" not in guest.text


def test_a_citation_is_of_the_answer_that_is_followed(talk):
    assert talk("", "cite") == strings.CITE_WHAT
    talk(WHERE)
    assert "Ministers meet over fishing treaty" in talk("", "cite")
    assert "Ministers meet over fishing treaty" in talk("bibtex", "cite")


def test_an_unknown_command_is_said_to_be_so_but_in_a_group(talk):
    assert talk("", "nonsense") == strings.UNKNOWN_COMMAND
    assert Talk(GROUP).say("", "nonsense") == Reply(())


@pytest.mark.parametrize(("command", "at_once"), [(None, False), ("ask", False), ("quote", False), ("cite", False), ("start", True), ("sources", True), ("x", True)])  # fmt: skip
def test_only_what_needs_no_search_is_answered_at_once(command, at_once):
    assert conversation.at_once(Request("", PRIVATE, command)) is at_once


def test_a_guest_gets_one_message_and_nothing_is_remembered():
    talk = Talk(GUEST)
    assert TALKS.text in talk(WHERE)
    assert talk.memory.kept == {}


def test_a_timeline_of_nothing_in_particular_is_the_first_sentence_of_each_article_by_date(talk):
    timeline = talk("what is the timeline?")
    assert timeline.startswith("By date: 3 articles\n\nThe ministers met in Port Alba on Tuesday.")
    places = [timeline.index(first) for first in ("The ministers met", "A storm closed", "The court freed")]
    assert places == sorted(places)


def test_a_speaker_is_named_once_under_sentences_in_a_row():
    text = "Minister Oduya said the red line is near. The red line is far."
    statements = talk_of(text)("list everything Oduya said")
    assert statements.startswith(
        "Words of Oduya (2)\n\nMinister Oduya said the red line is near.\nThe red line is far.\n— Minister Oduya\n"
    )
    assert statements.count("— Minister Oduya\n") == 1


def talk_of(text: str) -> Talk:
    return Talk(index=FakeIndex([replace(TALKS, text=text)]))
