# Everything happens in one environment (.venv) made from one lock (requirements.txt).
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup demo down test lint fmt type unit integration coverage e2e bench fuzz pages lock

PYTHON ?= python3.11
BIN := .venv/bin
UV := 0.13.8
TORCH := $(shell grep -m1 '^torch==' requirements.txt)
PYTEST := $(BIN)/python -m pytest
# Files of tests side by side, each within one process: its servers are started once. Three for two cores, because
# some wait.
PARALLEL := -n 3 --dist loadfile
# Dozens of processes load the same large libraries: each is compiled once, whatever the shell was told.
unexport PYTHONDONTWRITEBYTECODE

help:  ## Show this list
	@grep -E '^[a-z0-9]+:.*##' Makefile | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: .venv/.ready  ## Make the environment from the lock

# torch comes first and by pip, which honours a local index of CPU builds; uv then installs the rest.
.venv/.ready: requirements.txt pyproject.toml
	@command -v git >/dev/null || apt-get install -y --no-install-recommends git
	@command -v chromium >/dev/null || timeout 180 apt-get install -y -qq --no-install-recommends chromium >/dev/null 2>&1 \
	  || echo "no chromium: the letter is not tested in a browser"
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check uv==$(UV) $(TORCH)
	$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	@touch $@

demo: setup  ## Walk the sample use case through the running product
	@$(BIN)/perennial demo

down: setup  ## Stop the local stack
	@$(BIN)/perennial down

# The stack often waits for one training; the checking of types fills its gaps.
test: lint  ## Run everything that CI runs
	@$(MAKE) --no-print-directory --jobs=2 type e2e
	$(PYTEST) $(PARALLEL) -m "not e2e"

lint: setup  ## Style, import rules, declarations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/perennial lint

fmt: setup  ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

type: setup  ## Static types
	$(BIN)/mypy

unit: setup  ## Fast tests: no servers, no training
	$(PYTEST) $(PARALLEL) -m "not integration and not e2e"

integration: setup  ## Tests against the real parts
	$(PYTEST) $(PARALLEL) -m integration

coverage: setup  ## What the tests run of the core and the stages; takes half as long again
	$(PYTEST) $(PARALLEL) --cov --cov-report= -m "not e2e"
	$(BIN)/coverage report --fail-under=95

e2e: setup  ## The whole stack, end to end
	$(PYTEST) -m e2e

bench: setup  ## Measure speed and memory; results go to bench/results
	$(BIN)/python bench/run.py
	$(BIN)/python bench/planted.py
	$(BIN)/python bench/letter.py
	$(BIN)/python bench/training.py
	$(BIN)/python bench/evaluation.py
	$(BIN)/python bench/decisions.py
	$(BIN)/python bench/explaining.py

fuzz: setup  ## Feed the readers hostile bytes, guided by coverage, for five minutes
	$(BIN)/python bench/fuzz.py --seconds 300

pages: setup  ## Write the pages that are made from the code
	$(BIN)/perennial pages

lock: setup  ## Compile requirements.txt from pyproject.toml
	$(BIN)/uv pip compile --quiet pyproject.toml --group dev --python-version 3.11 --no-header \
	  --no-emit-index-url --no-emit-find-links --find-links "$${PIP_FIND_LINKS:-.}" -o requirements.txt
	sed -i -E 's/^(torch==[0-9.]+)\+.*/\1/' requirements.txt
