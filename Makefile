PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
INSTALL = $(if $(wildcard $(VENV)/small),small,run)

export ARTICLES  # a folder of articles, which may have a space in its name

.PHONY: help run demo install small test bench faults mutants sbom audit lock pictures clean

help:
	@echo 'make run       index the articles if need be, then answer: on Telegram with a token, else in this terminal'
	@echo 'make demo      the whole bot in a web page of this machine, without an account'
	@echo 'make install   only installs, into .venv, as the others do first'
	@echo 'make small     installs without torch, 0.9 GB instead of 1.9, for the default model alone; run and demo keep to it'
	@echo 'make test      lint, types, every test'
	@echo 'make bench     how fast, side by side with what others build in a few lines; PART=search does a part of it'
	@echo 'make faults    kills, stops, outages, floods, damage: what is promised, measured, an hour at a time; SEED=2 runs others'
	@echo 'make mutants   small changes of the code that keeps questions and sends answers: how many of them a test notices'
	@echo 'make sbom      bill of materials into sbom.json, with the licences of packages and weights'
	@echo 'make audit     known weaknesses of the locked packages, or that no advisories can be reached'
	@echo 'make lock      the newest versions of everything that is installed, into requirements/'
	@echo 'make pictures  the pictures of README, taken from the demo (needs Chromium of Debian)'
	@echo 'make clean     removes what was installed and indexed here'
	@echo
	@echo 'ARTICLES=FOLDER takes your articles and keeps to them, PORT=8643 the demo to another port, PYTHON=python3.12 another Python.'
	@echo 'Once installed, every command: .venv/bin/byline --help'
	@echo 'A question:                    .venv/bin/byline ask "Who met whom?"'

# `exec`: else the shell, which Ctrl-C ends as well, makes an "Interrupt" of a bot that ended as wanted.
# `byline`: `python -m bot` cannot catch a Ctrl-C before its package is imported.
run: $(VENV)/run
	@exec $(PY) -m byline run $${ARTICLES:+--articles="$$ARTICLES"}

demo: $(VENV)/run
	@exec $(PY) -m byline demo $${ARTICLES:+--articles="$$ARTICLES"} $(if $(PORT),--port=$(PORT))

install: | $(VENV)/made
	@if [ -e $(VENV)/small ]; then rm -f $(VENV)/small $(VENV)/run; fi
	@$(MAKE) --no-print-directory $(VENV)/run

small: | $(VENV)/made
	@[ -e $(VENV)/small ] || rm -f $(VENV)/run
	@touch $(VENV)/small
	@$(MAKE) --no-print-directory $(VENV)/run

test: $(VENV)/test
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports --no-cache
	HF_HUB_OFFLINE=1 $(PY) -m pytest -n 2 --dist loadfile

bench: $(VENV)/bench
	HF_HUB_OFFLINE=1 $(PY) -m benchmarks $(PART) $(if $(SIZES),--sizes $(SIZES)) $(if $(ROUNDS),--rounds $(ROUNDS))

faults: $(VENV)/test
	HF_HUB_OFFLINE=1 $(PY) -m benchmarks.faults $(if $(SEED),--seed=$(SEED))

mutants: $(VENV)/test
	HF_HUB_OFFLINE=1 $(PY) -m benchmarks.mutants

sbom: $(VENV)/run
	@$(PY) requirements/sbom.py sbom.json

audit: $(VENV)/run
	@$(PY) requirements/audit.py

pictures: $(VENV)/test
	HF_HUB_OFFLINE=1 $(PY) -m tests.demo.pictures docs/pictures

# The newest versions that fit pyproject.toml; one version of each package in all of the files.
LOCK = $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-package torch \
	--annotation-style line --custom-compile-command 'make lock'

lock: $(VENV)/run
	$(LOCK) --upgrade --all-extras pyproject.toml --output-file requirements/bench.txt
	$(LOCK) --extra test --constraint requirements/bench.txt pyproject.toml --output-file requirements/test.txt
	$(LOCK) --constraint requirements/bench.txt pyproject.toml --output-file requirements/run.txt
	$(LOCK) --constraint requirements/bench.txt --override requirements/small.in pyproject.toml --output-file requirements/small.txt
	$(LOCK) --upgrade requirements/peers.in --output-file requirements/peers.txt
	$(LOCK) --upgrade --group install --constraint requirements/bench.txt --output-file requirements/install.txt

# What is installed has to say goes to standard error: standard output is for answers.
$(VENV)/run: pyproject.toml requirements/$(INSTALL).txt | $(VENV)/made
	@echo 'installing into $(VENV): a few minutes the first time, about $(if $(filter small,$(INSTALL)),300 MB to fetch and 0.9,500 MB to fetch and 1.9) GB on disk' >&2
	@$(PY) requirements/install.py $(INSTALL) >&2
	@touch $@

$(VENV)/test: pyproject.toml requirements/test.txt | $(VENV)/made
	@echo 'installing into $(VENV), with what the tests need' >&2
	@$(PY) requirements/install.py test >&2
	@touch $@ $(VENV)/run

$(VENV)/bench: pyproject.toml requirements/bench.txt | $(VENV)/made
	@echo 'installing into $(VENV), with what the benchmarks need' >&2
	@$(PY) requirements/install.py bench >&2
	@touch $@ $(VENV)/test $(VENV)/run

# A torch that is already on the machine is used. What was stopped on its way is made again.
$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Byline needs Python 3.11 or newer: make PYTHON=python3.11 run")'
	@$(PYTHON) -m venv $$($(PYTHON) -c 'import torch' 2>/dev/null && echo --system-site-packages) $(VENV) >&2
	@touch $@

clean:
	rm -rf $(VENV) .mutants .faults .index .state .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info sbom.json
