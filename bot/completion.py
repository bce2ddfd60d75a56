"""A message that leaves out what it is about, and the answer before it → a question that stands by itself.

Pronouns are filled in with the speaker before, where they agree in number; what is left out is taken from the question before,
as query resolution does that adds terms of the conversation to a question (Voskarides et al. 2020).
"""

from __future__ import annotations

import re

from retrieval import Article, Speaker, asked_speaker, collective, topic_words

_CONJUNCTION = re.compile(r"^\W*(?:and|but|so|und|aber|y|pero|а|и|но|і|але)\s+", re.IGNORECASE)
_PRONOUN = re.compile(
    r"\b(?:(?P<possessive>his|their|her(?=\s+\w)|seine?|ihre|su(?=\s)|его|её|ее|их|його|її|їхн\w+)|"
    r"he|she|they|him|her|them|er|sie|él|ella|он|она|они|він|вона|вони)\b",
    re.IGNORECASE,
)
_SEVERAL = frozenset(["they", "them", "their", "они", "их", "вони", "їх"])
_ANYBODY = "Smith"  # a name in the place of a pronoun
_IT = re.compile(r"\bit\b", re.IGNORECASE)  # no speaker
_THING = re.compile(r"\b(?:it|its|this|that|these|those|there)\b", re.IGNORECASE)
_VERB = re.compile(
    r"\b(?P<plural>do|are|were|have)(?= they\b)|(?<=\bthey )(?P<behind>do|are|were|have)\b", re.IGNORECASE
)
_SINGULAR = {"do": "does", "are": "is", "were": "was", "have": "has"}
_DETERMINED = r"\b(?:the|an?|this|that|these|those|my|your|our|every|each) (?:[\w’'-]+ )?"
_DETERMINER = re.compile(r"\b(?:the|an?)\b", re.IGNORECASE)
_PLAIN_TOPIC = re.compile(r"[\d\"“”„«»]")  # a number, a quotation
_STATE = re.compile(r"(?:how|where|when|is|was|are|were)\b", re.IGNORECASE)
_TELLING, _LONGEST = 2, 8  # words of a topic: at least, and at most
_OF_ANOTHER = " say about this: "


def bare(text: str) -> str:
    """A message without the conjunction at its beginning."""
    return _CONJUNCTION.sub("", text)


def means_several(text: str) -> bool:
    """Whether a message asks about "them" and no "him" or "her"."""
    pronouns = {match[0].casefold() for match in _PRONOUN.finditer(text)}
    return bool(pronouns) and pronouns <= _SEVERAL


def means_thing(text: str) -> bool:
    """Whether a message asks about "it" or "that", whoever else it asks about."""
    return bool(_THING.search(text))


def means_it(text: str) -> bool:
    """Whether a message asks about "it", which no speaker is."""
    return bool(_IT.search(text))


def means_owner(text: str) -> bool:
    """Whether the first person that a message asks about only owns what it asks about ("his lawyer", but not "his view")."""
    pronoun = _PRONOUN.search(text)
    return pronoun is not None and pronoun["possessive"] is not None and means_anybody(text)


def asks_state(text: str) -> bool:
    """Whether a message asks how, where or whether somebody is ("how old is he?"), and for no words."""
    return bool(_STATE.match(text) and _PRONOUN.search(text)) and asked_speaker(_with_name(text, _ANYBODY)) is None


def means_anybody(text: str) -> bool:
    """Whether no pronoun of a message stands for the one whose words it asks for."""
    words_of = asked_speaker(_with_name(text, _ANYBODY))
    return words_of is None or words_of.name != _ANYBODY or means_several(text)


def referent(text: str, speaker: Speaker | None, article: Article) -> str:
    """The speaker's name as it stands inside a sentence; `""` where the pronouns of a message cannot mean this speaker.

    "They" are a group or a body, "he" and "she" one person, and what is "theirs" is nobody's in particular.
    """
    if speaker is None:
        return ""
    together = collective(speaker) is not None
    agrees = together == means_several(text) and not (together and means_owner(text))
    if agrees if _PRONOUN.search(text) else not means_it(text):
        return in_sentence(" ".join(speaker.name.split()), article)
    return ""


def in_sentence(name: str, article: Article) -> str:
    """A name with the small letter that it has inside a sentence, where the article has its first word so.

    Only what ends in a small letter is no proper name: "Fire investigators", but "The Hague".
    """
    first, _, rest = name.partition(" ")
    small = (
        rest and rest.rpartition(" ")[2][:1].islower() and re.search(rf"\b{re.escape(first.lower())}\b", article.text)
    )
    return name[:1].lower() + name[1:] if small else name


def named(text: str, name: str) -> str:
    """The message with a name in the place of its first pronoun, and the verb that goes with it."""
    plural = name.endswith("s") and name.rpartition(" ")[2].islower()
    agreeing = text if plural else _VERB.sub(lambda match: _SINGULAR[match[0].casefold()], text)
    return _with_name(agreeing, name)


def _with_name(text: str, name: str) -> str:
    return _PRONOUN.sub(lambda match: f"{name}’s" if match["possessive"] else name, text, count=1)


def topic_of(question: str, title: str = "") -> str:
    """The words of a question that say what it is about; one word alone says little without those of the title."""
    words = topic_words(original(question))
    words += topic_words(title) if len(words) < _TELLING else ()
    return " ".join(list({word.casefold(): word for word in words}.values())[:_LONGEST])


def completed(text: str, topic: str) -> str:
    """The question with the topic that it leaves out."""
    return f"{bare(text).rstrip('?.! ')}: {topic}?" if topic else bare(text)


def lacks_topic(text: str) -> bool:
    """Whether a message names nothing that it could be about: no name, no thing with an article, one word at most.

    A word alone ("sanctions?") is a topic, and whose words a message asks for is one unless it also asks about "that".
    """
    rest = _without_speaker(bare(text))
    words = topic_words(rest)
    if _PLAIN_TOPIC.search(rest) or (rest != bare(text) and not means_thing(rest)):
        return False
    return (
        len(words) < min(2, len(rest.split()))
        and not any(word[0].isupper() and not rest.startswith(word) for word in words)
        and not any(re.search(_DETERMINED + re.escape(word) + r"\b", rest, re.IGNORECASE) for word in words)
    )


def asks_another(text: str) -> str:
    """Whose words a message asks for that says nothing of its topic, or only "that"; `""` for any other message.

    In two words nothing can be asked: "according to the union?".
    """
    asked = asked_speaker(bare(text))
    rest = _without_speaker(bare(text))
    open_ended = means_thing(rest) or len(_DETERMINER.sub("", rest).split("?")[0].split()) < 3
    return determined(asked.name, text) if asked and open_ended and not topic_words(rest) else ""


def determined(name: str, text: str) -> str:
    """A name that a message has, with the article or the owner before it there."""
    article = re.search(rf"\b(?:the|an?|his|her|their) (?={re.escape(name)}\b)", text, re.IGNORECASE)
    return f"{article[0].lower()}{name}" if article else name


def put_to(name: str, question: str) -> str:
    """The question before, of somebody's words."""
    return f"What did {name}{_OF_ANOTHER}{original(question).rstrip('?.! ')}?"


def original(question: str) -> str:
    """The question that was put to somebody; any other question as it is."""
    return question.partition(_OF_ANOTHER)[2] or question


def _without_speaker(text: str) -> str:
    asked = asked_speaker(text)
    return text.replace(asked.name, "", 1) if asked else text
