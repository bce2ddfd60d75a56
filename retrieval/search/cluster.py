"""Batches of texts → their vectors, encoded by the machines of a Ray cluster; the only module that uses Ray.

Each machine has Byline and the model's files of its own. What they give is held against this machine's vectors; a batch
of a machine that dies runs again on another (Moritz et al. 2018). Nothing is sent but to the cluster: Ray's statistics
are off.
"""

from __future__ import annotations

import hashlib
import logging
import os
import pickle  # between machines that run each other's code anyway
import socket
import threading
from collections import deque
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrieval.errors import ClusterError, ModelError, first_line
from retrieval.search import bert_graph, encoder
from retrieval.search.encoder import SAME, SentenceEncoder
from retrieval.text import normalize, onnx_model

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from retrieval.types import Vectors

LOCAL = "local"
_CONNECT = 60  # seconds until a cluster must have answered
_PATIENCE = 600  # seconds until the batch that is waited for must have come; one takes some
_AGAIN = 5  # times that a batch runs again whose machine died
_STATISTICS = "RAY_USAGE_STATS_ENABLED"


class Cluster:
    """The machines of a Ray cluster: `HOST:PORT` of one that this machine is part of, or `LOCAL`, this machine alone.

    Raises `ClusterError` where Ray is not installed, or the cluster does not answer.
    """

    def __init__(self, address: str) -> None:
        self._address, self._ray = address, _connected(address)
        self._ray.put(b"")  # imports pydantic here and now: a build's other thread does, and two at once break it
        cpus = [int(node["Resources"].get("CPU", 0)) for node in self._ray.nodes() if node["Alive"]]
        share = min([onnx_model.CORES, *filter(None, cpus)])
        # Batches at once: for each process one that is computed and one that waits.
        self._limit = 2 * max(1, sum(cpus) // share)
        self._task = self._ray.remote(_encoded).options(num_cpus=share, max_retries=_AGAIN)

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self._ray.shutdown()

    def encode(self, model: SentenceEncoder, batches: Iterable[Sequence[str]]) -> Iterator[Vectors]:
        """The rows `(n, dim)` of the passages of each batch, none of which is empty, in their order.

        Raises `ClusterError` where the cluster is lost, or a machine has another model or Byline, or gives other
        vectors.
        """
        shipped = self._ray.put(pickle.dumps(model))
        pending: deque[tuple[str, Any]] = deque()
        for batch in batches:
            pending.append((batch[0], self._task.remote(shipped, _code(), batch)))
            if len(pending) >= self._limit:
                yield self._checked(model, *pending.popleft())
        while pending:
            yield self._checked(model, *pending.popleft())

    def _checked(self, model: SentenceEncoder, first: str, result: Any) -> Vectors:
        """The rows of a batch, whose first text this machine encodes as well."""
        errors = self._ray.exceptions
        rows: Vectors | None = None
        try:
            with redirect_stdout(StringIO()):  # where Ray prints the last lines of a machine that died
                host, rows = self._ray.get(result, timeout=_PATIENCE)
        except errors.GetTimeoutError:
            reason = f"no machine has encoded a batch for {_PATIENCE // 60} minutes: look at `ray status`"
        except errors.RayTaskError as error:
            cause = error.cause
            own = isinstance(cause, ModelError)
            reason = (
                str(cause)
                if own
                else f"a machine fails ({first_line(cause)}): the same Byline must be installed on each"
            )
        except errors.RayError as error:
            reason = f"the cluster is lost ({first_line(error)}): look at `ray status`"
        if rows is None:
            raise ClusterError(f"{self._address}: {reason}; what is encoded is kept for the next build")
        cosine = float(rows[0] @ model.encode_here([first])[0])
        if cosine < SAME:
            raise ClusterError(f"{self._address}: {host} gives other vectors than this machine (cosine {cosine:.4f})")
        return rows


def _encoded(shipped: bytes, code: str, texts: Sequence[str]) -> tuple[str, Vectors]:
    """On a machine of the cluster: its name, and the rows of the texts. Raises `ModelError` where it has another model."""
    host = socket.gethostname()
    if code != _code():
        raise ModelError(f"{host} has another Byline than this machine: install the same one there")
    try:
        return host, _shipped(shipped).encode_here(texts)
    except ModelError as error:
        raise ModelError(f"{host}: {error}") from None


@cache
def _shipped(content: bytes) -> SentenceEncoder:
    model: SentenceEncoder = pickle.loads(content)  # noqa: S301 (from a machine that may run any code here)
    return model.here()


@cache
def _code() -> str:
    """A checksum of the code that makes a text's vector."""
    files = [str(module.__file__) for module in (bert_graph, encoder, normalize, onnx_model)]
    return hashlib.sha256(b"".join(Path(file).read_bytes() for file in files)).hexdigest()


def _connected(address: str) -> Any:
    """Ray, once it is connected. Raises `ClusterError`."""
    os.environ[_STATISTICS] = "0"  # before it is imported
    try:
        import ray
    except ImportError:
        raise ClusterError(
            "Ray is not installed here: .venv/bin/pip install -e '.[ray]' in the folder of Byline"
        ) from None
    options = {"address": address, "log_to_driver": False, "logging_level": logging.ERROR}
    if address == LOCAL:  # not in a thread: its processes end with whatever started them
        ray.init(**options, include_dashboard=False)
        return ray
    failures: list[BaseException | None] = []
    host, _, port = address.rpartition(":")

    def connect() -> None:
        try:
            socket.create_connection(
                (host.removeprefix("ray://"), int(port)), _CONNECT
            ).close()  # Ray would try for minutes
            ray.init(**options)
            failures.append(None)
        except Exception as error:  # Ray's have no common base
            failures.append(error)

    thread = threading.Thread(target=connect, daemon=True)
    thread.start()
    thread.join(_CONNECT)
    if failures != [None]:
        reason = first_line(failures[0]) if failures and failures[0] else f"no answer within {_CONNECT} seconds"
        raise ClusterError(
            f"{address}: no Ray cluster that this machine is part of ({reason}): docs/scale.md says how to start one"
        )
    return ray
