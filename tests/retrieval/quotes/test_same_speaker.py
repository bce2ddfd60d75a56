"""Whether two names can be of one speaker."""

from __future__ import annotations

import pytest

from retrieval import Speaker
from retrieval.quotes.same_speaker import same_speaker


@pytest.mark.parametrize(
    ("name", "speaker", "same"),
    [
        ("Blinken", Speaker("Antony Blinken"), True),
        ("Secretary of State Antony Blinken", Speaker("Antony Blinken"), True),
        ("Jill Biden", Speaker("Joe Biden"), False),
        ("José Peña", Speaker("Jose Pena"), True),
        ("the foreign minister", Speaker("Radu Pop", role="Romanian Foreign Minister"), True),
        ("the foreign minister", Speaker("Radu Pop", role="Deputy Foreign Minister"), False),
        ("Ann Lee", Speaker("Bo Dunn", role="Lee’s adviser"), False),
        ("officials", Speaker("officials"), True),
        ("", Speaker("officials"), False),
    ],
)
def test_names_agree_by_their_words_and_titles_only_where_nothing_else_is_left(name: str, speaker: Speaker, same: bool):
    assert same_speaker(name, speaker) is same
