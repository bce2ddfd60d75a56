"""The command line of the library: arguments in, exit code out."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrieval import contract, crossencoder, evaluate, report, terminal
from retrieval.encoder import DEFAULT
from retrieval.errors import BylineError
from retrieval.index import Index

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 an operator's trouble, 2 wrong usage."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except BylineError as error:
        return terminal.fail(str(error))
    except KeyboardInterrupt:
        return terminal.fail("stopped; the index is as it was before")
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _build(options: argparse.Namespace) -> int:
    err = terminal.console(error=True)
    with terminal.progress(err) as progress:
        index = Index.build(options.articles, encoder=options.model, reader=options.reader, progress=progress)
    index.save(options.index)
    _tell(err, *(f"left out {problem.file}: {problem.reason}" for problem in index.problems))
    err.print(f"{options.index}: {len(index.articles)} articles, {len(index.passages)} passages")
    return 0


def _ask(options: argparse.Namespace) -> int:
    questions = _questions(options)
    index = _load(options.index)
    out = terminal.console()
    for number, (question_id, question) in enumerate(questions):
        answer = index.ask(question, options.k)
        if options.json:
            _print(contract.answer_object(answer, question_id))
        else:
            if number:
                out.print()
            terminal.show_answer(out, answer)
    return 0


def _questions(options: argparse.Namespace) -> list[tuple[str | None, str]]:
    if options.questions is None:
        return [(None, options.question)]
    return [(record.get("id"), record["question"]) for _, record in evaluate.read_lines(options.questions)]


def _sources(options: argparse.Namespace) -> int:
    index = _load(options.index)
    out = terminal.console()
    for article in sorted(index.articles, key=lambda article: article.file):
        if options.json:
            _print(contract.article_object(article))
        else:
            terminal.show_article(out, article)
    return 0


def _verify(options: argparse.Namespace) -> int:
    index = _load(options.index, compare=False)
    faults = index.verify()
    _tell(terminal.console(error=True), *faults)
    if faults:
        return terminal.fail(f"{options.index}: {len(faults)} faults; python -m retrieval build mends them")
    print(f"{len(index.passages)} passages of {len(index.articles)} articles stand word for word in their files")
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    if options.compare and not options.report:
        options.usage("--compare is shown in a report: name its folder with --report FOLDER")
    golds = evaluate.read(options.questions)
    if options.report:
        report.check(options.report)
    index, other = _load(options.index), _load(options.compare) if options.compare else None
    outcomes = _outcomes(golds, index)
    if options.report:
        compared = _outcomes(golds, other) if other else None
        names = {"name": str(options.index), "compared_name": str(options.compare)}
        terminal.console(error=True).print(str(report.write(options.report, outcomes, compared, **names)))
    measured = evaluate.report(outcomes)
    if options.json:
        _print(evaluate.as_object(measured))
        return 0
    out = terminal.console()
    terminal.show_measures(out, measured.groups, measured.sizes)
    for outcome in measured.missed:
        terminal.show_missed(out, outcome)
    return 0


def _outcomes(golds: Sequence[evaluate.Gold], index: Index) -> list[evaluate.Outcome]:
    with terminal.progress(terminal.console(error=True)) as progress:
        outcomes = []
        for done, gold in enumerate(golds, start=1):
            outcomes += evaluate.run([gold], index.ask)
            progress("asking", done, len(golds))
    return outcomes


def _load(folder: Path, *, compare: bool = True) -> Index:
    index = Index.load(folder)
    changes = index.changes() if compare else ()
    err = terminal.console(error=True)
    _tell(err, *index.notices, *changes)
    if changes:
        err.print("the index answers from what it was built of; python -m retrieval build brings it up to date")
    return index


def _tell(err: Any, *lines: str) -> None:
    for line in lines:
        err.print(terminal.safe(line))


def _print(record: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m retrieval", description="Answers out of a folder of articles.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    build = _command(commands, "build", _build, "index a folder of articles")
    build.add_argument("articles", nargs="?", default="seeds", type=Path, metavar="ARTICLES")
    build.add_argument("--model", default=DEFAULT, metavar="NAME", help="a Sentence Transformers model, folder or hub")
    reader = build.add_mutually_exclusive_group()
    reader.add_argument("--reader", default=crossencoder.DEFAULT, metavar="NAME", help="a cross-encoder, folder or hub")
    reader.add_argument("--no-reader", dest="reader", action="store_const", const=None, help="judge by a simple rule")
    ask = _command(commands, "ask", _ask, "answer a question, or a file of questions", json=True)
    asked = ask.add_mutually_exclusive_group(required=True)
    asked.add_argument("question", nargs="?", metavar="QUESTION")
    asked.add_argument("--questions", type=Path, metavar="FILE.jsonl", help="lines with `id` and `question`")
    ask.add_argument("-k", type=_positive, default=3, metavar="N", help="how many passages (default 3)")
    _command(commands, "sources", _sources, "list the articles and what they state about themselves", json=True)
    _command(commands, "verify", _verify, "compare every passage with its file and every file with its hash")
    judge = _command(commands, "evaluate", _evaluate, "measure the index on gold questions", json=True)
    judge.add_argument("questions", type=Path, metavar="QUESTIONS.jsonl")
    judge.add_argument("--report", type=Path, metavar="FOLDER", help="write a page to look at, with all numbers")
    judge.add_argument("--compare", type=Path, metavar="INDEX", help="show another index beside it (with --report)")
    judge.set_defaults(usage=judge.error)
    return parser


def _command(commands: Any, name: str, run: Any, help_: str, *, json: bool = False) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help_, description=help_)
    parser.set_defaults(run=run)
    parser.add_argument("--index", default=Path(".index"), type=Path, metavar="DIR", help="default: .index")
    if json:
        parser.add_argument("--json", action="store_true", help="JSON on standard output, nothing else")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


if __name__ == "__main__":
    sys.exit(main())
