"""The layers that point at the answer in a sentence: what they read, their training and their export, for `training.span`.

They start from the reranker's last four layers, and read its states after the eighth.
"""

from __future__ import annotations

import hashlib
import itertools
import math
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import onnx
import torch
from torch import nn
from transformers import BertConfig
from transformers.models.bert.modeling_bert import BertLayer

from benchmarks.exported import shipped_weights
from retrieval.search import cross_encoder
from retrieval.search.span_head import FOLDER, GRAPH, likeliest
from retrieval.text.normalize import undisguised
from training.export import write
from training.model import SHAPE
from training.span import Example, from_collections, from_sets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from retrieval.search.cross_encoder import OnnxCrossEncoder

FIRST_LAYER = 8  # the layers below are the reranker's: `cross_encoder._STATES` is what the last of them gives
LAYERS, WIDTH = SHAPE["num_hidden_layers"] - FIRST_LAYER, SHAPE["hidden_size"]
PAIRS = 32  # of a step
PEAK, PEAK_OF_ENDS, DECAY = 2e-4, 1e-3, 0.02
WARM_UP = 100  # steps


@dataclass(frozen=True)
class Read:
    """An example as the layers read it: its states `(tokens, WIDTH)`, which tokens are the sentence's, the answer's two ends."""

    states: NDArray[np.float16]
    second: NDArray[np.bool_]
    ends: tuple[int, int]


class Net(nn.Module):
    """The layers, and the logits of being the first and the last token of the answer."""

    def __init__(self) -> None:
        super().__init__()
        shape = dict(SHAPE, hidden_dropout_prob=0.1, attention_probs_dropout_prob=0.0, attn_implementation="eager")
        self.layers = nn.ModuleList(BertLayer(BertConfig(**shape)) for _ in range(LAYERS))
        self.ends = nn.Linear(WIDTH, 2)
        shipped = shipped_weights(onnx.load(str(FOLDER / "reader.onnx")))
        for number, layer in enumerate(self.layers, FIRST_LAYER):
            path = f"bert.encoder.layer.{number}."
            layer.load_state_dict({name.removeprefix(path): shipped[name] for name in shipped if name.startswith(path)})

    def forward(self, states: Tensor, mask: Tensor | None = None) -> Tensor:
        """(pairs, tokens, WIDTH) → (pairs, tokens, 2); `mask` is added to the scores of attention."""
        for layer in self.layers:
            states = layer(states, mask)
        logits: Tensor = self.ends(states)
        return logits


def read(model: OnnxCrossEncoder, example: Example) -> Read | None:
    """The states of an example; `None` where the sentence is not read as it stands, or no token of the answer is left."""
    if len(undisguised(example.sentence)[0]) != len(example.sentence):
        return None
    reading, ends = model.read(example.question, example.sentence), (0, 0)
    inside = np.flatnonzero(reading.second)[:-1]
    if example.answer:
        start, end = example.answer
        held = [at for at in inside.tolist() if reading.offsets[at][0] < end and reading.offsets[at][1] > start]
        if not held:
            return None
        ends = held[0], held[-1]
    return Read(reading.output[0].astype(np.float16), reading.second, ends) if len(inside) else None


def log_chances(net: Net, batch: Sequence[Read]) -> Tensor:
    """The logarithms of the chances of each token, `(pairs, tokens, 2)`; only `[CLS]` and the sentence's tokens have any."""
    longest = -(-max(len(each.second) for each in batch) // 8) * 8  # oneDNN compiles anew for each length
    states, mask = torch.zeros(len(batch), longest, WIDTH), torch.full((len(batch), 1, 1, longest), -1e4)
    apart = torch.full((len(batch), longest, 1), -1e4)
    for row, each in enumerate(batch):
        size, inside = len(each.second), np.flatnonzero(each.second)[:-1]
        states[row, :size], mask[row, ..., :size] = torch.from_numpy(each.states.astype(np.float32)), 0
        apart[row, [0, *inside]] = 0
    with torch.autocast("cpu", torch.bfloat16):
        logits = net(states, mask)
    return (logits.float() + apart).log_softmax(1)


def train(folder: Path, out: Path, folders: Sequence[Path], minutes: float, start: Path | None) -> None:
    """Train for some minutes of processor time, write the weights after each round, and print how good they are."""
    torch.manual_seed(5)
    rng, model, net = random.Random(5), cross_encoder.OnnxCrossEncoder(), Net()
    if start:
        net.load_state_dict(torch.load(start))
    made = [*from_sets(folder, "train", rng), *from_collections(folders)]
    examples = [each for example in made if (each := read(model, example))]
    body = [weights for name, weights in net.named_parameters() if not name.startswith("ends")]
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": PEAK}, {"params": net.ends.parameters(), "lr": PEAK_OF_ENDS}], weight_decay=DECAY
    )
    begun = time.process_time()

    def done() -> float:
        return min(1.0, (time.process_time() - begun) / (60 * minutes))

    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, (step + 1) / WARM_UP) * 0.5 * (1 + math.cos(math.pi * done()))
    )
    while done() < 1:
        losses = []
        for batch in itertools.takewhile(lambda _: done() < 1, _batches(examples, rng)):
            losses.append(_step(net, batch, optimizer))
            schedule.step()
        torch.save(net.state_dict(), out)
        print(f"{done() * minutes:.1f} minutes: loss {np.mean(losses):.3f}", flush=True)
    held_back = list(from_sets(folder, "test", random.Random(5)))
    print(*_measures(net, [(each, row) for each in held_back if (row := read(model, each))]), sep="\n")


def _step(net: Net, batch: Sequence[Read], optimizer: torch.optim.Optimizer) -> float:
    """Learn from a batch; the mean negative log-likelihood of the answers' ends before that."""
    rows, ends = torch.arange(len(batch)), torch.tensor([each.ends for each in batch])
    chances = log_chances(net, batch)
    loss = -(chances[rows, ends[:, 0], 0] + chances[rows, ends[:, 1], 1]).mean() / 2
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optimizer.step()
    return loss.item()


def _batches(examples: Sequence[Read], rng: random.Random) -> Iterator[Sequence[Read]]:
    """Examples of like length, in random order."""
    order = sorted(examples, key=lambda each: len(each.second) + 12 * rng.random())
    batches = [order[at : at + PAIRS] for at in range(0, len(order), PAIRS)]
    rng.shuffle(batches)
    yield from batches


def _measures(net: Net, rows: Sequence[tuple[Example, Read]]) -> Iterator[str]:
    """Of the answered pairs the share of exact spans, and the same of the surest of them."""
    net.eval()
    judged = []
    for example, each in rows:
        with torch.no_grad():
            guess = likeliest(log_chances(net, [each])[0, : len(each.second)].numpy(), each.second)
        if example.answer:
            judged.append((guess.chance, guess.span == each.ends) if guess else (0.0, False))
    judged.sort(reverse=True)
    for share in (0.2, 0.3, 0.5, 0.7, 1.0):
        best = judged[: int(share * len(judged))]
        yield f"the surest {share} of {len(judged)}: exact {np.mean([right for _, right in best]):.3f}"


def export(file: Path, out: Path) -> None:
    """Write the layers in 8 bits into `out`, and print their SHA-256."""
    net = Net()
    net.load_state_dict(torch.load(file))
    net.eval()
    axes = {name: {0: "pairs", 1: "tokens"} for name in ("states", "logits")}
    write(net, axes, out / GRAPH, given=(torch.zeros(2, 9, WIDTH),))
    content = (out / GRAPH).read_bytes()
    print(f"{hashlib.sha256(content).hexdigest()}  {GRAPH}  {len(content):,} bytes")
