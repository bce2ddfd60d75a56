"""The command `byline`: every command of `python -m retrieval` and of `python -m bot` under one name."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from typing import NoReturn

BOT = ("run", "chat", "demo", "feedback", "health")  # commands of the bot that need no `bot` before them
_DESCRIPTION = (
    "Answers questions out of a folder of news articles: with the passage itself, word for word, and its source."
)
_EPILOG = """\
byline COMMAND --help says more of a command. To begin with:

  byline build my-articles                       index a folder; a stale index is built again by byline run
  byline ask "Who met whom?"                     the passages that answer
  byline quote "The drumbeat of war is loud"     whether the articles say so, word for word
  byline bot                                     the same on Telegram; .env.example has the settings
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 an operator's trouble, 2 wrong usage."""
    from bot import __main__ as bot
    from retrieval import __main__ as retrieval

    parser = argparse.ArgumentParser(
        prog="byline",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    retrieval.add_commands(commands)
    bot.add_commands(commands, BOT)
    telegram = "answer on Telegram"
    bot.add_bot(commands.add_parser("bot", help=telegram, description=telegram))
    options = parser.parse_args(arguments)
    code: int = options.execute(options)
    return code


def run() -> NoReturn:
    """What is installed as `byline`: ends at once, whatever a thread of a library is still doing."""
    try:
        code = main()
    except KeyboardInterrupt:  # before any command began
        os._exit(130)
    from bot.__main__ import leave

    leave(code)


if __name__ == "__main__":
    run()
