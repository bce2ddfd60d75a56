"""Trains the ready reader further on groups of pairs, until a given hour, and can be stopped at any moment.

The learning rate follows the clock, not the steps: it reaches zero at `--until` however busy the machine was.
What was reached is written every `SAVE_EVERY` steps; the same command goes on from there.

    nice -n 19 python -m training.train PAIRS.jsonl.gz READY_FOLDER OUT_FOLDER --until 2026-11-25T06:30
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import random
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import onnx
import torch
from torch.nn import functional

from benchmarks.exported import shipped_weights
from training.model import empty_model, load_tokenizer, logits_of, ready_model, with_dropout

SAVE_EVERY = 50
KEEP_EVERY = 500  # steps between weights that are kept for measuring
FROZEN_LAYERS = 3  # of 12; the embeddings are frozen too
PAIRS_A_STEP = 48
PEAK_RATE = 5e-5
WARM_UP = 150  # steps
DROPOUT = 0.1
SMOOTHING = 0.02
MARGIN_WEIGHT = 0.3

Group = list[tuple[str, str, int, str]]


@dataclass
class Progress:
    """Where the training stands: steps done, groups read, seconds trained, when it began (epoch seconds)."""

    step: int = 0
    groups: int = 0
    seconds: float = 0.0
    began: float = 0.0


class Run:
    """Model, optimiser and progress together, as they are saved and taken up again."""

    def __init__(self, ready: Path, out: Path, seed: int, start: Path | None = None, peak: float = PEAK_RATE) -> None:
        """`start` are weights to begin with in place of the ready reader's: float ones (`.pt`), or a shipped `.onnx` file."""
        torch.manual_seed(seed)
        self.out = out
        self.tokenizer = load_tokenizer(ready / "tokenizer.json")
        self.model = empty_model("lean")
        self.model.load_state_dict(_beginning(ready, start))
        self.weights = self.model.state_dict()
        self.model.bert.embeddings.requires_grad_(False)
        self.model.bert.encoder.layer[:FROZEN_LAYERS].requires_grad_(False)
        with_dropout(self.model, DROPOUT, seed)
        trained = [name for name, weight in self.model.named_parameters() if weight.requires_grad]
        self.masters = {name: self.weights[name].clone() for name in trained}
        self.model.bfloat16().train()
        self.peak = peak
        self.optimiser = torch.optim.AdamW(_with_decay(self.masters), peak, betas=(0.9, 0.98), fused=True)
        self.progress = Progress(began=time.time())
        if (out / "last.pt").exists():
            self._take_up(torch.load(out / "last.pt"))

    def step(self, groups: list[Group], rate: float) -> dict[str, float]:
        """One update on `groups` at learning rate `rate`; the two losses and the share of pairs judged right."""
        began = time.monotonic()
        for part in self.optimiser.param_groups:
            part["lr"] = rate
        pairs = [pair for group in groups for pair in group]
        logits = logits_of(self.model, self.tokenizer, [(pair[0], pair[1]) for pair in pairs])
        labels = torch.tensor([float(pair[2]) for pair in pairs])
        entropy = functional.binary_cross_entropy_with_logits(logits, labels * (1 - 2 * SMOOTHING) + SMOOTHING)
        contrast = _contrast(logits, [len(group) for group in groups], labels)
        torch.autograd.backward(entropy + MARGIN_WEIGHT * contrast)
        self._update()
        self.progress.step += 1
        self.progress.groups += len(groups)
        self.progress.seconds += time.monotonic() - began
        right = ((logits > 0) == (labels > 0.5)).float().mean()
        return {"entropy": entropy.item(), "contrast": contrast.item(), "right": right.item()}

    def save(self) -> None:
        """Write everything needed to go on, aside first, so that a stop while writing loses nothing."""
        state = {"masters": self.masters, "optimiser": self.optimiser.state_dict()}
        _write({**state, "progress": asdict(self.progress)}, self.out / "last.pt")

    def keep(self) -> None:
        """Write the weights alone, under the number of the step."""
        _write({**self.weights, **self.masters}, self.out / f"step-{self.progress.step:05d}.pt")

    def _update(self) -> None:
        """Gradients of the bfloat16 weights moved onto the float32 ones, one step there, and the result moved back."""
        weights = dict(self.model.named_parameters())
        for name, master in self.masters.items():
            gradient = weights[name].grad
            master.grad = None if gradient is None else gradient.float()
            weights[name].grad = None
        torch.nn.utils.clip_grad_norm_(self.masters.values(), 1.0)
        self.optimiser.step()
        self._show_masters()

    def _show_masters(self) -> None:
        weights = dict(self.model.named_parameters())
        with torch.no_grad():
            for name, master in self.masters.items():
                weights[name].copy_(master)

    def _take_up(self, state: dict[str, Any]) -> None:
        for name, master in self.masters.items():
            master.copy_(state["masters"][name])
        self._show_masters()
        self.optimiser.load_state_dict(state["optimiser"])
        self.progress = Progress(**state["progress"])


def _beginning(ready: Path, start: Path | None) -> dict[str, torch.Tensor]:
    if start is None:
        return ready_model(ready / "model.onnx").state_dict()
    weights: dict[str, torch.Tensor] = (
        shipped_weights(onnx.load(str(start))) if start.suffix == ".onnx" else torch.load(start)
    )
    return weights


def read_groups(path: Path, skip: int, seed: int) -> Iterator[Group]:
    """Groups of pairs without end, from the `skip`-th on; each further round is shuffled anew."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        groups = [json.loads(line) for line in lines]
    rounds, skip = divmod(skip, len(groups))
    while True:
        order = list(range(len(groups)))
        if rounds:
            random.Random(seed + rounds).shuffle(order)
        yield from (groups[i] for i in order[skip:])
        rounds, skip = rounds + 1, 0


def rate_at(step: int, share: float, peak: float = PEAK_RATE) -> float:
    """The learning rate: up to `peak` over the first steps, then a half cosine to zero over the time given."""
    return peak * min(1.0, (step + 1) / WARM_UP) * 0.5 * (1 + math.cos(math.pi * min(1.0, share)))


def train(run: Run, groups: Iterator[Group], until: float) -> None:
    """Step until the clock shows `until` (epoch seconds); a line of figures every ten steps."""
    began = run.progress.began
    log = (run.out / "log.jsonl").open("a", encoding="utf-8")
    while time.time() < until:
        rate = rate_at(run.progress.step, (time.time() - began) / (until - began), run.peak)
        figures = run.step(_batch(groups), rate)
        if run.progress.step % 10 == 0:
            print(json.dumps({**asdict(run.progress), "rate": rate, **figures}), file=log, flush=True)
        if run.progress.step % SAVE_EVERY == 0:
            run.save()
        if run.progress.step % KEEP_EVERY == 0:
            run.keep()
    run.save()
    run.keep()


def _batch(groups: Iterator[Group]) -> list[Group]:
    """Groups of exactly `PAIRS_A_STEP` pairs together, the last one cut: equal shapes spare the CPU compiling."""
    taken: list[Group] = []
    room = PAIRS_A_STEP
    while room:
        taken.append(next(groups)[:room])
        room -= len(taken[-1])
    return taken


def _contrast(logits: torch.Tensor, sizes: list[int], labels: torch.Tensor) -> torch.Tensor:
    """Mean of log(1 + exp(wrong - right)) over all pairs of an answering and a missing window of one group."""
    parts = []
    for scores, truth in zip(torch.split(logits, sizes), torch.split(labels, sizes), strict=True):
        gaps = scores[truth < 0.5][None, :] - scores[truth > 0.5][:, None]
        parts.append(functional.softplus(gaps).ravel())
    joined = torch.cat(parts)
    return joined.mean() if len(joined) else logits.sum() * 0


def _with_decay(weights: dict[str, torch.Tensor]) -> list[dict[str, Any]]:
    """Matrices with a little decay, biases and scales without."""
    return [
        {"params": [weight for weight in weights.values() if weight.ndim > 1], "weight_decay": 0.01},
        {"params": [weight for weight in weights.values() if weight.ndim == 1], "weight_decay": 0.0},
    ]


def _write(state: object, path: Path) -> None:
    aside = path.with_suffix(".new")
    torch.save(state, aside)
    aside.replace(path)


def main() -> None:
    """Train, or go on training."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("pairs", type=Path)
    parser.add_argument("ready", type=Path, help="folder with the ready reader's model.onnx and tokenizer.json")
    parser.add_argument("out", type=Path)
    parser.add_argument("--until", required=True, help="hour at which the learning rate is zero, UTC, ISO 8601")
    parser.add_argument(
        "--start", type=Path, help="weights to begin with: step-….pt of an earlier run, or the shipped reader.onnx"
    )
    parser.add_argument("--peak", type=float, default=PEAK_RATE, help="highest learning rate")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    options.out.mkdir(parents=True, exist_ok=True)
    run = Run(options.ready, options.out, options.seed, options.start, options.peak)
    until = datetime.fromisoformat(options.until).replace(tzinfo=UTC).timestamp()
    train(run, read_groups(options.pairs, run.progress.groups, options.seed), until)


if __name__ == "__main__":
    main()
