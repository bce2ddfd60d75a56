"""The plain script: what a user would write with sentence-transformers and FAISS in ten lines, and nothing else."""

import json
import sys
from pathlib import Path

import faiss
from sentence_transformers import SentenceTransformer

from benchmarks import made
from benchmarks.clock import answer_all


def build(model: str, passages: str, folder: str, vectors: str = "") -> None:
    if vectors:
        made.use(passages, vectors)
    texts = json.loads(Path(passages).read_text())
    vectors = SentenceTransformer(model, device="cpu").encode(texts, normalize_embeddings=True)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    faiss.write_index(index, f"{folder}/plain.faiss")


def ask(model: str, passages: str, folder: str, questions: str) -> None:
    encoder = SentenceTransformer(model, device="cpu")
    index, texts = faiss.read_index(f"{folder}/plain.faiss"), json.loads(Path(passages).read_text())

    def answer(question: str) -> str:
        return texts[index.search(encoder.encode([question], normalize_embeddings=True), 3)[1][0][0]]

    answer_all(answer, json.loads(Path(questions).read_text()))


if __name__ == "__main__":
    {"build": build, "ask": ask}[sys.argv[1]](*sys.argv[2:])
