"""Whose words each sentence of an article is: a speaker's, the outlet's own, or unclear.

Quotation attribution in the stages of the literature (O'Keefe et al. 2012, Pareti 2015): quotations, cues, source
mentions, linking, coreference, verification, speaker. Every link has a probability; below the bar, or where a second
reading doubts it, nobody is named: a wrong name is worse than none. The outlet's own words are only those of a sentence
that was understood as its own assertion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval import lexicon
from retrieval.speakers import coreference, cues, dialogue, document, linking, mentions, model, verification
from retrieval.speakers.linking import Link
from retrieval.speakers.people import people_of
from retrieval.types import Speaker, Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.speakers.coreference import Context
    from retrieval.speakers.cues import Cue
    from retrieval.speakers.document import Document, Sentence
    from retrieval.speakers.mentions import Mention
    from retrieval.types import Article, Span, Voice

# Probability from which a name is proposed; `python -m training.speakers.fit` prints precision and recall by bar.
BAR = 0.5
_HINT = 0.2  # probability above which a sentence may be somebody's, and is not called the outlet's own
_RIVAL = 0.4  # probability from which another speaker beside the likeliest leaves the sentence to neither
_LABEL = 0.95  # how sure a dialogue label is
_REPORTS = frozenset(["speech", "asking", "according", "colon"])  # cues that make a sentence nobody's own assertion
_SCARE = 0.25  # share of quoted words that may be a title or a scare quote


@dataclass(frozen=True, slots=True)
class Analysis:
    """An article taken apart: its context, every sentence's cues, and who is in front of its dialogue turns."""

    context: Context
    cues: tuple[tuple[Cue, ...], ...]
    labels: dict[int, Mention | None]


def attribute(article: Article, sentences: Sequence[Span]) -> tuple[Statement, ...]:
    """One statement a sentence, in order.

    `sentences` are spans of the article's text in order, such as those of its passages. Every field of a speaker is a
    stretch of that text. Time is linear in its length. Raises `ModelError` where the parser is missing.
    """
    analysis = analyse(article.text, sentences)
    links, hints = link(analysis)
    return tuple(_statement(article, analysis, number, links[number], hints[number]) for number in range(len(links)))


def analyse(text: str, sentences: Sequence[Span]) -> Analysis:
    """The article's sentences parsed, with their cues, mentions and dialogue labels."""
    read = document.read(text, sentences)
    people = people_of(read)
    context = coreference.Context(read, people, coreference.mentions_of(read, people), [None] * len(read.sentences))
    return Analysis(context, tuple(map(cues.find, read.sentences)), dialogue.labels(read, people))


def link(analysis: Analysis) -> tuple[list[Link | None], list[float]]:
    """Every sentence's speaker, and how likely it is that it is somebody's at all, whoever that is.

    What a second reading withholds is nobody's, nor is what only its neighbours give to the same speaker; nor what the speaker
    quotes of another, or is only said in passing to have said, though whom the sentences around mean may be that speaker.
    """
    links, hints = propose(analysis)
    read = analysis.context.document
    doubted = {number for number, each in enumerate(links) if each and verification.withheld(read, number, each)}

    def hidden(number: int, each: Link) -> bool:
        return each.sentence in doubted or _is_in_passing(each.cue) or read.is_nested(number)

    return [None if each and hidden(number, each) else each for number, each in enumerate(links)], hints


def propose(analysis: Analysis) -> tuple[list[Link | None], list[float]]:
    """What `link` gives, before the second reading."""
    context, count = analysis.context, len(analysis.cues)
    own = [_by_cues(analysis, number) for number in range(count)]
    links: list[Link | None] = [None] * count
    hints = [each.probability if each else 0.0 for each in own]
    sure = [each if each and each.probability >= BAR else None for each in own]
    for number in range(count):
        links[number] = _labelled(analysis, number) or sure[number]
        if links[number] is None and number not in analysis.labels:
            links[number] = linking.of_quotation(context.document, number, links, sure)
        if links[number] is None and number not in analysis.labels:
            best = _best(linking.of_neighbours(context, number, links, sure, hints[number]), "context")
            hints[number] = max(hints[number], best.probability if best else 0.0)
            links[number] = best if best and best.probability >= BAR else None
    return links, hints


def _by_cues(analysis: Analysis, number: int) -> Link | None:
    if analysis.labels.get(number) or analysis.context.document.sentences[number].inside:
        return None  # who is written in front of a turn, or is quoted, says all of it
    candidates = linking.of_cues(analysis.context, number, analysis.cues[number])
    best = _best([each for each in candidates if not _is_in_passing(each.cue)], "cue")
    best = best if best and best.probability >= BAR else _best(candidates, "cue")
    if best and _rivalled(analysis.context.document.sentences[number], analysis.cues[number], candidates, best):
        return best._replace(probability=min(best.probability, _HINT + 0.1))
    if best and best.probability >= BAR and best.cue and best.cue.source is not None:
        source = mentions.of(analysis.context.document, number, best.cue.source)
        coreference.enter(analysis.context, best.speaker, source)
    return best


def _is_in_passing(cue: Cue | None) -> bool:
    return cue is not None and "in passing" in cue.flags


def _rivalled(sentence: Sentence, cues: Sequence[Cue], candidates: Sequence[linking.Candidate], best: Link) -> bool:
    """Whether another speaks beside the likeliest speaker: "X denies it, and Y says that …"."""
    source = best.cue.source if best.cue and best.cue.clause else None
    if source is not None and _semicolon_in(sentence, 0, source):
        return True  # what is before the semicolon is somebody else's, or nobody's
    if best.cue and not (best.cue.clause or best.cue.quoting or _is_in_passing(best.cue)):
        aside = [cue for cue in cues if _is_in_passing(cue) and "embedded" not in cue.flags]
        if any((cue.source or 0) > best.cue.verb for cue in aside):
            return True  # "X contradicted Y, who had said that …"
    own = {each.cue.verb for each in candidates if each.cue is not None and each.speaker.words == best.speaker.words}
    quoting = [cue for cue in cues if cue.quoting and "embedded" not in cue.flags]
    reports = [cue for cue in quoting if cue.kind == "speech" or "quoted" in cue.flags]
    reports += [cue for cue in cues if cue.kind == "according" and "plain" not in cue.flags]
    if any(cue.source is None or cue.verb not in own for cue in reports):
        return True  # who speaks beside it is another, or not known: "According to him, X warned the board …"
    for candidate in candidates:
        if candidate.cue is None or best.cue is None or candidate.speaker.words == best.speaker.words:
            continue
        first, last = sorted([candidate.cue.verb, best.cue.verb])
        conjoined = sentence.tokens[last].dep_ == "conj" and sentence.tokens[last].head.i == first
        joined = conjoined and any(token.dep_ == "cc" and token.i < last for token in sentence.tokens[first].rights)
        if (joined or _semicolon_in(sentence, first, last)) and model.probability("cue", candidate.features) >= _RIVAL:
            return True
    return False


def _semicolon_in(sentence: Sentence, first: int, last: int) -> bool:
    return any(token.text == ";" for token in sentence.tokens[first:last])


def _labelled(analysis: Analysis, number: int) -> Link | None:
    label = analysis.labels.get(number)
    return Link(label, _LABEL, "layout") if label else None


def _best(candidates: Sequence[linking.Candidate], origin: str) -> Link | None:
    scored = [(model.probability(origin, each.features), each) for each in candidates]
    if not scored:
        return None
    probability, best = max(scored, key=lambda pair: pair[0])
    return Link(best.speaker, probability, origin, best.cue, best.sentence)


def _statement(article: Article, analysis: Analysis, number: int, link: Link | None, hint: float) -> Statement:
    sentence = analysis.context.document.sentences[number]
    sources = _sources(analysis, number)
    if link is None:
        return Statement(article, sentence.start, sentence.end, _voice(analysis, number, hint), sources=sources)
    return Statement(article, sentence.start, sentence.end, "speaker", _speaker(analysis, link), sources)


def _sources(analysis: Analysis, number: int) -> tuple[str, ...]:
    """Who says something in a sentence, whosesoever it is as a whole."""
    read = analysis.context.document
    heads = [
        cue.source
        for cue in analysis.cues[number]
        if cue.source is not None and cue.kind in _REPORTS and not cue.negated
    ]
    if read.sentences[number].asks:
        return ()
    spans = [mentions.of(read, number, head).span for head in dict.fromkeys(heads)]
    return tuple(dict.fromkeys(read.text[slice(*span)] for span in spans))


def _speaker(analysis: Analysis, link: Link) -> Speaker:
    read = analysis.context.document

    def stretch(span: Span | None) -> str | None:
        return read.text[span[0] : span[1]] if span else None

    via = cue = None
    if link.cue is not None:
        cue = read.sentences[link.sentence].spans[link.cue.verb]
        via = _outlet(read, link.sentence, link.cue.heard) if link.cue.heard is not None else None
    return Speaker(read.text[slice(*link.speaker.span)], stretch(link.speaker.role), stretch(via), stretch(cue))


def _outlet(read: Document, number: int, head: int) -> Span | None:
    """Where an outlet's name stands, if the noun phrase with this head is one: "The Post", "the broadcaster TV Delta"."""
    span = mentions.phrase(read.sentences[number], read.sentences[number].tokens[head], short=True)
    row = [(match[0], span[0] + match.start()) for match in mentions.WORD.finditer(read.text[slice(*span)])]
    first = next((at for at, (word, _) in enumerate(row) if word[0].isupper()), len(row))
    described = any(lexicon.holds("outlets", ("kind",), word.lower()) for word, _ in row[:first])
    known = any(
        word[0].isupper() and word.lower() in lexicon.words("outlets", "name", "word") for word, _ in row[first:]
    )
    if not described and not known:
        return None
    if first and row[first - 1][0] == "the" and not described:
        first -= 1
    return (row[first][1], span[1]) if first < len(row) else None


def _voice(analysis: Analysis, number: int, hint: float) -> Voice:
    """The outlet's own words only where the sentence was understood and nothing hints at anybody else's."""
    sentence = analysis.context.document.sentences[number]
    understood = analysis.context.document.english and len(sentence.tokens) > 0
    reports = any((cue.clause or cue.quoting) and cue.kind in _REPORTS for cue in analysis.cues[number])
    quoted = sentence.inside or analysis.context.document.is_block_quotation(number)
    foreign = reports or quoted or sentence.quoted > _SCARE or hint > _HINT or number in analysis.labels
    return "article" if understood and not foreign else "unclear"
