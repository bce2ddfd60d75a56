"""Is this sentence in the articles, altered or not, and whose is it?"""

from retrieval.quotes.abbreviations import Abbreviations
from retrieval.quotes.best_match import Texts, tables
from retrieval.quotes.checking import Change, Correction, QuoteCheck, QuoteIndex, QuoteMatch, correction
from retrieval.quotes.quote_parser import Credited, credited, quoted

__all__ = [
    "Abbreviations",
    "Change",
    "Correction",
    "Credited",
    "QuoteCheck",
    "QuoteIndex",
    "QuoteMatch",
    "Texts",
    "correction",
    "credited",
    "quoted",
    "tables",
]
