"""What an import costs. Which module may import which is in `pyproject.toml`, and `lint-imports` holds it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_importing_the_library_loads_no_model_no_torch_and_nothing_of_telegram():
    heavy = "torch sentence_transformers transformers spacy telegram trafilatura onnxruntime rich"
    code = f"import sys, retrieval; print(*[name for name in {heavy.split()} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT)
    assert run.stdout.split() == []
