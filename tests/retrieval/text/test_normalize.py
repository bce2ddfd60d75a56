"""Texts as searches read them."""

import pytest

from retrieval.text import normalize


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("The pe\u200bace tal\u00adks", "The peace talks"),
        ("Ｔｈｅ ｔａｌｋｓ", "The talks"),
        ("𝐓𝐡𝐞 ﬁsh", "The fish"),
        ("Тhе реасе tаlks in Іrаn", "The peace talks in Iran"),
        ("Τhe tαlks", "The talks"),
        ("“Naïve” Łódź — 10² … ½", "“Naïve” Łódź — 10² … ½"),
        ("Переговоры о мире в Осло", "Переговоры о мире в Осло"),
        ("В Україні є сир і рис", "В Україні є сир і рис"),
        (
            "The Russian word сорока means magpie, жена means wife",
            "The Russian word сорока means magpie, жена means wife",
        ),
    ],
)
def test_a_search_reads_plain_letters_and_leaves_other_scripts_alone(text, read):
    assert normalize.searchable(text) == read
