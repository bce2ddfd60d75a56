"""An article's sentences, each with its parse, its paragraph and its quotations: what every later stage reads.

A quotation that is speech is folded to `“Yes.”` before its sentence is parsed: a grammar of newspaper sentences then
sees `“Yes,” she said`, however long and ungrammatical the words inside are. Each token keeps its span in the article.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from retrieval import lexicon
from retrieval.speakers import parsing
from retrieval.text import language, paragraphs, quotation
from retrieval.text.normalize import CAPITALS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.text.quotation import Quote
    from retrieval.types import Span

_LONGEST = 1500  # characters of a sentence that is parsed; what is longer is a list or a table
_WORD = re.compile(r"\w+(?:[-’'.]\w+)*")
_SPEECH_END = re.compile(r"[,.?!…]")
_AROUND = " \t\r*_“”„«»‹›‘’\"'"  # what may stand around a heading
_BLOCK = re.compile(r"\s*>")
_WHOLLY = 0.75  # share of quoted words from which a sentence is a quotation
_FOLDED = "Yes"
_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\((?:https?://|/|#|mailto:)[^()\s]{0,300}\)")
_PLACED = frozenset(["outside", "inside"])  # prepositions that the parser takes for adjectives: "Outside court, …"
# What agencies put in front of their first sentence, and tickers before an entry: `PORT ARREND, March 14 (Wire) -`, `11.20`.
_DATELINE = re.compile(
    rf"(?=[{CAPITALS} .'’/-]{{0,40}}[{CAPITALS}]{{2}})[{CAPITALS}][{CAPITALS} .'’/-]{{2,40}}(?:, [^\n()]{{2,40}}?| \([^()\n]{{2,40}}\)){{0,2}} ?(?:[-–—:]+|\.) (?=\S)"
    r"|(?:\d{1,2} [A-Z][a-z]{2,8}\.?(?: \d{4})?|[A-Z][a-z]{2,8}\.? \d{1,2}(?:, \d{4})?),? ?[-–—:]+ (?=\S)"  # English months
    r"|\d{1,2}[:.]\d{2}(?: ?[ap]\.?m\.?)?[:.]? +(?:[-–—] )?(?=\S)"
)


class _Piece(NamedTuple):
    """A stretch of the folded sentence: where it starts there, and which span of the article it stands for."""

    at: int
    start: int
    end: int
    quoted: bool


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an article. `tokens` are spaCy's, `spans[i]` is the article span of token `i`.

    `quotes` are the numbers of the quotations that it holds or lies in, `quoted` the share of its words inside them
    (0..1), `inside` whether it lies in a quotation as a whole, so that its tokens are the speaker's.
    """

    start: int
    end: int
    paragraph: int
    quotes: tuple[int, ...]
    quoted: float
    inside: bool
    tokens: tuple[Any, ...]
    spans: tuple[Span, ...]
    folded: frozenset[int]  # tokens that stand for a quotation

    @property
    def is_quotation(self) -> bool:
        """Whether it is a quotation as a whole, but for a few words."""
        return self.quoted > _WHOLLY

    @property
    def asks(self) -> bool:
        """Whether it is a question of whoever wrote it."""
        return not self.inside and len(self.tokens) > 0 and self.tokens[-1].text == "?"


@dataclass(frozen=True, slots=True)
class Document:
    """An article as its sentences, quotations and paragraphs; `english` is whether it was understood at all."""

    text: str
    sentences: tuple[Sentence, ...]
    quotes: tuple[Quote, ...]
    paragraphs: tuple[Span, ...]
    english: bool

    def is_block_quotation(self, number: int) -> bool:
        """Whether a sentence lies in a block of quotation of Markdown or an e-mail, each line behind ">"."""
        start = self.sentences[number].start
        return _BLOCK.match(self.text, self.text.rfind("\n", 0, start) + 1, start + 1) is not None

    def is_nested(self, number: int) -> bool:
        """Whether a sentence lies in a quotation inside a quotation: who speaks there quotes another."""
        return quotation.is_nested(self.text, self.sentences[number].start, self.sentences[number].end)

    def is_heading(self, number: int) -> bool:
        """Whether a sentence is a paragraph of its own without an end mark, and no colon leads to it: it belongs to what is below."""
        here, above = self.sentences[number], self.sentences[max(0, number - 1)]
        alone = (here.start, here.end) == self.paragraphs[here.paragraph]
        led_to = above is not here and self.text[above.end - 1] == ":"
        return alone and not led_to and self.text[here.start : here.end].strip(_AROUND)[-1:].isalnum()


def read(text: str, spans: Sequence[Span]) -> Document:
    """The article's sentences at `spans`, parsed; linear in the length of the text."""
    quotes = quotation.quotes(text)
    rows = tuple((paragraph.start, paragraph.end) for paragraph in paragraphs.paragraphs(text))
    starts, ends = [start for start, _ in rows], [quote.end for quote in quotes]
    english = language.language(" ".join(text[start:end] for start, end in spans)) in {None, "en"}
    touching = [_touching(span, quotes, bisect_right(ends, span[0])) for span in spans]
    folds = [
        _fold(text, span, [quotes[number] for number in numbers if quotes[number].speech])
        for span, numbers in zip(spans, touching, strict=True)
    ]
    docs = parsing.parse([folded if english and _is_text(folded) else "" for folded, _, _ in folds])
    for number, doc in enumerate(docs):
        at, word = _missing(doc)
        if at:
            folded, pieces, inside = folds[number]
            folds[number] = (f"{folded[:at]}{word}{folded[at:]}", _with(word, pieces, at), inside)
            (docs[number],) = parsing.parse([folds[number][0]])
    sentences = tuple(
        Sentence(
            *span,
            bisect_right(starts, span[0]) - 1,
            numbers,
            _quoted(text, span, [quotes[n] for n in numbers]),
            inside,
            tuple(doc),
            *_placed(doc, pieces),
        )
        for span, numbers, (_, pieces, inside), doc in zip(spans, touching, folds, docs, strict=True)
    )
    return Document(text, sentences, quotes, rows, english)


def _missing(doc: Any) -> tuple[int, str]:
    """Where a word is missing without which the parser goes wrong, and the word; 0 where none is.

    "that" behind a verb of saying that it took for a noun, "Prosecutors allege Baum lied"; "the" in a place without an
    article, "Outside court, the union's lawyer, Ines Palm, said …".
    """
    if (
        len(doc) > 2
        and doc[0].lower_ in _PLACED
        and doc[1].tag_ == "NN"
        and (doc[2].text == "," or doc[2].tag_ == "NNP")
    ):
        return int(doc[1].idx), "the "
    verbs = lexicon.words("quotation_cues", "speech", "belief")
    for before, verb, name in zip(doc, doc[1:], doc[2:], strict=False):
        noun = verb.lower_ in verbs and verb.tag_ == "NN" and verb.dep_ == "compound"
        if noun and (before.tag_ == "NNS" or before.lower_ == "police") and name.tag_ == "NNP":
            return int(name.idx), "that "
    return 0, ""


def _with(word: str, pieces: Sequence[_Piece], at: int) -> list[_Piece]:
    """The pieces of a folded sentence into which a word was put at `at`; it stands for nothing in the article."""
    before = [piece for piece in pieces if piece.at < at]
    last = before[-1]
    middle = last.start + at - last.at
    inserted = [_Piece(at, middle, middle, quoted=False), _Piece(at + len(word), middle, last.end, last.quoted)]
    behind = [piece._replace(at=piece.at + len(word)) for piece in pieces if piece.at >= at]
    return [*before, *inserted, *behind]


def _is_text(folded: str) -> bool:
    """Whether it can be a sentence: two words at least, and no table."""
    return len(folded) <= _LONGEST and len(re.findall(r"[^\W\d_]{2,}", folded)) > 1


def _fold(text: str, span: Span, speech: Sequence[Quote]) -> tuple[str, list[_Piece], bool]:
    """The sentence with its speech folded, the pieces it is made of, and whether it lies inside one quotation."""
    start, end = span
    dateline = _DATELINE.match(text, start, end)
    start = dateline.end() if dateline and dateline.end() < end else start
    for quote in speech:
        inner = (max(start, quote.start + 1), end if end < quote.end else quote.end - 1)
        if quote.start <= start + 1 and end <= quote.end + 1 and inner[0] < inner[1]:
            return *_shown(text, *inner, 0), True
    folded, pieces, at = "", list[_Piece](), start
    for quote in speech:
        low, high = max(quote.start, at), min(quote.end, end)
        shown, unquoted = _shown(text, at, low, len(folded))
        folded, pieces = folded + shown, pieces + unquoted
        pieces.append(_Piece(len(folded), low, high, quoted=True))
        mark = _SPEECH_END.search(text, max(low, high - 2), high)
        folded += f"“{_FOLDED}{mark[0] if mark else ''}”"
        at = high
    shown, unquoted = _shown(text, at, end, len(folded))
    return folded + shown, pieces + unquoted, False


def _shown(text: str, start: int, end: int, at: int) -> tuple[str, list[_Piece]]:
    """A stretch of the text as its sentence has it from `at` on: of a link of Markdown the words alone."""
    folded, pieces = "", []
    links = [(link.start(), *link.span(1), link.end()) for link in _LINK.finditer(text, start, end)]
    for before, first, last, behind in [*links, (end, end, end, end)]:
        for stretch in ((start, before), (first, last)):
            if stretch[0] < stretch[1]:
                pieces.append(_Piece(at + len(folded), *stretch, quoted=False))
                folded += text[slice(*stretch)].replace("\n", " ")
        start = behind
    return folded, pieces


def _touching(span: Span, quotes: Sequence[Quote], first: int) -> tuple[int, ...]:
    """The quotations, from number `first` on, that overlap the span."""
    last = first
    while last < len(quotes) and quotes[last].start < span[1]:
        last += 1
    return tuple(range(first, last))


def _placed(doc: Sequence[Any], pieces: Sequence[_Piece]) -> tuple[tuple[Span, ...], frozenset[int]]:
    """Each token's span in the article, and the tokens that stand for a quotation."""
    starts = [piece.at for piece in pieces]
    spans, folded = [], set()
    for token in doc:
        piece = pieces[bisect_right(starts, token.idx) - 1]
        begin = piece.start + token.idx - piece.at
        spans.append((piece.start, piece.end) if piece.quoted else (begin, min(begin + len(token.text), piece.end)))
        if piece.quoted:
            folded.add(token.i)
    return tuple(spans), frozenset(folded)


def _quoted(text: str, span: Span, quotes: Sequence[Quote]) -> float:
    """The share of a span's words that lie inside quotations, 0..1."""
    inside = [(max(span[0], quote.start), min(span[1], quote.end)) for quote in quotes]
    words = len(_WORD.findall(text, *span))
    return sum(len(_WORD.findall(text, *part)) for part in inside) / words if words else 0.0
