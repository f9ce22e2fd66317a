# `make` lists the targets. `make TARGET` prepares .venv as far as the target needs it and runs the target;
# `make TARGET_x` (lint_x, test_x, ...) runs it in the active environment.

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV := .venv
DISTRIBUTIONS := packages/torc-client packages/torc-server packages/torc-runner packages/torc-dash
ALONE := server,runner,dash,client
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check --quiet
PROGRAMS := $(VENV)/.programs
TOOLS := $(VENV)/.tools
FUZZ_EXAMPLES := 600
SITE_VENV := .venv-docs
WITH_TOOLS := test fuzz lint types fmt openapi docs dist bench bench-all

export PYTHONDONTWRITEBYTECODE := 1
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo demo_x install clean site $(WITH_TOOLS) $(addsuffix _x,$(WITH_TOOLS))

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

demo: $(PROGRAMS) ## run a real workflow on a temporary server
	@$(VENV)/bin/python tools/demo.py
test: ## everything that CI runs: lint, types, each distribution alone, all together
fuzz: ## fuzz the API for half an hour (FUZZ_EXAMPLES calls of each operation)
lint: ## style and imports
types: ## mypy, strict
fmt: ## format the code and fix what ruff can fix
openapi: ## generate openapi.json from the server and the client's api/ from openapi.json
docs: ## generate the reference pages, check all links, and build the site (site/index.html)
site: $(SITE_VENV)/.ready ## build only the site
	@NO_MKDOCS_2_WARNING=1 $(SITE_VENV)/bin/mkdocs build --strict --quiet
	@echo "site/index.html"
dist: ## build four wheels and sdists in dist/
bench: ## run the benchmarks in small sizes (minutes); print a table, write JSON to .bench
bench-all: ## run the benchmarks in full size, with other programs, and write the page (hours)
install: $(TOOLS) ## create .venv with the four distributions (editable) and the developers' tools
clean: ## remove the files that make and the tests created
	rm -rf $(VENV) $(SITE_VENV) .tox .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .bench dist build site
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(WITH_TOOLS): %: $(TOOLS)
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" $(MAKE) --no-print-directory $*_x

demo_x:
	@python tools/demo.py

test_x: lint_x types_x
	tox run-parallel --parallel 2 --parallel-no-spinner -e $(ALONE)
	pytest -q -n 2 --dist loadgroup tests

fuzz_x:
	TORC_FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) pytest -q -n 2 --dist loadgroup tests/fuzz

lint_x:
	ruff check .
	ruff format --check .
	lint-imports

types_x:
	mypy
	MYPYPATH=tests mypy --explicit-package-bases --allow-untyped-defs --allow-incomplete-defs tests

fmt_x:
	ruff check --fix-only .
	ruff format .

openapi_x:
	torc-server openapi --output packages/torc-client/src/torc_client/openapi.json
	python tools/openapi_client/generate.py

docs_x:
	python tools/reference_docs.py
	pytest -q tests/docs/test_pages.py tests/docs/test_site.py tests/docs/test_variables.py
	$(MAKE) --no-print-directory site

dist_x:
	rm -rf dist
	for distribution in $(DISTRIBUTIONS); do python -m build --outdir dist $$distribution || exit 1; done
	@ls -l dist

bench_x:
	python -m benchmarks

bench-all_x:
	python -m benchmarks --full
	python -m benchmarks.report .bench/full.json

# The programs, for users; then the tools of developers.
$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "No python3 found. Torc needs Python 3.11 or newer." >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is too old: Torc needs Python 3.11 or newer. Name one with: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@"$(PYTHON)" -m venv $(VENV)

$(PROGRAMS): $(VENV)/bin/python $(addsuffix /pyproject.toml,$(DISTRIBUTIONS))
	@echo "Installing the four distributions into $(VENV) ..."
	@$(PIP) install $(foreach distribution,$(DISTRIBUTIONS),--editable ./$(distribution))
	@touch $@

$(TOOLS): $(PROGRAMS) tools/requirements.txt
	@echo "Installing the developers' tools into $(VENV) ..."
	@$(PIP) install --requirement tools/requirements.txt
	@touch $@

# The tools of the site are in a separate environment, because they need none of the distributions.
$(SITE_VENV)/.ready: tools/docs-requirements.txt
	@test -n "$(PYTHON)" || { echo "No python3 found. The site needs Python 3.11 or newer." >&2; exit 1; }
	@"$(PYTHON)" -m venv $(SITE_VENV)
	@echo "Installing mkdocs into $(SITE_VENV) ..."
	@$(SITE_VENV)/bin/python -m pip --disable-pip-version-check --quiet install --requirement tools/docs-requirements.txt
	@touch $@
