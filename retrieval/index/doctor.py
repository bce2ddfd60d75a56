"""An operator's own engine → what it does of all that Byline relies on, a check each, in collections that are removed again.

The rows are random unit vectors, and what is right is computed beside the engine with NumPy.
"""

from __future__ import annotations

import secrets
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
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
    for number, (name, check) in enumerate(_CHECKS.items()):
        result = Result(name, _fault(check, bench))
        yield result
        if result.fault and number == 0:
            break
    if "engine" in vars(bench):  # it was reached
        yield Result("its collections are removed", _fault(lambda bench: bench.engine.drop(), bench))


def write(uri: str, name: str) -> None:
    """Add rows, say so once they are on the engine's disk, and wait to be killed."""
    engine = Milvus(Address(uri, name))
    engine.prepare(_DIMENSION)
    engine.add("passages", _C, _vectors(_ROWS, 3))
    engine.flush()
    print(_READY, flush=True)
    signal.pause()


class _Bench:
    """The engine, and the vectors that it is given."""

    def __init__(self, where: Address) -> None:
        self.where = where
        self.a, self.b = _vectors(_ROWS, 1), _vectors(_ROWS // 2, 2)
        self.a[20:30] = self.a[20]
        self.query = _vectors(1, 4)[0]

    @cached_property
    def engine(self) -> Milvus:
        return Milvus(self.where)

    @property
    def cosines(self) -> dict[Key, float]:
        """The cosine of each row of A and B with the query."""
        rows = {(_A, row): vector for row, vector in enumerate(self.a)}
        rows |= {(_B, row): vector for row, vector in enumerate(self.b)}
        return {key: float(vector @ self.query) for key, vector in rows.items()}

    def best(self, n: int) -> list[Key]:
        """The `n` rows of A and B nearest to the query, best first."""
        return sorted(self.cosines, key=lambda key: -self.cosines[key])[:n]


def _fault(check: Callable[[_Bench], None], bench: _Bench) -> str | None:
    try:
        check(bench)
    except (CheckError, EngineError) as error:
        return str(error)
    return None


def _expect(what: object, wanted: object, of: str) -> None:
    if what != wanted:
        raise CheckError(f"{of}: {what!r:.80}, not {wanted!r:.80}")


def _vectors(count: int, seed: int) -> Vectors:
    rows = np.random.default_rng(seed).normal(size=(count, _DIMENSION)).astype(np.float32)
    unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def _kill(bench: _Bench) -> None:
    """Rows of a process that was killed after the engine had acknowledged them are all there."""
    code = f"from {__name__} import write; write({bench.where.uri!r}, {bench.where.name!r})"
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # noqa: S603
    assert child.stdout  # noqa: S101 (both are pipes)
    ready = child.stdout.readline().strip()
    child.kill()
    _, errors = child.communicate()
    if ready != _READY:
        raise CheckError((errors.strip().splitlines() or ["the process that writes ended early"])[-1])
    _expect(bench.engine.count("passages", [_C]), _ROWS, "rows after the kill")
    bench.engine.delete([_C])


def _make(bench: _Bench) -> None:
    bench.engine.prepare(_DIMENSION)
    bench.engine.prepare(_DIMENSION)  # once more does nothing


def _dimension(bench: _Bench) -> None:
    _expect(bench.engine.dimension(), _DIMENSION, "numbers of a vector")


def _other_dimension(bench: _Bench) -> None:
    try:
        bench.engine.prepare(_DIMENSION + 1)
    except EngineError:
        return
    raise CheckError("vectors of another dimension were welcome")


def _upsert(bench: _Bench) -> None:
    bench.engine.add("passages", _A, bench.a)
    bench.engine.add("passages", _B, bench.b)


def _session(bench: _Bench) -> None:
    """What was written a moment ago is searched, before any flush."""
    key = (_A, 7)
    _expect(bench.engine.nearest("passages", bench.a[7], 1), [key], "nearest to row 7")


def _count(bench: _Bench) -> None:
    bench.engine.flush()
    counts = [bench.engine.count("passages", parts) for parts in ([_A], [_B], [_A, _B], [_C], [])]
    _expect(counts, [_ROWS, _ROWS // 2, _ROWS * 3 // 2, 0, 0], "rows")


def _again(bench: _Bench) -> None:
    bench.engine.add("passages", _B, bench.b)
    _expect(bench.engine.count("passages", [_B]), _ROWS // 2, "rows after they were added twice")


def _tables(bench: _Bench) -> None:
    _expect(bench.engine.count("sentences", [_A, _B]), 0, "rows in the other table")


def _itself(bench: _Bench) -> None:
    for row in (0, _ROWS // 2 - 1):
        _expect(bench.engine.nearest("passages", bench.b[row], 1), [(_B, row)], f"nearest to row {row}")


def _order(bench: _Bench) -> None:
    cosines = [bench.cosines[key] for key in bench.engine.nearest("passages", bench.query, 50)]
    if any(later > earlier + 1e-5 for earlier, later in zip(cosines, cosines[1:], strict=False)):
        raise CheckError("rows do not come by falling cosine")


def _recall(bench: _Bench) -> None:
    _expect(sorted(bench.engine.nearest("passages", bench.query, 100)), sorted(bench.best(100)), "the 100 nearest")


def _ties(bench: _Bench) -> None:
    nearest = bench.engine.nearest("passages", bench.a[20], 10)
    _expect(sorted(nearest), [(_A, row) for row in range(20, 30)], "ten equal rows")


def _all(bench: _Bench) -> None:
    nearest = bench.engine.nearest("passages", bench.query, 16_384)
    _expect(len(set(nearest)), len(bench.cosines), "rows where all were asked for")


def _excluded(bench: _Bench) -> None:
    nearest = bench.engine.nearest("passages", bench.query, 50, excluded=[_A])
    _expect(
        sorted(nearest), sorted([key for key in bench.best(450) if key[0] == _B][:50]), "rows but those of a segment"
    )


def _among(bench: _Bench) -> None:
    some = [(_A, row) for row in range(0, _ROWS, 7)] + [(_B, 5)]
    wanted = [key for key in bench.best(450) if key in some]
    _expect(sorted(bench.engine.nearest("passages", bench.query, 20, among=some)), sorted(wanted[:20]), "among 44 rows")
    _expect(len(bench.engine.nearest("passages", bench.query, 44, among=some)), 44, "rows where all 44 were asked for")


def _long_filter(bench: _Bench) -> None:
    some = [*bench.cosines, *((_C, row) for row in range(4_096 - len(bench.cosines)))]
    nearest = bench.engine.nearest("passages", bench.query, 205, among=some)
    _expect(sorted(nearest), sorted(bench.best(205)), "205 nearest among 4,096 identifiers")


def _fetch(bench: _Bench) -> None:
    rows = bench.engine.fetch("passages", [(_B, 3), (_A, 200), (_A, 0)])
    if not np.array_equal(rows, np.stack([bench.b[3], bench.a[200], bench.a[0]])):
        raise CheckError("vectors do not come back as they went in, in the order asked for")


def _missing(bench: _Bench) -> None:
    try:
        bench.engine.fetch("passages", [(_A, 0), (_A, _ROWS)])
    except EngineError:
        return
    raise CheckError("a row that is not there is no error")


def _hostile(bench: _Bench) -> None:
    """An identifier that would end a filter and begin another never reaches the engine."""
    for name in ('" or id != "', "a" * 16 + '"] or part != "', "", "*", "%"):
        for act in (
            lambda name=name: bench.engine.delete([name]),
            lambda name=name: bench.engine.count("passages", [name]),
        ):
            try:
                act()
            except ValueError:
                continue
            raise CheckError(f"the identifier {name!r} was taken")
    _expect(bench.engine.count("passages", [_A, _B]), len(bench.cosines), "rows afterwards")


def _replace(bench: _Bench) -> None:
    bench.engine.add("passages", _B, -bench.b)
    if not np.array_equal(bench.engine.fetch("passages", [(_B, 0)])[0], -bench.b[0]):
        raise CheckError("the vector of before is still there")
    bench.engine.add("passages", _B, bench.b)
    _expect(bench.engine.count("passages", [_B]), _ROWS // 2, "rows")


def _delete(bench: _Bench) -> None:
    bench.engine.delete([_B])
    _expect(bench.engine.count("passages", [_B]), 0, "rows of the segment")
    _expect(bench.engine.count("passages", [_A]), _ROWS, "rows of the other one")
    _expect({key[0] for key in bench.engine.nearest("passages", bench.query, 400)}, {_A}, "segments that are found")


def _file(bench: _Bench) -> None:
    content = np.random.default_rng(5).bytes(300_001)
    bench.engine.add_file("d" * 64, content)
    if b"".join(bench.engine.file("d" * 64, len(content))) != content:
        raise CheckError("a file does not come back as it went in")


def _short_file(bench: _Bench) -> None:
    try:
        list(bench.engine.file("d" * 64, 400_000))
    except EngineError:
        return
    raise CheckError("a stretch of a file that is not there is no error")


def _no_file(bench: _Bench) -> None:
    bench.engine.delete_files(["d" * 64])
    _expect(bench.engine.count(FILES, ["d" * 64]), 0, "stretches of a removed file")


def _generations(bench: _Bench) -> None:
    texts = [bench.engine.generations()]
    for text in ("first", "second"):
        bench.engine.set_generations(text)
        texts.append(bench.engine.generations())
    _expect(texts, [None, "first", "second"], "what is read after it was written")


def _many(bench: _Bench) -> None:
    """Beyond some rows an index finds them, 95 of 100 at least where they lie in groups as those of texts do, and never fewer."""
    groups = np.random.default_rng(6).integers(0, 400, EXACT + 2_000)
    many = _vectors(400, 8)[groups] + 0.7 * _vectors(len(groups), 9)
    many /= np.linalg.norm(many, axis=1, keepdims=True)
    bench.engine.add("sentences", _C, many)
    bench.engine.flush()
    shares = []
    for query in many[:20] + 0.1 * _vectors(20, 7):
        nearest = bench.engine.nearest("sentences", query, 100)
        _expect(len(nearest), 100, "rows of 100")
        wanted = np.argsort(-(many @ query))[:100].tolist()
        shares.append(len({row for _, row in nearest} & set(wanted)) / 100)
    if np.mean(shares) < 0.95:
        raise CheckError(f"{np.mean(shares):.2f} of the 100 nearest are found, not 0.95")


_CHECKS: dict[str, Callable[[_Bench], None]] = {
    "acknowledged rows outlive a killed writer": _kill,
    "collections are made, once": _make,
    "the dimension is known": _dimension,
    "another dimension is refused": _other_dimension,
    "rows are added": _upsert,
    "a session reads what it wrote": _session,
    "rows are counted": _count,
    "rows added twice are there once": _again,
    "passages and sentences are apart": _tables,
    "a row is nearest to itself": _itself,
    "rows come best first": _order,
    "the nearest rows are found": _recall,
    "equal rows all come": _ties,
    "all rows may be asked for": _all,
    "segments are left out": _excluded,
    "a filter names rows": _among,
    "a filter names 4,096 rows": _long_filter,
    "vectors come back bit for bit": _fetch,
    "a missing row is an error": _missing,
    "hostile identifiers are refused": _hostile,
    "a row is replaced": _replace,
    "a segment is deleted, and no other": _delete,
    "a file comes back": _file,
    "a file in part is an error": _short_file,
    "a file is deleted": _no_file,
    "the current generation is replaced in one step": _generations,
    "many rows are found by an index": _many,
}
