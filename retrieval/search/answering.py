"""A question to a collection → its answer.

The question is searched as it stands, then with its spelling mended and in its parts where these are surer. One that asks
for somebody's words is put to those words alone; others' are shown only as being near it. Where nothing answers, the answer
says what may be the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from retrieval.index.corpus import Corpus
from retrieval.search import authorship, filters, query_words, span_head, supersession
from retrieval.search.filters import EVERY_ARTICLE, Filter, SpeakerQuery
from retrieval.search.pipeline import EVERYTHING, Collection, Scope, SearchResult, search
from retrieval.search.query_words import no_word_known, nonsense, unknown
from retrieval.search.sparse import words
from retrieval.search.verdict import weighed
from retrieval.speakers.speaker_index import generic, may_be
from retrieval.text.language import language
from retrieval.text.normalize import searchable
from retrieval.types import Answer, Hit, Reranker, Silent, Verdict

Changed = Callable[[Iterable[str]], tuple[str, ...]]


_NEAR = 0.1  # confidence below which the words of the speaker who was asked for are not nearer than others'
_OTHERS_TRUST = 0.2  # weight of the confidence of others' words where one speaker's were asked for


def ask(
    collection: Collection, message: str, k: int, limits: Filter = EVERY_ARTICLE, changed: Changed | None = None
) -> Answer:
    """The answer of at most `k` passages to a message, which may hold limits of its own; those of `limits` go first.

    `changed` names those of some files that are not as they were indexed.
    """
    corpus = collection.corpus
    asked, own_limits, undatable = filters.read(searchable(message))
    question = query_words.contracted(asked)
    limits = filters.merged(limits, own_limits)
    result = _search(collection, question, k, limits)
    verdict, hits = result.verdict, result.hits
    if verdict == "answer" and _misread(question, corpus):
        verdict = "related"
    foreign = _foreign(question, corpus.language, result) if verdict != "answer" else None
    explained = verdict != "answer" and foreign is None
    if explained and verdict == "related" and nonsense(question, corpus.known_words):
        verdict, hits = "nothing", ()
    return Answer(
        question=message,
        verdict=verdict,
        confidence=result.confidence,
        hits=_with_span(collection.reranker, result) if verdict == "answer" else hits,
        searched=result.wording if result.wording != question else None,
        unknown=unknown(question, corpus.known_words) if explained else (),
        undated=limits.undated(corpus.articles),
        unmet=limits.unmet(corpus.articles),
        language=foreign,
        speaker=result.speaker,
        silent=result.silent,
        author=result.author,
        changed=changed(hit.passage.article.file for hit in hits) if changed else (),
        undatable=undatable,
    )


def _with_span(reranker: Reranker | None, result: SearchResult) -> tuple[Hit, ...]:
    """The hits, the first one with the part of its marked sentence that says what was asked, where that is sure."""
    first, *others = result.hits
    guess = reranker.point(result.wording, first.marked) if isinstance(reranker, span_head.SpanReader) else None
    if guess is None or not span_head.sure(guess, result.confidence):
        return result.hits
    start, end = (first.highlight[0] + place for place in guess.span)
    return (replace(first, span=(start, end)), *others)


def _misread(question: str, corpus: Corpus) -> bool:
    """Whether the question is not in English, which the models have learnt, and has names or nouns that no article has.

    Such a question resembles any sentence with the same function words.
    """
    return language(question) not in {None, "en"} and bool(unknown(question, corpus.known_words))


def _foreign(question: str, ours: str | None, result: SearchResult) -> str | None:
    """The language of the articles where the question is in another, and no article near it is in that one."""
    asked = language(question)
    near = [hit.passage for hit in result.hits] or [passage for passage in [result.first] if passage]
    return ours if asked not in {None, ours, *(language(passage.article.text) for passage in near)} else None


def _search(collection: Collection, question: str, k: int, limits: Filter) -> SearchResult:
    """The result within the limits: of one speaker, who is a limit or whom the question asks for, or of anybody."""
    if limits.speaker:
        return _search_limited_to_speaker(collection, question, k, limits)
    if asked := filters.asked_speaker(question):
        result = _search_speaker(collection, question, k, limits, asked)
        topic = filters.asked_topic(result.wording)
        if topic and result.hits and no_word_known(topic, collection.corpus.known_words):
            return _on_topic(collection, result, topic, limits)
        return result
    return _search_wordings(collection, question, k, _scope(collection.corpus, limits))


def _on_topic(collection: Collection, result: SearchResult, topic: str, limits: Filter) -> SearchResult:
    """The result with how likely it is that any article has the topic, none of whose words stand in one.

    A passage in which the speaker says anything else fits all but the topic of the question.
    """
    alone = search(Collection(collection.corpus, collection.encoder, None), topic, 1, _scope(collection.corpus, limits))
    likely, confidence = weighed(result.evidence, alone.evidence, result.confidence)
    if likely == "nothing":
        return replace(result, verdict="nothing", confidence=confidence, hits=())
    return replace(result, verdict=likely if result.verdict == "answer" else "related", confidence=confidence)


def _search_wordings(collection: Collection, question: str, k: int, scope: Scope) -> SearchResult:
    """The surest result of the question, its mended spelling, its abbreviations in their other form, and its parts that ask.

    A part that brings the passage of the whole question says no more of it: fewer words only make it fit more easily.
    """
    scope = scope._replace(message=question)
    plain = search(collection, question, k, scope)
    if plain.verdict == "answer":
        return plain
    mended = collection.corpus.speller.mend(question)
    wordings = dict.fromkeys([mended, collection.corpus.abbreviations.other_form(question)])
    whole = _surest(plain, *(search(collection, each, k, scope) for each in wordings if each != question))
    if whole.verdict == "answer":
        return whole
    parts = [search(collection, part, k, scope) for part in query_words.parts(mended)]
    best = _surest(whole, *(part for part in parts if part.first != whole.first))
    return plain if best.verdict == "nothing" else best


def _surest(*results: SearchResult) -> SearchResult:
    return max(results, key=lambda each: each.confidence)


def _search_limited_to_speaker(collection: Collection, question: str, k: int, limits: Filter) -> SearchResult:
    """The result in the words of the speaker that the limits name; others' words are not shown."""
    speakers, name = collection.corpus.speakers, limits.speaker or ""
    rows = speakers.named(name)
    result = _search_wordings(collection, question, k, _scope(collection.corpus, limits, rows))
    if result.verdict == "answer":
        return result
    silent: Silent = "on this" if rows else "throughout"
    return _unsaid(result, speakers.common_name(rows) or name, silent, result.confidence)


def _search_speaker(collection: Collection, question: str, k: int, limits: Filter, asked: SpeakerQuery) -> SearchResult:
    """The result in the words of the speaker who is asked for, else what is near it, and that it is no more."""
    corpus, everything = collection.corpus, _scope(collection.corpus, limits)
    speakers = corpus.speakers
    names = (asked.name, corpus.speller.mend(asked.name), speakers.corrected(asked.name))
    name = next(filter(speakers.meant, names), names[-1])
    rows = speakers.meant(name)
    unnamed = not rows and (asked.known or not _is_name(name))
    if unnamed and not authorship.written_by(corpus, name):
        return _search_wordings(collection, question, k, everything)
    naming = _sentences_with(corpus, name)
    revising = [row for row in naming if supersession.revises(corpus.statements[row].text)]
    reported = (
        *speakers.reported(name, naming, saying=asked.saying),
        *speakers.reported(name, revising, saying=False),
    )
    theirs = _search_wordings(collection, question, k, _scope(corpus, limits, [*rows, *reported]))
    if theirs.verdict == "answer":
        return theirs
    written = _search_written(collection, question, k, limits, name)
    if written.verdict == "answer" or (written.hits and not rows):
        return written  # of an author whom nobody quotes, the own sentences are at least the nearest
    others = _search_wordings(collection, question, k, everything)
    speaker = speakers.common_name(rows)
    silent: Silent = "on this" if rows else "throughout"
    if others.verdict == "answer" and may_be(name, others.hits[0].speaker):
        return replace(others, speaker=speaker or name, silent=silent)  # not surely theirs: "he said when we rang"
    if generic(name) and speaker in {None, *(hit.speaker.name for hit in others.hits[:1] if hit.speaker)}:
        return others  # "officials", "the agency": not surely this one's words alone
    near = theirs if theirs.hits and theirs.confidence >= _NEAR else others
    if not near.hits and rows and not unknown(question, corpus.known_words):
        near = search(collection, question, k, everything, near=True)  # a known speaker, and a topic of the articles
    confidence = min(near.confidence, max(theirs.confidence, _OTHERS_TRUST * others.confidence))
    return _unsaid(near, speaker or name, silent, confidence)


def _search_written(collection: Collection, question: str, k: int, limits: Filter, name: str) -> SearchResult:
    """The result in the sentences that somebody of this name wrote as the author of an article; none where nobody is."""
    written = authorship.written_by(collection.corpus, name)
    if not written:
        return SearchResult(question)
    scope = _scope(collection.corpus, limits, written)._replace(author=next(iter(written.values())))
    result = _search_wordings(collection, question, k, scope)
    if not result.hits and not unknown(question, collection.corpus.known_words):
        result = search(collection, question, k, scope, near=True)
    return replace(result, author=scope.author) if result.hits else result


def _unsaid(result: SearchResult, speaker: str, silent: Silent, confidence: float) -> SearchResult:
    """The result as being near what a speaker was asked for and did not surely say."""
    verdict: Verdict = "related" if result.hits else "nothing"
    return SearchResult(result.wording, verdict, confidence, result.hits, result.evidence, speaker, silent)


def _scope(corpus: Corpus, limits: Filter, statements: Iterable[int] | None = None) -> Scope:
    """The passages that the limits let through, and of these the statements of some rows, `None` for all."""
    kept = None if statements is None else frozenset(statements)
    if kept is None and not limits.narrow:
        return EVERYTHING
    rows = (
        np.arange(len(corpus.passages)) if kept is None else corpus.hybrid.passages_of(np.array(sorted(kept), np.int64))
    )
    if limits.narrow:
        taken = np.array([limits.takes(article) for article in corpus.articles], bool)
        rows = rows[taken[corpus.article_of[rows]]]
    return Scope(rows, kept)


def _sentences_with(corpus: Corpus, name: str) -> list[int]:
    """The rows of the statements in passages that have a word of the name."""
    passages = np.flatnonzero(corpus.hybrid.words.scores(words(name)))
    return [row for passage in passages.tolist() for row in corpus.hybrid.sentences_of(passage)]


def _is_name(name: str) -> bool:
    """Whether these words name somebody who says nothing here: by their capitals, or by being no English."""
    return not generic(name) and any(word[0].isupper() or not query_words.is_english(word) for word in name.split())
