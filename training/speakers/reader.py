"""Train the transformer that reads whose words each sentence is, and judge it.

    python -m training.speakers.reader train OUT.pt gold/d* --annotated training/speakers/annotated.tsv --short training/speakers/short/*.txt
        --sentences training/speakers/sentences.tsv training/speakers/short_texts.tsv --pages training/pages --start PAGE_READER.pt [--news FILE …] --minutes 60
    python -m training.speakers.reader judge OUT.pt [ANOTHER.pt …] --folders gold/v* [--news FILE …]

`--start` may be weights of a page reader (`training.page_reader`), whose tokens look the same.
"""

from __future__ import annotations

import argparse
import random
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from benchmarks.collections import same_name
from retrieval import lexicon
from training import token_model
from training.labelled_pages import whole_words
from training.speakers import annotated, pointer, turns
from training.speakers.names import PARTICLES
from training.speakers.pointer import FIELDS, LONGEST_SPAN, QUOTED, SIZE, VOICES, Token
from training.token_model import WIDTH, TokenModel

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from retrieval.text.onnx_model import Tokenize
    from retrieval.types import Span
    from training.speakers.annotated import Example, Gold

RATE = 1.5e-4
HIDDEN = 0.08  # the share of tokens that are masked
OTHER_FIELDS = 0.4  # the weight of role, outlet and reporting words beside the name's
BARS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
TITLES = lexicon.words("speaker_nouns", "title", "courtesy")
ARTICLES = frozenset(["A", "An", "The"])
PRONOUNS = frozenset(["he", "she", "it", "they", "we", "i", "you", "his", "her", "its", "their", "who", "him", "them"])


@dataclass
class Window:
    """A window, and for each mark and field the places of what is right; `None` where nobody knows."""

    tokens: list[Token]
    marks: list[int]
    # Of each mark for each field: a stretch as its first token times LONGEST_SPAN, plus the tokens behind that; -1 and -2 are what there is instead.
    right: list[list[list[int] | None]]


def windows(example: Example, tokenize: Tokenize, rng: random.Random | None) -> Iterator[Window]:
    """The windows of an article of which something is known; `rng` changes the quotation marks of up to half of them."""
    text = example.text if rng is None or rng.random() < 0.5 else requoted(example.text, rng)
    for window in pointer.windows(pointer.pieces(text, example.sentences, tokenize)):
        known = {
            number: at
            for number, at in window.marks.items()
            if number in example.gold and not example.gold[number].perhaps
        }
        if not known:
            continue
        firsts, lasts = pointer.spans(window.tokens)
        starts = np.array([token.start for token in window.tokens])[firsts]
        ends = np.array([token.end for token in window.tokens])[lasts]
        codes = firsts * LONGEST_SPAN + lasts - firsts
        place = dict(zip(zip(starts.tolist(), ends.tolist(), strict=True), codes.tolist(), strict=True))
        right = [_right(example, example.gold[number], number, place) for number in known]
        if any(places for each in right for places in each):
            yield Window(window.tokens, list(known.values()), right)


def _right(example: Example, gold: Gold, number: int, place: dict[Span, int]) -> list[list[int] | None]:
    if gold.voice != "speaker":
        return [[-len(VOICES) + VOICES.index(gold.voice)], None, None, None]
    rows: list[list[int] | None] = [_names(example, gold, place)]
    for name in FIELDS[1:]:
        if name not in gold.fields:
            rows.append(None)
        elif (value := gold.fields[name]) is None:
            rows.append([-1])
        else:
            inside = example.sentences[number] if name == "cue" else (0, len(example.text))
            rows.append([place[span] for span in occurrences(example.text, value, inside) if span in place] or None)
    return rows


def _names(example: Example, gold: Gold, place: dict[Span, int]) -> list[int] | None:
    """Where one of the names stands, or the surname alone; else the first name, else a pronoun. The model may choose whichever it finds most easily."""
    plain = [without_titles(name) for name in gold.names]
    proper = [name for name in plain if name.lower() not in PRONOUNS]
    surname = _surname(proper[0]) if proper else []
    first = [proper[0].split()[0]] if surname else []

    def spans(names: Sequence[str]) -> set[Span]:
        return {span for name in names for span in occurrences(example.text, name, (0, len(example.text)))}

    alone = {span for span in spans(surname) if not _after_first_name(example.text, span[0])}
    for tier in (spans(proper) | alone, spans(first), spans(plain)):
        if places := [place[span] for span in sorted(tier) if span in place]:
            return places
    return None


def _surname(name: str) -> list[str]:
    """The last word of what may be a person's name of several words."""
    first, *others = name.split()
    written = all(word[0].isupper() or word in PARTICLES for word in others)
    body = not others or lexicon.holds("speaker_nouns", ("body",), others[-1].lower())
    return others[-1:] if first[0].isupper() and first not in ARTICLES and written and not body else []


def _after_first_name(text: str, place: int) -> bool:
    """Whether another name stands directly in front of a surname, so that it may be somebody else's."""
    before = re.search(r"(\w[\w.’'-]*) $", text[max(0, place - 40) : place])
    return before is not None and before[1][0].isupper() and before[1].lower().strip(".") not in TITLES


def without_titles(name: str) -> str:
    """A person's name without the titles in front of it; "a spokesman for Mayor Lee" stays whole."""
    words = name.split()
    while len(words) > 2 and words[0][0].isupper() and words[0].lower().strip(".") in TITLES:
        words = words[1:]
    return " ".join(words) if words[0][0].isupper() else name


def occurrences(text: str, value: str, inside: Span) -> list[Span]:
    """Where a stretch stands in the text, as whole words."""
    pattern = re.compile(whole_words(value), re.IGNORECASE)
    spans = [match.span() for match in pattern.finditer(text, *inside)]
    exact = [span for span in spans if text[slice(*span)] in {value, value.upper()}]
    return exact or spans


def requoted(text: str, rng: random.Random) -> str:
    """The text with other double quotation marks and apostrophes, of the same length."""
    if "“" in text:
        opening, closing = rng.choice([('"', '"'), ("«", "»")])
        return text.replace("“", opening).replace("”", closing).replace("’", rng.choice("'’"))
    if '"' in text:
        opening, closing = rng.choice([("“", "”"), ("«", "»")])
        return re.sub(r'"([^"\n]*)"', rf"{opening}\1{closing}", text)
    return text


class Net(TokenModel):
    """A token model with queries of marks, keys of tokens, and what there is instead of a stretch."""

    def __init__(self) -> None:
        super().__init__(2 * QUOTED)
        wide = 2 * SIZE * len(FIELDS)
        self.query, self.key = nn.Linear(WIDTH, wide), nn.Linear(WIDTH, wide)
        self.nothing = nn.Linear(WIDTH, len(VOICES) + len(FIELDS) - 1)

    def forward(self, ids: Tensor, looks: Tensor, mask: Tensor) -> Tensor:
        """(windows, tokens) three times → for each token its query, its key, and the logits of what there is instead of a stretch."""
        states = self.states(ids, looks, mask)
        return torch.cat([self.query(states), self.key(states), self.nothing(states)], -1)


def begin(net: Net, start: Path) -> None:
    """Take the weights of an earlier speaker reader, or of a page reader."""
    state = torch.load(start)
    looks = "bert.embeddings.token_type_embeddings.weight"
    if len(state[looks]) == QUOTED:
        state[looks] = torch.cat([state[looks], state[looks]])
    own = net.state_dict()
    net.load_state_dict({name: state.get(name, own[name]) for name in own})


def loss(net: Net, batch: Sequence[Window], noise: torch.Generator) -> Tensor:
    """The mean negative log-likelihood of whose words the sentences are, plus that of the other fields."""
    states = net.states_of(batch, HIDDEN, noise)
    losses: list[list[Tensor]] = [[] for _ in FIELDS]
    for row, window in enumerate(batch):
        queries, keys, nothing = (
            net.query(states[row, window.marks]),
            net.key(states[row]),
            net.nothing(states[row, window.marks]),
        )
        outside = torch.from_numpy(~_inside(window.tokens, len(keys)))
        for number in range(len(FIELDS)):
            rows = [at for at, right in enumerate(window.right) if right[number] is not None]
            if rows:
                logits = torch.cat(
                    [
                        _scores(queries[rows], keys, number).masked_fill(outside, -1e4).flatten(1),
                        pointer.instead(nothing[rows], number),
                    ],
                    1,
                )
                losses[number].append(_unlikely(logits, [window.right[at][number] or [] for at in rows]))
    names, *others = losses
    value = torch.cat(names).mean() if names else torch.zeros(())
    known = [each for field in others for each in field]
    return value + OTHER_FIELDS * torch.cat(known).mean() if known else value


def _scores(queries: Tensor, keys: Tensor, field: int) -> Tensor:
    """The logit of each stretch by its first token and its length, (marks, tokens, LONGEST_SPAN)."""
    begin, stop = pointer.edges(field)
    first, last = queries[:, begin] @ keys[:, begin].T, queries[:, stop] @ keys[:, stop].T
    behind = functional.pad(last, (0, LONGEST_SPAN - 1)).unfold(1, LONGEST_SPAN, 1)
    return (first[:, :, None] + behind) / SIZE**0.5


def _inside(tokens: Sequence[Token], size: int) -> NDArray[np.bool_]:
    """Whether each stretch, by its first token and its length, lies within one piece."""
    inside = np.zeros((size, LONGEST_SPAN), bool)
    firsts, lasts = pointer.spans(tokens)
    inside[firsts, lasts - firsts] = True
    return inside


def _unlikely(logits: Tensor, right: Sequence[Sequence[int]]) -> Tensor:
    """The negative log-likelihood of the right places of each row, those of several added up."""
    most = max(map(len, right))
    places = torch.tensor([[*row, *[row[0]] * (most - len(row))] for row in right]) % logits.shape[1]
    repeated = torch.tensor([[False] * len(row) + [True] * (most - len(row)) for row in right])
    chosen = logits.gather(1, places).masked_fill(repeated, -1e4)
    return torch.logsumexp(logits, 1) - torch.logsumexp(chosen, 1)


def train(out: Path, examples: Sequence[Example], minutes: float, seed: int, start: Path | None) -> None:
    """Train until the time is over."""
    net, tokenize = Net(), token_model.tokenizer()
    if start:
        begin(net, start)
    token_model.train(
        net,
        lambda rng: (window for example in examples for window in windows(example, tokenize, rng)),
        lambda batch, noise: loss(net, batch, noise),
        out,
        rate=RATE,
        minutes=minutes,
        seed=seed,
    )


def read(net: Net, tokenize: Tokenize, example: Example) -> list[pointer.Reading]:
    """One reading a sentence of an article."""
    known: dict[int, pointer.Reading] = {}
    for window in pointer.windows(pointer.pieces(example.text, example.sentences, tokenize)):
        ids, looks = ([[getattr(token, name) for token in window.tokens]] for name in ("id", "look"))
        with torch.inference_mode():
            output = net(torch.tensor(ids), torch.tensor(looks), torch.ones((1, len(window.tokens)), dtype=torch.long))
        known |= dict(pointer.readings(output[0].numpy(), window))
    return [known[number] for number in range(len(example.sentences))]


def judge(files: Sequence[Path], examples: Sequence[Example]) -> Iterator[str]:
    """For some bars: the names shown that are right and wrong, and the outlet's own sentences that are given to somebody."""
    net, tokenize, rows = Net(), token_model.tokenizer(), list[tuple[float, bool, str]]()
    net.load_state_dict(token_model.mean(files))
    net.eval()
    for example in examples:
        readings = read(net, tokenize, example)
        names = pointer.names_of(example.text, readings)
        labelled = turns.turns(example.text, example.sentences, names)
        for number, gold in example.gold.items():
            if number in labelled:
                turn = labelled[number]
                best = (turn.name, 1.0) if turn else None
            else:
                best = pointer.speaker(example.text, readings[number], names)
            name = example.text[slice(*best[0])] if best else ""
            right = gold.voice == "speaker" and bool(name) and same_name(name, gold.names)
            rows.append((best[1] if best else 0.0, right, gold.voice))
    yield f"{sum(voice == 'speaker' for *_, voice in rows)} by speakers, {sum(voice == 'article' for *_, voice in rows)} the outlet's own"
    for bar in BARS:
        shown = [row for row in rows if row[0] >= bar]
        right, own = sum(row[1] for row in shown), sum(voice == "article" for *_, voice in shown)
        yield f"bar {bar:.2f}: {right} right, {len(shown) - right} wrong, of these {own} own"


def main() -> None:
    """Read the command line and do one of the two."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    steps = parser.add_subparsers(dest="step", required=True)
    training = token_model.add_training(steps)
    training.add_argument("--annotated", type=Path)
    training.add_argument("--lines", type=Path, nargs=2)
    training.add_argument("--sentences", type=Path, nargs="*", default=[])
    training.add_argument("--short", type=Path, nargs="*", default=[])
    training.add_argument("--news", type=Path, nargs="*", default=[])
    judging = steps.add_parser("judge")
    judging.add_argument("weights", type=Path, nargs="+")
    judging.add_argument("--folders", type=Path, nargs="*", default=[])
    judging.add_argument("--news", type=Path, nargs="*", default=[])
    options: Any = parser.parse_args()
    if options.step == "judge":
        examples = [example for folder in options.folders for example in annotated.of_collection(folder)]
        examples += [example for path in options.news for example in annotated.of_news(path)]
        print("\n".join(judge(options.weights, examples)))
        return
    examples = (
        list(annotated.of_annotated(options.annotated, options.folders[0].parent, options.pages))
        if options.annotated
        else []
    )
    known = {example.name for example in examples}
    examples += [example for folder in options.folders for example in annotated.of_collection(folder, known)]
    examples += list(annotated.of_lines(*options.lines)) if options.lines else []
    examples += [example for path in options.sentences for example in annotated.of_sentences(path)]
    examples += [example for path in options.short for example in annotated.of_short(path)]
    examples += [example for path in options.news for example in annotated.of_news(path)]
    print(f"{len(examples)} texts, {sum(len(example.gold) for example in examples)} sentences", flush=True)
    train(options.out, examples, options.minutes, options.seed, options.start)


if __name__ == "__main__":
    main()
