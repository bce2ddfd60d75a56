"""Terms in whole texts: any case, any inflection, acronyms apart from words."""

from __future__ import annotations

import pytest

from retrieval import Article
from retrieval.quotes import QuoteIndex, Texts
from retrieval.search.sparse import FullText, forms

TEXTS = (
    "US SANCTIONS BITE\n\nThe sanction was lifted. It helps us, said a U.S. envoy.",
    "A cyber-attack hit the port.\n\nThe cyber\n\nattack on the port failed.",
)


@pytest.fixture(scope="module")
def index() -> FullText:
    articles = [Article(str(at), f"{at}.txt", text, "0" * 64) for at, text in enumerate(TEXTS)]
    parts = [Texts([article]) for article in articles]
    words = [part.words.listed for part in parts]
    return FullText(articles, QuoteIndex(*parts).suffix_array, map(forms, words))


def words(index: FullText, term: str) -> list[tuple[str, list[str]]]:
    return [(article.file, [article.text[slice(*span)] for span in spans]) for article, spans in index.find(term)]


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("sanctions", [("0.txt", ["SANCTIONS", "sanction"])]),  # headline included
        ("the ports", [("1.txt", ["port", "port"])]),
        ("US", [("0.txt", ["US", "U.S."])]),  # the pronoun is not meant
        ("U.S.", [("0.txt", ["US", "U.S."])]),
        ("us", [("0.txt", ["US", "us"])]),
        ("cyber attack", [("1.txt", ["cyber-attack"])]),  # a blank line parts two paragraphs
        ("envoy of the port", []),
        ("", []),
        ("?!", []),
    ],
)
def test_a_term_is_found_in_every_form_with_its_places(
    index: FullText, term: str, expected: list[tuple[str, list[str]]]
):
    assert words(index, term) == expected
