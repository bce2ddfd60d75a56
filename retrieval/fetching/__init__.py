"""Feeds, sitemaps and pages of the web → files of a folder of articles; nothing else in Byline opens a connection for them."""

from retrieval.fetching.client import Client
from retrieval.fetching.fetch import Failed, Stored, Unchanged, fetch

__all__ = ["Client", "Failed", "Stored", "Unchanged", "fetch"]
