"""Sentence Transformers models of a few kilobytes with random weights, as folders."""

from __future__ import annotations

from pathlib import Path

WORDS = "the a mayor opened bridge on monday who where storm library plums and honey ? .".split()
SIZES = {"num_hidden_layers": 2, "num_attention_heads": 2, "max_position_embeddings": 40}


def save(folder: Path, kind: str = "bert", pooling: str = "mean", prompt: str = "") -> Path:
    """Write a model of this kind (`bert`, `xlm-roberta`, `distilbert`) with vectors of 16 numbers into `folder`."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import AutoConfig, AutoModel, BertTokenizerFast

    sizes = {"dim": 16, "hidden_dim": 24, "n_layers": 2, "n_heads": 2} if kind == "distilbert" else SIZES
    sizes = sizes | {"hidden_size": 16, "intermediate_size": 24} if kind != "distilbert" else sizes
    torch.manual_seed(7)
    config = AutoConfig.for_model(kind, vocab_size=len(WORDS) + 5, pad_token_id=0, initializer_range=0.3, **sizes)
    inner = folder.parent / f"{folder.name} inner"
    AutoModel.from_config(config).save_pretrained(inner)
    (inner / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]))
    BertTokenizerFast(vocab_file=str(inner / "vocab.txt")).save_pretrained(inner)
    modules = [Transformer(str(inner), max_seq_length=12), Pooling(16, pooling_mode=pooling)]
    SentenceTransformer(modules=modules, prompts={"query": prompt} if prompt else None, device="cpu").save(str(folder))
    return folder
