"""Train the transformer that reads a sentence with its cue and source marked: is it the source's words? Export it, 8 bits.

    python -m training.speakers.verification train OUT.pt gold/d* [--sentences FILE…] [--news FILE]
    python -m training.speakers.verification export OUT.pt retrieval/speakers/weights/verification.onnx
    python -m training.speakers.verification fit gold/d* [--sentences FILE…] [--news FILE]

It starts from the first layers of the default encoder, whose word vectors stay as they are. `fit` prints the three numbers that
join it to linking, from collections that neither has seen, and what the bar withholds of them.
"""

from __future__ import annotations

import argparse
import hashlib
import random
from collections.abc import Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertModel

from benchmarks.collections import same_name
from retrieval.speakers import attribution, linking, mentions, model, verification
from retrieval.speakers.verification import Marked
from training.speakers import examples as annotated
from training.speakers import fit
from training.token_model import MASK, WORDS_FROM, encoder_folder

if TYPE_CHECKING:
    from retrieval.text.onnx_model import Tokenize
    from training.speakers.examples import Example

LAYERS, WIDTH, MARKS = 4, 384, 8
EPOCHS, PEAK, PEAK_OF_HEAD, DROPOUT = 5, 1.5e-4, 1e-3, 0.1
WARM_UP, LEAST = 0.08, 0.02  # share of the steps, and of the rate at the end
BATCH = 32  # sentences
HIDDEN = 0.06  # share of the tokens that are masked
SURE = 0.01  # what is right counts as 0.99, what is wrong as 0.01
FOLDS = 3
ROUNDED = 1e-4  # share of the numbers of the word vectors that may be rounded otherwise in another file


class Claim(NamedTuple):
    """A sentence with a cue and its source marked, and whether the words are the source's.

    `weight` is how often it counts, `odds` linking's log-odds, `shown` whether linking shows its speaker by this cue.
    """

    marked: Marked
    right: bool
    weight: float
    odds: float
    shown: bool


class Net(nn.Module):
    """The first layers of the default encoder, told what is marked; a layer on the states of the cue, the source and the sentence."""

    def __init__(self) -> None:
        super().__init__()
        self.bert = BertModel.from_pretrained(
            encoder_folder(),
            add_pooling_layer=False,
            num_hidden_layers=LAYERS,
            attn_implementation="eager",
            hidden_dropout_prob=DROPOUT,
            attention_probs_dropout_prob=DROPOUT,
        )
        embeddings = self.bert.embeddings
        plain = embeddings.token_type_embeddings.weight[:1].repeat(MARKS, 1).clone()
        embeddings.token_type_embeddings = nn.Embedding.from_pretrained(
            plain + 0.02 * torch.randn_like(plain), freeze=False
        )
        embeddings.word_embeddings.weight.requires_grad_(False)
        self.dropout, self.out = nn.Dropout(DROPOUT), nn.Linear(3 * WIDTH, 1)

    def forward(self, ids: Tensor, marks: Tensor, means: Tensor) -> Tensor:
        """(sentences, tokens) twice and (sentences, 2, tokens) → log-odds, (sentences,); padding has number 0."""
        states = self.bert(input_ids=ids, token_type_ids=marks, attention_mask=(ids != 0).long())[0].float()
        both = torch.cat([states[:, 0], (means @ states).flatten(1)], 1)
        logits: Tensor = self.out(self.dropout(both))[:, 0]
        return logits


def claims(example: Example) -> Iterator[Claim]:
    """The cues with a source of the annotated sentences, judged by the models of linking that are in use.

    Whom a pronoun stands for is not asked here: the words are its own where they are anybody's.
    """
    fit._reset(example)
    context, links = example.analysis.context, attribution.propose(example.analysis)[0]
    for number, (voice, names) in sorted(example.gold.items()):
        if example.analysis.labels.get(number) or context.document.sentences[number].inside:
            continue
        for candidate in linking.of_cues(context, number, example.analysis.cues[number]):
            cue, link = candidate.cue, links[number]
            assert cue is not None
            assert cue.source is not None
            pronoun = mentions.of(context.document, number, cue.source).kind == "pronoun"
            shown = fit._shown(example, candidate.speaker)
            right = voice == "speaker" and (pronoun or same_name(shown, names))
            odds = verification.log_odds(model.probability("cue", candidate.features))
            marked = verification.mark(_tokenize(), context.document, number, cue.verb, cue.source)
            by_link = link is not None and link.cue is cue
            yield Claim(marked, right, 1.0 if voice == "speaker" else fit.OWN, odds, by_link)


@cache
def _tokenize() -> Tokenize:
    tokenizer = Tokenizer.from_file(str(verification.TOKENIZER))
    tokenizer.enable_truncation(verification.LONGEST)
    tokenizer.no_padding()
    return partial(tokenizer.encode, add_special_tokens=False)


def padded(rows: Sequence[Claim]) -> list[Tensor]:
    """What the net takes of some sentences: ids, marks, means."""
    longest = max(len(row.marked.ids) for row in rows)
    longest += -longest % 16  # oneDNN compiles anew for each shape

    def wide(array: Any) -> Any:
        return np.pad(array, [(0, 0)] * (array.ndim - 1) + [(0, longest - array.shape[-1])])

    return [torch.from_numpy(np.stack([wide(row.marked[at]) for row in rows])) for at in range(3)]


def train(rows: Sequence[Claim]) -> Net:
    """A net that has learned from the claims."""
    torch.manual_seed(0)
    rng, net = random.Random(0), Net()
    body = [weights for name, weights in net.named_parameters() if name.startswith("bert.") and weights.requires_grad]
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": PEAK}, {"params": net.out.parameters(), "lr": PEAK_OF_HEAD}], weight_decay=0.01
    )
    steps = EPOCHS * -(-len(rows) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, (step + 1) / (WARM_UP * steps)) * max(LEAST, 1 - step / steps)
    )
    net.train()
    for number in range(EPOCHS):
        losses = []
        for batch in _batches(rows, rng):
            value = _loss(net, batch)
            optimizer.zero_grad()
            value.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            losses.append(value.item())
        print(f"epoch {number + 1}: loss {np.mean(losses):.3f}", flush=True)
    return net.eval()


def _batches(rows: Sequence[Claim], rng: random.Random) -> list[list[Claim]]:
    ordered = sorted(rows, key=lambda row: len(row.marked.ids) + 10 * rng.random())
    batches = [ordered[start : start + BATCH] for start in range(0, len(ordered), BATCH)]
    rng.shuffle(batches)
    return batches


def _loss(net: Net, batch: Sequence[Claim]) -> Tensor:
    ids, marks, means = padded(batch)
    plain = marks & (verification.CUE | verification.SOURCE) == 0
    hidden = (torch.rand(ids.shape) < HIDDEN) & (ids > WORDS_FROM) & plain
    with torch.autocast("cpu", torch.bfloat16):
        logits = net(ids.masked_fill(hidden, MASK), marks, means)
    right = torch.tensor([SURE + (1 - 2 * SURE) * row.right for row in batch])
    return nn.functional.binary_cross_entropy_with_logits(
        logits, right, weight=torch.tensor([row.weight for row in batch])
    )


def export(file: Path, out: Path) -> None:
    """Write the weights as an ONNX file of 8-bit matrices that takes its word vectors from the page reader's; print its SHA-256."""
    import onnx

    from training.export import write

    net = Net()
    net.load_state_dict(torch.load(file))
    net.eval()
    axes = {"ids": {1: "tokens"}, "marks": {1: "tokens"}, "means": {2: "tokens"}, "logits": {}}
    given = torch.ones(1, 9, dtype=torch.long), torch.zeros(1, 9, dtype=torch.long), torch.full((1, 2, 9), 1 / 9)
    write(net, axes, out, given=given)
    graph = onnx.load(str(out))
    (vectors,) = [each for each in graph.graph.initializer if each.name == verification.VECTORS_NAME]
    content = verification.word_vectors()[1]
    if (np.frombuffer(vectors.raw_data, np.uint8) != np.frombuffer(content, np.uint8)).mean() > ROUNDED:
        raise ValueError(f"{verification.VECTORS} has other word vectors: it comes from another encoder")
    onnx.external_data_helper.set_external_data(
        vectors, verification.VECTORS.name, int(verification.OFFSET), verification.VECTORS_SIZE
    )
    place = {each.key: each for each in vectors.external_data}
    place["offset"].value = verification.OFFSET.decode()
    vectors.ClearField("raw_data")
    out.write_bytes(graph.SerializeToString())
    print(f"{hashlib.sha256(out.read_bytes()).hexdigest()}  {out.stat().st_size:,} bytes")


def joined(examples: Sequence[Example], more: Sequence[Example]) -> Iterator[str]:
    """The three numbers that join linking and the net, learned from collections that neither saw, and what each bar withholds."""
    names = sorted({example.collection for example in examples})
    rows: list[tuple[Claim, float]] = []
    for fold in range(FOLDS):
        held = set(names[fold::FOLDS])
        seen = [each for each in examples if each.collection not in held] + list(more)
        fit._use(fit.fit(seen))
        net = train([claim for example in seen for claim in claims(example)])
        unseen = [claim for each in examples if each.collection in held for claim in claims(each) if claim.shown]
        with torch.no_grad():
            rows += [(claim, net(*padded([claim])).item()) for claim in unseen]
    odds = np.array([(claim.odds, logit) for claim, logit in rows])
    right, weights = (np.array([getattr(claim, name) for claim, _ in rows]) for name in ("right", "weight"))
    regression = LogisticRegression().fit(odds, right, sample_weight=weights)
    yield f"LINKING, READING, BIAS = {', '.join(f'{value:.2f}' for value in (*regression.coef_[0], *regression.intercept_))}"
    chances = regression.predict_proba(odds)[:, 1]
    for bar in fit.BARS:
        low = chances < bar
        yield f"bar {bar}: {(low & right).sum()} of {right.sum()} right, {(low & ~right).sum()} of {(~right).sum()} wrong"


def main() -> None:
    """Train, export or fit."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    training, exporting, fitting = (commands.add_parser(name) for name in ("train", "export", "fit"))
    for command in (training, exporting):
        command.add_argument("weights", type=Path)
    exporting.add_argument("out", type=Path)
    for command in (training, fitting):
        command.add_argument("folders", type=Path, nargs="+")
        command.add_argument("--sentences", type=Path, nargs="+", default=[])
        command.add_argument("--news", type=Path)
    options = parser.parse_args()
    if options.command == "export":
        export(options.weights, options.out)
        return
    examples = [example for folder in options.folders for example in annotated.read(folder)]
    examples += list(annotated.read_news(options.news)) if options.news else []
    more = [example for path in options.sentences for example in annotated.read_sentences(path)]
    if options.command == "fit":
        print("\n".join(joined(examples, more)))
        return
    net = train([claim for example in examples + more for claim in claims(example)])
    torch.save(net.state_dict(), options.weights)


if __name__ == "__main__":
    main()
