"""Generations of an index on disk: written aside, made current by one pointer swap, verified before anything is parsed.

    INDEX/CURRENT                 the name of the generation that serves, one line
    INDEX/000007-3f1c0a…/         a generation; the name ends in the first hex digits of its manifest's SHA-256
        manifest.json             format, what the index was made of and with, SHA-256 and size of every other file
        segments/…/               parts that never change: a later generation that has the same one links to its files
        …                         the files that `retrieval.index.index` writes

A name vouches for its manifest and the manifest for every byte, so that one altered bit anywhere can be seen. The order of a
write is: files, their fsync, the folder's fsync, rename, fsync, pointer aside, fsync, swap, fsync; a kill or a power
cut between any two of them leaves the old generation current or the new one.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from retrieval.errors import IndexFolderError

FORMAT = 8
_MANIFEST = "manifest.json"
_POINTER = "CURRENT"
_LOCK = "lock"
_ASIDE = ".aside-"
SEGMENTS = "segments"
_LARGEST_MANIFEST = 1 << 26  # bytes
_READ_AT_LOAD = 64 * 2**20  # bytes: a tenth of a second
_KEEP = 2  # generations: the current one, and the one that serves should it be damaged
_NAME = re.compile(r"\d{6,}-[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Generation:
    """One whole, verified generation; `notices` are remarks for the operator, one line each."""

    folder: Path
    manifest: dict[str, Any]
    notices: tuple[str, ...] = ()


def write(
    folder: Path,
    fill: Callable[[Path], None],
    facts: dict[str, Any],
    segments: Mapping[str, Callable[[Path], None]] = MappingProxyType({}),
) -> None:
    """Make a new generation current: `fill` writes its files into an empty folder, `facts` go into its manifest.

    `segments` are named parts that never change. One that a generation here has already is linked to; else what stands
    beside its name writes it into an empty folder. Raises `IndexFolderError` when the folder cannot be written or another process is writing it; the generation that
    was current before stays so then.
    """
    from filelock import FileLock, Timeout  # what only reads an index need not import it

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / _LOCK, timeout=0.5):
            _sweep(folder)
            _publish(folder, fill, facts, segments)
            _prune(folder)
    except Timeout:
        raise IndexFolderError(f"{folder}: another process is writing this index: wait until it has ended") from None
    except OSError as error:
        why = error.strerror or "no room for all of it"  # NumPy names no reason
        kept = "the one before it still serves; " if _pointed(folder) else ""
        raise IndexFolderError(
            f"{error.filename or folder}: the index cannot be written ({why}): "
            f"{kept}free space or rights there and build again"
        ) from error


def load(folder: Path) -> Generation:
    """The current generation, or the newest older one that is whole, with a notice that says why.

    Every file is there in its size. Those beside the segments, and the smaller ones of these up to 64 MiB together (all of
    some thousand passages), have been read and compared with their SHA-256. Texts and other records have checksums of
    their own, which are compared when one is read; `damage` reads everything.
    Raises `IndexFolderError` when there is none.
    """
    if not _is_folder(folder):
        raise IndexFolderError(f"{folder}: there is no index: {mend(folder)}")
    pointed, faults = _pointed(folder), []
    for name in _newest_first(folder, pointed):
        try:
            manifest = _verified(folder / name)
        except IndexFolderError as fault:
            faults.append(str(fault))
        else:
            return Generation(folder / name, manifest, _notices(folder, name, pointed, faults))
    reason = faults[0] if faults else f"{folder}: this is not an index, or not a whole one"
    raise IndexFolderError(f"{reason}: {mend(folder)}")


def damage(generation: Generation) -> tuple[str, ...]:
    """One line for each file of a generation whose bytes are not what they were; every file is read."""
    files = generation.manifest["files"].items()
    return tuple(
        f"{generation.folder / name} is damaged" for name, facts in files if _altered(generation.folder / name, facts)
    )


def exists(folder: Path) -> bool:
    """Whether there is anything here that `load` could try."""
    return _is_folder(folder) and any(_generations(folder))


def manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of the current generation, or of the newest whose manifest is whole; `None` where there is none.

    It says what the index was made of and with, even where other files of it are damaged or of an older format.
    """
    if not _is_folder(folder):
        return None
    for name in _newest_first(folder, _pointed(folder)):
        with suppress(IndexFolderError):
            return _manifest(folder / name)
    return None


def mend(folder: Path) -> str:
    """The command that makes an index in `folder` whole again; where it knows its articles, they need no naming."""
    known = (manifest(folder) or {}).get("collection", {}).get("folder")
    return f"byline build {'' if known else 'ARTICLES '}--index {shlex.quote(str(folder))}"


def _publish(
    folder: Path, fill: Callable[[Path], None], facts: dict[str, Any], segments: Mapping[str, Callable[[Path], None]]
) -> None:
    aside = folder / f"{_ASIDE}{os.getpid()}"
    aside.mkdir()
    fill(aside)
    stored = _stored(folder)
    linked: dict[str, Any] = {}  # what the manifest says of each file that lies there already
    for name, fill_segment in segments.items():
        own = aside / SEGMENTS / name
        own.mkdir(parents=True)
        if name in stored:
            linked |= _link(name, *stored[name], aside)
        else:
            fill_segment(own)
    new = [path for path in aside.rglob("*") if path.relative_to(aside).as_posix() not in linked]
    sums = {path.relative_to(aside).as_posix(): _stated(path) for path in new if path.is_file()}
    manifest = {"format": FORMAT, "segments": [*segments], **facts, "files": linked | sums}
    content = json.dumps(manifest, ensure_ascii=False, sort_keys=True).encode()  # indented it takes ten times as long
    (aside / _MANIFEST).write_bytes(content)
    for path in [*new, aside / _MANIFEST, aside]:
        _fsync(path)
    number = 1 + max((int(name.split("-")[0]) for name in _generations(folder)), default=0)
    name = f"{number:06d}-{hashlib.sha256(content).hexdigest()[:32]}"
    aside.rename(folder / name)
    _fsync(folder)
    _point(folder, name)


def _point(folder: Path, name: str) -> None:
    aside = folder / f"{_ASIDE}{_POINTER}"
    aside.write_text(f"{name}\n")
    _fsync(aside)
    aside.replace(folder / _POINTER)
    _fsync(folder)


def _stored(folder: Path) -> dict[str, tuple[Path, dict[str, Any]]]:
    """The segments that lie here: of each the generation that has it, and what that one's manifest says of its files.

    None of a generation of which a file is missing or short.
    """
    stored: dict[str, tuple[Path, dict[str, Any]]] = {}
    for path in map(folder.joinpath, _generations(folder)):
        with suppress(IndexFolderError):
            content = _manifest(path)
            files = content["files"] if content.get("format") == FORMAT else {}
            if files and all(_size(path / name) == facts.get("size") for name, facts in files.items()):
                stored |= dict.fromkeys(content["segments"], (path, files))
    return stored


def _link(segment: str, generation: Path, files: dict[str, Any], target: Path) -> dict[str, Any]:
    """Link the segment's files, of all `files` of a generation, into `target`; what is said of each."""
    linked = {name: facts for name, facts in files.items() if name.startswith(f"{SEGMENTS}/{segment}/")}
    for name in linked:
        path = target / name
        path.parent.mkdir(exist_ok=True)
        try:
            path.hardlink_to(generation / name)
        except OSError:  # a file system that knows no links
            shutil.copyfile(generation / name, path)
            _fsync(path)
    return linked


def _stated(path: Path) -> dict[str, Any]:
    return {"size": path.stat().st_size, "sha256": _sha256(path)}


def _verified(folder: Path) -> dict[str, Any]:
    """The manifest of a generation that is whole as far as `load` looks; `IndexFolderError` names what is not."""
    manifest = _manifest(folder)
    if manifest.get("format") != FORMAT:
        raise IndexFolderError(f"{folder} has format {manifest.get('format')!r:.40}, this Byline reads {FORMAT}")
    budget = _READ_AT_LOAD
    for name, facts in sorted(manifest["files"].items(), key=lambda file: _size(folder / file[0])):
        path = folder / name
        budget -= _size(path) if name.startswith(f"{SEGMENTS}/") else 0
        read = budget >= 0 or not name.startswith(f"{SEGMENTS}/")
        if _size(path) != facts.get("size") or (read and _altered(path, facts)):
            raise IndexFolderError(f"{path} is damaged")
    return manifest


def _altered(path: Path, facts: Mapping[str, Any]) -> bool:
    return _size(path) != facts.get("size") or _sha256(path) != facts.get("sha256")


def _manifest(folder: Path) -> dict[str, Any]:
    """The manifest that the generation's name vouches for."""
    path = folder / _MANIFEST
    if _size(path) > _LARGEST_MANIFEST:
        raise IndexFolderError(f"{path} is too large for a manifest")
    content = _read(path)
    if hashlib.sha256(content).hexdigest()[:32] != folder.name.split("-")[1]:
        raise IndexFolderError(f"{path} is damaged")
    try:
        manifest: dict[str, Any] = json.loads(content)
        if _is_manifest(manifest):
            return manifest
    except (ValueError, RecursionError):
        pass
    raise IndexFolderError(f"{path} is no manifest of an index")


def _is_manifest(content: Any) -> bool:
    """Whether it has the shape of a manifest, and names files inside its folder only: whoever forged the index chose both."""
    if not isinstance(content, dict) or not isinstance(content.get("collection", {}), dict):
        return False
    if content.get("format") != FORMAT:
        return True
    files, segments = content.get("files"), content.get("segments")
    if not isinstance(files, dict) or not isinstance(segments, list):
        return False
    return all(map(_is_inside, (*files, *segments))) and all(isinstance(facts, dict) for facts in files.values())


def _is_inside(name: Any) -> bool:
    return isinstance(name, str) and name.isprintable() and not name.startswith("/") and ".." not in name.split("/")


def _read(path: Path) -> bytes:
    """The content of a file whose `_size` was looked at."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise IndexFolderError(f"{path} cannot be read ({error.strerror})") from None


def _size(path: Path) -> int:
    """The size of a regular file; anything else in its place (a link, a pipe) is a fault, and is never opened."""
    try:
        status = path.lstat()
    except OSError:
        raise IndexFolderError(f"{path} is missing") from None
    if not stat.S_ISREG(status.st_mode):
        raise IndexFolderError(f"{path} is not a regular file")
    return status.st_size


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise IndexFolderError(f"{path} cannot be read ({error.strerror})") from None


def _pointed(folder: Path) -> str | None:
    """The generation that the pointer names, or `None` when the pointer is missing or names none."""
    try:
        if _size(folder / _POINTER) > 256:
            return None
        name = _read(folder / _POINTER).decode("ascii").removesuffix("\n")
    except (IndexFolderError, UnicodeDecodeError):
        return None
    return name if _NAME.fullmatch(name) and (folder / name).is_dir() else None


def _generations(folder: Path) -> Iterator[str]:
    try:
        return iter([path.name for path in folder.iterdir() if _NAME.fullmatch(path.name) and path.is_dir()])
    except OSError as error:
        raise _unreadable(folder, error) from None


def _is_folder(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except OSError as error:  # a folder above it lets nobody in
        raise _unreadable(folder, error) from None


def _unreadable(folder: Path, error: OSError) -> IndexFolderError:
    return IndexFolderError(f"{folder}: the index cannot be read ({error.strerror}): mend its rights")


def _newest_first(folder: Path, pointed: str | None) -> list[str]:
    others = sorted((name for name in _generations(folder) if name != pointed), reverse=True)
    return [pointed, *others] if pointed else others


def _notices(folder: Path, name: str, pointed: str | None, faults: list[str]) -> tuple[str, ...]:
    if name == pointed:
        return ()
    reason = "; ".join(faults) or f"{folder / _POINTER} is missing or damaged"
    return (f"{reason}: generation {name} serves instead; to mend it: {mend(folder)}",)


def _sweep(folder: Path) -> None:
    """Remove what a killed writer left; the lock says that nobody else is writing."""
    for path in folder.glob(f"{_ASIDE}*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _prune(folder: Path) -> None:
    """Remove older generations, each under a name that none has: a kill leaves none that is half there."""
    for name in sorted(_generations(folder), reverse=True)[_KEEP:]:
        aside = folder / f"{_ASIDE}{name}"
        with suppress(OSError):
            (folder / name).rename(aside)
        shutil.rmtree(aside, ignore_errors=True)


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
