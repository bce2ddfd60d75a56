"""The bot in a terminal: the same answers without Telegram. Where lines are piped in, each is one question."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

from rich.console import Console

from bot import strings
from bot.message import LIMIT, Message, cleaned
from bot.translation import tr
from bot.views import answers, citation, quotes, replies, sources, terminal

if TYPE_CHECKING:
    from bot.state import Shown
    from bot.views.replies import Collection

_PROMPT = "> "


def run(collection: Collection) -> None:
    """Answer until the input ends: one question a line, with a prompt where somebody sits at a terminal."""
    out = Console(highlight=False, markup=False, emoji=False)
    if sys.stdin.isatty() and out.is_terminal and not out.is_dumb_terminal:
        with suppress(EOFError, KeyboardInterrupt):
            _converse(collection, out)
        out.print(f"\n{tr(strings.GOODBYE)}")
    else:
        with suppress(KeyboardInterrupt):
            answer_lines(collection, sys.stdin, sys.stdout)


def answer_lines(collection: Collection, lines: TextIO, out: TextIO) -> None:
    """Answer each line in plain text, a blank line between two answers, each at once."""
    chat = Chat(collection)
    for number, line in enumerate(lines):
        messages = chat.reply(line)
        out.write(("\n" if number else "") + "\n\n".join(map(terminal.plain, messages)) + "\n")
        out.flush()


class Chat:
    """One conversation; it remembers its last answer, for `/cite`."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._last: Shown | None = None

    def reply(self, line: str) -> tuple[Message, ...]:
        """What the bot says to one line: a command, or a question."""
        text = cleaned(line).strip()
        told = re.fullmatch(r"/([a-z0-9_]+)(?:\s+(.*))?", text, re.IGNORECASE | re.DOTALL)
        if told and told[1].lower() != "ask":
            return self._said(told[1].lower(), (told[2] or "").strip())
        return (self._answer((told[2] or "") if told else text),)

    def _answer(self, question: str) -> Message:
        if not question:
            return replies.say(tr(strings.EMPTY))
        if len(question) > LIMIT:
            return replies.say(tr(strings.TOO_LONG))
        if quotes.is_quote(question):
            return quotes.quote(question, self._collection)
        found = self._collection.ask(question, answers.K)
        self._last = answers.shown(found)
        return answers.first(found, self._collection)

    def _said(self, name: str, rest: str) -> tuple[Message, ...]:
        match name:
            case "start":
                return (replies.start(self._collection),)
            case "help":
                return (replies.help_(),)
            case "quote":
                return (quotes.quote(rest, self._collection),)
            case "cite":
                cited = self._last and citation.cited(self._last, rest, self._collection, None)
                return (cited or replies.say(tr(strings.CITE_WHAT)),)
            case "sources":
                return sources.pages(self._collection.articles)
            case "privacy":
                return (replies.privacy(telegram=False),)
        return (replies.say(tr(strings.UNKNOWN_COMMAND)),)


def _converse(collection: Collection, out: Console) -> None:
    with suppress(ImportError):
        import readline  # noqa: F401 - importing it gives the prompt its history and editing keys
    chat = Chat(collection)
    last = replies.start(collection)
    terminal.show(out, last)
    out.print(tr(strings.PICK), style="dim")
    while True:
        line = input(_PROMPT).strip()
        if not line:
            continue
        messages = chat.reply(_picked(line, last, collection))
        for message in messages:
            out.print()
            terminal.show(out, message)
        last = messages[-1]
        out.print()


def _picked(line: str, shown: Message, collection: Collection) -> str:
    """The example that a number stands for, when examples are on the screen."""
    picks = [button for row in shown.buttons for button in row if button.data]
    if not (line.isdecimal() and 0 < int(line) <= len(picks)):
        return line
    return replies.example(picks[int(line) - 1].data, collection) or line
