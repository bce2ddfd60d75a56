"""The bill of materials names every file of weights, with its hash and its licence."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

ROOT = Path(__file__).parent.parent
_SPEC = importlib.util.spec_from_file_location("sbom", ROOT / "requirements" / "sbom.py")
sbom = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(sbom)


def test_every_file_of_weights_is_listed_with_its_hash_and_licence():
    shipped = {
        path.relative_to(ROOT).as_posix()
        for package in ("bot", "retrieval", "emulator")
        for path in (ROOT / package).rglob("weights/*")
        if path.suffix in {".onnx", ".json", ".npz"} and path.name != "tokenizer.json"
    }
    listed = {component["name"]: component for component in sbom.weights()}
    assert shipped <= set(listed)
    encoder = next(component for name, component in listed.items() if name.endswith("model.safetensors"))
    assert encoder["hashes"][0]["content"] == "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    reader = (ROOT / "retrieval/search/weights/reader.onnx").read_bytes()
    assert listed["retrieval/search/weights/reader.onnx"]["hashes"][0]["content"] == hashlib.sha256(reader).hexdigest()
    assert {sbom.licence(component) for component in listed.values()} == {"Apache-2.0", "MIT"}


def test_a_licence_is_one_line_whatever_a_package_puts_into_it():
    assert (
        sbom.licence({"licenses": [{"license": {"name": "BSD\nRedistribution and use …"}}, {"expression": "MIT"}]})
        == "BSD; MIT"
    )
    assert sbom.licence({}) == "none stated"
