"""`python -m bot` as a process, whole but for its index, which is a fake: no model has to load."""

import os
import sys
from pathlib import Path

from bot import __main__, index_loader
from tests.fakes import FakeIndex

gate = os.environ.get("TEST_GATE")
index_loader.load = lambda folder, tell: FakeIndex(gate=Path(gate) if gate else None)
__main__.leave(__main__.main(sys.argv[1:]))
