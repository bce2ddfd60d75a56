"""Whom an article names: the full names, and what is known of each one's gender."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from retrieval import lexicon
from retrieval.speakers import mentions

if TYPE_CHECKING:
    from retrieval.speakers.document import Document, Sentence
    from retrieval.speakers.mentions import Mention


@dataclass(slots=True)
class People:
    """The people whom an article names in full, by surname and by first name."""

    full: dict[tuple[str, ...], Mention] = field(default_factory=dict)
    by_word: dict[str, set[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(set))
    genders: dict[tuple[str, ...], set[str]] = field(default_factory=lambda: defaultdict(set))

    def enter(self, mention: Mention, genders: set[str]) -> None:
        """Remember a name; the first place with a role is what is shown."""
        known = self.full.get(mention.words)
        if known is None or (known.role is None and mention.role is not None):
            self.full[mention.words] = mention
        for word in mention.words:
            self.by_word[word].add(mention.words)
        self.genders[mention.words] |= genders

    def fullest(self, words: tuple[str, ...]) -> Mention | None:
        """The one longest name that holds these words in this order; `None` where two different people could be meant."""
        if not words:
            return None
        holding = [name for name in self.by_word.get(words[-1], ()) if _within(words, name)]
        longest = max(holding, key=lambda name: (self.full[name].kind == "person", len(name)), default=None)
        if longest is None or any(not _within(name, longest) and self._rivals(name, longest) for name in holding):
            return None
        return self.full[longest]

    def _rivals(self, name: tuple[str, ...], longest: tuple[str, ...]) -> bool:
        """Whether two names may be two people's: something that only looks like a name is no rival of a person's."""
        return self.full[name].kind == "person" or self.full[longest].kind != "person"

    def gender(self, words: tuple[str, ...]) -> set[str]:
        """What is known of the gender of a name's bearer: none, one or (contradicting) both of `male`, `female`."""
        known: set[str] = set()
        for name, genders in self.genders.items():
            if _within(words, name) or _within(name, words):
                known |= genders
        names = lexicon.by_kind("name_genders")
        return known or {kind for kind in ("male", "female") if words and words[0] in names[kind]}


def people_of(document: Document) -> People:
    """Everybody whom the article's sentences name."""
    known = People()
    for number, sentence in enumerate(document.sentences):
        for token in sentence.tokens:
            if token.pos_ != "PROPN" or token.i in sentence.folded or token.dep_ == "compound":
                continue
            mention = mentions.of(document, number, token.i)
            if mention.kind == "person" or (mention.kind == "name" and 1 < len(mention.words) < 4):
                known.enter(mention, _evidence(sentence, token))
    return known


def _evidence(sentence: Sentence, token: Any) -> set[str]:
    """What the title before a name, or the noun beside it, says of its bearer's gender."""
    before = [
        part.lower_.strip(".") for part in sentence.tokens[max(0, token.i - 4) : token.i] if part.head.i >= token.i - 3
    ]
    beside = {child.lemma_.lower() for child in token.children if child.dep_ == "appos"} | set(before)
    return gender_of(beside)


def gender_of(words: set[str]) -> set[str]:
    """The one gender that these words leave: `{"male"}`, `{"female"}`, or nothing."""
    nouns = lexicon.by_kind("speaker_nouns")
    genders = {kind for kind in ("male", "female") if words & (nouns[kind] - {"he", "she"})}
    return genders if len(genders) == 1 else set()


def _within(short: tuple[str, ...], full: tuple[str, ...]) -> bool:
    rest = iter(full)
    return all(any(word == other for other in rest) for word in short)
