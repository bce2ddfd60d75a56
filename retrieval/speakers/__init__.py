"""Whose words each sentence of an article is."""

from retrieval.speakers.attribution import attribute
from retrieval.speakers.reading import claimants

__all__ = ["attribute", "claimants"]
