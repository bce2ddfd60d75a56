"""Whose words each sentence of an article is."""
