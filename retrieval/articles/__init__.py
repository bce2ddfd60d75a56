"""Files → articles: the text untouched, what a file states about itself as metadata, what is not the article marked."""

from retrieval.articles.files import Collection, Problem, fingerprint, left_out, read
from retrieval.articles.metadata import Evidence, explained

__all__ = ["Collection", "Evidence", "Problem", "explained", "fingerprint", "left_out", "read"]
