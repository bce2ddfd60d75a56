"""Byline doing what the plain script does: the same passages, the same questions, the same model."""

import json
import sys
from pathlib import Path

from benchmarks.clock import answer_all
from retrieval import Article, Index


def build(_: str, passages: str, folder: str, reader: str | None = None) -> None:
    texts = json.loads(Path(passages).read_text())
    articles = [Article(f"{n:016x}", f"{n}.txt", text, f"{n:064x}") for n, text in enumerate(texts)]
    index = Index.build(articles, reranker=reader)  # none beside the plain script, which has none either
    if [passage.text for passage in index.passages] != texts:
        raise SystemExit("Byline cut the passages of the benchmark anew: the two sides would not answer from the same")
    index.save(f"{folder}/index")


def ask(_: str, __: str, folder: str, questions: str) -> None:
    index = Index.load(f"{folder}/index")

    def answer(question: str) -> str:
        hits = index.ask(question).hits
        return hits[0].passage.text if hits else ""

    answer_all(answer, json.loads(Path(questions).read_text()))


if __name__ == "__main__":
    {"build": build, "ask": ask}[sys.argv[1]](*sys.argv[2:])
