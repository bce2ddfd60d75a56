"""A text as paragraphs, sentences and normalised words; no module here imports one that reads articles."""
