"""How good Byline is on collections that nothing was tuned on: `python -m benchmarks.collections gold/e* [--json FILE | --facts | --speakers]`.

A folder holds `.txt` articles and a `gold.json` (its form: `gold/README.md`): questions with every place
that answers, sentences with their speakers, what each file states about itself, and its boilerplate. Each folder is
indexed by itself with the defaults, and all figures are pooled over the folders. A passage is a hit when it holds a whole
gold snippet of its file; the mark is right when it shares half of itself or of the snippet, a part of it that is marked as what
was asked when it lies in a snippet or holds one.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.speakers import attributed
from retrieval import Index, articles
from retrieval.evaluation import metrics
from retrieval.passages import split
from retrieval.types import FACTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from retrieval import Answer, Hit, Passage, Statement

DEPTH = 5
DRAWS = 1_000  # of the bootstrap
LONGEST_SHARED = 11  # characters up to which a line of boilerplate may stand in an article's own sentences
QUESTIONS = {  # measures of `retrieval.evaluation.metrics`, and what they are called here
    "hit@1": "right passage first",
    "hit@3": "among the first three",
    "highlight": "right sentence marked",
    "complete@5": "both sides among five",
    "auroc": "AUROC of confidence",
    "answered": "answerable: answered",
    "declined": "unanswerable: declined",
    "precision": "answers that are right",
    "calibration error": "calibration error",
}
SHARES = {  # a share of counts, as (these, of those)
    "answers with a part marked": ("parts", "answers"),
    "marked parts that are right": ("parts right", "parts"),
    "names shown that are right": ("names right", "names shown"),
    "speakers found": ("names right", "speakers"),
    "own sentences given away": ("own sentences given away", "own sentences"),
    "stated facts found": ("facts right", "facts stated"),
    "facts shown that are wrong": ("facts wrong", "facts shown"),
    "passages with boilerplate": ("boilerplate", "passages"),
}


@dataclass(frozen=True)
class Asked:
    """One question: its collection, its type, whether anything answers, and what became of it."""

    collection: str
    type: str
    answerable: bool
    first: bool
    three: bool
    five: bool
    marked: bool
    both_sides: bool
    verdict: str
    confidence: float


@dataclass
class Tally:
    """What was counted: every question, and counts by collection and by what was counted."""

    questions: list[Asked] = field(default_factory=list)
    counts: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to a file as well")
    parser.add_argument(
        "--facts", action="store_true", help="only how articles are read: facts by field, all passages, time"
    )
    parser.add_argument("--speakers", action="store_true", help="only whose words each sentence is; builds no index")
    options = parser.parse_args()
    if options.facts:
        print("\n".join(facts_of(options.folders)))
        return
    if options.speakers:
        print("\n".join(speakers_of(options.folders)))
        return
    tally = Tally()
    for folder in options.folders:
        judge(folder, tally)
    figures = summary(tally)
    width = max(map(len, figures))
    for name, (value, low, high) in figures.items():
        print(f"{name:{width}}  {value:.3f}  [{low:.3f}, {high:.3f}]")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


def judge(folder: Path, tally: Tally) -> None:
    """Index one collection and judge its answers, speakers, metadata and passages."""
    gold = json.loads((folder / "gold.json").read_text("utf-8"))
    index = Index.build(folder)
    counts = tally.counts[folder.name]
    for question in gold["questions"]:
        answer = index.ask(question["question"], k=DEPTH)
        tally.questions.append(judged(folder.name, question, answer))
        counts["answers"] += answer.verdict == "answer"
        for hit in filter(lambda hit: hit.span, answer.hits):
            counts["parts"] += 1
            counts["parts right"] += points(hit, question["answers"])
        for hit in answer.hits:
            lines = gold["articles"][hit.passage.article.file]["furniture"]
            counts["passages"] += 1
            counts["boilerplate"] += _holds_boilerplate(hit.passage.text, lines)
    for article in (article for article in index.articles if article.file in gold["articles"]):
        own = [each for each in index.statements if each.article is article]
        _speakers(gold["articles"][article.file]["statements"], article.text, own, counts)
        _facts(gold["articles"][article.file]["metadata"], article, counts)


def judged(collection: str, question: dict[str, Any], answer: Answer) -> Asked:
    """One answer held against its gold."""
    answers = question["answers"]
    hits = [holds(hit.passage, answers) for hit in answer.hits]
    files = {hit.passage.article.file for hit in answer.hits if holds(hit.passage, answers)}
    marked = bool(answer.hits) and _marks(answer, answers)
    return Asked(
        collection, question["type"], bool(answers), any(hits[:1]), any(hits[:3]), any(hits), marked, len(files) > 1,
        answer.verdict, answer.confidence,
    )  # fmt: skip


def holds(passage: Passage, answers: Iterable[Sequence[str]]) -> bool:
    """Whether the passage holds a whole snippet of its own file."""
    return any(passage.article.file == file and snippet in passage.text for file, snippet in answers)


def _marks(answer: Answer, answers: Iterable[Sequence[str]]) -> bool:
    hit = answer.hits[0]
    start, end = hit.highlight
    return any(min(end, to) - max(start, at) >= 0.5 * min(end - start, to - at) for at, to in _spans(hit, answers))


def points(hit: Hit, answers: Iterable[Sequence[str]]) -> bool:
    """Whether the part that the hit marks lies in a gold snippet, or holds one."""
    start, end = hit.span or (0, 0)
    return any(at <= start < end <= to or start <= at < to <= end for at, to in _spans(hit, answers))


def _spans(hit: Hit, answers: Iterable[Sequence[str]]) -> Iterator[tuple[int, int]]:
    """Where the gold snippets of the hit's file stand in it."""
    article = hit.passage.article
    for file, snippet in answers:
        if file == article.file and (at := article.text.find(snippet)) >= 0:
            yield at, at + len(snippet)


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


def speakers_of(folders: Iterable[Path]) -> Iterator[str]:
    """A line for each share of speakers, pooled over the folders, with its counts."""
    counts: dict[str, int] = defaultdict(int)
    for folder in folders:
        gold = json.loads((folder / "gold.json").read_text("utf-8"))["articles"]
        for article in (article for article in articles.read(folder).articles if article.file in gold):
            _speakers(gold[article.file]["statements"], article.text, attributed(article), counts)
    for label in ("names shown that are right", "speakers found", "own sentences given away"):
        these, of_those = SHARES[label]
        yield f"{label:26}  {counts[these] / max(1, counts[of_those]):.3f}  {counts[these]} of {counts[of_those]}"


def facts_of(folders: Iterable[Path]) -> Iterator[str]:
    """A line for each field and one for all: how many stated facts are found, how many of those shown are wrong.

    Then the share of all passages that hold boilerplate, the share of sentences that no passage holds, and the milliseconds of
    processor time that one article takes to be read, understood and cut.
    """
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    seconds, of_articles = 0.0, counts["articles"]
    for folder in folders:
        gold = json.loads((folder / "gold.json").read_text("utf-8"))["articles"]
        start = time.process_time()
        cut = [(article, split(article)) for article in articles.read(folder).articles]
        seconds += time.process_time() - start
        of_articles["read"] += len(cut)
        for article, passages in (each for each in cut if each[0].file in gold):
            for name in FACTS:
                _facts(gold[article.file]["metadata"], article, counts[name], [name])
            _facts(gold[article.file]["metadata"], article, counts["all"])
            _held(gold[article.file], passages, of_articles)
    for name in (*FACTS, "all"):
        of = counts[name]
        right = of["facts right"] / max(1, of["facts stated"])
        wrong = of["facts wrong"] / max(1, of["facts shown"])
        yield f"{name:12} found {right:.3f} of {of['facts stated']}, wrong {wrong:.3f} of {of['facts shown']}"
    yield f"passages     with boilerplate {of_articles['boilerplate'] / max(1, of_articles['passages']):.4f} of {of_articles['passages']}"
    yield f"sentences    in no passage {of_articles['lost'] / max(1, of_articles['sentences']):.4f} of {of_articles['sentences']}"
    yield f"processor    {1000 * seconds / max(1, of_articles['read']):.1f} ms an article, with what is loaded once"


def _held(gold: dict[str, Any], passages: Sequence[Passage], counts: dict[str, int]) -> None:
    """Count the passages that hold a line of boilerplate, and the sentences that none holds, white space and a list's number aside."""
    held = "".join("".join(each.text.split()) for each in passages)
    sentences = (re.sub(r"^\(?\d{1,2}[.)] ", "", each["text"]) for each in gold["statements"])
    lost = sum("".join(sentence.split()) not in held for sentence in sentences)
    counts["sentences"] += len(gold["statements"])
    counts["lost"] += lost
    counts["passages"] += len(passages)
    counts["boilerplate"] += sum(_holds_boilerplate(each.text, gold["furniture"]) for each in passages)


def _holds_boilerplate(text: str, lines: Iterable[str]) -> bool:
    return any(line in text for line in lines if len(line) > LONGEST_SHARED)


def _facts(gold: dict[str, str | None], article: Any, counts: dict[str, int], names: Iterable[str] = FACTS) -> None:
    for name in names:
        stated, shown = gold.get(name), getattr(article, name)
        right = bool(stated and shown and plain(stated) == plain(shown))
        holder = name == "source" and stated is None and shown and _is_rights_holder(article.text, shown)
        counts["facts stated"] += stated is not None
        counts["facts right"] += right
        counts["facts shown"] += shown is not None and not holder
        counts["facts wrong"] += shown is not None and not right and not holder


def _is_rights_holder(text: str, name: str) -> bool:
    """Whether a line of rights names this one: the contract then shows it as the source."""
    rights = re.compile(r"©|\(c\)|copyright|all rights", re.IGNORECASE)
    return any(name in line and rights.search(line) for line in text.split("\n"))


def plain(fact: str) -> str:
    """A fact without case and punctuation."""
    return re.sub(r"\W+", " ", fact.casefold()).strip()


def summary(tally: Tally) -> dict[str, tuple[float, float, float]]:
    """Every figure by its name: its value, and the bounds of its 95 % interval.

    The interval is that of the bootstrap (Efron 1979) over whole collections: what other collections could have given.
    """
    names = sorted(tally.counts)
    rng = np.random.default_rng(7)
    draws = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), DRAWS).astype(float)
    weights = np.vstack([np.ones(len(names)), draws])  # (1 + DRAWS, collections); the first row is the figure itself
    rows = tally.questions
    of_question = weights[:, [names.index(row.collection) for row in rows]]
    measured = metrics.measures(_arrays(rows), of_question)
    figures = {label: measured[name] for name, label in QUESTIONS.items()}
    for label, (these, of_those) in SHARES.items():
        part, whole = (weights @ np.array([tally.counts[name][key] for name in names]) for key in (these, of_those))
        figures[label] = np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
    for type_ in sorted({row.type for row in rows if row.answerable}):
        chosen = np.array([row.answerable and row.type == type_ for row in rows], float)
        first = np.array([row.first for row in rows], float)
        figures[f"first, {type_}"] = (of_question @ (chosen * first)) / np.maximum(of_question @ chosen, 1)
    return {name: _interval(values) for name, values in figures.items()}


def _arrays(rows: Sequence[Asked]) -> metrics.Judgements:
    def flags(name: str) -> metrics.Bools:
        return np.array([getattr(row, name) for row in rows], bool)

    return metrics.Judgements(
        confidence=np.array([row.confidence for row in rows]),
        answerable=flags("answerable"),
        answered=np.array([row.verdict == "answer" for row in rows]),
        undecided=np.zeros(len(rows), bool),
        right=flags("first"),
        hit_3=flags("three"),
        hit_5=flags("five"),
        highlighted=flags("marked"),
        demanding=np.array([row.type == "both-sides" for row in rows]),
        complete_5=flags("both_sides"),
    )


def _interval(values: metrics.Floats) -> tuple[float, float, float]:
    known = values[1:][~np.isnan(values[1:])]  # a draw in which nothing bore on the figure does not count
    low, high = np.quantile(known, (0.025, 0.975)) if len(known) else (np.nan, np.nan)
    return round(float(values[0]), 3), round(float(low), 3), round(float(high), 3)


if __name__ == "__main__":
    main()
