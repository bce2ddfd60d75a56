"""A pronoun → whom it stands for, with a probability: entities of the sentences before, scored by a logistic model.

The features are those of classic pronoun resolution (Lappin and Leass 1994): recency, grammatical role, parallelism,
agreement in number and gender. `python -m training.speakers.fit` fits the weights.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from retrieval import lexicon
from retrieval.speakers import mentions, model
from retrieval.speakers.people import gender_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from retrieval.speakers.document import Document
    from retrieval.speakers.mentions import Mention
    from retrieval.speakers.people import People

_BACK = 12  # sentences before the pronoun in which its antecedent is looked for
_LONG_BACK = 12  # the same for "the officials"
_SAID_OF = frozenset(["attr", "appos"])
_HEADS = frozenset(["nsubj", "nsubjpass", "dobj", "pobj", "dative", "attr", "conj", "appos", "poss", "agent", "ROOT"])
_SUBJECTS = frozenset(["nsubj", "nsubjpass"])
_CLAUSAL = frozenset(["relcl", "ccomp", "advcl", "acl", "pcomp", "xcomp"])
_KINDS = frozenset(["person", "name", "place", "role", "body", "other", "document"])


class Antecedent(NamedTuple):
    """A mention that a pronoun may stand for, as what it is shown (the fullest name), and the features of the pair."""

    mention: Mention
    features: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Context:
    """What resolution looks at: the article, its people, every sentence's mentions, and who spoke in it so far."""

    document: Document
    people: People
    mentions: list[list[Mention]]
    speakers: list[Mention | None]


def mentions_of(document: Document, people: People) -> list[list[Mention]]:
    """Every sentence's mentions that a later pronoun may stand for, in order; names of people as their fullest."""
    return [
        [
            replace(each, kind="person") if each.kind in {"name", "place"} and _is_person(people, each) else each
            for each in row
        ]
        for row in ([*_mentions(document, number)] for number in range(len(document.sentences)))
    ]


def _is_person(people: People, mention: Mention) -> bool:
    fullest = people.fullest(mention.words)
    return fullest is not None and fullest.kind == "person"


def _mentions(document: Document, number: int) -> Iterator[Mention]:
    sentence = document.sentences[number]
    for token in sentence.tokens:
        owned = any(child.dep_ == "poss" and child.tag_ == "WP$" for child in token.children)
        said_of = token.pos_ == "NOUN" and token.dep_ in _SAID_OF  # "Jo Tan, tractor driver": nobody else
        nouns = token.pos_ in {"NOUN", "PROPN"} and token.i not in sentence.folded
        if token.dep_ in _HEADS and nouns and not owned and not said_of:
            mention = mentions.of(document, number, token.i)
            if mention.kind in _KINDS:
                yield mention


def resolve(context: Context, pronoun: Mention) -> tuple[Mention, float] | None:
    """The likeliest antecedent and how likely it is, 0..1; `None` where there is none.

    At most one is right: each one's odds count against all others' and against none (mention ranking, Denis and Baldridge 2008).
    """
    pairs = antecedents(context, pronoun)
    chances = [model.probability("coreference", each.features) for each in pairs]
    odds = [chance / (1 - chance) for chance in chances]
    best = max(range(len(odds)), key=odds.__getitem__, default=None)
    return None if best is None else (pairs[best].mention, odds[best] / (1 + sum(odds)))


def enter(context: Context, speaker: Mention, source: Mention) -> None:
    """Remember who speaks in a sentence; where a pronoun names the `speaker`, later ones find them there."""
    context.speakers[source.sentence] = speaker
    if source.kind == "pronoun":
        place = replace(speaker, sentence=source.sentence, token=source.token)
        context.mentions[source.sentence].append(place)


def definite(context: Context, mention: Mention) -> Mention | None:
    """ "The officials" are the last officials who spoke, where the sentences before had no others."""
    if mention.kind not in {"role", "body"} or mention.words[0] != "the" or len(mention.words) != 2:
        return None
    spoke = [each for each in context.speakers[max(0, mention.sentence - _LONG_BACK) : mention.sentence] if each]
    same = {each.words: each for each in spoke if each.token >= 0 and _head(context, each) == mention.words[1]}
    named = [each for each in same.values() if each.words != mention.words]
    return named[0] if len(same) == len(named) == 1 else None


def _head(context: Context, mention: Mention) -> str:
    return str(context.document.sentences[mention.sentence].tokens[mention.token].lower_)


def antecedents(context: Context, pronoun: Mention) -> list[Antecedent]:
    """The entities that a pronoun may stand for, the nearest first, each at its nearest mention."""
    nearest: dict[tuple[str, ...], tuple[int, Mention, Mention]] = {}
    places: dict[tuple[str, ...], list[Mention]] = {}
    last = _last_speaker(context, pronoun.sentence)
    for number in range(pronoun.sentence, max(-1, pronoun.sentence - _BACK - 1), -1):
        for mention in reversed(context.mentions[number]):
            if number == pronoun.sentence and mention.token >= pronoun.token:
                continue
            shown = (context.people.fullest(mention.words) or mention) if mention.kind in mentions.NAMED else mention
            places.setdefault(shown.words, []).append(mention)
            if _agrees(context, pronoun, shown, last):
                nearest.setdefault(shown.words, (len(nearest), shown, mention))
    rivals = sum(shown.kind in {"person", "name"} for _, shown, _ in nearest.values())
    pairs = []
    for rank, shown, mention in nearest.values():
        features = {
            **_features(context, pronoun, shown, mention),
            f"rank {min(rank, 3)}": 1,
            "often": min(len(places[shown.words]), 4),
            "rivals": min(rivals, 4),
            "only one": rivals == 1,
            **_of_places(context, pronoun, shown, places[shown.words]),
            **_of_gender(pronoun, shown),
            **_of_speaking(context, pronoun, shown, mention, last),
        }
        pairs.append(Antecedent(shown, {name: float(value) for name, value in features.items() if value}))
    return pairs


def _last_speaker(context: Context, number: int) -> Mention | None:
    """Who spoke last in the sentences before."""
    before = range(number - 1, max(-1, number - _BACK - 1), -1)
    return next((speaker for at in before if (speaker := context.speakers[at])), None)


def _of_gender(pronoun: Mention, shown: Mention) -> dict[str, float]:
    """What the ending of a first name says of the gender."""
    word = pronoun.words[0]
    if word not in {"he", "she"} or shown.kind not in {"person", "name"}:
        return {}
    ending = shown.words[0][-1] if len(shown.words) > 1 else ""
    return {f"{word} -{ending if ending in 'aeio' else 'x'}": 1.0} if ending else {}


def _of_speaking(
    context: Context, pronoun: Mention, shown: Mention, mention: Mention, last: Mention | None
) -> dict[str, float]:
    """Who spoke last, and who was asked before somebody replies."""
    verb = context.document.sentences[pronoun.sentence].tokens[pronoun.token].head.lemma_.lower()
    head = context.document.sentences[mention.sentence].tokens[mention.token]
    asked = head.head.lemma_.lower() in lexicon.words("quotation_cues", "asking")
    replies = asked and verb in {"reply", "answer", "respond"}
    return {
        f"{pronoun.words[0]} spoke last": last is not None and last.words == shown.words,
        "another spoke last": last is not None and last.words != shown.words,
        "was asked, replies": replies and head.dep_ in {"dobj", "dative"},
        "asked, replies": replies and head.dep_ in _SUBJECTS,
    }


def _agrees(context: Context, pronoun: Mention, mention: Mention, last: Mention | None) -> bool:
    word = pronoun.words[0]
    if word in {"he", "she"}:
        wrong = {"he": "female", "she": "male"}[word]
        known = _gender(context, mention)
        named = mention.kind in {"name", "place"} and (known or mention.words[0] in lexicon.words("first_names"))
        return (mention.kind in {"person", "role"} or bool(named)) and not mention.plural and known != {wrong}
    if word == "they":
        spoke = mention.plural and last is not None and last.words == mention.words
        return (
            mention.kind == "body" or (mention.plural and mention.kind == "role") or (spoke and mention.kind == "other")
        )
    unknown = mention.kind == "person" and not _gender(context, mention)  # the parser takes companies for people
    return word == "it" and not mention.plural and (unknown or mention.kind in {"body", "document", "name", "place"})


def _gender(context: Context, mention: Mention) -> set[str]:
    named = mention.kind in {"person", "name"}
    return context.people.gender(mention.words) if named else gender_of(set(mention.words[:4]))


def _of_places(context: Context, pronoun: Mention, shown: Mention, places: list[Mention]) -> dict[str, float]:
    """What an entity does in all sentences that name it: it speaks, or is never their subject."""
    tokens = [context.document.sentences[each.sentence].tokens[each.token] for each in places]
    speakers = context.speakers[max(0, pronoun.sentence - _BACK) : pronoun.sentence]
    spoken = sum(each is not None and each.words == shown.words for each in speakers)
    return {
        "spoken": min(spoken, 3),
        "never spoke, others did": not spoken and any(speakers),
        "never subject": all(token.dep_ not in _SUBJECTS for token in tokens),
        "main subject": tokens[0].dep_ in _SUBJECTS and tokens[0].head.dep_ == "ROOT",
        f"depth {min(2, sum(token.dep_ in _CLAUSAL for token in tokens[0].ancestors))}": 1,
    }


def _features(context: Context, pronoun: Mention, shown: Mention, mention: Mention) -> dict[str, float]:
    sentences = context.document.sentences
    token = sentences[mention.sentence].tokens[mention.token]
    distance = pronoun.sentence - mention.sentence
    speaker = context.speakers[mention.sentence]
    word = pronoun.words[0]
    right = {"he": "male", "she": "female"}.get(word)
    governing = token.head.lemma_.lower() if token.dep_ in {"dobj", "dative"} else ""
    return {
        f"{word} {shown.kind}": 1,
        f"distance {min(distance, 3)}": 1,
        "same paragraph": sentences[mention.sentence].paragraph == sentences[pronoun.sentence].paragraph,
        "subject": token.dep_ in _SUBJECTS,
        "subject before": token.dep_ in _SUBJECTS and distance == 1,
        "was asked": governing in lexicon.words("quotation_cues", "asking"),
        "was told": governing in lexicon.words("quotation_cues", "speech"),
        "owner": token.dep_ == "poss",
        "first words": token.i < 6,
        "spoke": speaker is not None and speaker.words == shown.words,
        "somebody else spoke": speaker is not None and speaker.words != shown.words,
        "gender known": right is not None and right in _gender(context, shown),
        "plural": mention.plural and word == "they",
        "speaker's own": context.document.text[slice(*shown.span)].lower().startswith(("my ", "our ")),
        "inside": sentences[mention.sentence].inside,
        f"{word} words {min(len(shown.words), 3)}": 1,
        f"{word} role": shown.role is not None,
        f"{word} first name": shown.words[0] in lexicon.words("first_names"),
        f"{word} at {token.head.lower_ if token.dep_ == 'pobj' else token.dep_}": 1,
        f"{word} {token.ent_type_}": 1,
    }
