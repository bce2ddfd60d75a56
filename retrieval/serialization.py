"""Answers and articles → the JSON objects that outside scripts rely on: a change here needs a changelog line."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from retrieval.articles.metadata import Evidence
from retrieval.quotes import Correction, QuoteCheck, QuoteMatch
from retrieval.types import FACTS, Answer, Article, Hit, Mention, Speaker, SpeakerStatements, Statement

Object = dict[str, Any]


_FIELDS = ("id", "file", *FACTS, "sha256")


def article_object(article: Article) -> Object:
    """What the file states about itself; `text_sha256` only where the text was taken out of the file."""
    facts = {name: getattr(article, name) for name in _FIELDS}
    return facts if article.text_sha256 is None else {**facts, "text_sha256": article.text_sha256}


def explanation(article: Article, evidence: Mapping[str, Evidence | None]) -> Object:
    """Where each fact stands: the kind of line, its offsets, and how likely the fact is right; null where no line states it.

    Then the lines that the article's page shares with others of its outlet.
    """
    places = {
        name: each
        and {"kind": each.kind, "start": each.line.start, "end": each.line.end, "chance": round(each.chance, 3)}
        for name, each in evidence.items()
    }
    return {"evidence": places, "shared_lines": list(article.shared)}


def passage_object(hit: Hit) -> Object:
    """A passage with its offsets, its highlight in the same offsets, and its article.

    `also_in` only where the highlight stands word for word in other articles that tell the same story.
    """
    passage = hit.passage
    also_in = {"also_in": [article_object(article) for article in hit.also_in]} if hit.also_in else {}
    return {
        "text": passage.text,
        "start": passage.start,
        "end": passage.end,
        "highlight": list(hit.highlight),
        "score": round(hit.score, 6),
        "speaker": _speaker(hit.speaker),
        "article": article_object(passage.article),
        **also_in,
    }


def answer_object(answer: Answer, question_id: str | None = None) -> Object:
    """The answer to one question; `question_id` is the input line's."""
    return {
        "id": question_id,
        "question": answer.question,
        "verdict": answer.verdict,
        "confidence": round(answer.confidence, 4),
        "passages": [passage_object(hit) for hit in answer.hits],
    }


def quote_object(check: QuoteCheck, quote_id: str | None = None) -> Object:
    """What became of one quote; `quote_id` is the input line's. `articles` is how many were searched.

    `earlier` only where the words stood in a text that an article has no longer.
    """
    earlier = {"earlier": [_correction(each) for each in check.earlier]} if check.earlier else {}
    return {
        "id": quote_id,
        "quote": check.quote,
        "status": check.status,
        "matches": [_match(match) for match in check.matches],
        "marked": check.marked,
        "misattributed": check.misattributed,
        "articles": check.articles,
        **earlier,
    }


def statement_object(statement: Statement) -> Object:
    """One sentence and whose words it is."""
    return {**_place(statement.article, statement), "voice": statement.voice, "speaker": _speaker(statement.speaker)}


def mention_object(mention: Mention) -> Object:
    """A sentence as `statement_object` has it, and the spans that mention the term, in the same offsets."""
    return {**statement_object(mention.statement), "matches": [list(span) for span in mention.matches]}


def speaker_object(speaker: SpeakerStatements) -> Object:
    """One speaker's statements about a topic, each as `statement_object` has it."""
    return {"name": speaker.name, "statements": [statement_object(statement) for statement in speaker.statements]}


def _correction(correction: Correction) -> Object:
    """The words as an article had them `until` then; what that article is `now`, and where it has these words or others."""
    return {
        **_place(correction.earlier, correction),
        "until": correction.until,
        "now": {
            "article": article_object(correction.later),
            "status": correction.now.status,
            "matches": [_match(match) for match in correction.now.matches],
        },
    }


def _match(match: QuoteMatch) -> Object:
    quoter = {"quoted_by": _speaker(match.quoted_by)} if match.quoted_by else {}
    changes = {"changes": [dataclasses.asdict(change) for change in match.changes]} if match.changes else {}
    return {**_place(match.article, match), "speaker": _speaker(match.speaker), **quoter, **changes}


def _place(article: Article, stretch: Statement | QuoteMatch | Correction) -> Object:
    """A stretch of an article, verbatim, with its offsets."""
    return {"article": article_object(article), "start": stretch.start, "end": stretch.end, "text": stretch.text}


def _speaker(speaker: Speaker | None) -> Object | None:
    return dataclasses.asdict(speaker) if speaker else None
