"""A corpus → lists of its statements: of one speaker, with a term, about a topic by speaker or by date.

Every list is in the order of the articles' dates, those without a date last, and then in reading order; the entries of a
live ticker are in the order of their times. Nothing is copied and nothing is left out: the caller pages.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from itertools import chain, groupby

import numpy as np
from numpy.typing import NDArray

from retrieval.index.corpus import Corpus
from retrieval.lexicon import alternatives
from retrieval.lexicon import words as lexicon_words
from retrieval.quotes.quote_parser import same_speaker
from retrieval.search.reranker import COVERAGE_WEIGHT, Query
from retrieval.search.sparse import words
from retrieval.search.supersession import minute_of_day
from retrieval.speakers.speaker_index import generic
from retrieval.text import sentences
from retrieval.types import Article, Encoder, Mention, Span, SpeakerStatements, Statement

Rows = NDArray[np.int64]


_CLOCK = re.compile(
    r"^[ \t*_#>•-]*(?P<hours>[01]?\d|2[0-3])(?:[:h]|\.(?=\d\d ?[ap]\.?m\b))(?P<minutes>[0-5]\d)(?![\d:.]\d)"
    r"(?: ?(?P<half>[ap])\.?m\b)?",
    re.IGNORECASE | re.MULTILINE,
)  # at the beginning of a line
_DAY = re.compile(
    rf"^\W*(?:\w+\W+){{0,2}}(?:{alternatives(lexicon_words('calendar'))})\b(?:\W+\w+){{0,2}}\W*$",
    re.IGNORECASE | re.MULTILINE,
)
_ABOUT = 0.6  # cosine and weighed share of rare words together, from which a sentence is about a topic


def said_by(corpus: Corpus, encoder: Encoder, name: str, about: str | None = None) -> SpeakerStatements:
    """The statements of one speaker, all or those about a topic; none for a name that nobody has."""
    speakers = corpus.speakers
    speaker = name if speakers.represented(name) else speakers.corrected(name)
    rows = speakers.represented(speaker)
    if about is not None:
        rows = sorted(topic(corpus, encoder, about, rows))
    return SpeakerStatements(speakers.common_name(speakers.named(speaker)) or speaker, _in_order(corpus, rows))


def mentions(corpus: Corpus, term: str) -> tuple[Mention, ...]:
    """Every sentence and headline that has the term, in any case and inflection; each with where it has it."""
    return tuple(
        mention
        for article, spans in sorted(corpus.full_text.find(term), key=lambda pair: _by_date(pair[0]))
        for mention in _mentions(corpus, article, spans)
    )


def compare(corpus: Corpus, encoder: Encoder, about: str) -> tuple[SpeakerStatements, ...]:
    """Who says what about a topic: each speaker's statements about it, the one who comes nearest to it first."""
    near = topic(corpus, encoder, about)
    rows = [row for row in sorted(near, key=lambda row: (-near[row], row)) if corpus.statements[row].speaker]
    groups: list[list[int]] = []
    for row in rows:
        group = next((group for group in groups if _same(corpus.statements[group[0]], corpus.statements[row])), None)
        if group:
            group.append(row)
        else:
            groups.append([row])
    return tuple(SpeakerStatements(_name(corpus, group), _in_order(corpus, group)) for group in groups)


def timeline(corpus: Corpus, encoder: Encoder, about: str) -> tuple[Statement, ...]:
    """The sentences about a topic by the date their article states; those of articles without a date come last."""
    return _in_order(corpus, topic(corpus, encoder, about))


def topic(corpus: Corpus, encoder: Encoder, about: str, among: Iterable[int] | None = None) -> dict[int, float]:
    """The rows of the statements about a topic, of `among` if it is given, and how near each is; 0 is far, 1.5 equal."""
    rows = np.arange(len(corpus.statements)) if among is None else np.array(sorted(among), np.int64)
    if not words(about) or not len(rows):
        return {}
    hybrid, query, vector = corpus.hybrid, Query.of(about, corpus.hybrid.words), encoder.encode_queries([about])[0]
    near, cosines = hybrid.sentences.near(vector, _ABOUT, rows)
    sharing = np.intersect1d(rows, hybrid.sentence_rows(np.flatnonzero(hybrid.words.scores(words(about)))))
    others = np.setdiff1d(sharing, near)  # the rest shares no word, and would have to be near by itself
    cosine_of = dict(zip(near.tolist(), cosines.tolist(), strict=True))
    cosine_of |= zip(others.tolist(), hybrid.sentences.cosines(vector, others).tolist(), strict=True)
    likely = ((row, cosine) for row, cosine in cosine_of.items() if cosine >= _ABOUT - COVERAGE_WEIGHT)
    weights = {row: query.relevance(corpus.statements[row].text, cosine) for row, cosine in likely}
    return {row: weight for row, weight in weights.items() if weight >= _ABOUT}


def _in_order(corpus: Corpus, rows: Iterable[int]) -> tuple[Statement, ...]:
    """The statements of these rows by date, then as they stand in the collection, those of a ticker by its times."""
    statements = sorted((corpus.statements[row] for row in sorted(rows)), key=lambda each: _by_date(each.article))
    articles = groupby(statements, key=lambda each: each.article.id)
    return tuple(chain.from_iterable(_by_time(list(own)) for _, own in articles))


def _by_time(statements: list[Statement]) -> list[Statement]:
    """Statements of one article; those of a ticker of one day by the times at the beginning of its lines."""
    text = statements[0].article.text
    lines = list(_CLOCK.finditer(text))
    if len(lines) < 2 or _DAY.search(text, lines[0].end(), lines[-1].start()):
        return statements
    starts = [line.start() for line in lines]
    times = [-1, *(minute_of_day(*line.groups()) for line in lines)]
    return sorted(statements, key=lambda each: times[bisect_right(starts, each.start)])


def _by_date(article: Article) -> tuple[bool, str]:
    return article.date is None, article.date or ""


def _same(first: Statement, second: Statement) -> bool:
    """Whether two statements are of one speaker; "officials" of two articles may be others."""
    speaker, another = first.speaker, second.speaker
    if speaker is None or another is None:
        return False
    if generic(speaker.name) or generic(another.name):
        return speaker.name.casefold() == another.name.casefold() and first.article is second.article
    return same_speaker(speaker.name, another)


def _name(corpus: Corpus, rows: Iterable[int]) -> str:
    """The fullest name of the one speaker of these rows."""
    names = {speaker.name for row in rows if (speaker := corpus.statements[row].speaker)}
    return max(sorted(names), key=len)


def _mentions(corpus: Corpus, article: Article, spans: Iterable[Span]) -> list[Mention]:
    """One mention for each sentence of the article that holds any of the spans."""
    statements: dict[Span, Statement] = {}
    matches: dict[Span, list[Span]] = {}
    for span in spans:
        if statement := corpus.statement(article, *span) or _outside_passages(article, span):
            place = (statement.start, statement.end)
            statements.setdefault(place, statement)
            matches.setdefault(place, []).append(span)
    return [Mention(statement, tuple(matches[place])) for place, statement in statements.items()]


def _outside_passages(article: Article, span: Span) -> Statement | None:
    """The sentence of a headline or another line that no passage holds; `None` where the span crosses the end of one."""
    text = article.text
    stop = text.find("\n", span[1])
    line = text.rfind("\n", 0, span[0]) + 1, len(text) if stop < 0 else stop
    around = (
        sentence for sentence in sentences.split(text, *line) if sentence[0] <= span[0] and span[1] <= sentence[1]
    )
    return next((Statement(article, *sentence, "unclear") for sentence in around), None)
