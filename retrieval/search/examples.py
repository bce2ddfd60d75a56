"""Questions that a collection can answer, out of its own words, to show a newcomer what to ask.

They are of four kinds, in turn from article to article: who said a short quotation, what a speaker said about a name,
which articles mention a name, and a name as a keyword. Only what the index then really answers with the sentence it was
made of is offered; mentions need no search.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, groupby, islice

from retrieval.types import Answer, Statement

Candidates = Iterator[tuple[str, Statement]]


FORMS = {
    "quotation": "Who said “{quotation}”?",
    "speaker": "What did {speaker} say about {topic}?",
    "mentions": "Which articles mention {name}?",
}
_QUOTATION = re.compile(r"“([^“”\n]{15,70})”|(?:^|(?<=\s))\"([^\"\n]{15,70})\"(?!\w)")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w’'-]*[a-z](?: [A-Z][\w’'-]*[a-z]){1,4}")
_TOPIC = re.compile(r"(?<=[a-z,] )[A-Z][\w-]*[a-z](?: [A-Z][\w-]*[a-z]){0,3}")
_PERSON = re.compile(r"[A-Z][\w’'-]+(?: [A-Z][\w’'.-]*){1,3}")
_DAYS = (*calendar.day_name, *calendar.month_name)
_TRIES = 6  # questions asked for one article at most
_ENOUGH = 12  # examples, more than anybody is shown
_ASKED = 60  # questions asked of all articles together


def suggest(statements: Iterable[Statement], ask: Callable[[str], Answer]) -> dict[str, str]:
    """One question for each of the first dozen articles that yield one, in their order, and the article's identifier.

    The statements of an article stand together; no more articles are looked at than are needed.
    """
    lists = FORMS["mentions"].partition("{")[0]
    questions: dict[str, str] = {}
    asked = 0
    for _, own in groupby(statements, key=lambda statement: statement.article.id):
        for question, statement in islice(_candidates(list(own), len(questions)), _TRIES):
            if len(questions) == _ENOUGH or asked == _ASKED:
                return questions
            asked += 1
            if question not in questions and (question.startswith(lists) or _answers(ask(question), statement)):
                questions[question] = statement.article.id
                break
    return questions


def _answers(answer: Answer, statement: Statement) -> bool:
    """Whether the best passage is the one that holds the statement."""
    if answer.verdict != "answer":
        return False
    passage = answer.hits[0].passage
    return passage.article == statement.article and passage.start <= statement.start < passage.end


def _candidates(statements: Sequence[Statement], number: int) -> Candidates:
    """The questions of an article, a few of each kind, those of the kind whose turn it is first."""
    kinds = (_who_said, _said_about, _mentions, _names)
    first = number % len(kinds)
    return chain.from_iterable(islice(kind(statements), 3) for kind in (*kinds[first:], *kinds[:first]))


def _who_said(statements: Sequence[Statement]) -> Candidates:
    for statement in statements:
        for quotation in _QUOTATION.finditer(statement.text):
            words = (quotation[1] or quotation[2]).strip(" ,.;:!?…")
            if 4 <= len(words.split()) <= 9:
                yield FORMS["quotation"].format(quotation=words), statement


def _said_about(statements: Sequence[Statement]) -> Candidates:
    for statement in statements:
        speaker = " ".join(statement.speaker.name.split()) if statement.speaker else ""
        if not _PERSON.fullmatch(speaker):
            continue
        for topic in _TOPIC.findall(statement.text):
            if not set(topic.split()) & {*speaker.split(), *_DAYS}:
                yield FORMS["speaker"].format(speaker=speaker, topic=topic), statement


def _mentions(statements: Sequence[Statement]) -> Candidates:
    return ((FORMS["mentions"].format(name=name), statement) for name, statement in _names(statements))


def _names(statements: Sequence[Statement]) -> Candidates:
    """Names of several words, the first of each sentence."""
    return ((name, statement) for statement in statements for name in _NAME.findall(statement.text)[:1])
