"""States of things and people that exclude each other, as news report them: written down by hand for this project.

Each row is a change; a sentence on its left and one on its right cannot both hold at one time.
"""

from __future__ import annotations

import re

_CHANGES = """
missing, lost, unaccounted for | safe, found, located, rescued, recovered, picked up, turned up
closed, shut, blocked, sealed off, impassable | open, opened, reopened, reopens, cleared, passable
at large, on the run, sought, wanted | arrested, caught, captured, detained, in custody
trapped, stranded, stuck, aground | free, freed, rescued, refloated, afloat, brought down, brought out
out of control, raging, burning, on fire | under control, extinguished, contained, put out
alive, survived, in critical condition, fighting for life | dead, died, killed
suspended, halted, stopped, cancelled, delayed, at a standstill | resumed, resumes, restored, running, running again
without power, without electricity, cut off | back, restored, reconnected
evacuated, told to leave | back in their homes, allowed back, allowed home, returned
feared, unconfirmed, suspected | confirmed, ruled out, denied
going on, continues, ongoing, under way | over, ended, ends, finished, called off
"""


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(re.escape(word.strip()) for word in words.split(','))})\b", re.IGNORECASE)


_ROWS = [tuple(map(_pattern, row.split("|"))) for row in _CHANGES.strip().splitlines()]


def exclude(one: str, other: str) -> bool:
    """Whether two sentences name states that exclude each other, in either order, and neither names both."""
    return any(_sides(row, one) + _sides(row, other) in ("lr", "rl") for row in _ROWS)


def _sides(row: tuple[re.Pattern[str], ...], text: str) -> str:
    return "".join(side for side, pattern in zip("lr", row, strict=True) if pattern.search(text))
