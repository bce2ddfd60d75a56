"""Speakers from dependency parses and trained linking: an experiment beside the rules of `retrieval.speakers`."""
