"""Which language a line is in, as far as its commonest words tell; enough to see a footer that is not the article's."""

from __future__ import annotations

import re
from collections import Counter

from retrieval.lexicon import kinds

_WORD = re.compile(r"[^\W\d_]+")
_COMMON = kinds("common_words")
_OWNER: dict[str, set[str]] = {}
for _code, _words in _COMMON.items():
    for _word in _words:
        _OWNER.setdefault(_word, set()).add(_code)
_SCRIPTS = (("ru", "\u0400", "\u04ff"), ("ar", "\u0600", "\u06ff"), ("he", "\u0590", "\u05ff"), ("el", "\u0370", "\u03ff"),
            ("zh", "\u3040", "\u9fff"), ("ko", "\uac00", "\ud7af"), ("hi", "\u0900", "\u097f"))  # fmt: skip
_NOT_LATIN = re.compile("[\u0370-\u1cff\u3040-\ud7af]")
_SAMPLE = 20_000  # characters that are enough to tell a whole text's language


def votes(text: str) -> Counter[str]:
    """How many of the text's words are among the commonest of each language."""
    return Counter(code for word in _WORD.findall(text.lower()) for code in _OWNER.get(word, ()))


def language(text: str) -> str | None:
    """The two-letter code of the language whose common words (or whose script) prevail in the text, or `None`."""
    text = text[:_SAMPLE]
    if _NOT_LATIN.search(text) and (script := _script(text)):
        return script
    best = votes(text).most_common(2)
    if not best or (len(best) > 1 and best[0][1] == best[1][1]):
        return None
    return best[0][0]


def _script(text: str) -> str | None:
    letters = [char for char in text if char.isalpha()]
    for code, first, last in _SCRIPTS:
        if sum(first <= letter <= last for letter in letters) * 2 > len(letters):
            return code
    return None


def foreign(line: str, home: str | None) -> bool:
    """Is this line in another language than `home`? In doubt it is not."""
    counts = votes(line)
    here = counts.pop(home, 0) if home else 0
    other = language(line)
    if other and other not in _COMMON:
        return home in _COMMON
    return home is not None and max(counts.values(), default=0) >= 2 + 2 * here
