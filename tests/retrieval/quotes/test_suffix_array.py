"""Runs of words: where they stand, word for word, against a plain scan of the texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retrieval.quotes.suffix_array import Run, SuffixArray, WordTables

#        place:   1    2    3    4    5        7    8    9
TEXTS = ("a b c b c".split(), "c b a".split())


def tables(*texts: list[str]) -> WordTables:
    return WordTables.of((text, [" "] * len(text), [0] * len(text)) for text in texts)


def array(*texts: list[str]) -> SuffixArray:
    return SuffixArray([tables(*texts)])


def test_words_that_stand_one_after_the_other_are_found_everywhere_in_order():
    made = array(*TEXTS)
    assert made.exact(["b", "c"]).tolist() == [2, 4]
    assert made.exact(["c"]).tolist() == [3, 5, 7]
    assert made.exact(["a", "c"]).tolist() == []
    assert made.exact(["c", "c"]).tolist() == []  # not over the border of two articles
    assert made.exact(["x"]).tolist() == []
    assert made.exact([]).tolist() == []


def test_what_parts_the_words_counts_where_it_is_asked_for():
    texts = [(["a", "b"], [",", "."], [0, 0]), (["a", "b"], ["", "."], [0, 0])]
    made = SuffixArray([WordTables.of(texts)])
    assert made.exact(["a", "b"]).tolist() == [1, 4]
    assert made.exact(["a", "b"], [","]).tolist() == [1]
    assert made.exact(["a", "b"], [";"]).tolist() == []


def test_a_place_belongs_to_an_article_and_is_a_number_in_it():
    made = array(*TEXTS)
    assert [made.article(place) for place in (1, 5, 7, 9)] == [(0, 0), (0, 4), (1, 0), (1, 2)]
    assert made.articles(["a"]) == {0, 1}
    assert made.articles(["x"]) == set()


def test_a_word_twice_as_rare_is_worth_a_bit_more():
    made = array("a a b".split())
    assert made.rarity("b") - made.rarity("a") == 1


def test_the_longest_runs_of_a_quote_are_found_with_their_places():
    made = array("the harbour bridge will close at noon".split(), "a bridge will not close".split())
    assert made.runs("harbour bridge will never close at noon".split()) == [
        Run(0, 2, 3),  # harbour bridge will
        Run(1, 10, 2),  # bridge will, in the other article
        Run(4, 5, 3),  # close at noon
    ]


@given(
    st.lists(st.lists(st.sampled_from("abc"), max_size=12), min_size=1, max_size=4),
    st.lists(st.sampled_from("abcd"), min_size=1, max_size=4),
)
def test_exact_places_are_those_of_a_plain_scan(texts: list[list[str]], words: list[str]):
    expected, place = [], 1
    for text in texts:
        expected += [place + at for at in range(len(text)) if text[at : at + len(words)] == words]
        place += len(text) + 1
    assert array(*texts).exact(words).tolist() == expected


@given(
    st.lists(st.lists(st.sampled_from("abc"), max_size=12), min_size=1, max_size=5),
    st.integers(0, 5),
    st.lists(st.sampled_from("abcd"), min_size=1, max_size=8),
)
def test_a_collection_in_parts_has_the_same_words_places_and_runs(texts: list[list[str]], cut: int, words: list[str]):
    whole, parts = array(*texts), SuffixArray([tables(*texts[:cut]), tables(*texts[cut:])])

    def placed(arrays: SuffixArray, place: int) -> tuple[int, int]:
        return arrays.article(place)

    exact = [[placed(each, place) for place in each.exact(words).tolist()] for each in (whole, parts)]
    assert exact[0] == exact[1]
    runs = [[(run.at, placed(each, run.place), run.length) for run in each.runs(words)] for each in (whole, parts)]
    assert runs[0] == runs[1]
    assert parts.articles(words) == whole.articles(words)
