"""Fakes that keep the contract: an encoder that hashes words, and an index that answers by shared words."""

from __future__ import annotations

import hashlib
import re
import time
from typing import TYPE_CHECKING

import numpy as np

from retrieval import (
    Answer,
    Article,
    Hit,
    Mention,
    Passage,
    QuoteCheck,
    Speaker,
    SpeakerStatements,
    Statement,
    front_matter,
    parse_passage_id,
)
from retrieval.quotes import Correction, QuoteIndex, Texts, correction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from retrieval.types import Voice

TALKS = Article(
    id="talks",
    file="harbour/talks.txt",
    text=(
        "The ministers met in Port Alba on Tuesday. They spoke for three hours about the fishing treaty.\n"
        "Minister Oduya said the “red line” was crossed in March. Nobody left early."
    ),
    sha256="1" * 64,
    title="Ministers meet over fishing treaty",
    publisher="Harbour Post",
    source="Coast Agency",
    author="Ines Palm",
    date="2031-05-06",
    url="https://www.harbourpost.example/talks?id=7&part=1",
)
BARE = Article(
    id="bare",
    file="notes/bare.txt",
    text="A storm closed the bridge at dawn. Engineers found two cracked pillars.",
    sha256="2" * 64,
)
TRIAL = Article(
    id="trial",
    file="trial.txt",
    text="The court freed the baker Tomas Rehn. The judge called the evidence thin. A crowd cheered outside.",
    sha256="3" * 64,
    title="Baker freed",
    source="The Daily Bell",
    url="javascript:alert(1)",
)
TAKEN = "2031-05-07T08:09:10+00:00"
EXAMPLES = ("Where did the ministers meet on Tuesday?", "What closed the bridge?", "Who freed the baker?")


class FakeEncoder:
    """Texts → unit rows that depend on the words alone: the same vector in every process, alike where words are."""

    def __init__(self, dim: int = 64) -> None:
        self.dim = dim
        self.name = f"fake-{dim}"
        self.checksum = hashlib.sha256(self.name.encode()).hexdigest()

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._encode(texts)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), self.dim), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()) or [""]:
                digest = hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=8).digest()
                row[int.from_bytes(digest[:4]) % self.dim] += 1 if digest[4] % 2 else -1
            if not row.any():  # two words may cancel each other out
                row[0] = 1
        unit: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit


class CountingEncoder(FakeEncoder):
    """One that notes which texts of articles it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts += texts
        return super().encode_passages(texts)


class FakeIndex:
    """Three articles, a passage each. Two shared words of four letters or more answer a question, one is near it.

    A question with "slowly" waits until the file `gate` is there; one with "explode" fails.
    """

    def __init__(
        self,
        articles: Sequence[Article] = (TALKS, BARE, TRIAL),
        gate: Path | None = None,
        earlier: Sequence[Article] = (),
    ) -> None:
        """`earlier` are articles as they were before those of the same file."""
        self.articles = tuple(articles)
        self.earlier = tuple(earlier)
        self.examples = EXAMPLES
        self.notices: tuple[str, ...] = ()
        self.folder = None
        self.warmed = False
        self._gate = gate

    def warm(self) -> None:
        self.warmed = True

    def taken_in(self, article: Article) -> str:
        return TAKEN

    def body(self, article: Article) -> list[tuple[int, int]]:
        return [(front_matter(article.text), len(article.text))]

    def changes(self) -> tuple[str, ...]:
        return ()

    def said_by(self, name: str, about: str | None = None) -> SpeakerStatements:
        own = [one for one in self.statements if one.speaker and _words(name) & _words(one.speaker.name)]
        return SpeakerStatements(name, tuple(one for one in own if not about or _words(about) & _words(one.text)))

    def mentions(self, term: str) -> tuple[Mention, ...]:
        pattern = re.compile(re.escape(term), re.IGNORECASE)
        return tuple(
            Mention(
                one,
                tuple(match.span() for match in pattern.finditer(one.article.text, one.start, one.end)),
            )
            for one in self.timeline(term)
        )

    def compare(self, topic: str) -> tuple[SpeakerStatements, ...]:
        spoken = [one for one in self.timeline(topic) if one.speaker]
        return tuple(SpeakerStatements(one.speaker.name, (one,)) for one in spoken if one.speaker)

    def timeline(self, topic: str) -> tuple[Statement, ...]:
        near = [one for one in self.statements if topic.lower() in one.text.lower()]
        return tuple(sorted(near, key=lambda one: (one.article.date is None, one.article.date or "")))

    @property
    def statements(self) -> list[Statement]:
        scored = [
            (article, *span, _speaker(article, *span)) for article in self.articles for span in spans(article.text)
        ]
        return [Statement(*each[:3], "speaker" if each[3] else "article", each[3]) for each in scored]

    def check(self, quote: str, speaker: str | None = None) -> QuoteCheck:
        return QuoteIndex(Texts(self.articles), speaker_of=_speaker).check(quote, speaker=speaker)

    def hit(self, id_: str, highlight: tuple[int, int], span: tuple[int, int] | None = None) -> Hit:
        wanted = parse_passage_id(id_)
        for article in self.articles:
            if wanted.of(article):
                speaker = _speaker(article, *highlight)
                voice: Voice = "speaker" if speaker else "unclear"
                passage = Passage(article, wanted.start, wanted.end)
                return Hit(passage, highlight, 0, speaker=speaker, voice=voice, span=span)
        raise ValueError(f"no article here has the passage {id_}")

    def correction(self, id_: str, highlight: tuple[int, int]) -> Correction | None:
        wanted = parse_passage_id(id_)
        now = {article.file: article for article in self.articles}
        changed = [article for article in self.earlier if wanted.of(article)]
        return correction(changed[0], *highlight, TAKEN, now[changed[0].file]) if changed else None

    def ask(self, question: str, k: int = 3, file: str | None = None) -> Answer:
        words = _words(question)
        if "explode" in words:
            raise RuntimeError(f"cannot answer {question}")
        while "slowly" in words and self._gate and not self._gate.exists():
            time.sleep(0.01)
        scored = [
            (len(words & _words(article.text)), article) for article in self.articles if file in {None, article.file}
        ]
        best = sorted((pair for pair in scored if pair[0]), key=lambda pair: -pair[0])[:k]
        hits = tuple(self._hit(words, article) for _, article in best)
        verdict = "nothing" if not hits else "answer" if best[0][0] >= 2 else "related"
        return Answer(question, verdict, {"answer": 0.9, "related": 0.3, "nothing": 0.05}[verdict], hits)

    def _hit(self, words: set[str], article: Article) -> Hit:
        sentences = spans(article.text)
        best = max(sentences, key=lambda span: len(words & _words(article.text[span[0] : span[1]])))
        return Hit(Passage(article, 0, len(article.text), sentences), best, 1.0)


def _speaker(article: Article, start: int, end: int) -> Speaker | None:
    """The minister says what stands in quotation marks."""
    return Speaker("Minister Oduya") if article.id == TALKS.id and "red line" in article.text[start:end] else None


def spans(text: str) -> tuple[tuple[int, int], ...]:
    """The sentences of a text whose every full stop ends one."""
    return tuple(match.span() for match in re.finditer(r"[^\s.][^.]*\.", text))


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.lower()) if len(word) > 3}
