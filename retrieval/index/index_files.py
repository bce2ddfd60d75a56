"""A file of an index → its size and SHA-256, a link to it, and whether it is what the manifest says it is.

Also how many of them the process may have open.
"""

from __future__ import annotations

import hashlib
import os
import resource
import shutil
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from retrieval.errors import IndexFolderError

_OTHERS = 512  # files and connections that a bot has open beside its index


def stated(path: Path) -> dict[str, Any]:
    """What a manifest says of a file."""
    return {"size": path.stat().st_size, "sha256": sha256(path)}


def altered(path: Path, facts: Mapping[str, Any]) -> bool:
    """Whether a file is another than its manifest says; all of it is read."""
    return size(path) != facts.get("size") or sha256(path) != facts.get("sha256")


def read(path: Path) -> bytes:
    """The content of a file whose `size` was looked at."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise IndexFolderError(f"{path} cannot be read ({error.strerror})") from None


def size(path: Path) -> int:
    """The size of a regular file; anything else in its place (a link, a pipe) is a fault, and is never opened."""
    try:
        status = path.lstat()
    except OSError:
        raise IndexFolderError(f"{path} is missing") from None
    if not stat.S_ISREG(status.st_mode):
        raise IndexFolderError(f"{path} is not a regular file")
    return status.st_size


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise IndexFolderError(f"{path} cannot be read ({error.strerror})") from None


def fsync(path: Path) -> None:
    """Return once a file or a folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def link(source: Path, target: Path) -> None:
    """Let `target` be the same file as `source`, or a copy on a file system that knows no links."""
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)
        fsync(target)


def is_manifest(content: Any, format_: int) -> bool:
    """Whether it has the shape of a manifest, and names files inside its folder only: a forged index may name any."""
    if not isinstance(content, dict) or not isinstance(content.get("collection", {}), dict):
        return False
    if content.get("format") != format_:
        return True
    files, segments = content.get("files"), content.get("segments")
    if not isinstance(files, dict) or not isinstance(segments, list):
        return False
    return all(map(_is_inside, (*files, *segments))) and all(isinstance(facts, dict) for facts in files.values())


def _is_inside(name: Any) -> bool:
    return isinstance(name, str) and name.isprintable() and not name.startswith("/") and ".." not in name.split("/")


def allow_open(count: int) -> None:
    """Let this process hold so many files open, and as many of the next generation.

    Raises `IndexFolderError` where the system does not let it. A mapped file stays open, and Linux lets a process open
    1,024 unless it asks for more: 40 segments.
    """
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * count + _OTHERS
    bound = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    if count >= bound:
        raise IndexFolderError(
            f"the index has {count:,} files, and a process may open {bound:,} here: allow {wanted} (ulimit -n)"
        )
    if now != resource.RLIM_INFINITY and now < bound:
        with suppress(ValueError, OSError):  # what the system refuses is named when a file cannot be opened
            resource.setrlimit(resource.RLIMIT_NOFILE, (bound, most))
