"""What an admin sends is stored under a safe name, whole, and never over another file; what is removed is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.telegram.admin import MOST, FolderError, put_aside, safe_name, store


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("talks.txt", "talks.txt"),
        ("../../etc/talks.TXT", "talks.TXT"),
        ("C:\\news\\a b.html", "a b.html"),
        (" ё.md ", "ё.md"),
    ],
)
def test_a_name_is_the_last_part_of_what_was_given(given: str, name: str):
    assert safe_name(given, 10) == name


@pytest.mark.parametrize(
    ("given", "size", "reason"),
    [
        ("", 1, "hidden"),
        ("..", 1, "hidden"),
        (".env", 1, "hidden"),
        ("a\n.txt", 1, "show nothing"),
        ("a\u202etxt.txt", 1, "show nothing"),
        ("talks", 1, "says no kind"),
        ("talks.exe", 1, r"\.exe files are not read"),
        ("x" * 200 + ".txt", 1, "more than 120 bytes"),
        ("talks.txt", 1_000_001, "1,000,001 bytes; a .txt file may have 1,000,000"),
        ("talks.jsonl", MOST + 1, "20,000,000 at most"),
    ],
)
def test_what_is_not_read_or_not_safe_is_refused_with_the_reason(given: str, size: int, reason: str):
    with pytest.raises(FolderError, match=reason):
        safe_name(given, size)


def test_a_file_is_stored_once_and_nothing_is_left_beside_it(tmp_path: Path):
    assert store(tmp_path, "a.txt", b"One.")
    assert not store(tmp_path, "a.txt", b"One.")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.txt": b"One."}


def test_another_file_of_the_name_stays_as_it_is(tmp_path: Path):
    (tmp_path / "a.txt").write_bytes(b"One.")
    (tmp_path / "target").write_bytes(b"Two.")
    (tmp_path / "link.txt").symlink_to(tmp_path / "target")
    for name in ("a.txt", "link.txt"):
        with pytest.raises(FolderError, match="is there: /remove it first"):
            store(tmp_path, name, b"Two.")
    assert (tmp_path / "a.txt").read_bytes() == b"One."
    assert {path.name for path in tmp_path.iterdir()} == {"a.txt", "target", "link.txt"}


def test_a_folder_that_is_gone_is_named(tmp_path: Path):
    with pytest.raises(FolderError, match="cannot be written"):
        store(tmp_path / "gone", "a.txt", b"One.")
    with pytest.raises(FolderError, match="cannot be moved"):
        put_aside(tmp_path, "gone.txt")


def test_what_is_removed_is_kept_where_it_is_not_read(tmp_path: Path):
    (tmp_path / "sub").mkdir()
    for _ in range(2):
        (tmp_path / "sub" / "a.txt").write_bytes(b"One.")
        kept = put_aside(tmp_path, "sub/a.txt")
        assert kept.startswith(".removed/")
        assert (tmp_path / kept).read_bytes() == b"One."
    assert len(list((tmp_path / ".removed").iterdir())) == 2
    assert not (tmp_path / "sub" / "a.txt").exists()
