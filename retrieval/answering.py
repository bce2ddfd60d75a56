"""One question to one corpus → its answer: searched, read, spread; in other words where it is not found as it stands."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval import candidates, question, spread
from retrieval.reader import Query
from retrieval.sparse import words
from retrieval.types import Answer, Hit

if TYPE_CHECKING:
    from retrieval.candidates import Candidate
    from retrieval.corpus import Corpus
    from retrieval.reader import Reader
    from retrieval.types import Encoder, Span


@dataclass(frozen=True, slots=True)
class Answering:
    """What a question is put to."""

    corpus: Corpus
    encoder: Encoder
    reader: Reader

    def ask(self, asked: str, k: int) -> Answer:
        """The answer to the question as it stands; to a better way of asking it where that is surer."""
        plain = self._look(asked, k)
        if plain.verdict == "answer" and not question.rambling(asked):
            return plain
        others = [self._look(way, k) for way in question.others(asked, self.corpus.speller)]
        best = max([plain, *others], key=lambda answer: answer.confidence)
        if best is plain or best.verdict == "nothing":
            return plain
        return dataclasses.replace(best, question=asked, searched=best.question)

    def _look(self, asked: str, k: int) -> Answer:
        corpus, stems = self.corpus, words(asked)
        if not stems or not corpus.passages:  # no word that an article could answer to
            return Answer(asked, "nothing", 0.0)
        found = candidates.find(corpus.sides, self.encoder.encode_queries([asked])[0], stems)
        query = Query(asked, {stem: corpus.sides.words.rarity(stem) for stem in stems})
        reading = self.reader.read(query, [corpus.passages[candidate.row] for candidate in found], found)
        if reading.verdict == "nothing":
            return Answer(asked, "nothing", reading.confidence)
        shown = spread.choose([found[place].row for place, _ in reading.ranking], corpus.passages, k)
        ranked = (reading.ranking[at] for at in shown)
        hits = tuple(_hit(corpus, found[place], highlight) for place, highlight in ranked)
        return Answer(asked, reading.verdict, reading.confidence, hits)


def _hit(corpus: Corpus, candidate: Candidate, highlight: Span) -> Hit:
    return Hit(
        passage=corpus.passages[candidate.row],
        highlight=highlight,
        score=candidate.score,
        similarity=candidate.similarity,
        sentence_similarity=max(candidate.sentence_similarities),
        lexical=candidate.lexical,
        dense_rank=candidate.dense_rank,
        sparse_rank=candidate.sparse_rank,
    )
