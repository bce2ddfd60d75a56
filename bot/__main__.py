"""The commands of the bot: environment → settings → index → the bot on Telegram, or in this terminal."""

from __future__ import annotations

import argparse
import ctypes
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from dotenv import dotenv_values

from bot import logs
from bot.settings import Settings, SettingsError
from bot.settings import read as read_settings
from retrieval import BylineError, Index, printable

Options = argparse.Namespace


_UNSET = (
    "TELEGRAM_BOT_TOKEN is not set: write /newbot to @BotFather in Telegram and put the token that it gives you into "
    "the file .env as TELEGRAM_BOT_TOKEN=…, then start again. Without one, the same bot in a local web page: "
    "byline demo, or its answers in this terminal: byline chat"
)
_PORT = 8642
_M_ARENA_MAX = -8  # of glibc's malloc.h


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 ended as wanted, 1 an operator's trouble, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m bot", description="Answers out of news articles, word for word.")
    add_bot(parser)
    return execute(parser.parse_args(arguments))


def execute(options: Options) -> int:
    """Run the command of parsed arguments; the exit codes of `main`, but for wrong usage."""
    redact = logs.Redactor(os.environ.get("TELEGRAM_BOT_TOKEN", "").strip() or None)
    _limit_heaps()
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
    """Let all threads share two heaps: glibc has up to eight a core, which cost an idle bot 17 MiB."""
    if sys.platform == "linux" and (mallopt := getattr(ctypes.CDLL(None), "mallopt", None)):
        mallopt(_M_ARENA_MAX, 2)


def _telegram(settings: Settings, _: Options) -> None:
    if settings.token is None:
        raise SettingsError(_UNSET)
    _serve(_load(settings), settings)


def _chat(settings: Settings, _: Options) -> None:
    _talk(_load(settings))


def _demo(settings: Settings, options: Options) -> None:
    from bot import demo, index_loader

    def load() -> dict[str, Index]:
        return index_loader.load_or_build_all(settings.indexes, options.articles, _tell)

    demo.run(settings, options.port, load, lambda line: print(line, flush=True))


def _run(settings: Settings, options: Options) -> None:
    from bot import index_loader  # wrong usage and a missing token are reported before anything heavy loads

    indexes = index_loader.load_or_build_all(settings.indexes, options.articles, _tell)
    if settings.token is None:
        _talk(indexes)
    else:
        _serve(indexes, settings)


def _feedback(settings: Settings, _: Options) -> None:
    from bot.state import State
    from bot.views.admin import gold_lines

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


def _health(settings: Settings, _: Options) -> None:
    from bot import lifecycle

    print(lifecycle.read(settings.state_dir))


def _load(settings: Settings) -> dict[str, Index]:
    from bot import index_loader

    return {name: index_loader.load(folder, _tell) for name, folder in settings.indexes.items()}


def _serve(indexes: Mapping[str, Index], settings: Settings) -> None:
    from bot.telegram import application  # a chat in the terminal needs no Telegram library

    application.serve(settings, indexes)


def _talk(indexes: Mapping[str, Index]) -> None:
    from bot import chat

    _tell("loading the model …")
    first, *_ = indexes.values()
    first.ask(next(iter(first.examples), "news"))

    def warm() -> None:  # what a misspelling or a quote needs; questions are answered meanwhile
        for index in indexes.values():
            index.warm()

    threading.Thread(target=warm, daemon=True).start()
    for stream in (sys.stdin, sys.stdout):
        if not stream.isatty():  # articles are UTF-8, wherever their lines are piped to
            stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    chat.run(indexes)


def _settings(command: str) -> Settings:
    """The settings of the real environment, then of `.env`; what needs no account gets nothing of Telegram's."""
    environment = {**_dotenv(Path(".env")), **os.environ}
    if command in {"chat", "demo"}:
        environment = {name: value for name, value in environment.items() if not name.startswith("TELEGRAM_")}
    return read_settings(environment)


def _dotenv(path: Path) -> Mapping[str, str]:
    try:
        variables = dotenv_values(path, interpolate=False)
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({error.strerror}): mend its rights") from None
    except ValueError:
        raise SettingsError(f"{path} is no UTF-8 text: save it as such, see .env.example") from None
    return {name: value for name, value in variables.items() if value is not None}


def _tell(line: str) -> None:
    print(printable(" ".join(line.split())), file=sys.stderr, flush=True)


def _interrupt(_number: int, _frame: Any) -> NoReturn:
    raise KeyboardInterrupt


def add_bot(parser: argparse.ArgumentParser) -> None:
    """Make `parser` one of the bot: Telegram, or one of its commands."""
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
    """End the process now: a search or a loading model in some thread must not hold up the end."""
    logging.shutdown()
    with suppress(BrokenPipeError):
        sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    leave(main())
