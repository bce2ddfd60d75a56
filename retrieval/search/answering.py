"""One question to one corpus → its answer: searched, read, spread; in other words where it is not found as it stands.

A question that asks for somebody's words is put to those words alone; others' are shown only as being near it.
"""

from __future__ import annotations

import dataclasses
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from retrieval.search import corrections, diversity, hybrid, query_rewriting, speaker_query
from retrieval.search.reranker import Query, highlight
from retrieval.search.sparse import words
from retrieval.search.unknown_words import nonsense, unknown
from retrieval.speakers.speaker_index import generic
from retrieval.text.language import language
from retrieval.types import Answer, Hit, Passage

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from retrieval.index.corpus import Corpus
    from retrieval.search.filters import Filter
    from retrieval.search.hybrid import Candidate
    from retrieval.search.reranker import Reader
    from retrieval.search.speaker_query import Asked
    from retrieval.types import Article, Encoder, Statement, Verdict

    Rows = NDArray[np.int64]


_TOLD_BY = 5  # articles whose language is taken for the collection's
_UNSAID = 0.2  # how far an answer in others' words is trusted to be that of one whose words were asked for


@dataclass(frozen=True, slots=True)
class _Scope:
    """What may answer: these passages, and these sentences of theirs; `None` for all."""

    rows: Rows | None = None
    sentences: frozenset[int] | None = None


class _Read(NamedTuple):
    """A candidate as it was found, what is told of it to the reader, and what the reader reads in its place.

    `sentences` are those of the corpus that it reads; `None` for all of the passage.
    """

    found: Candidate
    told: Candidate
    passage: Passage
    sentences: Sequence[int] | None = None


@dataclass(frozen=True, slots=True)
class Answering:
    """What a question is put to."""

    corpus: Corpus
    encoder: Encoder
    reader: Reader
    limits: Filter

    def ask(self, asked: str, k: int) -> Answer:
        """The answer to the question as it stands; to a better way of asking it where that is surer."""
        found = self._asked_of(self.limits.speaker, asked, k) if self.limits.speaker else self._open(asked, k)
        answer = dataclasses.replace(found, undated=self._undated(), unmet=self.limits.unmet(self.corpus.articles))
        if answer.verdict == "answer":
            return answer
        ours = _language(self.corpus.articles)
        if ours and language(asked) not in {None, ours}:
            return dataclasses.replace(answer, language=ours)
        if answer.verdict == "related" and nonsense(asked, self.corpus.articles, self.corpus.speller):
            answer = dataclasses.replace(answer, verdict="nothing", hits=())
        return dataclasses.replace(answer, unknown=self._unknown(asked))

    def _open(self, asked: str, k: int) -> Answer:
        """The answer of anybody, or of the one whose words the question asks for."""
        wanted = speaker_query.asked(asked)
        return self._whose(asked, k, self._scope(None), wanted) if wanted else self._best(asked, k, self._scope(None))

    def _asked_of(self, speaker: str, asked: str, k: int) -> Answer:
        """The answer in the words of the one that the search is limited to; others' are not shown."""
        said = self.corpus.voices.named(speaker)
        found = self._best(asked, k, self._scope(said))
        if found.verdict == "answer":
            return found
        name = self.corpus.voices.stands(said) or speaker
        return dataclasses.replace(found, speaker=name, silent="on this" if said else "throughout")

    def _whose(self, asked: str, k: int, whole: _Scope, wanted: Asked) -> Answer:
        """The answer in the words of the one who is asked for, else what is near it, and that it is no more."""
        voices = self.corpus.voices
        name = wanted.name if voices.meant(wanted.name) else voices.right(wanted.name)
        said = voices.meant(name)
        if not said and (wanted.known or not self._is_name(name)):
            return self._best(asked, k, whole)
        told = voices.speaking(name, self._naming(name), saying=wanted.saying)
        theirs = self._best(asked, k, self._scope([*said, *told]))
        if theirs.verdict == "answer":
            return theirs
        others = self._best(asked, k, whole)
        one = voices.stands(said)
        if generic(name) and one in {None, *(hit.speaker.name for hit in others.hits[:1] if hit.speaker)}:
            return others  # "officials", "the agency": not surely this one's words alone
        near = theirs if theirs.hits else others
        if not near.hits and said and not self._unknown(asked):
            near = self._look(asked, k, whole, near=True)  # one who speaks, and a topic that the articles have
        confidence = min(near.confidence, max(theirs.confidence, _UNSAID * others.confidence))
        return dataclasses.replace(
            near,
            verdict="related" if near.hits else "nothing",
            confidence=confidence,
            speaker=one or name,
            silent="on this" if said else "throughout",
        )

    def _is_name(self, name: str) -> bool:
        """Whether these words name somebody that no sentence is said by: by their capitals, or by being no English."""
        return not generic(name) and any(word[0].isupper() or not query_rewriting.common(word) for word in name.split())

    def _naming(self, name: str) -> list[int]:
        """The sentences of the passages that have a word of the name."""
        bounds, found = self.corpus.sides.bounds, self.corpus.sides.words.scores(words(name))
        return [at for row in np.flatnonzero(found) for at in range(bounds[row], bounds[row + 1])]

    def _best(self, asked: str, k: int, scope: _Scope) -> Answer:
        plain = self._look(asked, k, scope)
        if plain.verdict == "answer" and not query_rewriting.rambling(asked):
            return plain
        others = [self._look(way, k, scope) for way in query_rewriting.others(asked, self.corpus.speller)]
        best = max([plain, *others], key=lambda answer: answer.confidence)
        if best is plain or best.verdict == "nothing":
            return plain
        return dataclasses.replace(best, question=asked, searched=best.question)

    def _look(self, asked: str, k: int, scope: _Scope, *, near: bool = False) -> Answer:
        """The answer to these words; with `near` what comes closest is related, however far it is."""
        corpus, stems = self.corpus, words(asked)
        if not stems or not corpus.passages:  # no word that an article could answer to
            return Answer(asked, "nothing", 0.0)
        found = hybrid.find(corpus.sides, self.encoder.encode_queries([asked])[0], stems, scope.rows)
        if not found:
            return Answer(asked, "nothing", 0.0)
        query = Query(asked, {stem: corpus.sides.words.rarity(stem) for stem in stems})
        read = [self._read(candidate, scope.sentences) for candidate in found]
        reading = self.reader.read(query, [each.passage for each in read], [each.told for each in read])
        verdict: Verdict = "related" if near and reading.verdict == "nothing" else reading.verdict
        if verdict == "nothing":
            return Answer(asked, "nothing", reading.confidence)
        shown = diversity.choose([found[place].row for place in reading.ranking], corpus.passages, k)
        hits: list[Hit] = []
        for place in (reading.ranking[at] for at in shown):
            one = read[place]
            best = reading.sentences.get(place) or highlight(query, one.passage, one.told.sentence_similarities)
            sentence = one.passage.sentences.index(best)
            row = self._first_row(one) + sentence if one.sentences is None else one.sentences[sentence]
            alone = len(self.corpus.passages[one.found.row].sentences) == 1
            if not hits and (newer := self._superseding(row, read, alone=alone)):
                hits.append(self._hit(*newer))
            hits.append(self._hit(one, row))
        return Answer(asked, verdict, reading.confidence, tuple(_once(hits)[:k]))

    def _scope(self, sentences: Iterable[int] | None) -> _Scope:
        """What may answer within the limits, of these sentences."""
        told = None if sentences is None else frozenset(sentences)
        if told is None and not self.limits.narrow:
            return _Scope()
        bounds = self.corpus.sides.bounds
        rows = range(len(self.corpus.passages))
        if told is not None:
            rows = np.unique(np.searchsorted(bounds, np.array(sorted(told), np.int64), side="right") - 1).tolist()
        taken = {id(article) for article in self.corpus.articles if self.limits.takes(article)}
        kept = [row for row in rows if id(self.corpus.passages[row].article) in taken]
        return _Scope(np.array(kept, np.int64), told)

    def _read(self, found: Candidate, sentences: frozenset[int] | None) -> _Read:
        """What the reader reads of a passage: all of it, or only these sentences, each behind its speaker's name.

        A sentence of a speech seldom says who speaks, so the reader is told as a transcript would tell it.
        """
        passage = self.corpus.passages[found.row]
        if sentences is None:
            return _Read(found, found, passage)
        first, last = self.corpus.sides.bounds[found.row : found.row + 2].tolist()
        among = [at for at in range(first, last) if at in sentences]
        lines = [_line(self.corpus.statements[at]) for at in among]
        ends = list(itertools.accumulate(len(line) + 1 for line in lines))
        spans = tuple((end - len(line) - 1, end - 1) for line, end in zip(lines, ends, strict=True))
        text = "\n".join(lines)
        told = dataclasses.replace(
            found, sentence_similarities=tuple(found.sentence_similarities[at - first] for at in among)
        )
        return _Read(found, told, Passage(dataclasses.replace(passage.article, text=text), 0, len(text), spans), among)

    def _first_row(self, read: _Read) -> int:
        return int(self.corpus.sides.bounds[read.found.row])

    def _superseding(self, row: int, read: Sequence[_Read], *, alone: bool) -> tuple[_Read, int] | None:
        """The statement that supersedes the one of this row, with its passage, if that may answer too."""
        rows = self.corpus.rows_of(self.corpus.statements[row].article)
        statements = self.corpus.statements[rows.start : rows.stop]
        newer = corrections.superseding(statements, row - rows.start, self._cosines(row, rows), alone=alone)
        if newer is None:
            return None
        wanted = rows.start + newer
        for one in read:
            first, last = self.corpus.sides.bounds[one.found.row : one.found.row + 2].tolist()
            if first <= wanted < last and (one.sentences is None or wanted in one.sentences):
                return one, wanted
        return None

    def _cosines(self, row: int, rows: range) -> list[float]:
        """How like the sentence of one row those of others are."""
        sentences = self.corpus.sides.sentences
        (vector,) = sentences.rows(np.array([row]))
        cosines: list[float] = sentences.similarities(vector, np.array(rows)).tolist()
        return cosines

    def _hit(self, read: _Read, row: int) -> Hit:
        """The passage with the statement of this row marked, and with what that must not be shown without."""
        found, passage = read.found, self.corpus.passages[read.found.row]
        first = self._first_row(read)
        rows = range(first, first + len(passage.sentences))
        texts = [statement.text for statement in self.corpus.statements[rows.start : rows.stop]]
        begin, end = corrections.whole(texts, row - first, self._cosines(row, rows))
        span = (passage.sentences[begin][0], passage.sentences[end][1])
        speaker, voice = self.corpus.voice(passage.article, *span)
        return Hit(
            passage=passage,
            highlight=span,
            score=found.score,
            similarity=found.similarity,
            sentence_similarity=max(found.sentence_similarities),
            lexical=found.lexical,
            dense_rank=found.dense_rank,
            sparse_rank=found.sparse_rank,
            speaker=speaker,
            voice=voice,
            whole=self.corpus.is_whole(passage),
        )

    def _unknown(self, asked: str) -> tuple[str, ...]:
        return unknown(asked, self.corpus.articles, self.corpus.speller)

    def _undated(self) -> int:
        articles: Sequence[Article] = self.corpus.articles if self.limits.dated else ()
        return sum(article.date is None and self.limits.takes_undated(article) for article in articles)


def _language(articles: Sequence[Article]) -> str | None:
    """The language that all articles are in, as far as a few of them tell."""
    found = {language(article.text) for article in articles[:_TOLD_BY]}
    return found.pop() if len(found) == 1 else None


def _once(hits: Iterable[Hit]) -> list[Hit]:
    """The hits without those of a passage that comes before."""
    first: dict[tuple[int, int], Hit] = {}
    for hit in hits:
        first.setdefault((id(hit.passage.article), hit.passage.start), hit)
    return list(first.values())


def _line(said: Statement) -> str:
    return f"{said.speaker.name}: {said.text}" if said.speaker else said.text
