"""Is this sentence in the articles, word for word, altered, or put together from pieces; and whose is it?

Nothing altered passes as verbatim and nothing untouched is refused for its typography; what is typography, `normal`
knows. A quote is looked for word for word first; only what is not found so is held against the places that share its
runs of words. Nothing here says that a quote is false: only that these articles do not hold it.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from retrieval.quotes.best_match import elided, likeliest
from retrieval.quotes.quote_parser import Quoted, as_given, unbracketed
from retrieval.quotes.same_speaker import same_speaker
from retrieval.quotes.text_index import Found, Wordings
from retrieval.quotes.word_diff import Change, changes, edges
from retrieval.text.normalize import gap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from retrieval.quotes.suffix_array import Phrases
    from retrieval.text.normalize import Wording
    from retrieval.types import Article, Span, Speaker

    SpeakerOf = Callable[[Article, int, int], Speaker | None]

__all__ = ["Change", "QuoteCheck", "QuoteIndex", "QuoteMatch"]

Status = Literal["verbatim", "altered", "stitched", "not-found"]

MAX_MATCHES = 20  # places listed of a quote that stands in many
LOOKED_AT = 200  # places of the same words whose ends and marks are looked at
FRINGE = 8  # characters of punctuation that a match takes in at its ends, where the quote has them too


@dataclass(frozen=True, slots=True)
class QuoteMatch:
    """A place that a quote, or a piece of it, stands at or was taken from: `[start, end)` of the article's text."""

    article: Article
    start: int
    end: int
    speaker: Speaker | None = None
    changes: tuple[Change, ...] = ()

    @property
    def text(self) -> str:
        """The place word for word, as the article has it."""
        return self.article.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class QuoteCheck:
    """What became of one quote.

    `matches`: for `verbatim` and `altered` the places in reading order, at most `MAX_MATCHES`; for `stitched` the
    pieces in the order of the quote; none for `not-found`. `marked`: whether the quoter's own brackets and ellipses own
    up to every difference. `misattributed`: whether the words are somebody else's than the one they were given to,
    `None` where that is not known. `articles`: how many were searched, for "not in these N articles".
    """

    quote: str
    status: Status
    matches: tuple[QuoteMatch, ...] = ()
    marked: bool = False
    misattributed: bool | None = None
    articles: int = 0


class QuoteIndex:
    """Looks quotes up in articles; `speaker_of(article, start, end)` says whose words a stretch is, where known."""

    def __init__(self, articles: Iterable[Article], *, speaker_of: SpeakerOf | None = None) -> None:
        self._wordings = Wordings(articles)
        self._speaker_of = speaker_of

    @property
    def phrases(self) -> Phrases:
        """The articles' words, and where each stands."""
        return self._wordings.phrases

    def check(self, quote: str, *, speaker: str | None = None) -> QuoteCheck:
        """Whether the articles hold the quote; `speaker` is the one it is given to, if anybody is."""
        status, matches, marked = self._verdict(quote)
        wrong = _misattributed(speaker, [match.speaker for match in matches])
        return QuoteCheck(quote, status, tuple(matches), marked, wrong, len(self._wordings.articles))

    def _verdict(self, quote: str) -> tuple[Status, list[QuoteMatch], bool]:
        given = as_given(quote)
        bare = unbracketed(quote)
        if not given.side.words:
            return "not-found", [], False
        if found := self._unchanged(given) or self._unchanged(bare):
            return "verbatim", found, False
        if found := self._same_words(bare):
            return ("altered" if found[0].changes else "verbatim"), found, _marked(found)
        for pieces, near in elided(self._wordings, bare):
            matches = [self._match(bare, each) for each in pieces]
            if not any(match.changes for match in matches):
                return "stitched", matches, near
        return self._likeliest(bare)

    def _unchanged(self, quoted: Quoted) -> list[QuoteMatch]:
        """The places where words and marks are the quote's and no word at the ends is cut through."""
        matches = self._matches(quoted, quoted.side.gaps[:-1])
        return list(itertools.islice((match for match in matches if not match.changes), MAX_MATCHES))

    def _same_words(self, quoted: Quoted) -> list[QuoteMatch]:
        """The places where the words are the quote's and the fewest marks differ."""
        matches = list(self._matches(quoted, ()))
        fewest = min((len(match.changes) for match in matches), default=0)
        return [match for match in matches if len(match.changes) == fewest][:MAX_MATCHES]

    def _matches(self, quoted: Quoted, gaps: Sequence[str]) -> Iterator[QuoteMatch]:
        size = len(quoted.side.words)
        for place in self._wordings.phrases.exact(quoted.side.norms, gaps)[:LOOKED_AT]:
            yield self._match(quoted, self._wordings.unchanged(int(place), 0, size))

    def _likeliest(self, quoted: Quoted) -> tuple[Status, list[QuoteMatch], bool]:
        found = likeliest(self._wordings, quoted)
        matches = [self._match(quoted, each) for each in found]
        if not matches:
            return "not-found", [], False
        if len(matches) == 1:
            matches = [self._match(quoted, each) for each in self._wordings.everywhere(found[0])][:MAX_MATCHES]
            return "altered", matches, _marked(matches)
        joins = all(each.ops[0].i - 1 in quoted.elisions for each in found[1:])
        return "stitched", matches, joins and _marked(matches) and _onward(matches)

    def _match(self, quoted: Quoted, found: Found) -> QuoteMatch:
        side, article = self._wordings.side(found.row), self._wordings.articles[found.row]
        differing = edges(quoted, side, found.ops) + changes(quoted, side, found.ops, self._wordings.proper)
        start, end = _extent(quoted, side, found)
        differing.sort(key=lambda change: (change.start, change.end))
        start = min([start, *(change.start for change in differing)])
        end = max([end, *(change.end for change in differing)])
        speaker = self._speaker_of(article, start, end) if self._speaker_of else None
        return QuoteMatch(article, start, end, speaker, tuple(differing))


def _extent(quoted: Quoted, side: Wording, found: Found) -> Span:
    """The span of the words found, and of the marks around them that the quote has around them too."""
    first, last = found.ops[0], found.ops[-1]
    start, end = side.words[first.j].start, side.words[last.j_stop - 1].end
    if first.same and first.i == 0:
        lead = gap(quoted.side.text[: quoted.side.words[0].start])
        start = min(
            (at for at in range(max(0, start - FRINGE), start) if _also(side.text[at:start], lead.endswith)),
            default=start,
        )
    if last.same and last.i_stop == len(quoted.side.words):
        trail, limit = quoted.side.gaps[-1], min(len(side.text), end + FRINGE)
        end = max((at for at in range(end + 1, limit + 1) if _also(side.text[end:at], trail.startswith)), default=end)
    return start, end


def _also(marks: str, agrees: Callable[[str], bool]) -> bool:
    """Whether the marks are the quote's too, and beside the words: over white space only a sign such as `©` is."""
    apart = any(map(str.isspace, marks)) and not re.fullmatch(r" ?[^\s\w'\"“”‘’.,;:?!…]+ ?", marks)
    return not apart and agrees(gap(marks))


def _marked(matches: Sequence[QuoteMatch]) -> bool:
    return all(change.by_quoter for match in matches for change in match.changes)


def _onward(matches: Sequence[QuoteMatch]) -> bool:
    """Whether the pieces go on in one article."""
    return all(a.article is b.article and a.end <= b.start for a, b in itertools.pairwise(matches))


def _misattributed(given: str | None, speakers: Sequence[Speaker | None]) -> bool | None:
    """Whether the words are known to be another's; `None` where nobody was named, or not all their places are known."""
    known = [speaker for speaker in speakers if speaker]
    if not given or not given.strip() or not known:
        return None
    if any(same_speaker(given, speaker) for speaker in known):
        return False
    return True if len(known) == len(speakers) else None
