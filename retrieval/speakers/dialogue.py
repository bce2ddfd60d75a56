"""Who speaks by the layout of the page: labels in front of turns, and the name below a quotation.

A label stands in front of a line ("BOYD: It is safe", "Q (The Observer): Why?") or on a line of its own. Labels make a
dialogue when they come back. With two or more different labels each holds until the next one; where only one comes back
it is the interviewer's, and the paragraphs between are the interviewee's.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from retrieval import lexicon
from retrieval.speakers import document as documents
from retrieval.speakers import mentions
from retrieval.speakers.mentions import Mention
from retrieval.text.normalize import CAPITALS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retrieval.speakers.document import Document, Sentence
    from retrieval.speakers.mentions import People
    from retrieval.types import Span

_NAME = rf"(?:[{CAPITALS}][\w.’'&-]*)(?: (?:[{CAPITALS}][\w.’'&-]*|of|the|de|van|von|al)){{0,4}}"
_INLINE = re.compile(
    rf"[ \t*_>•]*(?:\d{{1,3}}[.)]? )?(?P<label>{_NAME})(?: \d{{1,2}})?(?P<aside> \([^()\n]{{1,60}}\)|, [^\n:]{{2,90}})?[*_]*:[*_]*[ \t]+(?=\S)"
)
_ALONE = re.compile(rf"[ \t*_#]*(?P<label>{_NAME})(?P<aside> \([^()\n]{{1,60}}\))?[*_]*:?[ \t]*")
_SIGNED = re.compile(r"[ \t]*(?:[—–―]|--?)[ \t]*(?P<label>[^\W\d_][^\n]{2,70}?)[ \t\r]*")
_CAPITALS = re.compile(
    rf"(?P<label>(?:[{CAPITALS}][{CAPITALS}.’'-]+ ?){{2,5}}(?: of the (?:[{CAPITALS}]\w+ ?)+)?)(?P<aside>,[^\n]{{3,100}}[^.!?\n])"
)
_UNKNOWN = re.compile(r"\b(?:inaudible|unknown|unidentified|not audible|off mic)", re.IGNORECASE)
_TURNS = 3  # labels that make a dialogue
_DENSE = 0.5  # share of the lines that are turns of a dialogue
_QUESTIONS = 4  # paragraphs that ask, in an interview without labels
_SHORT = 300  # characters of a question
_I = re.compile(r"\bI\b")
_CREDIT = re.compile(r"[^\n:]{0,30}:|by |words |photo", re.IGNORECASE)


class _Label(NamedTuple):
    """A label in front of a line: its span, what stands in parentheses behind it, and its line."""

    span: Span
    aside: Span | None
    line: Span


def labels(read: Document, people: People) -> dict[int, Mention | None]:
    """Sentences that are turns of a dialogue, or signed quotations, with whose they are; `None` where nobody can tell."""
    front = _dialogue(read)
    owners = _turns(read, people, front) if front else _interview(read, people)
    for number, sentence in enumerate(read.sentences):
        signer = _signer(read, people, number) if number not in owners and sentence.quoted > 0.75 else None
        if signer:
            owners[number] = signer
    return owners


def _dialogue(read: Document) -> list[_Label]:
    lines = list(_lines(read.text))
    for pattern, whole in ((_INLINE, False), (_ALONE, True), (_CAPITALS, True)):
        candidates = []
        for line in lines:
            match = pattern.fullmatch(read.text, *line) if whole else pattern.match(read.text, *line)
            if match and match["label"].lower() not in lexicon.words("dialogue_labels", "label"):
                aside = match.span("aside") if match["aside"] else None
                candidates.append(_Label(match.span("label"), aside, line))
        counts = Counter(read.text[slice(*label.span)] for label in candidates)
        listed = {text for label in candidates if label.aside and (text := read.text[slice(*label.span)]).isupper()}
        back = {text for text, times in counts.items() if times > 1 or pattern is _CAPITALS}
        shouted = {text for text in counts if text.isupper()}
        if len(listed) < _TURNS and (whole or not shouted & back):
            shouted = set()
        back |= shouted  # in a list of statements, and in capitals beside one that comes back, a label may come once
        single = whole or len(back) == 1 or bool(shouted)
        kept = [label for label in candidates if back and (not single or read.text[slice(*label.span)] in back)]
        if len(kept) >= _TURNS and sum(counts[text] for text in back) >= _TURNS:
            return kept
    return []


def _turns(read: Document, people: People, labels: list[_Label]) -> dict[int, Mention | None]:
    distinct = {read.text[slice(*label.span)] for label in labels}
    interview = len(distinct) == 1
    asks = " ".join(read.text[slice(*label.line)] for label in labels)
    guest = _guest(read, people, labels[0].line[0], asks) if interview or distinct & {"Q", "A"} else None
    if interview and guest is None:
        return {}
    starts = [label.line[0] for label in labels]
    alone = _sparse(read, labels)
    owners: dict[int, Mention | None] = {}
    for number, sentence in enumerate(read.sentences):
        at = bisect_right(starts, sentence.start) - 1
        if at < 0 or (at + 1 == len(labels) and not interview and _closed(read, sentence, labels[at])):
            continue
        label = labels[at]
        if alone and sentence.start >= label.line[1]:
            continue
        aside = read.text[sentence.start : sentence.start + 1] == "("
        asked = sentence.start < label.line[1]
        owners[number] = None if aside else guest if interview and not asked else _named(read, people, label, guest)
    return owners


def _sparse(read: Document, labels: Sequence[_Label]) -> bool:
    """Whether names in small letters stand in front of too few lines to hold beyond their own."""
    if any(read.text[slice(*label.span)].isupper() or not _is_inline(read, label) for label in labels):
        return False
    lines = [line for line in _lines(read.text) if labels[0].line[0] <= line[0] <= labels[-1].line[0]]
    return len(labels) < _DENSE * len(lines)


def _is_inline(read: Document, label: _Label) -> bool:
    return bool(read.text[label.span[1] : label.line[1]].strip(" \t:*_\r"))


def _closed(read: Document, sentence: Sentence, last: _Label) -> bool:
    """Whether a sentence lies beyond the last label's turn: its own line, or the paragraph below where it stands alone."""
    if _is_inline(read, last) and last.aside is None:
        return sentence.start >= last.line[1]
    own = bisect_right([start for start, _ in read.paragraphs], last.line[0]) - 1
    return sentence.paragraph > own + 1


def _named(read: Document, people: People, label: _Label, guest: Mention | None) -> Mention | None:
    text = read.text[slice(*label.span)]
    word = text.lower().strip(".")
    if word in lexicon.words("dialogue_labels", "question"):
        aside = read.text[slice(*label.aside)] if label.aside else ""
        known = aside.startswith(" (") and aside[2].isupper() and not _UNKNOWN.search(aside)
        return _plain((label.aside[0] + 2, label.aside[1] - 1), read) if label.aside and known else None
    if word in lexicon.words("dialogue_labels", "answer"):
        return guest
    titles = lexicon.words("speaker_nouns", "title")
    words = tuple(part.lower().strip(".") for part in text.split())
    return people.fullest(tuple(part for part in words if part not in titles)) or _plain(label.span, read)


def _plain(span: Span, read: Document) -> Mention:
    words = tuple(re.findall(r"\w+", read.text[slice(*span)].lower()))
    return Mention(-1, -1, span, words, "person")


def _guest(read: Document, people: People, before: int, asks: str) -> Mention | None:
    """Who is asked: of the people named above the first question, the one whom the questions name, else the only one.

    `asks` are the questions; the only one counts only where the answers are in the first person singular.
    """
    spans = [line for line in _lines(read.text[:before]) if not _CREDIT.match(read.text, line[0])]
    above = mentions.people(documents.read(read.text, spans)) if spans else people
    named = [each for words, each in above.full.items() if len(words) > 1]
    named = [people.fullest(each.words) or each for each in named if not read.text[slice(*each.span)].isupper()]
    asked = {each.words: each for each in named if each.words[-1] in set(re.findall(r"\w[\w'’-]*", asks.lower()))}
    only = {each.words: each for each in named if each.kind == "person"}
    chosen = asked or (only if len(_I.findall(read.text, before)) >= _TURNS else {})
    counts = Counter({words: read.text.lower().count(words[-1], 0, before) for words in chosen})
    (first, most), (_, next_most) = [*counts.most_common(2), ((), 0), ((), 0)][:2]
    return chosen[first] if most > next_most or len(chosen) == 1 else None


def _interview(read: Document, people: People) -> dict[int, Mention | None]:
    """Turns of an interview without labels: short paragraphs that ask, and what stands between them."""
    asks = [number for number, span in enumerate(read.paragraphs) if _asks(read.text[slice(*span)])]
    answers = [number for number in range(asks[0], asks[-1] + 1) if number not in asks] if asks else []
    own = sum(bool(_I.search(read.text[slice(*read.paragraphs[number])])) for number in answers)
    if len(asks) < _QUESTIONS or not len(asks) - 1 <= len(answers) <= 3 * len(asks) or own < len(answers) / 3:
        return {}
    questions = " ".join(read.text[slice(*read.paragraphs[number])] for number in asks)
    guest = _guest(read, people, read.paragraphs[asks[0]][0], questions)
    if guest is None:
        return {}
    asked = set(asks)
    for first, last in pairwise(asks):
        if last - first == 4:  # answer, a question that is a statement, answer
            asked.add(first + 2)
    return {
        number: None if sentence.paragraph in asked or read.text[sentence.start] == "(" else guest
        for number, sentence in enumerate(read.sentences)
        if asks[0] <= sentence.paragraph <= asks[-1] + 1
    }


def _asks(paragraph: str) -> bool:
    plain = paragraph.strip()
    bold = plain.startswith("**") and plain.endswith("**")
    return len(plain) < _SHORT and (bold or (plain.endswith("?") and plain[0] not in "“\"‘'«"))


def _signer(read: Document, people: People, number: int) -> Mention | None:
    """Who has signed a quotation: "— Ann Lee, curator" behind it or on the next line."""
    sentence = read.sentences[number]
    end = read.text.find("\n", sentence.end)
    rest = _SIGNED.fullmatch(read.text, sentence.end, len(read.text) if end < 0 else end)
    if rest is None and end >= 0 and not read.text[sentence.end : end].strip("”\"’'» \t\r"):
        line = next(_lines(read.text, end + 1), None)
        rest = _SIGNED.fullmatch(read.text, *line) if line else None
    if rest is None or rest["label"][-1] in ".!?,;:":
        return None
    name = re.match(r"[^,(]+", rest["label"])
    span = (rest.start("label"), rest.start("label") + len(name[0].rstrip())) if name else rest.span("label")
    words = read.text[slice(*span)].split()
    if not 1 < len(words) <= 5 or not all(word[0].isupper() or word in {"de", "van", "von", "al"} for word in words):
        return None
    return people.fullest(tuple(word.lower() for word in words)) or _plain(span, read)


def _lines(text: str, start: int = 0) -> Iterator[Span]:
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if text[start:end].strip():
            yield start, end
        start = end + 1
