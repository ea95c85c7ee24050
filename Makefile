# The README's commands: `make run` and `make test` need nothing done before them.
.PHONY: run test check covered bench messages docs lock screenshots clean help

SHELL := /bin/sh
# Images often forbid Python to keep bytecode. The tests start hundreds of processes, and each would compile the package anew.
unexport PYTHONDONTWRITEBYTECODE
BIN := .venv/bin
PORT ?= 8000
HOST ?= 127.0.0.1
SHOP ?= shop
WORKERS ?= 3
PYTEST ?=

help:  ## Say what there is to make.
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

run: .venv/.installed  ## Install, create the demo shop, open the console on http://127.0.0.1:8000 (PORT= overrides).
	@sh tools/run.sh "$(SHOP)" "$(HOST)" "$(PORT)"

test: .venv/.installed-dev  ## Install everything with the browser, and run all tests (WORKERS= at once; PYTEST= passes options on).
	@sh tools/chromium.sh
	@sh tools/postgres.sh
	@sh tools/node_clients.sh
	$(BIN)/finegrain compile
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST)

check: .venv/.installed-dev  ## Linters, types, floors, catalogues, documents, and the covered core.
	$(BIN)/python tools/check.py

covered: .venv/.installed-dev  ## Name every line and branch of the numeric core that its tests leave out.
	@$(BIN)/python -m tools.covered

bench: .venv/.installed-dev  ## Measure, and write benchmarks/results.json.
	$(BIN)/python -m benchmarks

messages: .venv/.installed-dev  ## Bring the catalogues up to date with the texts in the code.
	$(BIN)/python -m tools.messages --write

docs: .venv/.installed-dev  ## Write the generated pages of docs/.
	$(BIN)/python -m tools.pages --write

screenshots: .venv/.installed-dev  ## Take docs/images anew, in both languages and themes.
	@sh tools/chromium.sh
	$(BIN)/python -m tools.screenshots

lock: .venv/.installed-dev  ## Pin all requirements anew, with hashes and without any index address.
	sh tools/lock.sh

clean:  ## Remove what was installed and cached; workspaces stay.
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage htmlcov dist build

.venv/.installed: requirements.txt pyproject.toml tools/install.sh
	@sh tools/install.sh requirements.txt

.venv/.installed-dev: requirements-dev.txt pyproject.toml tools/install.sh
	@sh tools/install.sh requirements-dev.txt
