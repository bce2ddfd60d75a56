"""A generation is whole or it is not used, and the pointer moves in one step."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path

import pytest

from retrieval.errors import IndexFolderError
from retrieval.index import storage


def fill(content: bytes):
    def write(folder: Path) -> None:
        (folder / "words").mkdir()
        (folder / "words" / "rows").write_bytes(content)
        (folder / "vectors").write_bytes(content[::-1])

    return write


@pytest.fixture
def index(tmp_path: Path) -> Path:
    storage.write(tmp_path / "index", fill(b"first"), {"made": 1})
    return tmp_path / "index"


def content(index: Path) -> bytes:
    return (storage.load(index).folder / "words" / "rows").read_bytes()


def generations(index: Path) -> list[str]:
    return sorted(path.name for path in index.iterdir() if path.is_dir())


def test_what_was_written_is_what_is_loaded(index: Path):
    generation = storage.load(index)
    assert generation.manifest["made"] == 1
    assert sorted(generation.manifest["files"]) == ["vectors", "words/rows"]
    assert (content(index), generation.notices) == (b"first", ())


def test_the_last_two_generations_are_kept(index: Path):
    for text in (b"second", b"third"):
        storage.write(index, fill(text), {})
    assert [name.split("-")[0] for name in generations(index)] == ["000002", "000003"]
    assert content(index) == b"third"


def test_every_altered_bit_of_every_file_is_seen(index: Path):
    for path in [path for path in index.rglob("*") if path.is_file() and path.name not in {"lock", "CURRENT"}]:
        whole = path.read_bytes()
        for bit in range(8 * len(whole)):
            damaged = bytearray(whole)
            damaged[bit // 8] ^= 1 << bit % 8
            path.write_bytes(damaged)
            with pytest.raises(IndexFolderError, match=path.name):
                storage.load(index)
        path.write_bytes(whole)
    assert content(index) == b"first"


def test_every_truncation_of_every_file_is_seen(index: Path):
    for path in [path for path in index.rglob("*") if path.is_file() and path.name not in {"lock", "CURRENT"}]:
        whole = path.read_bytes()
        for length in range(len(whole)):
            path.write_bytes(whole[:length])
            with pytest.raises(IndexFolderError, match=path.name):
                storage.load(index)
        path.write_bytes(whole)


def test_an_altered_pointer_never_leads_to_anything_but_a_whole_generation(index: Path):
    storage.write(index, fill(b"second"), {})
    whole = (index / "CURRENT").read_bytes()
    for bit in range(8 * len(whole)):
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        (index / "CURRENT").write_bytes(damaged)
        assert content(index) in {b"first", b"second"}


def test_a_damaged_generation_leaves_the_older_one_serving_and_says_so(index: Path):
    storage.write(index, fill(b"second"), {})
    (storage.load(index).folder / "vectors").write_bytes(b"dnocex")
    generation = storage.load(index)
    assert (generation.folder / "words" / "rows").read_bytes() == b"first"
    assert len(generation.notices) == 1
    assert "vectors is damaged" in generation.notices[0]
    assert f"byline build ARTICLES --index {index}" in generation.notices[0]


def test_swapped_files_are_seen(index: Path):
    folder = storage.load(index).folder
    (folder / "vectors").rename(folder / "aside")
    (folder / "words" / "rows").rename(folder / "vectors")
    (folder / "aside").rename(folder / "words" / "rows")
    with pytest.raises(IndexFolderError, match="damaged"):
        storage.load(index)


def test_a_generation_of_another_index_is_refused_under_its_name(index: Path, tmp_path: Path):
    storage.write(tmp_path / "other", fill(b"other"), {})
    ours, theirs = storage.load(index).folder, storage.load(tmp_path / "other").folder
    (ours / "manifest.json").write_bytes((theirs / "manifest.json").read_bytes())
    with pytest.raises(IndexFolderError, match="manifest"):
        storage.load(index)


def test_a_link_or_a_pipe_in_a_files_place_is_refused_unopened(index: Path):
    path = storage.load(index).folder / "vectors"
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(IndexFolderError, match="not a regular file"):
        storage.load(index)


@pytest.mark.parametrize(
    "make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero"), lambda path: path.write_text("7" * 5000)]
)
def test_a_pointer_that_is_no_small_file_is_not_read_and_the_newest_generation_serves(index: Path, make):
    (index / "CURRENT").unlink()
    make(index / "CURRENT")
    assert content(index) == b"first"
    assert "CURRENT is missing or damaged" in storage.load(index).notices[0]


@pytest.mark.parametrize("make", [lambda path: None, Path.mkdir, lambda path: path.write_text("hello")])
def test_a_folder_without_an_index_is_refused_with_the_command_that_makes_one(tmp_path: Path, make):
    make(tmp_path / "index")
    with pytest.raises(IndexFolderError, match="byline build ARTICLES --index"):
        storage.load(tmp_path / "index")


def test_a_format_of_the_future_is_refused(index: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(storage, "FORMAT", storage.FORMAT + 1)
    with pytest.raises(IndexFolderError, match=f"format {storage.FORMAT - 1}, this Byline reads {storage.FORMAT}"):
        storage.load(index)


def test_a_second_writer_is_refused_and_harms_nothing(index: Path):
    def write_again(folder: Path) -> None:
        with pytest.raises(IndexFolderError, match="another process is writing"):
            storage.write(index, fill(b"inner"), {})
        fill(b"outer")(folder)

    storage.write(index, write_again, {})
    assert content(index) == b"outer"


def forged(folder: Path, manifest: bytes) -> Path:
    """An index with one generation, whose name vouches for the manifest."""
    name = f"000001-{hashlib.sha256(manifest).hexdigest()[:32]}"
    (folder / name).mkdir(parents=True)
    (folder / name / "manifest.json").write_bytes(manifest)
    (folder / "CURRENT").write_text(f"{name}\n")
    return folder


WHOLE = {"format": storage.FORMAT, "segments": [], "files": {}, "collection": {}}


@pytest.mark.parametrize(
    "manifest",
    [
        *(
            b"[" * 100_000,
            b'{"a":' * 100_000,
            b"\xff",
            b"",
            b"[]",
            b"null",
            b'"x"',
            b"5",
            b'{"format": ' + b"9" * 5000 + b"}",
        ),
        *(
            json.dumps({**WHOLE, **changed}).encode()
            for changed in (
                {"files": None},
                {"files": []},
                {"files": {"a": 5}},
                {"segments": 5},
                {"segments": [5]},
                {"segments": ["../one"]},
                {"collection": 5},
                *({"files": {name: {}}} for name in ("../../etc/passwd", "a/../../b", "/etc/passwd", "a\0b", "\ud800")),
            )
        ),
    ],
)
def test_a_forged_manifest_is_refused_whatever_it_holds(tmp_path: Path, manifest: bytes):
    index = forged(tmp_path / "index", manifest)
    with pytest.raises(IndexFolderError, match="is no manifest of an index: byline build ARTICLES"):
        storage.load(index)
    assert storage.manifest(index) is None


def test_a_forged_manifest_that_is_huge_or_lacks_sums_is_refused_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (forged(tmp_path / "sums", json.dumps({**WHOLE, "files": {"manifest.json": {}}}).encode()))
    with pytest.raises(IndexFolderError, match=r"manifest.json is damaged"):
        storage.load(tmp_path / "sums")
    forged(tmp_path / "format", json.dumps({"format": "x" * 1000}).encode())
    with pytest.raises(IndexFolderError, match=rf"has format 'x{{39}}, this Byline reads {storage.FORMAT}"):
        storage.load(tmp_path / "format")
    forged(tmp_path / "huge", json.dumps(WHOLE).encode())
    monkeypatch.setattr(storage, "_LARGEST_MANIFEST", 10)
    with pytest.raises(IndexFolderError, match="is too large for a manifest"):
        storage.load(tmp_path / "huge")


class Killed(BaseException):
    """The process ends here."""


def mortals(seed: int):
    """What makes calls mortal: after `seed` of all that are, the next one raises `Killed` and does nothing."""
    left = seed

    def mortal(call):
        def step(*args, **kwargs):
            nonlocal left
            left -= 1
            if left < 0:
                raise Killed
            return call(*args, **kwargs)

        return step

    return mortal


STEPS = ("mkdir", "write_bytes", "write_text", "rename", "replace")


@pytest.mark.parametrize("seed", range(40))
def test_a_kill_at_any_step_leaves_the_old_index_or_the_new_one_and_the_next_write_cleans_up(
    index: Path, monkeypatch: pytest.MonkeyPatch, seed: int
):
    mortal = mortals(seed)
    with monkeypatch.context() as patch:
        for name in STEPS:
            patch.setattr(Path, name, mortal(getattr(Path, name)))
        patch.setattr(os, "fsync", mortal(os.fsync))
        try:
            storage.write(index, fill(b"second"), {})
            survived = True
        except Killed:
            survived = False
    assert content(index) == b"second" if survived else content(index) in {b"first", b"second"}
    storage.write(index, fill(b"third"), {})
    assert content(index) == b"third"
    assert not list(index.glob(".aside*"))


@pytest.mark.parametrize("seed", range(9))
def test_a_kill_while_an_old_generation_is_removed_keeps_no_write_from_its_segments(
    index: Path, monkeypatch: pytest.MonkeyPatch, seed: int
):
    mortal = mortals(seed)
    for text in (b"second", b"third"):
        storage.write(index, fill(text), {}, {"one": part(b"1", [])})
    with monkeypatch.context() as patch:
        for name in ("unlink", "rmdir"):
            patch.setattr(os, name, mortal(getattr(os, name)))
        with suppress(Killed):
            storage.write(index, fill(b"fourth"), {}, {"one": part(b"1", [])})
    assert content(index) == b"fourth"
    for text in (b"fifth", b"sixth"):
        storage.write(index, fill(text), {}, {"one": part(b"1", [])})
        assert content(index) == text
    assert len(generations(index)) == 2
    assert not list(index.glob(".aside*"))


def test_a_segment_that_lacks_a_file_in_an_old_generation_is_written_again(index: Path):
    written: list[bytes] = []
    for text in (b"a", b"b"):
        storage.write(index, fill(text), {}, {"one": part(b"1", written)})
    for path in index.glob("0*/segments/one/words/rows"):
        path.unlink()
    storage.write(index, fill(b"c"), {}, {"one": part(b"1", written)})
    assert written == [b"1", b"1"]
    assert content(index) == b"c"
    assert storage.load(index).notices == ()


@pytest.mark.parametrize("seed", range(10))
def test_a_full_disk_at_any_step_is_told_and_leaves_the_old_index(
    index: Path, monkeypatch: pytest.MonkeyPatch, seed: int
):
    call = os.fsync
    left = seed

    def full(handle: int) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(28, "No space left on device")
        call(handle)

    monkeypatch.setattr(os, "fsync", full)
    if left < 8:
        with pytest.raises(IndexFolderError, match="No space left on device"):
            storage.write(index, fill(b"second"), {})
        assert content(index) in {b"first", b"second"}
    else:
        storage.write(index, fill(b"second"), {})
        assert content(index) == b"second"


@pytest.mark.parametrize("before", [False, True], ids=["first", "second"])
def test_what_cannot_be_written_is_told_and_whether_one_before_it_serves(tmp_path: Path, before: bool):
    def cut(_: Path) -> None:
        raise OSError("23424 requested and 3040 written")  # as NumPy says that a disk is full

    if before:
        storage.write(tmp_path / "index", fill(b"first"), {})
    with pytest.raises(IndexFolderError) as caught:
        storage.write(tmp_path / "index", cut, {})
    serves = "the one before it still serves; " if before else ""
    assert str(caught.value) == (
        f"{tmp_path / 'index'}: the index cannot be written (no room for all of it): "
        f"{serves}free space or rights there and build again"
    )


@pytest.mark.parametrize("refused", ["iterdir", "is_dir"], ids=["the folder", "one above it"])
@pytest.mark.parametrize("ask", [storage.load, storage.manifest, storage.exists])
def test_a_folder_without_rights_is_an_operators_trouble(index: Path, monkeypatch, refused: str, ask):
    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, refused, denied)
    with pytest.raises(IndexFolderError, match=r"index: the index cannot be read \(Permission denied\)"):
        ask(index)


def part(content: bytes, written: list[bytes]):
    def write(folder: Path) -> None:
        written.append(content)
        (folder / "words").mkdir()
        (folder / "words" / "rows").write_bytes(content)
        (folder / "words" / "lengths").write_bytes(b"1")

    return write


def test_a_segment_that_an_earlier_generation_has_is_linked_and_not_written_again(index: Path):
    written: list[bytes] = []
    storage.write(index, fill(b"a"), {}, {"one": part(b"1", written)})
    storage.write(index, fill(b"b"), {}, {"one": part(b"1", written), "two": part(b"2", written)})
    before, now = (path / "segments" for path in sorted(index.glob("0*")))
    assert written == [b"1", b"2"]
    assert (now / "one" / "words" / "rows").samefile(before / "one" / "words" / "rows")
    generation = storage.load(index)
    assert generation.manifest["segments"] == ["one", "two"]
    assert (generation.folder / "segments" / "two" / "words" / "rows").read_bytes() == b"2"


def test_a_segment_that_is_damaged_is_seen_in_every_generation_that_has_it(index: Path):
    for text in (b"a", b"b"):
        storage.write(index, fill(text), {}, {"one": part(b"1", [])})
    next(index.glob("0*/segments/one/words/rows")).write_bytes(b"x")
    with pytest.raises(IndexFolderError, match="rows is damaged"):
        storage.load(index)


def test_a_file_system_without_links_gets_copies(index: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(self: Path, target: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    for text in (b"a", b"b"):
        storage.write(index, fill(text), {}, {"one": part(b"1", [])})
    assert storage.load(index).notices == ()
    first, second = index.glob("0*/segments/one/words/rows")
    assert not first.samefile(second)
    assert first.read_bytes() == second.read_bytes() == b"1"


def test_beyond_what_is_read_at_load_damage_of_segments_is_named_by_a_whole_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(storage, "_READ_AT_LOAD", 6)
    storage.write(
        tmp_path / "index", fill(b"first"), {}, {"a": lambda folder: (folder / "rows").write_bytes(b"1234567")}
    )
    generation = storage.load(tmp_path / "index")
    assert storage.damage(generation) == ()
    path = generation.folder / "segments" / "a" / "rows"
    path.write_bytes(b"1234568")
    assert storage.damage(storage.load(tmp_path / "index")) == (f"{path} is damaged",)
    path.write_bytes(b"123456")
    with pytest.raises(IndexFolderError, match="rows is damaged"):
        storage.load(tmp_path / "index")


@pytest.mark.parametrize(("call", "name"), [("read_bytes", "manifest.json"), ("open", "vectors")])
def test_a_file_that_the_disk_does_not_give_is_named_with_the_reason(index: Path, monkeypatch, call: str, name: str):
    given = getattr(Path, call)

    def broken(path: Path, *args: object, **options: object) -> object:
        if path.name == name:
            raise OSError(errno.EIO, "Input/output error")
        return given(path, *args, **options)

    path = storage.load(index).folder / name
    monkeypatch.setattr(Path, call, broken)
    with pytest.raises(IndexFolderError) as caught:
        storage.load(index)
    assert str(caught.value) == f"{path} cannot be read (Input/output error): {storage.mend(index)}"


def broken(generation: str, index: Path) -> Path:
    """A file of a generation, whose number the name begins with, after one of its bytes was changed."""
    (path,) = index.glob(f"{generation}-*/vectors")
    path.write_bytes(b"X" + path.read_bytes()[1:])
    return path


def test_the_pointer_says_which_generation_serves_and_without_one_it_is_the_newest(index: Path):
    storage.write(index, fill(b"second"), {"made": 2})
    first, second = generations(index)
    for name, made in ((first, 1), (second, 2)):
        (index / "CURRENT").write_text(f"{name}\n")
        assert (storage.manifest(index)["made"], storage.load(index).manifest["made"]) == (made, made)
        assert storage.load(index).notices == ()
    (index / "CURRENT").unlink()
    assert (storage.manifest(index)["made"], content(index)) == (2, b"second")


def test_an_index_that_knows_its_articles_is_mended_without_naming_them(tmp_path: Path):
    folder = tmp_path / "the index"
    assert storage.mend(folder) == f"byline build ARTICLES --index '{folder}'"
    storage.write(folder, fill(b"first"), {"collection": {"folder": None}})
    assert storage.mend(folder) == f"byline build ARTICLES --index '{folder}'"
    storage.write(folder, fill(b"second"), {"collection": {"folder": "news"}})
    assert storage.mend(folder) == f"byline build --index '{folder}'"


def test_there_is_something_to_load_once_a_generation_was_written(tmp_path: Path):
    folder = tmp_path / "a" / "b"
    assert not storage.exists(folder)
    storage.write(folder, fill(b"first"), {})
    assert storage.exists(folder)
    assert not storage.exists(folder.parent)


def test_the_notice_names_all_that_is_damaged_and_what_serves_instead(index: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(storage, "_KEEP", 3)
    for text in (b"second", b"third"):
        storage.write(index, fill(text), {})
    third, second = broken("000003", index), broken("000002", index)
    generation = storage.load(index)
    (notice,) = generation.notices
    reason, _, remedy = notice.partition(": ")
    assert reason == f"{third} is damaged; {second} is damaged"
    assert remedy == f"generation {generations(index)[0]} serves instead; to mend it: {storage.mend(index)}"
    broken("000001", index)
    with pytest.raises(IndexFolderError) as caught:
        storage.load(index)
    assert str(caught.value) == f"{third} is damaged: {storage.mend(index)}"


def test_without_a_pointer_the_notice_says_so(index: Path):
    (index / "CURRENT").unlink()
    (notice,) = storage.load(index).notices
    assert notice.startswith(f"{index / 'CURRENT'} is missing or damaged: generation {generations(index)[0]} serves")


def test_a_folder_that_is_no_index_says_what_it_lacks(tmp_path: Path):
    mend = storage.mend(tmp_path)
    with pytest.raises(IndexFolderError) as caught:
        storage.load(tmp_path)
    assert str(caught.value) == f"{tmp_path}: this is not an index, or not a whole one: {mend}"


def test_what_cannot_be_written_is_named_where_the_system_names_it(index: Path):
    def full(folder: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", folder / "vectors")

    with pytest.raises(IndexFolderError) as caught:
        storage.write(index, full, {})
    file, _, words = str(caught.value).partition(": ")
    assert Path(file).name == "vectors"
    assert words == (
        "the index cannot be written (No space left on device): the one before it still serves; "
        "free space or rights there and build again"
    )


def test_a_segment_of_another_format_is_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    written: list[bytes] = []
    with monkeypatch.context() as earlier:
        earlier.setattr(storage, "FORMAT", storage.FORMAT - 1)
        storage.write(tmp_path, fill(b"a"), {}, {"one": part(b"1", written)})
    storage.write(tmp_path, fill(b"b"), {}, {"one": part(b"1", written)})
    assert written == [b"1", b"1"]
    assert content(tmp_path) == b"b"


@pytest.mark.parametrize(("budget", "seen"), [(9, False), (10, True)])
def test_at_load_the_smaller_files_of_segments_are_read_as_far_as_the_bound_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, budget: int, seen: bool
):
    def segment(folder: Path) -> None:
        (folder / "a").write_bytes(b"1234567")
        (folder / "b").write_bytes(b"123")

    monkeypatch.setattr(storage, "_READ_AT_LOAD", budget)
    storage.write(tmp_path, fill(b"first"), {}, {"one": segment})
    folder = storage.load(tmp_path).folder / "segments" / "one"
    (folder / "a").write_bytes(b"X234567")
    if seen:
        with pytest.raises(IndexFolderError, match="a is damaged"):
            storage.load(tmp_path)
    else:
        assert storage.load(tmp_path).notices == ()
    (folder / "b").write_bytes(b"X23")
    with pytest.raises(IndexFolderError, match="b is damaged"):
        storage.load(tmp_path)


@pytest.mark.parametrize(("owner", "call"), [(Path, "rename"), (os, "unlink")], ids=["renamed", "removed"])
def test_an_old_generation_that_cannot_be_removed_keeps_no_write_from_its_end(
    index: Path, monkeypatch: pytest.MonkeyPatch, owner: object, call: str
):
    storage.write(index, fill(b"second"), {})
    (old, _), given = generations(index), getattr(owner, call)

    def refuse(path: str | Path, *args: object, **options: object) -> object:
        if old in str(path) or path in {"rows", "vectors"}:
            raise PermissionError(errno.EACCES, "Permission denied")
        return given(path, *args, **options)

    monkeypatch.setattr(owner, call, refuse)
    storage.write(index, fill(b"third"), {})
    assert content(index) == b"third"
