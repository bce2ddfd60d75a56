"""Whose words each sentence of an article is: a speaker's, the outlet's own, or unclear.

Cues give most of it ("Ann Lee said"); a quotation keeps its speaker over sentences and paragraphs; layout gives the
rest (dialogue labels, transcripts, signed pull quotes). What is not certain stays unclear: a wrong name is worse.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from retrieval.speakers import clauses, coreference, linking, reading, reporting_clauses, sources, tokens
from retrieval.text import dialogue
from retrieval.types import Speaker, Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.speakers.linking import Said
    from retrieval.speakers.reading import Page, Sentence
    from retrieval.speakers.reporting_clauses import Claim
    from retrieval.speakers.sources import Source
    from retrieval.types import Article, Span, Voice

_SCARE = 3  # quoted words that may be nobody's
_BLOCK = 3  # paragraphs after "The paper reports:" that may still be the paper's


@dataclass(frozen=True, slots=True)
class _Words:
    """Whose words, where they came through, and what says so."""

    source: Source
    via: Span | None = None
    cue: Span | None = None


@dataclass(slots=True)
class _State:
    """What is known so far: per sentence its speaker, and per quotation."""

    page: Page
    words: list[_Words | None]
    claimed: set[int] = field(default_factory=set)  # sentences with a claim, somebody's or nobody's
    owners: dict[int, _Words] = field(default_factory=dict)
    chains: dict[int, _Words] = field(default_factory=dict)

    @property
    def said(self) -> list[Source | None]:
        return self._said

    _said: list[Source | None] = field(default_factory=list)

    def give(self, at: int, words: _Words) -> None:
        """Sentence `at` is theirs, its quotations too."""
        self.words[at] = words
        self._said[at] = words.source
        for quote in self.page.sentences[at].quotes:
            self.owners.setdefault(quote, words)
            self.chains.setdefault(self.page.quotes[quote].chain, words)


def attribute(article: Article, sentences: Sequence[Span]) -> tuple[Statement, ...]:
    """One statement a sentence, in order.

    `sentences` are spans of the article's text in order, such as those of its passages. Every field of a speaker is
    a stretch of that text. Time is linear in its length; nothing is read or written.
    """
    page = reading.read(article.text, sentences)
    count = len(page.sentences)
    state = _State(page, [None] * count, _said=[None] * count)
    labelled = _by_layout(state)
    for at in range(count):
        if at not in labelled:
            _by_cue(state, at)
    for at in range(count):
        if at not in labelled and state.words[at] is None:
            _by_quotation(state, at)
    _by_testimony(state)
    blocks = _blocks(state)
    return tuple(_statement(article, state, at, labelled, blocks) for at in range(count))


# ---------------------------------------------------------------- layout


def _by_layout(state: _State) -> set[int]:
    """Sentences whose speaker the page's layout names, or may name; they are not looked at further."""
    page = state.page
    done: set[int] = set()
    found = dialogue.turns(page.text)
    number = 0
    for at, sentence in enumerate(page.sentences):
        while number < len(found) and found[number].end <= sentence.start:
            number += 1
        turn = found[number] if number < len(found) and found[number].label[0] <= sentence.start else None
        if turn or (found and sentence.start > found[0].start):
            done.add(at)
        if turn and (source := _label(page, turn.label, found[0].start)):
            state.give(at, _Words(source))
        signed = None if turn else dialogue.signature(page.text, sentence.end)
        if signed:
            done |= _sign(state, at, signed)
    return done


def _label(page: Page, label: Span, opening: int) -> Source | None:
    """Who a dialogue label is; "A:" answers for the one person named before the first question."""
    row = tokens.read(page.text, *label)
    words = page.text[slice(*label)]
    if words in {"Q", "A", "Question", "Answer"}:
        before = {one.words: one for one in page.roster.people.values() if one.span[0] < opening}
        one = next(iter(before.values())) if len(before) == 1 and words[0] == "A" else None
        return sources.Source(one.span, one.words, one.role, person=True) if one else None
    known = page.roster.fullest([token.low for token in row])
    if known:
        return sources.Source(known.span, known.words, known.role, person=True)
    return sources.Source(label, tuple(token.low for token in row))


def _sign(state: _State, at: int, signed: Span) -> set[int]:
    """A pull quote is its signer's: this sentence, and those before it in the same paragraph."""
    page = state.page
    row = tokens.read(page.text, *signed)
    phrase = clauses.after(row, 0)
    if phrase is None or reporting_clauses.claims(row):
        return set()
    source = sources.named(row, phrase, page.roster)
    done = set()
    while at >= 0 and page.sentences[at].paragraph == page.sentences[at].paragraph and at not in done:
        state.give(at, _Words(source))
        done.add(at)
        if at == 0 or page.sentences[at - 1].paragraph != page.sentences[at].paragraph:
            break
        at -= 1
    return done


# ---------------------------------------------------------------- cues


def _by_cue(state: _State, at: int) -> None:
    sentence = state.page.sentences[at]
    if not sentence.claims:
        _by_colon(state, at)
        return
    state.claimed.add(at)
    if sentence.asks:  # "Did the minister say so?" gives nobody any words
        return
    said = _resolved(state, at)
    winner = linking.main(
        sentence.tokens, said, lambda first, last: reading.count(sentence, state.page.text, first, last)
    )
    if winner is None or winner.source is None:
        return
    via = winner.via or _via(sentence, winner.claim)
    first, last = winner.claim.cue
    cue = (sentence.tokens[first].start, sentence.tokens[last - 1].end)
    state.give(at, _Words(winner.source, via, cue))


def _resolved(state: _State, at: int) -> list[Said]:
    """The sentence's claims with who makes them."""
    found: list[Said] = []
    sentence = state.page.sentences[at]
    for claim in sentence.claims:
        if reporting_clauses.hearsay(sentence.tokens, claim, sentence.claims):
            found.append(linking.Said(claim, None))
            continue
        source = found[-1].source if claim.source is None and found else _source(state, at, claim.source)
        found.append(linking.Said(claim, source))
    return found


def _source(state: _State, at: int, phrase: tuple[int, int] | None) -> Source | None:
    sentence = state.page.sentences[at]
    if phrase is None:
        phrase = clauses.opening_phrase(sentence.tokens)
        if phrase is None:
            return None
    if sources.pronoun(sentence.tokens, phrase):
        return coreference.of_pronoun(state.page, state.said, at, phrase[0])
    if [token.low for token in sentence.tokens[slice(*phrase)]] in (["one"], ["another"]):
        return None  # "one wrote": whoever that is
    source = sources.named(sentence.tokens, phrase, state.page.roster)
    if not source.words:  # an article alone, its noun in quotation marks: nobody that could be named
        return None
    return coreference.of_definite(state.page, state.said, at, source)


def _via(sentence: Sentence, claim: Claim) -> Span | None:
    """The outlet that was told: "told The Washington Post", "said in an interview with the daily X"."""
    if claim.heard:
        return sources.outlet(sentence.tokens, claim.heard)
    first, last = claim.cue
    for row in range(first, last):
        if sentence.tokens[row].low in {"with", "to", "on"} and (phrase := clauses.after(sentence.tokens, row + 1)):
            return sources.outlet(sentence.tokens, phrase)
    return None


def _by_colon(state: _State, at: int) -> None:
    """ "Our reporter Jess Long is on the seafront: “…”": one person, a colon, a quotation."""
    sentence = state.page.sentences[at]
    colons = [
        row
        for row, token in enumerate(sentence.tokens[:-1])
        if token.text == ":" and sentence.tokens[row + 1].quote >= 0
    ]
    if not colons:
        return
    people = {one.words: one for _, one in sources.people(sentence.tokens[: colons[0]], state.page.roster)}
    if len(people) == 1:
        state.give(at, _Words(next(iter(people.values()))))


# ---------------------------------------------------------------- quotations


def _by_quotation(state: _State, at: int) -> None:
    """A sentence without a cue of its own belongs to whom its quotation belongs to."""
    page = state.page
    sentence = page.sentences[at]
    if not sentence.spoken or at in state.claimed:
        return
    words = _owner(state, at)
    if words:
        state.give(at, words)


def _owner(state: _State, at: int) -> _Words | None:
    page = state.page
    sentence = page.sentences[at]
    quote = sentence.quotes[0]
    owner = state.owners.get(quote) or state.chains.get(page.quotes[quote].chain) or _ahead(state, at)
    if owner or sentence.start > page.quotes[quote].start + 1:
        return owner
    if at and page.sentences[at - 1].paragraph == sentence.paragraph:
        return state.words[at - 1]
    return _introduced(state, at) or _only_voice(state, at)


def _ahead(state: _State, at: int) -> _Words | None:
    """The sentence that ends the same quotation has the cue; so may the next one of the paragraph."""
    sentences = state.page.sentences
    quote = sentences[at].quotes[-1]
    for row in range(at + 1, min(at + 40, len(sentences))):
        if quote not in sentences[row].quotes[:1]:
            return None
        if state.words[row]:
            return state.words[row]
    return None


def _introduced(state: _State, at: int) -> _Words | None:
    """The paragraph before ends in "she said:"."""
    if (
        at == 0
        or state.page.text[state.page.sentences[at - 1].start : state.page.sentences[at].start].rstrip()[-1:] != ":"
    ):
        return None
    return state.words[at - 1]


def _only_voice(state: _State, at: int) -> _Words | None:
    """A quotation that opens a paragraph in which only one person speaks is theirs."""
    sentences = state.page.sentences
    found: dict[tuple[str, ...], _Words] = {}
    for row in range(at + 1, min(at + 12, len(sentences))):
        if sentences[row].paragraph != sentences[at].paragraph:
            break
        words = state.words[row]
        if words is None:
            return None
        found[words.source.words] = words
    return next(iter(found.values())) if len(found) == 1 else None


def _by_testimony(state: _State) -> None:
    """Speech after speech without a cue, and one name at the end: "Testimony of Teresa Vaz, 61, recorded by"."""
    page = state.page
    spoken = [at for at, sentence in enumerate(page.sentences) if sentence.spoken]
    if not spoken or any(state.words) or len(page.roster.people) != 1 or spoken[-1] + 1 >= len(page.sentences):
        return
    closing = page.sentences[spoken[-1] + 1]
    said = {token.low for token in closing.tokens} & {
        "testimony",
        "told",
        "recorded",
        "interviewed",
        "spoke",
        "interview",
    }
    people = sources.people(closing.tokens, page.roster)
    if said and len(people) == 1:
        for at in spoken:
            state.give(at, _Words(people[0][1]))


# ---------------------------------------------------------------- voices


def _blocks(state: _State) -> dict[int, Span]:
    """Paragraphs that an outlet's name and a colon introduce, with that outlet: "RT News reports:"."""
    page = state.page
    found: dict[int, Span] = {}
    for number, (start, end) in enumerate(page.paragraphs):
        if page.text[end - 1] != ":" or end - start > 300:
            continue
        row = tokens.read(page.text, start, end)
        said = [claim for claim in reporting_clauses.claims([*row[:-1]]) if claim.source]
        phrases = [claim.source for claim in said] or [clauses.opening_phrase(row)]
        spans = [span for phrase in phrases if phrase and (span := sources.outlet(row, phrase))]
        if spans:
            found.update({number + step: spans[-1] for step in range(1, _BLOCK + 1)})
    return found


def _statement(article: Article, state: _State, at: int, labelled: set[int], blocks: dict[int, Span]) -> Statement:
    sentence = state.page.sentences[at]
    words = state.words[at]
    if words is None:
        return Statement(article, sentence.start, sentence.end, _voice(state, at, labelled, blocks))
    if words.via is None and sentence.paragraph in blocks and sentence.paragraph - 1 not in blocks:
        words = replace(words, via=blocks[sentence.paragraph])
    return Statement(article, sentence.start, sentence.end, "speaker", _speaker(state.page.text, words))


def _speaker(text: str, words: _Words) -> Speaker:
    def stretch(span: Span | None) -> str | None:
        return text[span[0] : span[1]] if span else None

    return Speaker(text[slice(*words.source.name)], stretch(words.source.role), stretch(words.via), stretch(words.cue))


def _voice(state: _State, at: int, labelled: set[int], blocks: dict[int, Span]) -> Voice:
    """The outlet's own words only where nothing hints at anybody else's."""
    sentence = state.page.sentences[at]
    if at in state.claimed or at in labelled or sentence.paragraph in blocks or sentence.quoted > _SCARE:
        return "unclear"
    if sentence.quoted and sentence.quoted == sentence.words:
        return "unclear"
    if reporting_clauses.hedged(sentence.tokens) or any(
        token.text in '"“”«»' for token in sentence.tokens if token.quote < 0
    ):
        return "unclear"
    before = state.page.sentences[at - 1] if at else None
    if before and before.paragraph == sentence.paragraph and (state.words[at - 1] or at - 1 in state.claimed):
        return "unclear" if not before.quoted else "article"
    return "article"
