"""The architecture as a test: imports only go down, and each third party has one door."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

FLOORS = [
    "retrieval.types retrieval.errors retrieval.text retrieval.lexicon retrieval.search retrieval.index retrieval.evaluation retrieval.cli bot.views bot.telegram",
    "retrieval.evaluation.metrics retrieval.lexicon.countries retrieval.search.speaker_query retrieval.text.language retrieval.text.paragraphs retrieval.text.markdown retrieval.text.finite_verbs retrieval.text.normalize",
    "retrieval.lexicon.function_words retrieval.lexicon.irregular_forms retrieval.lexicon.states retrieval.text.printable retrieval.text.dialogue",
    "retrieval.articles.dates retrieval.articles.boilerplate_phrases retrieval.articles.folder retrieval.articles.encodings",
    "retrieval.text.sentences retrieval.search.encoder retrieval.search.fusion retrieval.search.sparse retrieval.search.cross_encoder",
    "retrieval.fragments retrieval.citation retrieval.proof",
    "retrieval.articles.headers retrieval.articles.outlets retrieval.search.query_rewriting",
    "retrieval.articles.line_classification",
    "retrieval.articles.boilerplate",
    "retrieval.articles.metadata retrieval.passages",
    "retrieval.articles.webpage",
    "retrieval.articles.files retrieval.search.dense retrieval.index.storage",
    "retrieval.articles",
    "retrieval.speakers.cues",
    "retrieval.speakers.genders retrieval.speakers.quotation",
    "retrieval.speakers.tokens",
    "retrieval.speakers.clauses retrieval.speakers.names",
    "retrieval.speakers.reporting_clauses retrieval.speakers.sources",
    "retrieval.speakers.reading retrieval.speakers.linking",
    "retrieval.speakers.coreference",
    "retrieval.speakers.attribution",
    "retrieval.speakers",
    "retrieval.quotes.suffix_array retrieval.quotes.same_speaker retrieval.quotes.quote_parser",
    "retrieval.quotes.collinear_chaining retrieval.quotes.flags retrieval.quotes.editorial_marks",
    "retrieval.quotes.alignment",
    "retrieval.quotes.word_diff retrieval.quotes.text_index",
    "retrieval.quotes.best_match",
    "retrieval.quotes.checking",
    "retrieval.quotes",
    "retrieval.search.hybrid retrieval.index.integrity retrieval.search.diversity retrieval.search.examples retrieval.speakers.speaker_index retrieval.search.full_text",
    "retrieval.search.unknown_words retrieval.search.corrections",
    "retrieval.index.corpus retrieval.index.recipe retrieval.search.reranker retrieval.search.filters",
    "retrieval.search.answering retrieval.index.overviews",
    "retrieval.index.models",
    "retrieval.index.index",
    "retrieval",
    "retrieval.serialization",
    "retrieval.evaluation.evaluate",
    "retrieval.evaluation.report.bootstrap retrieval.evaluation.report.svg",
    "retrieval.evaluation.report.curves",
    "retrieval.evaluation.report.findings retrieval.evaluation.report.plots",
    "retrieval.evaluation.report.captions retrieval.evaluation.report.page",
    "retrieval.evaluation.report.writing",
    "retrieval.evaluation.report",
    "retrieval.cli.terminal",
    "retrieval.cli.commands",
    "retrieval.__main__",
    "bot.message bot.strings bot.intents bot.state bot.recent bot.logs bot.telegram.chat_queue bot.translation bot.telegram.lifecycle bot.index_loader bot.heartbeat",
    "bot.telegram.rate_limit",
    "bot.settings bot.views.links bot.views.terminal bot.telegram.sending",
    "bot.views.cards bot.telegram.polling bot.views.deeplinks",
    "bot.views.buttons",
    "bot.views.replies bot.views.sources bot.telegram.profile bot.telegram.webhook",
    "bot.views.answers bot.views.claims bot.views.quotes bot.feedback",
    "bot.views.citation bot.views.lists bot.exchange",
    "bot.listings",
    "bot.followups",
    "bot.conversation",
    "bot.searching",
    "bot.telegram.desk",
    "bot.telegram.incoming",
    "bot.telegram.handlers bot.telegram.callbacks bot.telegram.inline bot.telegram.membership",
    "bot.telegram.application bot.chat",
    "bot.demo",
    "bot",
    "bot.__main__",
]
DOORS = {
    "charset_normalizer": "retrieval.articles.encodings",
    "faiss": "retrieval.search.dense",
    "bm25s": "retrieval.search.sparse",
    "Stemmer": "retrieval.search.sparse",
    "sentence_transformers": "retrieval.search.encoder retrieval.search.cross_encoder",
    "huggingface_hub": "retrieval.search.encoder",
    "onnxruntime": "retrieval.search.cross_encoder",
    "tokenizers": "retrieval.search.cross_encoder",
    "symspellpy": "retrieval.search.query_rewriting",
    "trafilatura": "retrieval.articles.webpage",
    "lxml": "retrieval.articles.webpage",
    "yaml": "retrieval.articles.files",
    "filelock": "retrieval.index.storage",
    "telegram": "bot.telegram.incoming bot.telegram.handlers bot.telegram.callbacks bot.telegram.inline bot.telegram.membership bot.telegram.profile bot.telegram.application bot.telegram.polling bot.telegram.webhook bot.telegram.sending",
    "tornado": "bot.telegram.webhook",
    "babel": "bot.translation",
    "sqlite3": "bot.state",
    "matplotlib": "retrieval.evaluation.report.plots",
    "jinja2": "retrieval.evaluation.report.page",
    "markupsafe": "retrieval.evaluation.report.page",
    "rich": "retrieval.cli.terminal bot.views.terminal bot.chat bot.index_loader",
    "dotenv": "bot.__main__",
}
SEEN_BY_BOT = {"retrieval"}  # of the library the bot knows the public names only


def modules() -> dict[str, Path]:
    paths = [path for package in ("retrieval", "bot") for path in sorted((ROOT / package).rglob("*.py"))]
    return {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}


def emulator() -> list[Path]:
    return sorted((ROOT / "emulator").glob("*.py"))


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
    assert not {module.split(".")[0] for module in imported(path)} & {"bot", "retrieval", "telegram"}


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
