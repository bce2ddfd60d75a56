"""What the command line shows a person: answers, sources, measures, progress; plain text where the output is no terminal.

A passage's lines stand alone, without prefix or wrapping, and an address has a line of its own, so that both can be
piped on. Control and direction characters of an article are never printed to a terminal.
"""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from retrieval.articles.metadata import Evidence
from retrieval.citation import check_command, paragraph_number, passage_id, titled
from retrieval.evaluation.evaluate import Outcome
from retrieval.lint import KINDS, Report
from retrieval.quotes import Change, QuoteCheck
from retrieval.text.normalize import printable
from retrieval.text.paragraphs import markdown_syntax
from retrieval.types import FACTS, Answer, Article, Hit, Mention, Span, Speaker, SpeakerStatements, Statement, Voice

_VERDICTS = {
    "answer": "The articles answer:",
    "related": "These passages come nearest:",
    "nothing": "The articles say nothing on this.",
}
_STATUS = {
    "verbatim": "Word for word in the articles:",
    "altered": "In the articles, but altered:",
    "stitched": "Pieces of the articles, joined:",
    "not-found": "Not in {articles}.",
}
_MARK = "bold yellow"
_MARKED = "Marked sentence"
_FILES_SHOWN = 10  # files of one kind of finding


def console(*, error: bool = False) -> Console:
    """Standard output or standard error: styled and wrapped on a terminal, plain lines elsewhere."""
    plain = Console(stderr=error, highlight=False, markup=False, emoji=False, soft_wrap=True)
    plain.soft_wrap = not plain.is_terminal
    return plain


def counted(number: int, noun: str) -> str:
    """The number with its noun, in the plural unless it is 1."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def show_answer(out: Console, answer: Answer, *, proof_in: Path | None = None) -> None:
    """Print the verdict, then each passage, the sentence that answers marked, above who says it and its source.

    Passages of one article stand together, its source under the first. `proof_in` is the articles' folder where each
    passage is to be followed by what proves it.
    """
    _say(out, _VERDICTS[answer.verdict], "bold")
    for line in remarks(answer):
        _say(out, line, "dim")
    articles: dict[Article, list[Hit]] = {}
    for hit in answer.relevant:
        articles.setdefault(hit.passage.article, []).append(hit)
    for article, hits in articles.items():
        for at, hit in enumerate(hits):
            out.print()
            if at == 1:
                _say(out, "From the same article:")
            _show_hit(out, hit)
            if at == 0:
                _show_source(out, article)
                if hit.also_in:
                    _say(out, f"also in: {', '.join(hit.elsewhere)}", "italic")
            if proof_in is not None:
                for line in _proof(hit, proof_in):
                    _say(out, line, "dim")


def remarks(answer: Answer) -> Iterator[str]:
    """What else is to be known of an answer, one line each."""
    name, author = (" ".join((each or "").split()) for each in (answer.speaker, answer.author))
    lines = (
        f"searched for: {answer.searched}" if answer.searched else "",
        f"written by {author}" if author else "",
        f"they may be others’ words than {name}’s" if answer.maybe_others else "",
        f"no words in the articles are surely those of {name}" if answer.silenced else "",
        f"no article has: {', '.join(answer.unknown)}" if answer.unknown else "",
        f"the articles are in another language than the question: {answer.language}" if answer.language else "",
        f"changed since the index was built: {', '.join(answer.changed)}" if answer.changed else "",
        f"no article fits: {', '.join(answer.unmet)}" if answer.unmet else "",
        no_date(answer.undatable) if answer.undatable else "",
        f"left out because they state no date: {counted(answer.undated, 'article')}" if answer.undated else "",
    )
    return filter(None, lines)


def no_date(limits: Sequence[str]) -> str:
    """That these limits are no dates, and how to write one."""
    return f"no date: {', '.join(limits)}; write YYYY-MM-DD, YYYY-MM or YYYY"


def said_by(speaker: Speaker | None, voice: Voice) -> str:
    """Whose words, on one line; "" where that is unclear."""
    if speaker is None:
        return "the article’s own words" if voice == "article" else ""
    via = f"via {speaker.via}" if speaker.via else None
    return " ".join(", ".join(filter(None, (*titled(speaker), via))).split())


def show_quote(out: Console, check: QuoteCheck) -> None:
    """Print what became of a quote, then each place, whose words it is, and what differs there."""
    articles = "this article" if check.articles == 1 else f"these {check.articles:,} articles"
    _say(out, _STATUS[check.status].format(articles=articles), "bold")
    if check.misattributed:
        names = dict.fromkeys(" ".join(match.speaker.name.split()) for match in check.matches if match.speaker)
        _say(out, f"Not the words of the one it is given to, but of {' and '.join(names)}.")
    for match in check.matches:
        out.print()
        out.print(_stretch(out, match.article, match.start, match.end))
        if match.speaker:
            _say(out, f"— {said_by(match.speaker, 'speaker')}")
        if match.quoted_by:
            _say(out, f"— quoted by {said_by(match.quoted_by, 'speaker')}")
        for change in match.changes:
            _say(out, f"  {_change(change)}", "yellow")
        _show_source(out, match.article)
    for each in check.earlier:
        _say(out, f"\nSince changed, on {each.until}. It said:", "bold")
        out.print(_stretch(out, each.earlier, each.start, each.end))
        for match in each.now.matches if each.later not in [match.article for match in check.matches] else ():
            _say(out, "It says now:", "bold")
            out.print(_stretch(out, match.article, match.start, match.end))
        _show_source(out, each.later)


def show_statements(out: Console, statements: Sequence[Statement], nothing: str) -> None:
    """Print statements under the attribution of their article and their speaker; `nothing` where there are none."""
    show_mentions(out, [Mention(statement, ()) for statement in statements], nothing)


def show_mentions(out: Console, mentions: Sequence[Mention], nothing: str) -> None:
    """Print each sentence, what was looked for marked, under its article and its speaker, each named once in a row."""
    if not mentions:
        _say(out, nothing)
    article: Article | None = None
    speaker = ""
    for mention in mentions:
        statement = mention.statement
        if statement.article is not article:
            if article:
                out.print()
            article, speaker = statement.article, ""
            _show_source(out, article, "bold cyan")
        words = said_by(statement.speaker, statement.voice) or "unclear whose words"
        if words != speaker:
            _say(out, words, "italic")
        speaker = words
        out.print(_stretch(out, statement.article, statement.start, statement.end, {_MARK: mention.matches}))


def show_speakers(out: Console, groups: Sequence[SpeakerStatements], nothing: str) -> None:
    """Print each speaker's name and statements; `nothing` where nobody speaks."""
    if not groups:
        _say(out, nothing)
    for number, group in enumerate(groups):
        if number:
            out.print()
        _say(out, " ".join(group.name.split()), "bold")
        show_statements(out, group.statements, nothing)


def show_article(
    out: Console, article: Article, taken_in: str, evidence: Mapping[str, Evidence | None] | None = None
) -> None:
    """Print one article's file, what it states about itself (and where), what it does not, and when it was taken in."""
    _say(out, article.file, "bold")
    facts = {name: getattr(article, name) for name in FACTS}
    for name, value in facts.items():
        if value:
            out.print(Text(f"  {name}: ").append(printable(value)))
            if evidence is not None:
                _say(out, f"    {_where(article, evidence.get(name))}", "dim")
    missing = [name for name, value in facts.items() if not value]
    if missing:
        _say(out, f"  not stated: {', '.join(missing)}", "dim")
    for line in article.shared if evidence is not None else ():
        _say(out, f"  on other pages as well: {printable(line)}", "dim")
    _say(out, f"  taken in: {taken_in[:10]} {taken_in[11:16]} UTC", "dim")


def _where(article: Article, evidence: Evidence | None) -> str:
    """The line that states a fact, its first words, and how sure the fact is."""
    if evidence is None:
        return "stated outside the text: front matter, record or tags of the page"
    number = article.text.count("\n", 0, evidence.line.start) + 1
    line = printable(evidence.line.words[:60])
    return f"line {number} ({evidence.kind}, {evidence.chance:.2f}): {line}"


def show_measures(out: Console, groups: Mapping[str, Mapping[str, float | None]], sizes: Mapping[str, int]) -> None:
    """Print one line of measures for each group of questions."""
    names = list(next(iter(groups.values())))
    width = max(map(len, groups))
    out.print(" ".join([" " * width, "   n", *names]))
    for group, measures in groups.items():
        cells = [("–" if value is None else f"{value:.3f}").rjust(len(name)) for name, value in measures.items()]
        out.print(" ".join([group.ljust(width), f"{sizes[group]:4}", *cells]))


def show_missed(out: Console, outcome: Outcome) -> None:
    """Print a question that went wrong, what was wanted, and what came instead."""
    gold, answer = outcome.gold, outcome.answer
    out.print()
    _say(out, f"{gold.id or ''} [{gold.type}] {gold.question}", "bold")
    for snippet in [s for s in gold.snippets if s.full][:1]:
        _say(out, f"  wanted: {snippet.file}: {snippet.text}")
    came = f"{answer.hits[0].passage.article.file}: {answer.hits[0].marked}" if answer.hits else "no passage"
    _say(out, f"  came:   {answer.verdict} {answer.confidence:.2f} {came}")


def show_findings(out: Console, report: Report) -> None:
    """A line for each kind of finding with what to do, then the files of each kind."""
    number = counted(report.articles, "article")
    shares = f"{report.boilerplate:.0%} of the text is boilerplate, the speaker of {report.unclear:.0%} of the sentences is unclear"
    _say(out, f"{number}; {shares}", "bold")
    groups = {kind: [each for each in report.findings if each.kind == kind] for kind in KINDS}
    groups = {kind: findings for kind, findings in groups.items() if findings}
    width = max((len(KINDS[kind].title) for kind in groups), default=0)
    for kind, findings in groups.items():
        title, todo, serious = KINDS[kind]
        out.print(
            Text(f"{title:<{width}} {len(findings):6,}  ", style="bold red" if serious else "").append(todo, "dim")
        )
    for kind, findings in groups.items():
        out.print()
        _say(out, KINDS[kind].title, "bold")
        for finding in findings[:_FILES_SHOWN]:
            title = f" ({finding.title})" if finding.title else ""
            detail = "" if kind.startswith("no-") else f": {finding.detail}"
            _say(out, f"  {finding.file}{title}{detail}")
        if len(findings) > _FILES_SHOWN:
            out.print(f"  and {len(findings) - _FILES_SHOWN:,} more; --json lists all")


@contextmanager
def progress(err: Console) -> Iterator[Callable[[str, int, int], None]]:
    """A bar on a terminal; elsewhere a line for each kind of work, and then at each tenth of it, at most one a second."""
    if err.is_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=err, transient=True) as bar:
            task = bar.add_task("reading", total=None)
            yield lambda what, done, total: bar.update(task, description=what, completed=done, total=total)
    else:
        yield _Tenths(err)


class _Tenths:
    def __init__(self, err: Console) -> None:
        self._err, self._shown, self._next = err, ("", -1), 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        tenth = (what, 10 * done // max(total, 1))
        if what != self._shown[0] or (tenth != self._shown and time.monotonic() >= self._next):
            self._shown, self._next = tenth, time.monotonic() + 1
            self._err.print(f"{what}: {done} of {total}")


def _show_hit(out: Console, hit: Hit) -> None:
    """The passage, then whose words: where nothing can stand out, the sentence is repeated above them."""
    passage, name = hit.passage, said_by(hit.speaker, hit.voice)
    part = hit.highlight != (passage.start, passage.end)
    marks = {_MARK: [hit.highlight] if part else [], "underline": [hit.span] if hit.span else []}
    out.print(_stretch(out, passage.article, passage.start, passage.end, marks))
    if part and not out.is_terminal:
        out.print(f"{_MARKED}:")
        out.print(_stretch(out, passage.article, *hit.highlight))
    if name:
        label = f"{_MARKED}: " if part and out.is_terminal and not hit.whole else "— "
        _say(out, label + name)


def _say(out: Console, text: str, style: str = "") -> None:
    """A text in one style, without what would steer a terminal."""
    out.print(Text(printable(text), style=style))


def _show_source(out: Console, article: Article, style: str = "italic") -> None:
    _say(out, " · ".join(article.attribution), style)
    if article.url:
        _say(out, article.url, "cyan")


def _stretch(
    out: Console, article: Article, start: int, end: int, marks: Mapping[str, Sequence[Span]] | None = None
) -> Text:
    """A stretch of an article with its marks by their styles; a terminal shows it without those of Markdown."""
    hidden = markdown_syntax(article, start, end) if out.is_terminal else ()
    marked = {
        style: [span for span in spans if start <= span[0] and span[1] <= end] for style, spans in (marks or {}).items()
    }
    cuts = sorted({start, end, *itertools.chain(*hidden, *itertools.chain(*marked.values()))})
    shown = Text()
    for first, last in itertools.pairwise(cuts):
        if not any(a <= first < b for a, b in hidden):
            styles = (style for style, spans in marked.items() if any(a <= first < b for a, b in spans))
            shown.append(printable(article.text[first:last]), " ".join(styles))
    return shown


def _proof(hit: Hit, folder: Path) -> Iterator[str]:
    """File, hash, offsets, and commands that show the same bytes; a text taken out of its file has offsets of its own."""
    passage, article = hit.passage, hit.passage.article
    yield f"passage: {passage_id(passage)}"
    stands = f"paragraph {paragraph_number(article, passage.start)}, characters [{passage.start}, {passage.end})"
    yield f"file: {article.file}, {stands}, sha256 {article.sha256}"
    path = folder / article.file
    yield f"check: {check_command(passage, path) or f'byline verify (the text was taken out of {path})'}"


def _change(change: Change) -> str:
    flags = f" [{', '.join(change.flags)}]" if change.flags else ""
    own = " (the quoter’s own mark)" if change.by_quoter else ""
    return f"article: {change.original or '–'} | quote: {change.quoted or '–'}{flags}{own}"


def fail(message: str) -> int:
    """Print an operator's trouble as one line on standard error; the exit code that goes with it."""
    print(" ".join(printable(message).split()), file=sys.stderr)
    return 1
