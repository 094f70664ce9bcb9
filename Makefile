# What one does with this project. Each target sets up what it needs; `make` alone lists them.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

BIN := .venv/bin
READY := .venv/.ready
FAULTS := --dist loadfile -m chaos tests/chaos
PYTHONS := python3 python3.13 python3.12 python3.11

.PHONY: setup demo test chaos check bench clean help

setup: $(READY)  ## Make .venv with Tidemark and everything that its tests need

$(READY): pyproject.toml
	@python=""; for candidate in $(PYTHONS); do \
	  if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "Python 3.11 or newer is needed, and none of $(PYTHONS) is that." >&2; \
	  echo "Install it with 'apt-get install python3 python3-venv', 'brew install python' or from python.org." >&2; exit 1; \
	fi; \
	if ! $$python -c 'import ensurepip, venv' 2>/dev/null; then \
	  echo "$$python cannot make environments: 'apt-get install python3-venv' adds what is missing." >&2; exit 1; \
	fi; \
	echo "making .venv with $$($$python --version), a minute or two the first time"; \
	[ -x $(BIN)/python ] && $(BIN)/python -m pip --version >/dev/null 2>&1 || $$python -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet --editable . --group test --group check --group bench
	@touch $@

demo: setup  ## Replay 18 months of real purchases through Kafka and show what comes out
	@$(BIN)/python -m deploy.demo

test: setup  ## Run all tests; they start a Kafka of their own
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m "not chaos and not bench"
	@$(BIN)/python -m pytest -n 4 $(FAULTS)  # much of it is waiting
	@$(BIN)/python -m pytest -m bench tests/bench || [ $$? -eq 5 ]  # 5: no such tests

chaos: setup  ## Every fault with the whole history and many rounds; make chaos REPEAT=50 for the short form, 50 times
	@if [ -n "$(REPEAT)" ]; then \
	  for round in $$(seq $(REPEAT)); do echo "round $$round"; $(BIN)/python -m pytest -q -n 4 $(FAULTS) || exit; done; \
	else $(BIN)/python -m pytest -n 2 $(FAULTS) --long; fi

check: setup  ## Lint, format, types and import contracts, without running anything
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: setup  ## Measure what the engine promises, and its peers on the same job
	@$(BIN)/python -m tests.bench

clean:  ## Stop the local broker and remove all that was made here: environment, data, caches
	@if [ -x $(BIN)/tidemark ]; then $(BIN)/tidemark broker stop; fi
	@rm -rf .venv .tidemark dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

help:  ## Show this list
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## (.*)/\1\t\2/' | while IFS=$$'\t' read -r name what; do printf '  make %-6s %s\n' "$$name" "$$what"; done
