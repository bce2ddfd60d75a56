"""Quotes looked up in the seeds and, in turn, in a collection a hundred times as large that holds the seeds.

The others are near copies of the seeds, so that every phrase stands in many places: harder than a hundred times as many
articles on other things.
"""

from __future__ import annotations

import json
import time
from statistics import median, quantiles

from benchmarks import passages
from benchmarks.quotes import indexed, seeds
from tests.quote_generator import Maker, sentences

TIMES = 100
ALTERED = 500


def main() -> None:
    """Print the milliseconds that a quote takes: the median of either collection, and the seeds' 99th in a hundred."""
    texts = seeds()
    others = passages.articles(TIMES * len(texts))[len(texts) :]
    indexes = {"once": indexed(texts), "more": indexed([*texts, *(article.text for article in others)])}
    quotes = [quote.text for quote in Maker(texts, seed=1).altered(ALTERED)]
    quotes += [sentence for text in texts for sentence in sentences(text)]
    spent: dict[str, list[float]] = {name: [] for name in indexes}
    for quote in quotes:
        for name, index in indexes.items():
            start = time.perf_counter()
            index.check(quote)
            spent[name].append(1000 * (time.perf_counter() - start))
    print(
        json.dumps({name: median(each) for name, each in spent.items()} | {"p99": quantiles(spent["once"], n=100)[98]})
    )


if __name__ == "__main__":
    main()
