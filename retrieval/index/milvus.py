"""An index's vectors and files in collections of Milvus, a server's or its embedded form's; the only module that uses it.

NAME_passages, NAME_sentences   a row for each vector: `id` ("SEGMENT-ROW"), `part` (the segment), `vector`
NAME_files                      stretches of files: `id` ("SHA256-NUMBER"), `part` (the SHA-256), `data` in Base64, and a
                                vector that says nothing, as Milvus knows no collection without one

Identifiers are made here, of hexadecimal digits and numbers, so that no text of an article comes near a filter. Rows are
deleted by a filter alone: `MilvusClient.delete(ids=…)` pastes identifiers into an expression as they are.
"""

from __future__ import annotations

import base64
import logging
import os
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from retrieval.errors import EngineError
from retrieval.search.vector_store import Key, Table
from retrieval.types import Vectors

ADDRESSES = "milvus://HOST:PORT/NAME, milvus+tls://HOST:PORT/NAME or milvus:FOLDER/FILE.db"
TOKEN = "MILVUS_TOKEN"  # noqa: S105 (the name of a variable)
# `Path` makes one slash of two.
_SERVER = re.compile(r"milvus(\+tls)?:/{1,2}([^/\s@]+:\d+)/([A-Za-z]\w{0,99})", re.ASCII)
_EMBEDDED = re.compile(r"milvus:(.+\.db)")

TABLES: tuple[Table, ...] = ("passages", "sentences")
FILES = "files"
_SAFE = re.compile(r"[0-9a-f]{16,64}(-\d{1,12})?|generations-0")
_TIMEOUT = 30.0  # seconds for one request
_CONNECTING = 10.0
_LONG = {"flush": 600.0, "load_collection": 600.0, "create_index": 600.0}  # more rows take longer
_BATCH = 1_000  # rows of one upsert: 1.5 MB of 384 numbers
_STRETCH = 48_000  # bytes of a file in one row: Base64 of it fits into the longest string, 65,535
_STRETCHES = 64  # of one request
EXACT = 30_000  # rows of a collection up to which a question is compared with each
_LINKS, _BUILT = 32, 200  # HNSW (Malkov and Yashunin 2020): links of a row, rows looked at to put it in
_SEEN, _SEEN_FILTERED = 512, 4_096  # rows that a search looks at in the graph; see DECISIONS.md


class Address(NamedTuple):
    """Where collections are: a server's address or an embedded file's path, and how their names begin."""

    uri: str
    name: str

    @classmethod
    def parse(cls, location: str | Path) -> Address | None:
        """The address that a location names in one of the forms of `ADDRESSES`; `None` for a folder.

        Raises `EngineError` for one that begins so and is none.
        """
        text = str(location)
        if not text.startswith(("milvus:", "milvus+")):
            return None
        if server := _SERVER.fullmatch(text):
            return cls(f"http{'s' if server[1] else ''}://{server[2]}", server[3])
        if file := _EMBEDDED.fullmatch(text):
            return cls(file[1], "byline")
        raise EngineError(
            f"{text}: no address of an engine: {ADDRESSES}; a name has letters, digits and _, a token stands in {TOKEN}"
        )

    @property
    def embedded(self) -> bool:
        """Whether it is a file, which one process at a time may open."""
        return not self.uri.startswith("http")

    def __str__(self) -> str:
        if self.embedded:
            return f"milvus:{self.uri}"
        scheme, _, host = self.uri.partition("://")
        return f"milvus{'+tls' if scheme == 'https' else ''}://{host}/{self.name}"


class Milvus:
    """The collections of an address, as `VectorStore` asks for them, and the files beside them."""

    def __init__(self, where: Address) -> None:
        """Raises `EngineError` where the engine cannot be reached."""
        self.address = where
        self._client = _client(where)
        self._open: set[str] = set()
        self.guard: Callable[[], None] | None = None  # raises where what is asked for may be gone

    def prepare(self, dimension: int) -> None:
        """Make the collections that are not there. Raises `EngineError` where those that are have another dimension."""
        for table in TABLES:
            self._make(table, dimension)
        self._make(FILES, 2)
        have = self.dimension()
        if have != dimension:
            raise EngineError(
                f"{self.address}: made for vectors of {have} numbers, not {dimension}: choose another name for another model"
            )

    def dimension(self) -> int | None:
        """How many numbers the vectors have, `None` where there is no collection."""
        if not self._ask("has_collection", self._name("passages")):
            return None
        fields = self._ask("describe_collection", self._name("passages"))["fields"]
        return next(int(field["params"]["dim"]) for field in fields if field["name"] == "vector")

    def add(self, table: Table, segment: str, vectors: Vectors) -> None:
        """Keep the vectors as rows 0, 1, … of a segment, in the place of what is there."""
        for at in range(0, len(vectors), _BATCH):
            batch = vectors[at : at + _BATCH]
            rows = [
                {"id": _safe(f"{segment}-{row}"), "part": segment, "vector": vector}
                for row, vector in enumerate(batch, start=at)
            ]
            self._upsert(table, rows)

    def nearest(
        self,
        table: Table,
        query: Vectors,
        n: int,
        *,
        excluded: Collection[str] = (),
        among: Sequence[Key] | None = None,
    ) -> list[Key]:
        """The `n` rows nearest to a unit vector, best first, as `VectorStore.nearest` says."""
        if self.guard:
            self.guard()
        if among is None:
            chosen, seen = _in("part", excluded, "not in") if excluded else "", _SEEN
        else:
            chosen, seen = _in("id", [f"{segment}-{row}" for segment, row in among]), _SEEN_FILTERED
        hits = self._search(table, query, n, chosen, max(2 * n, seen))
        return [_key(hit["id"]) for hit in hits]

    def fetch(self, table: Table, keys: Sequence[Key]) -> Vectors:
        """The vectors of these rows, in their order, `(len(keys), dim)` float32."""
        if self.guard:
            self.guard()
        rows = self._rows(table, [f"{segment}-{row}" for segment, row in keys], "vector")
        return np.array(rows, np.float32).reshape(len(rows), -1)

    def count(self, table: str, segments: Sequence[str]) -> int:
        """How many rows of these segments there are, of any process."""
        if not segments:
            return 0
        counted = self._query(table, _in("part", segments), ["count(*)"], consistency_level="Strong")
        return int(counted[0]["count(*)"])

    def delete(self, segments: Collection[str]) -> None:
        """Remove the rows of these segments from both tables."""
        for table in TABLES:
            self._delete(table, segments)

    def flush(self) -> None:
        """Return once all that was added is on the engine's disk; choose how the rows there are now are found."""
        for table in (*TABLES, FILES):
            self._ask("flush", self._name(table))
        for table in TABLES:
            self._fit(table)

    def drop(self) -> None:
        """Remove the collections with all that is in them."""
        for table in (*TABLES, FILES):
            self._ask("drop_collection", self._name(table))

    def add_file(self, sha256: str, content: bytes) -> None:
        """Keep a file's content under its SHA-256."""
        stretches = [content[at : at + _STRETCH] for at in range(0, len(content), _STRETCH)]
        for at in range(0, len(stretches), _STRETCHES):
            batch = enumerate(stretches[at : at + _STRETCHES], start=at)
            self._upsert(FILES, [_stretch(sha256, number, stretch) for number, stretch in batch])

    def file(self, sha256: str, size: int) -> Iterator[bytes]:
        """The content of a file of `size` bytes, in stretches. The caller compares its checksum."""
        ids = [f"{sha256}-{number}" for number in range(-(-size // _STRETCH))]
        for at in range(0, len(ids), _STRETCHES):
            yield from map(base64.b64decode, self._rows(FILES, ids[at : at + _STRETCHES], "data"))

    def delete_files(self, sums: Collection[str]) -> None:
        """Remove the files of these SHA-256."""
        self._delete(FILES, sums)

    def generations(self) -> str | None:
        """What was last written by `set_generations`, by whichever process; `None` where nothing was."""
        if not self._ask("has_collection", self._name(FILES)):
            return None
        rows = self._query(FILES, _in("id", ["generations-0"]), ["data"], limit=1, consistency_level="Strong")
        return base64.b64decode(rows[0]["data"]).decode() if rows else None

    def set_generations(self, text: str) -> None:
        """Replace it in one step: a reader gets what was before or this."""
        self._upsert(FILES, [_stretch("generations", 0, text.encode())])

    def _name(self, table: str) -> str:
        return f"{self.address.name}_{table}"

    def _make(self, table: str, dimension: int) -> None:
        if self._ask("has_collection", self._name(table)):
            return
        from pymilvus import DataType

        schema = self._client.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("id", DataType.VARCHAR, is_primary=True, max_length=80)
        schema.add_field("part", DataType.VARCHAR, max_length=64)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
        if table == FILES:
            schema.add_field("data", DataType.VARCHAR, max_length=65_535)
        self._ask(
            "create_collection",
            self._name(table),
            schema=schema,
            index_params=self._index("FLAT"),
            consistency_level="Session",
        )

    def _index(self, kind: str) -> Any:
        params = self._client.prepare_index_params()
        more = {"M": _LINKS, "efConstruction": _BUILT} if kind == "HNSW" else {}
        params.add_index("vector", index_name="vector", index_type=kind, metric_type="IP", params=more)
        return params

    def _fit(self, table: str) -> None:
        """Compare with every row while they are few, find them in a graph when they are many."""
        name = self._name(table)
        rows = int(self._query(table, "", ["count(*)"], consistency_level="Strong")[0]["count(*)"])
        wanted = "FLAT" if rows <= EXACT else "HNSW"
        if self._ask("describe_index", name, "vector")["index_type"] == wanted:
            return
        self._ask("release_collection", name)
        self._ask("drop_index", name, "vector")
        self._ask("create_index", name, self._index(wanted))
        self._ask("load_collection", name)

    def _search(self, table: Table, query: Vectors, n: int, chosen: str, seen: int) -> list[Any]:
        self._load(table)
        hits: list[Any] = self._ask(
            "search",
            self._name(table),
            data=[query.tolist()],
            anns_field="vector",
            limit=n,
            filter=chosen,
            search_params={"metric_type": "IP", "params": {"ef": seen}},
        )[0]
        return hits

    def _rows(self, table: str, ids: Sequence[str], field: str) -> list[Any]:
        """One field of the rows of these identifiers, in their order; raises `EngineError` where one is missing."""
        rows = self._query(table, _in("id", ids), ["id", field], limit=len(ids))
        values = {row["id"]: row[field] for row in rows}
        missing = [id_ for id_ in ids if id_ not in values]
        if missing:
            raise EngineError(
                f"{self.address}: {len(missing)} of {len(ids)} rows are missing there ({missing[0]} is one): a part of the "
                "engine does not answer, or another process has replaced the index: ask again, or build it again"
            )
        return [values[id_] for id_ in ids]

    def _query(self, table: str, chosen: str, fields: list[str], **more: Any) -> list[Any]:
        self._load(table)
        return list(self._ask("query", self._name(table), filter=chosen, output_fields=fields, **more))

    def _upsert(self, table: str, rows: list[dict[str, Any]]) -> None:
        done = self._ask("upsert", self._name(table), rows)
        if done.get("upsert_count") != len(rows):
            raise EngineError(f"{self.address}: took {done.get('upsert_count')} of {len(rows)} rows: build again")

    def _delete(self, table: str, parts: Collection[str]) -> None:
        ordered = sorted(parts)
        for at in range(0, len(ordered), _BATCH):
            self._load(table)
            self._ask("delete", self._name(table), filter=_in("part", ordered[at : at + _BATCH]))

    def _load(self, table: str) -> None:
        """Have the collection in the engine's memory: what a server that was started again has not by itself."""
        if table not in self._open:
            self._ask("load_collection", self._name(table))
            self._open.add(table)

    def _ask(self, method: str, *arguments: Any, **named: Any) -> Any:
        """What the client's method gives. Whatever it raises is an `EngineError`."""
        try:
            return getattr(self._client, method)(*arguments, timeout=_LONG.get(method, _TIMEOUT), **named)
        except Exception as error:
            self._open.clear()
            raise _trouble(self.address, error) from error


@cache
def _client(where: Address) -> Any:
    """The connection of this process to an address: an embedded file takes no second one."""
    try:
        os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # read when gRPC is imported
        import pymilvus

        for name in ("pymilvus", "milvus_lite", "grpc"):  # each trouble is raised as an error, and not logged as well
            logging.getLogger(name).setLevel(logging.CRITICAL)
        if where.embedded:
            Path(where.uri).parent.mkdir(parents=True, exist_ok=True)
            quiet = {
                "grpc.keepalive_time_ms": 2**31 - 1
            }  # its server ends a connection that is pinged every ten seconds
            return pymilvus.MilvusClient(where.uri, grpc_options=quiet)
        return pymilvus.MilvusClient(where.uri, token=os.environ.get(TOKEN, ""), timeout=_CONNECTING)
    except ImportError as error:
        raise EngineError(
            f"{where}: {error.name} is not installed: .venv/bin/pip install -e '.[milvus]' in the folder of Byline"
        ) from error
    except Exception as error:
        raise _trouble(where, error) from error


def _trouble(where: Address, error: Exception) -> EngineError:
    """One line that says what the engine said, never the token, and what to do."""
    message = " ".join(str(getattr(error, "message", "") or error).split())[:200] or type(error).__name__
    todo = (
        "another process has it open, or it is damaged: one process at a time may use an embedded file"
        if where.embedded
        else f"is it running there, and does {TOKEN} hold its token? byline doctor {where} says more"
    )
    return EngineError(f"{where}: the engine does not answer ({message}): {todo}")


def _stretch(sha256: str, number: int, content: bytes) -> dict[str, Any]:
    data = base64.b64encode(content).decode()
    return {"id": _safe(f"{sha256}-{number}"), "part": sha256, "data": data, "vector": [1.0, 0.0]}


def _in(field: str, values: Collection[str], how: str = "in") -> str:
    listed = ", ".join(f'"{_safe(value)}"' for value in values)
    return f"{field} {how} [{listed}]"


def _safe(identifier: str) -> str:
    """The identifier itself. Raises `ValueError` for one that is not made of hexadecimal digits and a number."""
    if not _SAFE.fullmatch(identifier):
        raise ValueError(f"{identifier!r} is no identifier of a row")
    return identifier


def _key(id_: str) -> Key:
    segment, _, row = id_.rpartition("-")
    return segment, int(row)
