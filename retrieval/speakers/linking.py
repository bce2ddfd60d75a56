"""Which source for which sentence: every candidate gets features and a probability; the likeliest is its speaker.

A sentence's candidates are the sources of its own cues, and, where it is (mostly) a quotation without one, whoever speaks
in the sentences around it. Features in, no decisions: the weights are fitted on annotated articles.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from retrieval import lexicon
from retrieval.speakers import coreference, mentions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retrieval.speakers.coreference import Context
    from retrieval.speakers.cues import Cue
    from retrieval.speakers.document import Document, Sentence
    from retrieval.speakers.mentions import Mention

_COMMON = frozenset(
    ["say", "tell", "add", "ask", "write", "warn", "note", "explain", "announce", "argue", "claim", "insist"]
)
_SOURCES = ("person", "body", "document")
_THIS_TEXT = frozenset(["article", "story", "report", "page", "post", "piece"])
_NEIGHBOURS = 3  # sentences after a quotation in which its cue may stand
_FINAL = 4  # tokens at a sentence's end, where a cue that governs all of it stands: "…, she said."
RESOLVED = 0.6  # a pronoun whose likeliest antecedent is less likely stands for nobody
_SAME = 0.99  # of a speaker's certainty, from sentence to sentence of one quotation


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible speaker of a sentence, the cue that brings it (`None` where its neighbours do), and the features."""

    speaker: Mention
    features: Mapping[str, float]
    cue: Cue | None = None
    sentence: int = -1  # of the cue


class Link(NamedTuple):
    """A sentence's speaker with its probability, and whence: `cue`, `context` or `layout`."""

    speaker: Mention
    probability: float
    origin: str
    cue: Cue | None = None
    sentence: int = -1


def of_cues(context: Context, number: int, cues: tuple[Cue, ...]) -> list[Candidate]:
    """A candidate for each cue of the sentence that names a source."""
    sentence = context.document.sentences[number]
    if sentence.asks:
        return []
    made = []
    unsigned = [cue for cue in cues if _is_unsigned(sentence, cue)]
    for rank, cue in enumerate(cues):
        if unsigned and cue.verb >= unsigned[0].verb:
            continue  # "A post claims that the mayor said": nobody's
        if cue.source is None or cue.negated or _set_apart(context.document, sentence, cue.source):
            continue  # who did not say something has not said it; a word in quotation marks is nobody
        mention = mentions.of(context.document, number, cue.source)
        if "embedded" in cue.flags and mention.kind == "pronoun":
            continue  # "X says that he was told": X's words
        if mention.words[-1] in lexicon.words("speaker_nouns", "anybody") or _is_our_own(sentence, cue.source, mention):
            continue
        speaker, certainty = _resolved(context, mention)
        if speaker is None or speaker.kind == "number":
            continue
        features = {
            **_of_cue(cue, rank, len(cues)),
            **_of_source(sentence.tokens[cue.source], mention, speaker, certainty, cue),
            **_of_sentence(sentence, cue),
            "another is final": float(
                any(other is not cue and other.verb >= len(sentence.tokens) - _FINAL for other in cues)
            ),
        }
        made.append(Candidate(speaker, {name: value for name, value in features.items() if value}, cue, number))
    return made


def _is_our_own(sentence: Sentence, token: int, mention: Mention) -> bool:
    """Whether the writers have found it out or written it themselves: "according to our count", "a version of this article"."""
    noun = sentence.tokens[token]
    if any(
        part.lower_ in _THIS_TEXT and part.left_edge.lower_ == "this" for part in noun.subtree if part.dep_ == "pobj"
    ):
        return True
    ours = any(child.dep_ == "poss" and child.lower_ in {"my", "our"} for child in noun.children)
    return ours and (mention.kind == "document" or lexicon.holds("speaker_nouns", ("owned",), noun.lower_))


def _is_unsigned(sentence: Sentence, cue: Cue) -> bool:
    head = sentence.tokens[cue.source].lower_ if cue.source is not None else ""
    return lexicon.holds("speaker_nouns", ("unsigned",), head)


def _set_apart(document: Document, sentence: Sentence, token: int) -> bool:
    """Whether a token lies in quotation marks: `The “expert” was there`."""
    start, end = sentence.spans[token]
    return any(document.quotes[quote].start < start and end < document.quotes[quote].end for quote in sentence.quotes)


def _resolved(context: Context, mention: Mention) -> tuple[Mention | None, float]:
    """Whom a source stands for, and how likely that is."""
    if mention.kind == "pronoun":
        antecedent = coreference.resolve(context, mention)
        if antecedent is None or antecedent[1] < RESOLVED:
            return None, 0.0
        return coreference.definite(context, antecedent[0]) or antecedent[0], antecedent[1]
    if mention.kind == "first":
        return None, 0.0
    if mention.kind in mentions.NAMED:
        return context.people.fullest(mention.words) or mention, 1.0
    return coreference.definite(context, mention) or mention, 1.0


def _of_cue(cue: Cue, rank: int, count: int) -> dict[str, float]:
    return {
        f"kind {cue.kind}": 1.0,
        f"reports {cue.reports}": 1.0,
        f"{cue.kind} {cue.reports}": 1.0,
        "common": float(cue.lemma in _COMMON),
        f"lemma {cue.lemma}": 0.7,
        f"{cue.lemma} {cue.reports}": 0.7,
        f"{cue.kind} {cue.tense}": 1.0,
        **dict.fromkeys(cue.flags, 1.0),
        "later cue": float(rank > 0),
        "cues": float(min(count, 3) - 1),
    }


def _of_source(head: Any, mention: Mention, speaker: Mention, certainty: float, cue: Cue) -> dict[str, float]:
    return {
        f"head {head.lemma_.lower()}": 0.5 * lexicon.holds("speaker_nouns", _SOURCES, head.lemma_.lower()),
        f"entity {head.ent_type_}": 1.0,
        f"source {mention.kind}": 1.0,
        "certainty": math.log(certainty),
        f"speaker {speaker.kind}": 1.0,
        "plural": float(mention.plural),
        "nested": float(mention.kind == "pronoun" and "embedded" in cue.flags),
    }


def _of_sentence(sentence: Sentence, cue: Cue) -> dict[str, float]:
    return {
        "quoted": sentence.quoted,
        "mostly quoted": float(sentence.quoted > 0.5),
        "inside": float(sentence.inside),
        f"dependency {sentence.tokens[cue.verb].dep_}": 1.0,
        "final" if cue.verb > _FINAL else "short": float(cue.verb >= len(sentence.tokens) - _FINAL),
        "ends in colon": float(sentence.tokens[-1].text == ":"),
        "in parentheses": float(_open(sentence, cue.verb)),
        "behind semicolon": float(any(token.text == ";" for token in sentence.tokens[: cue.verb])),
    }


def _open(sentence: Sentence, token: int) -> bool:
    before = [part.text for part in sentence.tokens[:token] if part.text in {"(", ")"}]
    return before[-1:] == ["("]


def of_quotation(document: Document, number: int, links: list[Link | None], ahead: list[Link | None]) -> Link | None:
    """Whose the quotation is that a sentence shares with one before it or behind it, that it goes on with, or that a colon leads to."""
    here, above = document.sentences[number], document.sentences[max(0, number - 1)]
    if number and here.is_quotation and document.text[above.end - 1] == ":" and (link := links[number - 1]):
        return link._replace(probability=link.probability * _SAME, origin="context", cue=None)
    chains = {document.quotes[quote].chain for quote in here.quotes}
    for other, known in ((number - 1, links), (number + 1, ahead), (number + 2, ahead), (number + 3, ahead)):
        if not 0 <= other < len(document.sentences) or not (link := known[other]):
            continue
        if chains & {document.quotes[quote].chain for quote in document.sentences[other].quotes}:
            return link._replace(probability=link.probability * _SAME, origin="context", cue=None)
    return None


def of_neighbours(
    context: Context, number: int, links: list[Link | None], ahead: list[Link | None], own: float
) -> list[Candidate]:
    """Whoever speaks in the sentences around, as candidates for one whose own cues give nobody (`own`: the best of them).

    `links` are decided up to this sentence; `ahead` are those of later sentences by their own cues.
    """
    document = context.document
    sentence = document.sentences[number]
    if sentence.quoted == 0 and own == 0 and not _goes_on(document, number, links):
        return []
    speakers, relations = _beside(document, number, links, ahead)
    shared = {
        f"quoted {sentence.is_quotation}": 1.0,
        "goes on": float(
            sentence.is_quotation
            and own == 0
            and document.sentences[number - 1].quoted > 0
            and _goes_on(document, number, links)
        ),
        "inside": float(sentence.inside),
        "own cue": own,
        "opens paragraph": float(number == 0 or document.sentences[number - 1].paragraph != sentence.paragraph),
        "rivals": float(len(speakers) > 1),
        "question": float(sentence.asks),
    }
    return [
        Candidate(
            speakers[words].speaker, {k: v for k, v in (relation | shared).items() if v}, None, speakers[words].sentence
        )
        for words, relation in relations.items()
    ]


def _beside(
    document: Document, number: int, links: list[Link | None], ahead: list[Link | None]
) -> tuple[dict[tuple[str, ...], Link], dict[tuple[str, ...], dict[str, float]]]:
    """The nearest speakers before and behind a sentence, and how each one's sentence is related to it."""
    relations: dict[tuple[str, ...], dict[str, float]] = {}
    speakers: dict[tuple[str, ...], Link] = {}
    above = () if document.is_heading(number) else (1, 2)
    back = next((step for step in above if number >= step and links[number - step]), 0)
    step = next((step for step in range(1, _NEIGHBOURS + 1) if number + step < len(ahead) and ahead[number + step]), 0)
    if back and (before := links[number - back]):
        name = "before" if back == 1 else "two before"
        speakers[before.speaker.words] = before
        relation = _relation(document, number, number - back, name)
        relations[before.speaker.words] = relation | {
            f"{name} by {before.origin}": 1.0,
            f"{name} unsure": 1 - before.probability,
        }
    if step and (after := ahead[number + step]):
        speakers.setdefault(after.speaker.words, after)
        relation = _relation(document, number, number + step, "after")
        relations.setdefault(after.speaker.words, {}).update(relation | {f"after by {step}": 1.0})
    return speakers, relations


def _goes_on(document: Document, number: int, links: list[Link | None]) -> bool:
    """Whether a sentence may go on with what the one before it reports."""
    paragraphs = {document.sentences[each].paragraph for each in (number - 1, number)}
    return number > 0 and links[number - 1] is not None and len(paragraphs) == 1


def _relation(document: Document, number: int, other: int, name: str) -> dict[str, float]:
    here, there = document.sentences[number], document.sentences[other]
    chains = {document.quotes[quote].chain for quote in here.quotes}
    return {
        name: 1.0,
        f"{name} same quotation": float(bool(set(here.quotes) & set(there.quotes))),
        f"{name} same speech": float(bool(chains & {document.quotes[quote].chain for quote in there.quotes})),
        f"{name} same paragraph": float(here.paragraph == there.paragraph),
        f"{name} next paragraph": float(abs(here.paragraph - there.paragraph) == 1),
        f"{name} quoted": float(there.quoted > 0.5),
        f"{name} unquoted": float(there.quoted == 0),
        f"{name} ends in colon": float(len(there.tokens) > 0 and document.text[there.end - 1] == ":"),
        f"{name} both unquoted": float(there.quoted == 0 and here.quoted == 0),
    }
