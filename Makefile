# The verbs. Each does all that it needs; `make demo` and `make test` work on a bare machine.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
PY := .venv/bin/python
export PYTHONUNBUFFERED := 1
CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/paas
# Most tests wait for the cluster, so a few more run than there are cores.
WORKERS ?= 3

.PHONY: help setup demo test unit e2e mutants check format lock schema bench down clean

help: ## Show the verbs
	@sed -n 's/^\([a-z0-9]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

setup: .venv/stamp ## Make the virtual environment from the hashed requirements

.venv/stamp: requirements-dev.txt requirements-uv.txt
	@echo "setting up .venv"
	$(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	UV_CACHE_DIR=$(CACHE)/uv UV_LINK_MODE=$(or $(UV_LINK_MODE),hardlink) .venv/bin/uv pip install --quiet --python $(PY) --require-hashes -r requirements-dev.txt
	touch $@

demo: setup ## On a bare machine: engine, cluster, the platform and the first tenant, really running
	@./demo

test: setup ## All tests, on the real engine and API server; what CI runs
	@$(PY) -m sandbox up --tests
	@eval "$$($(PY) -m sandbox env)" && $(PY) -m pytest --numprocesses $(WORKERS) --no-loadscope-reorder

unit: setup ## The fast tests, without engine or cluster
	@$(PY) -m pytest -m "not e2e and not node"

e2e: setup ## The real ones only
	@$(PY) -m sandbox up --tests
	@eval "$$($(PY) -m sandbox env)" && $(PY) -m pytest -m "e2e or node"

mutants: setup ## Change the rules' code in every small way, and count what no test notices; goes on where it stopped
	@$(PY) -m tests.policies.mutants $(MODULES)

check: setup ## Format, lint, types, layers, generated files fresh; changes nothing
	@.venv/bin/ruff format --check --quiet .
	@.venv/bin/ruff check --quiet .
	@.venv/bin/lint-imports --no-logo >/dev/null || .venv/bin/lint-imports
	@.venv/bin/mypy
	@$(PY) -m spec.schema --check
	@$(PY) -m tests.policies.catalogue --check
	@$(PY) -m review.output --check
	@$(PY) -m cli.reference --check
	@! git grep --cached --line-number '^encryptionsalt' -- stacks || { echo 'a salt locks all but its maker out of the examples: git restore --staged --worktree stacks'; exit 1; }

format: setup ## Format and mend what can be mended by itself
	@.venv/bin/ruff format --quiet .
	@.venv/bin/ruff check --quiet --fix .

schema: setup ## Write the JSON schemas, and the references of fields, of rules and of the command line
	@$(PY) -m spec.schema
	@$(PY) -m tests.policies.catalogue
	@$(PY) -m cli.reference
	@$(PY) -m review.output

lock: setup ## Compile the requirements, hashed and without index addresses
	@for name in requirements-uv requirements requirements-dev; do \
	  .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	    --no-emit-index-url $$name.in --output-file $$name.txt; done

bench: setup ## Benchmarks: figures and ratios from one run
	@$(PY) -m sandbox up --services
	@eval "$$($(PY) -m sandbox env)" && $(PY) -m bench

down: ## Stop the sandbox and leave nothing behind
	@$(PY) -m sandbox down

clean: ## Also forget its state
	@$(PY) -m sandbox down --purge
