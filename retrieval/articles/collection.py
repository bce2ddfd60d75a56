"""What a folder of articles gives: the articles, what was left out and why, and the sums of its files; reading is elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from retrieval.articles import folder as folders
from retrieval.articles.folder import Seen
from retrieval.errors import ArticlesError
from retrieval.types import Article

_NAMED = 50  # files in a line


@dataclass(frozen=True, slots=True)
class Problem:
    """A file, or `file:line` of a record, that was left out, and why, in one line."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A file that was read, and what is to be known of how, in one line."""

    file: str
    text: str


@dataclass(frozen=True, slots=True)
class Collection:
    """What a folder holds: articles in the order of file names, then of lines; what was left out; what was read.

    `files` has the SHA-256 of every file that could be read, whether it gave an article or a problem, so that a later
    change of any is seen.
    """

    articles: tuple[Article, ...]
    problems: tuple[Problem, ...]
    remarks: tuple[Remark, ...]
    files: Mapping[str, str]

    @property
    def notices(self) -> tuple[str, ...]:
        """The remarks as lines for the operator."""
        return tuple(f"{remark.file}: {remark.text}" for remark in self.remarks)


def left_out(problems: Iterable[Problem]) -> Iterator[str]:
    """A line for each reason, with the names of the files that it kept out, the first ones of very many."""
    reasons: dict[str, list[str]] = {}
    for problem in problems:
        reasons.setdefault(problem.reason, []).append(problem.file)
    return (f"left out {_listed(files)}: {reason}" for reason, files in reasons.items())


def _listed(files: Sequence[str]) -> str:
    more = f" and {len(files) - _NAMED:,} more (byline lint names them)" if len(files) > _NAMED else ""
    return f"{', '.join(files[:_NAMED])}{more}"


def fingerprint(folder: Path, seen: Seen | None = None) -> dict[str, str]:
    """The SHA-256 of every file that `read` would read, by its name; nothing is parsed. Raises as `read` does.

    A file that is of the same size and time as it was `seen` is not read again; what is read is noted there.
    """
    hashes: dict[str, str] = {}
    for entry in folders.files(folder):
        if not entry.fault:
            try:
                hashes[entry.file] = folders.hashed(entry, seen)
            except (OSError, ValueError):  # `read` says so; here it is a file that is not there
                continue
    return hashes


def nothing(folder: Path, problems: Sequence[Problem]) -> ArticlesError:
    """The error that the folder gives no article, with the first problems."""
    listed = "; ".join(f"{problem.file}: {problem.reason}" for problem in problems[:3])
    more = f"; and {len(problems) - 3} more" if len(problems) > 3 else ""
    missing = "it holds no file; put .txt, .md, .html or .jsonl files there"
    return ArticlesError(f"no article can be read in {folder}: {listed or missing}{more}")
