"""What a newcomer is shown to ask: made of the articles' own words, and answered by them."""

from bot import strings
from retrieval import Answer, Article, Hit, Passage, Speaker, Statement
from retrieval.search import examples

SENTENCES = (
    'Mayor Ada Finch called it "a very good day for trade" on Monday in Port Alba.',
    '"We will not wait," she said, adding that "no one will".',
    "It was then that Deputy Harbour Master Leo Brand resigned.",
)
FINCH = Speaker("Ada Finch")
QUOTED = "Who said “a very good day for trade”?"


def article(name: str = "a") -> list[Statement]:
    text = "\n".join(SENTENCES)
    own = Article(name, f"{name}.txt", text, "0" * 64)
    places = [(text.index(sentence), text.index(sentence) + len(sentence)) for sentence in SENTENCES]
    speakers = [FINCH, FINCH, None]
    return [
        Statement(own, *place, "speaker" if speaker else "article", speaker)
        for place, speaker in zip(places, speakers, strict=True)
    ]


def answering(place: int, *questions: str):
    """Answers these questions with the sentence of this place of an article."""

    def ask(question: str) -> Answer:
        if question not in questions:
            return Answer(question, "nothing", 0.0)
        one = article()[place]
        passage = Passage(one.article, one.start, one.end)
        return Answer(question, "answer", 0.9, (Hit(passage, (one.start, one.end), 1),))

    return ask


def never(question: str) -> Answer:
    return Answer(question, "nothing", 0.0)


def test_an_article_gives_questions_of_every_kind_a_few_of_each():
    assert [question for question, _ in examples._candidates(article(), 0)] == [
        QUOTED,
        "Who said “We will not wait”?",
        "What did Ada Finch say about Port Alba?",
        "Which articles mention Ada Finch?",
        "Which articles mention Deputy Harbour Master Leo Brand?",
        "Ada Finch",
        "Deputy Harbour Master Leo Brand",
    ]


def test_the_kinds_take_turns_from_one_question_to_the_next():
    firsts = [next(examples._candidates(article(), number))[0] for number in range(5)]
    assert firsts == [
        QUOTED,
        "What did Ada Finch say about Port Alba?",
        "Which articles mention Ada Finch?",
        "Ada Finch",
        QUOTED,
    ]


def test_the_first_question_that_is_answered_with_its_own_sentence_is_offered():
    about = "What did Ada Finch say about Port Alba?"
    assert examples.suggest(article(), answering(0, about)) == {about: "a"}


def test_a_question_answered_with_another_sentence_is_not_offered_and_mentions_need_no_answer():
    assert examples.suggest(article(), answering(2, QUOTED)) == {"Which articles mention Ada Finch?": "a"}


def test_each_article_gives_one_question_at_most_and_no_question_comes_twice():
    questions = examples.suggest([*article("a"), *article("b"), *article("c")], never)
    assert questions == {
        "Which articles mention Ada Finch?": "a",
        "Which articles mention Deputy Harbour Master Leo Brand?": "b",
    }


def test_of_a_thousand_articles_a_few_are_asked():
    asked: list[str] = []
    many = [statement for number in range(1000) for statement in article(f"{number}")]
    examples.suggest(many, lambda question: asked.append(question) or never(question))
    assert len(asked) <= 60


def test_the_bot_knows_the_forms_of_the_questions_to_say_them_in_other_languages():
    assert strings.EXAMPLE_FORMS == examples.FORMS
