"""How much may be left unread: each credit beside reading everything."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from tests.fakes import FakeEncoder
from training import reading
from training.reading import EVERYTHING, Remembering

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TOWNS = ("Alba", "Brod", "Celje", "Dorn", "Elva", "Faro")
STOPS_SOON = (1.5, 2.0)


class ByTown:
    """A reranker that knows a logit for each town."""

    name = "by town"
    checksum = "0"

    def __init__(self, **logits: float) -> None:
        self._logits = logits
        self.read: list[str] = []

    def score(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        self.read += [text for _, text in pairs]
        return np.array(
            [max((logit for town, logit in self._logits.items() if town in text), default=-5) for _, text in pairs]
        )


def collection(folder: Path) -> Path:
    for town in TOWNS:
        text = f"The bridge of {town} was opened on Monday by its mayor, who spoke for an hour. It cost nine million crowns."
        (folder / f"{town}.txt").write_text(f"News from {town}\n\n{text}\n")
    gold = {"question": "Who opened the bridge of Alba?", "answers": [["Alba.txt", "The bridge of Alba was opened"]]}
    (folder / "gold.json").write_text(json.dumps({"questions": [gold]}))
    return folder


def figures(folder: Path, reranker: ByTown) -> dict[tuple[float, float], dict[str, int]]:
    counts: dict[tuple[float, float], dict[str, int]] = {each: defaultdict(int) for each in (EVERYTHING, STOPS_SOON)}
    reading.measure(collection(folder), FakeEncoder(), reranker, counts)
    return counts


def test_less_is_read_where_the_first_candidate_settles_it_and_the_right_passage_stays_first(tmp_path):
    whole, soon = figures(tmp_path, ByTown(Alba=6.0)).values()
    assert soon["characters"] < whole["characters"] / 2
    assert (whole["first"], soon["first"], soon["other"]) == (1, 1, 0)


def test_a_first_passage_that_would_be_another_with_everything_read_is_counted(tmp_path):
    whole, soon = figures(tmp_path, ByTown(Alba=6.0, Faro=20.0)).values()
    assert (whole["first"], soon["first"], soon["other"]) == (0, 1, 1)
    assert (whole["questions"], whole["answerable"], whole["three"]) == (1, 1, 1)


def test_a_pair_is_read_once_and_counted_each_time():
    by_town = ByTown(Alba=1.0, Brod=2.0)
    remembering = Remembering(by_town)
    pairs = [("q", "Alba"), ("q", "Brod"), ("q", "Alba")]
    assert remembering.score(pairs).tolist() == [1.0, 2.0, 1.0]
    assert remembering.score(pairs[:1]).tolist() == [1.0]
    assert by_town.read == ["Alba", "Brod"]
    assert remembering.characters == 4 * len("qAlba")
