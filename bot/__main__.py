"""The commands of the bot: environment → settings → index → the bot on Telegram, or in this terminal."""

from __future__ import annotations

import argparse
import ctypes
import faulthandler
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from dotenv import dotenv_values

from bot import lifecycle, logs
from bot.settings import Settings, SettingsError
from bot.settings import read as read_settings
from bot.state import Entry, State
from retrieval import BylineError, Index, printable

Options = argparse.Namespace

_UNSET = (
    "TELEGRAM_BOT_TOKEN is not set: write /newbot to @BotFather in Telegram and put the token that it gives you into "
    "the file .env as TELEGRAM_BOT_TOKEN=…, then start again. Without one, the same bot in a local web page: "
    "byline demo, or its answers in this terminal: byline chat"
)
_PORT = 8642
_CUT_OFF = (
    b"a file of the index was cut off or overwritten in its place while it was in use: the bot ends; start it again, and put "
    b"other files there by `byline build` or `byline copy`, or under other names\n"
)
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8  # of glibc's malloc.h
_LARGE = 128 * 1024  # bytes


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 ended as wanted, 1 an operator's trouble, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m bot", description="Answers out of news articles, word for word.")
    add_bot(parser)
    return execute(parser.parse_args(arguments))


def execute(options: Options) -> int:
    """Run the command of parsed arguments; returns 0 or 1 as `main` does."""
    redact = logs.Redactor(os.environ.get("TELEGRAM_BOT_TOKEN", "").strip() or None)
    _limit_heaps()
    _say_crashes()
    os.environ.setdefault("PTB_TIMEDELTA", "true")  # else the Telegram library warns of a change to come
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell may have started the process with SIGINT ignored
        signal.signal(number, _interrupt)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:  # a terminal is closed; nohup has that ignored
        signal.signal(signal.SIGHUP, _interrupt)
    try:
        settings = _settings(options.command)
        redact = logs.Redactor(settings.token)
        logs.set_up(settings.log_level, redact)
        run, _ = _COMMANDS[options.command]
        run(settings, options)
        sys.stdout.flush()
    except BylineError as error:
        print(printable(redact(" ".join(str(error).split()))), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    except BrokenPipeError:  # whoever reads the output has closed it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception:
        logging.getLogger(__name__).critical("this should not have happened", exc_info=True)
        return 1
    return 0


def _limit_heaps() -> None:
    """Let all threads share two heaps: glibc has up to eight a core, which cost an idle bot 17 MiB.

    What is large is given back when it is freed: glibc would soon keep up to 32 MiB of it, which cost 5 MiB.
    """
    if sys.platform == "linux" and (mallopt := getattr(ctypes.CDLL(None), "mallopt", None)):
        mallopt(_M_ARENA_MAX, 2)
        mallopt(_M_MMAP_THRESHOLD, _LARGE)


def _say_crashes() -> None:
    """Let standard error say where a crash outside of Python happens, and in one line that a mapped file was cut off (SIGBUS).

    Python's own handlers of signals run after the read that failed, which never ends: this one is the C library's.
    """
    faulthandler.enable(2)
    if hasattr(signal, "SIGBUS"):
        ctypes.CDLL(None).signal(int(signal.SIGBUS), _ON_SIGBUS)


def _end_cut_off(_number: int) -> None:
    os.write(2, _CUT_OFF)
    os._exit(1)


_ON_SIGBUS = ctypes.CFUNCTYPE(None, ctypes.c_int)(_end_cut_off)


def _telegram(settings: Settings, _: Options) -> None:
    if settings.token is None:
        raise SettingsError(_UNSET)
    _serve(_load(settings), settings)


def _chat(settings: Settings, _: Options) -> None:
    _talk(_load(settings))


def _demo(settings: Settings, options: Options) -> None:
    from bot import demo

    demo.run(settings, options.port, lambda: _load_or_build(settings, options), partial(print, flush=True))


def _run(settings: Settings, options: Options) -> None:
    collections = _load_or_build(settings, options)
    if settings.token is None:
        _talk(collections)
    else:
        _serve(collections, settings)


def _health(settings: Settings, _: Options) -> None:
    print(lifecycle.health(settings.state_dir))


def _feedback(settings: Settings, _: Options) -> None:
    state = State(settings.state_dir, settings.feedback, repairs=False)  # the bot may be at work with it
    try:
        entries = state.ledger().result()
        questions = list(gold_lines(entries, *_load(settings).values())) if entries else []
    finally:
        state.close()
    for line in questions:
        print(line)
    votes = f"{sum(entry.up for entry in entries)} up, {sum(entry.down for entry in entries)} down"
    _tell(
        f"notes: {len(entries)}, with their question: {len(questions)} ({votes}); FEEDBACK=questions keeps the questions"
    )


def gold_lines(ledger: Iterable[Entry], *collections: Index) -> Iterator[str]:
    """Votes as lines of a gold file: one for each entry whose question was kept; its answer is of one of the collections.

    A passage voted up is its question's answer. Where one was voted down, or nothing answered, a person has to say what is
    right: `require` is then "review", which `byline evaluate` passes over.
    """
    for entry in ledger:
        if entry.answer.question is not None:
            yield json.dumps(_gold(entry, collections), ensure_ascii=False)


def _gold(entry: Entry, collections: Sequence[Index]) -> dict[str, Any]:
    is_right = entry.answer.verdict == "answer" and entry.up > entry.down
    answers = [answer for each in collections for answer in _answer_in(entry, each)] if is_right else []
    return {
        "id": f"feedback-{entry.key}",
        "question": entry.answer.question,
        "type": "feedback",
        "answers": answers[:1],
        "require": "any" if answers else "review",
        "note": f"{entry.day}: {entry.answer.verdict}, {entry.up} up, {entry.down} down",
    }


def _answer_in(entry: Entry, collection: Index) -> list[dict[str, str]]:
    """The sentence that was shown as the answer; none where the collection does not have it any more."""
    id_, start, end, *_ = entry.answer.places[0]
    try:
        article = collection.hit(id_, (start, end)).passage.article
    except ValueError:
        return []
    return [{"file": article.file, "snippet": article.text[start:end], "grade": "full"}]


def _load(settings: Settings) -> dict[str, Index]:
    from bot import indexes  # wrong usage and a missing token are reported before anything heavy loads

    return {name: indexes.load(folder, _tell) for name, folder in settings.indexes.items()}


def _load_or_build(settings: Settings, options: Options) -> dict[str, Index]:
    from bot import indexes

    return indexes.load_or_build_all(settings.indexes, options.articles, _tell)


def _serve(collections: Mapping[str, Index], settings: Settings) -> None:
    from bot.telegram import application  # a chat in the terminal needs no Telegram library

    application.serve(settings, collections)


def _talk(collections: Mapping[str, Index]) -> None:
    from bot import chat

    _tell("loading the model …")
    first, *_ = collections.values()
    first.ask(next(iter(first.examples), "news"))

    def warm() -> None:  # what a misspelling or a quote needs; questions are answered meanwhile
        for index in collections.values():
            index.warm()

    threading.Thread(target=warm, daemon=True).start()
    for stream in (sys.stdin, sys.stdout):
        if not stream.isatty():  # articles are UTF-8, wherever their lines are piped to
            stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    chat.run(collections)


def _settings(command: str) -> Settings:
    """The settings from the environment, else from `.env`; commands without an account get none of Telegram's."""
    path = Path(".env")
    try:
        file = dotenv_values(path, interpolate=False)
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({error.strerror}): mend its rights") from None
    except ValueError:
        raise SettingsError(f"{path} is no UTF-8 text: save it as such, see .env.example") from None
    variables = {name: value for name, value in {**file, **os.environ}.items() if value is not None}
    if command in {"chat", "demo"}:
        variables = {name: value for name, value in variables.items() if not name.startswith("TELEGRAM_")}
    return read_settings(variables)


def _tell(line: str) -> None:
    print(printable(" ".join(line.split())), file=sys.stderr, flush=True)


def _interrupt(_number: int, _frame: Any) -> NoReturn:
    raise KeyboardInterrupt


def add_bot(parser: argparse.ArgumentParser) -> None:
    """Add the bot's commands to `parser`; without a command it means Telegram."""
    parser.set_defaults(command="telegram", execute=execute)
    commands = parser.add_subparsers(metavar="COMMAND")
    add_commands(commands, _COMMANDS)


def add_commands(subparsers: Any, names: Iterable[str]) -> None:
    """Add parsers of commands to what `ArgumentParser.add_subparsers` returned; `execute` runs what it parses."""
    for name in names:
        _, help_ = _COMMANDS[name]
        mode = subparsers.add_parser(name, help=help_, description=help_)
        mode.set_defaults(command=name, execute=execute)
        if name == "feedback":
            mode.add_argument("what", choices=["export"], help="one JSON line a question, in the shape of a gold file")
        if name in {"demo", "run"}:
            default = "default: what the index was built of, else seeds"
            mode.add_argument("--articles", type=Path, metavar="FOLDER", help=default)
        if name == "demo":
            mode.add_argument("--port", type=_port, default=_PORT, help=f"the page's, on loopback; default: {_PORT}")


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is no port from 0 to 65535")
    return int(text)


_COMMANDS = {
    "telegram": (_telegram, "answer on Telegram (the default without a command)"),
    "chat": (_chat, "answer in this terminal; piped lines are questions"),
    "demo": (_demo, "try the bot in a local web page, without an account"),
    "feedback": (_feedback, "print what users voted on as questions with their answers"),
    "run": (
        _run,
        "build the index if it is missing or stale; then answer on Telegram with a token, else in this terminal",
    ),
    "health": (_health, "check that the bot of this STATE_DIR is in contact with Telegram: exit code 0, else 1"),
}


def leave(code: int) -> NoReturn:
    """End the process now: a thread that searches or loads a model must not delay it."""
    logging.shutdown()
    with suppress(OSError):  # nobody reads it, or the disk is full: what could not be written has been said
        sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    leave(main())
