"""What the command line shows a person: answers, sources, measures, progress; plain where nobody's terminal is.

A passage's lines stand alone, without prefix or wrapping, and an address has a line of its own, so that both can be
piped on. What would steer a terminal (control and direction characters of an article) never reaches it.
"""

from __future__ import annotations

import sys
import unicodedata
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from retrieval.evaluate import Outcome
    from retrieval.types import Answer, Article, Hit

_VERDICTS = {
    "answer": "The articles answer:",
    "related": "The articles do not answer this; these passages are near it:",
    "nothing": "The articles say nothing on this.",
}
_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_FACTS = ("title", "publisher", "source", "distributor", "author", "date", "url")


def console(*, error: bool = False) -> Console:
    """Standard output or standard error: styled and wrapped on a terminal, plain lines elsewhere."""
    plain = Console(stderr=error, highlight=False, markup=False, emoji=False, soft_wrap=True)
    plain.soft_wrap = not plain.is_terminal
    return plain


def safe(text: str) -> str:
    """The text without what moves a cursor, colours or reverses what follows; lines, tabs and joiners stay."""
    return "".join(c for c in text if c in "\n\t" or not (unicodedata.category(c) in {"Cc", "Cs"} or c in _DIRECTION))


def show_answer(out: Console, answer: Answer) -> None:
    """Print the verdict, then each passage under its attribution, the sentence that answers marked."""
    out.print(Text(_VERDICTS[answer.verdict], style="bold"))
    if answer.searched:
        out.print(Text(safe(f"searched for: {answer.searched}"), style="dim"))
    for hit in answer.hits:
        out.print()
        out.print(Text(safe(" · ".join(hit.passage.article.attribution)), style="bold cyan"))
        if hit.passage.article.url:
            out.print(Text(safe(hit.passage.article.url), style="cyan"))
        out.print(_passage(hit))


def show_article(out: Console, article: Article) -> None:
    """Print one article's file, what it states about itself, and what it does not state."""
    out.print(Text(safe(article.file), style="bold"))
    facts = {name: getattr(article, name) for name in _FACTS}
    for name, value in facts.items():
        if value:
            out.print(Text(f"  {name}: ").append(safe(value)))
    missing = [name for name, value in facts.items() if not value]
    if missing:
        out.print(Text(f"  not stated: {', '.join(missing)}", style="dim"))


def show_measures(out: Console, groups: Mapping[str, Mapping[str, float | None]], sizes: Mapping[str, int]) -> None:
    """Print one line of measures for each group of questions."""
    names = list(next(iter(groups.values())))
    width = max(map(len, groups))
    out.print(" ".join([" " * width, "   n", *names]))
    for group, measures in groups.items():
        cells = [_cell(measures[name]).rjust(len(name)) for name in names]
        out.print(" ".join([group.ljust(width), f"{sizes[group]:4}", *cells]))


def show_missed(out: Console, outcome: Outcome) -> None:
    """Print a question that went wrong, what was wanted, and what came instead."""
    gold, answer = outcome.gold, outcome.answer
    out.print()
    out.print(Text(safe(f"{gold.id or ''} [{gold.type}] {gold.question}"), style="bold"))
    for snippet in [s for s in gold.snippets if s.full][:1]:
        out.print(Text(safe(f"  wanted: {snippet.file}: {snippet.text}")))
    came = f"{answer.hits[0].passage.article.file}: {_marked(answer.hits[0])}" if answer.hits else "no passage"
    out.print(Text(safe(f"  came:   {answer.verdict} {answer.confidence:.2f} {came}")))


@contextmanager
def progress(err: Console) -> Iterator[Callable[[str, int, int], None]]:
    """A bar on a terminal; elsewhere a line for each tenth of the work."""
    if err.is_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=err, transient=True) as bar:
            task = bar.add_task("reading", total=None)
            yield lambda what, done, total: bar.update(task, description=what, completed=done, total=total)
    else:
        yield _Tenths(err)


class _Tenths:
    def __init__(self, err: Console) -> None:
        self._err, self._told = err, ("", -1)

    def __call__(self, what: str, done: int, total: int) -> None:
        tenth = (what, 10 * done // max(total, 1))
        if tenth != self._told:
            self._told = tenth
            self._err.print(f"{what}: {done} of {total}")


def _passage(hit: Hit) -> Text:
    text, passage = hit.passage.article.text, hit.passage
    start, end = hit.highlight
    return Text.assemble(
        safe(text[passage.start : start]), (safe(text[start:end]), "bold yellow"), safe(text[end : passage.end])
    )


def _marked(hit: Hit) -> str:
    start, end = hit.highlight
    return hit.passage.article.text[start:end]


def _cell(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def fail(message: str) -> int:
    """Print an operator's trouble as one line on standard error; the exit code that goes with it."""
    print(" ".join(safe(message).split()), file=sys.stderr)
    return 1
