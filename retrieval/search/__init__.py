"""A question to passages: candidates, fusion, reranking, verdict."""
