"""Who speaks in a collection, and which of its sentences are somebody's: by name, by role, by outlet.

A name is given as people type it: the surname, in lower case, with a letter wrong, the office alone, a government under
its capital's name. A sentence may also be somebody's where it is nobody's for certain, but says in so many words that
they say something ("The Kremlin denies it, but officials …").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import get_close_matches
from functools import lru_cache
from itertools import accumulate, chain
from typing import Literal

from retrieval import lexicon
from retrieval.lexicon import names_of_country
from retrieval.quotes.quote_parser import TITLES, same_speaker
from retrieval.text.normalize import name_words, unaccented
from retrieval.types import Speaker, Statement

_OWNED = re.compile(r"(?:his|her|its|our|their)\b", re.IGNORECASE)  # a name that says more of others ("their union")
_PREPOSITION = re.compile(r"\s(?:of|for|from|at|in|with|on)\s")
_LIKE = 0.85  # how alike a misspelt name is to the right one, as `difflib` counts
_PLAIN = frozenset(["a", "an", "the", "of", "s"])
_BODIES = lexicon.words("speaker_nouns", "body")
_OF = re.compile(r",|\b(?:of|at|for|from|in|with|to|and)\b")  # between a person's noun and the body that it belongs to
_OFFICES = lexicon.words("speaker_nouns", "person", "title")


class Speakers:
    """Who speaks in some statements, and which outlets print them; rows count from the first of these statements."""

    def __init__(
        self, size: int, spoken: Iterable[tuple[Speaker, Iterable[int]]], printed: Iterable[tuple[str, Iterable[int]]]
    ) -> None:
        """Of `size` statements, the rows that each speaker has `spoken`, and those that each outlet has `printed`, in parts."""
        self.size = size
        self.rows: dict[Speaker, list[int]] = {}
        self.printed: dict[str, list[int]] = {}
        for speaker, rows in spoken:
            self.rows.setdefault(speaker, []).extend(rows)
        for outlet, rows in printed:
            self.printed.setdefault(_joined(outlet), []).extend(rows)
        self.known: dict[str, dict[Speaker, None]] = {}  # by the words of name, role and outlet
        for speaker in self.rows:
            for word in name_words(f"{speaker.name} {speaker.role or ''} {speaker.via or ''}"):
                self.known.setdefault(word, {})[speaker] = None
        self.names = {word for speaker in self.rows for word in name_words(speaker.name) if len(word) > 4}


class SpeakerIndex:
    """The speakers of statements; a sentence is its place among them."""

    def __init__(
        self, statements: Sequence[Statement], *parts: Speakers, other_form: Callable[[str], str] | None = None
    ) -> None:
        """`parts` are of so many of the statements each as stand in a row; `other_form` abbreviates a name or writes it out."""
        self._statements, self._parts = statements, parts
        self._forms = lru_cache(256)(lambda name: dict.fromkeys([name, other_form(name)] if other_form else [name]))
        self._starts = list(accumulate((part.size for part in parts), initial=0))

    def named(self, name: str) -> list[int]:
        """The sentences that are the words of a speaker of this name."""
        return self._of(name, _bears)

    def meant(self, name: str) -> list[int]:
        """The same, with those who speak for the body or government that is named, and what the outlet has printed."""
        outlets = map(_joined, self._forms(name))
        printed = (self._rows(part.printed.get(outlet, ()) for part in self._parts) for outlet in outlets)
        return sorted({*self.represented(name), *chain.from_iterable(printed)})

    def represented(self, name: str) -> list[int]:
        """The sentences of a speaker of this name, of those who speak for that body or government, or to that outlet."""
        return self._of(
            name, lambda form, one: _bears(form, one) or _speaks_for(form, one) or _is_outlet(form, one.via)
        )

    def corrected(self, name: str) -> str:
        """The name with each word that no speaker has put right where a speaker's is almost the same."""
        return re.sub(r"\w{5,}", lambda match: self._alike(match[0]), name)

    def common_name(self, rows: Iterable[int]) -> str | None:
        """The name of the one who speaks in these sentences, as the articles have it; `None` where they are several's."""
        names = {one.speaker.name for row in rows if (one := self._statements[row]).speaker}
        return (
            min(names, key=lambda name: (_OWNED.match(name) is not None, -len(name), name))
            if len({name_words(name)[-1] for name in names}) == 1
            else None
        )

    def reported(self, name: str, rows: Iterable[int], *, saying: bool) -> list[int]:
        """Of these sentences, those of nobody certain that say of the named one that they say something.

        With `saying` false it is enough that they name the one.
        """
        names = [names for form in self._forms(name) if (names := _names_in_text(form))]
        unsure = ((row, each) for row in rows if (each := self._statements[row]).voice != "speaker")
        return [
            row
            for row, each in unsure
            if any(_name_one(each.sources if saying else [each.text], forms) for forms in names)
        ]

    def _of(self, name: str, wanted: Callable[[str, Speaker], bool]) -> list[int]:
        """The sentences of the speakers that share a word with a form of the name and are wanted by it."""
        rows: set[int] = set()
        for form in self._forms(name):
            words = {other for word in name_words(form) for other in names_of_country(word)} - _PLAIN
            near = {speaker for part in self._parts for word in words for speaker in part.known.get(word, ())}
            speakers = [speaker for speaker in near if wanted(form, speaker)]
            rows.update(
                self._rows([row for speaker in speakers for row in part.rows.get(speaker, ())] for part in self._parts)
            )
        return sorted(rows)

    def _rows(self, own: Iterable[Iterable[int]]) -> Iterator[int]:
        """The rows of each part as rows of all."""
        return (start + row for start, rows in zip(self._starts, own, strict=False) for row in rows)

    def _alike(self, word: str) -> str:
        low = word.casefold()
        names = sorted({name for part in self._parts for name in part.names if name[0] == low[0]})
        nearest = [] if low in names or low in TITLES else get_close_matches(low, names, 1, _LIKE)
        return nearest[0] if nearest else word


_INITIALS = re.compile(r"\.\w\.")  # within "U.S."


def _names_in_text(name: str) -> frozenset[str]:
    """What stands in a text for somebody of this name: its last word, which of a country is any of its names."""
    words = [word for word in name_words(name) if word not in _PLAIN | TITLES] or name_words(name)[-1:]
    return names_of_country(words[-1]) if words else frozenset()


def _name_one(texts: Iterable[str], names: frozenset[str]) -> bool:
    """Whether one of the texts has one of these names, whatever its accents and dots."""
    lowered = ((text, unaccented(text).casefold()) for text in texts)
    plain = (text for text, low in lowered if _INITIALS.search(text) or any(name in low for name in names))
    rows = (f" {' '.join(name_words(text))} " for text in plain)
    return any(f" {name} " in row for row in rows for name in names)


def generic(name: str) -> bool:
    """Whether these are people in general ("experts", "western diplomats"), who may speak under many names."""
    last = next(iter(name_words(name)[-1:]), "")
    return last in {"public", "world"} or lexicon.holds("speaker_nouns", ("person", "body"), last)


def collective(speaker: Speaker) -> Literal["group", "body"] | None:
    """Whether a speaker is several people ("fire investigators"), or a body ("the Rivers Trust"); `None` for one person.

    Told by the noun at the end of the name; a proper name without such a noun may be a person's.
    """
    phrase = _PREPOSITION.split(speaker.name)[0]
    head = next(reversed(name_words(phrase)), "")
    people = lexicon.words("speaker_nouns", "person")
    if speaker.role is None and head not in people and lexicon.holds("speaker_nouns", ("person",), head):
        return "group"
    acronym = re.search(r"\b[A-Z]{2,}$", phrase) is not None
    body = acronym or lexicon.holds("speaker_nouns", ("body",), head)
    return "body" if body and speaker.role is None and head not in people else None


def may_be(name: str, speaker: Speaker | None) -> bool:
    """Whether the words of this speaker, or of nobody certain, may be those of the named one."""
    return speaker is None or _bears(name, speaker)


def _bears(name: str, speaker: Speaker) -> bool:
    """Whether the speaker has the name; "the governor" of some article is not Governor Lee."""
    named, theirs = (set(name_words(each)) - TITLES - _OFFICES for each in (name, speaker.name))
    return same_speaker(name, speaker) and (not named or bool(theirs)) and not _belongs_to(name, speaker)


def _speaks_for(name: str, speaker: Speaker) -> bool:
    """Whether the name is of a body or a government, and the speaker has it in name or role."""
    wanted = [word for word in name_words(name) if word not in _PLAIN]
    stated = f"{speaker.name} {speaker.role or ''}"
    theirs, shouted = set(name_words(stated)), {word.casefold() for word in re.findall(r"\b[A-Z]{2,}\b", stated)}
    if not wanted or theirs & {"former", "ex"} or _belongs_to(name, speaker):
        return False
    public = any(len(names_of_country(word)) > 1 or word in _BODIES or word in shouted for word in wanted)
    return public and all(names_of_country(word) & theirs for word in wanted)


def _belongs_to(name: str, speaker: Speaker) -> bool:
    """Whether the speaker is of the body that is named and does not speak for it ("a mechanic of Brightwater")."""
    wanted = set(name_words(name)) - _PLAIN
    title = speaker.name if wanted & set(name_words(speaker.name)) else speaker.role or ""
    noun = next(iter(name_words(_OF.split(title)[0])[-1:]), "")
    person = lexicon.holds("speaker_nouns", ("person",), noun)
    return person and noun not in wanted and not lexicon.holds("speaker_nouns", ("representing", "title"), noun)


def _is_outlet(name: str, outlet: str | None) -> bool:
    wanted = {word for word in name_words(name) if word not in _PLAIN}
    return bool(wanted) and wanted <= set(name_words(outlet or ""))


@lru_cache(maxsize=4096)  # it is asked for each article of an outlet
def _joined(outlet: str) -> str:
    """An outlet's name as one word, the same for `Business Insider` and `www.businessinsider.com`."""
    host = outlet.strip().casefold()
    plain = re.sub(r"^www\.|(?:\.com?)?\.\w{2,}$", "", host) if " " not in host else host
    return "".join(word for word in name_words(plain) if word not in _PLAIN)
