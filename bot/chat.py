"""The bot in a terminal: the same answers without Telegram. Where lines are piped in, each is one question.

Messages are styled and wrapped where somebody looks at one, plain lines in a pipe: there a passage stands word for word with
nothing before its lines, and an address has a line of its own. Characters that control a terminal are never printed to one.
"""

from __future__ import annotations

import re
import secrets
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import TextIO

from rich.console import Console
from rich.text import Text

from bot import conversation, strings
from bot.exchange import FrontEnd, Request
from bot.message import MARKED, Message, Quote, Run, cleaned, visible
from bot.state import AnswerRecord, Recent
from bot.translation import tr
from bot.views import replies
from bot.views.buttons import Offers
from retrieval import BylineError, Index, printable

SEPARATOR = "─" * 8  # between two piped answers, which may have blank lines
_REMEMBERED = 100  # answers

_PROMPT = "> "


def run(collections: Mapping[str, Index]) -> None:
    """Answer until the input ends: one question a line, with a prompt where somebody sits at a terminal."""
    out = Console(highlight=False, markup=False, emoji=False)
    if sys.stdin.isatty() and out.is_terminal and not out.is_dumb_terminal:
        with suppress(EOFError, KeyboardInterrupt):
            _converse(collections, out)
        out.print(f"\n{tr(strings.GOODBYE)}")
    else:
        with suppress(KeyboardInterrupt):
            answer_lines(collections, sys.stdin, sys.stdout)


def answer_lines(collections: Mapping[str, Index], lines: TextIO, out: TextIO) -> None:
    """Answer each line in plain text, each at once, and `SEPARATOR` on a line of its own between two answers.

    Raises `OutputError` where the disk that `out` goes to is full.
    """
    chat = Chat(collections)
    for number, line in enumerate(lines):
        answer = "\n\n".join(map(plain, chat.reply(line)))
        shown = printable(answer) if out.isatty() else answer  # word for word, but where it would steer a screen
        try:
            out.write((f"\n{SEPARATOR}\n\n" if number else "") + shown + "\n")
            out.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputError(f"the answers cannot be written ({error.strerror}): free space where they go") from None


class OutputError(BylineError):
    """The answers cannot be written."""


class Chat:
    """One conversation, and the memory of its answers."""

    offers = Offers(votes=False)
    kept_days: int | None = None
    votes_days: int | None = None

    def __init__(self, collections: Mapping[str, Index]) -> None:
        """`collections` by name, the one that answers first at the beginning."""
        self._all, self.collections = collections, tuple(collections)
        self._chosen = self.collections[0]
        self._answers: Recent[str, AnswerRecord] = Recent(_REMEMBERED)
        self._last = ""

    @property
    def collection(self) -> Index:
        """The collection that answers now."""
        return self._all[self._chosen]

    def reply(self, line: str) -> tuple[Message, ...]:
        """What the bot says to one line: a command, or a question."""
        text = cleaned(line).strip()
        command = re.fullmatch(r"/([a-z0-9_]+)(?:\s+(.*))?", text, re.IGNORECASE | re.DOTALL)
        request = Request(
            (command[2] or "").strip() if command else text,
            FrontEnd("terminal"),
            command[1].lower() if command else None,
            self._last,
            collection=self._chosen,
        )
        reply = conversation.respond(request, self.collection, self)
        self._chosen = reply.chosen or self._chosen
        self._last = reply.key or self._last
        if request.command == "forget":
            self._answers.clear()
            self._last, self._chosen = "", self.collections[0]
        return reply.messages

    def keep(self, record: AnswerRecord) -> str:
        """Remember an answer; its key."""
        key = secrets.token_urlsafe(8)
        self._answers[key] = record
        return key

    def recall(self, key: str) -> AnswerRecord | None:
        """The answer of a key, if it is remembered."""
        return self._answers.get(key)


def _converse(collections: Mapping[str, Index], out: Console) -> None:
    with suppress(ImportError):
        import readline  # noqa: F401 - importing it gives the prompt its history and editing keys
    chat = Chat(collections)
    last = replies.start(chat.collection)
    show(out, last)
    out.print(tr(strings.PICK), style="dim")
    while True:
        line = input(_PROMPT).strip()
        if not line:
            continue
        messages = chat.reply(_picked(line, last, chat.collection))
        for message in messages:
            out.print()
            show(out, message)
        last = messages[-1]
        if any(button.data == replies.EXAMPLES for row in last.buttons for button in row):
            out.print(f"1. {tr(strings.EXAMPLES)}", style="dim")
        out.print()


def _picked(line: str, shown: Message, collection: Index) -> str:
    """The question, or `/examples`, that a number stands for where such buttons are on the screen; else the line itself."""
    picks = [button for row in shown.buttons for button in row if button.data]
    if not (line.isdecimal() and 0 < int(line) <= len(picks)):
        return line
    data = picks[int(line) - 1].data
    return "/examples" if data == replies.EXAMPLES else replies.example(data, collection) or line


_STYLES = {
    "plain": "",
    "join": "",
    "label": "",
    "bold": "bold",
    "italic": "italic",
    "code": "",
    "syntax": "",
    "mark": "bold underline",
    "span": "bold underline",
    "link": "cyan underline",
}
_BAR = "│ "


def plain(message: Message) -> str:
    """The message as plain lines, passages as they stand in their files."""
    blocks = [""]
    for part in message.parts:
        if isinstance(part, Quote):
            blocks += [_quoted(part), ""]
        else:
            blocks[-1] += _plain_run(part)
    # Only the bot's own blocks are trimmed: what is between two of them stands as it is in its file.
    blocks[::2] = [block.strip() for block in blocks[::2]]
    return "\n\n".join(filter(None, blocks))


def show(out: Console, message: Message) -> None:
    """Print the message on a terminal, quotes behind a bar, the sentence that answers underlined, what was asked bold."""
    line = Text()
    for part in message.parts:
        if isinstance(part, Quote):
            _flush(out, line)
            line = Text()
            _quote(out, part)
        else:
            line.append(
                _harmless(part).text if part.style == "label" else _plain_run(_harmless(part)), _STYLES[part.style]
            )
    _flush(out, line)


def _quoted(quote: Quote) -> str:
    text = "".join(run.text for run in quote.runs)
    if all(run.style != "mark" for run in quote.runs):
        return text
    places = [at for at, run in enumerate(quote.runs) if run.style in MARKED]
    marked = "".join(run.text for run in quote.runs[places[0] : places[-1] + 1])
    return f"{text}\n\n{tr(strings.ANSWERING)}\n{marked}"


def _plain_run(run: Run) -> str:
    """A run as plain text: a dash for a label, the address for a link."""
    return {"join": "\n", "label": "— "}.get(run.style) or run.href or run.text


def _flush(out: Console, line: Text) -> None:
    line.rstrip()
    if line.plain.startswith("\n"):  # a quote has ended its own line
        line = line[1:]
    if line:
        out.print(line)


def _quote(out: Console, quote: Quote) -> None:
    runs = visible(quote)
    styles = {**_STYLES, "mark": "underline"} if any(run.style == "span" for run in runs) else _STYLES
    text = Text.assemble(*((_harmless(run).text, styles[run.style]) for run in runs))
    if quote.collapsed:
        text.stylize("dim")
    for line in text.wrap(out, max(out.width - len(_BAR), 20)):
        out.print(Text.assemble((_BAR, "dim"), line))


def _harmless(run: Run) -> Run:
    return Run(printable(cleaned(run.text)), run.style, run.href)
