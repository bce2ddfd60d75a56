"""Names of features → scores: a network of one hidden layer, whose weights are a file of numpy.

`score = output · max(0, bias + the sum of the features' rows)`. The hidden units weigh features together, which a sum of
weights cannot: a short line is a title above a deck, and none above a menu. `training/facts.py` fits it.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]


class Rows(NamedTuple):
    """The row of every feature: its number, and the rows [features + 1, units]."""

    numbers: Mapping[str, int]
    rows: Floats  # the last one, of features that are not known, is nought

    @classmethod
    def of(cls, names: Sequence[str], rows: Floats) -> Self:
        """The rows of these features."""
        nought = np.zeros((1, rows.shape[1]), rows.dtype)
        return cls({name: at for at, name in enumerate(names)}, np.vstack([rows, nought]))

    def sums(self, named: Sequence[Sequence[str]]) -> Floats:
        """The sum of the rows of each list of features, [lists, units]."""
        unknown = len(self.numbers)
        numbers = [[unknown, *(self.numbers.get(name, unknown) for name in names)] for names in named]
        starts = np.cumsum([0, *map(len, numbers[:-1])])
        sums: Floats = np.add.reduceat(self.rows[list(itertools.chain.from_iterable(numbers))], starts, axis=0)
        return sums


class Network(NamedTuple):
    """The rows of the features, the bias [units] and the output's weights [units]."""

    features: Rows
    bias: Floats
    output: Floats

    @classmethod
    def of(cls, names: Sequence[str], rows: Floats, bias: Floats, output: Floats) -> Self:
        """A network out of its weights in any precision."""
        return cls(Rows.of(names, rows.astype(np.float32)), bias.astype(np.float32), output.astype(np.float32))

    @classmethod
    def stored(cls, arrays: Mapping[str, NDArray[Any]], name: str) -> Self:
        """The network of this name in a file that `packed` filled."""
        names = arrays[f"{name}/names"].tobytes().decode().split("\n")
        return cls.of(names, *(arrays[f"{name}/{part}"] for part in ("rows", "bias", "output")))

    def packed(self, name: str) -> Iterator[tuple[str, NDArray[Any]]]:
        """The arrays that `stored` reads, in half precision."""
        numbers, rows = self.features
        yield f"{name}/names", np.frombuffer("\n".join(numbers).encode(), np.uint8)
        yield f"{name}/rows", rows[:-1].astype(np.float16)
        yield f"{name}/bias", self.bias.astype(np.float16)
        yield f"{name}/output", self.output.astype(np.float16)

    def scores(self, sums: Floats) -> Floats:
        """The score of each row of `features.sums`."""
        scores: Floats = np.maximum(sums + self.bias, 0.0) @ self.output
        return scores
