"""`make bench`: Byline beside what a user would take instead, in one run, in turns; ratios, medians of rounds.

Both sides get the same model, passages and questions, each in a process of its own. `make bench PART=search` does one part
(build, search, sizes, answer, read, speakers, quotes, vectors, growth); `make bench PART=sizes SIZES="1000 10000" ROUNDS=1` others of
its sizes, and fewer rounds. `read` needs the extra `bench`; `search` and `sizes` install what they measure Byline against.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from statistics import median

from benchmarks import growth, passages, search, sizes
from benchmarks.beside import Line, answer_figures, figures, run, show, timed
from benchmarks.search import Given
from retrieval.search import cross_encoder
from retrieval.search.encoder import SentenceEncoder

ROUNDS = 3
PASSAGES = 1_000
PEERS = ("haystack-ai", "sentence-transformers-haystack", "onnx")
QUOTE_MS = 20.0
ANSWER_MS, ANSWER_RATE = 120.0, 12  # of the default, with the reranker, and how many questions a second
SIZES = (30_720, 98_304, 399_360)  # rows of the vectors that are searched


def main() -> int:
    """Print the tables; 1 when a ratio is not what is wanted, or what Byline is held against is not installed."""
    parts: dict[str, Callable[[Path], bool]] = {
        "build": _building,
        "search": _searching,
        "sizes": lambda folder: _sizes(folder, options.sizes, options.rounds),
        "answer": _answering,
        "read": _reading,
        "speakers": _speaking,
        "quotes": _quoting,
        "vectors": _vectors,
        "growth": _growing,
    }
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", choices=[*parts, []], metavar="PART", help=", ".join(parts))
    parser.add_argument("--sizes", nargs="+", type=int, default=sizes.SIZES, help="passages, for `sizes`")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="for `sizes`")
    options = parser.parse_args()
    names = options.parts or [*parts]
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


def _sizes(folder: Path, counts: Sequence[int], rounds: int) -> bool:
    """The same at several sizes, with made vectors; nothing is wanted of it but to be seen."""
    sizes.compare(folder, _model(), Path(_of(folder, "hundred")), counts, rounds)
    return True


def _answering(folder: Path) -> bool:
    """The default, with the reranker, by the clock: one question after another, and eight askers at once."""
    model, texts, own = _model(), _of(folder, "passages"), str(folder / "answering")
    run("ours", "build", model, texts, own, cross_encoder.DEFAULT)
    rounds = [answer_figures("ours", "ask", model, texts, own, _of(folder, "hundred")) for _ in range(ROUNDS)]
    lines = [
        Line("question p50 ms", [(ANSWER_MS, each["p50"]) for each in rounds], 1),
        Line("question p95 ms", [(2 * each["p50"], each["p95"]) for each in rounds], 1),
        Line("eight askers, ms a question", [(1000 / ANSWER_RATE, each["ms"]) for each in rounds], 1),
    ]
    within = show(f"with the reranker: {PASSAGES:,} passages", ("allowed", "Byline"), lines)
    rate = 1000 / median(each["ms"] for each in rounds)
    print(f"{'questions a second, eight askers':36} {ANSWER_RATE:10.2f} {rate:10.2f}", flush=True)
    return within


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
