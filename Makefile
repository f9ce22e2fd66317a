# `make` lists the targets. Each target prepares the environment in $(VENV) as far as it needs it, with the versions in
# tools/locks, and runs there. tox.ini has only the tests of each distribution alone.

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV ?= .venv
SITE_VENV := .venv-docs
DISTRIBUTIONS := packages/torc-client packages/torc-server packages/torc-runner packages/torc-dash
COMMA := ,
SPACE := $() $()
ALONE := server,runner,client,dash
LOCKS := tools/locks
PROGRAMS := $(VENV)/.programs
TOOLS := $(VENV)/.tools
SKIPS := $(CURDIR)/.tox/skips
WORKERS ?= 2
FUZZ_EXAMPLES := 600
# Each worker of pytest starts a cluster. Most of these tests wait for Slurm, so that more clusters than cores help.
SLURM_CLUSTERS := 3
SKIP_SLURM ?=
EVERYDAY ?=
OUTAGES ?=

# The pip that comes with Python 3.11 is enough. Every download is checked by its hash.
PIP = $(1)/bin/python -m pip --disable-pip-version-check --quiet install
LOCKED := --no-deps --no-build-isolation --use-pep517 --require-hashes
EDITABLE := --no-deps --no-build-isolation $(foreach distribution,$(DISTRIBUTIONS),--editable ./$(distribution))
PYTEST := pytest -q --dist loadgroup
PYTEST_TWICE := python tools/pytest_twice.py -q --dist loadgroup

export PATH := $(abspath $(VENV))/bin:$(PATH)
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo check test test-times test-newest test-oldest test-pythons test-everyday test-outages test-slurm alone together fuzz lint \
	types fmt openapi reference docs site dist bench bench-all lock install clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

demo: $(PROGRAMS) ## run a real workflow on a temporary server
	@python tools/demo.py

check: $(TOOLS) ## quick: style, imports and the tests of the four distributions, on all cores
	ruff check .
	ruff format --check .
	lint-imports
	$(PYTEST) -n auto $(addsuffix /tests,$(DISTRIBUTIONS))

test: $(TOOLS) ## everything that CI runs
	@rm -f $(SKIPS)
	@status=0; TORC_TEST_SKIPS=$(SKIPS) $(MAKE) --no-print-directory --keep-going lint types alone together || status=$$?; \
		python tools/skipped_tests.py $(SKIPS); exit $$status

test-times: $(TOOLS) ## run all tests and list the slowest twenty
	$(PYTEST) -n $(WORKERS) --durations 20 --durations-min 0.5 packages tests

# Each distribution's built wheel in an environment of its own: see tox.ini.
alone: $(TOOLS)
	tox run-parallel --parallel 2 --parallel-no-spinner -e $(ALONE)

together: $(TOOLS)
	$(PYTEST_TWICE) -n $(WORKERS) tests

test-pythons: $(TOOLS) ## each distribution alone on Python 3.11, 3.12 and 3.13
	tox run -e $(subst $(SPACE),$(COMMA),$(foreach python,py311 py312 py313,$(addprefix $(python)-,$(subst $(COMMA),$(SPACE),$(ALONE)))))

test-newest: RESOLUTION := highest
test-newest: .tox/newest/.ready ## all tests on the newest versions that the pyproject.toml files allow
	PATH="$(CURDIR)/.tox/newest/bin:$$PATH" $(PYTEST) -n $(WORKERS) packages tests

test-oldest: RESOLUTION := lowest-direct
test-oldest: .tox/oldest/.ready ## all tests on the oldest versions that the pyproject.toml files allow
	PATH="$(CURDIR)/.tox/oldest/bin:$$PATH" $(PYTEST) -n $(WORKERS) packages tests

.PHONY: .tox/newest/.ready .tox/oldest/.ready
.tox/newest/.ready .tox/oldest/.ready: $(TOOLS)
	rm -rf $(@D)
	python tools/locks.py --only develop --resolution $(RESOLUTION) --directory $(@D).locks
	uv venv --quiet --python python $(@D)
	uv pip install --quiet --python $(@D) --requirement $(@D).locks/develop.txt
	uv pip install --quiet --python $(@D) $(EDITABLE)

test-everyday: $(TOOLS) ## 300 random sequences of everyday commands (EVERYDAY="--seed 7" repeats one)
	PYTHONPATH=tests python -m everyday --workers $(WORKERS) $(EVERYDAY)

test-outages: $(TOOLS) ## outages of 5 to 600 s between real hosts (root); OUTAGES="--kind drop --seconds 20" performs one
	PYTHONPATH=tests python -m outages $(OUTAGES)
	@[ -n "$(OUTAGES)" ] || PYTHONPATH=tests python -m outages --remote

test-slurm: $(TOOLS) ## tests on real Slurm clusters of this machine (root, Debian's Slurm); SKIP_SLURM=1 skips them
	@if [ -n "$(SKIP_SLURM)" ]; then echo "SKIP_SLURM is set: the tests on a Slurm cluster do not run."; \
		else TORC_TEST_SLURM=1 $(PYTEST_TWICE) -n $(SLURM_CLUSTERS) tests/slurm; fi

fuzz: $(TOOLS) ## fuzz the API for half an hour (FUZZ_EXAMPLES calls of each operation), and measure what calls cost
	TORC_FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) TORC_FUZZ_COSTS=full $(PYTEST) -n $(WORKERS) tests/fuzz

lint: $(TOOLS) ## style and imports
	ruff check .
	ruff format --check .
	lint-imports

types: $(TOOLS) ## mypy, strict
	mypy
	MYPYPATH=tests:tools:tools/openapi_client:packages/torc-server/tests mypy --explicit-package-bases --allow-untyped-defs --allow-incomplete-defs tests

fmt: $(TOOLS) ## format the code and fix what ruff can fix
	ruff check --fix-only .
	ruff format .

openapi: $(TOOLS) ## generate openapi.json, the client's api/ and its defaults.py from the server
	torc-server openapi --output packages/torc-client/src/torc_client/openapi.json
	python tools/openapi_client/generate.py

reference: $(TOOLS) ## generate the pages of docs/reference that are derived from the code
	python tools/reference_docs.py

docs: reference ## generate the reference pages, check all links, and build the site (site/index.html)
	pytest -q tests/docs/test_pages.py tests/docs/test_site.py tests/docs/test_variables.py
	$(MAKE) --no-print-directory site

site: $(SITE_VENV)/.ready ## build only the site
	@NO_MKDOCS_2_WARNING=1 $(SITE_VENV)/bin/mkdocs build --strict --quiet
	@echo "site/index.html"

dist: $(PROGRAMS) ## build four wheels and sdists in dist/
	rm -rf dist
	for distribution in $(DISTRIBUTIONS); do (cd $$distribution && hatchling build --directory $(CURDIR)/dist) || exit 1; done
	@ls -l dist

bench: $(TOOLS) ## run the benchmarks in small sizes (minutes); print a table, write JSON to .bench
	python -m benchmarks

bench-all: $(TOOLS) ## run the benchmarks in full size, with other programs, and write the page (hours)
	python -m benchmarks --full
	python -m benchmarks.report .bench/full.json

lock: $(TOOLS) ## renew the locks: the newest versions that the pyproject.toml files allow
	python tools/locks.py

install: $(TOOLS) ## create .venv with the four distributions (editable) and the developers' tools

clean: ## remove the files that make and the tests created
	rm -rf $(VENV) $(SITE_VENV) .tox .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .bench dist build site
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# $(PROGRAMS): the four distributions, for use. $(TOOLS): also the tools for development.
$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "No python3 found. Torc needs Python 3.11 or newer." >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is too old: Torc needs Python 3.11 or newer. Name one with: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@"$(PYTHON)" -m venv $(VENV)

$(PROGRAMS): $(VENV)/bin/python $(LOCKS)/run.txt $(addsuffix /pyproject.toml,$(DISTRIBUTIONS))
	@echo "Installing the four distributions into $(VENV) ..."
	@$(call PIP,$(VENV)) $(LOCKED) --requirement $(LOCKS)/run.txt
	@$(call PIP,$(VENV)) $(EDITABLE)
	@touch $@

$(TOOLS): $(PROGRAMS) $(LOCKS)/develop.txt
	@echo "Installing the developers' tools into $(VENV) ..."
	@$(call PIP,$(VENV)) $(LOCKED) --requirement $(LOCKS)/develop.txt
	@touch $@

# The tools of the site have an environment of their own.
$(SITE_VENV)/.ready: $(LOCKS)/site.txt tools/docs_diagrams.py
	@test -n "$(PYTHON)" || { echo "No python3 found. The site needs Python 3.11 or newer." >&2; exit 1; }
	@"$(PYTHON)" -m venv $(SITE_VENV)
	@echo "Installing mkdocs into $(SITE_VENV) ..."
	@$(call PIP,$(SITE_VENV)) $(LOCKED) --requirement $(LOCKS)/site.txt
	@$(SITE_VENV)/bin/python tools/docs_diagrams.py
	@touch $@
