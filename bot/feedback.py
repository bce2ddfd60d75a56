"""The ledger of votes → questions in the shape of a gold file, so that what users think becomes tests.

A passage voted up is its question's answer. Where one was voted down, or nothing answered, a person has to say what is
right: `require` is then "review", which `byline evaluate` passes over.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bot.state import Entry
from retrieval import Index

REVIEW = "review"


def lines(ledger: Iterable[Entry], *collections: Index) -> Iterator[str]:
    """A JSON line for each entry whose question was kept; its answer is of one of the collections."""
    for entry in ledger:
        if entry.answer.question is not None:
            yield json.dumps(_gold(entry, collections), ensure_ascii=False)


def _gold(entry: Entry, collections: Sequence[Index]) -> dict[str, Any]:
    right = entry.answer.verdict == "answer" and entry.up > entry.down
    snippet = next(filter(None, (_snippet(entry, each) for each in collections)), None) if right else None
    return {
        "id": f"feedback-{entry.key}",
        "question": entry.answer.question,
        "type": "feedback",
        "answers": [snippet] if snippet else [],
        "require": "any" if snippet else REVIEW,
        "note": f"{entry.day}: {entry.answer.verdict}, {entry.up} up, {entry.down} down",
    }


def _snippet(entry: Entry, collection: Index) -> dict[str, str] | None:
    """The sentence that was shown as the answer; `None` where the collection does not have it any more."""
    id_, start, end = entry.answer.places[0]
    try:
        article = collection.hit(id_, (start, end)).passage.article
    except ValueError:
        return None
    return {"file": article.file, "snippet": article.text[start:end], "grade": "full"}
