"""Gold questions to measures and reports."""
