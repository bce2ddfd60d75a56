"""What an index is built of and with: what is given, else what it was, else the defaults."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from retrieval import ArticlesError, Index, IndexFolderError, ModelError
from retrieval.index import storage
from retrieval.index.recipe import SEEDS, Recipe
from retrieval.search import cross_encoder
from retrieval.search.encoder import DEFAULT
from tests.fakes import FakeEncoder

TEXT = "The mayor opened the new bridge on Monday. It cost nine million crowns.\n"


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.txt").write_text(TEXT)
    return tmp_path / "mine"


@pytest.fixture
def index(mine: Path, tmp_path: Path, tiny_model: str) -> Path:
    """An index of `mine` without a reader."""
    Index.build(mine, encoder=tiny_model, reranker=None).save(tmp_path / "index")
    return tmp_path / "index"


def test_without_an_index_it_is_the_seeds_and_the_defaults(tmp_path: Path):
    assert Recipe.choose(tmp_path / "none") == Recipe(SEEDS, DEFAULT, cross_encoder.DEFAULT)


def test_without_a_choice_folder_and_models_stay(index: Path, mine: Path, tiny_model: str):
    assert Recipe.choose(index) == Recipe(mine, tiny_model, None, str(mine))


def test_what_is_chosen_wins_and_the_rest_stays(index: Path, mine: Path):
    assert Recipe.choose(index, mine, encoder="better") == Recipe(mine, "better", None, str(mine))
    assert Recipe.choose(index, reranker="sharper").reranker == "sharper"


def test_the_same_folder_by_another_path_is_the_same(index: Path, mine: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(mine.parent)
    recipe = Recipe.choose(index, Path("mine/../mine"))
    assert (recipe.reranker, recipe.other) == (None, False)


def test_another_folder_is_another_index_with_the_default_models(index: Path, mine: Path, tmp_path: Path):
    shutil.copytree(mine, tmp_path / "other")
    recipe = Recipe.choose(index, tmp_path / "other")
    assert recipe == Recipe(tmp_path / "other", DEFAULT, cross_encoder.DEFAULT, str(mine))
    assert recipe.other


@pytest.mark.parametrize("place", [".", "index", "old/index"])
def test_an_index_does_not_lie_among_its_articles(mine: Path, place: str):
    with pytest.raises(IndexFolderError, match="would be read as articles"):
        Recipe.choose(mine / place, mine)


@pytest.mark.parametrize("place", [".index", "old/.index", "../index", "../mine2"])
def test_a_hidden_folder_among_the_articles_or_one_beside_them_may_hold_the_index(mine: Path, place: str):
    assert Recipe.choose(mine / place, mine).articles == mine


@pytest.mark.parametrize("place", ["notes", "notes/index", "notes/deep/index"])
def test_a_place_that_can_hold_no_index_is_named_before_the_articles_are_read(mine: Path, place: str, tiny_model: str):
    (mine.parent / "notes").write_text("mine")
    with pytest.raises(IndexFolderError, match=f"{place}: the index cannot be written .*notes is no folder"):
        Recipe.choose(mine.parent / place, mine, encoder=tiny_model, reranker=None).build(
            mine.parent / place, lambda *_: pytest.fail("articles were read")
        )
    assert (mine.parent / "notes").read_text() == "mine"


def test_a_folder_that_is_not_there_is_an_error_also_where_the_index_was_built_of_it(index: Path, mine: Path):
    shutil.rmtree(mine)
    with pytest.raises(ArticlesError, match="is not there: .*mine"):
        Recipe.choose(index, mine)


def test_a_damaged_index_still_says_what_it_was_built_of(index: Path, mine: Path):
    next(index.glob("0*/segments/*/vectors.npy")).write_bytes(b"")
    assert Recipe.choose(index).articles == mine


def test_the_command_that_mends_an_index_names_no_articles_that_it_knows(index: Path):
    assert storage.mend(index) == f"byline build --index {index}"
    next(index.glob("0*/manifest.json")).write_bytes(b"")
    assert storage.mend(index) == f"byline build ARTICLES --index {index}"


def test_an_index_too_damaged_to_say_is_never_taken_for_one_of_the_seeds(index: Path, mine: Path):
    next(index.glob("0*/manifest.json")).write_bytes(b"")
    with pytest.raises(IndexFolderError, match="is damaged, what it was built of included: byline build"):
        Recipe.choose(index)
    assert Recipe.choose(index, mine).articles == mine


def test_models_of_a_program_are_not_quietly_taken_for_others(mine: Path, tmp_path: Path):
    Index.build(mine, encoder=FakeEncoder(), reranker=None).save(tmp_path / "index")
    with pytest.raises(ModelError, match="the encoder fake-64 of a program: .* --model"):
        Recipe.choose(tmp_path / "index")
    assert Recipe.choose(tmp_path / "index", encoder=DEFAULT).encoder == DEFAULT


def test_articles_that_a_program_handed_in_are_no_folder(tmp_path: Path, mine: Path, tiny_model: str):
    articles = Index.build(mine, encoder=FakeEncoder(), reranker=None).articles
    Index.build(articles, encoder=tiny_model, reranker=None).save(tmp_path / "index")
    assert Recipe.choose(tmp_path / "index").articles is None
    assert Recipe.choose(tmp_path / "index", mine).before == "articles that a program handed in"
