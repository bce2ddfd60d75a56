"""Segments in a row → what one question is asked of. Articles come and go by whole segments, or by a segment made anew.

A row of the corpus is a row of one of its segments, counted on from those before it. What grows with the collection
is kept in the segments, so that a change costs its own segment, and a little for putting the others beside it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, chain
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retrieval import mapped
from retrieval.citation import parse_passage_id
from retrieval.duplicates import Stories
from retrieval.index import indexing
from retrieval.index import revisions as revisions_
from retrieval.index import segment as segments_
from retrieval.index.revisions import Revision
from retrieval.index.segment import Segment
from retrieval.quotes import Abbreviations, Correction, QuoteCheck, QuoteIndex, correction
from retrieval.records import Chain, Rows
from retrieval.search import vector_store
from retrieval.search.hybrid import HybridIndex
from retrieval.search.query_words import KnownWords, Speller
from retrieval.search.sparse import FullText, SparseIndex
from retrieval.speakers.speaker_index import SpeakerIndex
from retrieval.text.language import language
from retrieval.types import Article, Encoder, Hit, Passage, Progress, Span, Speaker, Statement, Voice

if TYPE_CHECKING:
    from retrieval.articles.shared_lines import Lines

_SAMPLE = 5  # articles whose language is taken for the collection's
_FULL = 2_048  # passages of a segment: what is made anew at most, about 20 MB


@dataclass(frozen=True)
class Corpus:
    """What one question is asked of: all of it is of one moment, so a question never sees two states.

    There is one segment at least, which may be empty. `statements` has a row for each sentence row of `hybrid`.
    `revisions` are texts that articles had before; nothing is answered from them.
    """

    segments: tuple[Segment, ...]
    revisions: tuple[Revision, ...] = ()

    @cached_property
    def articles(self) -> Sequence[Article]:
        """Every article, in the order of the rows."""
        return Chain([segment.articles for segment in self.segments])

    @cached_property
    def by_id(self) -> dict[str, Article]:
        """Every article by its identifier."""
        return {article.id: article for article in self.articles}

    @cached_property
    def by_file(self) -> tuple[Article, ...]:
        """Every article, in the order of the file names; those of one file in the order of the rows."""
        return tuple(sorted(self.articles, key=lambda article: article.file))

    @cached_property
    def taken(self) -> dict[str, str]:
        """When each article was taken in, by its identifier."""
        return {article.id: time for article, time in zip(self.articles, self.times, strict=True)}

    @property
    def times(self) -> tuple[str, ...]:
        """When each article was taken in, in the order of the rows."""
        return tuple(chain.from_iterable(segment.taken for segment in self.segments))

    @cached_property
    def passages(self) -> Sequence[Passage]:
        """Every passage; its place is its row."""
        return Chain([segment.passages for segment in self.segments])

    @cached_property
    def statements(self) -> Sequence[Statement]:
        """Every sentence of every passage; its place is its row."""
        return Chain([segment.statements for segment in self.segments])

    @property
    def lines(self) -> Iterator[Lines]:
        """What tells which lines the articles share, in the order of the rows."""
        return chain.from_iterable(segment.lines for segment in self.segments)

    @cached_property
    def language(self) -> str | None:
        """The language of the articles, as far as a few of them tell, `None` for none or several."""
        languages = {language(article.text) for article in self.articles[:_SAMPLE]}
        return languages.pop() if len(languages) == 1 else None

    @cached_property
    def article_of(self) -> NDArray[np.int64]:
        """The place in `articles` of each passage's article."""
        sizes = np.concatenate([np.diff(segment.article_bounds) for segment in self.segments])
        return np.repeat(np.arange(len(sizes)), sizes)

    @cached_property
    def asking(self) -> NDArray[np.bool_]:
        """Whether each passage has a sentence that ends in a question mark."""
        return np.concatenate([segment.asking for segment in self.segments])

    @cached_property
    def hybrid(self) -> HybridIndex:
        """The three searches over the rows."""
        return HybridIndex(
            vector_store.index([segment.vectors for segment in self.segments]),
            vector_store.index([segment.sentence_vectors for segment in self.segments]),
            np.cumsum(np.concatenate([[0], *(np.diff(segment.sentence_bounds) for segment in self.segments)])),
            SparseIndex(*(segment.words for segment in self.segments)),
        )

    @cached_property
    def speller(self) -> Speller:
        """The words of the articles, as what others are mended into."""
        return Speller(*(segment.spelling for segment in self.segments))

    @cached_property
    def known_words(self) -> KnownWords:
        """The words of the articles and of what their files state."""
        return KnownWords(self.articles, self.speller, self.abbreviations)

    @cached_property
    def abbreviations(self) -> Abbreviations:
        """The abbreviations and the long forms of the articles."""
        return Abbreviations(lambda: [segment.word_tables for segment in self.segments])

    @cached_property
    def quotes(self) -> QuoteIndex:
        """The articles as quotes are looked up in them."""
        return QuoteIndex(*(segment.texts for segment in self.segments), speaker_of=self._speaker_of)

    @cached_property
    def full_text(self) -> FullText:
        """The articles as terms are looked up in them; made when the first one is."""
        return FullText(self.articles, self.quotes.suffix_array, [segment.forms for segment in self.segments])

    @cached_property
    def speakers(self) -> SpeakerIndex:
        """Who speaks in the articles."""
        parts = [segment.speakers for segment in self.segments]
        return SpeakerIndex(self.statements, *parts, other_form=self.abbreviations.other_form)

    @cached_property
    def authors(self) -> dict[str, list[int]]:
        """The places in `articles` of those by each author, as their files name them."""
        authors: dict[str, list[int]] = {}
        for at, article in enumerate(self.articles):
            if article.author:
                authors.setdefault(article.author, []).append(at)
        return authors

    @cached_property
    def stories(self) -> Stories:
        """Which articles tell the same story."""
        signatures = np.concatenate([segment.signatures for segment in self.segments])
        for segment in self.segments:
            mapped.release(segment.signatures)
        sizes = [np.diff(segment.sentence_bounds[segment.article_bounds]) for segment in self.segments]
        return Stories(self.articles, signatures, np.concatenate(sizes).tolist())

    def warm(self) -> None:
        """Make now all that is else made when it is first needed."""
        self.hybrid.warm()
        self.speller.mend("mispelt")
        _ = (
            self.stories,
            self.quotes,
            self.full_text,
            self.speakers,
            self.authors,
            [each.words for each in self.revisions],
        )

    def check(self, quote: str, speaker: str | None = None) -> QuoteCheck:
        """Whether the articles hold the quote, and whether earlier texts of them do."""
        check = self.quotes.check(quote, speaker=speaker)
        if not self.revisions:  # most collections: the identifiers of all articles are not needed
            return check
        earlier = revisions_.quoted(self.revisions, quote, self.by_id)
        return replace(check, earlier=earlier) if earlier else check

    def passage(self, id_: str) -> Passage:
        """The passage of an identifier, or that stretch of its article; raises `ValueError` where there is none."""
        wanted = parse_passage_id(id_)
        hashed = [(segment, number) for segment in self.segments for number in segment.hashed(wanted.sha256)]
        for segment, number in hashed:
            for row in range(*segment.article_bounds[number : number + 2].tolist()):
                if tuple(segment.spans[row].tolist()) == wanted[1:]:
                    return segment.passages[row]
        for segment, number in hashed:
            if wanted.of(segment.articles[number]):
                return Passage(segment.articles[number], wanted.start, wanted.end)
        revision = revisions_.find(self.revisions, wanted.sha256, wanted.end)
        since = f"{revision.article.file} has another text since {revision.until}" if revision else None
        raise ValueError(f"no article here has the passage {id_}: {since or 'it may have changed since'}")

    def hit(self, id_: str, highlight: Span, span: Span | None = None) -> Hit:
        """A passage found before, with whose words its highlight is; raises `ValueError` where there is none."""
        return self._hit(self.passage(id_), highlight, span)

    def _hit(self, passage: Passage, highlight: Span, span: Span | None = None) -> Hit:
        speaker, voice = self.voice(passage.article, *highlight)
        also_in = self.stories.also_in(passage.article, *highlight)
        whole = self.is_whole(passage)
        return Hit(passage, highlight, 0, speaker=speaker, voice=voice, whole=whole, also_in=also_in, span=span)

    def after(self, hit: Hit) -> Hit | None:
        """The passage behind a hit's in its article, its first sentence as the highlight; `None` at the article's end."""
        rows, spans = self._spans_of(hit.passage.article)
        later = np.flatnonzero(spans[:, 0] >= hit.passage.end)
        if not len(later):
            return None
        passage = self.passages[int(self.hybrid.passages_of(rows.start + later[:1])[0])]
        return self._hit(passage, passage.sentences[0])

    def body(self, article: Article) -> list[Span]:
        """The spans of an article's passages in order: its own text, without boilerplate."""
        segment, _, _ = self._part_of(article)
        number = segment.number(article) or 0
        rows = slice(*segment.article_bounds[number : number + 2].tolist())
        return [(start, end) for start, end in segment.spans[rows].tolist()]

    def correction(self, id_: str, highlight: Span) -> Correction | None:
        """What became of a highlight shown before whose article has another text since; else `None`."""
        wanted = parse_passage_id(id_)
        revision = revisions_.find(self.revisions, wanted.sha256, max(wanted.end, highlight[1]))
        if revision is None:
            return None
        return correction(revision.article, *highlight, revision.until, self.by_id[revision.later])

    def statement(self, article: Article, start: int, end: int) -> Statement | None:
        """The sentence of the article that a stretch lies in."""
        rows, spans = self._spans_of(article)
        around = np.flatnonzero((spans[:, 0] <= start) & (end <= spans[:, 1])).tolist()
        return self.statements[rows.start + around[0]] if around else None

    def is_whole(self, passage: Passage) -> bool:
        """Whether all sentences of a passage are the words of the same."""
        return len(self._voices(passage.article, passage.start, passage.end)) == 1

    def voice(self, article: Article, start: int, end: int) -> tuple[Speaker | None, Voice]:
        """The speaker and the voice that all sentences of a stretch have; `None` and `"unclear"` where they differ."""
        voices = self._voices(article, start, end)
        if len(voices) != 1:
            return None, "unclear"
        (((voice, _), speaker),) = voices.items()
        return speaker, voice

    def statements_of(self, article: Article) -> tuple[range, Sequence[Statement]]:
        """The rows of an article's statements, and these. Raises `ValueError` for an article of another corpus."""
        rows, _ = self._spans_of(article)
        return rows, Rows(len(rows), lambda at: self.statements[rows.start + at])

    def _voices(self, article: Article, start: int, end: int) -> dict[tuple[Voice, str | None], Speaker | None]:
        """The speakers of the sentences that a stretch touches, by voice and name; each as the first such sentence has them."""
        segment, own, _ = self._part_of(article)
        spans = segment.sentence_spans[own.start : own.stop]
        touched = (spans[:, 0] < end) & (start < spans[:, 1])
        voices: dict[tuple[Voice, str | None], Speaker | None] = {}
        for number in segment.voices[own.start : own.stop][touched].tolist():
            voice, speaker, _ = segment.attributions[number]
            voices.setdefault((voice, speaker.name if speaker else None), speaker)
        return voices

    def _speaker_of(self, article: Article, start: int, end: int) -> Speaker | None:
        """The speaker of a stretch where all its sentences have the same; else `None`."""
        speakers = {name: speaker for (_, name), speaker in self._voices(article, start, end).items()}
        return next(iter(speakers.values())) if len(speakers) == 1 else None

    def _spans_of(self, article: Article) -> tuple[range, NDArray[np.int32]]:
        """The rows of an article's statements and their spans. Raises `ValueError` for an article of another corpus."""
        segment, own, start = self._part_of(article)
        return range(start + own.start, start + own.stop), segment.sentence_spans[own.start : own.stop]

    def _part_of(self, article: Article) -> tuple[Segment, range, int]:
        """An article's segment, the rows of its statements there, and the row of the segment's first one.

        Raises `ValueError` for an article of another corpus.
        """
        for segment, start in zip(self.segments, self._starts, strict=True):
            number = segment.number(article)
            if number is not None:
                return segment, segment.rows(number), start
        raise ValueError(f"{article.file} is not of this corpus")

    @cached_property
    def _starts(self) -> list[int]:
        """The row of each segment's first statement."""
        return list(accumulate((len(segment.voices) for segment in self.segments[:-1]), initial=0))


def make(articles: Sequence[Article], encoder: Encoder, progress: Progress | None = None) -> Corpus:
    """Cut, encode and index the articles, in their order; `progress` is called with what is done, how many, of how many."""
    return Corpus(tuple(segments_.cut(indexing.make(articles, encoder, progress), _FULL)))


def changed(corpus: Corpus, added: Segment | None, removed: Container[str]) -> Corpus:
    """The corpus without the articles of the `removed` identifiers, and with those `added` at its end.

    One that was here and is only read anew keeps the time when it was taken in.
    """
    leaving = {article.id: article for article in corpus.articles if article.id in removed}
    segments = [segment.without(removed) for segment in corpus.segments]
    segments = [segment for segment in segments if segment.articles] or segments[:1]
    if added is None or not added.articles:
        return Corpus(_merged(segments), revisions_.after(corpus.revisions, leaving, {}, {}))
    new = {article.id: article for article in added.articles}
    before = {(id_, leaving[id_].sha256): corpus.taken[id_] for id_ in leaving.keys() & new.keys()}
    times = zip(added.articles, added.taken, strict=True)
    added = replace(added, taken=tuple(before.get((each.id, each.sha256), time) for each, time in times))
    taken = dict(zip(new, added.taken, strict=True))
    segments += segments_.cut(added, _FULL)
    return Corpus(_merged(segments), revisions_.after(corpus.revisions, leaving, new, taken))


def _merged(segments: list[Segment]) -> tuple[Segment, ...]:
    """The segments, the last ones joined while each is at most twice as long as the next (Bentley and Saxe 1980).

    So a passage is moved into another segment about eleven times at most, and a short change makes a short segment anew.
    """
    while len(segments) > 1:
        *others, before, last = segments
        size, added = len(before.passages), len(last.passages)
        if before.articles and (size >= 2 * max(added, 1) or size + added > _FULL):
            break
        segments = [*others, segments_.join([before, last]) if before.articles else last]
    return tuple(segments)


def extend(corpus: Corpus, articles: Iterable[Article], encoder: Encoder, progress: Progress | None = None) -> Corpus:
    """The corpus with these articles at its end; what it held of the same files makes room, nothing else changes."""
    added = indexing.make(list(articles), encoder, progress)
    files = {article.file for article in added.articles}
    return changed(corpus, added, {article.id for article in corpus.articles if article.file in files})
