"""What who runs the bot gets: messages on a file, the collection and its use, and votes in the shape of a gold file.

A passage voted up is its question's answer. Where one was voted down, or nothing answered, a person has to say what is
right: `require` is then "review", which `byline evaluate` passes over.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bot import strings
from bot.message import Message, Part, Run, aside, italic, parts
from bot.state import Entry
from bot.translation import counted, tr
from bot.views import replies
from bot.views.cards import fact
from bot.views.sources import taken_in
from retrieval import Article, Index

_LISTED = 20  # files, or lines on what was left out
_LONGEST = 300  # characters of a line


def menu() -> Message:
    """The commands that only who runs the bot has."""
    lines = replies.commands((name, tr(what)) for name, what in strings.ADMIN_MENU)
    return Message(parts(tr(strings.ADMIN_COMMANDS), *lines))


def about(sentence: str, file: str, **fields: str) -> Message:
    """A sentence of `bot.strings` on a file."""
    names = {"file": fact(file), **{name: fact(value) for name, value in fields.items()}}
    return Message(aside(tr(sentence).format(**names), [names["file"]] if names["file"] else []))


def matching(name: str, articles: Iterable[Article]) -> Message:
    """The files whose name, title or outlet has what was written, or some of all where none has."""
    low, known = name.casefold(), tuple(articles)
    near = [
        article
        for article in known
        if low in " ".join(filter(None, (article.file, article.title, article.outlet))).casefold()
    ]
    files = list(dict.fromkeys(article.file for article in near or known))
    listed = [fact(file) for file in files[:_LISTED]]
    more = tr(strings.AND_MORE).format(names="…", count=len(files) - _LISTED) if len(files) > _LISTED else ""
    return Message(
        parts(
            tr(strings.REMOVE_WHAT),
            *((Run("\n"), *aside(file, [file])) for file in listed),
            f"\n{more}" if more else [],
        )
    )


def inventory(collection: Index) -> Message:
    """How many articles there are, when they came, and what was left out of them."""
    return Message(_inventory(collection))


def stats(collection: Index, entries: Sequence[Entry]) -> Message:
    """The same, with how many sentences they have, and what users thought of answers."""
    votes = tr(strings.VOTES).format(up=sum(entry.up for entry in entries), down=sum(entry.down for entry in entries))
    open_ = counted(strings.UNANSWERED, sum(entry.answer.verdict == "nothing" for entry in entries))
    sentences = counted(strings.SENTENCES, len(collection.statements))
    return Message(parts(_inventory(collection), "\n\n", sentences, "\n", votes, "\n", open_))


def _inventory(collection: Index) -> tuple[Part, ...]:
    articles = collection.articles
    number = counted(strings.ARTICLES, len(articles))
    times = taken_in([collection.taken_in(article) for article in articles])
    lines = [line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…" for line in collection.left_out[:_LISTED]]
    left = "".join(f"\n{fact(line)}" for line in lines)
    return parts(number, ["\n", italic(times)] if times else [], f"\n{left}" if left else [])


REVIEW = "review"


def gold_lines(ledger: Iterable[Entry], *collections: Index) -> Iterator[str]:
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
