"""Train the layers that point at the answer in a sentence, export them, and set their bar.

    python -m training.span train DATA/train OUT.pt gold/d* --minutes 22 [--start EARLIER.pt]
    python -m training.span export OUT.pt retrieval/search/weights
    python -m training.span bar gold/v* [--write]

They learn (`training.span_layers`) from the questions of public sets (`training.sources`) with the sentence that holds the answer,
and from questions without an answer, which have none: those of the sets, one in three with another sentence, and those of
`gold/d*` with the two sentences that share most with them.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.collections import points
from retrieval import Index
from retrieval.search import cross_encoder, filters
from retrieval.search.span_head import FOLDER, SETTINGS, odds, says_something
from retrieval.text.normalize import searchable
from training.sources import read_rows
from training.windows import content_words, sentences

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Iterator, Sequence

    from retrieval.search.cross_encoder import OnnxCrossEncoder
    from retrieval.types import Span
    from training.sources import Row

Part = tuple[float, bool]  # how sure a part is, as odds, and whether it is right

TAKEN = {  # most rows of a set, and most of one passage
    "squad2_dev": (9_999, 99), "squadshifts_new_wiki": (6_500, 99), "tydiqa_en": (9_999, 99), "nq_oracle": (9_999, 99),
    "qed_dev": (9_999, 99), "quotesum_dev": (9_999, 99), "timeqa_human": (9_999, 99), "qamr": (6_000, 8),
    "qadiscourse": (1_500, 2), "covid_qa": (600, 2), "policyqa": (300, 1), "fairytaleqa": (1_200, 2),
}  # fmt: skip
LONGEST_ANSWER, LONGEST = 160, 600  # characters of an answer, and of a sentence
WITHOUT, BEFORE = (
    0.3,
    0.1,
)  # shares of the answered that also come with another sentence, and with the one before theirs
WANTED = 0.94  # share of the marked parts that are right by the gold; a reader finds some more wrong


@dataclass(frozen=True)
class Example:
    """A question, a sentence, and where the answer stands in it; `None` where it does not."""

    question: str
    sentence: str
    answer: Span | None = None


def from_sets(folder: Path, split: str, rng: random.Random) -> Iterator[Example]:
    """The examples of the public sets."""
    for source, (most, per_passage) in TAKEN.items():
        rows = read_rows(folder, source, split)
        rng.shuffle(rows)
        taken, of_passage = 0, Counter[str]()
        for row in rows:
            if not row.answerable:
                if source == "squad2_dev":  # the one whose such questions were written by people
                    yield Example(row.question, _nearest(row.question, sentences(row.passage), row.passage))
            elif taken < most and of_passage[row.passage] < per_passage and (made := list(_answered(row, rng))):
                taken, of_passage[row.passage] = taken + 1, of_passage[row.passage] + 1
                yield from made


def _answered(row: Row, rng: random.Random) -> Iterator[Example]:
    """A row with the sentence of its answer, and perhaps with another; nothing where its answer is in no one sentence."""
    cuts, text = sentences(row.passage), row.passage
    start, end = row.spans[0] if row.literal else (0, LONGEST_ANSWER + 1)
    number = next((at for at, cut in enumerate(cuts) if cut[0] <= start and end <= cut[1]), None)
    if number is None or end - start > LONGEST_ANSWER or cuts[number][1] - cuts[number][0] > LONGEST:
        return
    before = number > 0 and rng.random() < BEFORE and cuts[number][1] - cuts[number - 1][0] <= LONGEST
    first, last = cuts[number - before][0], cuts[number][1]
    answer = (start - first, end - first)
    known = says_something(text[first:last], answer) or end - start == last - first
    yield Example(row.question, text[first:last], answer if known else None)
    others = [
        cut
        for cut in cuts
        if cut[1] - cut[0] <= LONGEST and not any(each in text[slice(*cut)].lower() for each in row.answer_texts)
    ]
    if others and rng.random() < WITHOUT:
        yield Example(row.question, _nearest(row.question, others, text))


def _nearest(question: str, cuts: Sequence[Span], text: str) -> str:
    """The sentence that shares most words with a question."""
    wanted = content_words(question)
    return max((text[slice(*cut)] for cut in cuts), key=lambda each: len(wanted & content_words(each)))


def from_collections(folders: Iterable[Path]) -> Iterator[Example]:
    """The questions of collections that nothing answers, each with the two sentences that share most rare words with it."""
    for folder in folders:
        gold = json.loads((folder / "gold.json").read_text("utf-8"))
        texts = [each["text"] for article in gold["articles"].values() for each in article["statements"]]
        rows = [(text, content_words(text)) for text in texts if 20 < len(text) < LONGEST]
        counts = Counter(word for _, words in rows for word in words)
        for question in (each["question"] for each in gold["questions"] if not each["answers"]):
            wanted = content_words(question)
            rare = {word: math.log(1 + len(rows) / counts[word]) for word in wanted if counts[word]}
            shared = [sum(rare[word] for word in wanted & words) / math.sqrt(8 + len(words)) for _, words in rows]
            yield from (Example(question, rows[at][0]) for at in np.argsort(shared)[-2:])


def parts(folder: Path, model: OnnxCrossEncoder) -> tuple[int, list[Part]]:
    """How many answers a collection gives to its questions, and each part that could be marked in one."""
    index, answers, made = Index.build(folder, reranker=model), 0, list[Part]()
    for gold in json.loads((folder / "gold.json").read_text("utf-8"))["questions"]:
        answer = index.ask(gold["question"], k=1)
        if answer.verdict == "answer":
            answers += 1
            hit = answer.hits[0]
            wording = answer.searched or filters.read(searchable(gold["question"]))[0]
            if guess := model.point(wording, hit.marked):
                start, end = (hit.highlight[0] + place for place in guess.span)
                right = points(replace(hit, span=(start, end)), gold["answers"])
                made.append((odds(guess, answer.confidence), right))
    return answers, made


def bar(made: Iterable[Part]) -> float:
    """The lowest odds from which on `WANTED` of the parts are right; infinite where there are none."""
    ranked = sorted(made, reverse=True)
    right = np.cumsum([good for _, good in ranked])
    return next((ranked[at][0] for at in reversed(range(len(ranked))) if right[at] >= WANTED * (at + 1)), math.inf)


def set_bar(folders: Sequence[Path]) -> float:
    """The bar of all collections; printed is what the bars of all but one show on that one."""
    model = cross_encoder.OnnxCrossEncoder()
    answers, collections = zip(*(parts(folder, model) for folder in folders), strict=True)
    marked = list[Part]()
    for number, own in enumerate(collections):
        others = bar(part for at, other in enumerate(collections) if at != number for part in other)
        marked += [part for part in own if part[0] >= others]
    right = sum(good for _, good in marked)
    print(f"left out in turn: {len(marked)} of {sum(answers)} answers show a part, {right} of them right")
    return math.floor(1000 * bar(itertools.chain(*collections))) / 1000


def main() -> None:
    """Read the command line and do one of the three."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    steps = parser.add_subparsers(dest="step", required=True)
    training = steps.add_parser("train")
    training.add_argument("data", type=Path)
    training.add_argument("out", type=Path)
    training.add_argument("folders", type=Path, nargs="+")
    training.add_argument("--minutes", type=float, default=22)
    training.add_argument("--start", type=Path)
    exporting = steps.add_parser("export")
    exporting.add_argument("weights", type=Path)
    exporting.add_argument("out", type=Path)
    choosing = steps.add_parser("bar")
    choosing.add_argument("folders", type=Path, nargs="+")
    choosing.add_argument("--write", action="store_true")
    options: Any = parser.parse_args()
    if options.step == "bar":
        chosen = set_bar(options.folders)
        if options.write:
            (FOLDER / SETTINGS).write_text(json.dumps({"bar": chosen}) + "\n", "utf-8")
        print(f"bar {chosen}")
        return
    from training import span_layers  # torch and onnx

    if options.step == "train":
        span_layers.train(options.data, options.out, options.folders, options.minutes, options.start)
    else:
        span_layers.export(options.weights, options.out)


if __name__ == "__main__":
    main()
