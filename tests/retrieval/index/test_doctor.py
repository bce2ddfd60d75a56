"""The contract of an engine: the embedded form keeps it, and an engine that does not is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.__main__ import main
from retrieval.index import doctor, milvus
from retrieval.index.milvus import Address, Milvus


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "EXACT", 1_000)
    monkeypatch.setattr(milvus, "EXACT", 1_000)


def test_the_embedded_form_keeps_it_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["doctor", f"milvus:{tmp_path}/engine.db"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 28
    assert all(line.startswith("ok ") for line in lines), lines
    assert lines[-1] == "ok     its collections are removed"


def test_an_engine_that_forgets_is_named_and_the_command_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    nearest, fetch = Milvus.nearest, Milvus.fetch
    monkeypatch.setattr(Milvus, "nearest", lambda self, *a, **k: nearest(self, *a, **k)[1:])
    monkeypatch.setattr(Milvus, "fetch", lambda self, *a: fetch(self, *a)[::-1])
    assert main(["doctor", f"milvus:{tmp_path}/engine.db"]) == 1
    output = capsys.readouterr()
    faults = [
        line.removeprefix("fault  ").split(":")[0] for line in output.out.splitlines() if line.startswith("fault")
    ]
    assert {"a row is nearest to itself", "the nearest rows are found", "equal rows all come"} <= set(faults)
    assert {"all rows may be asked for", "vectors come back bit for bit"} <= set(faults)
    assert not {"rows are counted", "a file comes back", "its collections are removed"} & set(faults)
    assert output.err.strip().endswith(f"{len(faults)} checks failed")


def test_an_engine_that_is_not_there_is_said_once(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(milvus, "_CONNECTING", 0.2)
    results = list(doctor.examine(Address("http://127.0.0.1:1", "news")))
    assert [result.name for result in results] == ["acknowledged rows outlive a killed writer"]
    assert "does not answer" in results[0].fault


def test_a_folder_is_no_engine(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["doctor", str(tmp_path)]) == 1
    assert "is a folder, and an engine's address is wanted: milvus://HOST:PORT/NAME" in capsys.readouterr().err


def test_its_collections_are_removed_after_a_fault_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Milvus, "dimension", lambda self: 3)
    monkeypatch.setattr(doctor.secrets, "token_hex", lambda _: "0")
    where = Address(f"{tmp_path}/engine.db", "byline")
    results = list(doctor.examine(where))
    assert {"the dimension is known", "rows are added"} & {result.name for result in results if result.fault}
    assert results[-1].fault is None
    monkeypatch.undo()
    assert Milvus(where._replace(name="byline_doctor_0")).dimension() is None
