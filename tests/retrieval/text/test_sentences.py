"""Where sentences end; `tests/cases/sentences.txt` has the cases."""

from __future__ import annotations

import pytest

from retrieval.text import sentences
from tests.cases import cases


@pytest.mark.parametrize("drawn", cases("sentences", 1))
def test_a_sentence_ends_where_the_bar_is(drawn: str):
    text = drawn.replace("|", " ")
    assert [text[start:end] for start, end in sentences.split(text)] == drawn.split("|")
