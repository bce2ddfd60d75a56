"""Files → articles: the text untouched, what a file states about itself as metadata, what is not the article marked."""

from retrieval.articles.files import Collection, Problem, fingerprint, left_out, read

__all__ = ["Collection", "Problem", "fingerprint", "left_out", "read"]
