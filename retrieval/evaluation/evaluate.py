"""Gold questions → measures of an index: is the right passage first, is the right sentence marked, is silence right?

A passage is a hit when it holds a `full` snippet of its own file unchanged. Questions of type `foreign` are asked of an
English collection in another language: they are counted apart. A first passage that holds only a `partial` snippet is
neither right nor wrong, so it is left out of precision and calibration.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from retrieval.errors import QuestionsError
from retrieval.evaluation.metrics import Judged, measures
from retrieval.serialization import answer_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from retrieval.types import Answer, Hit, Passage

ALL = "all"
FOREIGN = "foreign"
REVIEW = "review"
MAX_CHARS = 800
DEPTH = 5  # passages asked for: the deepest that a measure looks


@dataclass(frozen=True, slots=True)
class Snippet:
    """A stretch of a file that answers; `full` by itself, else only beside one that does; `side` of a contrast."""

    file: str
    text: str
    full: bool
    side: str | None = None


@dataclass(frozen=True, slots=True)
class Gold:
    """A question and what answers it; without snippets the articles do not."""

    id: str | None
    question: str
    type: str
    require: str
    snippets: tuple[Snippet, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question and what came."""

    gold: Gold
    answer: Answer

    @property
    def answerable(self) -> bool:
        """Whether the articles answer the question."""
        return bool(self.gold.snippets)

    def hit(self, k: int) -> bool:
        """Whether one of the first `k` passages is right."""
        return any(_full(self.gold, hit.passage) for hit in self.answer.hits[:k])

    @property
    def well(self) -> bool:
        """Whether the first passage is right, or, where the articles do not answer, nothing was given as an answer."""
        return self.hit(1) if self.answerable else self.answer.verdict != "answer"

    @property
    def undecided(self) -> bool:
        """Whether the first passage holds a partial snippet and no full one."""
        first = [hit.passage for hit in self.answer.hits[:1]]
        return not self.hit(1) and any(_holds(passage, snippet) for passage in first for snippet in self.gold.snippets)

    @property
    def highlighted(self) -> bool:
        """Whether the first passage's highlight is, or lies in, a full snippet."""
        return any(
            snippet.full and snippet.file == hit.passage.article.file and _marked(hit) in snippet.text
            for hit in self.answer.hits[:1]
            for snippet in self.gold.snippets
        )

    def complete(self, k: int) -> bool:
        """Whether the first `k` passages hold all that the question requires: one snippet, two files, each side."""
        found = [s for hit in self.answer.hits[:k] for s in _full(self.gold, hit.passage)]
        if self.gold.require == "two-files":
            return len({snippet.file for snippet in found}) > 1
        if self.gold.require == "each-side":
            sides = {snippet.side for snippet in self.gold.snippets if snippet.full}
            return {snippet.side for snippet in found} == sides
        return bool(found)


def read(path: Path) -> list[Gold]:
    """The gold questions of a `.jsonl` file, but for those that a person has still to review.

    `QuestionsError` names the line that is none.
    """
    golds = (_gold(record, f"{path}:{number}") for number, record in read_lines(path))
    return [gold for gold in golds if gold.require != REVIEW]


def read_lines(path: Path, wanted: str = "question") -> list[tuple[int, dict[str, Any]]]:
    """The JSON objects of a file with their line numbers, blank lines left out; each has the `wanted` string."""
    try:
        lines = path.read_bytes().decode("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionsError(f"{path}: cannot be read as UTF-8 ({error}): give a .jsonl file") from None
    return [(n, _record(line, f"{path}:{n}", wanted)) for n, line in enumerate(lines, start=1) if line.strip()]


def run(golds: Iterable[Gold], ask: Callable[[str, int], Answer]) -> list[Outcome]:
    """Ask every question for as many passages as the measures look at."""
    return [Outcome(gold, ask(gold.question, DEPTH)) for gold in golds]


def judge(outcomes: Sequence[Outcome]) -> Judged:
    """What the measures need to know of each outcome, in their order."""
    return Judged(
        confidence=np.array([o.answer.confidence for o in outcomes], np.float64),
        answerable=_which(outcomes, lambda o: o.answerable),
        answered=_which(outcomes, lambda o: o.answer.verdict == "answer"),
        undecided=_which(outcomes, lambda o: o.undecided),
        right=_which(outcomes, lambda o: o.hit(1)),
        hit_3=_which(outcomes, lambda o: o.hit(3)),
        hit_5=_which(outcomes, lambda o: o.hit(5)),
        highlighted=_which(outcomes, lambda o: o.highlighted),
        demanding=_which(outcomes, lambda o: o.answerable and o.gold.require in {"two-files", "each-side"}),
        complete_5=_which(outcomes, lambda o: o.complete(5)),
    )


def measure(outcomes: Sequence[Outcome]) -> dict[str, float | None]:
    """The measures over these outcomes, each in 0..1, `None` where no question bears on it."""
    rows = measures(judge(outcomes), np.ones((1, len(outcomes))))
    return {name: None if np.isnan(row[0]) else float(row[0]) for name, row in rows.items()}


def grouped(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """`all` questions but the foreign ones, then those of each type, types in the order they first came."""
    types: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        types.setdefault(outcome.gold.type, []).append(outcome)
    return {ALL: [o for o in outcomes if o.gold.type != FOREIGN], **types}


@dataclass(frozen=True, slots=True)
class Report:
    """Measures of all questions but the foreign ones, then of each type; and every question that went wrong."""

    groups: dict[str, dict[str, float | None]]
    sizes: dict[str, int]
    missed: tuple[Outcome, ...]


def report(outcomes: Sequence[Outcome]) -> Report:
    """The report over these outcomes, types in the order they first came.

    Missed is an answerable question whose first passage is not right, and another that got an answer all the same.
    """
    groups = grouped(outcomes)
    return Report(
        groups={name: measure(group) for name, group in groups.items()},
        sizes={name: len(group) for name, group in groups.items()},
        missed=tuple(outcome for outcome in outcomes if not outcome.well),
    )


def as_object(report: Report) -> dict[str, Any]:
    """The report as JSON: measures by group, and each missed question with its answer."""
    return {
        "measures": report.groups,
        "questions": report.sizes,
        "missed": [answer_object(outcome.answer, outcome.gold.id) for outcome in report.missed],
    }


def _record(line: str, place: str, wanted: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise QuestionsError(f"{place}: no JSON ({error}): mend the line or leave it out") from None
    if not isinstance(record, dict) or not isinstance(record.get(wanted), str):
        raise QuestionsError(f"{place}: no object with a string `{wanted}`: mend the line or leave it out")
    return record


def _gold(record: dict[str, Any], place: str) -> Gold:
    try:
        snippets = tuple(map(_snippet, record.get("answers", ())))
    except (TypeError, KeyError) as error:
        raise QuestionsError(f"{place}: an answer needs `file` and `snippet` ({error}): mend the line") from None
    kind, require = record.get("type", "untyped"), record.get("require", "any")
    if not isinstance(kind, str) or kind == ALL or not isinstance(require, str):
        raise QuestionsError(f"{place}: `type` and `require` are words, and no type is `{ALL}`: mend the line")
    return Gold(record.get("id"), record["question"], kind, require, snippets)


def _snippet(answer: dict[str, Any]) -> Snippet:
    file, text, side = answer["file"], answer["snippet"], answer.get("side")
    if not (file and text) or not all(isinstance(value, str) for value in (file, text, side or "")):
        raise TypeError("both are text, and not empty; `side` is text too")  # an empty one would be everywhere
    return Snippet(file, text, answer.get("grade", "full") == "full", side)


def _holds(passage: Passage, snippet: Snippet) -> bool:
    return snippet.file == passage.article.file and len(passage.text) <= MAX_CHARS and snippet.text in passage.text


def _full(gold: Gold, passage: Passage) -> list[Snippet]:
    return [snippet for snippet in gold.snippets if snippet.full and _holds(passage, snippet)]


def _marked(hit: Hit) -> str:
    start, end = hit.highlight
    return hit.passage.article.text[start:end]


def _which(outcomes: Sequence[Outcome], test: Callable[[Outcome], bool]) -> NDArray[np.bool_]:
    return np.array([test(outcome) for outcome in outcomes], np.bool_)
