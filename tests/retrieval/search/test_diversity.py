"""What fills the list: not one neighbourhood, not the same words again, and nothing is lost."""

from retrieval import Article, Passage
from retrieval.search import pipeline

WORDS = "anchor bridge candle dragon engine forest garden harbor island jungle kettle ladder market needle".split()


def article(name: str, *lines: str) -> list[Passage]:
    text = "\n".join(lines)
    made = Article(name, f"{name}.txt", text, "0" * 64)
    starts = [sum(len(line) + 1 for line in lines[:n]) for n in range(len(lines))]
    return [Passage(made, start, start + len(line)) for start, line in zip(starts, lines, strict=True)]


DISTINCT = article("a", *WORDS[:7]) + article("b", *WORDS[7:])


def test_a_ranking_without_crowds_or_repetitions_stays_as_it_is():
    assert pipeline.choose([0, 7, 4, 10], DISTINCT, 3) == [0, 1, 2]


def test_the_third_passage_of_one_neighbourhood_waits_for_the_others():
    assert pipeline.choose([1, 2, 3, 9], DISTINCT, 3) == [0, 1, 3]


def test_passages_far_apart_in_one_article_do_not_wait():
    assert pipeline.choose([0, 1, 6], DISTINCT, 3) == [0, 1, 2]


def test_one_article_has_two_of_five_places_before_the_others_have_had_their_turn():
    assert pipeline.choose([0, 3, 6, 9, 12, 7], DISTINCT, 5)[:4] == [0, 1, 3, 4]
    assert pipeline.choose([0, 3, 6, 1], DISTINCT, 5) == [0, 1, 2, 3]


def test_the_end_of_one_article_is_no_neighbour_of_the_next_articles_beginning():
    assert pipeline.choose([5, 6, 7, 0], DISTINCT, 3) == [0, 1, 2]


def test_a_passage_that_says_the_same_in_the_same_words_waits():
    passages = article("a", "The anchor and the bridge fell.", "Anchor, bridge: they fell!", "A candle fell.")
    assert pipeline.choose([0, 1, 2], passages, 2) == [0, 2]


def test_what_waited_comes_when_nothing_else_is_left():
    assert pipeline.choose([1, 2, 3], DISTINCT, 3) == [0, 1, 2]
    assert pipeline.choose([1, 2, 3], DISTINCT, 9) == [0, 1, 2]
