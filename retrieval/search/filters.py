"""Which articles a question is put to, by date, outlet and file, and whose words may answer.

In a message: `after:2022-02-01 before:2022-04 source:"Business Insider" by:Sullivan file:talks.txt`. A month or a year
stands for all of its days: `after` begins with its first one, `before` ends ahead of it. Marks behind a term are the
sentence's.

A question may also ask for somebody's words by its grammar: "What did X say about Y?", "according to X", "X's view of Y",
"X on Y?". One that asks for the words of two, or of nobody in particular ("What do the articles say?"), asks for
nobody's. `SpeakerIndex` finds whether anybody of that name speaks in the articles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from fnmatch import fnmatch
from typing import NamedTuple, TypedDict

from retrieval.lexicon import DOING, SAYING, alternatives, reporting_verbs, words
from retrieval.types import Article

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_WORDS = {"after": "since", "before": "until", "source": "publisher", "file": "file", "by": "speaker"}
_TERM = re.compile(
    rf"(?:^|\s+)(?P<term>(?P<word>{'|'.join(_WORDS)}):(?:[\"“„«](?P<quoted>[^\"”“»]+)[\"”“»]|(?P<bare>[^\s\"“„«.,;:!?…)]\S*?)))"
    r"(?=[.,;:!?…)]*(?:\s|$))",
    re.IGNORECASE,
)


class Limits(TypedDict, total=False):
    """The fields of a `Filter`, as `Index.ask` takes them."""

    since: str | None
    until: str | None
    publisher: str | None
    file: str | None
    speaker: str | None


@dataclass(frozen=True, slots=True)
class Filter:
    """What an article must be like; `None` asks for nothing.

    `since` and `until` are `YYYY-MM-DD`, `YYYY-MM` or `YYYY`, both included. `publisher` is found in the publisher's or
    the source's name, whatever the case and spaces. `file` is a file's path, its last part, or a pattern with `*`.
    `speaker` is part of a name: only sentences that are that speaker's words may answer. Raises `ValueError` for a day
    that no calendar has.
    """

    since: str | None = None
    until: str | None = None
    publisher: str | None = None
    file: str | None = None
    speaker: str | None = None

    def __post_init__(self) -> None:
        for day in (self.since, self.until):
            if day is not None:
                _first_day(day)

    @property
    def dated(self) -> bool:
        """Whether an article without a date is left out."""
        return bool(self.since or self.until)

    @property
    def narrow(self) -> bool:
        """Whether anything is asked for."""
        return self != EVERY_ARTICLE

    def takes(self, article: Article) -> bool:
        """Whether the article passes by date, outlet and file."""
        return self.takes_undated(article) and (not self.dated or self._in_time(article.date))

    def takes_undated(self, article: Article) -> bool:
        """The same, whatever its date."""
        return self._from_publisher(article) and self._from_file(article.file)

    def undated(self, articles: Iterable[Article]) -> int:
        """How many articles only their missing date leaves out."""
        if not self.dated:
            return 0
        return sum(article.date is None and self.takes_undated(article) for article in articles)

    def unmet(self, articles: Sequence[Article]) -> tuple[str, ...]:
        """The outlet and the file asked for, each as in a message, where no article is of it."""
        asked = ((word, name, getattr(self, name)) for word, name in _WORDS.items() if name in ("publisher", "file"))
        return tuple(
            f'{word}:"{value}"'
            for word, name, value in asked
            if value is not None
            and not any(replace(EVERY_ARTICLE, **{name: value}).takes(article) for article in articles)
        )

    def _in_time(self, day: str | None) -> bool:
        if day is None or (self.since and day < _first_day(self.since).isoformat()):
            return False
        return not self.until or day[: len(_tidy(self.until))] <= _tidy(self.until)

    def _from_publisher(self, article: Article) -> bool:
        wanted = _bare(self.publisher or "")
        return any(wanted in _bare(name or "") for name in (article.publisher, article.source))

    def _from_file(self, file: str) -> bool:
        wanted = self.file
        return wanted is None or fnmatch(file, wanted) or file == wanted or file.rpartition("/")[2] == wanted


EVERY_ARTICLE = Filter()


class Wish(NamedTuple):
    """What a message asks, of which articles, and what in it looks like a date but is not (`after:2031-99-99`)."""

    question: str
    limits: Filter
    undatable: tuple[str, ...] = ()


def read(message: str) -> Wish:
    """A message's question and its filter; what only looks like a filter stays in the question, except dates."""
    limits = EVERY_ARTICLE
    undatable: list[str] = []

    def without(match: re.Match[str]) -> str:
        nonlocal limits
        value = match["quoted"] or match["bare"]
        try:
            limits = replace(limits, **_limit(match["word"].lower(), value))
        except ValueError:
            if not value[:1].isdecimal():
                return match[0]
            undatable.append(match["term"])
        return ""

    rest = _TERM.sub(without, message)
    return Wish(message if rest == message else " ".join(rest.split()), limits, tuple(undatable))


def merged(first: Filter, second: Filter) -> Filter:
    """Both filters; where both ask for something, the first one's wish."""
    return replace(second, **{f.name: value for f in fields(first) if (value := getattr(first, f.name)) is not None})


def _limit(word: str, value: str) -> dict[str, str]:
    return {_WORDS[word]: (_first_day(value) - timedelta(days=1)).isoformat() if word == "before" else value}


def _first_day(text: str) -> date:
    match = _DATE.fullmatch(text.strip())
    try:
        if match:
            return date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        pass
    raise ValueError(f"no date: {text!r}; write YYYY-MM-DD, YYYY-MM or YYYY")


def _tidy(text: str) -> str:
    """The same with two digits for months and days, cut where it was."""
    return _first_day(text).isoformat()[: (4, 7, 10)[text.strip().count("-")]]


def _bare(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())


_SAYS = reporting_verbs(SAYING, "base", "third", "past")  # what stands behind a name that speaks

_WORD = r"[\w’'.&-]+"
_NAME = rf"(?P<name>{_WORD}(?:,? {_WORD}){{0,8}}?),?"
_AUXILIARY = r"(?:did|does|do|has|have|had|is|are|was|were|would|will)"
_ADVERB = r"(?: (?:also|ever|really|actually|just|then|not|(?-i:[a-z]+ly)|have to|had to|go on to|going to))*"
_NOUNS = alternatives(words("speaker_questions", "noun"))
_ABOUT = "(?:on|of|about|to|regarding|concerning|that|over)"

_PLEASE = r"(?:please |can you |could you )?(?:tell|show|find|give|remind)(?: me| us)?"

_ASKED = [
    (rf"\baccording to (?P<saying>){_NAME}(?=$|[,;:.?!]| {_AUXILIARY}\b| (?:what|who|why|how|when|where|which)\b)", False),
    *((rf"\b(?:{auxiliary}) {_NAME}{_ADVERB} (?:(?P<saying>{reporting_verbs(SAYING, *forms)})|{reporting_verbs(DOING, forms[0])})\b", False)
      for auxiliary, *forms in (("did|does|do|would|will", "base"), ("has|have|had", "past", "participle"), ("is|are|was|were", "ing"))),
    (rf"\bwhat(?:['’]s|s| is| are| was| were) {_NAME}['’]s? (?P<saying>)(?:\w+ )?(?:{_NOUNS})\b", False),
    (rf"\bwhat(?:['’]s|s| is| are| was| were) the (?P<saying>)(?:{_NOUNS}) (?:of|by|from) {_NAME}(?: {_ABOUT}\b|$|\?)", False),
    (rf"^(?:{_PLEASE} )?what (?P<saying>){_NAME}{_ADVERB}(?: (?:has|have|had))? (?:{_SAYS})\b", False),
    (rf"^{_NAME}(?:['’]s?)? (?P<saying>{_NOUNS}|said|says|saying) (?:{_ABOUT} )?\w", True),
    (rf"^{_NAME} (?:on|about|regarding) \w", True),
]  # fmt: skip
_PATTERNS = [(re.compile(pattern, re.IGNORECASE), known) for pattern, known in _ASKED]
_NOBODY = words("speaker_questions", "nobody")  # no name, whatever stands around it
_LEADING = re.compile(r"(?:and|but|so|or|ok|okay|well|the|a|an) ", re.IGNORECASE)
_NO_NAME = re.compile(rf"\b(?:{_AUXILIARY}|what|who|why|how|when|where|which|if|that|versus|vs)\b", re.IGNORECASE)
_SIDES = re.compile(r"\b(?:versus|vs|compared (?:with|to)|as opposed to)\b", re.IGNORECASE)
_AND = re.compile(r",? and (?=(?:what|who|whom|how|why|when|where|which)\b)", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[?!…])\s+|(?<=[^.\s]{3}\.)\s+|\n+")
_TITLES = words("abbreviations", "title")


_TOPIC = re.compile(rf"\b(?:about|regarding|concerning|(?:{_SAYS}|{_NOUNS}) on)\s+(?P<topic>.+?)\W*$", re.IGNORECASE)


class SpeakerQuery(NamedTuple):
    """Whose words a question asks for.

    `name` as the question has it. `saying`: only words can answer, not deeds ("say", not "respond"). `known`: the
    question reads so only if there is such a speaker ("Lee on taxes?", not "Germany on Tuesday?").
    """

    name: str
    saying: bool
    known: bool


def asked_speaker(message: str) -> SpeakerQuery | None:
    """Whose words the message asks for, where they are one speaker's alone."""
    if _SIDES.search(message):
        return None
    sentences = _sentences(" ".join(message.split()))
    questions = [part for part in sentences if part.endswith("?")] or sentences
    queries = [query for part in questions for piece in _AND.split(part) if (query := _in_piece(piece))]
    return queries[0] if len({query.name.casefold() for query in queries}) == 1 else None


def _sentences(message: str) -> list[str]:
    """The sentences of a message; the full stop of a title ends none."""
    sentences: list[str] = []
    for part in filter(None, _SENTENCE.split(message)):
        if sentences and sentences[-1].rpartition(" ")[2].casefold().removesuffix(".") in _TITLES:
            sentences[-1] += f" {part}"
        else:
            sentences.append(part)
    return sentences


def asked_topic(message: str) -> str | None:
    """What somebody's words are asked to be about ("What did X say about Y?"); `None` where the message does not say so."""
    topic = _TOPIC.search(" ".join(message.split()))
    return topic["topic"] if topic else None


def _in_piece(piece: str) -> SpeakerQuery | None:
    """Whom the first pattern that fits names: "According to A, did B deny it?" asks for the words of A."""
    for pattern, known in _PATTERNS:
        named = [(match, name) for match in pattern.finditer(piece) if (name := _name(match["name"]))]
        if named:
            match, name = named[0]
            return SpeakerQuery(name, match.groupdict().get("saying") is not None, known)
    return None


def _name(text: str) -> str | None:
    """The name without what comes before it; `None` where no name is left."""
    name = text.strip(" ,")
    while lead := _LEADING.match(name):
        name = name[lead.end() :]
    name = name.removesuffix("'s").removesuffix("’s")
    parts = name.casefold().split()
    nobody = not parts or parts[0] in _NOBODY or parts[-1] in _NOBODY
    return None if nobody or _NO_NAME.search(name) or not any(map(str.isalpha, name)) else name
