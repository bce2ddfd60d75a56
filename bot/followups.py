"""A message that goes on from an answer → what that answer knows, its next page, or a question that names the subject.

The answer gives the person (the speaker of its marked sentence), the article and the passage. What is asked in the place
of the message is shown above the new answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bot import strings
from bot.exchange import Exchange, Reply
from bot.intents import FOLLOW_UPS, subject
from bot.listings import again, next_page, statements_of
from bot.message import ROOM, Message, Quote, parts
from bot.state import AnswerRecord
from bot.translation import tr
from bot.views import answers, cards
from bot.views.answers import FURTHER
from bot.views.cards import fact
from retrieval import Hit, asked_speaker, passage_id

FollowUp = Callable[[Exchange, Hit], Reply]


_CONJUNCTION = re.compile(r"^\W*(?:and|but|so|und|aber|y|pero|а|и|но|і|але)\s+", re.IGNORECASE)
_PRONOUN = re.compile(
    r"\b(?:(?P<possessive>his|their|her(?=\s+\w)|seine?|ihre|su(?=\s)|его|её|ее|их|його|її|їхн\w+)|"
    r"he|she|they|him|her|them|er|sie|él|ella|он|она|они|він|вона|вони)\b",
    re.IGNORECASE,
)
_ANYBODY = "Smith"  # a name in the place of a pronoun
_SEVERAL = frozenset(["they", "them", "their", "они", "их", "вони", "їх"])
_WHO_IS = re.compile(
    r"\b(?:who(?:['’]s| is| are| was)|wer (?:ist|war)|qui[eé]n es|кто|хто) (?:he|she|er|sie|él|ella|он|она|він|вона)\b",
    re.IGNORECASE,
)
_IT = re.compile(r"\bit\b", re.IGNORECASE)  # no speaker


def follow_up(exchange: Exchange) -> Reply | None:
    """The reply to a message that follows an answer, or what is missing for one; `None` for any other message.

    Without an answer, a message that names what it is about ("What about taxes?") is a question like any other. Passages
    that only come near a question are no answer: they have further ones, but nothing is stated of them as a fact.
    """
    if exchange.intent not in FOLLOW_UPS:
        return None
    if exchange.hit is None:
        missing = strings.FOLLOW_NOTHING if exchange.unanswered else strings.FOLLOW_WHAT
        return None if _asks_by_itself(exchange) else exchange.outdated or exchange.say(missing)
    if exchange.followed and exchange.followed.record.verdict == "related" and exchange.intent not in {"more", "after"}:
        return None if _asks_by_itself(exchange) else exchange.say(strings.FOLLOW_NEAR)
    return _FOLLOW_UPS[exchange.intent](exchange, exchange.hit)


def _asks_by_itself(exchange: Exchange) -> bool:
    """Whether a message can be asked without an answer before it: "What about taxes?", "Would she have won the vote?".

    Nobody can tell whose words "What did she say about taxes?" asks for; where it is "they", anybody's will do.
    """
    text = exchange.request.text
    if exchange.intent == "topic":
        return True
    words_of = asked_speaker(_PRONOUN.sub(_ANYBODY, text, count=1))
    own = words_of is None or words_of.name != _ANYBODY or _means_several(text)
    return exchange.intent == "person" and subject(text, "person") != "" and own


def _means_several(text: str) -> bool:
    """Whether a message asks about "them" and no "him" or "her"."""
    pronouns = {match[0].casefold() for match in _PRONOUN.finditer(text)}
    return bool(pronouns) and pronouns <= _SEVERAL


def _who(exchange: Exchange, hit: Hit) -> Reply:
    """Whose words they are; to "who is she?", what the articles have of the speaker."""
    if hit.speaker and _WHO_IS.search(exchange.request.text):
        question = f"Who is {_plain(hit.speaker.name)}?"
        return exchange.ask(question, searched=question)
    if hit.speaker:
        return _fact(exchange, hit, tr(strings.WHO).format(speaker=cards.in_sentence(cards.named(hit.speaker))))
    return _fact(exchange, hit, tr(strings.WHO_ARTICLE if hit.voice == "article" else strings.WHO_UNCLEAR))


def _when(exchange: Exchange, hit: Hit) -> Reply:
    """The article's date, and what stands around the passage: the day that it tells of may be named there ("on Tuesday")."""
    date = hit.passage.article.date
    return _amid(exchange, hit, tr(strings.WHEN).format(date=fact(date)) if date else tr(strings.WHEN_UNKNOWN))


def _where(exchange: Exchange, hit: Hit) -> Reply:
    outlet = hit.passage.article.outlet
    return _fact(exchange, hit, tr(strings.WHERE).format(name=fact(outlet)) if outlet else tr(strings.WHERE_UNKNOWN))


def _fact(exchange: Exchange, hit: Hit, sentence: str) -> Reply:
    """What an answer knows of its marked sentence, above the sentence and its source."""
    article = hit.passage.article
    marked = Quote(cards.stretch(article, hit.highlight))
    message = Message(parts(sentence, "\n\n", marked, "\n", cards.source(article)))
    return Reply((message,), exchange.request.follows)


def _amid(exchange: Exchange, hit: Hit, sentence: str) -> Reply:
    """A sentence above the passage amid its article."""
    around, _ = cards.around(hit, exchange.collection.body(hit.passage.article), 0)
    return Reply((Message(parts(sentence, "\n\n", around)),), exchange.request.follows)


def _why(exchange: Exchange, hit: Hit) -> Reply:
    """What the same article gives as the reason, else what stands around the passage."""
    question = f"Why? {' '.join(hit.marked.split())}"
    answer = exchange.collection.ask(question, answers.K, file=hit.passage.article.file)
    reasons = [other for other in answer.hits if other.highlight != hit.highlight]
    if answer.verdict == "answer" and answer.hits[0] in reasons:
        return exchange.show(answer, question)
    return _amid(exchange, hit, tr(strings.NO_REASON))


def _after(exchange: Exchange, hit: Hit) -> Reply:
    """The passage behind the one that is followed, in its article."""
    later = exchange.collection.after(hit)
    shown = cards.card(later, ROOM) if later else None
    if later is None or shown is None:
        return exchange.say(strings.NO_MORE)
    key = exchange.memory.keep(AnswerRecord(FURTHER, ((passage_id(later.passage), *later.highlight),)))
    return Reply((Message(parts(tr(strings.SAME_ARTICLE), "\n\n", shown)),), key, FURTHER)


def _person(exchange: Exchange, hit: Hit) -> Reply:
    """The same question with the speaker's name; with nothing else in it, all that the speaker says.

    "They" are a speaker only who is a group by the name's form ("senior officials"): else the article's people are meant.
    """
    text = _CONJUNCTION.sub("", exchange.request.text)
    topic = subject(text, "person")
    name = _plain(hit.speaker.name) if hit.speaker else ""
    group = name.rpartition(" ")[2].islower()
    others = _means_several(text) and topic and not group
    if not name or others or (_IT.search(text) and not _PRONOUN.search(text)):
        return _in_article(exchange, text, hit.passage.article.file, topic)
    if not topic:
        return statements_of(exchange, name) or exchange.ask(f"What did {name} say?")
    named = _PRONOUN.sub(lambda match: f"{name}’s" if match["possessive"] else name, text, count=1)
    question = named if named != text else f"What did {name} say about {topic}?"
    return exchange.ask(question, searched=question)


def _in_article(exchange: Exchange, text: str, file: str, topic: str) -> Reply:
    """The answer of the same article, else of any; without a topic ("where is it now?") no other can be meant."""
    answer = exchange.collection.ask(text, answers.K, file=file)
    if answer.verdict == "answer":
        return exchange.show(answer, text, strings.SEARCHED_HERE)
    return exchange.ask(text) if topic else exchange.say(strings.FOLLOW_WHAT)


def _topic(exchange: Exchange, hit: Hit) -> Reply:
    """Another subject: of the same list, or in the words of the same speaker; else in anybody's."""
    topic = subject(exchange.request.text, "topic") or exchange.request.text
    listing = again(exchange, topic)
    if listing is not None:
        return listing
    if hit.speaker:
        question = f"What did {_plain(hit.speaker.name)} say about {topic}?"
        answer = exchange.collection.ask(question, answers.K)
        if answer.verdict == "answer":
            return exchange.show(answer, question)
    return exchange.ask(topic, searched=topic)


def _plain(name: str) -> str:
    return " ".join(name.split())


_FOLLOW_UPS: dict[str, FollowUp] = {
    "who": _who,
    "when": _when,
    "where": _where,
    "more": lambda exchange, _: next_page(exchange) or exchange.say(strings.NO_MORE),
    "why": _why,
    "around": lambda exchange, hit: _amid(exchange, hit, tr(strings.AROUND)),
    "after": _after,
    "person": _person,
    "topic": _topic,
}
