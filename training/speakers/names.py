"""The names that a text has in full, so that a speaker who is only "Lee" or "MR LEE" somewhere can be shown as "Ann Lee"."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from retrieval import lexicon
from retrieval.text.normalize import CAPITALS, name_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.types import Span

Name = tuple[str, ...]  # the words of a name, folded

_PART = rf"[{CAPITALS}](?:\.|[^\W\d_]*(?:['’-][^\W\d_]{{2,}})*)"
PARTICLES = lexicon.words("bylines", "particle") - lexicon.words("function_words")
_RUN = re.compile(rf"(?<!\w){_PART}(?: (?:{lexicon.alternatives(PARTICLES)}|{_PART})){{1,7}}(?!\w)")
_REST = re.compile(rf"(?: (?:{lexicon.alternatives(PARTICLES)}))+ {_PART}(?!\w)")  # of a name that is cut at a particle
_NO_NAMES = lexicon.words("function_words") | lexicon.words("speaker_nouns", "title", "courtesy")
_MOST = 4  # words of a person's name


def words(name: str) -> Name:
    """The words of a name by which it is compared, without an article in front."""
    parts = tuple(name_words(name))
    return parts[1:] if len(parts) > 1 and parts[0] == "the" else parts or (name,)


def is_persons(name: str) -> bool:
    """Whether all words of a name have a capital, but for particles; "a spokesman for Ann Lee" is somebody else than she."""
    return all(word[0].isupper() or word in PARTICLES for word in name.split())


def whole(text: str, start: int, end: int) -> Span:
    """The stretch of a person's name with what follows a particle: "Ann van der Berg" of "Ann" or "Ann van"."""
    *_, last = text[start:end].split()
    at = end - len(last) - 1 if last in PARTICLES else end
    rest = _REST.match(text, at)
    return start, rest.end() if rest else end


class Names:
    """Where the names of several words stand in a text; `likely` are stretches that somebody's name is likely."""

    def __init__(self, text: str, likely: Sequence[Span] = ()) -> None:
        """Linear in the length of the text."""
        self._by_last: dict[str, dict[Name, Span]] = defaultdict(dict)
        self._likely = {words(text[slice(*span)]) for span in likely}
        for span in [*likely, *(span for run in _RUN.finditer(text) if (span := _name(text, run.span())))]:
            name = words(text[slice(*span)])
            if len(name) > 1:
                self._by_last[name[-1]].setdefault(name, span)

    def fullest(self, name: Name) -> Span | None:
        """Where the one longer name that ends with these words stands; `None` where there is none, or two people's."""
        longer = {other: span for other, span in self._by_last[name[-1]].items() if name == other[1:][-len(name) :]}
        known = {other for other in longer if other[0] in lexicon.words("name_genders")}
        for kind in (longer.keys() & self._likely | known, longer.keys()):
            if kind:
                return longer[max(kind, key=len)] if len({other[0] for other in kind}) == 1 else None
        return None


def _name(text: str, run: Span) -> Span | None:
    """What may be a name of a run of words with capitals: the last ones, without titles and what begins a sentence."""
    parts = list(re.finditer(r"\S+", text[slice(*run)]))
    plain = [part[0].lower().strip(".") for part in parts]
    first = max((at + 1 for at, word in enumerate(plain[:-1]) if word in _NO_NAMES), default=0)
    first = next((at for at in range(first, len(plain) - 1) if plain[at] in lexicon.words("name_genders")), first)
    return (run[0] + parts[first].start(), run[1]) if 1 < len(parts) - first <= _MOST else None
