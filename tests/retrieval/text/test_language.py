"""A line's language: by its script, else by the commonest words, those that questions begin with among them."""

from __future__ import annotations

import pytest

from retrieval.text.language import language


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Wer leitet die Untersuchung?", "de"),
        ("wer bezahlt den Schaden?", "de"),
        ("Wann schließt die Klinik?", "de"),
        ("quién paga", "es"),
        ("Кто заплатит?", "ru"),
        ("Who pays for the damage?", "en"),
        ("no comment on la crisis", "en"),
        ("Why did Wen Zhao resign?", "en"),
        ("Dunmere", None),
    ],
)
def test_the_words_that_a_question_begins_with_tell_its_language(text: str, code: str | None):
    assert language(text) == code
