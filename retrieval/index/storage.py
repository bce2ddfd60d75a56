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
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from retrieval.errors import IndexFolderError
from retrieval.index import index_files
from retrieval.index.index_files import fsync as _fsync
from retrieval.index.index_files import is_manifest, link

FORMAT = 8
MANIFEST = "manifest.json"
_POINTER = "CURRENT"
_LOCK = "lock"
_ASIDE = ".aside-"
ORIGIN = "ENGINE"  # the address of the engine that keeps the vectors, and of which the folder is a copy
SEGMENTS = "segments"
_LARGEST_MANIFEST = 1 << 26  # bytes
_READ_AT_LOAD = 64 * 2**20  # bytes: a tenth of a second
_KEEP = 2  # generations: the current one, and the one that serves should it be damaged
NAME = re.compile(r"\d{6,}-[0-9a-f]{32}")


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
    beside its name writes it into an empty folder. Raises `IndexFolderError` when the folder cannot be written or another
    process is writing it; the generation that was current before stays so then.
    """
    with _writing(folder):
        _publish(folder, fill, facts, segments)
        for name in sorted(_generations(folder), reverse=True)[_KEEP:]:
            _discard(folder, name)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Be the only process that writes into `folder`. Raises `IndexFolderError` where that is not so, or a write fails."""
    from filelock import FileLock, Timeout  # what only reads an index need not import it

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / _LOCK, timeout=0.5):
            _sweep(folder)
            yield
    except Timeout:
        raise IndexFolderError(f"{folder}: another process is writing this index: wait until it has ended") from None
    except OSError as error:
        why = error.strerror or "no room for all of it"  # NumPy names no reason
        meanwhile = "the one before it still serves; " if _pointed(folder) else ""
        raise IndexFolderError(
            f"{error.filename or folder}: the index cannot be written ({why}): "
            f"{meanwhile}free space or rights there and build again"
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
        f"{generation.folder / name} is damaged"
        for name, facts in files
        if index_files.altered(generation.folder / name, facts)
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
    articles = (manifest(folder) or {}).get("collection", {}).get("folder")
    origin = folder / ORIGIN
    place = origin.read_text() if origin.is_file() else str(folder)
    return f"byline build {'' if articles else 'ARTICLES '}--index {shlex.quote(place)}"


def serves(folder: Path, name: str) -> bool:
    """Whether the generation of this name is current in `folder` and whole as far as `load` looks."""
    try:
        return _is_folder(folder) and _pointed(folder) == name and bool(_verified(folder / name))
    except IndexFolderError:
        return False


def adopt(folder: Path, name: str, fill: Callable[[Path], None], others: Container[str]) -> None:
    """Make a generation of another place current here: `fill` writes its files and manifest, unless it lies here whole.

    Generations beside it stay if they are among `others`. Raises `IndexFolderError` as `write` does, and where `fill` wrote
    another generation.
    """
    with _writing(folder):
        try:
            _verified(folder / name)
        except IndexFolderError:
            aside = folder / f"{_ASIDE}{os.getpid()}"
            aside.mkdir()
            fill(aside)
            for path in [*aside.rglob("*"), aside]:
                _fsync(path)
            _discard(folder, name)
            aside.rename(folder / name)
            _verified(folder / name)
        _point(folder, name)
        for other in _generations(folder):
            if other != name and other not in others:
                _discard(folder, other)


def files_by_sum(folder: Path) -> dict[str, Path]:
    """A file of any generation in `folder` for each SHA-256 that their manifests name; it is not read."""
    paths: dict[str, Path] = {}
    for name in _generations(folder):
        with suppress(IndexFolderError):
            files = _manifest(folder / name).get("files", {})
            paths |= {
                facts["sha256"]: folder / name / file
                for file, facts in files.items()
                if (folder / name / file).is_file()
            }
    return paths


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
    sums = {path.relative_to(aside).as_posix(): index_files.stated(path) for path in new if path.is_file()}
    manifest = {"format": FORMAT, "segments": [*segments], **facts, "files": linked | sums}
    content = json.dumps(manifest, ensure_ascii=False, sort_keys=True).encode()  # indented it takes ten times as long
    (aside / MANIFEST).write_bytes(content)
    for path in [*new, aside / MANIFEST, aside]:
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
            if files and all(index_files.size(path / name) == facts.get("size") for name, facts in files.items()):
                stored |= dict.fromkeys(content["segments"], (path, files))
    return stored


def _link(segment: str, generation: Path, files: dict[str, Any], target: Path) -> dict[str, Any]:
    """Link the segment's files, of all `files` of a generation, into `target`; what is said of each."""
    linked = {name: facts for name, facts in files.items() if name.startswith(f"{SEGMENTS}/{segment}/")}
    for name in linked:
        path = target / name
        path.parent.mkdir(exist_ok=True)
        link(generation / name, path)
    return linked


def _verified(folder: Path) -> dict[str, Any]:
    """The manifest of a generation that is whole as far as `load` looks; `IndexFolderError` names what is not."""
    manifest = _manifest(folder)
    if manifest.get("format") != FORMAT:
        raise IndexFolderError(f"{folder} has format {manifest.get('format')!r:.40}, this Byline reads {FORMAT}")
    budget, files = _READ_AT_LOAD, manifest["files"]
    for size, name in sorted((index_files.size(folder / name), name) for name in files):
        path, in_segment = folder / name, name.startswith(f"{SEGMENTS}/")
        budget -= size * in_segment
        read = budget >= 0 or not in_segment
        if size != files[name].get("size") or (read and index_files.altered(path, files[name])):
            raise IndexFolderError(f"{path} is damaged")
    return manifest


def _manifest(folder: Path) -> dict[str, Any]:
    """The manifest that the generation's name vouches for."""
    path = folder / MANIFEST
    if index_files.size(path) > _LARGEST_MANIFEST:
        raise IndexFolderError(f"{path} is too large for a manifest")
    content = index_files.read(path)
    if hashlib.sha256(content).hexdigest()[:32] != folder.name.split("-")[1]:
        raise IndexFolderError(f"{path} is damaged")
    return parsed(content, path)


def parsed(content: bytes, path: Path) -> dict[str, Any]:
    """The manifest of these bytes. Raises `IndexFolderError`, which names `path`, where they are none."""
    try:
        manifest: dict[str, Any] = json.loads(content)
        if is_manifest(manifest, FORMAT):
            return manifest
    except (ValueError, RecursionError):
        pass
    raise IndexFolderError(f"{path} is no manifest of an index")


def _pointed(folder: Path) -> str | None:
    """The generation that the pointer names, or `None` when the pointer is missing or names none."""
    try:
        if index_files.size(folder / _POINTER) > 256:
            return None
        name = index_files.read(folder / _POINTER).decode("ascii").removesuffix("\n")
    except (IndexFolderError, UnicodeDecodeError):
        return None
    return name if NAME.fullmatch(name) and (folder / name).is_dir() else None


def _generations(folder: Path) -> Iterator[str]:
    try:
        return iter([path.name for path in folder.iterdir() if NAME.fullmatch(path.name) and path.is_dir()])
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


def _discard(folder: Path, name: str) -> None:
    """Remove a generation under a name that none has: a kill leaves none that is half there."""
    aside = folder / f"{_ASIDE}{name}"
    with suppress(OSError):
        (folder / name).rename(aside)
    shutil.rmtree(aside, ignore_errors=True)
