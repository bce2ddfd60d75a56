"""What a newcomer is shown to ask: made of the articles' own words, and answered by them."""

from retrieval import Answer, Article, Hit, Passage
from retrieval.search import examples

TEXT = (
    'Mayor Ada Finch called it "a very good day for trade" on Monday. '
    '"We will not wait," she said, adding that "no one will".\n'
    "It was then that Deputy Harbour Master Leo Brand resigned. He gave “no reason at all” for it."
)
ARTICLE = Article("a", "a.txt", TEXT, "0" * 64)
PASSAGES = [Passage(ARTICLE, 0, TEXT.index("\n")), Passage(ARTICLE, TEXT.index("\n") + 1, len(TEXT))]


def answering(passage: Passage, *questions: str):
    def ask(question: str) -> Answer:
        if question not in questions:
            return Answer(question, "nothing", 0.0)
        return Answer(question, "answer", 0.9, (Hit(passage, (passage.start, passage.end), 1, 1, 1, 1),))

    return ask


def asked_of(passages: list[Passage]) -> list[str]:
    asked: list[str] = []
    examples.suggest(passages, lambda question: asked.append(question) or Answer(question, "nothing", 0.0))
    return asked


def test_short_quotations_are_asked_for_first_then_names():
    assert asked_of(PASSAGES) == [
        "Who said “a very good day for trade”?",
        "Who said “We will not wait”?",
        "Who said “no reason at all”?",
        "What is said about Ada Finch?",
        "What is said about Deputy Harbour Master Leo Brand?",
    ]


def test_the_first_question_that_is_answered_with_its_own_passage_is_offered():
    wanted = "Who said “We will not wait”?"
    assert examples.suggest(PASSAGES, answering(PASSAGES[0], wanted)) == (wanted,)


def test_a_question_answered_with_another_passage_is_not_offered():
    assert examples.suggest(PASSAGES, answering(PASSAGES[1], "Who said “We will not wait”?")) == ()


def test_each_article_gives_one_question_at_most():
    other = Article("b", "b.txt", TEXT, "1" * 64)
    twice = [*PASSAGES, Passage(other, 0, TEXT.index("\n"))]
    question = "Who said “a very good day for trade”?"
    answers = iter([PASSAGES[0], twice[2]])
    assert examples.suggest(twice, lambda asked: answering(next(answers), question)(asked)) == (question, question)


def test_of_a_thousand_articles_a_few_are_asked_and_a_dozen_questions_kept():
    articles = [Article(f"{n}", f"{n}.txt", TEXT, f"{n:064x}") for n in range(1000)]
    passages = [Passage(article, 0, TEXT.index("\n")) for article in articles]
    assert len(asked_of(passages)) == 60

    question = "Who said “a very good day for trade”?"
    answers = iter(passages)
    assert len(examples.suggest(passages, lambda asked: answering(next(answers), question)(asked))) == 12
