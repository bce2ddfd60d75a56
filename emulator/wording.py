"""What Telegram silently does to a text before it stores it, and when it takes a text for empty.

Only this module knows the characters that vanish, those that become a space, and those nobody sees. All counts of
"UTF-16" are code units, the measure of Telegram's entity offsets.
"""

from __future__ import annotations

import re

BYTES_BEFORE_PARSING = 32_768
LENGTH = 4096

_VANISHES = re.compile("[\r\u2028-\u202e\u030a\u0333\u033f]")
_BECOMES_SPACE = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f]")
_MARKS_BEFORE_A_MARK = re.compile("[\u200e\u200f](?=[\u200e\u200f])")
_BLANK = re.compile(
    "[ \n\u1680\u180e\u2000-\u200a\u202e\u202f\u205f\u2800\u3000\ufffc\U000e0000-\U000e007f"
    "\u200b-\u200f\ufeff\u00a0\t\r\x00\x0b]*"
)


def utf16(text: str) -> int:
    """The length of `text` in UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def cleaned(text: str) -> str:
    """`text` as Telegram keeps it, ends not yet trimmed; U+200E and U+200F runs keep only their last mark."""
    visible = _BECOMES_SPACE.sub(" ", _VANISHES.sub("", text))
    return _MARKS_BEFORE_A_MARK.sub("\u200c", visible)


def vanishes(character: str) -> bool:
    """Whether Telegram drops this character from every text."""
    return _VANISHES.fullmatch(character) is not None


def is_blank(text: str) -> bool:
    """Whether nobody would see anything of `text`."""
    return _BLANK.fullmatch(text) is not None
