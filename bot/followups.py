"""A message that goes on from an answer → what that answer knows, its next page, or a question that names the subject.

The answer gives the person (the speaker of its marked sentence), the article and the passage. What is asked in the place
of the message is shown above the new answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from dataclasses import replace

from bot import completion, strings
from bot.exchange import Exchange, Reply
from bot.intents import FOLLOW_UPS, subject
from bot.listings import again, next_page, statements_of
from bot.message import ROOM, Message, Quote, parts
from bot.state import AnswerRecord
from bot.translation import tr
from bot.views import answers, cards
from bot.views.answers import FURTHER
from bot.views.cards import fact
from retrieval import Hit, asked_speaker, in_sentence, passage_id

FollowUp = Callable[[Exchange, Hit], Reply | None]


_WHO_IS = re.compile(
    r"\b(?:who(?:['’]s| is| are| was)|wer (?:ist|war)|qui[eé]n es|кто|хто) (?:he|she|er|sie|él|ella|он|она|він|вона)\b",
    re.IGNORECASE,
)


def follow_up(exchange: Exchange) -> Reply | None:
    """The reply to a message that follows an answer, or what is missing for one; `None` for any other message.

    Without an answer, a message that names what it is about ("What about taxes?") is a question like any other. Of passages
    that only come near a question the first one is gone on from; another subject is then a question of its own.
    """
    if exchange.intent not in FOLLOW_UPS:
        return None
    if exchange.hit is None:
        missing = strings.FOLLOW_NOTHING if exchange.unanswered else strings.FOLLOW_WHAT
        return None if _asks_by_itself(exchange) else exchange.outdated or exchange.say(missing)
    return _FOLLOW_UPS[exchange.intent](exchange, exchange.hit)


def without_topic(exchange: Exchange) -> Reply | None:
    """The reply to a question that leaves out what it is about, by the answer that it follows; `None` for any other.

    "According to the union?" is the question before, of the union's words.
    """
    hit, text = exchange.hit, exchange.request.text
    if hit is None or exchange.request.forwarded or exchange.request.offered:
        return None
    if completion.asks_state(text) and completion.lacks_topic(text):
        return _person(exchange, hit)
    if other := completion.asks_another(text):
        return _put_to(exchange, hit, other)
    if not completion.lacks_topic(text):
        return None
    return _completed(exchange, hit, text) if " " in text else _amid(exchange, hit, tr(strings.AROUND))


def _asks_by_itself(exchange: Exchange) -> bool:
    """Whether a message can be asked without an answer before it: "What about taxes?", "Would she have won the vote?".

    Nobody can tell whose words "What did she say about taxes?" asks for; where it is "they", anybody's will do.
    """
    text = exchange.request.text
    if exchange.intent == "topic":
        return True
    return exchange.intent == "person" and subject(text, "person") != "" and completion.means_anybody(text)


def _who(exchange: Exchange, hit: Hit) -> Reply:
    """Whose words they are; to "who is she?", what the articles have of the speaker."""
    if hit.speaker and _WHO_IS.search(exchange.request.text):
        question = f"Who is {_plain(hit.speaker.name)}?"
        return exchange.ask(question, searched=question)
    if hit.speaker:
        return _fact(exchange, hit, tr(strings.WHO).format(speaker=in_sentence(cards.named(hit.speaker))))
    return _fact(exchange, hit, tr(strings.WHO_ARTICLE if hit.voice == "article" else strings.WHO_UNCLEAR))


def _when(exchange: Exchange, hit: Hit) -> Reply:
    """The article's date, and what stands around the passage: the day that it tells of may be named there ("on Tuesday").

    "How old is he?" asks about a person.
    """
    if completion.asks_state(exchange.request.text):
        return _person(exchange, hit)
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

    How or where somebody is, and what also asks about a thing, is first looked for in the same article. Somebody's somebody
    ("his lawyer") may be anybody's.
    """
    text = completion.bare(exchange.request.text)
    topic, thing = subject(text, "person"), completion.means_it(text)
    owner = completion.means_owner(text)
    name = "" if owner else completion.referent(text, hit.speaker, hit.passage.article)
    if not name and (owner or completion.lacks_topic(text)):
        return _completed(exchange, hit, text) or exchange.say(strings.FOLLOW_WHAT)
    if not name:
        return _here(exchange, hit, text) or exchange.ask(text)
    alone = not topic and not thing
    if alone and not completion.asks_state(text):
        return statements_of(exchange, name) or exchange.ask(f"What did {name} say?")
    if (thing or alone) and (here := _here(exchange, hit, text)):
        return here
    named = completion.named(text, name)
    question = named if named != text else f"What did {name} say about {topic}?"
    return exchange.ask(question, searched=question)


def _here(exchange: Exchange, hit: Hit, text: str) -> Reply | None:
    """The answer of the same article, which says what a message without a topic is about; `None` where it has none."""
    text = completion.bare(text)
    answer = exchange.collection.ask(text, answers.K, file=hit.passage.article.file)
    if answer.verdict != "answer":
        return None
    question = completion.completed(text, _topic_before(exchange, hit))
    return exchange.show(replace(answer, question=question), text, strings.SEARCHED_HERE)


def _completed(exchange: Exchange, hit: Hit, text: str) -> Reply | None:
    """The answer of the same article, else of any to the question with the topic of the one before.

    Where there is no answer with that topic, one without it counts that is among what comes nearest with it. `None` where
    nothing comes near.
    """
    if here := _here(exchange, hit, text):
        return here
    topic = _topic_before(exchange, hit)
    question = completion.completed(text, topic)
    answer = exchange.collection.ask(question, answers.K)
    if answer.verdict == "answer" and not _tells_of(answer.hits[0], topic):
        answer = replace(answer, verdict="related")
    if answer.verdict != "answer" and not completion.means_thing(text):
        alone = exchange.collection.ask(text, answers.K)
        if alone.verdict == "answer" and _place(alone.hits[0]) in map(_place, answer.relevant):
            return exchange.show(replace(alone, question=question), question)
    return exchange.show(answer, question) if answer.hits else None


def _tells_of(hit: Hit, topic: str) -> bool:
    """Whether a passage or its article's title has a word of the topic: one that has none is of another story."""
    text = f"{hit.passage.article.title or ''} {hit.passage.text}".casefold()
    return not topic or any(word.casefold() in text for word in topic.split())


def _put_to(exchange: Exchange, hit: Hit, name: str, verdicts: Container[str] = ("answer", "related")) -> Reply | None:
    """The question before of somebody else's words, or what they say in its article; what they say of that article's
    subject, where the question is not kept. `None` where neither has one of these verdicts.
    """
    article = hit.passage.article
    known = completion.topic_of(exchange.question) != ""
    question = completion.put_to(name, exchange.question if known else article.title or hit.marked)
    answer = exchange.collection.ask(question, answers.K)
    if answer.verdict != "answer":
        statements = f"What did {name} say?"
        here = exchange.collection.ask(statements, answers.K, file=article.file)
        if here.verdict in verdicts:
            return exchange.show(replace(here, question=question), statements, strings.SEARCHED_HERE)
    return exchange.show(answer, question) if answer.verdict in verdicts else None


def _topic_before(exchange: Exchange, hit: Hit) -> str:
    """What was talked about: the words of the question before; those of its article's title where it is not kept or has few."""
    return completion.topic_of(exchange.question, hit.passage.article.title or "")


def _topic(exchange: Exchange, hit: Hit) -> Reply | None:
    """Another subject: of the same list, or in the words of the same speaker; else in anybody's.

    Somebody who speaks in the articles ("and the union?") is asked the question before.
    """
    text = exchange.request.text
    topic = subject(text, "topic") or text
    listing = again(exchange, topic)
    if listing is not None:
        return listing
    named, speaks = asked_speaker(text) is not None, exchange.collection.said_by(topic).statements
    if named or speaks:
        verdicts = ("answer", "related") if named else ("answer",)
        if reply := _put_to(exchange, hit, completion.determined(topic, text), verdicts):
            return reply
    if exchange.nearby:
        return None
    if hit.speaker:
        question = f"What did {_plain(hit.speaker.name)} say about {topic}?"
        answer = exchange.collection.ask(question, answers.K)
        if answer.verdict == "answer":
            return exchange.show(answer, question)
    return exchange.ask(topic, searched=topic)


def _place(hit: Hit) -> tuple[str, int, int]:
    return (hit.passage.article.id, *hit.highlight)


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
