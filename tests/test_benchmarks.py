"""What the benchmarks read does not flatter Byline."""

from benchmarks import passages
from retrieval.text.sentences import split


def test_no_sentence_of_the_prose_stands_twice():
    made = passages.prose()
    sentences = [text[start:end] for text in made for start, end in split(text, 0, len(text))]
    assert len(made) > 200
    assert len(set(sentences)) == len(sentences)
    assert all(len(text) <= 800 for text in made)
