"""The command line of the library: arguments in, exit code out. Each command sets `run` to what it does."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from retrieval.citation import FORMATS
from retrieval.cli import commands, terminal
from retrieval.errors import BylineError
from retrieval.evaluation import evaluate
from retrieval.index.milvus import ADDRESSES
from retrieval.search import cross_encoder, filters
from retrieval.search.encoder import DEFAULT

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO)  # errors of a disk that is full or fails


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 an operator's trouble, 2 wrong usage."""
    top = argparse.ArgumentParser(prog="python -m retrieval", description="Answers out of a folder of articles.")
    add_commands(top.add_subparsers(required=True, metavar="COMMAND"))
    return execute(top.parse_args(arguments))


def add_commands(subparsers: Any) -> None:
    """Add a parser for each command to what `ArgumentParser.add_subparsers` returned; `execute` runs what it parses."""
    for add in (
        _add_build,
        _add_ask,
        _add_quote,
        _add_lists,
        _add_checks,
        _add_evaluate,
        _add_lint,
        _add_fetch,
        _add_engine,
    ):
        add(subparsers)
    for parser in subparsers.choices.values():
        parser.set_defaults(execute=execute)


def _add_build(subparsers: Any) -> None:
    build = _command(subparsers, "build", commands.build, "index a folder of articles")
    build.description = (
        "index a folder of articles; an option that is left out stays as it was when the folder was last indexed"
    )
    build.add_argument(
        "articles", nargs="?", type=Path, metavar="ARTICLES", help="default: what the index was built of, else seeds"
    )
    unset = argparse.SUPPRESS
    build.add_argument(
        "--model",
        dest="encoder",
        default=unset,
        metavar="NAME",
        help=f"a Sentence Transformers model, folder or hub; at first {DEFAULT}",
    )
    reranker = build.add_mutually_exclusive_group()
    reranker.add_argument(
        "--reranker",
        dest="reranker",
        default=unset,
        metavar="NAME",
        help=f"a cross-encoder, folder or hub; at first {cross_encoder.DEFAULT}",
    )
    reranker.add_argument(
        "--no-reranker",
        dest="reranker",
        action="store_const",
        const=None,
        default=unset,
        help="no cross-encoder: the order is that of the search",
    )
    build.add_argument(
        "--ray",
        metavar="ADDRESS",
        help="let the machines of a Ray cluster encode: HOST:PORT, or `local` for this machine's cores (docs/scale.md)",
    )


def _add_ask(subparsers: Any) -> None:
    ask = _command(subparsers, "ask", commands.ask, "answer a question, or a file of questions", json=True)
    one_or_many = ask.add_mutually_exclusive_group(required=True)
    one_or_many.add_argument("question", type=_question, nargs="?", metavar="QUESTION")
    one_or_many.add_argument("--questions", type=Path, metavar="FILE.jsonl", help="lines with `id` and `question`")
    ask.add_argument("-k", type=_positive, default=3, metavar="N", help="how many passages (default 3)")
    ask.add_argument(
        "--since", type=_day, metavar="DATE", help="articles of this day or later: YYYY-MM-DD, YYYY-MM, YYYY"
    )
    ask.add_argument("--until", type=_day, metavar="DATE", help="articles of this day or earlier")
    ask.add_argument("--publisher", metavar="NAME", help="articles of this outlet")
    ask.add_argument("--file", metavar="FILE", help="this file alone; * stands for anything")
    ask.add_argument("--speaker", metavar="NAME", help="this speaker's own or reported words alone")
    ask.add_argument(
        "--proof", action="store_true", help="file, hash, offsets, and how to check them with common tools"
    )


def _add_quote(subparsers: Any) -> None:
    quote = _command(subparsers, "quote", commands.quote, "is this quote in the articles, and whose is it?", json=True)
    one_or_many = quote.add_mutually_exclusive_group(required=True)
    one_or_many.add_argument("text", nargs="?", metavar="TEXT")
    one_or_many.add_argument(
        "--quotes", type=Path, metavar="FILE.jsonl", help="lines with `id`, `quote`, maybe `speaker`"
    )
    quote.add_argument("--speaker", metavar="NAME", help="whom the quote is given to")


def _add_lists(subparsers: Any) -> None:
    _command(subparsers, "statements", commands.statements, "every sentence and whose words it is", json=True)
    speaker = _command(subparsers, "speaker", commands.speaker, "list what a speaker said", json=True)
    speaker.add_argument("name", metavar="NAME")
    speaker.add_argument("--about", metavar="TOPIC", help="only what is about this")
    mentions = _command(subparsers, "mentions", commands.mentions, "list the sentences that mention a term", json=True)
    mentions.add_argument("term", metavar="TERM", help="a word or phrase, in any case and inflection")
    compare = _command(subparsers, "compare", commands.compare, "list who says what about a topic", json=True)
    compare.add_argument("topic", metavar="TOPIC")
    timeline = _command(subparsers, "timeline", commands.timeline, "list sentences about a topic by date", json=True)
    timeline.add_argument("topic", metavar="TOPIC")


def _add_checks(subparsers: Any) -> None:
    citing = _command(subparsers, "cite", commands.citation, "cite a passage")
    citing.add_argument("passage", metavar="PASSAGE", help="its identifier, as `ask --proof` prints it")
    citing.add_argument("--format", choices=FORMATS, default="plain")
    listing = _command(
        subparsers, "sources", commands.sources, "list articles and what they state about themselves", json=True
    )
    listing.add_argument("--explain", action="store_true", help="where each fact stands, and how sure it is")
    _command(subparsers, "verify", commands.verify, "compare every passage with its file and every file with its hash")


def _add_evaluate(subparsers: Any) -> None:
    judge = _command(subparsers, "evaluate", commands.judge, "measure the index on gold questions", json=True)
    judge.epilog, judge.formatter_class = evaluate.FORMAT, argparse.RawDescriptionHelpFormatter
    judge.add_argument("questions", type=Path, metavar="QUESTIONS.jsonl", help="gold questions, as below")
    judge.add_argument("--report", type=Path, metavar="FOLDER", help="write a page to look at, with all numbers")
    judge.add_argument("--compare", type=Path, metavar="INDEX", help="show another index beside it (with --report)")
    judge.set_defaults(usage=judge.error)


def _add_lint(subparsers: Any) -> None:
    lint = _parser(
        subparsers, "lint", commands.lint, "what is wrong with a folder of articles, and what to do", json=True
    )
    lint.add_argument("folder", type=Path, metavar="FOLDER")


def _add_fetch(subparsers: Any) -> None:
    fetch = _parser(
        subparsers, "fetch", commands.fetch, "store the pages of feeds, sitemaps and addresses in a folder of articles"
    )
    fetch.add_argument("addresses", nargs="+", metavar="ADDRESS", help="of a feed (RSS, Atom), a sitemap or a page")
    fetch.add_argument("--to", required=True, type=Path, metavar="FOLDER", help="made where it is not there")
    fetch.add_argument("--limit", type=_positive, default=100, metavar="N", help="addresses in one run (default 100)")


def _add_engine(subparsers: Any) -> None:
    copy = _parser(
        subparsers, "copy", commands.copy, "write an index into another folder or engine, without encoding again"
    )
    copy.add_argument("source", type=Path, metavar="INDEX", help="a folder, or an engine's address")
    copy.add_argument("to", type=Path, metavar="TO", help=f"a folder, or {ADDRESSES}")
    doctor = _parser(subparsers, "doctor", commands.doctor, "does an engine do all that Byline relies on?")
    doctor.add_argument("address", type=Path, metavar="ADDRESS", help=ADDRESSES)


def _command(subparsers: Any, name: str, run: Any, help_: str, *, json: bool = False) -> argparse.ArgumentParser:
    """A command that reads or writes an index."""
    parser = _parser(subparsers, name, run, help_, json=json)
    parser.add_argument(
        "--index", default=Path(".index"), type=Path, metavar="DIR", help=f"default: .index; or {ADDRESSES}"
    )
    return parser


def _parser(subparsers: Any, name: str, run: Any, help_: str, *, json: bool = False) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = subparsers.add_parser(name, help=help_, description=help_)
    parser.set_defaults(run=run)
    if json:
        parser.add_argument("--json", action="store_true", help="JSON on standard output, nothing else")
    return parser


def _day(text: str) -> str:
    try:
        return filters.Filter(since=text).since or text
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _question(text: str) -> str:
    if wrong := filters.read(text).undatable:
        raise argparse.ArgumentTypeError(terminal.no_date(wrong))
    return text


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1")
    return int(text)


def execute(options: argparse.Namespace) -> int:
    """Run the command of parsed arguments; the exit codes of `main`, but for wrong usage."""
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except BylineError as error:
        return terminal.fail(str(error))
    except KeyboardInterrupt:
        return terminal.fail("stopped; the index is as it was before")
    except BrokenPipeError:  # the reader of the output has closed it
        _drop_output()
        return 0
    except OSError as error:
        if error.filename or error.errno not in _FULL:
            raise
        _drop_output()
        return terminal.fail(f"the output cannot be written ({error.strerror}): free space where it goes")
    return code


def _drop_output() -> None:
    """Discard what is still to be written, so that the interpreter raises nothing at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def leave(code: int) -> NoReturn:
    """End the process now: torch and its threads take a second to be taken down, or wait for each other."""
    with suppress(BrokenPipeError):
        sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    leave(main())
