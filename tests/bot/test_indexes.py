"""Which index is opened, which is built, and what the operator hears of it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import indexes
from retrieval import ArticlesError, Index, IndexFolderError

TEXT = "The mayor opened the new bridge on Monday. It cost nine million crowns.\n"
STALE = "files have changed since the index was built: it answers from what it was built of"


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with the articles `seeds`, `mine` and `other`."""
    for name in ("seeds", "mine", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.txt").write_text(TEXT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


INDEX = Path("index")


@pytest.fixture
def save(tiny_model: str) -> Callable[[Path], None]:
    """Builds an index of a folder and saves it."""
    return lambda folder: Index.build(folder, encoder=tiny_model, reranker=None).save(INDEX)


def files(index: Index) -> list[str]:
    return [article.file for article in index.articles]


def generations() -> int:
    return len(list(INDEX.glob("0*")))


def reader() -> str | None:
    reranker = Index.load(INDEX)._reranker
    return reranker and reranker.name


def test_a_missing_index_is_built_of_the_seeds_or_of_what_is_asked_for(here: Path, told: list[str]):
    assert files(indexes.load_or_build(INDEX, None, told.append)) == ["seeds.txt"]
    shutil.rmtree(INDEX)
    assert files(indexes.load_or_build(INDEX, Path("mine"), told.append)) == ["mine.txt"]
    assert told == [
        "building an index of seeds in index, as there is none yet",
        "building an index of mine in index, as there is none yet",
    ]


def test_an_index_that_is_whole_and_fresh_serves_whatever_it_was_built_of(here: Path, told: list[str], save):
    save(here / "mine")
    for articles in (None, Path("mine"), here / "mine"):
        assert files(indexes.load_or_build(INDEX, articles, told.append)) == ["mine.txt"]
    assert (generations(), told) == (1, [])


def test_other_articles_are_served_when_they_are_asked_for_and_it_is_said(here: Path, told: list[str], save):
    save(here / "seeds")
    assert files(indexes.load_or_build(INDEX, Path("mine"), told.append)) == ["mine.txt"]
    assert told == [f"index was built of {here / 'seeds'}, now of mine; INDEX_DIR=FOLDER would keep both"]
    assert files(indexes.load_or_build(INDEX, None, told.append)) == ["mine.txt"]
    assert len(told) == 1


@pytest.mark.parametrize("before", ["seeds", "mine"])
def test_a_folder_that_is_not_there_is_an_error_and_the_index_stays(here: Path, told: list[str], save, before: str):
    save(here / before)
    shutil.rmtree("mine")
    with pytest.raises(ArticlesError, match="the folder of articles is not there: mine"):
        indexes.load_or_build(INDEX, Path("mine"), told.append)
    assert files(Index.load(INDEX)) == [f"{before}.txt"]
    assert generations() == 1


def test_other_articles_that_cannot_be_read_are_an_error_and_the_index_stays(here: Path, told: list[str], save):
    save(here / "seeds")
    Path("mine/mine.txt").unlink()
    with pytest.raises(ArticlesError, match="no article can be read in mine"):
        indexes.load_or_build(INDEX, Path("mine"), told.append)
    assert files(Index.load(INDEX)) == ["seeds.txt"]


def test_a_changed_folder_is_built_again_with_the_models_of_before(here: Path, told: list[str], save):
    save(here / "mine")
    Path("mine/new.txt").write_text(TEXT)
    assert files(indexes.load_or_build(INDEX, None, told.append)) == ["mine.txt", "new.txt"]
    assert told == [f"building the index of {here / 'mine'} again: 1 file changed"]
    assert reader() is None


def test_a_damaged_index_is_built_again_of_its_own_folder_and_with_its_models(here: Path, told: list[str], save):
    save(here / "mine")
    next(INDEX.glob("0*/segments/*/vectors.npy")).write_bytes(b"")
    assert files(indexes.load_or_build(INDEX, None, told.append)) == ["mine.txt"]
    assert told[0].startswith(f"building the index of {here / 'mine'} again (index/")
    assert reader() is None


def test_an_older_index_of_other_articles_never_serves_in_the_place_of_a_damaged_one(here: Path, told: list[str], save):
    save(here / "seeds")
    save(here / "mine")
    next(max(INDEX.glob("0*")).glob("segments/*/vectors.npy")).write_bytes(b"")
    assert files(indexes.load_or_build(INDEX, None, told.append)) == ["mine.txt"]


def test_where_building_again_fails_the_stale_one_serves_and_says_so(here: Path, told: list[str], save):
    save(here / "mine")
    Path("mine/mine.txt").write_text("")
    assert files(indexes.load_or_build(INDEX, None, told.append)) == ["mine.txt"]
    assert told[1:] == [
        f"no article can be read in {here / 'mine'}: mine.txt: empty",
        "mine.txt: changed since the index was built",
        STALE,
    ]


def test_an_index_serves_far_from_its_articles(here: Path, told: list[str], save):
    save(here / "mine")
    shutil.rmtree("mine")
    assert files(indexes.load_or_build(INDEX, None, told.append)) == ["mine.txt"]
    assert told[0].startswith(f"the folder of articles is not there: {here / 'mine'}")


def test_loading_alone_never_builds_and_names_the_first_changes(here: Path, told: list[str], save):
    save(here / "mine")
    for number in range(9):
        Path(f"mine/{number}.txt").write_text(TEXT)
    indexes.load(INDEX, told.append)
    assert generations() == 1
    assert told == [
        *(f"{number}.txt: new since the index was built" for number in range(5)),
        STALE.replace(":", " (9 in all):"),
    ]


def test_loading_where_there_is_none_is_the_operators_trouble(here: Path, told: list[str]):
    with pytest.raises(IndexFolderError, match="there is no index"):
        indexes.load(INDEX, told.append)


@pytest.mark.parametrize("before", [None, "mine"])
def test_ctrl_c_while_it_builds_says_what_became_of_the_index(here: Path, told: list[str], save, monkeypatch, before):
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    if before:
        save(here / before)
    monkeypatch.setattr(Index, "build", stopped)
    with pytest.raises(KeyboardInterrupt):
        indexes.load_or_build(INDEX, Path("other"), told.append)
    assert told[-1] == "stopped before the index was built: index is as it was; the next start builds it"
    assert [files(Index.load(INDEX)) for _ in filter(None, [before])] == ([["mine.txt"]] if before else [])
