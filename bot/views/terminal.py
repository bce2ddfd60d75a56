"""A `Message` in a terminal: styled and wrapped where somebody looks at one, plain lines in a pipe.

In plain lines a passage stands word for word with nothing before its lines, and an address has a line of its own.
Characters that control a terminal are never printed to one.
"""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from bot import strings
from bot.message import Message, Quote, Run, cleaned, visible
from bot.translation import tr
from retrieval import printable

_STYLES = {
    "plain": "",
    "join": "",
    "label": "",
    "bold": "bold",
    "italic": "italic",
    "code": "",
    "syntax": "",
    "mark": "bold underline",
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
    """Print the message on a terminal, quotes behind a bar, what answers underlined."""
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
    whole = "".join(run.text for run in quote.runs)
    places = [at for at, run in enumerate(quote.runs) if run.style == "mark"]
    if not places:
        return whole
    marked = "".join(run.text for run in quote.runs[places[0] : places[-1] + 1])
    return f"{whole}\n\n{tr(strings.ANSWERING)}\n{marked}"


def _plain_run(run: Run) -> str:
    """A run as plain text; after the marked sentence that stands alone a dash says whose it is."""
    return {"join": "\n", "label": "— "}.get(run.style) or run.href or run.text


def _flush(out: Console, line: Text) -> None:
    line.rstrip()
    if line.plain.startswith("\n"):  # a quote has ended its own line
        line = line[1:]
    if line:
        out.print(line)


def _quote(out: Console, quote: Quote) -> None:
    text = Text.assemble(*((_harmless(run).text, _STYLES[run.style]) for run in visible(quote)))
    if quote.collapsed:
        text.stylize("dim")
    for line in text.wrap(out, max(out.width - len(_BAR), 20)):
        out.print(Text.assemble((_BAR, "dim"), line))


def _harmless(run: Run) -> Run:
    return Run(printable(cleaned(run.text)), run.style, run.href)
