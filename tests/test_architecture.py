"""What an import costs, and how long modules and functions are. `lint-imports` holds which module may import which."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.codebase import PRODUCT, ROOT, modules


def test_no_module_is_above_350_lines_and_no_function_above_40():
    sizes = {module.file.relative_to(ROOT).as_posix(): module for module in modules(PRODUCT)}
    assert len(sizes) > 100
    assert [file for file, module in sizes.items() if module.lines > 350] == []
    assert [file for file, module in sizes.items() if module.longest_function > 40] == []


def test_importing_the_library_loads_no_model_no_torch_and_nothing_of_telegram():
    heavy = "torch sentence_transformers transformers spacy telegram trafilatura onnxruntime rich"
    code = f"import sys, retrieval; print(*[name for name in {heavy.split()} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT)
    assert run.stdout.split() == []
