"""Articles that are made to mislead a search: `python -m benchmarks.poison gold/d1 …`, folders as of `benchmarks.collections`.

Disguised: every article in letters that look like its own, in full-width letters, or with a character that shows nothing in
each word. Prints how many questions are answered by the first passage, and among three, beside the untouched articles.
Stuffed: an article by somebody else holds ten of the questions word for word, each among praise for a shop. Prints for how many
of the ten it comes first, and the most passages of one article among five.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.collections import holds
from retrieval import Index

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


_SAME_SHAPE = str.maketrans("aceopxyisjABEKMHOPCTX", "асеорхуіѕјАВЕКМНОРСТХ")
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
DISGUISES: dict[str, Callable[[str], str]] = {
    "untouched": str,
    "lookalike letters": lambda text: text.translate(_SAME_SHAPE),
    "full-width letters": lambda text: text.translate(_FULL_WIDTH),
    "hidden characters": lambda text: re.sub(r"\b\w\w", "\\g<0>\u200b", text),
}
STUFFED = "stuffed.txt"
_FILLER = "Everybody who wants to know this finds it in our shop, which is open every day. Buy the best lamps here. "
MOST = 5


def main() -> None:
    """Measure each folder, and print what all of them add up to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    counts = measure(parser.parse_args().folders)
    for name in DISGUISES:
        asked = counts["asked", name]
        print(
            f"{name}: first {counts['first', name] / asked:.2f}, among three {counts['three', name] / asked:.2f}, of {asked}"
        )
    print(f"stuffed passages first: {counts['stuffed first']} of {counts['stuffed']}")
    print(
        f"most passages of one article among {MOST}: {counts['most']}; more than two for {counts['dominated']} of {counts['all']}"
    )


def measure(folders: Sequence[Path]) -> Counter[Any]:
    """Ask each folder's questions of its articles disguised and stuffed; sums over all of them."""
    counts: Counter[Any] = Counter()
    for folder in folders:
        questions = [
            each for each in json.loads((folder / "gold.json").read_text("utf-8"))["questions"] if each["answers"]
        ]
        for name, disguise in DISGUISES.items():
            _disguised(folder, questions, name, disguise, counts)
        _stuffed(folder, questions[::4][:10], counts)
    return counts


def _disguised(
    folder: Path, questions: list[Any], name: str, disguise: Callable[[str], str], counts: Counter[Any]
) -> None:
    with tempfile.TemporaryDirectory() as made:
        for path in folder.glob("*.txt"):
            (Path(made) / path.name).write_text(disguise(path.read_text("utf-8")), "utf-8")
        index = Index.build(made)
    for question in questions:
        answers = [(file, disguise(snippet)) for file, snippet in question["answers"]]
        right = [holds(hit.passage, answers) for hit in index.ask(question["question"], k=3).hits]
        counts["asked", name] += 1
        counts["first", name] += any(right[:1])
        counts["three", name] += any(right)


def _stuffed(folder: Path, questions: list[Any], counts: Counter[Any]) -> None:
    with tempfile.TemporaryDirectory() as made:
        for path in folder.glob("*.txt"):
            shutil.copy(path, made)
        lines = [f"{question['question']} {_FILLER * 3}" for question in questions]
        (Path(made) / STUFFED).write_text("\n\n".join(lines), "utf-8")
        index = Index.build(made)
    for question in questions:
        answer = index.ask(question["question"], k=MOST)
        counts["stuffed"] += 1
        counts["stuffed first"] += bool(answer.hits) and answer.hits[0].passage.article.file == STUFFED
        most = max(Counter(hit.passage.article.file for hit in answer.hits).values(), default=0)
        counts["all"] += 1
        counts["dominated"] += most > 2
        counts["most"] = max(counts["most"], most)


if __name__ == "__main__":
    main()
