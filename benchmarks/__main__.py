"""`make bench`: Byline beside what a user would take instead, in one run, in turns; ratios, medians of rounds.

Both sides get the same model, passages and questions, each in a process of its own. Needs the extra `bench`.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

from benchmarks import passages
from benchmarks.beside import Line, asked, run, show, timed, told
from retrieval.search import cross_encoder
from retrieval.search.encoder import SentenceEncoder

ROUNDS = 3
PEERS = ("haystack-ai", "sentence-transformers-haystack", "onnx")
QUOTE_MS = 20.0


def main() -> int:
    """Print every table; 1 when a ratio is not what is wanted, or what Byline is held against is not installed."""
    if missing := [name for name in PEERS if not _installed(name)]:
        print(f"{', '.join(missing)} not installed: pip install -e '.[test,bench]'", file=sys.stderr)
        return 1
    parts: list[Callable[[Path], bool]] = [_building, _searching, _reading, _speaking, _quoting]
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder), "prose", passages.prose())
        _write(Path(folder), "passages", passages.synthetic(1000))
        _write(Path(folder), "questions", passages.questions(300))
        _write(Path(folder), "few", passages.questions(60))
        met = [part(Path(folder)) for part in parts]
    return 0 if all(met) else 1


def _building(folder: Path) -> bool:
    """Building an index of real text, beside a script of ten lines that encodes the passages, but not each sentence."""
    model, texts = _model(), _of(folder, "prose")
    rounds = [
        tuple(timed(side, "build", model, texts, str(folder)) for side in ("plain", "ours")) for _ in range(ROUNDS)
    ]
    title = f"building: {len(json.loads(Path(texts).read_text()))} passages of Python's manual"
    return show(title, ("script", "Byline"), [Line("build s", rounds, 2.2)])


def _searching(folder: Path) -> bool:
    """The search alone, beside a script of ten lines."""
    model, texts, questions = _model(), _of(folder, "passages"), _of(folder, "questions")
    for side in ("plain", "ours"):
        run(side, "build", model, texts, str(folder))
    first, p50, peak = [], [], []
    for _ in range(ROUNDS):
        plain, ours = (asked(side, "ask", model, texts, str(folder), questions) for side in ("plain", "ours"))
        first.append((plain["first"], ours["first"]))
        p50.append((plain["p50"], ours["p50"]))
        peak.append((plain["mib"], ours["mib"]))
    lines = [
        Line("start to first answer s", first, 1.1),
        Line("question p50 ms", p50, 1.5),
        Line("peak MiB", peak, 1.15),
    ]
    return show("search: 1,000 passages, 300 questions", ("script", "Byline"), lines)


def _reading(folder: Path) -> bool:
    """The whole question with the reader, beside Haystack's pipeline with the same reader; memory, beside the script."""
    model, texts, questions = _model(), _of(folder, "passages"), _of(folder, "few")
    own, reader = str(folder / "reading"), str(folder / "reader")
    run("exported", reader)
    run("peer", "build", model, texts, str(folder))
    run("ours", "build", model, texts, own, cross_encoder.DEFAULT)
    p50, peak = [], []
    for _ in range(ROUNDS):
        plain = asked("plain", "ask", model, texts, str(folder), questions)
        peer = asked("peer", "ask", model, reader, str(folder), questions)
        ours = asked("ours", "ask", model, texts, own, questions)
        p50.append((peer["p50"], ours["p50"]))
        peak.append((plain["mib"], ours["mib"]))
    met = show(
        "with the reader: 60 questions",
        ("Haystack", "Byline"),
        [Line("question p50 ms", p50, 0.5, "; 250 ms as a guide")],
    )
    return show("encoder and reader", ("encoder", "Byline"), [Line("peak MiB", peak, 1.3)]) and met


def _speaking(folder: Path) -> bool:
    """Building and asking with speakers, beside the same without; one round, since all but the speakers is the same."""
    built = [tuple(told("speaking", "build", side, str(folder)) for side in ("without", "with"))]
    rounds = [told("speaking", "ask", str(folder), _of(folder, "questions")) for _ in range(ROUNDS)]
    p50 = [(each["without"], each["with"]) for each in rounds]
    lines = [Line("build s", built, 1.3), Line("question p50 ms", p50, 1.05)]
    return show("speakers: 200 articles", ("without", "with"), lines)


def _quoting(_: Path) -> bool:
    """A quote's cost, beside what it may cost; in a hundred times as many articles, beside the seeds alone."""
    rounds = [told("quoting") for _ in range(ROUNDS)]
    slowest = [(QUOTE_MS, each["p99"]) for each in rounds]
    grown = [(each["once"], each["more"]) for each in rounds]
    met = show("quotes of the seeds", ("allowed", "Byline"), [Line("quote p99 ms", slowest, 1)])
    return show("quotes, by articles", ("5", "500"), [Line("quote p50 ms", grown, 20)]) and met


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
