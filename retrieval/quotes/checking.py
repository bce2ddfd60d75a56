"""Is this sentence in the articles, word for word, altered, or put together from pieces; and whose is it?

Nothing altered passes as verbatim and nothing untouched is refused for its typography; what is typography stands in
`text/normalize.py`. A quote is looked for word for word first; only what is not found so is held against the places
that share its runs of words. Nothing here says that a quote is false: only that these articles do not hold it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from retrieval.lexicon import SAYING, reporting_verbs
from retrieval.quotes.best_match import Alignment, TextIndex, Texts, best_alignments, elided
from retrieval.quotes.quote_parser import Quoted, as_given, same_speaker, unbracketed, without_ellipses
from retrieval.quotes.suffix_array import SuffixArray
from retrieval.quotes.word_diff import Change, Op, changes, edges, hides_negation
from retrieval.text.normalize import Wording, gap, normal
from retrieval.text.quotation import is_nested
from retrieval.types import Article, Span, Speaker

SpeakerOf = Callable[[Article, int, int], Speaker | None]


__all__ = ["Change", "Correction", "QuoteCheck", "QuoteIndex", "QuoteMatch"]

Status = Literal["verbatim", "altered", "stitched", "not-found"]

_EMPHASIS = re.compile(r"(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)")  # as chats and Markdown mark words
_LINE_END = re.compile(r"[-‐\u00ad][ \t]*\r?\n[ \t]*")  # with the hyphen that parts a word

_CLOSING = ('"', "”", "“", "»", "«")
_OPENING = (*_CLOSING, "„")  # languages differ in which of a pair opens
_MARK = re.compile(r'["“”„«»\n]')
_SAYS = re.compile(rf"\b(?:{reporting_verbs(SAYING, 'third', 'past')})\b")

MAX_MATCHES = 20  # places listed of a quote that stands in many
MAX_PLACES = 200  # places of the same words whose ends and marks are looked at
MAX_EDGE = 8  # characters of punctuation that a match takes in at its ends, where the quote has them too


@dataclass(frozen=True, slots=True)
class QuoteMatch:
    """A place that a quote, or a piece of it, stands at or was taken from: `[start, end)` of the article's text.

    `quoted_by` is who speaks there and quotes these words of another, whom nobody names for certain: no `speaker` then.
    """

    article: Article
    start: int
    end: int
    speaker: Speaker | None = None
    changes: tuple[Change, ...] = ()
    quoted_by: Speaker | None = None

    @property
    def text(self) -> str:
        """The place word for word, as the article has it."""
        return self.article.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class QuoteCheck:
    """What became of one quote.

    `matches`: for `verbatim` and `altered` the places in reading order, at most `MAX_MATCHES`; for `stitched` the
    pieces in the order of the quote; none for `not-found`. `marked`: whether the quoter's own brackets and ellipses show
    every difference. `misattributed`: whether the words are somebody else's than the one they were given to,
    `None` where that is not known. `articles`: how many were searched, for "not in these N articles". `earlier`: where
    the words stood in texts that articles have no longer, and what stands there now, the latest change first.
    """

    quote: str
    status: Status
    matches: tuple[QuoteMatch, ...] = ()
    marked: bool = False
    misattributed: bool | None = None
    articles: int = 0
    earlier: tuple[Correction, ...] = ()


@dataclass(frozen=True, slots=True)
class Correction:
    """`[start, end)` of an article as it was `until` then (ISO 8601 in UTC), when `later` took its place.

    `now` says whether the later text has the same words, or which others; `not-found` where they are gone.
    """

    earlier: Article
    start: int
    end: int
    until: str
    later: Article
    now: QuoteCheck

    @property
    def text(self) -> str:
        """The stretch word for word, as it was."""
        return self.earlier.text[self.start : self.end]


class QuoteIndex:
    """Looks quotes up in articles; `speaker_of(article, start, end)` says whose words a stretch is, where known."""

    def __init__(self, *parts: Texts, speaker_of: SpeakerOf | None = None) -> None:
        self._texts = TextIndex(parts)
        self._speaker_of = speaker_of

    @property
    def suffix_array(self) -> SuffixArray:
        """The articles' words, and where each stands."""
        return self._texts.suffix_array

    def check(self, quote: str, *, speaker: str | None = None) -> QuoteCheck:
        """Whether the articles hold the quote; `speaker` is the one it is given to, if anybody is."""
        status, matches, marked = self._verdict(quote)
        wrong = _misattributed(speaker, matches)
        return QuoteCheck(quote, status, tuple(matches), marked, wrong, len(self._texts))

    def _verdict(self, quote: str) -> tuple[Status, list[QuoteMatch], bool]:
        with_brackets, bare = as_given(quote), unbracketed(quote)
        if not with_brackets.wording.words:
            return "not-found", [], False
        plain = _EMPHASIS.sub("", quote)
        matches = self._unchanged(with_brackets) or self._unchanged(bare)
        if matches := matches or (self._unchanged(unbracketed(plain)) if plain != quote else []):
            return "verbatim", matches, False
        if matches := self._same_words(bare):
            return ("altered" if matches[0].changes else "verbatim"), matches, _marked(matches)
        for pieces, near in elided(self._texts, bare):
            matches = [self._match(bare, each) for each in pieces]
            if near and self._hides_negation(pieces):  # an ellipsis does not show that
                return "altered", [self._match(unbracketed(without_ellipses(quote)), _joined(pieces))], False
            if not any(match.changes for match in matches):
                return "stitched", matches, near
        return self._altered(bare)

    def _hides_negation(self, pieces: Sequence[Alignment]) -> bool:
        """Whether what is left out between two pieces of one sentence turns its sense."""
        wordings = [self._texts.wording(piece.row) for piece in pieces]
        return any(
            hides_negation(
                wording, wording.words[piece.ops[-1].j_stop - 1].end, wording.words[following.ops[0].j].start
            )
            for wording, (piece, following) in zip(wordings, itertools.pairwise(pieces), strict=False)
        )

    def _unchanged(self, quoted: Quoted) -> list[QuoteMatch]:
        """The places where words and marks are the quote's and no word at the ends is cut through."""
        matches = self._matches(quoted, quoted.wording.gaps[:-1])
        return list(itertools.islice((match for match in matches if not match.changes), MAX_MATCHES))

    def _same_words(self, quoted: Quoted) -> list[QuoteMatch]:
        """The places where the words are the quote's and the fewest marks differ."""
        matches = list(self._matches(quoted, ()))
        fewest = min((len(match.changes) for match in matches), default=0)
        return [match for match in matches if len(match.changes) == fewest][:MAX_MATCHES]

    def _matches(self, quoted: Quoted, gaps: Sequence[str]) -> Iterator[QuoteMatch]:
        size = len(quoted.wording.words)
        for place in self._texts.suffix_array.exact(quoted.wording.norms, gaps)[:MAX_PLACES]:
            yield self._match(quoted, self._texts.unchanged(int(place), 0, size))

    def _altered(self, quoted: Quoted) -> tuple[Status, list[QuoteMatch], bool]:
        alignments = best_alignments(self._texts, quoted)
        matches = [self._match(quoted, each) for each in alignments]
        if not matches:
            return "not-found", [], False
        if len(matches) == 1:
            matches = [self._match(quoted, each) for each in self._texts.everywhere(alignments[0])][:MAX_MATCHES]
            return ("altered" if any(match.changes for match in matches) else "verbatim"), matches, _marked(matches)
        joins = all(each.ops[0].i - 1 in quoted.elisions for each in alignments[1:])
        return "stitched", matches, joins and _marked(matches) and _onward(matches)

    def _match(self, quoted: Quoted, alignment: Alignment) -> QuoteMatch:
        wording, article = self._texts.wording(alignment.row), self._texts.article(alignment.row)
        is_name = self._texts.suffix_array.is_name
        differing = edges(quoted, wording, alignment.ops) + changes(quoted, wording, alignment.ops, is_name)
        start, end = _extent(quoted, wording, alignment)
        differing = [
            each for each in differing if not _parted_by_line(each) and not _between_quotations(each, wording.text)
        ]
        differing.sort(key=lambda change: (change.start, change.end))
        start = min([start, *(change.start for change in differing)])
        end = max([end, *(change.end for change in differing)])
        speaker = self._speaker_of(article, start, end) if self._speaker_of else None
        if is_nested(article.text, start, end):
            return QuoteMatch(article, start, end, None, tuple(differing), quoted_by=speaker)
        return QuoteMatch(article, start, end, speaker, tuple(differing))


def _joined(pieces: Sequence[Alignment]) -> Alignment:
    """Pieces in the order of one article as one, what is left out between them as a difference."""
    ops = [op for piece in pieces for op in piece.ops]
    left_out = (Op(False, op.i_stop, op.i_stop, op.j_stop, after.j) for op, after in itertools.pairwise(ops))
    return Alignment(pieces[0].row, tuple(itertools.chain(*zip(ops, left_out, strict=False), ops[-1:])))


def _parted_by_line(change: Change) -> bool:
    """Whether the article only parts a word with a hyphen at the end of a line: `over-` and `loaded` for `overloaded`."""
    return "\n" in change.original and normal(_LINE_END.sub("", change.original)) == normal(change.quoted)


def _between_quotations(change: Change, text: str) -> bool:
    """Whether what the quote leaves out is the article's own: `she said` between `“A library,”` and `“is no luxury.”`."""
    kept = change.kind != "deleted" or "negation" in change.flags or _MARK.search(change.original)
    if kept or not _SAYS.search(change.original):
        return False
    before, after = text[: change.start].rstrip(" "), text[change.end :].lstrip(" ,.:;–—-")
    return before.endswith(_CLOSING) and after.startswith(_OPENING)


def _extent(quoted: Quoted, wording: Wording, alignment: Alignment) -> Span:
    """The span of the aligned words, and of the marks around them that the quote has around them too."""
    first, last = alignment.ops[0], alignment.ops[-1]
    start, end = wording.words[first.j].start, wording.words[last.j_stop - 1].end
    if first.same and first.i == 0:
        lead = gap(quoted.wording.text[: quoted.wording.words[0].start])
        start = min(
            (at for at in range(max(0, start - MAX_EDGE), start) if _also(wording.text[at:start], lead.endswith)),
            default=start,
        )
    if last.same and last.i_stop == len(quoted.wording.words):
        trail, limit = quoted.wording.gaps[-1], min(len(wording.text), end + MAX_EDGE)
        end = max(
            (at for at in range(end + 1, limit + 1) if _also(wording.text[end:at], trail.startswith)), default=end
        )
    return start, end


def _also(marks: str, agrees: Callable[[str], bool]) -> bool:
    """Whether the marks are the quote's too, and beside the words: over white space only a sign such as `©` is."""
    apart = any(map(str.isspace, marks)) and not re.fullmatch(r" ?[^\s\w`'\"“”‘’.,;:?!…]+ ?", marks)
    return not apart and agrees(gap(marks))


def _marked(matches: Sequence[QuoteMatch]) -> bool:
    return all(change.by_quoter for match in matches for change in match.changes)


def _onward(matches: Sequence[QuoteMatch]) -> bool:
    """Whether the pieces go on in one article."""
    return all(a.article is b.article and a.end <= b.start for a, b in itertools.pairwise(matches))


def _misattributed(name: str | None, matches: Sequence[QuoteMatch]) -> bool | None:
    """Whether the words are known to be another's; `None` where nobody was named, or some article names no speaker for them.

    An article that repeats the words, as its headline does, need name the speaker only once.
    """
    speakers = [match.speaker for match in matches if match.speaker]
    if not name or not name.strip() or not speakers:
        return None
    if any(same_speaker(name, speaker) for speaker in speakers):
        return False
    naming = {match.article.id for match in matches if match.speaker}
    return True if all(match.article.id in naming for match in matches) else None


def correction(earlier: Article, start: int, end: int, until: str, later: Article) -> Correction:
    """What became of a stretch of an article since its file has another text: it is looked up there as any quote is."""
    now = QuoteIndex(Texts([later])).check(earlier.text[start:end])
    return Correction(earlier, start, end, until, later, now)
