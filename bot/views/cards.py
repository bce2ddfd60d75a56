"""A hit → its card: who says it, the passage as a quote, its date and link.

It alone knows in which order a source is named and how a quote is cut: at the ends of sentences, around what answers,
and never in the attribution.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot import strings
from bot.message import LIMIT, ROOM, Part, Quote, Run, bold, cleaned, italic, parts
from bot.translation import tr
from bot.views.links import address
from retrieval import Passage

if TYPE_CHECKING:
    from retrieval import Article, Hit, Speaker

    Span = tuple[int, int]

_LONGEST_FACT = 300  # a longer "title" is not one; without a bound a file could push the quote out of the message
AROUND = (200, 900, LIMIT)  # characters of context on either side, step by step
_LINE = re.compile(r"[^\n]*\S[^\n]*")  # one that says something
JOIN = Run(" · ", "join")


def card(hit: Hit, room: int, *, marked: bool = False, collapsed: bool = False) -> tuple[Part, ...] | None:
    """The card of a hit in at most `room` code points, what answers `marked`; `None` where no sentence of it fits."""
    article = hit.passage.article
    above, foot = parts(headline(article), "\n", _said_by(hit)), footline(article)
    below = parts("\n", foot) if foot else ()
    left = room - sum(length(part) for part in (*above, *below))
    runs = _excerpt(hit, left, marked=marked)
    return None if runs is None else (*above, Quote(runs, collapsed), *below)


def headline(article: Article) -> tuple[Part, ...]:
    """Publisher, source and title, what there is of them, else the file's name; the last of them stands out."""
    named = [name for name in map(fact, (article.publisher, article.source, article.title)) if name]
    *before, last = named or [fact(article.file)]
    return parts("".join(f"{name} · " for name in before), bold(last))


def footline(article: Article) -> tuple[Part, ...]:
    """The date where there is one, and the article's own address as its link."""
    url = address(article.url or "")
    shown = [run for run in (Run(fact(article.date)), Run(fact(url.text), url.style, url.href)) if run.text]
    return parts(shown[:1], *([JOIN, run] for run in shown[1:]))


def said(speaker: Speaker) -> str:
    """Name, role, and the outlet that it came through."""
    via = tr(strings.VIA).format(name=fact(speaker.via)) if speaker.via else ""
    return ", ".join(filter(None, (fact(speaker.name), fact(speaker.role), via)))


def around(passage: Passage, mark: Span, level: int) -> tuple[tuple[Part, ...], bool]:
    """The passage amid the whole lines before and after it, what answers marked; whether a next step would add to it.

    `level` is a step of `AROUND`; as much is shown as a message holds.
    """
    article = passage.article
    above, foot = parts(headline(article), "\n"), footline(article)
    below = parts("\n", foot) if foot else ()
    room = ROOM - sum(length(part) for part in (*above, *below))
    steps = [_lines_around(article.text, passage, reach, room) for reach in AROUND[level : level + 2]]
    whole = Passage(article, *steps[0])
    quote = Quote(_runs(whole, steps[0], mark))
    return (*above, quote, *below), steps[-1] != steps[0]


def _lines_around(text: str, passage: Passage, reach: int, room: int) -> Span:
    """The passage and the lines before and after it that `reach` characters touch, as many as fit, nearest first."""
    start, end = passage.start, passage.end
    before, after = _line_starts(text, start, reach), _line_ends(text, end, reach)
    while before or after:
        for first, last in ((before.pop(0) if before else start, end), (start, after.pop(0) if after else end)):
            if len(cleaned(text[min(start, first) : max(end, last)])) <= room:
                start, end = min(start, first), max(end, last)
    return start, end


def _line_starts(text: str, at: int, reach: int) -> list[int]:
    low = text.rfind("\n", 0, max(0, at - reach)) + 1
    return [match.start() for match in _LINE.finditer(text, low, at)][::-1]


def _line_ends(text: str, at: int, reach: int) -> list[int]:
    high = text.find("\n", at + reach)
    return [match.end() for match in _LINE.finditer(text, at, high if high >= 0 else len(text))]


def fact(text: str | None) -> str:
    """What a file states about itself, on one line and bounded; `""` where it states nothing that can be seen."""
    line = " ".join(cleaned(text or "").split())
    return line if len(line) <= _LONGEST_FACT else f"{line[: _LONGEST_FACT - 1]}…"


def length(part: Part) -> int:
    """How many code points of a message the part takes."""
    return sum(len(cleaned(run.text)) for run in (part.runs if isinstance(part, Quote) else (part,)))


def _said_by(hit: Hit) -> tuple[Part, ...]:
    """Whose words the sentence is that answers; nothing where that is unclear."""
    speaker = hit.speaker
    if speaker is None:
        return parts(italic(tr(strings.OWN_WORDS)), "\n") if hit.voice == "article" else ()
    return parts(italic(said(speaker)), "\n")


def _excerpt(hit: Hit, room: int, *, marked: bool) -> tuple[Run, ...] | None:
    """The quote's runs: the whole passage where it fits, else whole sentences around what answers."""
    passage, mark = hit.passage, hit.highlight if marked else None
    if len(cleaned(passage.text)) <= room:
        return _runs(passage, (passage.start, passage.end), mark)
    start, end = _window(passage, hit.highlight, room - 4)
    cut = (
        *([Run("… ")] if start > passage.start else []),
        *_runs(passage, (start, end), mark),
        *([Run(" …")] if end < passage.end else []),
    )
    if sum(map(length, cut)) <= room:
        return cut
    return _hard_cut(passage.article.text[start:end], room) if marked else None


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


def _runs(passage: Passage, window: Span, mark: Span | None) -> tuple[Run, ...]:
    text, (start, end) = passage.article.text, window
    left, right = (max(start, mark[0]), min(end, mark[1])) if mark else (end, end)
    found = (Run(text[start:left]), Run(text[left:right], "mark"), Run(text[right:end]))
    return tuple(run for run in found if run.text)


def _hard_cut(text: str, room: int) -> tuple[Run, ...]:
    """A sentence longer than a message ends at a word."""
    kept = text[: max(room - 2, 0)]
    while len(cleaned(kept)) > room - 2:  # a few letters grow when they are composed
        kept = kept[:-8]
    return Run(kept.rpartition(" ")[0] or kept, "mark"), Run(" …")
