"""Fit the choice among candidates: `python -m training.facts gold/d* --pages tests/pages training/pages`, a minute or two.

The weights make the right candidate, or none, the likeliest: L-BFGS on the penalised log-likelihood of a conditional logit. Each
page is learned from twice, the second time under the names of another.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from benchmarks.collections import plain
from retrieval.articles import candidates, layout
from retrieval.articles.candidate_features import Page
from training.labelled_pages import examples
from training.page_changes import swapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.labelled_pages import Example

RAREST = 2  # texts in which a feature of a candidate must stand
DECAY = 1.0  # how strongly weights are held near zero
SMALLEST = 0.1  # weights nearer to zero are left out of the file
STEPS = 120


class Choice(NamedTuple):
    """One text: what could state a fact, and which of it does."""

    example: Example
    candidates: list[candidates.Candidate]
    right: list[bool]


def choice(field: str, example: Example, page: Page) -> Choice:
    """What a page offers for a field, and what of it is right."""
    listed = candidates.of(field, page)
    return Choice(example, listed, [plain(each.value) == plain(example.facts.get(field) or "") for each in listed])


def fit(field: str, choices: Sequence[Choice]) -> dict[str, float]:
    """The weight of every feature; a text whose fact no candidate states teaches nothing."""
    known = [each for each in choices if each.candidates and (any(each.right) or not each.example.facts.get(field))]
    times = Counter(name for each in known for name in {name for one in each.candidates for name in one.features})
    names = sorted(name for name, count in times.items() if count >= RAREST)
    number = {name: at for at, name in enumerate(names)}
    rows = [[number[name] for name in one.features if name in number] for each in known for one in each.candidates]
    starts = np.cumsum([0, *map(len, rows)])
    columns = np.array([name for row in rows for name in row], np.int32)
    matrix = csr_matrix((np.ones(len(columns), np.float32), columns, starts), shape=(len(rows), len(names)))
    text = np.repeat(np.arange(len(known)), [len(each.candidates) for each in known])
    right = np.array([value for each in known for value in each.right], dtype=float)
    weights = _descend(matrix, text, right)
    named = zip(names, weights.tolist(), strict=True)
    return {name: round(weight, 3) for name, weight in named if abs(weight) >= SMALLEST}


def _descend(matrix: csr_matrix, text: Any, right: Any) -> Any:
    size, turned = int(text.max()) + 1, matrix.T.tocsr()
    none = np.bincount(text, right, size) == 0

    def loss(weights: Any) -> tuple[float, Any]:
        scores = np.exp(np.minimum(matrix @ weights, 50))
        total = 1 + np.bincount(text, scores, size)
        good = np.maximum(none + np.bincount(text, scores * right, size), 1e-9)
        slope = turned @ (scores / total[text] - scores * right / good[text])
        return float(np.log(total / good).sum() + DECAY * weights @ weights), slope + 2 * DECAY * weights

    options = {"maxiter": STEPS}
    return minimize(loss, np.zeros(matrix.shape[1]), jac=True, method="L-BFGS-B", options=options).x


def main() -> None:
    """Read the command line, fit, and write the weights into the package."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--pages", type=Path, nargs="+", default=[])
    options = parser.parse_args()
    rng = random.Random(0)
    given = list(examples(options.folders, options.pages))
    copies = [copy for page in given for copy in (page, swapped(page, rng.choice(given)))]
    pages = [(each, Page(layout.reading(each.text))) for each in copies]
    weights = {field: fit(field, [choice(field, *each) for each in pages]) for field in candidates.FIELDS}
    content = json.dumps(weights, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    candidates.WEIGHTS.write_text(content + "\n", "utf-8")
    print(f"{candidates.WEIGHTS}: {candidates.WEIGHTS.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
