"""Whom a pronoun stands for, where the paragraph leaves only one; "the officials" too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrieval.speakers import clauses, genders, sources
from retrieval.speakers.cues import DETERMINERS, GROUPS, HE, NUMBERS, PERSONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.speakers.reading import Page, Sentence
    from retrieval.speakers.sources import Source

_SINGULAR = HE | {"his", "her", "him"}
_BACK = 4  # sentences of the paragraph that are looked back at
_PARAGRAPHS_BACK = 6  # sentences that "the officials" may look back over


def of_pronoun(page: Page, said: Sequence[Source | None], at: int, row: int) -> Source | None:
    """Whom the pronoun at this row of sentence `at` means; `said` is who spoke in each sentence before."""
    low = page.sentences[at].tokens[row].low
    if low in _SINGULAR:
        return _person(page, said, at, row, low)
    return _body(page, said, at, row, plural=low in {"they", "their"})


def of_definite(page: Page, said: Sequence[Source | None], at: int, source: Source) -> Source:
    """ "The officials" are the last officials who spoke, when these few sentences had no others."""
    first, last = page.text[slice(*source.name)].lower().split()[0], source.words[-1]
    if first != "the" or len(source.words) > 1 or last not in PERSONS:
        return source
    before = [one for one in said[max(0, at - _PARAGRAPHS_BACK) : at] if one and last in one.words]
    return before[-1] if before and len({one.words for one in before}) == 1 else source


def _person(page: Page, said: Sequence[Source | None], at: int, row: int, low: str) -> Source | None:
    here = _fitting(page, page.sentences[at].tokens[:row], low)
    if here:
        return here[0] if len({one.words for one in here}) == 1 else None
    paragraph = page.sentences[at].paragraph
    back = at - 1
    while back >= 0 and at - back <= _BACK and page.sentences[back].paragraph == paragraph:
        found, known = _in_sentence(page, said, back, low)
        if known:
            return found
        back -= 1
    if back < 0 or at - back > _BACK or page.sentences[back].paragraph == paragraph:
        return None
    return _in_paragraph_before(page, said, back, low)


def _in_sentence(page: Page, said: Sequence[Source | None], at: int, low: str) -> tuple[Source | None, bool]:
    """Whom the sentence leaves for a pronoun, and whether it settles the question at all."""
    speaker = said[at]
    if speaker and speaker.person and _fits(page, speaker, low):
        return speaker, True
    there = _fitting(page, page.sentences[at].tokens, low)
    if not there:
        return None, False
    return (there[0] if len({one.words for one in there}) == 1 else None), True


def _in_paragraph_before(page: Page, said: Sequence[Source | None], last: int, low: str) -> Source | None:
    """The paragraph before must have one person only, who speaks there or is what it is about."""
    paragraph = page.sentences[last].paragraph
    first = last
    while first > 0 and page.sentences[first - 1].paragraph == paragraph and last - first < _BACK:
        first -= 1
    rows = range(first, last + 1)
    spoke = [one for one in (said[row] for row in rows) if one]
    there = [one for row in rows for one in _fitting(page, page.sentences[row].tokens, low)]
    if spoke and spoke[-1].person and _fits(page, spoke[-1], low) and len({one.words for one in spoke}) == 1:
        return spoke[-1]
    if spoke or len({one.words for one in there}) != 1:
        return None
    return there[0] if any(_leads(page.sentences[row], page, there[0]) for row in rows) else None


def _leads(sentence: Sentence, page: Page, person: Source) -> bool:
    """Is the person what the sentence starts with, and no more than named in it?"""
    named = sources.people(sentence.tokens, page.roster)
    if not named or named[0][1].words != person.words:
        return False
    phrase = clauses.opening_phrase(sentence.tokens)
    return phrase is not None and phrase[0] <= named[0][0] < phrase[1] + 2


def _fitting(page: Page, tokens: Sequence[object], low: str) -> list[Source]:
    named = sources.people(tokens, page.roster)  # type: ignore[arg-type]
    return [one for _, one in named if _fits(page, one, low)]


def _fits(page: Page, one: Source, low: str) -> bool:
    role = page.text[slice(*one.role)] if one.role else ""
    return genders.can_be(low, one.words, f"{role} {page.text[slice(*one.name)]}")


def _body(page: Page, said: Sequence[Source | None], at: int, row: int, *, plural: bool) -> Source | None:
    """ "It" and "they": the body that spoke just before, or that the sentence before starts with."""
    here = clauses.opening_phrase(page.sentences[at].tokens)
    if here and here[1] <= row and (found := _subject(page, page.sentences[at], here, plural=plural)):
        return found
    back = at - 1
    if back < 0 or page.sentences[back].paragraph != page.sentences[at].paragraph:
        return None
    speaker = said[back]
    if speaker:
        return speaker if _agrees(speaker, plural=plural) else None
    there = clauses.opening_phrase(page.sentences[back].tokens)
    return _subject(page, page.sentences[back], there, plural=plural) if there else None


def _subject(page: Page, sentence: Sentence, phrase: tuple[int, int], *, plural: bool) -> Source | None:
    inside = sentence.tokens[phrase[0] : phrase[1]]
    if sources.pronoun(sentence.tokens, phrase) or not any(token.word for token in inside):
        return None
    head = inside[-1].low
    if head not in PERSONS | GROUPS and not (inside[0].capital and inside[0].low not in DETERMINERS | NUMBERS):
        return None
    found = sources.named(sentence.tokens, phrase, page.roster)
    return found if _agrees(found, plural=plural) else None


def _agrees(source: Source, *, plural: bool) -> bool:
    if plural:
        return source.plural
    return not source.plural and not source.person
