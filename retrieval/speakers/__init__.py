"""Whose words each sentence of an article is."""

from retrieval.speakers.attribution import attribute

__all__ = ["attribute"]
