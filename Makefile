# Needs Python 3.11 or later (with venv), git and make; everything else comes from constraints.txt.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# The newest interpreter that is new enough and can make a virtual environment; `make PYTHON=/path/to/python` to choose.
PYTHON ?= $(shell for python in python3.14 python3.13 python3.12 python3.11 python3; do \
	"$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2> /dev/null \
	&& { echo "$$python"; break; }; done)
VENV := .venv
INSTALLED := $(VENV)/.installed
BIN := $(VENV)/bin
PACKAGES := libs services gateway deploy tests bench

DATA ?= .data
DEMO ?= 1

.PHONY: help run verify token test bench-ledger bench-ingest bench-boards bench-live bench-faults bench-proxy bench-integrity \
	check format events lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(INSTALLED) ## run everything until Ctrl-C (DEMO=0: no demonstration, DATA=folder, ARGS="--fresh --only content")
	@exec $(BIN)/python -m deploy.local run --data "$(DATA)" $(if $(filter 0 no false,$(DEMO)),--no-demo,--demo) $(ARGS)

verify: $(INSTALLED) ## prove that ledger, balances and boards of the running stack agree (DATA=folder)
	@$(BIN)/python -m deploy.local verify --data "$(DATA)"

token: $(INSTALLED) ## print an access token (ROLE=manager, DATA=folder, ARGS="--programme UUID --hours 1")
	@$(BIN)/python -m deploy.local token --data "$(DATA)" --role "$(or $(ROLE),manager)" $(ARGS)

test: $(INSTALLED) ## run all tests, on real servers (ARGS="tests/unit -k name")
	$(BIN)/python -m pytest -n 3 --dist loadfile $(ARGS)

bench-ledger: $(INSTALLED) ## measure evidence in, ledger committed, boards shown (QUICK=1: under 50 s) -> bench/out
	$(BIN)/python -m bench.ledger $(if $(filter 1 yes true,$(QUICK)),--quick) $(ARGS)

bench-ingest: $(INSTALLED) ## measure interactions from HTTP to the boards, real processes (QUICK=1: under 50 s) -> bench/out
	$(BIN)/python -m bench.ingest $(if $(filter 1 yes true,$(QUICK)),--quick) $(ARGS)

bench-live: $(INSTALLED) ## measure boards that are followed: memory, processor, award to frame (QUICK=1: under 50 s) -> bench/out
	$(BIN)/python -m bench.live $(if $(filter 1 yes true,$(QUICK)),--quick) $(ARGS)

bench-faults: $(INSTALLED) ## send interactions while everything is killed, then compare id by id (FULL=1: 200,000; SEED=n)
	FAULTS_ITEMS=$(if $(filter 1 yes true,$(FULL)),200000,4000) FAULTS_SEED=$(or $(SEED),0) $(BIN)/python -m pytest -q -s tests/faults $(ARGS)

bench-proxy: $(INSTALLED) ## measure what the gateway adds to a call, with wrk (QUICK=1: under 50 s) -> bench/out
	$(BIN)/python -m bench.proxy $(if $(filter 1 yes true,$(QUICK)),--quick) $(ARGS)

bench-integrity: $(INSTALLED) ## measure a night's inspection (QUICK=1: under 50 s) -> bench/out
	$(BIN)/python -m bench.integrity $(if $(filter 1 yes true,$(QUICK)),--quick) $(ARGS)

bench-boards: $(INSTALLED) ## measure reads of boards and links beside a bare server and Valkey; needs wrk (QUICK=1: under 50 s)
	$(BIN)/python -m bench.boards $(if $(filter 1 yes true,$(QUICK)),--quick) $(ARGS)

check: $(INSTALLED) ## format, lint, types, import rules, contract and architecture tests; changes nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/contract tests/architecture

format: $(INSTALLED) ## format the code and repair what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

events: $(INSTALLED) ## write the event schemas, examples and docs/events.md; refuses a breaking change
	$(BIN)/python -m libs.events.contract write

lock: ## write constraints.txt, with hashes, for what pyproject.toml asks (ARGS=--upgrade: the newest of all)
	@$(call need_python)
	@made=$$(mktemp -d); trap 'rm -rf "$$made"' EXIT; "$(PYTHON)" -m venv "$$made"; "$$made/bin/pip" install --quiet uv; \
	"$$made/bin/uv" pip compile pyproject.toml --extra local --extra test --universal --python-version 3.11 \
		--generate-hashes --no-header --no-emit-index-url --no-emit-find-links --quiet $(ARGS) --output-file constraints.txt

clean: ## remove the virtual environment and caches, not the data (run ARGS=--fresh begins with none)
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov
	find $(PACKAGES) -type d -name __pycache__ -prune -exec rm -rf {} +

# The project itself is not installed: the path of an import is the path of its folder.
$(INSTALLED): constraints.txt
	@$(call need_python)
	"$(PYTHON)" -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement constraints.txt
	@touch $(INSTALLED)

define need_python
if [ -z "$(PYTHON)" ]; then echo "Timbre needs Python 3.11 or later with its venv module (Debian: python3-venv); found none. Or say which: make PYTHON=/path/to/python" >&2; exit 1; fi
endef
