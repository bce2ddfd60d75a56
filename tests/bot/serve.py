"""`python -m bot` as a process, whole but for its index, which is a fake: no model has to load."""

import os
import sys
from pathlib import Path

from bot import __main__, index_loader
from bot.telegram import incoming
from retrieval import Index
from tests.fakes import FakeEncoder, FakeIndex

raising = os.environ.get("TEST_RAISES")
if raising:  # a message with this word trips a bug
    asked = incoming.asked
    incoming.asked = lambda message, me: 1 / 0 if raising in (message.text or "") else asked(message, me)
gate = os.environ.get("TEST_GATE")
articles = os.environ.get("TEST_ARTICLES")  # a folder that is really indexed, by an encoder that needs no model
index_loader.load = lambda folder, tell: (
    Index.build(articles, encoder=FakeEncoder(), reranker=None)
    if articles
    else FakeIndex(gate=Path(gate) if gate else None)
)
__main__.leave(__main__.main(sys.argv[1:]))
