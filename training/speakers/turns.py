"""Who speaks by the labels in front of the turns of a dialogue.

A label stands in front of a line ("BOYD: It is safe", "Q (The Observer): Why?") or on a line of its own, and holds until the
next one. Whose the turns without labels are is for the model to read.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from retrieval.text import dialogue, paragraphs
from training.speakers import names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.text.dialogue import Label
    from retrieval.types import Span
    from training.speakers.names import Names


class Turn(NamedTuple):
    """Whose words a label says they are: where the name and its titles stand in the text."""

    name: Span
    role: Span | None


def turns(text: str, sentences: Sequence[Span], full: Names) -> dict[int, Turn | None]:
    """The numbers of the sentences that are turns of a dialogue with labels, with whose they are; `None` where nobody can tell."""
    labels = dialogue.labels(text)
    alone = len({text[slice(*label.span)] for label in labels}) == 1
    if not labels or (alone and full.fullest(names.words(text[slice(*labels[0].span)])) is None):
        return {}  # "Box 14:" or "Rumour:", nobody whom the article names
    asks = alone and 2 * len(dialogue.questions(text)) >= len(labels)  # the one label is the interviewer's
    holds = not asks and not dialogue.is_sparse(text, labels)  # beyond a label's own line
    rows = [(row.start, row.end) for row in paragraphs.paragraphs(text)]
    starts = [label.line[0] for label in labels]
    fuller = dialogue.fuller(text, labels)
    owners: dict[int, Turn | None] = {}
    for number, (start, end) in enumerate(sentences):
        at = bisect_right(starts, start) - 1
        own = at >= 0 and start < labels[at].line[1]
        last = at + 1 == len(labels)
        if at < 0 or (not own and (not holds or (last and dialogue.is_closed(text, rows, start, labels[at])))):
            continue
        remark = dialogue.is_remark(text, (start, end), labels[at])
        paragraph = rows[bisect_right(rows, (start, len(text))) - 1]
        if remark or (not own and dialogue.asks_the_next(text, paragraph, labels[at : at + 2])):
            owners[number] = None
        elif not dialogue.is_of_kind(text[slice(*labels[at].span)], "answer"):
            owners[number] = _turn(text, fuller.get(text[slice(*labels[at].span)], labels[at]), full)
    return owners


def _turn(text: str, label: Label, full: Names) -> Turn | None:
    span = dialogue.named(text, label)
    if span is None:
        return None
    name, role = dialogue.name_and_role(text, span)
    return Turn(full.fullest(names.words(text[slice(*name)])) or name, role)
