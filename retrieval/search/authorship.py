"""A name → the sentences that its bearer wrote: the own ones of articles by that author that are told in the first person.

A news report's own sentences are the outlet's, and no opinion of its reporter. Who writes "I" in several of them tells of
themselves: in a letter, a column, a diary. Not so in an interview, where others do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.index.corpus import Corpus
from retrieval.speakers.speaker_index import may_be
from retrieval.text import dialogue
from retrieval.types import Article, Speaker, Statement

_FEWEST = 3  # sentences in the first person; on `gold/v*` and `gold/d1?` to `d5?` one interview has as many, plain reports fewer
_QUOTED = re.compile(r"[“\"„«‘][^”\"“»]*(?:[”\"“»]|$)")
_I = r"\bI\b(?:['’]\w+|,? [a-z])"  # no numeral: "World War I", "Part I"
_FIRST_PERSON = re.compile(rf"(?:^|[^\w\s]\s*|\b[a-z]+ ){_I}|\b(?:[Mm]y|me|[Mm]yself)\b")
_YOU = re.compile(r"\byou", re.IGNORECASE)
_SEVERAL = re.compile(r"\band\b|[,&;]")  # authors


def written_by(corpus: Corpus, name: str) -> dict[int, str]:
    """The rows of the sentences that somebody of this name wrote in the first person or beside it, each with the author."""
    last = name.rsplit(maxsplit=1)[-1].casefold()
    return {
        row: author
        for author, places in corpus.authors.items()
        if last in author.casefold() and not _SEVERAL.search(author) and may_be(name, Speaker(author))
        for at in places
        for row in _own_rows(corpus, corpus.articles[at])
    }


def _own_rows(corpus: Corpus, article: Article) -> list[int]:
    """The rows of the author's own sentences; none where the article is not told in the first person."""
    rows, statements = corpus.statements_of(article)
    own = [row for row, each in zip(rows, statements, strict=True) if _is_own(each)]
    telling = [row for row in own if _tells_of_author(corpus.statements[row].text)]
    return own if len(telling) >= _FEWEST and not _is_interview(article, statements) else []


def _is_own(statement: Statement) -> bool:
    """Whether the outlet's own words are those of a sentence, or nobody but "I" says something in it."""
    only_author = bool(statement.sources) and all(re.search(r"\b(?:I|[Mm]y)\b", each) for each in statement.sources)
    return statement.voice == "article" or only_author


def _tells_of_author(text: str) -> bool:
    return not dialogue.asks(text) and _FIRST_PERSON.search(_QUOTED.sub("", text)) is not None


def _is_interview(article: Article, statements: Sequence[Statement]) -> bool:
    """Whether there are turns of a dialogue, or somebody is asked."""
    asked = (dialogue.asks(each.text) and _YOU.search(each.text) for each in statements if each.voice != "speaker")
    return any(asked) or bool(dialogue.labels(article.text))
