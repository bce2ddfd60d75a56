"""A passage as a citation: plain, Markdown, BibTeX or CSL-JSON, its own stable identifier, and how to check it in its file.

What the file does not state is left out as each format wants it, by the field not being there; nothing is filled in:
no "n.d.", no day of access, no first and last name guessed apart. Every citation carries the identifier, which holds as
long as the file's bytes do.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable
from pathlib import PurePath
from typing import Literal, NamedTuple, get_args
from urllib.parse import quote

from retrieval.lexicon import words
from retrieval.text.paragraphs import paragraphs
from retrieval.types import Article, Hit, Passage, Speaker

Format = Literal["plain", "markdown", "bibtex", "csl-json"]
FORMATS: tuple[Format, ...] = get_args(Format)

_TITLES = words("speaker_nouns", "title", "courtesy")
_DETERMINED = re.compile(r"(?:The|An?|One|Two|Three|Both|Some|Many|Several|His|Her|Its|Their|Our) (?=[a-z])")
_ID = re.compile(r"([0-9a-f]{16}):(\d{1,18})-(\d{1,18})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
} | {char: f"\\{char}" for char in "$&#%_"}


class PassageId(NamedTuple):
    """The first 16 hex digits of the article's SHA-256, and the half-open span in code points of its text."""

    sha256: str
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.sha256}:{self.start}-{self.end}"

    def of(self, article: Article) -> bool:
        """Whether this names a stretch of the article, as the article is now."""
        return article.sha256.startswith(self.sha256) and self.end <= len(article.text)


def passage_id(passage: Passage) -> str:
    """The identifier of a passage, such as `3a0ad74a8ee5838f:120-480`: the same wherever and whenever it is indexed."""
    return str(PassageId(passage.article.sha256[:16], passage.start, passage.end))


def parse_passage_id(text: str) -> PassageId:
    """An identifier taken apart; raises `ValueError` where the text is none."""
    match = _ID.fullmatch(text.strip())
    if not match or int(match[2]) >= int(match[3]):
        raise ValueError(f"no passage's identifier: {text!r}; one looks like 3a0ad74a8ee5838f:120-480")
    return PassageId(match[1], int(match[2]), int(match[3]))


def cite(quoted: Passage | Hit, format: Format = "plain") -> str:  # noqa: A002 - the contract's word
    """One passage as a citation; of a hit also the speaker. Raises `ValueError` for what is none of `FORMATS`."""
    passage, speaker = (quoted.passage, quoted.speaker) if isinstance(quoted, Hit) else (quoted, None)
    writers = {"plain": _plain, "markdown": _markdown, "bibtex": _bibtex, "csl-json": _csl}
    if format not in writers:
        raise ValueError(f"no format of a citation: {format!r}; there are {', '.join(FORMATS)}")
    return writers[format](passage, speaker)


def _plain(passage: Passage, speaker: Speaker | None) -> str:
    article = passage.article
    title = f"“{_line(article.title)}”" if article.title else None
    place = f"[{passage_id(passage)}]"
    source = ", ".join(_some([article.author, title, *_outlet(article), article.date, article.url, place]))
    return f"{_line(named)}, in: {source}" if (named := _named(speaker)) else source


def _markdown(passage: Passage, speaker: Speaker | None) -> str:
    article = passage.article
    title = article.title and f"*{_marked(article.title)}*"
    linked = "://" in (article.url or "")
    if article.url and linked:
        title = f"[{_marked(article.title or article.url)}]({_address(article.url)})"
    after = map(_marked, _some([*_outlet(article), article.date, None if linked else article.url]))
    source = ", ".join([*map(_marked, _some([article.author])), *_some([title]), *after, f"`{passage_id(passage)}`"])
    return f"{_marked(named)}, in: {source}" if (named := _named(speaker)) else source


def _address(url: str) -> str:
    """An address that no Markdown reader ends too early."""
    return re.sub(r"[\s<>()\\]", lambda match: quote(match[0], safe=""), url)


def _bibtex(passage: Passage, speaker: Speaker | None) -> str:
    article = passage.article
    year, month, day = (article.date or "").split("-") if article.date else (None, None, None)
    fields = {
        # A second pair of braces: neither is the name taken apart at "and" nor the title put in lower case.
        "author": article.author and f"{{{_tex(article.author)}}}",
        "title": article.title and f"{{{_tex(article.title)}}}",
        "howpublished": article.publisher and _tex(article.publisher),
        "year": year,
        "month": month and _MONTHS[int(month) - 1],
        "day": day and str(int(day)),
        "url": article.url and re.sub(r"[{}\\\s]", lambda match: quote(match[0], safe=""), article.url),
        "note": _tex(_note(passage, speaker)),
    }
    lines = (f"  {name} = {value if name == 'month' else f'{{{value}}}'}," for name, value in fields.items() if value)
    return "\n".join([f"@misc{{{passage_id(passage).replace(':', '-')},", *lines, "}"])


def _csl(passage: Passage, speaker: Speaker | None) -> str:
    article = passage.article
    fields = {
        "id": passage_id(passage),
        "type": "article-newspaper",
        "title": article.title and _line(article.title),
        "author": article.author and [{"literal": _line(article.author)}],
        "container-title": article.publisher and _line(article.publisher),
        "original-publisher": article.source and _line(article.source),
        "issued": article.date and {"date-parts": [[int(part) for part in article.date.split("-")]]},
        "URL": article.url,
        "note": _note(passage, speaker),
    }
    return json.dumps([{name: value for name, value in fields.items() if value}], ensure_ascii=False, indent=2)


def _note(passage: Passage, speaker: Speaker | None) -> str:
    """What no field of a reference is for: who speaks, where the text came from, and where in it the passage stands."""
    article = passage.article
    place = f"characters {passage.start}–{passage.end} of {article.file}, SHA-256 {article.sha256}"
    return "; ".join(_some([_named(speaker), *_origin(article), place]))


def titled(speaker: Speaker) -> tuple[str, ...]:
    """Name and role as they are read: a title stands before the name ("Dr Ann Lee"), any other role after it."""
    if not speaker.role:
        return (speaker.name,)
    title = speaker.role[0].isupper() and all(word.strip(".").lower() in _TITLES for word in speaker.role.split())
    return (f"{speaker.role} {speaker.name}",) if title else (speaker.name, in_sentence(speaker.role))


def in_sentence(name: str) -> str:
    """A name or a role inside a sentence: "The union" begins with a small letter there, "The Hague" does not."""
    return name[:1].lower() + name[1:] if _DETERMINED.match(name) else name


def _named(speaker: Speaker | None) -> str | None:
    return ", ".join(_some([*titled(speaker), speaker.via and f"via {speaker.via}"])) if speaker else None


def _outlet(article: Article) -> list[str]:
    """Who published it, where it came from; the file's name where nobody is named and no title either."""
    named = [*_some([article.publisher]), *_origin(article)]
    return named if named or article.title or article.url else [article.file]


def _origin(article: Article) -> list[str]:
    source = article.source and f"source: {article.source}"
    return _some([source, article.distributor and f"distributed by {article.distributor}"])


def _some(parts: Iterable[str | None]) -> list[str]:
    """What there is, each on one line."""
    return [line for part in parts if part and (line := _line(part))]


def _line(text: str) -> str:
    return " ".join(text.split())


def _marked(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>])", r"\\\1", _line(text))


def _tex(text: str) -> str:
    return "".join(_TEX.get(char, char) for char in _line(text))


def paragraph_number(article: Article, at: int) -> int:
    """Which paragraph of the article's text the character at `at` stands in, from 1; headings and bylines count too."""
    return max(1, sum(paragraph.start <= at for paragraph in paragraphs(article.text)))


def check_command(passage: Passage, path: PurePath | str) -> str | None:
    """A command that compares the file at `path` with its SHA-256 and prints the passage.

    `None` where the text was taken out of its file: its offsets are not the file's.
    """
    article = passage.article
    if article.text_sha256:
        return None
    file, listed = shlex.quote(str(path)), shlex.quote(f"{article.sha256}  {path}")
    first, size = len(article.text[: passage.start].encode()), len(passage.text.encode())
    return f"echo {listed} | sha256sum -c; tail -c +{first + 1} {file} | head -c {size}"
