"""`python -m benchmarks.changing`: 3,000 mixed files are indexed, changed by hundreds while questions are asked, and linted.

What is counted: answers whose passages are of no one state that was served while they were made, passages that stand in no version of
their file, facts of the last state that are missing, earlier facts that are not said to be changed, planted faults that `lint` does not
name. All must be 0. `--folder` keeps folder and index, and goes on from them; `--files`, `--rounds`, `--seed` choose others.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from benchmarks import mixed_files
from bot.indexes import Refresher, Served
from retrieval import Index, Recipe
from retrieval.lint import lint

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.mixed_files import Planted
    from retrieval import Answer

T = TypeVar("T")

_INDEX = ".index"  # in the folder of articles, hidden
_PAUSE = 0.2  # seconds between two questions of a thread, so that both cores are half busy and no more
_PATIENCE = 600.0  # seconds until a change must be served
_LINTED = {  # what `lint` has to say of a planted file
    "empty": "refused",
    "binary": "refused",
    "cut record": "refused",
    "cut document": "refused",
    "no document": "refused",
    "archive": "not-an-article",
    "bomb": "refused",
    "navigation": "refused",
    "deep page": "refused",
    "foreign": "language",
    "hidden": "hidden",
    "copy": "copy",
}
_SHOWN = 3  # faults of a kind that are printed


class Watched(Served):
    """A collection that is served, with every state of it that was: when it came, and the articles that it had."""

    def __init__(self, collection: Index) -> None:
        super().__init__(collection, lambda: None)
        self.states: list[tuple[float, frozenset[tuple[str, str]]]] = []
        self.serve(collection)

    def serve(self, collection: Index) -> None:  # type: ignore[override]
        """Answer from this state from now on."""
        self.states.append((time.monotonic(), state(collection)))
        super().serve(collection)

    def of_one_state(self, answer: Answer, asked: float) -> bool:
        """Whether some state that was served since then has all articles of the answer."""
        articles = {(hit.passage.article.file, hit.passage.article.sha256) for hit in answer.hits}
        at = max(number for number, (came, _) in enumerate(self.states) if came <= asked)
        return any(articles <= known for _, known in self.states[at:])


def state(index: Index) -> frozenset[tuple[str, str]]:
    """What an index was made of: its articles' files and checksums."""
    return frozenset((article.file, article.sha256) for article in index.articles)


def change_while_asked(
    folder: Path, index: Index, planted: Planted, *, rounds: int, seed: int = 1
) -> dict[str, list[str]]:
    """Change the folder again and again while two threads ask; the faults by their kind, and an `asked` line."""
    watched, faults = Watched(index), {"mixed": list[str](), "unreal": [], "missing": [], "unchanged": []}
    asked, stop = [0], threading.Event()
    before = dict(planted.versions)

    def ask(number: int) -> None:
        rng = random.Random(1_000 * seed + number)
        while not stop.wait(_PAUSE):
            began, collection = time.monotonic(), watched.collection
            about = rng.choice(sorted(before))
            answer = collection.ask(mixed_files.question(about), 5)
            asked[0] += 1
            if not watched.of_one_state(answer, began):
                faults["mixed"].append(f"{answer.question}: {[hit.passage.article.file for hit in answer.hits]}")
            faults["unreal"] += [hit.passage.text for hit in answer.hits if _unreal(hit.passage.text, about, planted)]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    try:
        faults["missing"] += asyncio.run(_follow(folder, watched, planted, range(seed, seed + rounds)))
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    last: Index = watched.collection  # type: ignore[assignment]
    _judge(last, planted, before, faults)
    faults["missing"] += [*last.changes(), *last.verify()]
    return faults | {"asked": [f"{asked[0]} questions, {len(watched.states)} states"]}


async def _follow(folder: Path, watched: Watched, planted: Planted, seeds: range) -> list[str]:
    """Change the folder once for each seed, each time until that is served; which changes never were."""
    share = max(0.1, 4 / len(planted.articles))  # of the files: a few at least
    refresher = Refresher(watched, folder / _INDEX, watch=True)
    work = asyncio.ensure_future(refresher.run())
    late = []
    for seed in seeds:
        await asyncio.to_thread(mixed_files.change, folder, planted, share, seed)
        try:
            async with asyncio.timeout(_PATIENCE):
                await refresher.look()
                while watched.collection.changes():
                    await refresher.look()
        except TimeoutError:
            late.append(f"what was changed with seed {seed} was not served within {_PATIENCE:.0f} s")
    work.cancel()
    with suppress(asyncio.CancelledError):
        await work
    return late


def _unreal(text: str, number: int, planted: Planted) -> bool:
    """Whether a passage names the place and a count that no version of its article had."""
    if mixed_files.place(number) not in text or "counted" not in text:
        return False
    versions = range(planted.versions.get(number, 0) + 2) if number in planted.versions else range(99)
    return not any(mixed_files.fact(number, version) in text for version in versions)


def _judge(index: Index, planted: Planted, before: dict[int, int], faults: dict[str, list[str]]) -> None:
    """What the last state does not hold, and what it does not say of the state of before."""
    for number, version in planted.versions.items():
        if index.check(mixed_files.fact(number, version)).status != "verbatim":
            faults["missing"].append(mixed_files.fact(number, version))
        if version != before[number]:
            old = index.check(mixed_files.fact(number, before[number]))
            if old.status == "verbatim" or not old.earlier:
                faults["unchanged"].append(old.quote)


def unnamed(folder: Path, planted: Planted) -> list[str]:
    """The planted faults that `lint` does not name."""
    kinds: dict[str, set[str]] = {}
    for finding in lint(folder).findings:
        kinds.setdefault(finding.file.partition(":")[0], set()).add(finding.kind)
    return [
        f"{file}: {kind}"
        for file, kind in planted.others.items()
        if kind in _LINTED and _LINTED[kind] not in kinds.get(file, ())
    ]


def main() -> int:
    """Print what was counted; 1 where anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.changing", description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=3_000)
    parser.add_argument("--rounds", type=int, default=3, help="of changes, each of a tenth of the files")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="kept, with its index; default: a temporary one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        place = options.folder or Path(temporary)
        return _run(place, options.files, options.rounds, options.seed)


def _run(place: Path, files: int, rounds: int, seed: int) -> int:
    articles = place / "articles"
    planted = _timed("planted", lambda: _planted(articles, files, seed))
    index = _timed("indexed", lambda: Recipe.choose(articles / _INDEX, articles).build(articles / _INDEX))
    print(f"{len(index.articles):,} articles, {len(index.passages):,} passages, {len(index.problems):,} files left out")
    faults = _timed("changed", lambda: change_while_asked(articles, index, planted, rounds=rounds, seed=seed))
    print(*faults.pop("asked"))
    faults["unnamed"] = _timed("linted", lambda: unnamed(articles, planted))
    for kind, lines in faults.items():
        print(f"{kind:10} {len(lines):6}", *(f"\n    {line[:200]}" for line in lines[:_SHOWN]))
    return 1 if any(faults.values()) else 0


def _planted(articles: Path, files: int, seed: int) -> Planted:
    """The folder as it is planted; one that is there already is planted anew, which changes only what was changed in it."""
    articles.mkdir(parents=True, exist_ok=True)
    return mixed_files.plant(articles, files, seed)


def _timed(what: str, work: Callable[[], T]) -> T:
    start = time.monotonic()
    result = work()
    print(f"{what} in {time.monotonic() - start:.1f} s", flush=True)
    return result


if __name__ == "__main__":
    sys.exit(main())
