"""Articles, or the folder of a saved index → an `Index`, which answers, and can be changed, saved and checked."""

from __future__ import annotations

import threading
from collections.abc import Container, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Self, Unpack

from retrieval import articles as files
from retrieval.errors import ArticlesError
from retrieval.index import corpus as corpora
from retrieval.index import indexing, models, overviews, refresh, revisions, segment, storage
from retrieval.index import remote as remotes
from retrieval.index.corpus import Corpus
from retrieval.index.remote import Remote
from retrieval.index.storage import Generation
from retrieval.quotes import Correction, QuoteCheck
from retrieval.search import answering, cross_encoder, examples
from retrieval.search.encoder import DEFAULT
from retrieval.search.filters import Filter, Limits
from retrieval.search.pipeline import Collection
from retrieval.types import (
    Answer,
    Article,
    Encoder,
    Hit,
    Mention,
    Passage,
    Progress,
    Reranker,
    Span,
    SpeakerStatements,
    Statement,
)

Articles = str | Path | Iterable[Article]


class Index:
    """Passages of articles with all that is needed to answer questions from them; safe to ask from many threads.

    `problems` says what was left out of the collection and why, `notices` what an operator should know of how the
    articles were read or the index was loaded; one line each.
    """

    def __init__(self, corpus: Corpus, encoder: Encoder, reranker: Reranker | None, facts: Mapping[str, Any]) -> None:
        self._corpus = corpus  # swapped as a whole, so that a question sees one state
        self._encoder = encoder
        self._reranker = reranker
        self._facts = dict(facts)
        self._watch = refresh.Watch(self.folder) if self.folder else None
        self._changing = threading.Lock()
        self._generation: Generation | None = None  # where it was loaded from
        self._remote: Remote | None = None  # what keeps its vectors, all of `_saved`
        self._saved: Corpus | None = None
        self.problems = tuple(files.Problem(*problem) for problem in self._facts.get("problems", ()))
        self.notices: tuple[str, ...] = ()

    @classmethod
    def build(
        cls,
        articles: Articles,
        *,
        encoder: Encoder | str | Path = DEFAULT,
        reranker: Reranker | str | Path | None = cross_encoder.DEFAULT,
        progress: Progress | None = None,
    ) -> Self:
        """An index of a folder of articles, or of articles handed in.

        `encoder` is a model's name or folder, or an object with the protocol `Encoder`; `reranker` is a cross-encoder's
        name or folder, an object with the protocol `Reranker`, or `None`, so that the search alone orders and judges.
        Raises `ArticlesError` when the folder holds nothing that can be indexed, `ModelError` when a model does not load,
        `TypeError` or `ValueError` for an object that is none.
        """
        collection, facts = _read(articles, progress)
        judge, model = models.reranker(reranker), models.encoder(encoder)
        index = cls(corpora.make(collection.articles, model, progress), model, judge, facts)
        index.problems, index.notices = collection.problems, collection.notices + models.slow(model)
        index._suggest()
        return index

    @classmethod
    def load(
        cls,
        folder: str | Path,
        *,
        encoder: Encoder | str | Path | None = None,
        reranker: Reranker | str | Path | None = None,
    ) -> Self:
        """The index saved in `folder`, with its own encoder and reranker, or with these if they are the very same.

        `folder` may be an engine's address, as in `retrieval.index.milvus.ADDRESSES`; `EngineError` is raised when that
        engine does not answer or has not all of it. Raises `IndexFolderError` when there is no whole index, or one made
        with other models, `ModelError` when a model does not load or was a program's object and is not handed in,
        `TypeError` for an object that is none.
        """
        remote = remotes.at(Path(folder))
        generation = remote.load() if remote else storage.load(Path(folder))
        model = None if encoder is None else models.encoder(encoder)
        judge = models.reranker(reranker)
        corpus, model, judge, facts = models.read(generation, remote, model, judge)
        index = cls(corpus, model, judge, facts)
        index.notices, index._generation, index._remote = generation.notices, generation, remote
        index._saved = corpus
        return index

    def save(self, folder: str | Path, *, progress: Progress | None = None) -> None:
        """Write the index as the new generation of `folder`; a kill at any moment leaves the old one or this one.

        `folder` may be an engine's address. Raises `IndexFolderError` when the folder cannot be written or another process is
        writing it, `EngineError` when the engine does not take all of it.
        """
        corpus = self._corpus
        facts = models.facts(corpus, self._encoder, self._reranker, self._facts, self.problems)

        def fill(aside: Path) -> None:
            models.save(self._encoder, aside)
            revisions.save(corpus.revisions, aside)

        remote = remotes.at(Path(folder), self._remote)
        if remote is None:
            parts = {each.name: partial(segment.save, each) for each in corpus.segments}
            storage.write(Path(folder), fill, facts, parts)
        elif remote is not self._remote or corpus is not self._saved:
            self._generation = remote.write(fill, facts, corpus.segments, progress)
            self._remote, self._saved = remote, corpus

    @property
    def articles(self) -> tuple[Article, ...]:
        """Every article, in the order of the file names."""
        return self._corpus.by_file

    @property
    def passages(self) -> Sequence[Passage]:
        """Every passage, in the order in which their articles were taken in, then of the text; its place is its row."""
        return self._corpus.passages

    @property
    def statements(self) -> Sequence[Statement]:
        """Every sentence of every passage and whose words it is, in the order of the passages."""
        return self._corpus.statements

    @property
    def folder(self) -> Path | None:
        """The collection's folder as it was given when the index was built; `None` for articles handed in."""
        return Path(self._facts["folder"]) if self._facts.get("folder") else None

    @property
    def left_out(self) -> tuple[str, ...]:
        """`problems` as lines: one for each reason, with the names of the files that it kept out."""
        return tuple(files.left_out(self.problems))

    @property
    def examples(self) -> tuple[str, ...]:
        """Questions that this collection answers, at most one an article, in the order of the articles."""
        return tuple(self._facts.get("examples", ()))

    def taken_in(self, article: Article) -> str:
        """When an article of the index was taken in: ISO 8601 in UTC, to the second."""
        return self._corpus.taken[article.id]

    def add(self, articles: Articles, *, progress: Progress | None = None) -> None:
        """Add a folder of articles, or articles handed in; those of files that are already here are replaced."""
        new, facts = _read(articles, progress)
        with self._changing:
            self._corpus = corpora.extend(self._corpus, new.articles, self._encoder, progress)
            self._facts["files"] = {**self._facts.get("files", {}), **facts.get("files", {})}
            self.problems += new.problems
            self.notices += new.notices
            self._mend_examples()

    def remove(self, article_id: str) -> None:
        """Take an article out; raises `ValueError` when there is none of this id."""
        with self._changing:
            if all(article.id != article_id for article in self.articles):
                raise ValueError(f"no article has the id {article_id!r}")
            self._corpus = corpora.changed(self._corpus, None, {article_id})
            self._mend_examples()

    def refreshed(self, *, apart: bool = False, settle: float = 0, progress: Progress | None = None) -> Self:
        """An index of what the folder holds now; this one, which stays as it is, where nothing has changed.

        What has not changed is taken over; `problems` has what is left out now, `notices` what is new. With `apart`, new
        articles are read and encoded by a process of low priority, if the encoder has a name. A file that was written
        less than `settle` seconds ago is waited for. Raises `ArticlesError` where the folder cannot be read or holds no
        article any more, and for articles that were handed in; `RefreshError` where that process fails.
        """
        if self._remote and self._remote.replaced():  # by another process
            return self.load(str(self._remote.address), encoder=self._encoder, reranker=self._reranker)
        if self._watch is None or self.folder is None:
            raise ArticlesError("the articles of this index were handed in: there is no folder to read again")
        if self._remote and not self.folder.is_dir():  # on the machine of that process
            return self
        same = self._facts.get("code") == indexing.code()
        before = self._facts["files"] if same else {}
        if self._watch.files() == before:
            return self
        apart = apart and not models.identity(self._encoder).get("own")
        with refresh.reader(self._encoder, progress, apart=apart) as read:
            now = self._watch.files(before, settle)
            if now == before:
                return self
            corpus, collection = refresh.taken_in(self._corpus, self.folder, before, now, read)
        return self._succeeded(corpus, collection, {name for name, digest in before.items() if now.get(name) == digest})

    def changes(self) -> tuple[str, ...]:
        """One line for each file that changed, came or vanished since the build; none for articles handed in."""
        return tuple(refresh.changes(self._watch, self._facts["files"])) if self._watch else ()

    def verify(self) -> tuple[str, ...]:
        """What changed, and one line for each passage that is not word for word at its place in its file any more.

        Also one line for each damaged file of the index, and then nothing else. Raises `ArticlesError` when the
        collection's folder cannot be read.
        """
        damaged = storage.damage(self._generation) if self._generation else ()
        if damaged or self.folder is None:
            return damaged
        return (*self.changes(), *refresh.faults(self.folder, self.passages, self.statements))

    def ask(self, question: str, k: int = 3, **limits: Unpack[Limits]) -> Answer:
        """The `k` passages that answer the question best, and whether they do; nothing found is an answer too.

        `limits` (`since`, `until`, `publisher`, `file`, `speaker`) are explained at `retrieval.search.filters.Filter`; they may
        also stand in the question, such as `after:2022-02`. Raises `ValueError` for a `k` below 1 or a date that is none.
        """
        if k < 1:
            raise ValueError(f"k must be at least 1, not {k}")
        collection = Collection(self._corpus, self._encoder, self._reranker)
        return answering.ask(collection, question, k, Filter(**limits), self._changed)

    def said_by(self, name: str, about: str | None = None) -> SpeakerStatements:
        """Every statement of a speaker, or those about a topic; none for a name that nobody has.

        `name` may be a surname, an office, a body or a government, in any case, slightly misspelt. Statements are in
        the order of their articles' dates, those of articles without a date last, and then in reading order.
        """
        return overviews.said_by(self._corpus, self._encoder, name, about)

    def mentions(self, term: str) -> tuple[Mention, ...]:
        """Every sentence and headline of the whole texts that has the word or phrase, in any case and inflection.

        In the order of their articles' dates, those without a date last, and then in reading order.
        """
        return overviews.mentions(self._corpus, term)

    def compare(self, topic: str) -> tuple[SpeakerStatements, ...]:
        """Who says what about a topic: one entry a speaker, the one who comes nearest to it first.

        A speaker's statements are ordered as in `said_by`. Unnamed groups ("officials") of two articles are two.
        """
        return overviews.compare(self._corpus, self._encoder, topic)

    def timeline(self, topic: str) -> tuple[Statement, ...]:
        """The sentences about a topic, of any speaker and of none, by the date that their article states.

        Those of articles that state none (`statement.article.date is None`) come last.
        """
        return overviews.timeline(self._corpus, self._encoder, topic)

    def check(self, quote: str, speaker: str | None = None) -> QuoteCheck:
        """Whether the articles hold the quote word for word, and whose it is; `speaker` is the one it is given to."""
        return self._corpus.check(quote, speaker)

    def warm(self, *, models: bool = True) -> None:
        """Load and make now what the first question, misspelling or quote would wait for; slow, safe from any thread.

        `models` is `False` where they have answered already, as those of a `refreshed` index have.
        """
        if models:
            self.ask(next(iter(self.examples), "news"))
        self._corpus.warm()

    def passage(self, id_: str) -> Passage:
        """The passage of an identifier as `passage_id` gives it, or that stretch of its article.

        Raises `ValueError` where it is no identifier or no article here has that stretch.
        """
        return self._corpus.passage(id_)

    def hit(self, id_: str, highlight: Span, span: Span | None = None) -> Hit:
        """A passage found before, by its identifier and its sentence that answers, with whose words that is.

        `span` is the hit's. Its score is 0. Raises `ValueError` when no article here has it.
        """
        return self._corpus.hit(id_, highlight, span)

    def after(self, hit: Hit) -> Hit | None:
        """The passage behind a hit's in its article, its first sentence as the highlight; `None` at the article's end."""
        return self._corpus.after(hit)

    def body(self, article: Article) -> Sequence[Span]:
        """The stretches of an article that are no boilerplate, in order; raises `ValueError` where it is not of this index."""
        return self._corpus.body(article)

    def correction(self, id_: str, highlight: Span) -> Correction | None:
        """What became of the sentence of a passage found before, where its article has another text since.

        `None` where no article had that text within the last three months, or its file is gone. Raises `ValueError` where
        `id_` is no identifier.
        """
        return self._corpus.correction(id_, highlight)

    def _changed(self, files: Iterable[str]) -> tuple[str, ...]:
        """Those of the files that are not as they were indexed."""
        return self._watch.changed(files, self._facts.get("files", {})) if self._watch else ()

    def _suggest(self) -> None:
        """Make the examples by the search alone: a reranker takes ten times as long, and on what asks for the
        article's own words both nearly always agree."""
        search = Collection(self._corpus, self._encoder, None)
        suggested = examples.suggest(self.statements, lambda question: answering.ask(search, question, 1))
        self._facts |= {"examples": list(suggested), "example_articles": list(suggested.values())}

    def _mend_examples(self) -> None:
        """Leave out the examples of articles that are gone; make others where none is left."""
        here = {article.id for article in self._corpus.articles}
        pairs = zip(self.examples, self._facts.get("example_articles", ()), strict=False)
        staying = {question: article for question, article in pairs if article in here}
        self._facts |= {"examples": list(staying), "example_articles": list(staying.values())}
        if not staying:
            self._suggest()

    def _succeeded(self, corpus: Corpus, collection: files.Collection, same: Container[str]) -> Self:
        """An index of `corpus` in the place of this one; `collection` has what was read, all but the `same` files."""
        sums = {name: digest for name, digest in self._facts["files"].items() if name in same}
        facts = self._facts | {"files": sums | dict(collection.files), "code": indexing.code()}
        index = type(self)(corpus, self._encoder, self._reranker, facts)
        index._watch, index._remote, index._generation = self._watch, self._remote, self._generation
        index.problems = _problems(self.problems, same) + collection.problems
        index.notices = collection.notices
        index._mend_examples()
        return index


def _read(articles: Articles, progress: Progress | None) -> tuple[files.Collection, dict[str, Any]]:
    """The articles, and what the index notes of their folder; nothing for articles handed in."""
    if not isinstance(articles, str | Path):
        return files.Collection(tuple(articles), (), (), {}), {}
    collection = files.read(Path(articles), progress=progress)
    folder = str(Path(articles).resolve())
    return collection, {"folder": folder, "files": dict(collection.files), "code": indexing.code()}


def _problems(before: Iterable[files.Problem], same: Container[str]) -> tuple[files.Problem, ...]:
    """The problems of files that are still the same, and of records in them (`file:line`)."""
    return tuple(problem for problem in before if problem.file in same or problem.file.rpartition(":")[0] in same)
