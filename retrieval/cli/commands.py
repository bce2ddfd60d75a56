"""What each command does: options in, exit code out; results on standard output, messages on standard error."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from retrieval import serialization
from retrieval.articles.metadata import explained
from retrieval.citation import cite
from retrieval.cli import terminal
from retrieval.cli.terminal import counted
from retrieval.evaluation import evaluate, report
from retrieval.index.index import Index
from retrieval.index.milvus import ADDRESSES, Address
from retrieval.index.recipe import Recipe
from retrieval.lint import KINDS
from retrieval.lint import lint as find
from retrieval.search import filters
from retrieval.search.filters import Limits
from retrieval.text.normalize import printable

T = TypeVar("T")

_FINDING = (
    "file",
    "article",
    "title",
    "kind",
    "serious",
    "detail",
    "value",
)  # what scripts rely on: a change needs a changelog line


def build(options: argparse.Namespace) -> int:
    """Index a folder of articles; what is not said stays as the index was built."""
    models = {name: getattr(options, name) for name in ("encoder", "reranker") if hasattr(options, name)}
    recipe = Recipe.choose(options.index, options.articles, **models)
    err = terminal.console(error=True)
    if recipe.articles is None:
        return terminal.fail(
            f"{options.index}: a program handed in its articles: build it there, or name a folder here"
        )
    if recipe.other:
        _tell(err, f"{options.index} was built of {recipe.before}, now of {recipe.articles}; --index would keep both")
    with terminal.progress(err) as progress:
        index = recipe.build(options.index, progress, ray=options.ray)
    _tell(err, *index.left_out, *index.notices)
    counts = f"{counted(len(index.articles), 'article')}, {counted(len(index.passages), 'passage')}"
    _tell(
        err,
        f"{Address.parse(options.index) or options.index}: {counts} of {recipe.articles}, encoder {recipe.encoder}, reranker {recipe.reranker or 'none'}",
    )
    return 0


def ask(options: argparse.Namespace) -> int:
    """Answer a question, or each of a file."""
    questions = _questions(options)
    wrong = ((question, undatable) for _, question in questions if (undatable := filters.read(question).undatable))
    _tell(terminal.console(error=True), *(f"{question}: {terminal.no_date(limits)}" for question, limits in wrong))
    index = _load(options.index)
    limits: Limits = {name: getattr(options, name) for name in ("since", "until", "publisher", "file", "speaker")}  # type: ignore[assignment]
    answers = ((id_, index.ask(question, options.k, **limits)) for id_, question in questions)
    show = partial(terminal.show_answer, proof_in=(index.folder or Path()) if options.proof else None)
    _write_each(options, answers, serialization.answer_object, show)
    return 0


def quote(options: argparse.Namespace) -> int:
    """Say whether quotes stand in the articles, and whose they are."""
    quotes = _quotes(options)
    index = _load(options.index)
    checks = ((id_, index.check(text, speaker)) for id_, text, speaker in quotes)
    _write_each(options, checks, serialization.quote_object, terminal.show_quote)
    return 0


def _write_each(
    options: argparse.Namespace,
    results: Iterable[tuple[str | None, T]],
    as_object: Callable[[T, str | None], dict[str, Any]],
    show: Callable[[Any, T], None],
) -> None:
    """Write each result at once: as a JSON object a line, with its id, or for a person, a blank line between two."""
    out = terminal.console()
    for number, (id_, result) in enumerate(results):
        if options.json:
            _print(as_object(result, id_))
        else:
            if number:
                out.print()
            show(out, result)


def _quotes(options: argparse.Namespace) -> list[tuple[str | None, str, str | None]]:
    if options.quotes is None:
        return [(None, options.text, options.speaker)]
    lines = evaluate.read_lines(options.quotes, "quote")
    return [(record.get("id"), record["quote"], record.get("speaker") or options.speaker) for _, record in lines]


def statements(options: argparse.Namespace) -> int:
    """List every sentence and whose words it is."""
    ordered = sorted(_load(options.index).statements, key=lambda statement: statement.article.file)
    _list(options, ordered, serialization.statement_object, terminal.show_statements, "the articles have no sentence")
    return 0


def speaker(options: argparse.Namespace) -> int:
    """List the statements of one speaker."""
    spoken = _load(options.index).said_by(options.name, options.about)
    about = f" about {options.about}" if options.about else ""
    nothing = f"no words in the articles{about} are surely those of {spoken.name}"
    _list(options, spoken.statements, serialization.statement_object, terminal.show_statements, nothing)
    return 0


def timeline(options: argparse.Namespace) -> int:
    """List the sentences about a topic by date."""
    statements_ = _load(options.index).timeline(options.topic)
    nothing = f"the articles say nothing about {options.topic}"
    _list(options, statements_, serialization.statement_object, terminal.show_statements, nothing)
    return 0


def mentions(options: argparse.Namespace) -> int:
    """List the sentences that mention a term."""
    mentions_ = _load(options.index).mentions(options.term)
    nothing = f"no article mentions {options.term}"
    _list(options, mentions_, serialization.mention_object, terminal.show_mentions, nothing)
    return 0


def compare(options: argparse.Namespace) -> int:
    """List who says what about a topic."""
    groups = _load(options.index).compare(options.topic)
    nothing = f"nobody in the articles speaks about {options.topic}"
    _list(options, groups, serialization.speaker_object, terminal.show_speakers, nothing)
    return 0


def _list(
    options: argparse.Namespace,
    records: Sequence[T],
    as_object: Callable[[T], dict[str, Any]],
    show: Callable[[Any, Sequence[T], str], None],
    nothing: str,
) -> None:
    """Write the records of a list, one JSON object a line or for a person; `nothing` is what a person reads of none."""
    if options.json:
        for record in records:
            _print(as_object(record))
    else:
        show(terminal.console(), records, nothing)


def citation(options: argparse.Namespace) -> int:
    """Cite a passage in the wanted format."""
    try:
        passage = _load(options.index).passage(options.passage)
    except ValueError as error:
        return terminal.fail(f"{error}; `ask --proof` prints the identifiers")
    print(printable(cite(passage, options.format)))
    return 0


def _questions(options: argparse.Namespace) -> list[tuple[str | None, str]]:
    if options.questions is None:
        return [(None, options.question)]
    return [(record.get("id"), record["question"]) for _, record in evaluate.read_lines(options.questions)]


def sources(options: argparse.Namespace) -> int:
    """List the articles."""
    index = _load(options.index)
    out = terminal.console()
    for article in sorted(index.articles, key=lambda article: article.file):
        evidence = explained(article) if options.explain else None
        if options.json:
            explanation = {} if evidence is None else serialization.explanation(article, evidence)
            _print({**serialization.article_object(article), **explanation})
        else:
            terminal.show_article(out, article, index.taken_in(article), evidence)
    return 0


def verify(options: argparse.Namespace) -> int:
    """Compare what is indexed with the files."""
    index = _load(options.index, compare=False)
    faults = index.verify()
    _tell(terminal.console(error=True), *faults)
    if faults:
        return terminal.fail(f"{options.index}: {counted(len(faults), 'fault')}; byline build mends them")
    counts = f"{counted(len(index.passages), 'passage')} of {counted(len(index.articles), 'article')}"
    print(f"{counts} {'stands' if len(index.passages) == 1 else 'stand'} word for word in their files")
    return 0


def judge(options: argparse.Namespace) -> int:
    """Measure the index on gold questions, and write a report where one is asked for."""
    if options.compare and not options.report:
        options.usage("--compare is shown in a report: name its folder with --report FOLDER")
    golds = evaluate.read(options.questions)
    if options.report:
        report.check(options.report)
    index, other = _load(options.index), _load(options.compare) if options.compare else None
    _tell(terminal.console(error=True), *evaluate.misplaced(golds, index.articles))
    outcomes = _outcomes(golds, index)
    if options.report:
        compared = _outcomes(golds, other) if other else None
        names = {"name": str(options.index), "compared_name": str(options.compare)}
        terminal.console(error=True).print(str(report.write(options.report, outcomes, compared, **names)))
    groups = evaluate.grouped(outcomes)
    measures = {name: evaluate.measure(group) for name, group in groups.items()}
    sizes = {name: len(group) for name, group in groups.items()}
    missed = [outcome for outcome in outcomes if not outcome.well]
    if options.json:
        answers = [serialization.answer_object(outcome.answer, outcome.gold.id) for outcome in missed]
        _print({"measures": measures, "questions": sizes, "missed": answers})
        return 0
    out = terminal.console()
    terminal.show_measures(out, measures, sizes)
    for outcome in missed:
        terminal.show_missed(out, outcome)
    return 0


def lint(options: argparse.Namespace) -> int:
    """Say what is wrong with a folder of articles; 1 where articles are lost or wrong because of it."""
    with terminal.progress(terminal.console(error=True)) as progress:
        linted = find(options.folder, progress)
    if options.json:
        for finding in linted.findings:
            _print({name: getattr(finding, name) for name in _FINDING} | {"todo": KINDS[finding.kind].todo})
    else:
        terminal.show_findings(terminal.console(), linted)
    serious = sum(finding.serious for finding in linted.findings)
    if serious:
        return terminal.fail(f"{options.folder}: {counted(serious, 'serious finding')}; the list says what to do")
    if not linted.articles:
        return terminal.fail(f"{options.folder}: no article in it; put .txt, .md, .html or .jsonl files there")
    return 0


def copy(options: argparse.Namespace) -> int:
    """Write an index into another folder or engine, with the vectors that it has."""
    index = Index.load(options.source)
    index.save(options.to)
    _tell(
        terminal.console(error=True),
        *index.notices,
        f"{Address.parse(options.to) or options.to}: {counted(len(index.passages), 'passage')}",
    )
    return 0


def doctor(options: argparse.Namespace) -> int:
    """Say what an engine does of all that Byline relies on, a line a check; 1 where a check fails."""
    from retrieval.index import doctor as checks

    where, faults = Address.parse(options.address), 0
    if where is None:
        return terminal.fail(f"{options.address} is a folder, and an engine's address is wanted: {ADDRESSES}")
    for result in checks.examine(where):
        faults += result.fault is not None
        print(
            printable(f"fault  {result.name}: {result.fault}" if result.fault else f"ok     {result.name}"), flush=True
        )
    return terminal.fail(f"{where}: {counted(faults, 'check')} failed") if faults else 0


def fetch(options: argparse.Namespace) -> int:
    """Store what feeds, sitemaps and pages bring, a line for each page; 1 where none is stored or unchanged."""
    try:
        from retrieval.fetching.client import Client
        from retrieval.fetching.fetch import fetch as outcomes
    except ImportError as error:
        return terminal.fail(
            f"fetching needs {error.name}: .venv/bin/pip install -e '.[fetch]' in the folder of Byline"
        )
    stored = unchanged = failed = 0
    with Client() as client:
        for outcome in outcomes(options.addresses, options.to, client, limit=options.limit):
            if outcome.file:
                stored += 1
                print(printable(f"{options.to / outcome.file} {outcome.address}"), flush=True)
            elif outcome.fault:
                failed += 1
                terminal.fail(f"{outcome.address}: {outcome.fault}")
            else:
                unchanged += 1
    sys.stderr.write(f"{counted(stored, 'page')} stored, {unchanged:,} unchanged, {failed:,} failed\n")
    return 0 if stored or unchanged else 1


def _outcomes(golds: Sequence[evaluate.Gold], index: Index) -> list[evaluate.Outcome]:
    with terminal.progress(terminal.console(error=True)) as progress:
        outcomes = []
        for done, gold in enumerate(golds, start=1):
            outcomes.append(evaluate.Outcome(gold, index.ask(gold.question, evaluate.DEPTH)))
            progress("asking", done, len(golds))
    return outcomes


def _load(folder: Path, *, compare: bool = True) -> Index:
    index = Index.load(folder)
    changes = index.changes() if compare else ()
    err = terminal.console(error=True)
    _tell(err, *index.notices, *changes)
    if changes:
        err.print("the index answers from what it was built of; byline build brings it up to date")
    return index


def _tell(err: Any, *lines: str) -> None:
    for line in lines:
        err.print(printable(line))


def _print(record: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
    sys.stdout.flush()
