"""An operator's own engine → what it does of all that Byline relies on, a check each, in collections that are removed again.

The rows are random unit vectors, and what is right is computed beside the engine with NumPy.
"""

from __future__ import annotations

import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from retrieval.errors import EngineError
from retrieval.index.milvus import EXACT, FILES, Address, Milvus
from retrieval.search.vector_store import Key
from retrieval.types import Vectors

_DIMENSION = 32
_A, _B, _C = "a" * 16, "b" * 16, "c" * 16  # segments
_ROWS = 300  # of A, of B half as many
_READY = "written"


class CheckError(Exception):
    """What an engine did is not what it should have done."""


@dataclass(frozen=True, slots=True)
class Result:
    """A check by its name, and what was wrong; `None` where nothing was."""

    name: str
    fault: str | None


def examine(where: Address) -> Iterator[Result]:
    """The result of each check, in their order; after a fault of the first nothing else is tried."""
    bench = _Bench(where._replace(name=f"byline_doctor_{secrets.token_hex(4)}"))
    for group in (_killed, _collections, _rows, _nearest, _filters, _vectors, _changes, _files, _many):
        group(bench)
        yield from bench.results
        if group is _killed and bench.results[0].fault:
            break
        bench.results.clear()
    if "engine" in vars(bench):  # it was reached
        bench.results.clear()
        with bench.check("its collections are removed"):
            bench.engine.drop()
        yield from bench.results


def write(uri: str, name: str) -> None:
    """Add rows, say so once they are on the engine's disk, and wait to be killed."""
    engine = Milvus(Address(uri, name))
    engine.prepare(_DIMENSION)
    engine.add("passages", _C, _unit_rows(_ROWS, 3))
    engine.flush()
    print(_READY, flush=True)
    signal.pause()


class _Bench:
    """The engine, the vectors that it is given, and the results of a group of checks."""

    def __init__(self, where: Address) -> None:
        self.where = where
        self.a, self.b = _unit_rows(_ROWS, 1), _unit_rows(_ROWS // 2, 2)
        self.a[20:30] = self.a[20]
        self.query = _unit_rows(1, 4)[0]
        self.results: list[Result] = []

    @cached_property
    def engine(self) -> Milvus:
        return Milvus(self.where)

    @cached_property
    def cosines(self) -> dict[Key, float]:
        """The cosine of each row of A and B with the query."""
        rows = {(_A, row): vector for row, vector in enumerate(self.a)}
        rows |= {(_B, row): vector for row, vector in enumerate(self.b)}
        return {key: float(vector @ self.query) for key, vector in rows.items()}

    def best(self, n: int) -> list[Key]:
        """The `n` rows of A and B nearest to the query, best first."""
        return sorted(self.cosines, key=lambda key: -self.cosines[key])[:n]

    @contextmanager
    def check(self, name: str) -> Iterator[None]:
        """Note a result: the fault is the `CheckError` or `EngineError` that is raised within."""
        fault = None
        try:
            yield
        except (CheckError, EngineError) as error:
            fault = str(error)
        self.results.append(Result(name, fault))


def _expect(what: object, wanted: object, of: str) -> None:
    if what != wanted:
        raise CheckError(f"{of}: {what!r:.80}, not {wanted!r:.80}")


@contextmanager
def _refused(error: type[Exception], otherwise: str) -> Iterator[None]:
    """What is within must raise the error; `otherwise` is the fault."""
    try:
        yield
    except error:
        return
    raise CheckError(otherwise)


def _unit_rows(count: int, seed: int) -> Vectors:
    rows = np.random.default_rng(seed).normal(size=(count, _DIMENSION)).astype(np.float32)
    unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def _killed(bench: _Bench) -> None:
    """Rows of a process that was killed after the engine had acknowledged them are all there."""
    with bench.check("acknowledged rows outlive a killed writer"):
        code = f"from {__name__} import write; write({bench.where.uri!r}, {bench.where.name!r})"
        command = [sys.executable, "-c", code]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # noqa: S603
        assert child.stdout  # noqa: S101 (both are pipes)
        ready = child.stdout.readline().strip()
        child.kill()
        _, errors = child.communicate()
        if ready != _READY:
            raise CheckError((errors.strip().splitlines() or ["the process that writes ended early"])[-1])
        _expect(bench.engine.count("passages", [_C]), _ROWS, "rows after the kill")
        bench.engine.delete([_C])


def _collections(bench: _Bench) -> None:
    with bench.check("collections are made, once"):
        bench.engine.prepare(_DIMENSION)
        bench.engine.prepare(_DIMENSION)  # once more does nothing
    with bench.check("the dimension is known"):
        _expect(bench.engine.dimension(), _DIMENSION, "numbers of a vector")
    with (
        bench.check("another dimension is refused"),
        _refused(EngineError, "vectors of another dimension were accepted"),
    ):
        bench.engine.prepare(_DIMENSION + 1)


def _rows(bench: _Bench) -> None:
    engine = bench.engine
    with bench.check("rows are added"):
        engine.add("passages", _A, bench.a)
        engine.add("passages", _B, bench.b)
    with bench.check("a session reads what it wrote"):  # a moment ago, before any flush
        _expect(engine.nearest("passages", bench.a[7], 1), [(_A, 7)], "nearest to row 7")
    with bench.check("rows are counted"):
        engine.flush()
        counts = [engine.count("passages", parts) for parts in ([_A], [_B], [_A, _B], [_C], [])]
        _expect(counts, [_ROWS, _ROWS // 2, _ROWS * 3 // 2, 0, 0], "rows")
    with bench.check("rows added twice are there once"):
        engine.add("passages", _B, bench.b)
        _expect(engine.count("passages", [_B]), _ROWS // 2, "rows after they were added twice")
    with bench.check("passages and sentences are apart"):
        _expect(engine.count("sentences", [_A, _B]), 0, "rows in the other table")


def _nearest(bench: _Bench) -> None:
    engine, cosines = bench.engine, bench.cosines
    with bench.check("a row is nearest to itself"):
        for row in (0, _ROWS // 2 - 1):
            _expect(engine.nearest("passages", bench.b[row], 1), [(_B, row)], f"nearest to row {row}")
    with bench.check("rows come best first"):
        falling = [cosines[key] for key in engine.nearest("passages", bench.query, 50)]
        if any(later > earlier + 1e-5 for earlier, later in zip(falling, falling[1:], strict=False)):
            raise CheckError("rows do not come by falling cosine")
    with bench.check("the nearest rows are found"):
        nearest = sorted(engine.nearest("passages", bench.query, 100))
        _expect(nearest, sorted(bench.best(100)), "the 100 nearest")
    with bench.check("equal rows all come"):
        nearest = sorted(engine.nearest("passages", bench.a[20], 10))
        _expect(nearest, [(_A, row) for row in range(20, 30)], "ten equal rows")
    with bench.check("all rows may be asked for"):
        every = set(engine.nearest("passages", bench.query, 16_384))
        _expect(len(every), len(cosines), "rows where all were asked for")


def _filters(bench: _Bench) -> None:
    engine, best = bench.engine, bench.best(len(bench.cosines))
    with bench.check("segments are left out"):
        nearest = sorted(engine.nearest("passages", bench.query, 50, excluded=[_A]))
        _expect(nearest, sorted([key for key in best if key[0] == _B][:50]), "rows but those of a segment")
    with bench.check("a filter names rows"):
        some = [(_A, row) for row in range(0, _ROWS, 7)] + [(_B, 5)]
        wanted = [key for key in best if key in some]
        nearest = sorted(engine.nearest("passages", bench.query, 20, among=some))
        _expect(nearest, sorted(wanted[:20]), "among 44 rows")
        nearest = engine.nearest("passages", bench.query, 44, among=some)
        _expect(len(nearest), 44, "rows where all 44 were asked for")
    with bench.check("a filter names 4,096 rows"):
        some = [*bench.cosines, *((_C, row) for row in range(4_096 - len(bench.cosines)))]
        nearest = sorted(engine.nearest("passages", bench.query, 205, among=some))
        _expect(nearest, sorted(best[:205]), "205 nearest among 4,096 identifiers")


def _vectors(bench: _Bench) -> None:
    engine = bench.engine
    with bench.check("vectors come back bit for bit"):
        rows = engine.fetch("passages", [(_B, 3), (_A, 200), (_A, 0)])
        if not np.array_equal(rows, np.stack([bench.b[3], bench.a[200], bench.a[0]])):
            raise CheckError("vectors do not come back as they went in, in the order asked for")
    with bench.check("a missing row is an error"), _refused(EngineError, "a row that is not there is no error"):
        engine.fetch("passages", [(_A, 0), (_A, _ROWS)])
    with bench.check("hostile identifiers are refused"):  # one would end a filter and begin another
        for name in ('" or id != "', "a" * 16 + '"] or part != "', "", "*", "%"):
            with _refused(ValueError, f"the identifier {name!r} was taken"):
                engine.delete([name])
            with _refused(ValueError, f"the identifier {name!r} was taken"):
                engine.count("passages", [name])
        _expect(engine.count("passages", [_A, _B]), len(bench.cosines), "rows afterwards")


def _changes(bench: _Bench) -> None:
    engine = bench.engine
    with bench.check("a row is replaced"):
        engine.add("passages", _B, -bench.b)
        if not np.array_equal(engine.fetch("passages", [(_B, 0)])[0], -bench.b[0]):
            raise CheckError("the vector of before is still there")
        engine.add("passages", _B, bench.b)
        _expect(engine.count("passages", [_B]), _ROWS // 2, "rows")
    with bench.check("a segment is deleted, and no other"):
        engine.delete([_B])
        _expect(engine.count("passages", [_B]), 0, "rows of the segment")
        _expect(engine.count("passages", [_A]), _ROWS, "rows of the other one")
        segments = {segment for segment, _ in engine.nearest("passages", bench.query, 400)}
        _expect(segments, {_A}, "segments that are found")


def _files(bench: _Bench) -> None:
    engine, sha256 = bench.engine, "d" * 64
    with bench.check("a file comes back"):
        content = np.random.default_rng(5).bytes(300_001)
        engine.add_file(sha256, content)
        if b"".join(engine.file(sha256, len(content))) != content:
            raise CheckError("a file does not come back as it went in")
    with (
        bench.check("a file in part is an error"),
        _refused(EngineError, "a stretch of a file that is not there is no error"),
    ):
        list(engine.file(sha256, 400_000))
    with bench.check("a file is deleted"):
        engine.delete_files([sha256])
        _expect(engine.count(FILES, [sha256]), 0, "stretches of a removed file")
    with bench.check("the current generation is replaced in one step"):
        texts = [engine.generations()]
        for text in ("first", "second"):
            engine.set_generations(text)
            texts.append(engine.generations())
        _expect(texts, [None, "first", "second"], "what is read after it was written")


def _many(bench: _Bench) -> None:
    """Beyond some rows an index finds at least 95 of the 100 nearest, where rows lie in groups as those of texts do."""
    with bench.check("many rows are found by an index"):
        groups = np.random.default_rng(6).integers(0, 400, EXACT + 2_000)
        many = _unit_rows(400, 8)[groups] + 0.7 * _unit_rows(len(groups), 9)
        many /= np.linalg.norm(many, axis=1, keepdims=True)
        bench.engine.add("sentences", _C, many)
        bench.engine.flush()
        shares = []
        for query in many[:20] + 0.1 * _unit_rows(20, 7):
            nearest = bench.engine.nearest("sentences", query, 100)
            _expect(len(nearest), 100, "rows of 100")
            wanted = np.argsort(-(many @ query))[:100].tolist()
            shares.append(len({row for _, row in nearest} & set(wanted)) / 100)
        if np.mean(shares) < 0.95:
            raise CheckError(f"{np.mean(shares):.2f} of the 100 nearest are found, not 0.95")
