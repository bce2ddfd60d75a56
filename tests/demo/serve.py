"""`python -m bot demo` as a process, whole but for its index, which is a fake: no model has to load."""

import sys

from bot import __main__, index_loader
from tests.fakes import FakeIndex

index_loader.load_or_build = lambda folder, articles, tell: FakeIndex()
__main__.leave(__main__.main(["demo", *sys.argv[1:]]))
