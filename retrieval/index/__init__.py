"""The index: building, storing, loading and checking a collection."""
