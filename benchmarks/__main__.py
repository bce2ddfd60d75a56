"""`make bench`: Byline beside what a user would take instead, in one run, in turns; ratios, medians of rounds.

Both sides get the same model, passages and questions, each in a process of its own. `make bench PART=search` does one part
(build, search, sizes, read, speakers, quotes, vectors, growth). `read` needs the extra `bench`; `search` installs what it measures
Byline against.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

from benchmarks import growth, passages, search, sizes
from benchmarks.beside import Line, answer_figures, figures, run, show, timed
from benchmarks.search import Given
from retrieval.search import cross_encoder
from retrieval.search.encoder import SentenceEncoder

ROUNDS = 3
PASSAGES = 1_000
PEERS = ("haystack-ai", "sentence-transformers-haystack", "onnx")
QUOTE_MS = 20.0
SIZES = (30_720, 98_304, 399_360)  # rows of the vectors that are searched


def main() -> int:
    """Print the tables; 1 when a ratio is not what is wanted, or what Byline is held against is not installed."""
    parts: dict[str, Callable[[Path], bool]] = {
        "build": _building,
        "search": _searching,
        "sizes": _sizes,
        "read": _reading,
        "speakers": _speaking,
        "quotes": _quoting,
        "vectors": _vectors,
        "growth": _growing,
    }
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", choices=[*parts, []], metavar="PART", help=", ".join(parts))
    names = parser.parse_args().parts or [*parts]
    if "read" in names and (missing := [name for name in PEERS if not _installed(name)]):
        print(f"{', '.join(missing)} not installed: pip install -e '.[test,bench]'", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder), "prose", passages.prose())
        _write(Path(folder), "passages", passages.synthetic(PASSAGES))
        _write(Path(folder), "questions", passages.questions(300))
        _write(Path(folder), "hundred", passages.questions(100))
        _write(Path(folder), "few", passages.questions(60))
        within = [parts[name](Path(folder)) for name in names]
    return 0 if all(within) else 1


def _building(folder: Path) -> bool:
    """Building an index of real text, beside a script of ten lines that encodes the passages, but not each sentence."""
    model, texts = _model(), _of(folder, "prose")
    rounds = [
        tuple(timed(side, "build", model, texts, str(folder)) for side in ("plain", "ours")) for _ in range(ROUNDS)
    ]
    title = f"building: {len(json.loads(Path(texts).read_text()))} passages of Python's manual"
    return show(title, ("script", "Byline"), [Line("build s", rounds, 2.2)])


def _searching(folder: Path) -> bool:
    """The search alone, beside a script of ten lines and what four libraries make of the same."""
    return search.compare(folder, Given(_model(), Path(_of(folder, "passages")), Path(_of(folder, "hundred"))))


def _sizes(folder: Path) -> bool:
    """The same at several sizes, with made vectors; nothing is wanted of it but to be seen."""
    sizes.compare(folder, _model(), Path(_of(folder, "hundred")))
    return True


def _reading(folder: Path) -> bool:
    """The whole question with the reader, beside Haystack's pipeline with the same reader; memory, beside the script."""
    model, texts, questions = _model(), _of(folder, "passages"), _of(folder, "few")
    own, reader = str(folder / "reading"), str(folder / "reader")
    run("exported", reader)
    run("peer", "build", model, texts, str(folder))
    run("ours", "build", model, texts, own, cross_encoder.DEFAULT)
    p50, peak = [], []
    for _ in range(ROUNDS):
        plain = answer_figures("plain", "ask", model, texts, str(folder), questions)
        peer = answer_figures("peer", "ask", model, reader, str(folder), questions)
        ours = answer_figures("ours", "ask", model, texts, own, questions)
        p50.append((peer["p50"], ours["p50"]))
        peak.append((plain["mib"], ours["mib"]))
    within = show(
        "with the reader: 60 questions",
        ("Haystack", "Byline"),
        [Line("question p50 ms", p50, 0.5, "; 120 ms as a guide")],
    )
    return show("encoder and reader", ("encoder", "Byline"), [Line("peak MiB", peak, 1.3)]) and within


def _speaking(folder: Path) -> bool:
    """Building and asking with speakers, beside the same without; one round, since all but the speakers is the same."""
    built = [tuple(figures("speaking", "build", side, str(folder)) for side in ("without", "with"))]
    rounds = [figures("speaking", "ask", str(folder), _of(folder, "questions")) for _ in range(ROUNDS)]
    p50 = [(each["without"], each["with"]) for each in rounds]
    lines = [Line("build s", built, 1.3), Line("question p50 ms", p50, 1.05)]
    return show("speakers: 200 articles", ("without", "with"), lines)


def _quoting(_: Path) -> bool:
    """A quote's cost, beside what it may cost; in a hundred times as many articles, beside the seeds alone."""
    rounds = [figures("quoting") for _ in range(ROUNDS)]
    slowest = [(QUOTE_MS, each["p99"]) for each in rounds]
    grown = [(each["once"], each["more"]) for each in rounds]
    within = show("quotes of the seeds", ("allowed", "Byline"), [Line("quote p99 ms", slowest, 1)])
    return show("quotes, by articles", ("5", "500"), [Line("quote p50 ms", grown, 20)]) and within


def _vectors(_: Path) -> bool:
    """The 100 nearest of many made vectors, beside comparing the question with each of them."""
    within = True
    for size in SIZES:
        measured = figures("vectors", str(size))
        title = f"vectors: {size:,} rows, recall@10 {measured['recall']:.3f}"
        within &= show(
            title, ("each", "Byline"), [Line("search p50 ms", [(measured["exact"], measured["signs"])], 1.0)]
        )
        within &= measured["recall"] >= 0.99
    return within


def _growing(_: Path) -> bool:
    """What grows with a collection; nothing is wanted of it but to be seen."""
    growth.main(list(growth.SIZES))
    return True


def _model() -> str:
    return str(SentenceEncoder().folder)


def _installed(name: str) -> bool:
    try:
        return bool(metadata.version(name))
    except metadata.PackageNotFoundError:
        return False


def _of(folder: Path, name: str) -> str:
    return str(folder / f"{name}.json")


def _write(folder: Path, name: str, texts: list[str]) -> None:
    (folder / f"{name}.json").write_text(json.dumps(texts))


if __name__ == "__main__":
    sys.exit(main())
