"""Is this sentence in the articles, altered or not, and whose is it?"""

from retrieval.quotes.checking import Change, QuoteCheck, QuoteIndex, QuoteMatch

__all__ = ["Change", "QuoteCheck", "QuoteIndex", "QuoteMatch"]
