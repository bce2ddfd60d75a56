"""A hit → its card: the passage as a quote, who says it, and one line that names its source.

This module decides in which order a source is named and how a quote is cut: at the ends of sentences, around what answers,
and never in the attribution.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot import strings
from bot.message import LIMIT, ROOM, Part, Quote, Run, Style, aside, bold, cleaned, parts, visible
from bot.translation import tr
from bot.views.buttons import address
from retrieval import Article, Hit, Passage, Speaker, in_sentence, markdown_syntax, titled

Span = tuple[int, int]


_LONGEST_FACT = 300  # a longer "title" is not one; without a bound a file could push the quote out of the message
AROUND = (200, 900, LIMIT)  # characters of context on either side, step by step
_ALSO_IN = 5  # other outlets of the same story that are named
_SHORTEST = 40  # code points of a sentence that is cut; with less room there is no card
_OPEN = 400  # characters of context on one side that push the marked sentence off no screen; more are folded
_LINE = re.compile(r"[^\n]*\S[^\n]*")  # one that says something
_WORDED = re.compile(r".*\w[^\n]*", re.DOTALL)
JOIN = Run(" · ", "join")


def card(
    hit: Hit, room: int, *, marked: bool = False, collapsed: bool = False, sourced: bool = True
) -> tuple[Part, ...] | None:
    """The card of a hit in at most `room` code points, what answers `marked`; `None` where no sentence of it fits.

    A `marked` sentence is cut where it is too long, as long as some words of it fit. The card names no source where it
    stands under another passage of its article, `sourced` being false.
    """
    below = _below(hit, marked=marked, sourced=sourced)
    runs = _excerpt(hit, room - sum(map(length, below)), marked=marked)
    return None if runs is None else (Quote(runs, collapsed), *below)


def source(article: Article) -> tuple[Part, ...]:
    """Publisher, source and title, what there is of them, else the file's name; the date; the address as its link."""
    date, url = fact(article.date), address(article.url or "")
    link = Run(fact(url.text), url.style, url.href)
    names = _named(article)
    file = [] if names else [fact(article.file)]
    line = aside(" · ".join(filter(None, [*names, *file, date])), file)
    return parts(line, [JOIN, link] if link.text else [])


def headline(article: Article) -> tuple[Part, ...]:
    """Publisher, source and title, what there is of them; the title stands out. The file's name where there is none."""
    names = _named(article)
    if not fact(article.title):
        return parts([f"{name} · " for name in names], Run(fact(article.file), "code"))
    *before, title = names
    return parts("".join(f"{name} · " for name in before), bold(title))


def footline(article: Article) -> tuple[Part, ...]:
    """The date where there is one, and the article's own address as its link."""
    url = address(article.url or "")
    shown = [run for run in (Run(fact(article.date)), Run(fact(url.text), url.style, url.href)) if run.text]
    return parts(shown[:1], *([JOIN, run] for run in shown[1:]))


def also_in(names: Iterable[str], files: Iterable[str] | None = None) -> tuple[Part, ...]:
    """Who else printed it, outlets or files; nothing where nobody did. `files` are all that may be among the names."""
    facts = [fact(name) for name in names]
    if not facts:
        return ()
    shown = fact(", ".join(facts[:_ALSO_IN]))
    if len(facts) > _ALSO_IN:
        shown = tr(strings.AND_MORE).format(names=shown, count=len(facts) - _ALSO_IN)
    return aside(tr(strings.ALSO_IN).format(names=shown), map(fact, facts if files is None else files))


def named(speaker: Speaker) -> str:
    """Name and role, and the outlet that it came through."""
    via = tr(strings.VIA).format(name=fact(speaker.via)) if speaker.via else ""
    return ", ".join(filter(None, (*map(fact, titled(speaker)), via)))


def speaker_or_article(hit: Hit) -> str:
    """Who says the sentence that answers: a speaker, or the article itself; `""` where that is unclear."""
    return named(hit.speaker) if hit.speaker else tr(strings.OWN_WORDS) if hit.voice == "article" else ""


def attribution(hit: Hit, *, marked: bool) -> tuple[Part, ...]:
    """Whose words they are: the passage's where all of it is theirs, else the marked sentence's; nothing where unclear."""
    name = speaker_or_article(hit)
    if not name:
        return ()
    if hit.whole or hit.highlight == (hit.passage.start, hit.passage.end):
        return parts(f"— {name}")
    if marked:
        return parts(Run(tr(strings.MARKED), "label"), name)
    return parts(tr(strings.WITH_WORDS).format(name=in_sentence(name))) if hit.speaker else ()


def around(hit: Hit, body: Sequence[Span], level: int) -> tuple[tuple[Part, ...], bool]:
    """The passage amid the article's own lines before and after it, what answers marked; whether a next step would add to it.

    `body` are the stretches of the article that are no boilerplate. `level` is a step of `AROUND`; as much is shown as a
    message holds. Much context is folded, so that the marked sentence stays on the screen.
    """
    article, passage = hit.passage.article, hit.passage
    below = _below(hit, marked=True, sourced=True)
    room = ROOM - sum(map(length, below))
    lines = _own_lines(article.text, [*body, (passage.start, passage.end)])
    steps = [_lines_around(article.text, passage, lines, reach, room) for reach in AROUND[level : level + 2]]
    (start, end), gaps = steps[0], _gaps(article.text, lines)
    before = (
        start,
        max((min(stop, passage.start) for begin, stop in lines if start <= begin < passage.start), default=start),
    )
    after = (min((max(begin, passage.end) for begin, stop in lines if passage.end < stop <= end), default=end), end)
    fold_before, fold_after = (stop - begin > _OPEN for begin, stop in (before, after))
    folded_before = (Quote(stretch(article, before, gaps=gaps), collapsed=True), Run("\n")) if fold_before else ()
    folded_after = (Run("\n"), Quote(stretch(article, after, gaps=gaps), collapsed=True)) if fold_after else ()
    core = (passage.start if fold_before else start, passage.end if fold_after else end)
    quote = Quote(stretch(article, core, hit.highlight, hit.span, gaps))
    return (*folded_before, quote, *folded_after, *below), steps[-1] != steps[0]


def _below(hit: Hit, *, marked: bool, sourced: bool) -> tuple[Part, ...]:
    name = attribution(hit, marked=marked)
    line = also_in(hit.elsewhere, [article.file for article in hit.also_in]) if sourced else ()
    printed = [*source(hit.passage.article), *(["\n", *line] if line else [])] if sourced else []
    return parts(["\n", *name] if name else [], ["\n", *printed] if printed else [])


def _named(article: Article) -> list[str]:
    return [name for name in map(fact, article.names) if name]


def _own_lines(text: str, body: Sequence[Span]) -> list[Span]:
    """Each line of the text from the first to the last of what it has of the body; none of the others."""
    lines = []
    for line in _LINE.finditer(text):
        own = [(start, end) for start, end in body if start < line.end() and line.start() < end]
        if own:
            lines.append((max(line.start(), min(own)[0]), min(line.end(), max(end for _, end in own))))
    return lines


def _gaps(text: str, lines: Sequence[Span]) -> list[Span]:
    """What stands between two lines of the article up to the end of the last line that says something."""
    between = (_WORDED.match(text, end, start) for (_, end), (start, _) in itertools.pairwise(lines))
    return [gap.span() for gap in between if gap]


def _lines_around(text: str, passage: Passage, lines: Sequence[Span], reach: int, room: int) -> Span:
    """The passage and the lines before and after it that `reach` characters touch, as many as fit, nearest first."""
    start, end = passage.start, passage.end
    before = [begin for begin, stop in lines if begin < start and stop > start - reach][::-1]
    after = [stop for begin, stop in lines if stop > end and begin < end + reach]
    while before or after:
        for first, last in ((before.pop(0) if before else start, end), (start, after.pop(0) if after else end)):
            if len(cleaned(text[min(start, first) : max(end, last)])) <= room:
                start, end = min(start, first), max(end, last)
    return start, end


def fact(text: str | None) -> str:
    """What a file states about itself, on one line and bounded; `""` where it states nothing that can be seen."""
    line = " ".join(cleaned(text or "").split())
    return line if len(line) <= _LONGEST_FACT else f"{line[: _LONGEST_FACT - 1]}…"


def minute(time: str) -> str:
    """A time, ISO 8601 in UTC, to the minute."""
    return f"{time[:10]} {time[11:16]} UTC"


def length(part: Part) -> int:
    """How many code points of a message the part takes."""
    return sum(len(cleaned(run.text)) for run in visible(part))


def as_many_as_fit(entries: Iterable[tuple[Part, ...]], room: int) -> tuple[Part, ...]:
    """The first entries, as many as take at most `room` code points together."""
    content: tuple[Part, ...] = ()
    for entry in entries:
        room -= sum(map(length, entry))
        if room < 0:
            break
        content = (*content, *entry)
    return content


def cut_line(runs: Iterable[Part], room: int) -> tuple[Part, ...]:
    """A line in at most `room` code points, since facts in a file may be very long."""
    line: list[Part] = []
    for run in runs:
        left = room - sum(map(length, line))
        if isinstance(run, Run) and length(run) > left:
            return (*line, replace(run, text=f"{run.text[: max(left - 1, 0)]}…"))
        line.append(run)
    return tuple(line)


def _excerpt(hit: Hit, room: int, *, marked: bool) -> tuple[Run, ...] | None:
    """The quote's runs: the whole passage where it fits, else whole sentences around what answers."""
    passage = hit.passage
    mark, span = (hit.highlight, hit.span) if marked else (None, None)
    if len(cleaned(passage.text)) <= room:
        return stretch(passage.article, (passage.start, passage.end), mark, span)
    start, end = _window(passage, hit.highlight, room - 4)
    cut = (
        *([Run("… ")] if start > passage.start else []),
        *stretch(passage.article, (start, end), mark, span),
        *([Run(" …")] if end < passage.end else []),
    )
    if sum(map(length, cut)) <= room:
        return cut
    return cut_sentence(passage.article.text[start:end], room) if marked and room >= _SHORTEST else None


def _window(passage: Passage, core: Span, room: int) -> Span:
    """The widest run of whole sentences around `core` that fits; `core`'s own sentences where nothing does."""
    spans = passage.sentences or ((passage.start, passage.end),)
    first = max((at for at, (start, _) in enumerate(spans) if start <= core[0]), default=0)
    last = min((at for at, (_, end) in enumerate(spans) if end >= core[1]), default=len(spans) - 1)

    def fits(first: int, last: int) -> bool:
        return len(cleaned(passage.article.text[spans[first][0] : spans[last][1]])) <= room

    while last + 1 < len(spans) and fits(first, last + 1):
        last += 1
    while first > 0 and fits(first - 1, last):
        first -= 1
    return spans[first][0], spans[last][1]


def stretch(
    article: Article, window: Span, mark: Span | None = None, span: Span | None = None, gaps: Iterable[Span] = ()
) -> tuple[Run, ...]:
    """The stretch with its mark, unless all of it is marked, and the span in it; a file's own marks apart, gaps left out."""
    text, (start, end) = article.text, window
    first, last = (max(start, span[0]), min(end, span[1])) if span else (end, end)
    left, right = (max(start, mark[0]), min(end, mark[1])) if mark else (end, end)
    if not text[start:left].strip() and not text[right:end].strip():
        left = right = end
    syntax = markdown_syntax(article, start, end)
    left_out = [(max(start, begin), min(end, stop)) for begin, stop in gaps if begin < end and start < stop]
    cuts = sorted({start, left, first, last, right, end, *itertools.chain.from_iterable((*syntax, *left_out))})
    shown = (pair for pair in itertools.pairwise(cuts) if not any(begin <= pair[0] < stop for begin, stop in left_out))

    def style(at: int) -> Style:
        if any(begin <= at < stop for begin, stop in syntax):
            return "syntax"
        if first <= at < last:
            return "span"
        return "mark" if left <= at < right else "plain"

    return tuple(Run(text[a:b], style(a)) for a, b in shown)


def cut_sentence(text: str, room: int) -> tuple[Run, ...]:
    """A sentence in at most `room` code points; a longer one ends at a word."""
    if len(cleaned(text)) <= room:
        return (Run(text),)
    beginning = text[: room - 2]
    while len(cleaned(beginning)) > room - 2:  # a few letters grow when they are composed
        beginning = beginning[:-8]
    return Run(beginning.rpartition(" ")[0] or beginning), Run(" …")
