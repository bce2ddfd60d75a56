"""Rows of the question sets -> groups of labelled pairs to train on, written once with a seed.

A group is one question (or one statement) with windows that answer it and near misses that do not, so that the
reader always sees the contrast. This module chooses the near misses, and how often each kind comes.

    python -m training.pairs DATA_FOLDER OUT.jsonl.gz --names NAMES.json.gz [--spacy FOLDER] [--seed 7] [--passes 2]
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from training import questions
from training.questions import Typos, as_typed, load_typos
from training.sources import (
    TAKEN,
    Name,
    Neighbours,
    Row,
    by_passage,
    by_title,
    find_names,
    load_names,
    read_rows,
    sample,
    save_names,
)
from training.windows import (
    content_words,
    sentences,
    window_near,
    window_with,
    with_answer_cut_out,
    without_answer,
)

LONGEST = 1_100  # characters of a passage shown whole
HUMAN_VIEWS = 3  # times that a question people wrote to be unanswerable is shown in one pass, unless told otherwise
SPEECH_VIEWS = 4  # the same for a sentence that reports speech
UNNAMED = frozenset({"fairytaleqa", "policyqa", "pubmedqa"})  # sources whose names are not looked for
_TOPICAL = (
    "What do the articles say about {x}?",
    "what is said about {x}",
    "{x}",
    "news about {x}",
    "And {x}?",
    "tell me about {x}",
    "What about {x}?",
    "Is {x} mentioned?",
)
_ASKERS = ("Q: ", "", "Reporter: ", "Question: ", "Interviewer: ", "Host: ", "And ")
_ANSWERERS = ("A: ", "", "", "Answer: ", "Well, ", "Yes. ")


class Pair(NamedTuple):
    """A question, a window, whether the window answers it, and the kind of pair for the record."""

    question: str
    window: str
    label: int
    kind: str


class Aids(NamedTuple):
    """What a recipe needs beside the rows: names in the texts, misspellings, views of a human-written near miss."""

    names: dict[str, list[Name]]
    typos: Typos
    human_views: int = HUMAN_VIEWS


class Recipe:
    """Makes the groups of one pass; everything drawn comes from `rng`."""

    def __init__(self, rows: list[Row], aids: Aids, rng: random.Random) -> None:
        self._rows, self._rng = rows, rng
        self._names, self._typos, self._human_views = aids
        self._by_title = {title: list(by_passage(passages)) for title, passages in by_title(rows).items()}
        self._by_passage = by_passage(rows)
        self._pool = self._names_by_kind()
        self._search = Neighbours([row.passage for row in rows])

    def groups(self) -> Iterator[list[Pair]]:
        """All groups of this pass, in no particular order."""
        asked = [row for row in self._rows if row.answerable]
        near = self._search.nearest([row.question for row in asked], k=10)
        for row, passages in zip(asked, near, strict=True):
            yield self._around(row, passages)
            if self._rng.random() < 0.05:
                yield self._turns(row)
        yield from self._unanswerable()
        yield from self._said()
        yield from self._topical()

    def far(self, queries: list[str]) -> Iterator[list[Pair]]:
        """Questions of strangers against passages that only share words with them, or nothing."""
        for query, passages in zip(queries, self._search.nearest(queries, k=10), strict=True):
            strange = self._rng.choice(self._rows).passage
            passage = strange if self._rng.random() < 0.4 else self._rng.choice(passages[2:])
            yield [Pair(self._typed(query), window_near(passage, query, self._rng), 0, "far")]

    def _around(self, row: Row, passages: list[str]) -> list[Pair]:
        """The question of `row` with its answer and two or three near misses."""
        window = self._answering(row)
        misses = [*self._cut(row), *self._same_title(row), *self._neighbour(row, passages), *self._spoilt(row, window)]
        self._rng.shuffle(misses)
        return [Pair(self._typed(row.question), window, 1, "answer"), *self._renamed(row, window), *misses[:3]]

    def _answering(self, row: Row) -> str:
        cuts = sentences(row.passage)
        if len(cuts) == 1:
            return self._joined(row.passage, row.title, lambda _: True)
        if len(row.passage) <= LONGEST and self._rng.random() < 0.3:
            return row.passage
        return window_with(row.passage, row.spans, self._rng)

    def _joined(self, sentence: str, title: str, fits: Callable[[str], bool]) -> str:
        """A single sentence, half of the time among sentences of the same document that are `fits`."""
        mates = [text for text in self._by_title.get(title, []) if text != sentence and len(text) < 300 and fits(text)]
        if not mates or self._rng.random() < 0.5:
            return sentence
        chosen = self._rng.sample(mates, min(len(mates), self._rng.randint(1, 3)))
        chosen.insert(self._rng.randint(0, len(chosen)), sentence)
        return " ".join(chosen)

    def _cut(self, row: Row) -> Iterator[Pair]:
        """The same passage, its answering sentence taken out."""
        whole = with_answer_cut_out(row.passage, row.spans, row.answer_texts)
        rest = without_answer(row.passage, row.spans, row.answer_texts)
        if whole and len(whole) <= LONGEST and self._rng.random() < 0.4:
            yield Pair(self._typed(row.question), whole, 0, "cut")
        if rest:
            yield Pair(self._typed(row.question), window_near(rest, row.question, self._rng), 0, "cut")

    def _same_title(self, row: Row) -> Iterator[Pair]:
        others = [text for text in self._by_title.get(row.title, []) if text != row.passage]
        if others and self._rng.random() < 0.7:
            text = max(self._rng.sample(others, min(4, len(others))), key=lambda t: _shared(row.question, t))
            if not _may_answer(row, text):
                window = window_near(text, row.question, self._rng)
                if len(sentences(text)) == 1:
                    window = self._joined(
                        text, row.title, lambda mate: mate != row.passage and not _may_answer(row, mate)
                    )
                yield Pair(self._typed(row.question), window, 0, "title")

    def _neighbour(self, row: Row, passages: list[str]) -> Iterator[Pair]:
        safe = [text for text in passages if text != row.passage and not _may_answer(row, text)]
        if safe and self._rng.random() < 0.8:
            text = safe[min(int(self._rng.expovariate(0.5)), len(safe) - 1)]
            yield Pair(self._typed(row.question), window_near(text, row.question, self._rng), 0, "neighbour")

    def _spoilt(self, row: Row, window: str) -> Iterator[Pair]:
        """The answering window with the question changed so that it no longer fits."""
        inside = [row.passage[a:b] for a, b, _ in self._names.get(row.passage, [])]
        others = [(row.passage[a:b], kind) for a, b, kind in self._names.get(row.passage, [])]
        if not inside or self._rng.random() < 0.5:
            others = [(self._rng.choice(texts), kind) for kind, texts in self._pool.items()]
        ways = [
            ("name", questions.wrong_name(row.question, self._names.get(row.question, []), others, self._rng)),
            ("number", questions.wrong_number(row.question, self._rng)),
            ("direction", questions.wrong_direction(row.question, self._rng)),
            ("negation", questions.negated(row.question) if self._rng.random() < 0.07 else None),
        ]
        changed = [(kind, question) for kind, question in ways if question and question != row.question]
        for kind, question in self._rng.sample(changed, min(2, len(changed))):
            yield Pair(self._typed(question), window, 0, kind)

    def _renamed(self, row: Row, window: str) -> Iterator[Pair]:
        """Now and then the same name changed in question and window: still answered."""
        shared = [
            (row.question[a:b], kind)
            for a, b, kind in self._names.get(row.question, [])
            if kind in self._pool and row.question[a:b] in window
        ]
        if shared and self._rng.random() < 0.15:
            old, kind = self._rng.choice(shared)
            new = self._rng.choice(self._pool[kind])
            question = questions.renamed(row.question, old, new)
            yield Pair(self._typed(question), questions.renamed(window, old, new), 1, "both renamed")

    def _turns(self, row: Row) -> list[Pair]:
        """A line that asks is no answer; the line after it may be one."""
        asked = self._rng.choice(_ASKERS) + row.question
        reply = self._rng.choice(_ANSWERERS) + window_with(row.passage, row.spans, self._rng)
        question = self._typed(row.question)
        return [
            Pair(question, asked, 0, "turn that asks"),
            Pair(question, f"{asked}\n{reply}", 1, "turn that answers"),
            Pair(question, reply, 1, "turn that answers"),
        ]

    def _unanswerable(self) -> Iterator[list[Pair]]:
        """What people (or how a source was built) say is not answered, beside what the same passage does answer."""
        for row in self._rows:
            if row.answerable:
                continue
            for _ in range(self._human_views if row.source == "squad2_dev" else 1):
                whole = len(row.passage) <= LONGEST and self._rng.random() < 0.55
                window = row.passage if whole else window_near(row.passage, row.question, self._rng)
                group = [Pair(self._typed(row.question), window, 0, "human" if not row.weak else "weak")]
                answered = [mate for mate in self._by_passage[row.passage] if mate.answerable]
                if answered:
                    mate = self._rng.choice(answered)
                    fits = window if whole else window_with(mate.passage, mate.spans, self._rng)
                    group.append(Pair(self._typed(mate.question), fits, 1, "answer beside human"))
                yield group

    def _said(self) -> Iterator[list[Pair]]:
        """Who said what: the speaker's name changed in the question or in the window, and another topic."""
        statements = [each for _ in range(SPEECH_VIEWS) for each in self._statements()]
        for statement, sentence in statements:
            stranger = self._rng.choice(self._pool[statement.kind])
            other, _ = self._rng.choice(statements)
            asked = questions.about(statement, self._rng)
            renamed = questions.renamed(sentence, statement.speaker, stranger)
            wrong = [
                Pair(questions.about(statement, self._rng, speaker=stranger), sentence, 0, "wrong speaker"),
                Pair(asked, renamed, 0, "wrong speaker"),
                Pair(questions.about(statement, self._rng, topic=other.topic), sentence, 0, "wrong topic"),
            ]
            right = [
                Pair(questions.who(statement, self._rng), sentence, 1, "who said"),
                Pair(questions.about(statement, self._rng, speaker=stranger), renamed, 1, "speaker"),
            ]
            yield [Pair(asked, sentence, 1, "speaker"), self._rng.choice(right), *self._rng.sample(wrong, 2)]

    def _statements(self) -> Iterator[tuple[questions.Statement, str]]:
        for passage in self._by_passage:
            names = self._names.get(passage, [])
            for start, end in sentences(passage):
                inside = [(a - start, b - start, kind) for a, b, kind in names if start <= a and b <= end]
                statement = questions.statement_in(passage[start:end], inside, self._rng)
                if statement:
                    yield statement, passage[start:end]

    def _topical(self) -> Iterator[list[Pair]]:
        """What is said about somebody or some place: windows with the name, and windows of the same passage without."""
        for passage in self._rng.sample(sorted(self._by_passage), min(1_500, len(self._by_passage))):
            named = [(a, b) for a, b, kind in self._names.get(passage, []) if kind in {"person", "place", "body"}]
            if not named:
                continue
            a, b = self._rng.choice(named)
            name = passage[a:b]
            asked = self._rng.choice(_TOPICAL).format(x=name)
            group = [Pair(asked, window_with(passage, ((a, b),), self._rng), 1, "topic")]
            rest = without_answer(passage, ((a, b),), (name.lower(), name.split()[-1].lower()))
            if rest:
                group.append(Pair(asked, window_near(rest, name, self._rng), 0, "off topic"))
            yield group

    def _typed(self, question: str) -> str:
        return as_typed(question, self._typos, self._rng)

    def _names_by_kind(self) -> dict[str, list[str]]:
        pool: dict[str, list[str]] = defaultdict(list)
        for row in self._rows:
            for a, b, kind in self._names.get(row.question, []):
                if kind not in {"number", "date", "ordinal"}:
                    pool[kind].append(row.question[a:b])
        return {kind: sorted(set(texts)) for kind, texts in pool.items() if len(set(texts)) > 20}


def _shared(question: str, text: str) -> int:
    return len(content_words(question) & content_words(text))


def _may_answer(row: Row, text: str) -> bool:
    """Whether `text` holds an answer of `row`, or says nearly what the answering stretch says."""
    if row.answer_texts:
        return any(answer in text.lower() for answer in row.answer_texts)
    answer_words = content_words(row.passage[slice(*row.spans[0])])
    return len(answer_words & content_words(text)) > 0.5 * len(answer_words)


def build(data: Path, aids: Aids, *, seed: int, passes: int) -> list[list[Pair]]:
    """All groups of `passes` passes over the train split, shuffled; the same for the same seed."""
    rng = random.Random(seed)
    queries = _strange_queries(data.parent / "aux" / "query_wellformedness.jsonl.gz")
    groups: list[list[Pair]] = []
    for _ in range(passes):
        recipe = Recipe(sample(data, "train", rng), aids, rng)
        groups.extend(recipe.groups())
        groups.extend(recipe.far(rng.sample(queries, 2_000)))
    rng.shuffle(groups)
    return groups


def write(groups: Iterable[list[Pair]], path: Path) -> None:
    """One group a line: a list of [question, window, label, kind]."""
    with gzip.open(path, "wt", encoding="utf-8") as out:
        for group in groups:
            out.write(json.dumps(group, ensure_ascii=False) + "\n")


def _strange_queries(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [record["query"] for record in map(json.loads, lines) if record["split"] == "train"]


def _names_of(data: Path, cache: Path, spacy_folder: Path | None) -> dict[str, list[Name]]:
    if cache.exists():
        return load_names(cache)
    if spacy_folder is None:
        raise SystemExit(f"{cache} does not exist: give --spacy FOLDER so that it can be made")
    rows = [row for source in TAKEN if source not in UNNAMED for row in read_rows(data, source, "train")]
    names = find_names([text for row in rows for text in (row.passage, row.question)], spacy_folder)
    save_names(names, cache)
    return names


def main() -> None:
    """Build the pairs and say how many of each kind there are."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--names", type=Path, required=True)
    parser.add_argument("--spacy", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--passes", type=int, default=2)
    parser.add_argument("--human-views", type=int, default=HUMAN_VIEWS)
    options = parser.parse_args()
    names = _names_of(options.data, options.names, options.spacy)
    typos = load_typos(options.data.parent / "aux" / "typos_codespell.jsonl.gz")
    groups = build(options.data, Aids(names, typos, options.human_views), seed=options.seed, passes=options.passes)
    write(groups, options.out)
    counts = Counter((pair.kind, pair.label) for group in groups for pair in group)
    print(json.dumps({f"{kind} ({label})": n for (kind, label), n in counts.most_common()}, indent=1))
    print(
        f"{len(groups)} groups, {sum(counts.values())} pairs, {sum(n for (_, one), n in counts.items() if one)} answering"
    )


if __name__ == "__main__":
    main()
