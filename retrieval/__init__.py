"""Byline's library: a collection of news articles that answers questions with its own passages, word for word.

    from retrieval import Index
    index = Index.load(".index")
    answer = index.ask("Who met in Washington?", k=3)

Importing it loads no model and no torch; the encoder is loaded by the first question.
"""

from retrieval.errors import ArticlesError, BylineError, IndexFolderError, ModelError, QuestionsError
from retrieval.index import Index
from retrieval.types import Answer, Article, Encoder, Hit, Passage, Speaker, Statement

__all__ = [
    "Answer",
    "Article",
    "ArticlesError",
    "BylineError",
    "Encoder",
    "Hit",
    "Index",
    "IndexFolderError",
    "ModelError",
    "Passage",
    "QuestionsError",
    "Speaker",
    "Statement",
]
