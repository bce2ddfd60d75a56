"""Texts as searches read them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        ("The\x80 10ª talks\x00\x7f", "The 10ª talks"),
        ("“Ｉｔ ｃｏｓｔ ２０，０００．” Ｂｕｔ（ｗｈｙ）？", "“It cost 20,000.” But(why)?"),
        ("他说：“为什么？”（１２，０００）", "他说：“为什么？”（12，000）"),
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


@given(st.text(st.sampled_from("aZ 1é.\n\u200b\ufe0f\u00adＡ１．ﬁ𝐓Тсж他❤①½")))
def test_each_character_that_is_read_knows_its_place(text):
    shown, places = normalize.undisguised(text)
    assert shown == normalize.searchable(text)
    assert len(places) == len(shown) + 1
    assert list(places) == sorted(places)
    assert places[-1] == len(text)
    for at, char in enumerate(shown):
        start, end = normalize.original(text, places, at, at + 1)
        own = text[start:end].rstrip("\ufe0f")
        assert char in text[start:end] + unicodedata.normalize("NFKC", own) or (own, char) in {("Т", "T"), ("с", "c")}


def test_a_span_of_what_is_read_is_one_of_the_text_with_the_selector_of_a_sign_at_its_end():
    text = "\ufeffAn of\u00adfer. ❤\ufe0f ﬁsh\u200b"
    shown, places = normalize.undisguised(text)
    assert shown == "An offer. ❤ fish"
    spans = [(0, 9), (10, 11), (12, 16), (13, 14)]
    assert [text[slice(*normalize.original(text, places, *span))] for span in spans] == [
        *("An of\u00adfer.", "❤\ufe0f", "ﬁsh", "ﬁ")
    ]
