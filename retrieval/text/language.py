"""A line → its language, as far as its commonest words tell, and whether an English line states something.

A line states something when it has a finite verb: "the talks stalled" does, "the stalled talks" does not. A lexicon and
the word before decide, no grammar. In doubt a line states something, because to leave a statement out is worse than to
show a caption.
"""

from __future__ import annotations

import re
from collections import Counter

from retrieval.lexicon import inflect, kinds, words

_WORD = re.compile(r"[^\W\d_]+")
_OWNER: dict[str, set[str]] = {}
for _code, _words in kinds("common_words").items():
    for _word in _words:
        _OWNER.setdefault(_word, set()).add(_code)
_SCRIPTS = (("ru", "\u0400", "\u04ff"), ("ar", "\u0600", "\u06ff"), ("he", "\u0590", "\u05ff"), ("el", "\u0370", "\u03ff"),
            ("zh", "\u3040", "\u9fff"), ("ko", "\uac00", "\ud7af"), ("hi", "\u0900", "\u097f"))  # fmt: skip
_NOT_LATIN = re.compile("[\u0370-\u1cff\u3040-\ud7af]")
_SAMPLE = 20_000  # characters that are enough to tell a whole text's language


def language(text: str) -> str | None:
    """The two-letter code of the language whose common words (or whose script) prevail in the text, or `None`."""
    text = text[:_SAMPLE]
    if _NOT_LATIN.search(text) and (script := _script(text)):
        return script
    if text.lstrip().startswith(("¿", "¡")):
        return "es"
    best = Counter(code for word in _WORD.findall(text.lower()) for code in _OWNER.get(word, ())).most_common(2)
    if not best or (len(best) > 1 and best[0][1] == best[1][1]):
        return None
    return best[0][0]


def _script(text: str) -> str | None:
    letters = [char for char in text if char.isalpha()]
    for code, first, last in _SCRIPTS:
        if sum(first <= letter <= last for letter in letters) * 2 > len(letters):
            return code
    return None


_CONTRACTED = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_PLACE = re.compile(r"[,(] ?(?:far |second from |third from )?(?:left|right|cent(?:re|er))\b[,)]?")
_CERTAIN = words("verbs", "finite")
_IRREGULAR = words("verbs", "past")
_BASE = words("verbs", "base")
_THIRD = frozenset(inflect(verb).third for verb in _BASE)
_DETERMINERS = words("verbs", "before_noun")
_MANY = words("verbs", "many")
_PRONOUNS = words("verbs", "pronoun")


def states(text: str) -> bool:
    """Is there a finite verb in this English line of at most a few hundred characters?"""
    words = _CONTRACTED.findall(_PLACE.sub(" ", text.replace("’", "'")))
    if len(words) < 3:
        return False
    titled = sum(word[0].isupper() for word in words) > 0.6 * len(words)
    many = _plural(words[0].lower()) or words[0] in _MANY
    previous = ""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        small = word.islower() or titled
        if _finite(word.lower(), previous, small=small) or (
            many and small and _base(word.lower(), previous, following.lower())
        ):
            return True
        function_word = word.lower() in _DETERMINERS or word.lower() in _PRONOUNS
        previous = word.lower() if small or function_word else "Name"
    return False


def _finite(word: str, previous: str, *, small: bool) -> bool:
    if word in _CERTAIN or word.endswith(("n't", "'re", "'ve", "'ll")):
        return word != "may" or small
    if not previous or not small or previous in _DETERMINERS or previous.endswith("'s"):
        return False
    if word in _THIRD or word in _IRREGULAR or (word.endswith("ed") and len(word) > 4):
        return True
    return word in _BASE and (previous in _PRONOUNS or _plural(previous))


def _base(word: str, previous: str, following: str) -> bool:
    """ "Rescuers in a lifeboat reach the …": several who do, and something that it is done to."""
    return word in _BASE and bool(previous) and previous not in _DETERMINERS and following in _DETERMINERS


def _plural(word: str) -> bool:
    return len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) and word != "Name"
