"""One wording of a question, put to one part of a collection → the passages to show, and the verdict on them.

The stages in their order: the hybrid search retrieves and fuses candidates, the reranker orders them, the verdict judges
the evidence, diversity chooses what is shown, supersession adds what must not be missing.
"""

from __future__ import annotations

import dataclasses
import itertools
import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.index.corpus import Corpus
from retrieval.records import Cached
from retrieval.search import hybrid, reranker, supersession, verdict
from retrieval.search.hybrid import Candidate
from retrieval.search.reranker import Document, Query, Ranked
from retrieval.search.restatement import Restatement
from retrieval.search.sparse import words
from retrieval.search.verdict import Evidence
from retrieval.types import Encoder, Hit, Passage, Reranker, Silent, Statement, Vectors, Verdict


@dataclass(frozen=True)
class Collection:
    """What a question is put to: a corpus and the models; without a reranker the search alone decides."""

    corpus: Corpus
    encoder: Encoder
    reranker: Reranker | None
    _vectors: dict[str, Vectors] = field(default_factory=dict, repr=False)

    def vector(self, wording: str) -> Vectors:
        """The vector of a wording, which is encoded once however often it is searched for."""
        if wording not in self._vectors:
            self._vectors[wording] = self.encoder.encode_queries([wording])[0]
        return self._vectors[wording]


class Scope(NamedTuple):
    """What may answer: passages by their rows, and of these only some statements by their rows; `None` for all.

    What only puts the `message` again that is answered may not. `author` wrote the statements.
    """

    passages: NDArray[np.int64] | None = None
    statements: frozenset[int] | None = None
    message: str = ""
    author: str | None = None


EVERYTHING = Scope()
_RANKED = 32  # candidates that are ranked, twice as many as the reranker reads
_MANY_WORDS = 0.4  # share of the best score by words from which a passage may hold the question
_FOR_EACH = 8  # of them, for each passage that is wanted: some say the same, or crowd each other


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search brought; `hits` is empty exactly when the verdict is `"nothing"`.

    `evidence`, and `first`, the passage that it is for, are `None` where no passage came up. `speaker`, `silent` and
    `author` are those of `Answer`.
    """

    wording: str
    verdict: Verdict = "nothing"
    confidence: float = 0.0
    hits: tuple[Hit, ...] = ()
    evidence: Evidence | None = None
    speaker: str | None = None
    silent: Silent | None = None
    first: Passage | None = None
    author: str | None = None


def search(
    collection: Collection, wording: str, k: int, scope: Scope = EVERYTHING, *, near: bool = False
) -> SearchResult:
    """The `k` passages in the scope that answer best; with `near` what comes closest is related, however far it is."""
    corpus = collection.corpus
    terms = words(wording)
    if not terms or not corpus.passages:  # no word that an article could answer to
        return SearchResult(wording)
    query = Query.of(wording, corpus.hybrid.words)
    retrieved = hybrid.search(corpus.hybrid, collection.vector(wording), terms, scope.passages)
    answering = _answering(corpus, Restatement(wording, scope.message), retrieved)
    unrepeated = _without_repeats(corpus, _weighed(corpus, query, scope, answering, retrieved))
    candidates = list(itertools.islice(unrepeated, max(_RANKED, _FOR_EACH * k)))
    if not candidates:
        return SearchResult(wording)
    documents = Cached(candidates, lambda _, candidate: _document(corpus, candidate, scope, answering))
    ranking = reranker.rank(collection.reranker, query, documents)
    judged, confidence = verdict.judge(ranking.evidence)
    first = corpus.passages[ranking.documents[0].document.candidate.row]
    result = SearchResult(wording, confidence=confidence, evidence=ranking.evidence, first=first)
    if judged == "nothing" and not near:
        return result
    hits = _hits(corpus, query, scope, ranking.documents, k)
    return dataclasses.replace(result, verdict="related" if judged == "nothing" else judged, hits=hits)


def _answering(corpus: Corpus, restated: Restatement, candidates: Sequence[Candidate]) -> Mapping[int, Sequence[int]]:
    """By its row, each passage with a sentence that only puts the question again: the rows of its other sentences.

    Only passages that ask, or have many of the question's words, are read.
    """
    many = _MANY_WORDS * max((each.lexical for each in candidates), default=0.0)
    rows = [each.row for each in candidates if corpus.asking[each.row] or each.lexical >= many > 0]
    answering = {}
    for row in (row for row in rows if restated.is_in(corpus.passages[row].text)):
        sentences = corpus.hybrid.sentences_of(row)
        others = [each for each in sentences if not restated.is_one(corpus.statements[each].text)]
        if len(others) < len(sentences):
            answering[row] = others
    return answering


def _weighed(
    corpus: Corpus, query: Query, scope: Scope, answering: Mapping[int, Sequence[int]], candidates: Sequence[Candidate]
) -> Sequence[Candidate]:
    """The candidates, best first, with the scores that they have without sentences that only put the question again.

    Those that hold nothing else that may answer are left out.
    """
    if not answering:
        return candidates
    weighed = [
        _without_question(corpus, query, each, answering[each.row]) if each.row in answering else each
        for each in candidates
        if each.row not in answering or _within(scope, answering[each.row])
    ]
    if not weighed:
        return weighed
    rows = [(each.similarity, max(each.sentence_similarities), each.lexical) for each in weighed]
    scores = hybrid.fuse(list(np.array(rows, np.float32).T))
    return [weighed[at]._replace(score=float(scores[at])) for at in hybrid.order(scores)]


def _without_question(corpus: Corpus, query: Query, candidate: Candidate, answering: Sequence[int]) -> Candidate:
    """The candidate with the scores of a passage that has the `answering` sentences alone: no cosine is above theirs."""
    first, cosines = corpus.hybrid.sentences_of(candidate.row).start, candidate.sentence_similarities
    best = max(cosines[row - first] for row in answering)
    others = " ".join(corpus.statements[row].text for row in answering)
    return candidate._replace(
        similarity=min(candidate.similarity, best),
        sentence_similarities=tuple(min(cosine, best) for cosine in cosines),
        lexical=candidate.lexical * query.coverage(others),
    )


def _within(scope: Scope, rows: Sequence[int]) -> Sequence[int]:
    """Those rows of statements that may answer."""
    return rows if scope.statements is None else [row for row in rows if row in scope.statements]


def _without_repeats(corpus: Corpus, candidates: Sequence[Candidate]) -> Iterator[Candidate]:
    """The candidates without those that only repeat what another article of the same story says word for word.

    Of equals the one of the earliest article stays, of one day that of the most complete.
    """
    stories, repetitions = corpus.stories, corpus.stories.repetitions()
    if not stories:
        yield from candidates
        return
    for _, equals in itertools.groupby(candidates, key=operator.attrgetter("score")):
        for candidate in sorted(equals, key=lambda each: stories.place(corpus.passages[each.row].article)):
            passage = corpus.passages[candidate.row]
            if not repetitions.repeats(passage.article, passage.sentences):
                repetitions.add(passage)
                yield candidate


def _document(corpus: Corpus, candidate: Candidate, scope: Scope, answering: Mapping[int, Sequence[int]]) -> Document:
    """What is read of a candidate: its passage, or its statements in the scope, each behind its speaker's name.

    A sentence of a speech seldom says who speaks, so the reranker reads it as in a transcript. A sentence that only
    puts the question again answers nothing, however like it is, so the rest of its passage is read without it.
    """
    passage, rows = corpus.passages[candidate.row], corpus.hybrid.sentences_of(candidate.row)
    kept = _within(scope, answering.get(candidate.row, rows))
    if scope.statements is None and len(kept) == len(rows):
        spans = [(start - passage.start, end - passage.start) for start, end in passage.sentences]
        return Document(candidate, passage.text, spans, candidate.sentence_similarities, rows)
    statements = [corpus.statements[row] for row in kept]
    lines = [each.text if scope.statements is None else _line(each, scope.author) for each in statements]
    ends = list(itertools.accumulate(len(line) + 1 for line in lines))
    spans = [(end - len(line) - 1, end - 1) for line, end in zip(lines, ends, strict=True)]
    return Document(
        candidate, "\n".join(lines), spans, [candidate.sentence_similarities[row - rows.start] for row in kept], kept
    )


def _line(statement: Statement, author: str | None) -> str:
    name = author or (statement.speaker and statement.speaker.name)
    return f"{name}: {statement.text}" if name else statement.text


def _hits(corpus: Corpus, query: Query, scope: Scope, ranked: Sequence[Ranked], k: int) -> tuple[Hit, ...]:
    """At most `k` hits; the first is preceded by the statement that supersedes it, if that may answer too."""
    once, same = itertools.tee(_marked_once(corpus, query, ranked))
    places = choose((each.document.candidate.row for each in once), corpus.passages, k)
    taken = list(itertools.islice(same, max(places, default=-1) + 1))
    hits: dict[int, Hit] = {}  # by the row of the passage
    for document, row in ((taken[at].document, _marked(query, taken[at])) for at in places):
        newer = None if hits else _superseding(corpus, row, document, [each.document for each in ranked])
        for each, marked in (newer, (document, row)) if newer else ((document, row),):
            hits.setdefault(each.candidate.row, _hit(corpus, each, marked, _score(corpus, query, scope, each, marked)))
    return tuple(hits.values())[:k]


def _score(corpus: Corpus, query: Query, scope: Scope, document: Document, row: int) -> float:
    """The fused score, 0..1; where only some statements may answer, the relevance of this one on the same scale.

    Fused scores are scaled from the worst candidate to the best, and one's own few statements are all of them candidates:
    the worst would get 0, however near it is.
    """
    if scope.statements is None:
        return document.candidate.score
    cosine = document.cosines[document.statements.index(row)]
    return max(0.0, query.relevance(corpus.statements[row].text, cosine) / (1 + reranker.COVERAGE_WEIGHT))


def _marked(query: Query, ranked: Ranked) -> int:
    """The row of the statement that answers."""
    document, sentence = ranked
    return document.statements[reranker.best_sentence(query, document) if sentence is None else sentence]


def _marked_once(corpus: Corpus, query: Query, ranked: Sequence[Ranked]) -> Iterator[Ranked]:
    """The documents without those whose marked sentence stands in one before, of another article of the same story."""
    if not corpus.stories:
        yield from ranked
        return
    repetitions = corpus.stories.repetitions()
    for each in ranked:
        statement = corpus.statements[_marked(query, each)]
        if not repetitions.repeats(statement.article, [(statement.start, statement.end)]):
            repetitions.add(corpus.passages[each.document.candidate.row])
            yield each


def _superseding(
    corpus: Corpus, row: int, document: Document, documents: Sequence[Document]
) -> tuple[Document, int] | None:
    """The statement that supersedes the one of this row, with its document, if one of the documents has it."""
    rows, statements = corpus.statements_of(corpus.statements[row].article)
    alone = len(corpus.hybrid.sentences_of(document.candidate.row)) == 1
    place = supersession.superseding(statements, row - rows.start, _cosines(corpus, row, rows), alone=alone)
    newer = _correcting(corpus, row, documents) if place is None else rows.start + place
    return next(((each, newer) for each in documents if newer in each.statements), None) if newer is not None else None


def _correcting(corpus: Corpus, row: int, documents: Sequence[Document]) -> int | None:
    """The row among the documents' of the statement in another article that corrects the one of this row.

    Few passages speak of earlier reports, so few statements have to be made and compared.
    """
    passages = [corpus.passages[document.candidate.row] for document in documents]
    rows = [
        each
        for document, passage in zip(documents, passages, strict=True)
        if supersession.speaks_of_earlier(passage.text, supersession.heading(passage.article))
        for each in document.statements
    ]
    if not rows:
        return None
    others = [corpus.statements[each] for each in rows]
    place = supersession.corrected_by(corpus.statements[row], others, _cosines(corpus, row, rows))
    return None if place is None else rows[place]


def _cosines(corpus: Corpus, row: int, rows: Sequence[int]) -> list[float]:
    """How like the statement of one row those of others are."""
    (vector,) = corpus.hybrid.sentences.rows(np.array([row]))
    cosines: list[float] = corpus.hybrid.sentences.cosines(vector, np.array(rows)).tolist()
    return cosines


def _hit(corpus: Corpus, document: Document, row: int, score: float) -> Hit:
    """The passage with the statement of this row marked, and with what that must not be shown without."""
    candidate = document.candidate
    passage, rows = corpus.passages[candidate.row], corpus.hybrid.sentences_of(candidate.row)
    first = last = row - rows.start
    if supersession.speaks_of_earlier(corpus.statements[row].text, supersession.heading(passage.article)):
        first, last = supersession.whole(corpus.statements[rows.start : rows.stop], first, _cosines(corpus, row, rows))
    highlight = (passage.sentences[first][0], passage.sentences[last][1])
    speaker, voice = corpus.voice(passage.article, *highlight)
    return Hit(
        passage=passage,
        highlight=highlight,
        score=score,
        speaker=speaker,
        voice=voice,
        whole=corpus.is_whole(passage),
        also_in=corpus.stories.also_in(passage.article, *highlight),
    )


_SAME = 0.5  # Jaccard similarity of word sets from which two passages say the same in the same words
_NEAR = 2  # rows of the same article within which passages are neighbours
_LONG = 5  # passages of a list in which one article may have only its share
_SHARE = 0.4  # of such a list, before the others have had their turn
_NEIGHBOURS = 2  # passages that one neighbourhood may have before the others have had their turn


def choose(rows: Iterable[int], passages: Sequence[Passage], k: int) -> list[int]:
    """The places in `rows` (best first) of `k` passages; repetitions and crowded neighbours come last, none is lost.

    As maximal marginal relevance (Carbonell and Goldstein 1998), with bars in place of a weighed difference. No more rows are
    taken than `k` passages need.
    """
    first: dict[int, int] = {}  # the rows by their places
    later: list[int] = []
    seen: list[set[str]] = []  # the words of each of the first
    for place, row in enumerate(rows):
        own = set(words(passages[row].text))
        near = _crowded(row, first.values(), passages, k)
        if near or any(_jaccard(own, other) >= _SAME for other in seen):
            later.append(place)
        else:
            first[place] = row
            seen.append(own)
        if len(first) == k:
            break
    return [*first, *later][:k]


def _crowded(row: int, chosen: Iterable[int], passages: Sequence[Passage], k: int) -> bool:
    own = [other for other in chosen if passages[other].article is passages[row].article]
    near = [other for other in own if abs(other - row) <= _NEAR]
    return len(near) >= _NEIGHBOURS or (k >= _LONG and len(own) >= _SHARE * k)


def _jaccard(first: set[str], second: set[str]) -> float:
    return len(first & second) / len(first | second) if first | second else 1.0
