"""The shape of a codebase: `python -m benchmarks.codebase [NAME=PACKAGE,…[:TESTS] …]`; without arguments Byline's own.

A row for each: modules (files of more than one line), lines in all and of the median module, longest module, longest
function, and lines of tests to lines of code. Lines count comments and docstrings. DECISIONS.md compares with others.
`python -m benchmarks.codebase since` counts the modules of Byline that do what it did not do on 26 November, and the rest.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parent.parent
PRODUCT = tuple(ROOT / name for name in ("retrieval", "bot", "emulator", "byline.py"))
BYLINE = f"byline={','.join(map(str, PRODUCT))}:{ROOT / 'tests'}"
ROW = "{:10}" + "{:>18}" * 6
HEAD = ("", "modules", "lines", "median", "longest module", "longest function", "tests to code")

SINCE = {
    "an index in mapped segments; a build that goes on; only what changed in the folder is read, while the bot runs": (
        "retrieval/mapped.py retrieval/records.py retrieval/index/segment.py retrieval/index/indexing.py "
        "retrieval/index/refresh.py retrieval/index/recipe.py retrieval/search/vector_cache.py bot/indexes.py"
    ),
    "vectors in an engine, several machines that encode": (
        "retrieval/index/milvus.py retrieval/index/remote.py retrieval/index/doctor.py retrieval/search/vector_store.py "
        "retrieval/search/cluster.py"
    ),
    "models without torch": "retrieval/text/onnx_model.py retrieval/search/bert_graph.py",
    "more formats, read apart; fetching; lint": (
        "retrieval/articles/documents.py retrieval/articles/extraction.py retrieval/fetching retrieval/lint.py"
    ),
    "pages read by a model, metadata of pages, lines that an outlet's pages share": (
        "retrieval/articles/page_reader.py retrieval/articles/page_rewriting.py retrieval/articles/json_ld.py "
        "retrieval/articles/shared_lines.py"
    ),
    "near copies, corrections, earlier texts, stuffed passages, the words that say what was asked": (
        "retrieval/duplicates.py retrieval/search/supersession.py retrieval/index/revisions.py "
        "retrieval/search/restatement.py retrieval/search/span_head.py retrieval/search/authorship.py "
        "retrieval/text/corrections.py"
    ),
    "lists by speaker, topic and date; misspelt and unknown words": (
        "retrieval/index/overviews.py retrieval/search/query_words.py retrieval/quotes/abbreviations.py"
    ),
    "no message is lost, no chat is held up": (
        "bot/database.py bot/lifecycle.py bot/telegram/inbox.py bot/telegram/delivery.py bot/telegram/queueing.py"
    ),
    "follow-ups, small talk, lists and admins in the bot": (
        "bot/followups.py bot/completion.py bot/intents.py bot/listings.py bot/telegram/admin.py"
    ),
}


class Shape(NamedTuple):
    """The figures of one codebase, in lines; `tests` is their share of the lines of code, `None` where none were given."""

    modules: int
    lines: int
    median: float
    longest_module: int
    longest_function: int
    tests: float | None


class Module(NamedTuple):
    """A file, its lines, and those of its longest function."""

    file: Path
    lines: int
    longest_function: int


def main(arguments: list[str]) -> None:
    """Print a table with a row for each codebase, or the parts of Byline."""
    if arguments == ["since"]:
        for part in parts():
            print(f"{part.modules:3} modules {part.lines:7,} lines  {part.name}")
        return
    print(ROW.format(*HEAD))
    for argument in arguments or [BYLINE]:
        name, _, places = argument.partition("=")
        code, _, tests = places.partition(":")
        figures = shape(map(Path, code.split(",")), Path(tests) if tests else None)
        tested = "–" if figures.tests is None else f"{figures.tests:.2f}"
        print(ROW.format(name, *(f"{figure:,.0f}" for figure in figures[:-1]), tested))


class Part(NamedTuple):
    """What some modules do, how many they are, and their lines."""

    name: str
    modules: int
    lines: int


def parts() -> list[Part]:
    """What came since, then the rest and all of Byline."""
    counted = [Part(name, *shape([ROOT / each for each in files.split()])[:2]) for name, files in SINCE.items()]
    every, since = (
        Part("all", *shape(PRODUCT)[:2]),
        Part("since", sum(p.modules for p in counted), sum(p.lines for p in counted)),
    )
    rest = Part("what it did then", every.modules - since.modules, every.lines - since.lines)
    return [*counted, since, rest, every]


def shape(code: Iterable[Path], tests: Path | None = None) -> Shape:
    """The shape of the Python files in folders, or of single files; raises `ValueError` where there are none."""
    sizes = [module for module in modules(code) if module.lines > 1]
    if not sizes:
        raise ValueError("no Python modules there")
    lines = [module.lines for module in sizes]
    tested = sum(module.lines for module in modules([tests])) / sum(lines) if tests else None
    longest = max(module.longest_function for module in sizes)
    return Shape(len(lines), sum(lines), median(lines), max(lines), longest, tested)


def modules(places: Iterable[Path]) -> Iterator[Module]:
    """The Python files of folders, or single files, with their sizes in lines."""
    for place in places:
        for file in [place] if place.is_file() else sorted(place.rglob("*.py")):
            source = file.read_text("utf-8")
            functions = (
                n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
            )
            longest = max(((each.end_lineno or 0) - each.lineno + 1 for each in functions), default=0)
            yield Module(file, source.count("\n"), longest)


if __name__ == "__main__":
    main(sys.argv[1:])
