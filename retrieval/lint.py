"""A folder of articles → what is wrong with it: each finding with its file, what was measured, and what to do.

The folder is read as `build` reads it, so that lines that an outlet's pages share are boilerplate here as well.
The bars stand well outside what 180 ordinary articles have (`seeds`, `gold/d*`; the figures are beside each).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from retrieval import duplicates, passages
from retrieval.articles import files, shared_lines
from retrieval.articles import folder as folders
from retrieval.articles.collection import Problem, Remark
from retrieval.articles.extraction import Extractor
from retrieval.duplicates import words as words_of
from retrieval.lexicon import words
from retrieval.search.sparse import words as stems
from retrieval.speakers.attribution import attribute
from retrieval.text.language import language
from retrieval.text.normalize import HIDDEN
from retrieval.text.paragraphs import front_matter
from retrieval.types import Article, Passage, Progress, Statement

_READ = "en"  # what encoder and reranker were trained on
_MOST_BOILERPLATE = 0.5  # of the characters; an ordinary article has up to 0.32
_MOST_UNCLEAR = 0.5  # of the sentences; the median is 0.24, one article in a hundred has more than 0.51
_SHORTEST = 80  # words; an ordinary article has at least 230
_MOST_QUESTIONS = 0.12  # of a passage's words; an ordinary one has up to 0.06, where it has four or more
_LONGEST = 200  # characters of a line that a finding quotes
_MOST_REPEATED = 0.3  # of a passage's content words; an ordinary one has up to 0.18, where it has twenty or more
_QUESTION_WORDS = words("question_words", "interrogative")


class Kind(NamedTuple):
    """What a finding is of: its title, what to do, and whether articles are lost or wrong because of it."""

    title: str
    todo: str
    serious: bool = False


_STATE = 'state it in the file, if it is known: "{0}:" in the front matter of a text, "{0}" in a record'
KINDS = {
    "refused": Kind("files that cannot be read", "mend or remove them: nothing in them is searched", serious=True),
    "broken-letters": Kind(
        "letters broken by a wrong encoding", "save the file again from its source, as UTF-8", serious=True
    ),
    "not-an-article": Kind("files of other kinds", "nothing, unless one holds an article: then save its text as .txt"),
    "encoding": Kind("encodings that were guessed", "save as UTF-8 where a letter is wrong"),
    "language": Kind(
        "languages that the models do not read",
        "ask by exact words, or build with --model and --reranker of its language",
    ),
    "short": Kind("hardly an article", "save it again if it was cut: behind a paywall, a menu or a script"),
    "boilerplate": Kind("mostly boilerplate", "save the article's text alone if sentences of it are missing"),
    "shared-line": Kind(
        "lines that an outlet's pages share",
        "look whether one is a sentence of an article: it is in no passage, only `quote` knows it",
    ),
    "copy": Kind("exact copies", "keep one of them"),
    "near-duplicate": Kind("the same story", "keep both where two outlets printed it, else the later version"),
    "stuffed": Kind(
        "passages stuffed with words of questions", "look at it: such text is made to be found, not to inform"
    ),
    "hidden": Kind("characters that show nothing", "remove them: they part words, or hide some from the reader"),
    "no-date": Kind("no date stated", _STATE.format("date")),
    "no-link": Kind("no link stated", _STATE.format("url")),
    "no-outlet": Kind("no outlet stated", _STATE.format("publisher")),
    "no-title": Kind("no title stated", _STATE.format("title")),
    "unclear-speaker": Kind("unclear whose words", "nothing: answers show these sentences without a name"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a file or with the article of this id in it; `value` is a count, or a share 0..1.

    `title` is the article's, where its file may hold several.
    """

    kind: str
    file: str
    detail: str
    value: float | None = None
    article: str | None = None
    title: str | None = None

    @property
    def serious(self) -> bool:
        """Whether an article is lost or wrong because of it."""
        return KINDS[self.kind].serious


@dataclass(frozen=True, slots=True)
class Report:
    """Findings in the order of the files; `boilerplate` and `unclear` are shares of all articles' text and sentences."""

    findings: tuple[Finding, ...]
    articles: int
    boilerplate: float
    unclear: float


@dataclass(frozen=True)
class _Reading:
    """An article with what was made of it."""

    article: Article
    passages: Sequence[Passage]
    statements: Sequence[Statement]
    words: Sequence[str]

    @cached_property
    def sizes(self) -> Counter[str]:
        """Characters (without white space) of the text and of its boilerplate; sentences, and those of unclear voice."""
        text = self.article.text
        total = _length(text[front_matter(text) :])
        held = sum(_length(passage.text) for passage in self.passages)
        unclear = sum(statement.voice == "unclear" for statement in self.statements)
        return Counter(text=total, boilerplate=max(0, total - held), sentences=len(self.statements), unclear=unclear)


def lint(folder: Path, progress: Progress | None = None) -> Report:
    """What is wrong with the articles of a folder; raises `ArticlesError` where the folder cannot be read."""
    records = list(_records(folder, progress))
    findings: list[Finding] = []
    sizes: Counter[str] = Counter()
    articles = shared_lines.of_folder([record for record in records if isinstance(record, Article)])
    copies, shared = _Copies(), shared_lines.occurrences(articles)
    following = iter(articles)
    for number, record in enumerate(records, 1):
        if isinstance(record, Finding):
            findings.append(record)
        else:
            reading = _reading(next(following))
            sizes += reading.sizes
            findings += (each for check in _CHECKS for each in check(reading))
            findings += _shared(reading.article, shared)
            findings += copies.add(reading, len(findings))
        if progress:
            progress("looking", number, len(records))
    for place, finding in reversed(list(copies.near())):
        findings.insert(place, finding)
    shares = _share(sizes, "boilerplate", "text"), _share(sizes, "unclear", "sentences")
    return Report(tuple(findings), len(articles), *shares)


def _records(folder: Path, progress: Progress | None) -> Iterator[Article | Finding]:
    """The articles of a folder in the order of its files, and what keeps one out or is to be known of how it was read."""
    entries = folders.files(folder)
    with Extractor() as extractor:
        for number, entry in enumerate(entries, 1):
            for record in files.read_file(entry, {}, extractor):
                if isinstance(record, Problem):
                    yield _problem(entry, record)
                elif isinstance(record, Remark):
                    yield Finding("encoding", record.file, record.text)
                else:
                    yield record
            if progress:
                progress("reading", number, len(entries))


def _shared(article: Article, times: Counter[str]) -> Iterator[Finding]:
    """The lines that the article shares with other pages, each once in a folder: `times` loses those that are named."""
    for line in article.shared:
        if count := times.pop(line, 0):
            yield _finding("shared-line", article, f"“{line[:_LONGEST]}” stands in {count} articles", count)


def _problem(entry: folders.Entry, problem: Problem) -> Finding:
    skipped = entry.fault is not None and not problem.file.endswith("/")
    return Finding("not-an-article" if skipped else "refused", problem.file, problem.reason)


def _reading(article: Article) -> _Reading:
    rows = passages.split(article)
    statements = attribute(article, [span for passage in rows for span in passage.sentences])
    return _Reading(article, rows, statements, words_of(rows))


def _finding(kind: str, article: Article, detail: str, value: float | None = None) -> Finding:
    title = article.title if article.file.lower().endswith(folders.RECORDS) else None
    return Finding(kind, article.file, detail, value if value is None else round(value, 4), article.id, title)


class _Copies:
    """The articles so far, to tell copies and the same story from them."""

    def __init__(self) -> None:
        self._files: dict[bytes, str] = {}  # by the hash of the words
        self._kept: list[tuple[Article, int, duplicates.Signature]] = []

    def add(self, reading: _Reading, place: int) -> list[Finding]:
        """That an article before has the same words; else it is kept, with the place that a finding about it would have."""
        digest = hashlib.sha256(" ".join(reading.words).encode()).digest()
        if file := self._files.get(digest):
            return [_finding("copy", reading.article, f"word for word the article in {file}", 1.0)]
        self._files[digest] = reading.article.file
        self._kept.append((reading.article, place, duplicates.signature(reading.words)))
        return []

    def near(self) -> Iterator[tuple[int, Finding]]:
        """The article before that is most like one, of those that tell the same story, and the finding's place."""
        signatures = np.array([signature for *_, signature in self._kept], np.uint32).reshape(-1, duplicates.HASHES)
        stories: dict[int, list[int]] = {}
        for number, first in enumerate(duplicates.stories(signatures)):
            story = stories.setdefault(first, [])
            shares = duplicates.likeness(signatures[number], signatures[story]) if story else np.zeros(1)
            share = float(shares.max())
            if share >= duplicates.ALIKE:
                article, place, _ = self._kept[number]
                other = self._kept[story[int(shares.argmax())]][0].file
                detail = f"{share:.0%} of all runs of five words stand in both this and {other}"
                yield place, _finding("near-duplicate", article, detail, share)
            story.append(number)


def _facts(reading: _Reading) -> Iterator[Finding]:
    article = reading.article
    facts = {"date": article.date, "link": article.url, "outlet": article.outlet, "title": article.title}
    yield from (_finding(f"no-{name}", article, f"states no {name}") for name, fact in facts.items() if not fact)


def _language(reading: _Reading) -> Iterator[Finding]:
    code = language(" ".join(reading.words))
    if code not in {None, _READ}:
        yield _finding("language", reading.article, f"its language is “{code}”")


def _size(reading: _Reading) -> Iterator[Finding]:
    share = _share(reading.sizes, "boilerplate", "text")
    if share > _MOST_BOILERPLATE:
        yield _finding("boilerplate", reading.article, f"{share:.0%} of its text is no part of the article", share)
    if len(reading.words) < _SHORTEST:
        yield _finding("short", reading.article, f"an article of {len(reading.words)} words", len(reading.words))


def _speakers(reading: _Reading) -> Iterator[Finding]:
    sizes = reading.sizes
    share = _share(sizes, "unclear", "sentences")
    if share > _MOST_UNCLEAR:
        detail = f"of {sizes['sentences']} sentences it is unclear for {sizes['unclear']} whose words they are"
        yield _finding("unclear-speaker", reading.article, detail, share)


def _stuffed(reading: _Reading) -> Iterator[Finding]:
    rows = [passage for passage in reading.passages if _is_stuffed(passage)]
    if rows:
        start = " ".join(rows[0].text.split())[:60]
        yield _finding(
            "stuffed",
            reading.article,
            f"{len(rows)} of {len(reading.passages)} passages, such as “{start}…”",
            len(rows),
        )


def _is_stuffed(passage: Passage) -> bool:
    own = words_of([passage])
    asking = sum(word in _QUESTION_WORDS for word in own)
    topics = Counter(stems(passage.text))
    total = topics.total()
    repeated = total >= 20 and max(topics.values()) > _MOST_REPEATED * total
    return repeated or (asking >= 4 and asking > _MOST_QUESTIONS * len(own))


# Characters that show nothing and belong to no word: not the variants of emoji, nor joiners beside letters that need them.
_SHOWS_NOTHING = re.compile(rf"(?![\ufe00-\ufe0f])(?![\u200c\u200d](?=[^\x00-\u024f]))[{HIDDEN}]")


def _hidden(reading: _Reading) -> Iterator[Finding]:
    text = reading.article.text.removeprefix("\ufeff")
    hidden = Counter(_SHOWS_NOTHING.findall(text))
    if hidden:
        named = ", ".join(f"{_name(char)} ({count})" for char, count in hidden.most_common(4))
        yield _finding("hidden", reading.article, named + (", …" if len(hidden) > 4 else ""), hidden.total())


def _name(char: str) -> str:
    return f"U+{ord(char):04X} {unicodedata.name(char, '').lower()}".strip()


def _letters(reading: _Reading) -> Iterator[Finding]:
    text = reading.article.text
    if lost := text.count("\ufffd"):
        yield _finding("broken-letters", reading.article, f"lost for good: {lost}, shown as \ufffd", lost)
    broken = [*_misread(text)]
    if len(broken) > 1 or any(len(stands) > 2 for stands, _ in broken):
        stands, meant = broken[0]
        yield _finding(
            "broken-letters", reading.article, f"misread: {len(broken)}, such as “{stands}” for “{meant}”", len(broken)
        )


_NOT_ASCII = re.compile(r"[^\x00-\x7f]{2,400}")
_MEANT = re.compile("[\u00a0-\u017f\u0370-\u04ff\u2010-\u203a\u20ac\u2122]+")  # letters and marks that news is full of
_CODE_PAGES = (("cp1252", 2), ("cp1251", 6))  # two letters of Cyrillic may be read so by chance ("Ні"), six may not


def _misread(text: str) -> Iterator[tuple[str, str]]:
    """Stretches that are UTF-8 which was read in an older encoding, as they stand and as they were meant."""
    for match in _NOT_ASCII.finditer(text):
        for page, shortest in _CODE_PAGES:
            meant = _decoded(match[0], page) if len(match[0]) >= shortest else None
            if meant and _MEANT.fullmatch(meant):
                yield match[0], meant
                break


def _decoded(stretch: str, page: str) -> str | None:
    """The bytes that the stretch has in an older encoding, read as UTF-8; `None` where they are none."""
    try:
        return b"".join(_byte(char, page) for char in stretch).decode()
    except UnicodeError:
        return None


def _byte(char: str, page: str) -> bytes:
    return char.encode("latin-1") if "\x80" <= char <= "\x9f" else char.encode(page)  # bytes that the page leaves open


_CHECKS: tuple[Callable[[_Reading], Iterator[Finding]], ...] = (
    _letters, _language, _size, _stuffed, _hidden, _facts, _speakers,
)  # fmt: skip


def _share(sizes: Counter[str], part: str, total: str) -> float:
    return sizes[part] / sizes[total] if sizes[total] else 0.0


def _length(text: str) -> int:
    return len("".join(text.split()))
