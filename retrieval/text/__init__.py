"""Text as paragraphs, sentences and normalised words; knows nothing of articles."""
