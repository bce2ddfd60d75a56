"""`python -m bot demo` as a process, whole but for its index, which is a fake: no model has to load."""

import sys

from bot import __main__, opening
from tests.fakes import FakeIndex

opening.load_or_build = lambda folder, articles, tell: FakeIndex()
__main__.leave(__main__.main(["demo", *sys.argv[1:]]))
