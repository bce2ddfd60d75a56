"""A build whose texts two Ray nodes encode, one of which is killed on its way: `python -m benchmarks.machines [ARTICLES]` (extra `ray`).

Both nodes are on this machine, with one processor each. Made articles, no speakers, so that a build is little but encoding. Prints
texts a second with two nodes, with the one that is left and without Ray, the MiB that Ray itself takes, and whether every vector is the same.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import growth, passages
from retrieval.index.recipe import Recipe
from retrieval.search.encoder import DEFAULT
from retrieval.speakers import attribution

if TYPE_CHECKING:
    from collections.abc import Callable

    from retrieval import Index

ARTICLES = 250  # about 5,000 passages


def main(count: int) -> int:
    """Print the figures; 1 where a vector is another."""
    os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "disabled", "PYTHONPATH": os.pathsep.join(sys.path)}
    from ray.cluster_utils import Cluster

    attribution.attribute = growth.attribute
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "articles").mkdir()
        for article in passages.articles(count):
            (folder / "articles" / article.file).write_text(article.text)
        nodes = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
        other = nodes.add_node(num_cpus=1)
        print(f"Ray's own processes {_mib():.0f} MiB", flush=True)
        far, marks = _built(folder, "far", nodes.address, lambda: nodes.remove_node(other, allow_graceful=False))
        middle = len(marks) // 2
        print(f"two nodes, one of which is killed halfway: {_rate(marks[:middle])}", flush=True)
        print(f"the one that is left:                      {_rate(marks[middle:])}", flush=True)
        nodes.shutdown()
        near, marks = _built(folder, "near", None, lambda: None)
        print(f"without Ray:                               {_rate(marks)}", flush=True)
        same = _stored(folder / "far") == _stored(folder / "near")
        print(f"{len(far.passages):,} and {len(near.passages):,} passages, vectors {'' if same else 'NOT '}the same")
    return 0 if same else 1


def _built(
    folder: Path, name: str, address: str | None, halfway: Callable[[], object]
) -> tuple[Index, list[tuple[float, int]]]:
    """An index, and when how many texts were encoded; `halfway` is called when half of them are."""
    marks: list[tuple[float, int]] = []
    waiting = [halfway]

    def progress(what: str, done: int, of: int) -> None:
        if what == "encoding":
            marks.append((time.monotonic(), done))
            if 2 * done >= of and waiting:
                waiting.pop()()

    recipe = Recipe(folder / "articles", DEFAULT, None)
    return recipe.build(folder / name, progress, ray=address), marks


def _rate(marks: list[tuple[float, int]]) -> str:
    (start, first), (end, last) = marks[0], marks[-1]
    return f"{(last - first) / (end - start):6.0f} texts a second"


def _stored(folder: Path) -> list[bytes]:
    """Every file of vectors, whatever the names of the segments."""
    return sorted(path.read_bytes() for path in folder.glob("0*/segments/*/*vectors.npy"))


def _mib() -> float:
    """Memory of the processes that this one has started, shared pages divided among those that share them."""
    children, mib = [os.getpid()], 0.0
    while children:
        parent = children.pop()
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            for child in task.read_text().split():
                children.append(int(child))
                lines = Path(f"/proc/{child}/smaps_rollup").read_text().splitlines()
                mib += next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))
    return mib


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else ARTICLES))
