"""Rerankers side by side on questions that none of them was trained on.

    python -m training.evaluate DATA_FOLDER TOKENIZER.json NAME=FILE [NAME=FILE ...]

FILE is an ONNX file, or torch weights when it ends in ".pt". Measured are the AUROC of the logit over paragraphs and their
own questions, and the right sentence of a section at the first. On questions over a collection the product is measured:
`python -m benchmarks.collections`.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from retrieval.evaluation import metrics
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
    for places in batches([len(tokens.ids) for tokens in encoded]):
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


def main() -> None:
    """Print one line of figures for each reader and set."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("tokenizer", type=Path)
    parser.add_argument("readers", nargs="+", help="NAME=FILE")
    parser.add_argument("--split", default="dev")
    parser.add_argument("--quick", action="store_true", help="squad2 only")
    options = parser.parse_args()
    for name, file in (reader.split("=", 1) for reader in options.readers):
        score = _scorer(Path(file), options.tokenizer)
        for what, figure in measure(score, options.data, options.split):
            print(f"{name} | {options.split} | {what} | {figure:.3f}", flush=True)
            if options.quick:
                break


if __name__ == "__main__":
    main()
