"""The records that all modules pass on: articles, passages, statements, hits, answers; frozen, checked when made, without I/O.

A text is never copied or cut: passages, sentences and highlights are half-open spans `[start, end)` in code points
of the one text their article holds, so that an offset and a text cannot disagree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Progress = Callable[[str, int, int], None]  # called with what is being done, how many are done, of how many
Span = tuple[int, int]

_COMPANY = (
    r"(?:,? (?:ltd|limited|llc|inc|incorporated|plc|gmbh|ag|l\.?p|co|corp|corporation|company|group|s\.?a|b\.?v)\.?)*"
)
Verdict = Literal["answer", "related", "nothing"]
Voice = Literal["speaker", "article", "unclear"]
Silent = Literal["on this", "throughout"]
_SHOWN = 60  # characters of a text in a `repr`

# What an article may state about itself: fields of `Article`, in the order in which they are shown.
FACTS = ("title", "publisher", "source", "distributor", "author", "date", "url")


@dataclass(frozen=True, slots=True, repr=False)
class Article:
    """One news article: its text untouched, and what its file states about itself; what it does not state is `None`.

    `file` is the path inside the collection, with `/`. `sha256` is that of the file's bytes, or of the record's line
    for `.jsonl`. `text_sha256` is set only where the text was taken out of the file (`.html`, `.jsonl`, other encodings
    than UTF-8). `date` is ISO 8601 (`YYYY-MM-DD`), the day of publication. `shared_lines` are those, one under another,
    that the pages of its outlet share, as far as the folder tells: no passage holds them.
    """

    id: str
    file: str
    text: str
    sha256: str
    title: str | None = None
    publisher: str | None = None
    source: str | None = None
    distributor: str | None = None
    author: str | None = None
    date: str | None = None
    url: str | None = None
    text_sha256: str | None = None
    shared_lines: str = ""

    @property
    def shared(self) -> tuple[str, ...]:
        """Each of `shared_lines`."""
        return tuple(self.shared_lines.split("\n")) if self.shared_lines else ()

    @property
    def attribution(self) -> tuple[str, ...]:
        """What there is of publisher, source and title, else the file's name; then the date where there is one.

        This is what everybody who is shown a passage sees, in this order, with `url` as its link.
        """
        return (*(self.names or [self.file]), *([self.date] if self.date else []))

    @property
    def names(self) -> tuple[str, ...]:
        """What there is of publisher, source and title; a source that is the publisher, or its company, is not named twice."""
        printed = (self.publisher or "").casefold().removeprefix("the ")
        company = re.compile(rf"(?:the )?{re.escape(printed)}{_COMPANY}")
        origin = None if company.fullmatch((self.source or "").casefold()) else self.source
        return tuple(fact for fact in (self.publisher, origin, self.title) if fact)

    @property
    def outlet(self) -> str | None:
        """Who printed the article: its publisher, else its source."""
        return self.publisher or self.source

    def __repr__(self) -> str:
        return f"<Article {self.file!r}: {_start(self.title or self.text)!r}, {len(self.text):,} characters>"


@dataclass(frozen=True, slots=True, repr=False)
class Passage:
    """Whole sentences of one article, in the order of its text: `article.text[start:end]`, and each sentence's span.

    Raises `ValueError` for a span outside the text, an empty one, or sentences that do not lie in order inside it.
    """

    article: Article
    start: int
    end: int
    sentences: tuple[Span, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= len(self.article.text):
            raise ValueError(f"no span of {self.article.file}: [{self.start}, {self.end})")
        edge = self.start
        for start, end in self.sentences:
            if not edge <= start < end <= self.end:
                raise ValueError(f"no sentence of [{self.start}, {self.end}): [{start}, {end})")
            edge = end

    @property
    def text(self) -> str:
        """The passage word for word."""
        return self.article.text[self.start : self.end]

    def __repr__(self) -> str:
        return f"<Passage {self.article.file!r} [{self.start}, {self.end}): {_start(self.text)!r}>"


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whose words a sentence is; each field is a verbatim stretch of the article's text, or `None`."""

    name: str
    role: str | None = None
    via: str | None = None
    cue: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Statement:
    """One sentence of an article and whose words it is; `speaker` is set exactly when `voice` is `"speaker"`.

    `sources` are the names of all who say something in it, as the sentence has them.
    """

    article: Article
    start: int
    end: int
    voice: Voice
    speaker: Speaker | None = None
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.voice == "speaker") != (self.speaker is not None):
            raise ValueError("a statement has a speaker exactly when its voice is a speaker's")

    @property
    def text(self) -> str:
        """The sentence word for word."""
        return self.article.text[self.start : self.end]

    def __repr__(self) -> str:
        voice = self.speaker.name if self.speaker else self.voice
        return f"<Statement {self.article.file!r} [{self.start}, {self.end}), {voice}: {_start(self.text)!r}>"


@dataclass(frozen=True, slots=True)
class SpeakerStatements:
    """Statements of one speaker; `name` is the speaker's, as the articles have it, else as it was asked for.

    The same person may be named differently in each statement's own `speaker`.
    """

    name: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A sentence (or headline) that mentions a term, and the spans in `statement.article.text` where it does.

    `statement.voice` is `"unclear"` for what is part of no passage, such as a headline.
    """

    statement: Statement
    matches: tuple[Span, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Hit:
    """A passage and the sentences in it that answer.

    `score` orders one list and means nothing else. `speaker` is whose words the highlight is, `voice` whether it
    is a speaker's, the outlet's own, or nobody can tell; `whole` whether that holds for all of the passage. `also_in` are
    other articles that tell the same story and have the highlight too, word for word, the earliest first. `span` is the
    part of the highlight that says what was asked, `None` where that is not sure.
    """

    passage: Passage
    highlight: Span
    score: float
    speaker: Speaker | None = None
    voice: Voice = "unclear"
    whole: bool = False
    also_in: tuple[Article, ...] = ()
    span: Span | None = None

    def __post_init__(self) -> None:
        start, end = self.highlight
        if not self.passage.start <= start < end <= self.passage.end:
            raise ValueError(f"highlight [{start}, {end}) is outside its passage")
        if self.span and not start <= self.span[0] < self.span[1] <= end:
            raise ValueError(f"span [{self.span[0]}, {self.span[1]}) is outside its highlight")

    @property
    def marked(self) -> str:
        """The sentences that answer, word for word."""
        return self.passage.article.text[slice(*self.highlight)]

    @property
    def elsewhere(self) -> dict[str, Article]:
        """The articles of `also_in` by their outlets; by the file's name where that tells more than the outlet does."""
        named: dict[str, Article] = {}
        own = self.passage.article.outlet
        for article in self.also_in:
            outlet = article.outlet
            named[outlet if outlet and outlet != own and outlet not in named else article.file] = article
        return named

    def __repr__(self) -> str:
        start, end = self.highlight
        return f"<Hit {self.passage.article.file!r} [{start}, {end}), score {self.score:.2f}: {_start(self.marked)!r}>"


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What the collection says to one question; `hits` is empty exactly when the verdict is `"nothing"`.

    `confidence` (0..1) is the chance that the first passage answers the question, whatever the verdict. `searched` is
    what was asked of the articles in the question's place, `None` where that was the question as it stands. `unknown` are
    the question's names and content words that stand nowhere in the articles' files, where it is not answered. `undated`
    is how many articles a search by date left out because they state none. `unmet` are the outlet and the file that the
    search was to keep to, where no article is of it (`source:"Name"`). `language` is that of the articles, where the
    question is in another and is not answered. `speaker` is the one whose words the question asks for ("What did X say
    about Y?"), as the articles name them, else as the question does, where no words that are surely theirs answer it;
    `silent` says whether some words elsewhere in the articles are surely theirs (`"on this"`) or none (`"throughout"`).
    The passages, an answer's too, may then be somebody else's. `author` is that one where the passages are of articles that
    they wrote in the first person. `changed` names the files of its passages that are not
    as they were indexed any more. `undatable` are the limits in the question that look like dates and are none
    (`after:2031-99-99`); they limit nothing.
    """

    question: str
    verdict: Verdict
    confidence: float
    hits: tuple[Hit, ...] = ()
    searched: str | None = None
    unknown: tuple[str, ...] = ()
    undated: int = 0
    unmet: tuple[str, ...] = ()
    language: str | None = None
    speaker: str | None = None
    silent: Silent | None = None
    changed: tuple[str, ...] = ()
    undatable: tuple[str, ...] = ()
    author: str | None = None

    def __post_init__(self) -> None:
        if (self.verdict == "nothing") != (not self.hits):
            raise ValueError("an answer has hits exactly when its verdict is not nothing")

    def __repr__(self) -> str:
        hits = "".join(f"\n  {hit!r}" for hit in self.hits)
        return f"<Answer to {_start(self.question)!r}: {self.verdict}, confidence {self.confidence:.2f}{hits}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: each passage with its sentence marked, whose words it is, and the source as a link."""
        verdict = {"related": "These passages come nearest.", "nothing": "The articles say nothing on this."}
        lines = [f"<p>{verdict[self.verdict]}</p>"] if self.verdict in verdict else []
        return f"<div>{''.join([*lines, *map(_hit_html, self.hits)])}</div>"

    @property
    def relevant(self) -> tuple[Hit, ...]:
        """The hits worth a reader's time: the first, and those that score at least half of what the best does."""
        bar = max((hit.score for hit in self.hits), default=0.0) / 2
        return (*self.hits[:1], *(hit for hit in self.hits[1:] if hit.score >= bar))

    @property
    def maybe_others(self) -> bool:
        """Whether the words of one were asked for, and relevant passages are not surely theirs."""
        names = (hit.speaker and hit.speaker.name for hit in self.relevant)
        return self.speaker is not None and any(name != self.speaker for name in names)

    @property
    def silenced(self) -> bool:
        """Whether the words of one were asked for, nothing is near, and no words at all are surely theirs."""
        return not self.hits and self.silent == "throughout"


def _start(text: str) -> str:
    """The first words of a text, on one line."""
    line = " ".join(text[: 4 * _SHOWN].split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"


def _hit_html(hit: Hit) -> str:
    passage, (start, end) = hit.passage, hit.highlight
    text = passage.article.text
    before, marked, after = map(escape, (text[passage.start : start], text[start:end], text[end : passage.end]))
    source, url = escape(" · ".join(passage.article.attribution)), passage.article.url or ""
    if url.startswith(("http://", "https://")):
        source = f'<a href="{escape(url)}">{source}</a>'
    source += f"<br>also in: {escape(', '.join(hit.elsewhere))}" if hit.also_in else ""
    speaker = f"{escape(hit.speaker.name)}<br>" if hit.speaker else ""
    quote = f'<blockquote style="white-space: pre-line">{before}<mark>{marked}</mark>{after}</blockquote>'
    return f"{quote}<p>{speaker}<small>{source}</small></p>"


class Encoder(Protocol):
    """Turns texts into rows of unit length, so that an inner product of two rows is their cosine."""

    @property
    def name(self) -> str:
        """What to ask for to get this encoder again."""

    @property
    def checksum(self) -> str:
        """Differs where the vectors would."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Questions → `(n, dim)` float32."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Passages or sentences → `(n, dim)` float32."""


class Reranker(Protocol):
    """Reads a question together with texts, as cross-encoders do."""

    @property
    def name(self) -> str:
        """What to ask for to get this reranker again."""

    @property
    def checksum(self) -> str:
        """Differs where the logits would."""

    def score(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """(question, text) pairs → `(n,)` logits: above 0, the text more likely answers than not."""
