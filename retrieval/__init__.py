"""Byline's library: a collection of news articles that answers questions with its own passages, word for word.

    from retrieval import Index
    index = Index.load(".index")
    answer = index.ask("Who met in Washington?", k=3)

Importing it loads no model and no torch; the encoder is loaded by the first question.
"""

from retrieval.articles import Problem
from retrieval.articles.folder import unreadable
from retrieval.citation import FORMATS as CITATION_FORMATS
from retrieval.citation import check_command, cite, in_sentence, paragraph_number, parse_passage_id, passage_id, titled
from retrieval.errors import (
    ArticlesError,
    BylineError,
    ClusterError,
    EngineError,
    IndexFolderError,
    ModelError,
    QuestionsError,
)
from retrieval.fragments import text_fragment
from retrieval.index.index import Index
from retrieval.index.recipe import Recipe
from retrieval.quotes import Change, Correction, Credited, QuoteCheck, QuoteMatch, credited, quoted
from retrieval.search.filters import asked_speaker
from retrieval.search.query_words import is_english, topic_words
from retrieval.speakers.speaker_index import collective
from retrieval.text.normalize import printable
from retrieval.text.paragraphs import front_matter, markdown_syntax
from retrieval.text.sentences import split as split_sentences
from retrieval.types import (
    Answer,
    Article,
    Encoder,
    Hit,
    Mention,
    Passage,
    Reranker,
    Speaker,
    SpeakerStatements,
    Statement,
)

__all__ = [
    "CITATION_FORMATS",
    "Answer",
    "Article",
    "ArticlesError",
    "BylineError",
    "Change",
    "ClusterError",
    "Correction",
    "Credited",
    "Encoder",
    "EngineError",
    "Hit",
    "Index",
    "IndexFolderError",
    "Mention",
    "ModelError",
    "Passage",
    "Problem",
    "QuestionsError",
    "QuoteCheck",
    "QuoteMatch",
    "Recipe",
    "Reranker",
    "Speaker",
    "SpeakerStatements",
    "Statement",
    "asked_speaker",
    "check_command",
    "cite",
    "collective",
    "credited",
    "front_matter",
    "in_sentence",
    "is_english",
    "markdown_syntax",
    "paragraph_number",
    "parse_passage_id",
    "passage_id",
    "printable",
    "quoted",
    "split_sentences",
    "text_fragment",
    "titled",
    "topic_words",
    "unreadable",
]
