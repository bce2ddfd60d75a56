"""Articles as they were before their file got another text → what became of a passage that was shown from one, or is quoted.

They are kept for a while. A file that is removed takes its earlier texts with it. `revisions.jsonl` of a generation has
them, one a line.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from retrieval.quotes import Correction, QuoteIndex, Texts, correction
from retrieval.text import normalize
from retrieval.types import Article

_FILE = "revisions.jsonl"
_DAYS = 90  # as long as the bot's buttons work
_MOST = 1_000
_CHARACTERS = 10_000_000  # of all earlier texts together; the oldest are dropped first
_SHOWN = 3  # corrections of one quote


@dataclass(frozen=True)
class Revision:
    """An article as it was `until` a time (ISO 8601 in UTC); `later` is the identifier of the article that replaced it."""

    article: Article
    until: str
    later: str

    @cached_property
    def words(self) -> str:
        """The words of its text, without regard to case and typography, each between two spaces."""
        return normalize.spaced_words(self.article.text)


def after(
    revisions: Iterable[Revision],
    leaving: Mapping[str, Article],
    new: Mapping[str, Article],
    times: Mapping[str, str],
) -> tuple[Revision, ...]:
    """The revisions to keep when the articles `leaving` make room for `new` ones, all by their identifiers.

    `times` says when each new one was taken in. An article that is served again is no revision any more. An article that
    nothing replaced is forgotten.
    """
    gone = {id_: article for id_, article in leaving.items() if id_ not in new}
    heirs = _heirs(gone.values(), new.values())
    earlier = [Revision(gone[id_], times[heir.id], heir.id) for id_, heir in heirs.items()]
    moved = (
        dataclasses.replace(each, later=heirs[each.later].id) if each.later in heirs else each for each in revisions
    )
    staying = [each for each in (*moved, *earlier) if each.later not in gone and each.article.id not in new]
    return tuple(_bounded(staying))


def find(revisions: Iterable[Revision], sha256: str, end: int) -> Revision | None:
    """The revision of the article whose SHA-256 starts so, if it is that long."""
    fitting = (each for each in revisions if each.article.sha256.startswith(sha256) and end <= len(each.article.text))
    return next(fitting, None)


def quoted(revisions: Iterable[Revision], quote: str, articles: Mapping[str, Article]) -> tuple[Correction, ...]:
    """Where a quote stands word for word in earlier texts, the newest first, and what stands there now."""
    wanted = normalize.spaced_words(quote)
    places: dict[str, Correction] = {}  # one of each later article
    for each in sorted(revisions, key=attrgetter("until"), reverse=True):
        if len(places) == _SHOWN or not wanted.strip():
            break
        if each.later not in places and wanted in each.words:
            matches = QuoteIndex(Texts([each.article])).check(quote).matches[:1]
            for match in matches:
                places[each.later] = correction(each.article, match.start, match.end, each.until, articles[each.later])
    return tuple(place for place in places.values() if place.now.status != "verbatim")


def save(revisions: Sequence[Revision], folder: Path) -> None:
    """Write them into a generation's folder; no file for none."""
    lines = (json.dumps(dataclasses.asdict(each), ensure_ascii=False) for each in revisions)
    if revisions:
        (folder / _FILE).write_bytes("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass"))


def load(folder: Path, verified: Container[str]) -> tuple[Revision, ...]:
    """What `save` wrote, if the file is among those that were verified."""
    if _FILE not in verified:
        return ()
    lines = (folder / _FILE).read_bytes().decode("utf-8", "surrogatepass").split("\n")[:-1]
    return tuple(Revision(Article(**record.pop("article")), **record) for record in map(json.loads, lines))


def _heirs(gone: Iterable[Article], new: Iterable[Article]) -> dict[str, Article]:
    """The new article that replaced each one that is gone, by the latter's identifier.

    It is the one of the same file. Where a file has several (records), address and title have to be the same too.
    """
    heirs: dict[str, Article] = {}
    olds, news = (_by_file(articles) for articles in (gone, new))
    for file in olds.keys() & news.keys():
        if len(olds[file]) == len(news[file]) == 1:
            heirs[olds[file][0].id] = news[file][0]
            continue
        for old in olds[file]:
            same = [
                each for each in news[file] if (old.url or old.title) and (each.url, each.title) == (old.url, old.title)
            ]
            if len(same) == 1:
                heirs[old.id] = same[0]
    return heirs


def _by_file(articles: Iterable[Article]) -> dict[str, list[Article]]:
    ordered = sorted(articles, key=attrgetter("file"))
    return {file: list(group) for file, group in groupby(ordered, key=attrgetter("file"))}


def _bounded(revisions: Sequence[Revision]) -> Iterator[Revision]:
    """The newest ones, as far as there is room and as long as they are kept, the oldest first."""
    newest = sorted(revisions, key=attrgetter("until"), reverse=True)[:_MOST]
    room, bounded = _CHARACTERS, list[Revision]()
    earliest = (datetime.now(UTC) - timedelta(days=_DAYS)).isoformat(timespec="seconds")
    for each in newest:
        room -= len(each.article.text)
        if room < 0 or each.until < earliest:
            break
        bounded.append(each)
    return reversed(bounded)
