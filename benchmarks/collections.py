"""How good Byline is on collections that nothing was tuned on: `python -m benchmarks.collections gold/e* [--json FILE]`.

A folder holds `.txt` articles and a `gold.json` (its form: `gold/README.md`): questions with every place
that answers, sentences with their speakers, what each file states about itself, and its boilerplate. Each folder is
indexed by itself with the defaults, and all figures are pooled over the folders. A passage is a hit when it holds a whole
gold snippet of its file; the mark is right when it shares half of itself or of the snippet.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrieval import Index

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from retrieval import Answer, Passage, Statement

DEPTH = 5
BINS = 10
FACTS = ("title", "publisher", "author", "date", "url", "source", "distributor")
LONGEST_SHARED = 11  # characters up to which a line of boilerplate may stand in an article's own sentences


@dataclass(frozen=True)
class Judged:
    """One question: its type, whether anything answers, and what became of it."""

    type: str
    answerable: bool
    first: bool
    three: bool
    marked: bool
    both_sides: bool
    verdict: str
    confidence: float


@dataclass
class Tally:
    """What was counted over all collections."""

    questions: list[Judged] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to a file as well")
    options = parser.parse_args()
    tally = Tally()
    for folder in options.folders:
        judge(folder, tally)
    figures = summary(tally)
    width = max(map(len, figures))
    print("\n".join(f"{name:{width}}  {value}" for name, value in figures.items()))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


def judge(folder: Path, tally: Tally) -> None:
    """Index one collection and judge its answers, speakers, metadata and passages."""
    gold = json.loads((folder / "gold.json").read_text("utf-8"))
    index = Index.build(folder)
    for question in gold["questions"]:
        answer = index.ask(question["question"], k=DEPTH)
        tally.questions.append(judged(question, answer))
        for hit in answer.hits:
            lines = gold["articles"][hit.passage.article.file]["furniture"]
            tally.counts["passages"] += 1
            tally.counts["boilerplate"] += any(line in hit.passage.text for line in lines if len(line) > LONGEST_SHARED)
    for article in (article for article in index.articles if article.file in gold["articles"]):
        own = [each for each in index.statements if each.article is article]
        _speakers(gold["articles"][article.file]["statements"], article.text, own, tally.counts)
        _facts(gold["articles"][article.file]["metadata"], article, tally.counts)


def judged(question: dict[str, Any], answer: Answer) -> Judged:
    """One answer held against its gold."""
    answers = question["answers"]
    hits = [holds(hit.passage, answers) for hit in answer.hits]
    files = {hit.passage.article.file for hit in answer.hits if holds(hit.passage, answers)}
    marked = bool(answer.hits) and _marks(answer, answers)
    return Judged(
        question["type"], bool(answers), any(hits[:1]), any(hits[:3]), marked, len(files) > 1,
        answer.verdict, answer.confidence,
    )  # fmt: skip


def holds(passage: Passage, answers: Iterable[Sequence[str]]) -> bool:
    """Whether the passage holds a whole snippet of its own file."""
    return any(passage.article.file == file and snippet in passage.text for file, snippet in answers)


def _marks(answer: Answer, answers: Iterable[Sequence[str]]) -> bool:
    hit = answer.hits[0]
    start, end = hit.highlight
    for file, snippet in answers:
        at = hit.passage.article.text.find(snippet) if file == hit.passage.article.file else -1
        shared = min(end, at + len(snippet)) - max(start, at)
        if at >= 0 and shared >= 0.5 * min(end - start, len(snippet)):
            return True
    return False


def _speakers(gold: Iterable[dict[str, Any]], text: str, own: Sequence[Statement], counts: dict[str, int]) -> None:
    for statement in gold:
        start = text.index(statement["text"])
        names = [each.speaker.name for each in _over(own, start, start + len(statement["text"])) if each.speaker]
        spoken = statement["voice"] == "speaker"
        right = spoken and bool(names) and all(same_name(name, statement["names"]) for name in names)
        counts["speakers"] += spoken
        counts["names shown"] += bool(names)
        counts["names right"] += right
        counts["own sentences"] += statement["voice"] == "article"
        counts["own sentences given away"] += statement["voice"] == "article" and bool(names)


def _over(own: Iterable[Statement], start: int, end: int) -> Iterator[Statement]:
    for each in own:
        if min(each.end, end) - max(each.start, start) > 0.5 * min(each.end - each.start, end - start):
            yield each


def same_name(name: str, names: Iterable[str]) -> bool:
    """Whether one of the accepted names holds the name, or the name one of them."""
    plain, *others = (re.sub(r"\W+", " ", each.casefold()).strip() for each in (name, *names))
    return any(other in plain or plain in other for other in others)


def _facts(gold: dict[str, str | None], article: Any, counts: dict[str, int]) -> None:
    for name in FACTS:
        stated, shown = gold.get(name), getattr(article, name)
        right = bool(stated and shown and _plain(stated) == _plain(shown))
        holder = name == "source" and stated is None and shown and _is_rights_holder(article.text, shown)
        counts["facts stated"] += stated is not None
        counts["facts right"] += right
        counts["facts shown"] += shown is not None and not holder
        counts["facts wrong"] += shown is not None and not right and not holder


def _is_rights_holder(text: str, name: str) -> bool:
    """Whether a line of rights names this one: the contract then shows it as the source."""
    rights = re.compile(r"©|\(c\)|copyright|all rights", re.IGNORECASE)
    return any(name in line and rights.search(line) for line in text.split("\n"))


def _plain(fact: str) -> str:
    return re.sub(r"\W+", " ", fact.casefold()).strip()


def summary(tally: Tally) -> dict[str, float]:
    """Every figure by its name; shares are 0..1, rounded to three places."""
    rows, counts = tally.questions, tally.counts
    can, cannot = [row for row in rows if row.answerable], [row for row in rows if not row.answerable]
    answers = [row for row in rows if row.verdict == "answer"]
    sided = [row for row in rows if row.type == "both-sides"]
    figures: dict[str, float] = {
        "questions": len(rows),
        "right passage first": _share(row.first for row in can),
        "among the first three": _share(row.three for row in can),
        "right sentence marked": _share(row.marked for row in can),
        "both sides among five": _share(row.both_sides for row in sided),
        "AUROC of confidence": _auroc([row.confidence for row in can], [row.confidence for row in cannot]),
        "answerable: answered": _share(row.verdict == "answer" for row in can),
        "unanswerable: declined": _share(row.verdict != "answer" for row in cannot),
        "answers that are right": _share(row.first for row in answers),
        "calibration error": _calibration(rows),
        "names shown that are right": round(counts["names right"] / max(1, counts["names shown"]), 3),
        "speakers found": round(counts["names right"] / max(1, counts["speakers"]), 3),
        "own sentences given away": round(counts["own sentences given away"] / max(1, counts["own sentences"]), 3),
        "stated facts found": round(counts["facts right"] / max(1, counts["facts stated"]), 3),
        "facts shown that are wrong": round(counts["facts wrong"] / max(1, counts["facts shown"]), 3),
        "passages with boilerplate": round(counts["boilerplate"] / max(1, counts["passages"]), 3),
    }
    for type_ in sorted({row.type for row in can}):
        figures[f"first, {type_}"] = _share(row.first for row in can if row.type == type_)
    return figures


def _share(values: Iterable[bool]) -> float:
    listed = list(values)
    return round(sum(listed) / max(1, len(listed)), 3)


def _auroc(right: Sequence[float], wrong: Sequence[float]) -> float:
    """The chance that an answerable question has the higher confidence, ties counted half."""
    wins = sum((one > other) + 0.5 * (one == other) for one in right for other in wrong)
    return round(wins / max(1, len(right) * len(wrong)), 3)


def _calibration(rows: Sequence[Judged]) -> float:
    """Expected calibration error over ten equal bins: confidence against the share whose first passage is a hit."""
    bins: dict[int, list[Judged]] = defaultdict(list)
    for row in rows:
        bins[min(BINS - 1, int(row.confidence * BINS))].append(row)
    gaps = (abs(sum(row.confidence for row in each) - sum(row.first for row in each)) for each in bins.values())
    return round(sum(gaps) / max(1, len(rows)), 3)


if __name__ == "__main__":
    main()
