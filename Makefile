# `make` alone shows what there is. Every target x prepares .venv as far as it needs it and then does x;
# `make x_x` (lint_x, test_x, ...) does the same in the environment that is active now.

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

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

demo: $(PROGRAMS) ## run a real workflow on a server of its own, here and now
	@$(VENV)/bin/python tools/demo.py
test: ## everything that CI runs: lint, types, each distribution alone, all together
fuzz: ## send the service what nobody would think of, for half an hour (FUZZ_EXAMPLES of each operation)
lint: ## style and imports
types: ## mypy, strict
fmt: ## format the code and mend what ruff can mend
openapi: ## write openapi.json from the server and the client's api/ from that
docs: ## write the reference pages, check every link, and build the site (site/index.html)
site: $(SITE_VENV)/.ready ## build the site alone
	@NO_MKDOCS_2_WARNING=1 $(SITE_VENV)/bin/mkdocs build --strict --quiet
	@echo "site/index.html"
dist: ## four wheels and sdists in dist/
bench: ## measure in small sizes: minutes; prints a table, leaves JSON in .bench
bench-all: ## measure everything in full size, other programs too, and write the page: hours
install: $(TOOLS) ## .venv with the four distributions (editable) and the developers' tools
clean: ## remove what make and the tests made
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

# The programs alone, for those who want to use them; then what working on them needs.
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

# The site's own tools, apart from all others: they need nothing of ours.
$(SITE_VENV)/.ready: tools/docs-requirements.txt
	@test -n "$(PYTHON)" || { echo "No python3 found. The site needs Python 3.11 or newer." >&2; exit 1; }
	@"$(PYTHON)" -m venv $(SITE_VENV)
	@echo "Installing mkdocs into $(SITE_VENV) ..."
	@$(SITE_VENV)/bin/python -m pip --disable-pip-version-check --quiet install --requirement tools/docs-requirements.txt
	@touch $@
