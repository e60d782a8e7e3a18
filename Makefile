# Two commands do everything: `make demo` serves a filled cabinet, `make test` runs all tests. Python >= 3.11 and make are enough.
.DEFAULT_GOAL := help
SHELL := /bin/sh

PYTHON ?= python3
PORT ?= 6543
T ?= tests
B ?=
VENV := .venv
BIN := $(VENV)/bin
THEME := themes/cabinet_theme_default
LOCK := deploy/requirements/lock.txt
NODE_LOCK := deploy/requirements/node.lock.txt
FUZZ_LOCK := deploy/requirements/fuzz.lock.txt
F ?= 1c mt940 camt ofx table any
SECONDS ?= 600
COMPILED := .pytest_cache/templates
# Bytecode is kept whatever the environment says: many tests start processes, which find compiled what the first one compiled.
PYTEST := mkdir -p $(COMPILED) && PYTHONDONTWRITEBYTECODE= CHAMELEON_CACHE="$(CURDIR)/$(COMPILED)" $(BIN)/python -m pytest

.PHONY: help venv assets catalogues demo test test-long example lint fix types docs check bench screens lock browser clean

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

venv: $(VENV)/.made ## the virtual environment that everything else stands on

$(VENV)/.made: $(LOCK) setup.py deploy/requirements/runtime.in
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Cabinet needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Making $(VENV) (once)…"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $(LOCK)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

assets: $(THEME)/static/dist/manifest.json ## build the theme (CSS, scripts, fonts)

$(THEME)/static/dist/manifest.json: $(VENV)/.made $(THEME)/package-lock.json $(THEME)/build.mjs $(shell find $(THEME)/static/src -type f) $(shell find core modules -name '*.pt' -o -name 'hooks.py' -o -name 'contributions.py' -o -path '*/contributions/*.py')
	@$(BIN)/python deploy/node.py $(THEME) $(NODE_LOCK)

catalogues: $(VENV)/.made
	@$(BIN)/python -m cabinet.i18n.catalogues compile

demo: assets catalogues ## serve a filled cabinet on http://127.0.0.1:$(PORT)
	@$(BIN)/cabinet demo --port $(PORT)

browser: $(VENV)/.made
	@$(BIN)/python deploy/browser.py

test: assets catalogues browser ## run all tests (T=tests/core for a part)
	$(PYTEST) $(T) -n 2 --dist worksteal -m "not long"

test-long: assets catalogues browser ## the full-size packs
	$(PYTEST) $(T) -n 2 --dist worksteal -m long

example: assets catalogues ## the package of docs/examples: built, installed, tested and used as a stranger's would be
	$(PYTEST) tests/functional/test_example_module.py -m ""

lint: $(VENV)/.made ## ruff, formatting, translations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m cabinet.i18n.catalogues check

fix: $(VENV)/.made ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/.made ## mypy, strict
	$(BIN)/mypy

check: lint types test ## all that CI runs

bench: assets catalogues ## measure (B=matching for a part); writes docs/performance.md
	$(BIN)/python tests/bench/run.py $(B)

fuzz: catalogues ## break the readers of statements (F=ofx for one, SECONDS=600 each)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $(FUZZ_LOCK)
	@for one in $(F); do echo "$$one, $(SECONDS) seconds"; $(BIN)/python tests/fuzz/run.py $$one $(SECONDS) || exit 1; done

screens: assets catalogues browser ## every screen in two languages, two widths, light and dark
	$(BIN)/python tests/browser/screens.py

docs: $(VENV)/.made ## check that the docs name what exists
	$(PYTEST) tests/architecture/test_docs.py -q

lock: $(VENV)/.made ## pin all versions with hashes
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --no-emit-index-url deploy/requirements/build.in deploy/requirements/test.in deploy/requirements/lint.in -o $(LOCK)
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --no-emit-index-url deploy/requirements/node.in -o $(NODE_LOCK)
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --no-emit-index-url deploy/requirements/fuzz.in -o $(FUZZ_LOCK)

clean: ## remove what the commands made
	rm -rf $(VENV) var screens $(THEME)/node_modules $(THEME)/static/dist core/cabinet/pdf/fonts .pytest_cache .mypy_cache .ruff_cache
