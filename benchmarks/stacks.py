"""What others build in a few lines: `python -m benchmarks.stacks build|ask NAME …`, run by the environment that has them.

Each stack gets the plain script's model, passages and questions. `build` keeps the passages in a folder; what `open`
gives answers a question with the text of the nearest passage.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks import made
from benchmarks.clock import answer_all

if TYPE_CHECKING:
    from collections.abc import Callable

    Answer = Callable[[str], str]

_NEAREST = 3


class Stack(NamedTuple):
    """How passages are kept in a folder by a model, and how they are asked there, by how many; what must be installed for it."""

    modules: tuple[str, ...]
    build: Callable[[str, list[str], str], None]
    open: Callable[[str, str], Answer]
    askers: int = 8


def _langchain_embeddings(model: str) -> Any:
    from langchain_huggingface import HuggingFaceEmbeddings

    return HuggingFaceEmbeddings(
        model_name=model, model_kwargs={"device": "cpu"}, encode_kwargs={"normalize_embeddings": True}
    )


def _build_langchain(model: str, texts: list[str], folder: str) -> None:
    from langchain_community.vectorstores import FAISS

    FAISS.from_texts(texts, _langchain_embeddings(model)).save_local(folder)


def _open_langchain(model: str, folder: str) -> Answer:
    from langchain_community.vectorstores import FAISS

    store = FAISS.load_local(folder, _langchain_embeddings(model), allow_dangerous_deserialization=True)
    return lambda question: store.similarity_search(question, k=_NEAREST)[0].page_content


def _use_in_llamaindex(model: str) -> None:
    from llama_index.core import Settings
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    Settings.embed_model = HuggingFaceEmbedding(model_name=model, device="cpu")


def _build_llamaindex(model: str, texts: list[str], folder: str) -> None:
    import faiss
    from llama_index.core import StorageContext, VectorStoreIndex
    from llama_index.core.schema import TextNode
    from llama_index.vector_stores.faiss import FaissVectorStore

    _use_in_llamaindex(model)
    storage = StorageContext.from_defaults(vector_store=FaissVectorStore(faiss_index=faiss.IndexFlatIP(384)))
    VectorStoreIndex([TextNode(text=text) for text in texts], storage_context=storage)
    storage.persist(folder)


def _open_llamaindex(model: str, folder: str) -> Answer:
    from llama_index.core import StorageContext, load_index_from_storage
    from llama_index.vector_stores.faiss import FaissVectorStore

    _use_in_llamaindex(model)
    store = FaissVectorStore.from_persist_dir(folder)
    index = load_index_from_storage(StorageContext.from_defaults(vector_store=store, persist_dir=folder))
    retriever = index.as_retriever(similarity_top_k=_NEAREST)
    return lambda question: retriever.retrieve(question)[0].node.text


def _build_haystack(model: str, texts: list[str], folder: str) -> None:
    from haystack import Document
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack.utils import ComponentDevice
    from haystack_integrations.components.embedders.sentence_transformers import SentenceTransformersDocumentEmbedder

    embedder = SentenceTransformersDocumentEmbedder(
        model=model, device=ComponentDevice.from_str("cpu"), progress_bar=False
    )
    embedder.warm_up()
    store = InMemoryDocumentStore(embedding_similarity_function="cosine")
    store.write_documents(embedder.run([Document(content=text) for text in texts])["documents"])
    store.save_to_disk(f"{folder}/documents.json")


def _open_haystack(model: str, folder: str) -> Answer:
    from haystack import Pipeline
    from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack.utils import ComponentDevice
    from haystack_integrations.components.embedders.sentence_transformers import SentenceTransformersTextEmbedder

    store = InMemoryDocumentStore.load_from_disk(f"{folder}/documents.json")
    pipeline = Pipeline()
    device = ComponentDevice.from_str("cpu")
    pipeline.add_component("embedder", SentenceTransformersTextEmbedder(model=model, device=device, progress_bar=False))
    pipeline.add_component("retriever", InMemoryEmbeddingRetriever(store, top_k=_NEAREST))
    pipeline.connect("embedder.embedding", "retriever.query_embedding")
    return lambda question: pipeline.run({"embedder": {"text": question}})["retriever"]["documents"][0].content


def _build_txtai(model: str, texts: list[str], folder: str) -> None:
    from txtai import Embeddings

    embeddings = Embeddings(path=model, content=True, gpu=False)
    embeddings.index(texts)
    embeddings.save(folder)


def _open_txtai(_: str, folder: str) -> Answer:
    from txtai import Embeddings

    embeddings = Embeddings()
    embeddings.load(folder)
    return lambda question: embeddings.search(question, _NEAREST)[0]["text"]


STACKS = {
    "LangChain": Stack(("langchain_community", "langchain_huggingface"), _build_langchain, _open_langchain),
    "LlamaIndex": Stack(
        ("llama_index.vector_stores.faiss", "llama_index.embeddings.huggingface"), _build_llamaindex, _open_llamaindex
    ),
    "Haystack": Stack(
        ("haystack_integrations.components.embedders.sentence_transformers",), _build_haystack, _open_haystack
    ),
    # It keeps its texts in SQLite, which ends the process under eight askers.
    "txtai": Stack(("txtai",), _build_txtai, _open_txtai, askers=1),
}


def build(name: str, model: str, passages: str, folder: str, vectors: str = "") -> None:
    if vectors:
        made.use(passages, vectors)
    STACKS[name].build(model, json.loads(Path(passages).read_text()), folder)


def ask(name: str, model: str, folder: str, questions: str) -> None:
    stack = STACKS[name]
    answer_all(stack.open(model, folder), json.loads(Path(questions).read_text()), stack.askers)


if __name__ == "__main__":
    {"build": build, "ask": ask}[sys.argv[1]](*sys.argv[2:])
