"""A text's abbreviations → their long forms in a collection, and its long forms → their abbreviations there.

A long form is a run of words in capitals whose initials are the letters of its abbreviation, such as "Organisation for Economic
Co-operation and Development"; function words and the second half of a hyphenated word have no letter in it. Schwartz and
Hearst (2003) match letters as well, but need both forms side by side, "(OECD)", which an article often has not. Two letters stand
for much, so for them the long form counts only in an article that has the abbreviation, too. The words of each part of a
collection are one string of initials, in which a regular expression finds the runs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from retrieval import lexicon
from retrieval.quotes.best_match import cases
from retrieval.quotes.suffix_array import CAPITAL, LOWER, WordTables
from retrieval.text import normalize

_SMALL, _OTHER, _PARTED = "~", ".", "|"  # initials of a function word, of another in lower case; what parts two runs
_BETWEEN = rf"(?:-\{_OTHER})?[ -](?:{_SMALL}[ -])*"  # between two initials of a run
_RUN = re.compile(rf"[^\W\d_](?:{_BETWEEN}[^\W\d_])+")
_LONGEST = 7  # letters of an abbreviation
_WORD = re.compile(rf"\b[^\W\d_]{{2,{_LONGEST}}}\b")
_ENGLISH = lexicon.words("stop_words")
_SMALL_WORDS = _ENGLISH | lexicon.words("common_words")  # with a capital, a word of another language is a name ("Lee")
_FIRST_NAMES = lexicon.words("first_names")
Run = tuple[int, int]  # its first and its last place
_SHORT = 2  # letters of an abbreviation that needs an article with both forms


class Abbreviations:
    """Which abbreviations and long forms a collection has; `tables` gives the words of its parts when they are needed."""

    def __init__(self, tables: Callable[[], Sequence[WordTables]] = tuple) -> None:
        self._tables = tables
        self._long_form: Callable[[str], str | None] = lru_cache(1024)(self._looked_up)

    def other_form(self, text: str) -> str:
        """The text with its abbreviations written out, else with its long forms abbreviated, else as it is."""
        written = self.written_out(text)
        return written if written != text else self.abbreviated(text)

    def written_out(self, text: str) -> str:
        """The text with the long forms of those abbreviations in it whose long form the collection has."""
        shouted = text.isupper() and len(text.split()) > 1
        return text if shouted else _WORD.sub(lambda match: self._long_form(match[0]) or match[0], text)

    def abbreviated(self, text: str) -> str:
        """The text with the abbreviations of those long forms in it whose abbreviation the collection has."""
        wording = normalize.wording(text)
        own = _Initials(WordTables.of([(wording.norms, wording.gaps, cases(wording))]))
        chosen: dict[Run, str] = {}
        for run, letters in own.runs():
            apart = all(run[1] < other[0] or other[1] < run[0] for other in chosen)
            if (
                apart
                and self._has(letters)
                and (len(letters) > _SHORT or [self._long_form(letters)] == own.written([run]))
            ):
                chosen[run] = letters
        for (first, last), letters in sorted(chosen.items(), reverse=True):
            text = text[: wording.words[first - 1].start] + letters + text[wording.words[last - 1].end :]
        return text

    def _has(self, letters: str) -> bool:
        """Whether the collection has the letters as a word with a capital inside a sentence."""
        return CAPITAL in self._cases(letters.casefold())

    def _cases(self, word: str) -> set[int]:
        """The cases in which the word stands in the collection."""
        return {case for part in self._parts for case in part.tables.cases_of(part.tables.number(word))}

    @cached_property
    def _parts(self) -> list[_Initials]:
        return [_Initials(tables) for tables in self._tables()]

    def _looked_up(self, word: str) -> str | None:
        """The commonest long form of a word in capitals, or of one in lower case that no article has in lower case."""
        letters = word.upper() if word.islower() else "".join(filter(str.isupper, word))
        if len(letters) < _SHORT or (word.islower() and (len(letters) == _SHORT or LOWER in self._cases(word))):
            return None
        together = word.casefold() if len(letters) == _SHORT else None
        counts = Counter(form for part in self._parts for form in part.long_forms(letters, together))
        return max(counts, key=lambda form: counts[form], default=None)


@dataclass(frozen=True)
class _Initials:
    """The words of tables as one string: for the word at place `p` its initial at `2p`, and what follows it at `2p + 1`.

    Capitals alone have a letter. A word that begins a sentence begins a run, too.
    """

    tables: WordTables

    @cached_property
    def text(self) -> str:
        """The string."""
        tables = self.tables
        words = ["", *tables.listed]
        upper = np.array(
            [ord(_SMALL if word in _ENGLISH else (word[:1].upper() or _PARTED)[0]) for word in words], np.uint32
        )
        lower = np.array([ord(_SMALL if word in _SMALL_WORDS else _OTHER) for word in words], np.uint32)
        gaps = np.array([ord({"": " ", "-": "-"}.get(gap, _PARTED)) for gap in tables.gaps], np.uint32)
        initials = np.where(tables.cases == LOWER, lower[tables.ids], upper[tables.ids])
        following = gaps[tables.between]
        following[:-1][tables.cases[1:] == 0] = ord(_PARTED)
        return np.stack([initials, following], axis=1).astype("<u4").tobytes().decode("utf-32-le", "replace")

    def runs(self) -> Iterator[tuple[Run, str]]:
        """Of each run of initials the parts that may be a long form, the longest first, with their letters."""
        for match in _RUN.finditer(self.text):
            places = [at for at in range(match.start(), match.end(), 2) if self.text[at].isalpha()]
            for size in range(min(len(places), _LONGEST), 1, -1):
                for own in (places[at : at + size] for at in range(len(places) - size + 1)):
                    yield (own[0] // 2, self._end(own[-1])), "".join(self.text[at] for at in own)

    def long_forms(self, letters: str, together: str | None = None) -> list[str]:
        """The runs with these initials and no capital beside them; those of articles alone that have the word `together`."""
        matches = re.finditer(_BETWEEN.join(letters), self.text)
        runs = [(match.start() // 2, self._end(match.end() - 1)) for match in matches]
        if together and runs:
            articles = self.tables.articles([self.tables.number(together)])
            runs = [run for run in runs if np.searchsorted(self.tables.firsts, run[0], side="right") - 1 in articles]
        whole = (run for run in runs if not (self._adjoins(2 * run[0] - 1, -1) or self._adjoins(2 * run[1] + 1, 1)))
        return [form for form in self.written(list(whole)) if form.split()[0].casefold() not in _FIRST_NAMES]

    def written(self, runs: Sequence[Run]) -> list[str]:
        """The words of each run, with capitals where they have a letter."""
        words = ["", *self.tables.listed] if runs else []
        return ["".join(self._written(words, place) for place in range(run[0], run[1] + 1))[:-1] for run in runs]

    def _written(self, words: Sequence[str], place: int) -> str:
        """A word, and what follows it."""
        word, following = words[int(self.tables.ids[place])], self.text[2 * place + 1]
        return (word.capitalize() if self.text[2 * place].isalpha() else word) + following

    def _end(self, at: int) -> int:
        """The place of the last word of a run whose last initial stands at `at`: of a hyphenated word the second half."""
        return at // 2 + (self.text[at + 1 : at + 3] == f"-{_OTHER}")

    def _adjoins(self, joint: int, step: int) -> bool:
        """Whether a capital follows in this direction, with nothing but this joint between."""
        return self.text[joint : joint + 1] in {" ", "-"} and self.text[joint + step].isalpha()
