"""A paragraph → how much of it is the article: the credit, the call to the reader or the introduction at its end is not."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from retrieval import lexicon
from retrieval.text import sentences
from retrieval.text.language import states

_LONGEST = 3000  # in a paragraph of more characters nobody looks for a credit at the end
_LONGEST_TAIL = 400  # characters of a sentence that may be a call
_ENDS = ".!?…‽؟।。！？"
_CLOSERS = "\"'”’»)]}*_ \u00a0"
_FRAMES = "*_[(<>»›→➡▶►•📲📢👉🔔🔴✅📩 \u00a0"  # before a call to the reader
QUOTES = ("“", '"', "„", "«", "‘", "'")
_WORD = re.compile(r"[^\W_]+(?:[.'’&-][^\W_]+)*")
_DIGIT = re.compile(r"\d")
_INTRODUCES = re.compile(
    r"\b(?:sa(?:id|ys|ying)|reports?|reported|writes?|wrote|continues?|continued|adds?|added|explains?|explained|states?|"
    r"stated|notes?|noted|according to|confirms?|confirmed|tells?|told|tweeted|posted|asked|replied|concludes?|concluded|"
    r"follow(?:s|ing)|below|here (?:is|are)|here['’]s|these|this|as such|reads?|announced|put it|summari[sz]ed)\b",
    re.IGNORECASE,
)
_SIGNED = re.compile(r"(?<=[”\"»])(\s+[-–—]{1,2}\s?[^\W\d_a-z][^.!?]{2,80})$")  # "…,” — Ann Lee"


def ends(words: str) -> bool:
    """Does the line end as a sentence does?"""
    return words.rstrip(_CLOSERS)[-1:] in tuple(_ENDS)


@lru_cache(maxsize=256)
def without_tail(words: str) -> int:
    """How many characters of a paragraph are the article's."""
    if len(words) > _LONGEST:
        return len(words)
    signed = _SIGNED.search(words)
    end = signed.start(1) if signed else _without_credit(words)
    spans = list(sentences.split(words, 0, end))
    least = 1 if words[0] in QUOTES else 0  # what somebody is quoted as saying is no call
    while len(spans) > least and _no_sentence(words[slice(*spans[-1])]):
        spans.pop()
        end = spans[-1][1] if spans else 0
    return end


def _no_sentence(words: str) -> bool:
    return len(words) <= _LONGEST_TAIL and (
        _credit(words)
        or bool(_phrases("call").match(words.lstrip(_FRAMES)) or _phrases("inside").search(words))
        or bool(_phrases("rights").match(words))
        or (words[-1] == ":" and _introduces(words))
    )


def _without_credit(words: str) -> int:
    """How much of a caption is left when the credit in brackets behind it is cut off."""
    stripped = words.rstrip(" .")
    opened = words.rfind("(" if stripped[-1:] == ")" else "[") if stripped[-1:] in (")", "]") else -1
    if opened > 0 and _credit(stripped[opened + 1 : -1].strip()):
        return len(words[:opened].rstrip())
    return len(words)


def _credit(words: str) -> bool:
    """Is this stretch nothing but the name of a photographer or agency?"""
    return len(words) <= 120 and bool(_phrases("credit").fullmatch(words)) and not (ends(words) and states(words))


def _introduces(sentence: str) -> bool:
    """Does a sentence only say that something follows?"""
    words = sum(1 for _ in _WORD.finditer(sentence))
    introduces = bool(_INTRODUCES.search(sentence))
    return words <= 10 or (introduces and (words <= 14 or not _DIGIT.search(sentence)) and words <= 40)


@cache
def _phrases(kind: str) -> re.Pattern[str]:
    """What matches any phrase of a kind in `boilerplate.txt`, the names in capitals put in."""
    rows = [line.partition(": ") for line in lexicon.lines("boilerplate")]
    phrases = "|".join(f"(?:{phrase})" for name, _, phrase in rows if name == kind)
    for name, _, pattern in rows:
        phrases = phrases.replace(name, pattern) if name.isupper() else phrases
    return re.compile(phrases, re.IGNORECASE)
