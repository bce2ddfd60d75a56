"""A page's layout → its dialogue: who is written in front of the turns, and which turns ask.

A label stands in front of a line ("BOYD: It is safe", "Q (The Observer): Why?", "[00:12] ANN LEE, HOST:") or on a line
of its own. Labels make a dialogue when there are three and one of them comes back.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from retrieval import lexicon
from retrieval.text.normalize import CAPITALS
from retrieval.types import Span

_WORD = rf"[{CAPITALS}](?:[^\W_]|[.’'&-])*+"
_NAME = rf"{_WORD}(?: (?:{_WORD}|of|the|de|van|von|al)){{0,4}}"
_TIME = r"\[?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?\]?(?: ?[–—-])? "
_INLINE = re.compile(
    rf"[ \t*_>•]*+(?:{_TIME}|\d{{1,3}}[.)]? )?(?P<label>{_NAME})(?: \d{{1,2}})?(?P<aside>[*_]*+ [(\[][^()\n]{{1,60}}[)\]]|, [^\n:]{{2,90}})?"
    r"[*_]*+:[*_]*+(?(aside)(?=\s|$)|[ \t]+(?=\S))"  # "ANN LEE, HOST:" may stand alone
)
_ALONE = re.compile(rf"[ \t*_#]*+(?P<label>{_NAME})(?P<aside> \([^()\n]{{1,60}}\))?[*_]*+:?[ \t]*")
_SHOUTED = re.compile(  # a list of statements, each below a name in capitals and an office
    rf"(?P<label>(?:[{CAPITALS}][{CAPITALS}.’'-]+ ?){{2,5}}(?: of the (?:[{CAPITALS}]\w+ ?)+)?)(?P<aside>,[^\n]{{3,100}}[^.!?\n])"
)
_SIGNED = re.compile(r"[ \t]*(?:[—–―]|--?)[ \t]*((?=[^\W\d_])[^\n]{2,90}?)[ \t\r]*")
_ASKER = re.compile(rf"[ ,*_(]+(?!(?i:unknown|unidentified|inaudible))(?P<name>[{CAPITALS}][^()]*)")
_DENSE = 0.5  # share of the lines that are turns of a dialogue
_SHORT_QUESTION = 300  # characters
_SHORT_LINE = 60
_REACH = 2000  # characters behind a signature in which a paragraph shows that the article goes on
_QUOTES = "”\"’'»"
_BETWEEN = " \t\r\n>"  # white space, and the marks of a block of quotation
_FEWEST = 3  # labels that make a dialogue
_ASKS = 1 / 3  # the share of their turns from which somebody is the one who asks
CLOSING = " \t\r\n*_”\"’'»)"  # may stand behind a question mark


class Label(NamedTuple):
    """A label in front of a turn: its span, what stands beside the name, and its line."""

    span: Span
    aside: Span | None
    line: Span


def labels(text: str) -> list[Label]:
    """The labels of a transcript or dialogue, in order; none where the article is none."""
    rows = list(lines(text))
    for pattern in (_INLINE, _ALONE, _SHOUTED):
        candidates = [label for row in rows if (label := _label(pattern, text, row))]
        returning = _returning(text, candidates, alone=pattern is not _INLINE, listed=pattern is _SHOUTED)
        if returning and not (pattern is _SHOUTED and _signs(text, returning)):
            return returning
    return []


def inline(text: str, line: Span) -> Label | None:
    """The label in front of one line, whether or not the article is a dialogue."""
    return _label(_INLINE, text, line)


def _label(pattern: re.Pattern[str], text: str, line: Span) -> Label | None:
    match = (pattern.match if pattern is _INLINE else pattern.fullmatch)(text, *line)
    if not match or lexicon.words("dialogue_labels", "label") & set(re.split(r"\W+", match["label"].lower())):
        return None
    return Label(match.span("label"), match.span("aside") if match["aside"] else None, line)


def _signs(text: str, names: Sequence[Label]) -> bool:
    """Whether names on lines of their own stand below what they sign, as on a page of letters, and not above it."""
    above = sum(len(text[: label.line[0] - 1].rpartition("\n")[2]) > _SHORT_LINE for label in names)
    below = sum(len(text[label.line[1] + 1 :].partition("\n")[0]) > _SHORT_LINE for label in names)
    return above > below


def _returning(text: str, candidates: list[Label], *, alone: bool, listed: bool) -> list[Label]:
    """The candidates that make a dialogue: of those that fill a line, and of one name, only what comes back."""
    names = bearers([text[slice(*label.span)] for label in candidates])
    counts = Counter(names)
    back = {name for name, times in counts.items() if times > 1 or listed}
    shouted = {name for name in counts if name.split()[-1].isupper()}  # "Dr LEE"
    beside = {name for name, label in zip(names, candidates, strict=True) if label.aside} & shouted
    if len(beside) < _FEWEST and (alone or not shouted & back):
        shouted = set()
    back |= shouted  # in a list of statements, and in capitals beside one that comes back, a label may come once
    single = alone or len(back) == 1 or bool(shouted)
    returning = [label for name, label in zip(names, candidates, strict=True) if back and (not single or name in back)]
    return returning if len(returning) >= _FEWEST and sum(counts[name] for name in back) >= _FEWEST else []


def bearers(names: Sequence[str]) -> list[str]:
    """For each name of a label the longest one that ends with it: "Mr Lee" is the "Mr Tom Lee" of another label."""
    bare = [tuple(_without_titles(name)) for name in names]
    fullest = {
        words: max((other for other in bare if other[-len(words) :] == words), key=len) for words in dict.fromkeys(bare)
    }
    first = dict(zip(reversed(bare), reversed(names), strict=True))
    return [first[fullest[words]] for words in bare]


def _without_titles(name: str) -> list[str]:
    words = name.split()
    while len(words) > 1 and words[0].lower().strip(".") in lexicon.words("speaker_nouns", "title"):
        words.pop(0)
    return words


def is_of_kind(name: str, kind: str) -> bool:
    """Whether a label is a word of this kind of the lexicon: `label`, `question` or `answer`."""
    return name.lower().strip(".") in lexicon.words("dialogue_labels", kind)


def is_inline(text: str, label: Label) -> bool:
    """Whether words stand behind a label in its line."""
    return bool(text[label.span[1] : label.line[1]].strip(" \t:*_\r"))


def is_sparse(text: str, every: Sequence[Label]) -> bool:
    """Whether names in small letters stand in front of too few lines to hold beyond their own."""
    if any(text[slice(*label.span)].isupper() or not is_inline(text, label) for label in every):
        return False
    rows = [row for row in lines(text) if every[0].line[0] <= row[0] <= every[-1].line[0]]
    return len(every) < _DENSE * len(rows)


def is_closed(text: str, paragraphs: Sequence[Span], start: int, last: Label) -> bool:
    """Whether a sentence that begins at `start` lies beyond the last label's turn: its own line, or the paragraph below where it stands alone."""
    if is_inline(text, last) and last.aside is None:
        return start >= last.line[1]
    own, other = (bisect_right(paragraphs, (place, len(text))) for place in (last.line[0], start))
    return other > own + 1


def is_remark(text: str, sentence: Span, label: Label) -> bool:
    """Whether a sentence of a turn, behind the label, is a remark in parentheses and nobody's words: "RINE: (is silent)"."""
    start = max(sentence[0], (label.aside or label.span)[1])
    return text[start : sentence[1]].lstrip(" \t:*_").startswith(("(", "["))


def fuller(text: str, every: Sequence[Label]) -> dict[str, Label]:
    """The last word of each label of several words → that label: "QUINN" is the "MARTA QUINN" of another one."""
    return {words[-1]: label for label in every if len(words := text[slice(*label.span)].split()) > 1}


def asks_the_next(text: str, paragraph: Span, both: Sequence[Label]) -> bool:
    """Whether a paragraph without a label of its own is a question that the next of two labels answers."""
    start, end = paragraph
    follows = len(both) > 1 and not text[end : both[1].line[0]].strip()
    labelled = not is_inline(text, both[0]) and not text[both[0].line[1] : start].strip()  # by the line above
    return follows and not labelled and is_question(text[start:end])


def is_question(paragraph: str) -> bool:
    """Whether a paragraph asks, as in an interview: it is short, and ends with a question mark or is set in bold."""
    plain = paragraph.strip()
    bold = plain.startswith("**") and plain.endswith("**")
    return len(plain) < _SHORT_QUESTION and (bold or (plain.endswith("?") and plain[0] not in "“\"‘'«"))


def named(text: str, label: Label) -> Span | None:
    """Where the name of a label stands; of a question the one in parentheses behind it, "QUESTION (Radio Nord):", or nobody."""
    if not is_of_kind(text[slice(*label.span)], "question"):
        return label.span
    asker = _ASKER.match(text, *label.aside) if label.aside else None
    return asker.span("name") if asker else None


def name_and_role(text: str, span: Span) -> tuple[Span, Span | None]:
    """Where the name of a label or a signature stands without the titles in front, and where these stand if they are a role."""
    words = list(re.finditer(r"\S+", text[slice(*span)]))
    plain = [word[0].lower().strip(".") for word in words]
    first = 0
    while first + 1 < len(words) and lexicon.holds("speaker_nouns", ("person", "title"), plain[first]):
        first += 1
    name = (span[0] + words[first].start(), span[1])
    if lexicon.words("speaker_nouns", "courtesy").issuperset(plain[:first]):
        return name, None
    return name, (span[0], span[0] + words[first - 1].end())


def asks(text: str) -> bool:
    """Whether a stretch of text ends with a question."""
    return text.rstrip(CLOSING).endswith("?")


def questions(text: str) -> tuple[int, ...]:
    """Where each turn that asks begins (its label does): its first line ends with a question, or its speaker often asks."""
    every = labels(text)
    ends = [label.line[0] for label in every[1:]] + [label.line[1] for label in every[-1:]]
    asking = [
        asks(text[label.span[1] : end].strip(" \t\r\n:*_").partition("\n")[0])
        for label, end in zip(every, ends, strict=True)
    ]
    names = bearers([text[slice(*label.span)] for label in every])
    often = Counter(name for name, asked in zip(names, asking, strict=True) if asked)
    counts = Counter(names)
    return tuple(
        label.span[0]
        for label, name, asked in zip(every, names, asking, strict=True)
        if asked or often[name] >= _ASKS * counts[name]
    )


def signature(text: str, end: int) -> Span | None:
    """Who has signed a pull quote that ends at `end`: "— Ann Lee, curator" behind it or on the next line.

    An item of a list signs nothing, and a name below the last paragraph is its author's, unless that paragraph is a
    quotation.
    """
    stop = text.find("\n", end)
    rest = _SIGNED.fullmatch(text, end, len(text) if stop < 0 else stop)
    if rest is None and stop >= 0 and not text[end:stop].strip(" \t\r”\"’'»"):
        while stop + 1 < len(text) and text[stop + 1] in _BETWEEN and stop - end < _SHORT_LINE:
            stop += 1
        below = text.find("\n", stop + 1)
        rest = _SIGNED.fullmatch(text, stop + 1, len(text) if below < 0 else below)
    if rest is None or not rest[1][0].isupper() or rest[1][-1] in ".!?,;:":
        return None
    behind = text[rest.end() :].lstrip()
    listed = bool(_SIGNED.fullmatch(behind.partition("\n")[0]))
    quoted = text[end - 1 : end + 1].strip()[-1:] in _QUOTES
    closes = not any(len(line) > _SHORT_LINE for line in behind[:_REACH].split("\n"))
    return None if listed or (closes and not quoted) else rest.span(1)


def lines(text: str, start: int = 0) -> Iterator[Span]:
    """The lines that hold something, from `start` on."""
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if text[start:end].strip():
            yield start, end
        start = end + 1
