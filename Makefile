# make run    index the articles if need be, then answer: on Telegram with a token, else in this terminal
# make demo   the whole bot in a web page of this machine, without an account
# make test   lint, types, every test
# make bench  how fast, side by side with a plain script and with Haystack
# make pictures  README's pictures, taken from the demo (needs Debian's chromium)

PYTHON ?= python3
ARTICLES ?= seeds
VENV := .venv
PY := $(VENV)/bin/python

# A torch that is already on the machine is used, else a CPU build where pip is told of one.
SITE := $(shell $(PYTHON) -c 'import torch' 2>/dev/null && echo --system-site-packages)

.PHONY: run demo test bench pictures clean

run: $(VENV)/run
	@$(PY) -m bot run --articles $(ARTICLES)

demo: $(VENV)/run
	@$(PY) -m bot demo --articles $(ARTICLES)

test: $(VENV)/test
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	HF_HUB_OFFLINE=1 $(PY) -m pytest

bench: $(VENV)/bench
	HF_HUB_OFFLINE=1 $(PY) -m benchmarks

pictures: $(VENV)/test
	HF_HUB_OFFLINE=1 $(PY) -m tests.demo.pictures docs/pictures

# What pip and venv have to say goes to standard error: standard output is for answers.
$(VENV)/run: pyproject.toml | $(PY)
	@echo 'installing into $(VENV): a few minutes the first time' >&2
	@$(PY) -m pip install --quiet --disable-pip-version-check --editable . >&2
	@touch $@

$(VENV)/test: pyproject.toml | $(PY)
	@echo 'installing into $(VENV), with what the tests need' >&2
	@$(PY) -m pip install --quiet --disable-pip-version-check --editable '.[test]' >&2
	@touch $@ $(VENV)/run

$(VENV)/bench: pyproject.toml | $(PY)
	@echo 'installing into $(VENV), with what the benchmarks need' >&2
	@$(PY) -m pip install --quiet --disable-pip-version-check --editable '.[test,bench]' >&2
	@touch $@ $(VENV)/test $(VENV)/run

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Byline needs Python 3.11 or newer: make PYTHON=python3.11 run")'
	@$(PYTHON) -m venv $(SITE) $(VENV) >&2

clean:
	rm -rf $(VENV) .index .state .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
