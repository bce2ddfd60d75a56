"""Word lists as data, each with its source."""
