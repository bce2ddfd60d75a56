"""One question to one corpus → its answer: searched, read, spread; in other words where it is not found as it stands."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retrieval import candidates, question, spread
from retrieval.language import language
from retrieval.quotes.same_speaker import same_speaker
from retrieval.reader import Query, highlight
from retrieval.sparse import words
from retrieval.types import Answer, Hit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from retrieval.candidates import Candidate
    from retrieval.corpus import Corpus
    from retrieval.filters import Filter
    from retrieval.reader import Reader
    from retrieval.types import Article, Encoder, Passage, Span

    Rows = NDArray[np.int64]


_TOLD_BY = 5  # articles whose language is taken for the collection's


@dataclass(frozen=True, slots=True)
class Answering:
    """What a question is put to."""

    corpus: Corpus
    encoder: Encoder
    reader: Reader
    limits: Filter

    def ask(self, asked: str, k: int) -> Answer:
        """The answer to the question as it stands; to a better way of asking it where that is surer."""
        answer = dataclasses.replace(self._best(asked, k, self._rows()), undated=self._undated())
        if answer.verdict == "answer":
            return answer
        ours = _language(self.corpus.articles)
        if ours and language(asked) not in {None, ours}:
            return dataclasses.replace(answer, language=ours)
        return dataclasses.replace(answer, unknown=self.corpus.sides.words.unknown(asked))

    def _best(self, asked: str, k: int, among: Rows | None) -> Answer:
        plain = self._look(asked, k, among)
        if plain.verdict == "answer" and not question.rambling(asked):
            return plain
        others = [self._look(way, k, among) for way in question.others(asked, self.corpus.speller)]
        best = max([plain, *others], key=lambda answer: answer.confidence)
        if best is plain or best.verdict == "nothing":
            return plain
        return dataclasses.replace(best, question=asked, searched=best.question)

    def _look(self, asked: str, k: int, among: Rows | None) -> Answer:
        corpus, stems = self.corpus, words(asked)
        if not stems or not corpus.passages:  # no word that an article could answer to
            return Answer(asked, "nothing", 0.0)
        found = candidates.find(corpus.sides, self.encoder.encode_queries([asked])[0], stems, among)
        if not found:
            return Answer(asked, "nothing", 0.0)
        told = [self._told(candidate) for candidate in found]
        query = Query(asked, {stem: corpus.sides.words.rarity(stem) for stem in stems})
        reading = self.reader.read(query, [passage for passage, _ in told], [candidate for _, candidate in told])
        if reading.verdict == "nothing":
            return Answer(asked, "nothing", reading.confidence)
        shown = spread.choose([found[place].row for place in reading.ranking], corpus.passages, k)
        hits: list[Hit] = []
        for place in (reading.ranking[at] for at in shown):
            passage, candidate = told[place]
            sentence = reading.sentences.get(place) or highlight(query, passage, candidate.sentence_similarities)
            hits.append(_hit(corpus, found[place], sentence))
        return Answer(asked, reading.verdict, reading.confidence, tuple(hits))

    def _rows(self) -> Rows | None:
        """The rows that may answer; `None` for all."""
        if self.limits == type(self.limits)():
            return None
        taken = {id(article) for article in self.corpus.articles if self.limits.takes(article)}
        rows = (row for row, passage in enumerate(self.corpus.passages) if id(passage.article) in taken)
        return np.array([row for row in rows if not self.limits.speaker or self._theirs(row)], np.int64)

    def _theirs(self, row: int) -> list[int]:
        """Which sentences of a passage are the wanted speaker's words, by their place in it."""
        first, last = self.corpus.sides.bounds[row : row + 2]
        said = enumerate(self.corpus.statements[first:last])
        return [at for at, one in said if one.speaker and same_speaker(self.limits.speaker or "", one.speaker)]

    def _told(self, candidate: Candidate) -> tuple[Passage, Candidate]:
        """The passage and what the search says of it; where a speaker is wanted, with that speaker's sentences alone."""
        passage = self.corpus.passages[candidate.row]
        if not self.limits.speaker:
            return passage, candidate
        theirs = self._theirs(candidate.row)
        similarities = tuple(candidate.sentence_similarities[at] for at in theirs)
        sentences = tuple(passage.sentences[at] for at in theirs)
        return (
            dataclasses.replace(passage, sentences=sentences),
            dataclasses.replace(candidate, sentence_similarities=similarities),
        )

    def _undated(self) -> int:
        articles: Sequence[Article] = self.corpus.articles if self.limits.dated else ()
        return sum(article.date is None and self.limits.takes_undated(article) for article in articles)


def _language(articles: Sequence[Article]) -> str | None:
    """The language that all articles are in, as far as a few of them tell."""
    found = {language(article.text) for article in articles[:_TOLD_BY]}
    return found.pop() if len(found) == 1 else None


def _hit(corpus: Corpus, candidate: Candidate, sentence: Span) -> Hit:
    passage = corpus.passages[candidate.row]
    said = corpus.statements[int(corpus.sides.bounds[candidate.row]) + passage.sentences.index(sentence)]
    return Hit(
        passage=passage,
        highlight=sentence,
        score=candidate.score,
        similarity=candidate.similarity,
        sentence_similarity=max(candidate.sentence_similarities),
        lexical=candidate.lexical,
        dense_rank=candidate.dense_rank,
        sparse_rank=candidate.sparse_rank,
        speaker=said.speaker,
        voice=said.voice,
    )
