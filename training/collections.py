"""Collections of articles with gold questions -> groups of pairs to train on, of the passages that a search would bring.

A collection is a folder of `.txt` files and a `gold.json` (`questions`: `id`, `question`, `answers`, a list of
`[file, verbatim snippet]`, empty where nothing answers); `training.json` may hold more of them. A group is one question
with the passages and sentences that hold a snippet (label 1) and the nearest ones that do not (label 0). The nearest are
those of `retrieval.search.hybrid`, so that the near misses of training are the near misses of serving. Questions of other
collections and small talk (`small_talk.txt`, `messages/`) are asked too, and nothing answers them.

    python -m training.collections OUT.jsonl.gz FOLDER... --typos TYPOS.jsonl.gz [--views 3] [--far 20] [--mix PAIRS.jsonl.gz --share 0.5]
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.collections import holds
from retrieval import articles as files
from retrieval.index import corpus as corpora
from retrieval.search import hybrid
from retrieval.search.encoder import DEFAULT, SentenceEncoder
from retrieval.search.sparse import words
from retrieval.types import Passage
from training.intents import draw, templates
from training.pairs import Pair, write
from training.questions import Typos, as_typed, load_typos

NEAR = 16  # passages that the search brings, as in serving
MISSES = 6  # of them, near misses of one group
SENTENCE_MISSES = 3
MIN_OVERLAP = 0.5  # share of the shorter of snippet and sentence that both must have in common


SMALL_TALK = Path(__file__).with_name("small_talk.txt")
KINDS_OF_TALK = frozenset({"about", "ack", "bye", "greeting", "thanks"})  # of `training/messages/`


class Nearby(NamedTuple):
    """A question of a collection, and the passages that the search brings, best first."""

    question: str
    answers: list[list[str]]
    passages: list[Passage]


def questions_of(folder: Path) -> list[dict[str, Any]]:
    """The records of `gold.json` and `training.json`."""
    paths = [path for name in ("gold.json", "training.json") if (path := folder / name).exists()]
    return [record for path in paths for record in json.loads(path.read_text("utf-8"))["questions"]]


def nearby(folder: Path, far: Sequence[str], encoder: SentenceEncoder) -> list[Nearby]:
    """Every question of the collection in `folder` and each of `far`, with its nearest passages and all that answer."""
    questions = [*questions_of(folder), *({"question": question, "answers": []} for question in far)]
    collection = [article for article in files.read(folder).articles if article.file.endswith(".txt")]
    corpus = corpora.make(collection, encoder, None)
    return [_nearby(record, corpus, encoder) for record in questions]


def _nearby(record: dict[str, Any], corpus: corpora.Corpus, encoder: SentenceEncoder) -> Nearby:
    question, answers = record["question"], record["answers"]
    vector = encoder.encode_queries([question])[0]
    candidates = hybrid.search(corpus.hybrid, vector, words(question))[:NEAR]
    near = [corpus.passages[candidate.row] for candidate in candidates]
    answering = [passage for passage in corpus.passages if holds(passage, answers) and passage not in near]
    return Nearby(question, answers, near + answering)


def answering_sentences(passage: Passage, answers: Sequence[Sequence[str]]) -> tuple[list[str], list[str]]:
    """The passage's sentences that hold (most of) a gold snippet, and the others."""
    text = passage.article.text
    spans = [
        (at, at + len(snippet))
        for file, snippet in answers
        if file == passage.article.file and (at := text.find(snippet)) >= 0
    ]
    right, wrong = [], []
    for start, end in passage.sentences:
        shared = max((min(end, b) - max(start, a) for a, b in spans), default=0)
        needed = min((MIN_OVERLAP * min(b - a, end - start) for a, b in spans), default=1)
        (right if spans and shared >= needed > 0 else wrong).append(text[start:end])
    return right, wrong


def groups(nearby_questions: Sequence[Nearby], typos: Typos, rng: random.Random) -> Iterator[list[Pair]]:
    """One group of passages and one of sentences for each question, each question in one of the ways people type it."""
    for question, answers, passages in nearby_questions:
        typed = as_typed(question, typos, rng)
        right = [passage for passage in passages if holds(passage, answers)]
        wrong = [passage for passage in passages if not holds(passage, answers)]
        misses = _drawn(wrong, MISSES, rng)
        answering = [Pair(typed, passage.text, 1, "collection") for passage in right[:3]]
        yield answering + [Pair(typed, passage.text, 0, "collection miss") for passage in misses]
        yield _sentences(typed, answers, right, wrong, rng)


def _sentences(
    typed: str, answers: Sequence[Sequence[str]], right: Sequence[Passage], wrong: Sequence[Passage], rng: random.Random
) -> list[Pair]:
    sentences = [answering_sentences(passage, answers) for passage in right]
    holding = [text for inside, _ in sentences for text in inside]
    beside = [text for _, outside in sentences for text in outside]
    elsewhere = [passage.article.text[a:b] for passage in wrong[:3] for a, b in passage.sentences]
    misses = rng.sample(beside, min(SENTENCE_MISSES - 1, len(beside)))
    misses += rng.sample(elsewhere, min(SENTENCE_MISSES, len(elsewhere)))
    answering = [Pair(typed, text, 1, "collection sentence") for text in rng.sample(holding, min(2, len(holding)))]
    return answering + [Pair(typed, text, 0, "collection sentence miss") for text in misses]


def _drawn(ranked: Sequence[Passage], count: int, rng: random.Random) -> list[Passage]:
    """`count` of the ranked passages, the nearest more often."""
    near = list(ranked[: count // 2])
    rest = list(ranked[count // 2 :])
    return near + rng.sample(rest, min(count - len(near), len(rest)))


def small_talk() -> list[str]:
    """Messages that no article answers: the lines of `small_talk.txt` and some drawn from the templates of `messages/`."""
    lines = [line for line in SMALL_TALK.read_text("utf-8").splitlines() if not line.startswith("#")]
    kinds = [template for template in templates() if template.intent in KINDS_OF_TALK]
    return lines + [example.text for example in random.Random(1).sample(draw(kinds), len(lines) // 2)]


def _mixed(path: Path, share: float, rng: random.Random) -> Iterator[list[Pair]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if rng.random() < share:
                yield [Pair(*pair) for pair in json.loads(line)]


def main() -> None:
    """Build the groups and say how many there are."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--typos", type=Path, required=True)
    parser.add_argument("--views", type=int, default=3, help="times that each question is shown, typed anew")
    parser.add_argument(
        "--far", type=int, default=20, help="questions from afar asked of each collection, half of them small talk"
    )
    parser.add_argument("--mix", type=Path, help="groups of `training.pairs`, shuffled among them")
    parser.add_argument("--share", type=float, default=0.5, help="of those, this share is taken")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    rng, typos, encoder = random.Random(options.seed), load_typos(options.typos), SentenceEncoder(DEFAULT)
    asked = {folder: [record["question"] for record in questions_of(folder)] for folder in options.folders}
    talk = small_talk()
    questions = []
    for folder in options.folders:
        others = [question for other in options.folders if other != folder for question in asked[other]]
        far = [*rng.sample(others, min(options.far // 2, len(others))), *rng.sample(talk, options.far // 2)]
        questions += nearby(folder, far, encoder)
    made = [group for _ in range(options.views) for group in groups(questions, typos, rng) if group]
    own = len(made)
    made += _mixed(options.mix, options.share, rng) if options.mix else []
    rng.shuffle(made)
    write(made, options.out)
    print(f"{own} groups of {len(questions)} questions, {len(made) - own} others")


if __name__ == "__main__":
    main()
