"""The packaged reader: verified before it is parsed, the same whatever the batch, and of some use."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from retrieval import ModelError
from retrieval.search import cross_encoder

WEIGHTS = Path(cross_encoder.__file__).parent / "weights"
TEXT = "The ministers met in Port Alba on Tuesday and spoke for three hours about the fishing treaty."


@pytest.fixture(scope="module")
def model() -> cross_encoder.CrossEncoder:
    return cross_encoder.load(cross_encoder.DEFAULT)


def test_a_text_that_answers_gets_more_than_one_near_it_and_one_far_from_it(model: cross_encoder.CrossEncoder):
    question = "Where did the ministers meet?"
    answers, near, far = model.score(
        [
            (question, TEXT),
            (question, "The ministers said nothing to the press afterwards."),
            (question, "Plums fell by a third."),
        ]
    )
    assert answers > 0 > near > far


def test_a_logit_does_not_depend_on_what_else_is_asked_with_it(model: cross_encoder.CrossEncoder):
    pairs = [("Where did they meet?", TEXT), ("Why?", "Plums."), ("Who?", TEXT * 4)]
    alone = np.concatenate([model.score([pair]) for pair in pairs])
    assert model.score(pairs).tolist() == alone.tolist()  # batches would scale the 8-bit activations


@pytest.mark.parametrize("question", ["", "?", "🔥" * 4096, "why " * 5000, "\0", "\ud800"])
def test_any_question_gets_a_finite_logit(model: cross_encoder.CrossEncoder, question: str):
    assert np.isfinite(model.score([(question, TEXT)])).all()


def test_no_pairs_give_no_logits(model: cross_encoder.CrossEncoder):
    assert model.score([]).shape == (0,)


@pytest.mark.parametrize("name", ["reader.onnx", "tokenizer.json"])
def test_weights_with_one_altered_byte_are_refused_before_they_are_parsed(tmp_path: Path, name: str):
    folder = tmp_path / "weights"
    shutil.copytree(WEIGHTS, folder)
    content = bytearray((folder / name).read_bytes())
    content[1000] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(ModelError, match=f"{name} is not the reader that belongs"):
        cross_encoder.OnnxCrossEncoder(folder)


def test_missing_weights_are_named(tmp_path: Path):
    with pytest.raises(ModelError, match="reader.onnx is not the reader"):
        cross_encoder.OnnxCrossEncoder(tmp_path)


def test_a_model_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(ModelError, match="does not load as a cross-encoder .* choose another with --reranker"):
        cross_encoder.load(str(tmp_path / "none"))


def test_another_cross_encoder_is_loaded_from_its_folder(tmp_path: Path):
    from sentence_transformers import CrossEncoder
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    (tmp_path / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "where", "here"]))
    config = BertConfig(
        vocab_size=7,
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=8,
        max_position_embeddings=64,
        num_labels=1,
    )
    folder = tmp_path / "tiny"
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizerFast(vocab_file=str(tmp_path / "vocab.txt")).save_pretrained(folder)
    ours = cross_encoder.load(str(folder))
    assert ours.name == str(folder)
    assert ours.checksum == cross_encoder.load(str(folder)).checksum
    pairs = [("where", "here"), ("here", "where where")]
    assert ours.score(pairs).shape == (2,)
    theirs = CrossEncoder(str(folder), device="cpu", num_labels=1).predict(pairs)
    assert 1 / (1 + np.exp(-ours.score(pairs))) == pytest.approx(theirs, abs=1e-5)


def test_it_reports_to_nobody_and_leaves_no_file_of_its_use(tmp_path: Path):
    """onnxruntime would keep events for its maker below the home folder, and send them."""
    code = "from retrieval.search import cross_encoder as c; print(len(c.load(c.DEFAULT).score([('Who?', 'Ana.')])))"
    kept = {
        name: value for name, value in os.environ.items() if name not in {"ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME"}
    }
    run = subprocess.run(
        [sys.executable, "-c", code], env={**kept, "HOME": str(tmp_path)}, capture_output=True, text=True, check=True
    )
    assert run.stdout == "1\n"
    assert list(tmp_path.rglob("*")) == []
