"""Gold questions → measures of an index: is the right passage first, is the right sentence marked, is silence right?

A passage is a hit when it holds a `full` snippet of its own file, or of one that tells the same story, unchanged.
Questions of type `foreign` are asked of an English collection in another language: they are counted apart. A first
passage that holds only a `partial` snippet is neither right nor wrong, so it is left out of precision and calibration.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import QuestionsError
from retrieval.evaluation.metrics import Judgements, measures
from retrieval.passages import MAX_CHARS
from retrieval.types import Answer, Article, Hit

ALL = "all"
FOREIGN = "foreign"
REVIEW = "review"
FORMAT = """\
One JSON object a line, such as

  {"question": "Who met whom?", "answers": [{"file": "talks.txt", "snippet": "Ada met Ben."}]}

  question  string
  answers   list, [] where the articles do not answer; each with
              file      the article's file, as `sources` names it
              snippet   words of that file, best whole sentences: a passage that holds all of them is right,
                        and so is a marked sentence that stands inside them
              grade     "full" (default), or "partial": right only beside a full one
              side      string; with "require": "each-side" one of each side is wanted
  id, type  optional strings; the measures of each type are shown apart
  require   optional: "any" (default), "two-files", "each-side", "abstain", "review" (passed over)
"""
_REQUIRED = ("any", "two-files", "each-side", "abstain", REVIEW)
_GRADES = ("full", "partial")
_RIGHT = {  # what a field is, for who gave it another value
    "answers": "a list of objects with `file` and `snippet`, [] where the articles do not answer",
    "file": "the name of an article's file",
    "snippet": "words of that file",
    **dict.fromkeys(("type", "require", "grade", "side"), "a string"),
}
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
    """One question and what came; `number` is the question's place among all of a report, from 1."""

    gold: Gold
    answer: Answer
    number: int = 0

    @property
    def label(self) -> str:
        """What to call the question: its id, else its place."""
        return f"no. {self.number}" if self.gold.id is None else str(self.gold.id)

    @property
    def answerable(self) -> bool:
        """Whether the articles answer the question."""
        return bool(self.gold.snippets)

    def hit(self, k: int) -> bool:
        """Whether one of the first `k` passages is right."""
        return any(_full(self.gold, hit) for hit in self.answer.hits[:k])

    @property
    def well(self) -> bool:
        """Whether the first passage is right, or, where the articles do not answer, no answer was given; else it is missed."""
        return self.hit(1) if self.answerable else self.answer.verdict != "answer"

    @property
    def undecided(self) -> bool:
        """Whether the first passage holds a partial snippet and no full one."""
        first = self.answer.hits[:1]
        return not self.hit(1) and any(_holds(hit, snippet) for hit in first for snippet in self.gold.snippets)

    @property
    def highlighted(self) -> bool:
        """Whether the first passage's highlight is, or lies in, a full snippet."""
        return any(
            snippet.full and snippet.file in _files(hit) and hit.marked in snippet.text
            for hit in self.answer.hits[:1]
            for snippet in self.gold.snippets
        )

    def complete(self, k: int) -> bool:
        """Whether the first `k` passages hold all that the question requires: one snippet, two files, each side."""
        right = [s for hit in self.answer.hits[:k] for s in _full(self.gold, hit)]
        if self.gold.require == "two-files":
            return len({snippet.file for snippet in right}) > 1
        if self.gold.require == "each-side":
            sides = {snippet.side for snippet in self.gold.snippets if snippet.full}
            return {snippet.side for snippet in right} == sides
        return bool(right)


def read(path: Path) -> list[Gold]:
    """The gold questions of a `.jsonl` file, but for those that a person has still to review.

    Raises `QuestionsError` where there is none, or which names the line and the field that is not as `FORMAT` says.
    """
    golds = []
    for number, record in read_lines(path):
        try:
            golds.append(_gold(record))
        except ValueError as fault:
            raise QuestionsError(f"{path}:{number}: {fault}: mend the line") from None
    wanted = [gold for gold in golds if gold.require != REVIEW]
    if not wanted:
        raise QuestionsError(f"{path}: holds no question{' but those to review' if golds else ''}: nothing to measure")
    return wanted


def misplaced(golds: Iterable[Gold], articles: Iterable[Article]) -> Iterator[str]:
    """A line for each snippet that is in no passage's reach, because its file is not here or does not hold it."""
    texts: dict[str, list[str]] = {}
    for article in articles:
        texts.setdefault(article.file, []).append(article.text)
    for gold in golds:
        for snippet in gold.snippets:
            if snippet.file not in texts:
                yield f"{gold.id or gold.question}: the index has no file {snippet.file}"
            elif not any(snippet.text in text for text in texts[snippet.file]):
                yield f"{gold.id or gold.question}: {snippet.file} does not hold {_shown(snippet.text)}"


def read_lines(path: Path, wanted: str = "question") -> list[tuple[int, dict[str, Any]]]:
    """The JSON objects of a file with their line numbers, blank lines left out; each has the `wanted` string."""
    try:
        lines = path.read_bytes().decode("utf-8-sig").split("\n")
    except OSError as error:
        raise QuestionsError(f"{path}: cannot be read ({error.strerror}): give a .jsonl file") from None
    except UnicodeDecodeError as error:
        raise QuestionsError(
            f"{path}: cannot be read (not UTF-8 at byte {error.start + 1}): save it as UTF-8"
        ) from None
    return [(n, _record(line, f"{path}:{n}", wanted)) for n, line in enumerate(lines, start=1) if line.strip()]


def judge(outcomes: Sequence[Outcome]) -> Judgements:
    """What the measures need to know of each outcome, in their order."""
    return Judgements(
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


def _record(line: str, place: str, wanted: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise QuestionsError(f"{place}: no JSON ({error}): mend the line or leave it out") from None
    if not isinstance(record, dict) or not isinstance(record.get(wanted), str):
        raise QuestionsError(f"{place}: no object with a string `{wanted}`: mend the line or leave it out")
    return record


def _gold(record: dict[str, Any]) -> Gold:
    snippets = tuple(_snippet(answer, f"answers[{at}]") for at, answer in enumerate(_field(record, "answers", list)))
    kind, require = _field(record, "type", str, "untyped"), _field(record, "require", str, "any")
    if kind == ALL:
        raise ValueError(f"`type`: {ALL!r} is the name of all questions together, so no type can be called so")
    if require not in _REQUIRED:
        raise ValueError(f"`require`: {_words(_REQUIRED)}, not {require!r}")
    return Gold(record.get("id"), record["question"], kind, require, snippets)


def _snippet(answer: Any, place: str) -> Snippet:
    if not isinstance(answer, dict):
        raise ValueError(f'`{place}`: an object, as in {{"file": "a.txt", "snippet": "…"}}, not {_shown(answer)}')  # noqa: TRY004 (a fault of the file)
    file, text = _field(answer, "file", str, at=place), _field(answer, "snippet", str, at=place)
    grade, side = _field(answer, "grade", str, "full", at=place), _field(answer, "side", str, "", at=place)
    if not (file and text):  # an empty one would be everywhere
        raise ValueError(f"`{place}.{'snippet' if file else 'file'}`: is empty")
    if grade not in _GRADES:
        raise ValueError(f"`{place}.grade`: {_words(_GRADES)}, not {grade!r}")
    return Snippet(file, text, grade == "full", side or None)


def _field(record: dict[str, Any], name: str, kind: type, default: str | None = None, *, at: str = "") -> Any:
    """The value of a field that is of this kind; `default` where it is missing or null, `ValueError` without one."""
    value = record.get(name)
    if isinstance(value, kind):
        return value
    if value is None and default is not None:
        return default
    path = f"{at}.{name}".lstrip(".")
    raise ValueError(f"`{path}`: {_RIGHT[name]}, not {_shown(value) if name in record else 'left out'}")


def _shown(value: Any) -> str:
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 40 else f"{shown[:40]}…"


def _words(names: Iterable[str]) -> str:
    return "one of " + ", ".join(map(repr, names))


def _holds(hit: Hit, snippet: Snippet) -> bool:
    return snippet.file in _files(hit) and len(hit.passage.text) <= MAX_CHARS and snippet.text in hit.passage.text


def _files(hit: Hit) -> set[str]:
    """The files of the passage: the same story may stand in several."""
    return {article.file for article in (hit.passage.article, *hit.also_in)}


def _full(gold: Gold, hit: Hit) -> list[Snippet]:
    return [snippet for snippet in gold.snippets if snippet.full and _holds(hit, snippet)]


def _which(outcomes: Sequence[Outcome], test: Callable[[Outcome], bool]) -> NDArray[np.bool_]:
    return np.array([test(outcome) for outcome in outcomes], np.bool_)
