"""Names, dates and numbers in texts, found once by spaCy's small English pipeline and kept in a file.

spaCy enters only here, and only while pairs are built.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from pathlib import Path

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
        return {text: [(a, b, kind) for a, b, kind in found] for text, found in json.load(lines).items()}


def _kept(entities: Iterable[object]) -> list[Name]:
    return [
        (entity.start_char, entity.end_char, KINDS[entity.label_])  # type: ignore[attr-defined]
        for entity in entities
        if entity.label_ in KINDS  # type: ignore[attr-defined]
    ]
