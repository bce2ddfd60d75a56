"""Haystack's own pipeline: text embedder, in-memory store, cross-encoder ranker over as many candidates as Byline's."""

import json
import sys
from pathlib import Path

from haystack import Document, Pipeline
from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack.utils import ComponentDevice
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)
from haystack_integrations.components.rankers.sentence_transformers import SentenceTransformersSimilarityRanker

from benchmarks.clock import answer_all

CANDIDATES = 16
CPU = ComponentDevice.from_str("cpu")


def build(model: str, passages: str, folder: str) -> None:
    texts = json.loads(Path(passages).read_text())
    embedder = SentenceTransformersDocumentEmbedder(model=model, device=CPU, progress_bar=False)
    store = InMemoryDocumentStore(embedding_similarity_function="cosine")
    store.write_documents(embedder.run([Document(content=text) for text in texts])["documents"])
    store.save_to_disk(f"{folder}/haystack.json")


def ask(model: str, reader: str, folder: str, questions: str) -> None:
    store = InMemoryDocumentStore.load_from_disk(f"{folder}/haystack.json")
    pipeline = Pipeline()
    embedder = SentenceTransformersTextEmbedder(model=model, device=CPU, progress_bar=False)
    pipeline.add_component("embedder", embedder)
    pipeline.add_component("retriever", InMemoryEmbeddingRetriever(store, top_k=CANDIDATES))
    ranker = SentenceTransformersSimilarityRanker(model=reader, device=CPU, top_k=CANDIDATES)
    pipeline.add_component("ranker", ranker)
    pipeline.connect("embedder.embedding", "retriever.query_embedding")
    pipeline.connect("retriever.documents", "ranker.documents")

    def answer(question: str) -> str:
        output = pipeline.run({"embedder": {"text": question}, "ranker": {"query": question}})
        return output["ranker"]["documents"][0].content

    answer_all(answer, json.loads(Path(questions).read_text()), askers=1)  # a pipeline answers one at a time


if __name__ == "__main__":
    {"build": build, "ask": ask}[sys.argv[1]](*sys.argv[2:])
