"""Templates → example messages of each kind → the classifier of `bot.intents`, and how good it is.

    python -m training.intents fit bot/weights/intents.npz QUESTIONS.json…   fit the weights; prints their SHA-256 for `bot.intents`
    python -m training.intents measure QUESTIONS.json…   right kinds on `messages/unseen.tsv`, and hijacked questions

A file of `messages/` is a kind; each of its lines is a template: `(a|b|)` is one of these, `{topic}` a filler of
`messages/slots.txt`, `#` begins a comment. A question or the wish for a list may end with a courtesy, which is no part of
its subject. `messages/unseen.tsv` was written apart from the templates and is only
measured. The model is multinomial logistic regression with an L2 penalty, fitted by L-BFGS.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import math
import random
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from bot.intents import LISTINGS, QUESTION, SIZE, Classifier, features, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

_FOLDER = Path(__file__).parent / "messages"
_UNSEEN = _FOLDER / "unseen.tsv"
_CHOICE = re.compile(r"\(([^()]*\|[^()]*)\)")
_SLOT = re.compile(r"\{(\w+)\}")
_DRAWN = (24, 120)  # messages of a template: at least, and at most where it has as many shapes
_DRAWN_QUESTION = 80  # of a template of questions: they are the most varied
_PLAIN_TO_COURTEOUS = 100  # endings without a courtesy, beside one of each courtesy
_PENALTY = 3e-6


class Template(NamedTuple):
    """A kind of message and the shape of some of its messages."""

    intent: str
    shape: str


class Example(NamedTuple):
    """A message, and which kind it is."""

    intent: str
    text: str


def templates() -> list[Template]:
    """Every template, in the order of the files."""
    return [
        Template(path.stem, line)
        for path in sorted(_FOLDER.glob("*.txt"))
        if path.stem != "slots"
        for line in path.read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]


def fillers() -> dict[str, list[str]]:
    """What may stand in each slot."""
    lines = (_FOLDER / "slots.txt").read_text("utf-8").splitlines()
    return {
        name: [part.strip() for part in rest.split("|")] for name, _, rest in (line.partition(":") for line in lines)
    }


def draw(chosen: Sequence[Template], seed: int = 1) -> list[Example]:
    """Different messages of each template, as people type them; the same ones for the same seed."""
    rng, slots = random.Random(seed), fillers()
    examples = {
        Example(template.intent, _typed(_filled(_courteous(template), slots, rng), rng)): None
        for template in chosen
        for _ in range(_DRAWN_QUESTION if template.intent == QUESTION else _many(template.shape))
    }
    return list(examples)


def phrases(chosen: Sequence[Template]) -> dict[str, set[str]]:
    """The words that stand in the fixed parts of each kind's templates; of questions none."""
    examples: dict[str, set[str]] = {template.intent: set() for template in chosen}
    for template in chosen:
        if template.intent != QUESTION:
            examples[template.intent].update(tokens(re.sub(r"[()|]", " ", _SLOT.sub(" ", _courteous(template)))))
    return examples


def vocabulary(chosen: Sequence[Template], questions: Sequence[str]) -> set[str]:
    """The words of the questions' templates and fillers, and those that the gold questions have twice: one may be misspelt."""
    shapes = [template.shape for template in chosen if template.intent == QUESTION]
    fixed = [*shapes, *(filler for fillers_ in fillers().values() for filler in fillers_)]
    counts = Counter(word for question in questions for word in set(tokens(question)))
    words = {word for text in fixed for word in tokens(re.sub(r"[()|{}]", " ", text))}
    return {word for word in words | {word for word, count in counts.items() if count > 1} if word[0].isalnum()}


def fit(chosen: Sequence[Template], questions: Sequence[str] = ()) -> Classifier:
    """The classifier of these templates' messages, and of gold questions of collections."""
    examples = draw(chosen) + [Example(QUESTION, question) for question in questions]
    own = phrases(chosen)
    words, labels = frozenset[str]().union(*own.values()), list(own)
    rows = _matrix([features(words, example.text) for example in examples])
    wanted = np.array([labels.index(example.intent) for example in examples])
    weights = _regression(rows, wanted, len(labels))
    scales = np.abs(weights).max(0) / 127 + 1e-12  # weights of 8 bits
    rounded = np.rint(weights / scales).astype(np.int8)
    return Classifier(own, vocabulary(chosen, questions), rounded, scales.astype(np.float32))


def save(model: Classifier, file: BinaryIO) -> None:
    """Write what `Classifier.load` reads."""
    np.savez_compressed(
        file,
        labels=np.array(model.labels),
        phrases=np.array([" ".join(sorted(words)) for words in model.phrases.values()]),
        asked=np.array(" ".join(sorted(model.asked))),
        weights=model.weights,
        scales=model.scales,
    )


def _regression(rows: csr_matrix, wanted: NDArray[np.int64], labels: int) -> NDArray[np.float64]:
    truth = np.zeros((len(wanted), labels))
    truth[np.arange(len(wanted)), wanted] = 1

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(SIZE, labels)
        scores = rows @ weights
        scores -= scores.max(1, keepdims=True)
        log = scores - np.log(np.exp(scores).sum(1, keepdims=True))
        gradient = rows.T @ (np.exp(log) - truth) / len(wanted) + _PENALTY * weights
        return -(log * truth).sum() / len(wanted) + _PENALTY / 2 * (flat @ flat), gradient.ravel()

    start = np.zeros(SIZE * labels)
    return minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x.reshape(SIZE, labels)


def _matrix(rows: list[NDArray[np.int64]]) -> csr_matrix:
    ends = np.cumsum([0, *map(len, rows)])
    return csr_matrix((np.ones(ends[-1]), np.concatenate(rows), ends), shape=(len(rows), SIZE))


def _many(shape: str) -> int:
    """How many messages are drawn of a template, the more the more shapes it has."""
    shapes = math.prod(choice.count("|") + 1 for choice in _CHOICE.findall(shape))
    return min(max(2 * shapes, _DRAWN[0]), _DRAWN[1])


def _courteous(template: Template) -> str:
    """The shape of a template; some of the questions and wishes for lists end with a courtesy."""
    intent, shape = template
    if intent not in {QUESTION, *LISTINGS}:
        return shape
    endings = [""] * _PLAIN_TO_COURTEOUS + [f" {courtesy}" for courtesy in fillers()["courtesy"]]
    return f"{shape.removesuffix('?')}({'|'.join(endings)}){'?' * shape.endswith('?')}"


def _filled(shape: str, slots: dict[str, list[str]], rng: random.Random) -> str:
    while _CHOICE.search(shape):
        shape = _CHOICE.sub(lambda match: rng.choice(match[1].split("|")), shape, count=1)
    return " ".join(_SLOT.sub(lambda match: rng.choice(slots[match[1]]), shape).split())


def _typed(text: str, rng: random.Random) -> str:
    """As people type it: capitals or none, the mark at the end or none, sometimes two letters the wrong way round."""
    if rng.random() < 0.45:
        text = text.lower()
    elif rng.random() < 0.9:
        text = text[:1].upper() + text[1:]
    if rng.random() < 0.4:
        text = text.rstrip("?!.")
    if rng.random() < 0.5:
        text = text.lstrip("¿¡")
    if len(text) > 6 and rng.random() < 0.06:
        at = rng.randrange(1, len(text) - 2)
        text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text


def measure(files: Sequence[Path]) -> Iterator[str]:
    """Lines of figures: the share of unseen messages of each kind that is seen as that kind, and hijacked questions."""
    model = Classifier.load()
    unseen = [Example(*line.split("\t")) for line in _UNSEEN.read_text("utf-8").splitlines()]
    for intent in [*model.labels, ""]:
        own = [(example, model.classify(example.text)) for example in unseen if intent in {example.intent, ""}]
        wrong = [f"{example.text!r} as {guess}" for example, guess in own if guess != example.intent]
        listed = "; ".join(wrong) if intent else ""
        yield f"{intent or 'all':12} {len(own):4}  {1 - len(wrong) / len(own):.3f}  {listed}"
    asked = [question for file in files for question in _questions(file)]
    hijacked = [f"  {guess}: {question}" for question in asked if (guess := model.classify(question)) != QUESTION]
    yield f"hijacked: {len(hijacked)} of {len(asked)} ({len(hijacked) / max(len(asked), 1):.4f})"
    yield from hijacked


def _questions(file: Path) -> list[str]:
    text = file.read_text("utf-8")
    records = (
        [json.loads(line) for line in text.splitlines()] if file.suffix == ".jsonl" else json.loads(text)["questions"]
    )
    return [record["question"] for record in records]


def main() -> None:
    """Fit or measure."""
    parser = argparse.ArgumentParser(prog="python -m training.intents", description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("fit").add_argument("file", type=Path)
    commands.add_parser("measure")
    for command in commands.choices.values():
        command.add_argument("questions", type=Path, nargs="*", metavar="QUESTIONS")
    options = parser.parse_args()
    if options.command == "measure":
        for line in measure(options.questions):
            print(line)
        return
    packed = io.BytesIO()
    save(fit(templates(), [question for file in options.questions for question in _questions(file)]), packed)
    options.file.write_bytes(packed.getvalue())
    print(f"{options.file}: {len(packed.getvalue())} bytes, SHA-256 {hashlib.sha256(packed.getvalue()).hexdigest()}")


if __name__ == "__main__":
    main()
