"""Where quotation marks open and close; the only place that knows how English and its neighbours quote.

Straight or curly, double or single, guillemets, ``two strokes''; nested marks belong to the outer quotation. An apostrophe is no mark.
A quotation ends with its paragraph, unless the next paragraph opens with the same mark again: so long speeches are
set, and the two are then links of one chain. A mark that is never closed quotes nothing. Quotations inside a quotation are
what its speaker quotes of others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from retrieval.text import paragraphs

_PAIRS = {"“": "”", "„": '“”"', "«": "»", "‘": "’", '"': '"', "'": "'", "‹": "›"}
_MARK = re.compile(r"[“”„«»‹›‘’\"']")
_WORD = re.compile(r"\w+(?:[-’'.]\w+)*")
_BEFORE_OPENING = frozenset(" \t\n\r\u00a0([{—–-/:“‘\"'«")
_AFTER_CLOSING = frozenset(" \t\n\r\u00a0)]},.;:!?…—–-/”’\"'»")
_SPEECH_ENDS = frozenset(",.?!…")
_FEW_WORDS = 3
_FILLER = "\u2060"


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation with its marks, `[start, end)`; `chain` is shared by the paragraphs of one speech.

    `words` counts the words inside; `speech` is false for what may be a title or a scare quote: a few words that do
    not end as speech does.
    """

    start: int
    end: int
    chain: int
    words: int
    speech: bool


def quotes(text: str) -> tuple[Quote, ...]:
    """The outermost quotations of a text, in order; linear in its length."""
    if "``" in text:  # as old wires and TeX write marks; the view is as long as the text
        text = text.replace("``", f"“{_FILLER}").replace("''", f"{_FILLER}”")
    quotations: list[Quote] = []
    going_on = ""  # the mark that the last paragraph left open
    for paragraph in paragraphs.paragraphs(text):
        start, end = paragraph.start, paragraph.end
        inside, left_open = _of_paragraph(text, start, end, len(quotations))
        continues = bool(going_on) and text[start] in {"«": "«»"}.get(going_on, going_on)
        if going_on and not continues:
            quotations.pop()  # opened, never closed: nobody can say where it ended
        if continues and inside:
            inside[0] = replace(inside[0], chain=quotations[-1].chain)
        quotations += inside
        going_on = left_open
    return tuple(quotations[:-1] if going_on else quotations)


@lru_cache(maxsize=64)  # a quote is looked up in few articles, at many places
def nested(text: str) -> tuple[Quote, ...]:
    """The quotations inside the outermost ones that are speech, in order; linear in the length of the text."""
    outer = (quote for quote in quotes(text) if quote.speech)
    inner = (each for quote in outer for each in _of_paragraph(text, quote.start + 1, quote.end, 0)[0])
    return tuple(each for each in inner if each.speech)


def is_nested(text: str, start: int, end: int) -> bool:
    """Whether a stretch, without the marks beside it, lies in a quotation inside a quotation: `“He said, ‘Go.’”`."""
    return any(each.start <= start + 1 and end <= each.end + 1 for each in nested(text))


def _of_paragraph(text: str, start: int, end: int, chain: int) -> tuple[list[Quote], str]:
    """The quotations of one paragraph, and the mark it leaves open, whose quotation is then the last one."""
    quotations: list[Quote] = []
    opened, at = "", 0
    closers = _closers(text, start, end)
    for mark in _MARK.finditer(text, start, end):
        where = mark.start()
        if not opened and _opens(text, where):
            opened, at = mark[0], where
        elif opened and mark[0] in _PAIRS[opened] and where > at + 1 and _closes(text, where, opened, closers):
            quotations.append(_quote(text, at, where + 1, chain + len(quotations)))
            opened = ""
    if opened and opened not in "'‘":
        quotations.append(_quote(text, at, end, chain + len(quotations)))
        return quotations, opened
    return quotations, ""


def _quote(text: str, start: int, end: int, chain: int) -> Quote:
    words = sum(1 for _ in _WORD.finditer(text, start, end))
    ends = text[start : end - 1].rstrip(_FILLER)[-1:] in _SPEECH_ENDS or text[start:end].rstrip()[-1] in _SPEECH_ENDS
    return Quote(start, end, chain, words, words > _FEW_WORDS or ends)


def _opens(text: str, at: int) -> bool:
    mark, before, after = text[at], text[at - 1 : at] or "\n", text[at + 1 : at + 2]
    if mark not in _PAIRS or not after or (mark != "«" and after.isspace()):
        return False
    if mark in "“„«‹":
        return True
    # 'em and '90s are not quotations; nothing else tells a straight opening mark from an apostrophe
    return before in _BEFORE_OPENING and not (mark == "'" and (after.isdigit() or not _lifts(text, at)))


def _lifts(text: str, at: int) -> bool:
    word = _WORD.match(text, at + 1)
    return word is None or word[0].lower() not in {"em", "tis", "twas", "til", "cause", "n", "bout", "round"}


def _closes(text: str, at: int, opened: str, closers: frozenset[int]) -> bool:
    if opened not in "'‘":
        return opened != '"' or (text[at + 1 : at + 2] or "\n") in _AFTER_CLOSING or text[at - 1] in _SPEECH_ENDS
    return at in closers


def _closers(text: str, start: int, end: int) -> frozenset[int]:
    """Single marks that can close: not inside a word, and no plural's possessive while a better one is to come."""
    able = [
        mark.start()
        for mark in _MARK.finditer(text, start, end)
        if mark[0] in "'’" and (text[mark.start() + 1 : mark.start() + 2] or "\n") in _AFTER_CLOSING
    ]
    kept, better = [], False
    for at in reversed(able):
        possessive = text[at - 1] == "s" and text[at + 1 : at + 3].strip()[:1].islower()
        if not (possessive and better):
            kept.append(at)
        opening_follows = text[at + 1 : at + 2].isspace() and text[at - 1 : at].isspace()
        better = not opening_follows
    return frozenset(kept)
