"""The architecture as a test: imports only go down, and each third party has one door."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

FLOORS = [
    "retrieval.types retrieval.errors",
    "retrieval.measures retrieval.places retrieval.whose retrieval.language retrieval.lines retrieval.verbs retrieval.normal",
    "retrieval.articles.dates retrieval.articles.boilerplate retrieval.articles.folder",
    "retrieval.sentences retrieval.encoder retrieval.fusion retrieval.sparse retrieval.crossencoder",
    "retrieval.fragment retrieval.citation",
    "retrieval.articles.headers retrieval.articles.outlets retrieval.question",
    "retrieval.articles.kinds",
    "retrieval.articles.furniture",
    "retrieval.articles.metadata retrieval.passages",
    "retrieval.articles.webpage",
    "retrieval.articles.files retrieval.dense retrieval.store",
    "retrieval.articles",
    "retrieval.speakers.cues",
    "retrieval.speakers.genders retrieval.speakers.quotation",
    "retrieval.speakers.tokens retrieval.speakers.turns",
    "retrieval.speakers.clauses retrieval.speakers.names",
    "retrieval.speakers.claims retrieval.speakers.sources",
    "retrieval.speakers.reading retrieval.speakers.weighing",
    "retrieval.speakers.antecedents",
    "retrieval.speakers.attribution",
    "retrieval.speakers",
    "retrieval.quotes.phrases retrieval.quotes.same_speaker retrieval.quotes.credit",
    "retrieval.quotes.chain retrieval.quotes.flags retrieval.quotes.quoted",
    "retrieval.quotes.align",
    "retrieval.quotes.worddiff retrieval.quotes.wordings",
    "retrieval.quotes.likeliest",
    "retrieval.quotes.checking",
    "retrieval.quotes",
    "retrieval.candidates retrieval.proof retrieval.spread retrieval.examples retrieval.voices",
    "retrieval.corpus retrieval.reader retrieval.filters",
    "retrieval.answering",
    "retrieval.index",
    "retrieval",
    "retrieval.contract",
    "retrieval.evaluate",
    "retrieval.report.bootstrap retrieval.report.svg",
    "retrieval.report.curves",
    "retrieval.report.findings retrieval.report.plots",
    "retrieval.report.captions retrieval.report.page",
    "retrieval.report.writing",
    "retrieval.report",
    "retrieval.terminal",
    "retrieval.commands",
    "retrieval.__main__",
    "bot.message bot.words bot.state bot.recent bot.logs bot.turns bot.translation bot.ending bot.opening",
    "bot.pacing",
    "bot.settings bot.links bot.asking bot.terminal bot.sending",
    "bot.cards bot.polling bot.deeplinks",
    "bot.buttons",
    "bot.replies bot.sources bot.profile bot.webhook",
    "bot.answers bot.claims bot.quoting bot.feedback",
    "bot.citing bot.searching",
    "bot.handlers bot.presses bot.inline bot.joining",
    "bot.app bot.chat",
    "bot.demonstration",
    "bot",
    "bot.__main__",
]
DOORS = {
    "faiss": "retrieval.dense",
    "bm25s": "retrieval.sparse",
    "Stemmer": "retrieval.sparse",
    "sentence_transformers": "retrieval.encoder retrieval.crossencoder",
    "huggingface_hub": "retrieval.encoder",
    "onnxruntime": "retrieval.crossencoder",
    "tokenizers": "retrieval.crossencoder",
    "symspellpy": "retrieval.question",
    "trafilatura": "retrieval.articles.webpage",
    "lxml": "retrieval.articles.webpage",
    "yaml": "retrieval.articles.files",
    "filelock": "retrieval.store",
    "telegram": "bot.asking bot.handlers bot.presses bot.inline bot.joining bot.profile bot.app bot.polling bot.webhook bot.sending",
    "tornado": "bot.webhook",
    "babel": "bot.translation",
    "sqlite3": "bot.state",
    "matplotlib": "retrieval.report.plots",
    "jinja2": "retrieval.report.page",
    "markupsafe": "retrieval.report.page",
    "rich": "retrieval.terminal bot.terminal bot.chat bot.opening",
    "dotenv": "bot.__main__",
}
SEEN_BY_BOT = {"retrieval"}  # of the library the bot knows the public names only


def modules() -> dict[str, Path]:
    paths = [path for package in ("retrieval", "bot") for path in sorted((ROOT / package).rglob("*.py"))]
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}
    return {name: path for name, path in names.items() if not f"{name}.".startswith("bot.demo.")}


def emulator() -> list[Path]:
    return sorted((ROOT / "bot" / "demo").glob("*.py"))


def imported(path: Path) -> set[str]:
    """The modules a file imports at run time, the type checker's included: a dependency is one either way."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (inner & set(modules())) or {node.module}
    return found


@pytest.mark.parametrize("name", sorted(modules()))
def test_imports_only_go_down(name: str):
    floor = {module: number for number, line in enumerate(FLOORS) for module in line.split()}
    assert name in floor, f"{name} has no floor"
    for other in imported(modules()[name]) & set(floor):
        assert floor[other] < floor[name], f"{name} imports {other}, which is not below it"


@pytest.mark.parametrize("path", emulator(), ids=lambda path: path.stem)
def test_the_emulated_telegram_knows_nothing_of_the_bot_the_library_or_the_client(path: Path):
    tops = {".".join(module.split(".")[:2]) for module in imported(path)}
    assert not {top for top in tops if top.startswith(("bot.", "retrieval", "telegram")) and top != "bot.demo"}


@pytest.mark.parametrize("name", sorted(modules()))
def test_each_third_party_has_one_door(name: str):
    for other in {module.split(".")[0] for module in imported(modules()[name])} & set(DOORS):
        assert name in DOORS[other].split(), f"{name} imports {other}, whose door is {DOORS[other]}"


@pytest.mark.parametrize("name", sorted(name for name in modules() if name.startswith("bot")))
def test_the_bot_sees_only_the_public_names_of_the_library(name: str):
    seen = {module for module in imported(modules()[name]) if module.split(".")[0] == "retrieval"}
    assert seen <= SEEN_BY_BOT


def test_importing_the_library_loads_no_model_no_torch_and_nothing_of_telegram():
    heavy = "torch sentence_transformers transformers spacy telegram trafilatura onnxruntime rich"
    code = f"import sys, retrieval; print(*[name for name in {heavy.split()} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT)
    assert run.stdout.split() == []
