"""Rerankers side by side on questions that none of them was trained on.

    python -m training.evaluate DATA_FOLDER TOKENIZER.json NAME=FILE [NAME=FILE ...] [--gold FOLDER --articles FOLDER]

FILE is an ONNX file, or torch weights when it ends in ".pt". Measured are the AUROC of the logit over paragraphs and their
own questions, the right sentence of a section at the first, and the gold folder's questions over all passages.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from retrieval import articles, passages
from retrieval.evaluation import metrics
from retrieval.types import Passage
from training.model import empty_model, load_tokenizer, logits_of
from training.sources import Row, read_rows
from training.windows import sentences, window_with, with_answer_cut_out

Logits = NDArray[np.float32]
Scorer = Callable[[Sequence[tuple[str, str]]], Logits]

_TOKENS = 320
_BATCH_TOKENS = 1024


def torch_scorer(weights: Path, tokenizer_file: Path) -> Scorer:
    """The model whose state is in `weights`, computed in bfloat16."""
    model = empty_model("lean")
    model.load_state_dict(torch.load(weights))
    model.bfloat16()
    tokenizer = load_tokenizer(tokenizer_file)
    tokenizer.enable_truncation(_TOKENS, strategy="only_second")

    def score(pairs: Sequence[tuple[str, str]]) -> Logits:
        with torch.inference_mode():
            logits: Logits = logits_of(model, tokenizer, pairs).numpy()
        return logits

    return score


def onnx_scorer(model_file: Path, tokenizer_file: Path, threads: int = 2) -> Scorer:
    """The ONNX file `model_file`, in batches of like length, as the product runs it."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(str(model_file), options, providers=["CPUExecutionProvider"])
    tokenizer = load_tokenizer(tokenizer_file)
    tokenizer.no_padding()
    tokenizer.enable_truncation(_TOKENS, strategy="only_second")
    names = [given.name for given in session.get_inputs()]
    return lambda pairs: _by_length(session, names, tokenizer, pairs)


def _by_length(
    session: onnxruntime.InferenceSession, names: list[str], tokenizer: Tokenizer, pairs: Sequence[tuple[str, str]]
) -> Logits:
    encoded = tokenizer.encode_batch(list(pairs))
    fields = {"input_ids": "ids", "attention_mask": "attention_mask", "token_type_ids": "type_ids"}
    logits = np.empty(len(encoded), np.float32)
    for places in batches([len(one.ids) for one in encoded]):
        width = max(len(encoded[place].ids) for place in places)
        feed = {
            name: np.array(
                [list(getattr(encoded[p], fields[name])) + [0] * (width - len(encoded[p].ids)) for p in places],
                np.int64,
            )
            for name in names
        }
        logits[places] = session.run(None, feed)[0].reshape(-1)
    return logits


def batches(lengths: Sequence[int]) -> list[list[int]]:
    """Places of texts of like length, longest first; each batch is at most `_BATCH_TOKENS` once padded."""
    batches: list[list[int]] = []
    for place in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if batches and lengths[batches[-1][0]] * (len(batches[-1]) + 1) <= _BATCH_TOKENS:
            batches[-1].append(place)
        else:
            batches.append([place])
    return batches


_READ = 20  # passages whose sentences are read one by one, in a question over the gold articles
_NOT_COUNTED = {"foreign"}


def auroc(logits: NDArray[np.float32], labels: Sequence[bool]) -> float:
    """The chance that an answering pair scores above one that does not answer; ties count half."""
    return float(metrics.auroc(logits.astype(np.float64), np.asarray(labels, bool))[0])


def own_paragraph(score: Scorer, rows: Sequence[Row]) -> float:
    """AUROC over whole passages and the questions asked about them."""
    return auroc(score([(row.question, row.passage) for row in rows]), [row.answerable for row in rows])


def cut_out(score: Scorer, rows: Sequence[Row]) -> float:
    """AUROC of passages against the same passages with the answering sentence taken out."""
    cases = [(row, with_answer_cut_out(row.passage, row.spans, row.answer_texts)) for row in rows if row.answerable]
    kept = [(row, rest) for row, rest in cases if rest]
    pairs = [(row.question, text) for row, rest in kept for text in (row.passage, rest)]
    return auroc(score(pairs), [True, False] * len(kept))


def right_sentence(score: Scorer, rows: Sequence[Row]) -> float:
    """Share of questions whose best sentence touches an answering stretch of the passage."""
    cases = [(row, sentences(row.passage)) for row in rows if row.answerable]
    cases = [(row, cuts) for row, cuts in cases if len(cuts) > 1]
    logits = score([(row.question, row.passage[a:b]) for row, cuts in cases for a, b in cuts])
    hits, start = 0, 0
    for row, cuts in cases:
        a, b = cuts[int(np.argmax(logits[start : start + len(cuts)]))]
        hits += any(a < end and b > begin for begin, end in row.spans)
        start += len(cuts)
    return hits / len(cases)


def own_window(score: Scorer, rows: Sequence[Row], seed: int = 1) -> float:
    """AUROC of short windows that answer against windows of the same passage that do not."""
    rng = random.Random(seed)
    pairs, labels = [], []
    for row in rows:
        rest = with_answer_cut_out(row.passage, row.spans, row.answer_texts) if row.answerable else None
        if rest:
            cuts = sentences(rest)
            a, b = cuts[rng.randrange(len(cuts))]
            pairs += [(row.question, window_with(row.passage, row.spans, rng)), (row.question, rest[a:b])]
            labels += [True, False]
    return auroc(score(pairs), labels)


def gold(score: Scorer, questions: Sequence[dict[str, Any]], passages: Sequence[Passage]) -> dict[str, float]:
    """hit@1, hit@3, the highlight and AUROC of the best score: passage score plus best sentence score, nothing else."""
    judged = [(question, *_best(score, question["question"], passages)) for question in questions]
    answerable = [case for case in judged if case[0]["answers"]]
    return {
        "hit@1": float(np.mean([_hit(question, ranked[:1]) for question, ranked, _, _ in answerable])),
        "hit@3": float(np.mean([_hit(question, ranked[:3]) for question, ranked, _, _ in answerable])),
        "highlight": float(np.mean([_marked(question, marked) for question, _, marked, _ in answerable])),
        "AUROC": auroc(np.array([best for *_, best in judged], np.float32), [bool(q["answers"]) for q, *_ in judged]),
    }


def _best(score: Scorer, question: str, passages: Sequence[Passage]) -> tuple[list[Passage], tuple[str, str], float]:
    """Passages best first, the best sentence of the first as (file, text), and the first one's score."""
    logits_whole = score([(question, passage.text) for passage in passages])
    read = [passages[i] for i in np.argsort(-logits_whole, kind="stable")[:_READ]]
    parts = [(passage, passage.article.text[a:b]) for passage in read for a, b in passage.sentences]
    logits = score([(question, text) for _, text in parts])
    scores = {id(p): (float(logits_whole[i]), -np.inf, "") for i, p in enumerate(passages)}
    for (passage, text), logit in zip(parts, logits, strict=True):
        own, best, kept = scores[id(passage)]
        scores[id(passage)] = (own, float(logit), text) if logit > best else (own, best, kept)
    read.sort(key=lambda passage: -sum(scores[id(passage)][:2]))
    own, best, text = scores[id(read[0])]
    return read, (read[0].article.file, text), own + best


def _hit(question: dict[str, Any], ranked: Sequence[Passage]) -> bool:
    return any(
        answer["grade"] == "full" and answer["file"] == passage.article.file and answer["snippet"] in passage.text
        for passage in ranked
        for answer in question["answers"]
    )


def _marked(question: dict[str, Any], marked: tuple[str, str]) -> bool:
    file, text = marked
    full = [answer for answer in question["answers"] if answer["grade"] == "full" and answer["file"] == file]
    return any(text.strip() in answer["snippet"] or answer["snippet"] in text for answer in full)


def measure(score: Scorer, data: Path, split: str) -> Iterator[tuple[str, float]]:
    """The figures on the public sets' `split`, one by one."""
    yield "squad2: own paragraph, AUROC", own_paragraph(score, read_rows(data, "squad2_dev", split))
    yield (
        "timeqa: own window, AUROC",
        own_paragraph(score, [r for r in read_rows(data, "timeqa_human", split) if not r.weak]),
    )
    yield "timeqa: with weak labels, AUROC", own_paragraph(score, read_rows(data, "timeqa_human", split))
    yield "clapnq (weak labels): own passage, AUROC", own_paragraph(score, read_rows(data, "clapnq_dev", split))
    yield "tydiqa: answering sentence taken out, AUROC", cut_out(score, read_rows(data, "tydiqa_en", split))
    yield "nq: windows of the same passage, AUROC", own_window(score, read_rows(data, "nq_oracle", split))
    yield "selqa: right sentence first", right_sentence(score, read_rows(data, "selqa", split))


def _scorer(file: Path, tokenizer: Path) -> Scorer:
    return torch_scorer(file, tokenizer) if file.suffix == ".pt" else onnx_scorer(file, tokenizer)


def _gold_cases(folder: Path, texts: Path) -> tuple[list[dict[str, Any]], list[Passage]]:
    lines = (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [question for question in map(json.loads, lines) if question["type"] not in _NOT_COUNTED]
    return questions, [passage for article in articles.read(texts).articles for passage in passages.split(article)]


def main() -> None:
    """Print one line of figures for each reader and set."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("tokenizer", type=Path)
    parser.add_argument("readers", nargs="+", help="NAME=FILE")
    parser.add_argument("--split", default="dev")
    parser.add_argument("--gold", type=Path)
    parser.add_argument("--articles", type=Path)
    parser.add_argument("--quick", action="store_true", help="squad2 and gold only")
    options = parser.parse_args()
    for name, file in (reader.split("=", 1) for reader in options.readers):
        score = _scorer(Path(file), options.tokenizer)
        for what, figure in measure(score, options.data, options.split):
            print(f"{name} | {options.split} | {what} | {figure:.3f}", flush=True)
            if options.quick:
                break
        if options.gold:
            for what, figure in gold(score, *_gold_cases(options.gold, options.articles)).items():
                print(f"{name} | gold | {what} | {figure:.3f}", flush=True)


if __name__ == "__main__":
    main()
