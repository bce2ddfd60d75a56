"""How the reader's weights were made: pairs, training, export, measuring. Never imported by the product."""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # before onnxruntime is imported: see DECISIONS.md
