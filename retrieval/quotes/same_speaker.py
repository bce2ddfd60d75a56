"""Whether the name a quote is given under and the speaker found in the article can be the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from retrieval.lexicon import words
from retrieval.text.normalize import name_words

if TYPE_CHECKING:
    from retrieval.types import Speaker

TITLES = words("titles", "title")
_OTHER_OFFICES = words("titles", "other")


def same_speaker(name: str, speaker: Speaker) -> bool:
    """Whether all words of one name, titles and the speaker's own role aside, are among the other's.

    `Blinken` and `Secretary of State Antony Blinken` agree with `Antony Blinken`; `Jill Biden` and `Joe Biden` do not.
    Where only titles are left, the titles themselves are held against name and role.
    """
    ours, theirs = _word_set(name), _word_set(speaker.name)
    role = _word_set(speaker.role or "")
    bare, their_bare = ours - TITLES - (role - theirs), theirs - TITLES
    if bare and their_bare:
        return bare <= their_bare or their_bare <= bare
    plain = {"a", "an", "the"}
    if not (theirs | role) & _OTHER_OFFICES <= ours:
        return False
    owners = _word_set(" ".join(re.findall(r"[\w.-]+(?=['’]s\b)", speaker.role or "")))  # "Lee’s adviser" is not Lee
    return bool(ours - plain - owners) and (
        ours - plain <= theirs | role or (not their_bare and theirs - plain <= ours)
    )


def _word_set(name: str) -> set[str]:
    return set(name_words(name))
