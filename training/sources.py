"""The rows that training is drawn from: the public question sets and the share of each, names in their texts, neighbours.

Rows are gzip JSON lines (README.md). Names, dates and numbers are found once by spaCy's small English pipeline, which only
building pairs needs, and kept in a file. Neighbours share words with a question (BM25): near misses as a search brings them.
"""

from __future__ import annotations

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

# Most rows taken in one pass, and most questions about one and the same passage. squadshifts_reddit and
# squadshifts_amazon are left out: no licence is stated in their repository, and the texts are private persons'.
TAKEN = {
    "squad2_dev": (9_999, 99),
    "squadshifts_new_wiki": (6_000, 99),
    "tydiqa_en": (9_999, 99),
    "nq_oracle": (9_999, 99),
    "qed_dev": (9_999, 99),
    "clapnq_dev": (9_999, 99),
    "quotesum_dev": (9_999, 99),
    "selqa": (9_999, 99),
    "timeqa_human": (9_999, 99),
    "qamr": (3_500, 5),
    "qadiscourse": (3_500, 2),
    "squad_sentences": (6_000, 3),
    "fairytaleqa": (1_600, 2),
    "covid_qa": (600, 2),
    "pubmedqa": (200, 1),
    "policyqa": (300, 1),
}


@dataclass(frozen=True)
class Row:
    """One question with one passage; `spans` are the half-open places in `passage` that answer, best first."""

    id: str
    question: str
    passage: str
    answerable: bool
    spans: tuple[tuple[int, int], ...]
    literal: bool
    title: str
    source: str
    domain: str
    weak: bool

    @property
    def answer_texts(self) -> tuple[str, ...]:
        """The answers as written, lower-cased; empty when the source gives no literal span."""
        return tuple(self.passage[a:b].lower() for a, b in self.spans) if self.literal else ()


def read_rows(folder: Path, source: str, split: str) -> list[Row]:
    """All rows of `source` in `split` (train, dev or test), in the order of the file."""
    with gzip.open(folder / f"{source}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [_row(record) for record in map(json.loads, lines) if record["split"] == split]


def sample(folder: Path, split: str, rng: random.Random) -> list[Row]:
    """One pass over the sources in the shares of `TAKEN`, shuffled by `rng`."""
    rows: list[Row] = []
    for source, (most, per_passage) in TAKEN.items():
        drawn = read_rows(folder, source, split)
        rng.shuffle(drawn)
        rows.extend(list(_few_per_passage(drawn, per_passage))[:most])
    rng.shuffle(rows)
    return rows


def by_passage(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Passage -> the rows that ask about it."""
    return _grouped(rows, "passage")


def by_title(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Document -> its rows; rows without a title are left out."""
    return _grouped((row for row in rows if row.title), "title")


def _grouped(rows: Iterable[Row], field: str) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, field)].append(row)
    return dict(groups)


def _few_per_passage(rows: Iterable[Row], most: int) -> Iterator[Row]:
    taken: dict[str, int] = defaultdict(int)
    for row in rows:
        taken[row.passage] += 1
        if taken[row.passage] <= most:
            yield row


def _row(record: dict[str, object]) -> Row:
    answers = [(a["start"], a["start"] + len(a["text"])) for a in record["answers"]]  # type: ignore[attr-defined]
    evidence = record.get("evidence_all") or ([record["evidence"]] if "evidence" in record else [])
    return Row(
        id=str(record["id"]),
        question=str(record["question"]).strip(),
        passage=str(record["passage"]),
        answerable=bool(record["answerable"]),
        spans=tuple(answers or ((a, b) for a, b in evidence)),  # type: ignore[attr-defined]
        literal=bool(answers),
        title=str(record["title"]),
        source=str(record["source"]),
        domain=str(record["domain"]),
        weak="label" in record,
    )


Name = tuple[int, int, str]

# Kinds that may stand in for each other when a question is spoilt.
KINDS = {
    "PERSON": "person",
    "ORG": "body",
    "NORP": "people",
    "GPE": "place",
    "LOC": "place",
    "FAC": "place",
    "DATE": "date",
    "CARDINAL": "number",
    "QUANTITY": "number",
    "PERCENT": "number",
    "MONEY": "number",
    "ORDINAL": "ordinal",
    "EVENT": "event",
    "WORK_OF_ART": "work",
}


def find_names(texts: Iterable[str], model: Path) -> dict[str, list[Name]]:
    """Text -> its named stretches as (start, end, kind), by the spaCy pipeline in folder `model`."""
    import spacy

    pipeline = spacy.load(model, exclude=["parser", "tagger", "lemmatizer", "attribute_ruler"])
    unique = list(dict.fromkeys(texts))
    docs = pipeline.pipe(unique, batch_size=256)
    return {text: _kept(doc.ents) for text, doc in zip(unique, docs, strict=True)}


def save_names(names: dict[str, list[Name]], path: Path) -> None:
    """Write `names` as gzip JSON."""
    with gzip.open(path, "wt", encoding="utf-8") as out:
        json.dump(names, out, ensure_ascii=False)


def load_names(path: Path) -> dict[str, list[Name]]:
    """What `save_names` wrote."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return {text: [(a, b, kind) for a, b, kind in names] for text, names in json.load(lines).items()}


def _kept(entities: Iterable[object]) -> list[Name]:
    return [
        (entity.start_char, entity.end_char, KINDS[entity.label_])  # type: ignore[attr-defined]
        for entity in entities
        if entity.label_ in KINDS  # type: ignore[attr-defined]
    ]


class Neighbours:
    """BM25 over `passages`; asks for many questions at once."""

    def __init__(self, passages: Sequence[str]) -> None:
        import bm25s
        import Stemmer

        self._passages = list(dict.fromkeys(passages))
        self._stemmer = Stemmer.Stemmer("english")
        self._index = bm25s.BM25(method="lucene")
        self._index.index(self._tokens(self._passages), show_progress=False)

    def nearest(self, questions: Sequence[str], k: int) -> list[list[str]]:
        """The `k` passages nearest to each of `questions`, best first."""
        rows, _ = self._index.retrieve(self._tokens(questions), k=k, show_progress=False)
        return [[self._passages[row] for row in nearest] for nearest in rows]

    def _tokens(self, texts: Sequence[str]) -> object:
        import bm25s

        return bm25s.tokenize(list(texts), stopwords="en", stemmer=self._stemmer, show_progress=False)
