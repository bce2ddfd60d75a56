"""Does a line state something? Yes, when it has a finite verb (English only).

No grammar, only a lexicon and the word before: "the talks stalled" states, "the stalled talks" does not. Where a form
may be a noun or a participle, what precedes it decides. In doubt a line is taken to state something, because leaving
a statement out is worse than showing a caption.
"""

from __future__ import annotations

import re

from retrieval.lexicon import inflect, words

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")

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
    words = _WORD.findall(_PLACE.sub(" ", text.replace("’", "'")))
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
        known = word.lower() in _DETERMINERS or word.lower() in _PRONOUNS
        previous = word.lower() if small or known else "Name"
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
