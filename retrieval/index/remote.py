"""An index whose vectors and files an engine keeps: read into a folder of this machine, and published from one.

The engine has everything, so an address is enough anywhere and several bots may share a collection. A folder of this
machine, an index folder as `storage` has it but for the vectors, holds the files of the generation that serves; a later
generation fetches what is new in it. What is in the engine as `generations` names each generation with its manifest's
SHA-256, and that vouches for every file. It is replaced last, in one step: a reader gets the old generation or the new
one. A generation that was replaced stays for a while, so that a bot that serves it has time to load the new one.

One process at a time may publish. Two that do it all the same see that, or the later one wins; rows that a killed one
left are named as `pending` before they are written, and the next one removes them.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from retrieval.errors import EngineError, IndexFolderError, VectorsError
from retrieval.index import index_files, milvus, storage
from retrieval.index import segment as segments_
from retrieval.index.milvus import Address, Milvus
from retrieval.index.segment import Segment
from retrieval.index.storage import Generation
from retrieval.types import Progress

_GRACE = 900  # seconds that a generation stays after it was replaced
_PART = re.compile(r"[0-9a-f]{16}|[0-9a-f]{64}")  # the name of a segment, a SHA-256
_LOOKED = 60  # seconds between two looks whether a generation is still there


@dataclass(frozen=True)
class Published:
    """What an engine has of an index; each generation as `name`, `sha256` and `size` of its manifest, `replaced` (a time)."""

    generations: tuple[dict[str, Any], ...] = ()
    pending: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())  # segments and files that no generation may have

    @classmethod
    def read(cls, engine: Milvus) -> Published:
        """What the engine says. Raises `EngineError` for what this Byline cannot read."""
        text = engine.generations()
        if text is None:
            return cls()
        try:
            content = json.loads(text)
            segments, files = content["pending"]
            published = cls(tuple(content["generations"]), (tuple(segments), tuple(files)))
            names = all(storage.NAME.fullmatch(each["name"]) for each in published.generations)
            if names and all(_PART.fullmatch(part) for part in (*segments, *files)):
                return published
        except (LookupError, TypeError, ValueError):
            pass
        raise EngineError(f"{engine.address}: what is there is no index of this Byline: choose another name")

    def write(self, engine: Milvus) -> None:
        """Make it what the engine says."""
        engine.set_generations(json.dumps({"generations": self.generations, "pending": self.pending}))

    @property
    def current(self) -> dict[str, Any] | None:
        """The generation that serves."""
        return self.generations[-1] if self.generations else None

    @property
    def names(self) -> set[str]:
        """The generations that may be served."""
        return {each["name"] for each in self.generations}


@dataclass
class Remote:
    """The index at an address."""

    address: Address
    _serving: str = ""
    _looked: float = 0.0

    @cached_property
    def engine(self) -> Milvus:
        """The connection; made when it is first needed."""
        return Milvus(self.address)

    @property
    def folder(self) -> Path:
        """Where the files of the index lie on this machine: beside an embedded file, else where a user's caches are."""
        if self.address.embedded:
            return Path(f"{self.address.uri}.files")
        caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        server = hashlib.sha256(self.address.uri.encode()).hexdigest()[:12]
        return caches / "byline" / f"{self.address.name}-{server}"

    def fetch(self) -> Path:
        """`folder`, with the current generation as its own; without any where the engine has none."""
        published = Published.read(self.engine)
        current = published.current
        if current is None:
            for path in self.folder.glob("*-*"):
                if storage.NAME.fullmatch(path.name):
                    shutil.rmtree(path)
            return self.folder
        if not storage.serves(self.folder, current["name"]):
            storage.adopt(self.folder, current["name"], partial(self._fill, current), published.names)
        (self.folder / storage.ORIGIN).write_text(str(self.address))
        return self.folder

    def load(self) -> Generation:
        """The current generation. Raises `IndexFolderError` where there is none."""
        folder = self.fetch()
        if not storage.exists(folder):
            raise IndexFolderError(f"{self.address}: there is no index: byline build ARTICLES --index {self.address}")
        return storage.load(folder)

    def check(self, manifest: Mapping[str, Any]) -> None:
        """Raise `VectorsError` where the engine does not hold every row of a generation."""
        rows, segments = manifest["engine"]["rows"], manifest["segments"]
        for table in milvus.TABLES:
            count = self.engine.count(table, segments)
            if count != rows[table]:
                raise VectorsError(
                    f"{self.address}: has {count:,} of {rows[table]:,} vectors of {table}: a part of it does not answer, or they "
                    f"are lost: check its nodes; {storage.mend(self.folder)} makes what is lost again"
                )

    def serve(self, generation: Generation) -> None:
        """Let this be the generation whose vectors are asked for. Raises `EngineError` where the engine has not all of them."""
        self.check(generation.manifest)
        self._serving, self._looked = generation.folder.name, time.monotonic()
        self.engine.guard = self._guard

    def replaced(self) -> bool:
        """Whether the engine has another generation than the one that serves here."""
        current = Published.read(self.engine).current
        return current is not None and current["name"] != self._serving

    def _guard(self) -> None:
        """Raise `EngineError` where the vectors of the generation that serves may be gone; looks once a minute."""
        if time.monotonic() < self._looked + _LOOKED:
            return
        if self._serving not in Published.read(self.engine).names:
            raise EngineError(
                f"{self.address}: another process has replaced the index that serves here: "
                "start again to load it (a bot loads it within a minute)"
            )
        self._looked = time.monotonic()

    def write(
        self,
        fill: Callable[[Path], None],
        facts: dict[str, Any],
        segments: Sequence[Segment],
        progress: Progress | None = None,
    ) -> Generation:
        """Make a new generation current, here and in the engine; see `storage.write`. The old one serves where that fails."""
        dimension = segments[0].vectors.shape[1]
        rows = {
            "passages": sum(len(each.vectors) for each in segments),
            "sentences": sum(len(each.sentence_vectors) for each in segments),
        }
        facts = facts | {"engine": {"dimension": dimension, "rows": rows}}
        self.engine.prepare(dimension)
        parts = {each.name: partial(segments_.save, each, vectors=False) for each in segments}
        storage.write(self.folder, fill, facts, parts)
        (self.folder / storage.ORIGIN).write_text(str(self.address))
        generation = storage.load(self.folder)
        self._publish(generation, segments, progress)
        self.serve(generation)
        return generation

    def _publish(self, generation: Generation, segments: Sequence[Segment], progress: Progress | None) -> None:
        before = Published.read(self.engine)
        manifests = [self._manifest(each) for each in before.generations]
        files, content = _files(generation.manifest), (generation.folder / storage.MANIFEST).read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        known = {name for each in manifests for name in each["segments"]}
        stored = {sum_ for each in manifests for sum_ in _files(each)} | {each["sha256"] for each in before.generations}
        new = [each for each in segments if each.name not in known]
        paths = {sum_: generation.folder / name for sum_, (name, _) in files.items() if sum_ not in stored}
        pending = tuple({*before.pending[0], *(each.name for each in new)}), tuple({*before.pending[1], *paths, sha256})
        Published(before.generations, pending).write(self.engine)
        for done, segment in enumerate(new, start=1):
            self.engine.add("passages", segment.name, segment.vectors)
            self.engine.add("sentences", segment.name, segment.sentence_vectors)
            if progress:
                progress("storing vectors", done, len(new))
        for sum_, path in paths.items():
            self.engine.add_file(sum_, path.read_bytes())
        self.engine.add_file(sha256, content)
        self.engine.flush()
        self.check(generation.manifest)
        if Published.read(self.engine).generations != before.generations:
            raise EngineError(f"{self.address}: another process has published an index there meanwhile: one at a time")
        entry = {"name": generation.folder.name, "sha256": sha256, "size": len(content), "replaced": None}
        self._replace(before, pending, entry, generation.manifest)

    def _replace(self, before: Published, pending: Any, entry: dict[str, Any], manifest: Mapping[str, Any]) -> None:
        """Make the entry current, and remove what only generations have that were replaced long ago."""
        now = time.time()
        marked = [
            each | {"replaced": each["replaced"] or now} for each in before.generations if each["name"] != entry["name"]
        ]
        staying = [each for each in marked if each["replaced"] > now - _GRACE]
        leaving = [(each["sha256"], self._manifest(each)) for each in marked if each not in staying]
        kept = [(each["sha256"], self._manifest(each)) for each in staying] + [(entry["sha256"], manifest)]
        segments = {*pending[0], *(name for _, each in leaving for name in each["segments"])}
        segments -= {name for _, each in kept for name in each["segments"]}
        sums = {*pending[1], *(sum_ for sha256, each in leaving for sum_ in (sha256, *_files(each)))}
        sums -= {sum_ for sha256, each in kept for sum_ in (sha256, *_files(each))}
        Published((*staying, entry), (tuple(segments), tuple(sums))).write(self.engine)
        self.engine.delete(segments)
        self.engine.delete_files(sums)

    def _manifest(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        manifest: dict[str, Any] = json.loads(self._content(entry["sha256"], entry["size"]))
        return manifest

    def _content(self, sha256: str, size: int) -> bytes:
        named = _PART.fullmatch(str(sha256)) and isinstance(size, int)
        content = b"".join(self.engine.file(sha256, size)) if named else b""
        if hashlib.sha256(content).hexdigest() != sha256:
            raise EngineError(f"{self.address}: file {sha256:.12}… is damaged there: {storage.mend(self.folder)}")
        return content

    def _fill(self, entry: Mapping[str, Any], aside: Path) -> None:
        """Write the files of a generation into an empty folder: links to those that lie here, the others from the engine."""
        content = self._content(entry["sha256"], entry["size"])
        (aside / storage.MANIFEST).write_bytes(content)
        manifest, here = storage.parsed(content, aside), storage.files_by_sum(self.folder)
        for name, facts in manifest["files"].items():
            path = aside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            local_file = here.get(facts.get("sha256"))
            if local_file and not index_files.altered(local_file, facts):
                index_files.link(local_file, path)
            else:
                path.write_bytes(self._content(facts.get("sha256", ""), facts.get("size", 0)))


def at(location: Path, known: Remote | None = None) -> Remote | None:
    """The index at a location, itself if it is a `known` one; `None` for a folder. Raises `EngineError` for no address."""
    where = Address.parse(location)
    if where is None:
        return None
    return known if known and known.address == where else Remote(where)


def home(location: Path) -> Path:
    """The folder on this machine where the files of an index lie, with the generation that is current in its engine."""
    remote = at(location)
    return location if remote is None else remote.fetch()


def local(location: Path) -> Path:
    """The same folder, whatever is in it."""
    remote = at(location)
    return location if remote is None else remote.folder


def _files(manifest: Mapping[str, Any]) -> dict[str, tuple[str, int]]:
    """The files of a generation by their SHA-256: a name, and the size."""
    return {facts["sha256"]: (name, facts["size"]) for name, facts in manifest["files"].items()}
