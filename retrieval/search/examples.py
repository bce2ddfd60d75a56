"""Questions that a collection can answer, out of its own words, to show a newcomer what to ask.

A short quotation gives "Who said “…”?", a name of several words "What is said about …?". Only what the index then
really answers with the passage it came from is offered.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from retrieval.types import Answer, Passage

_QUOTATION = re.compile(r"“([^“”\n]{15,70})”|(?:^|(?<=\s))\"([^\"\n]{15,70})\"(?!\w)")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w’'-]*[a-z](?: [A-Z][\w’'-]*[a-z]){1,4}")
_TRIES = 6  # questions asked for one article at most: this runs while an index is built
_ENOUGH = 12  # examples, more than anybody is shown
_ASKED = 60  # questions asked of all articles together


def suggest(passages: Iterable[Passage], ask: Callable[[str], Answer]) -> tuple[str, ...]:
    """One question for each of the first dozen articles that yield one, in the order of the articles."""
    by_article: dict[str, list[Passage]] = {}
    for passage in passages:
        by_article.setdefault(passage.article.id, []).append(passage)
    found: list[str] = []
    tried = 0
    for own in by_article.values():
        for question, passage in islice(_candidates(own), _TRIES):
            if len(found) == _ENOUGH or tried == _ASKED:
                return tuple(found)
            tried += 1
            if _answers(ask(question), passage):
                found.append(question)
                break
    return tuple(found)


def _answers(answer: Answer, passage: Passage) -> bool:
    return answer.verdict == "answer" and answer.hits[0].passage == passage


def _candidates(passages: list[Passage]) -> Iterator[tuple[str, Passage]]:
    for passage in passages:
        for quotation in _QUOTATION.finditer(passage.text):
            said = (quotation[1] or quotation[2]).strip(" ,.;:!?…")
            if 4 <= len(said.split()) <= 9:
                yield f"Who said “{said}”?", passage
    for passage in passages:
        for name in _NAME.findall(passage.text)[:1]:
            yield f"What is said about {name}?", passage
