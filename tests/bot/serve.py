"""`python -m bot` as a process, whole but for its index, which is a fake: no model has to load."""

import os
import sys
from pathlib import Path

from bot import __main__, index_loader
from bot.telegram import incoming
from tests.fakes import FakeIndex

raising = os.environ.get("TEST_RAISES")
if raising:  # a message with this word trips a bug
    asked = incoming.asked
    incoming.asked = lambda message, me: 1 / 0 if raising in (message.text or "") else asked(message, me)
gate = os.environ.get("TEST_GATE")
index_loader.load = lambda folder, tell: FakeIndex(gate=Path(gate) if gate else None)
__main__.leave(__main__.main(sys.argv[1:]))
