"""Which index is opened, which is built, and what the operator hears of it."""

from pathlib import Path

import pytest

from bot import index_loader
from retrieval import ArticlesError, IndexFolderError

ARTICLES, FOLDER = Path("articles"), Path("index")


class Shelf:
    """Stands for `Index`: one that is saved or none, with what changed since."""

    def __init__(self, *, saved: bool, changes: tuple[str, ...] = (), notices: tuple[str, ...] = ()) -> None:
        self.saved, self.changed, self.noted = saved, changes, notices
        self.failure: BaseException | None = None
        self.done: list[str] = []

    def load(self, folder: Path) -> "Shelf":
        if not self.saved:
            raise IndexFolderError("there is no index")
        return self

    def build(self, articles: Path, progress) -> "Shelf":
        if self.failure:
            raise self.failure
        progress("encoding", 1, 1)
        self.done.append(f"built {articles}")
        return Shelf(saved=True)._with(self.done)

    def _with(self, done: list[str]) -> "Shelf":
        self.done = done
        return self

    def save(self, folder: Path) -> None:
        self.done.append(f"saved {folder}")

    def changes(self) -> tuple[str, ...]:
        return self.changed

    notices = property(lambda self: self.noted)
    folder = Path("elsewhere")
    problems = ()


@pytest.fixture
def told() -> list[str]:
    return []


def on(monkeypatch, shelf: Shelf) -> Shelf:
    monkeypatch.setattr(index_loader, "Index", shelf)
    return shelf


def test_a_missing_index_is_built_of_the_given_articles(monkeypatch, told):
    shelf = on(monkeypatch, Shelf(saved=False))
    index_loader.load_or_build(FOLDER, ARTICLES, told.append)
    assert shelf.done == ["built articles", "saved index"]


def test_a_whole_and_fresh_index_is_not_built_again(monkeypatch, told):
    shelf = on(monkeypatch, Shelf(saved=True))
    assert index_loader.load_or_build(FOLDER, ARTICLES, told.append) is shelf
    assert (shelf.done, told) == ([], [])


def test_a_stale_index_is_built_again_of_the_folder_it_was_made_of(monkeypatch, told):
    shelf = on(monkeypatch, Shelf(saved=True, changes=("a.txt changed",)))
    index_loader.load_or_build(FOLDER, ARTICLES, told.append)
    assert shelf.done == ["built elsewhere", "saved index"]


def test_where_building_again_fails_the_stale_one_serves_and_says_so(monkeypatch, told):
    shelf = on(monkeypatch, Shelf(saved=True, changes=("a.txt changed",)))
    shelf.failure = ArticlesError("cannot be read")
    assert index_loader.load_or_build(FOLDER, ARTICLES, told.append) is shelf
    assert told[1:] == [
        "cannot be read",
        "a.txt changed",
        "files have changed since the index was built: it answers from what it was built of",
    ]


def test_loading_alone_never_builds_and_names_the_first_changes(monkeypatch, told):
    changes = tuple(f"{n}.txt changed" for n in range(9))
    shelf = on(monkeypatch, Shelf(saved=True, changes=changes, notices=("an older one serves",)))
    assert index_loader.load(FOLDER, told.append) is shelf
    assert shelf.done == []
    assert told == [
        "an older one serves",
        *changes[:5],
        "files have changed since the index was built (9 in all): it answers from what it was built of",
    ]


def test_loading_where_there_is_none_is_the_operators_trouble(monkeypatch, told):
    on(monkeypatch, Shelf(saved=False))
    with pytest.raises(IndexFolderError):
        index_loader.load(FOLDER, told.append)


@pytest.mark.parametrize("saved", [False, True])
def test_ctrl_c_while_it_builds_says_what_became_of_the_index(monkeypatch, told, saved):
    shelf = on(monkeypatch, Shelf(saved=saved, changes=("a.txt changed",)))
    shelf.failure = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        index_loader.load_or_build(FOLDER, ARTICLES, told.append)
    assert told[-1] == "stopped before the index was built: index is as it was; the next start builds it"
    assert shelf.done == []
