# Two commands do everything on a fresh machine with Python 3.11: make serve, make test.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: serve test frontend wheel eval conformance tools check build lock clean

serve: $(VENV)/ready static/build/ready
	@$(BIN)/levikki build --if-changed
	@$(BIN)/levikki serve

test: $(VENV)/ready static/build/ready
	@$(BIN)/pytest

# The bundles of the network page and the query editor, from npm by esbuild. Pages work without them, so a failure stops nothing.
static/build/ready: $(filter-out frontend/npm.log,$(wildcard frontend/*.*)) frontend/make
	@echo "building the front end (half a minute, once)"
	@frontend/make $(PYTHON)

frontend:
	@rm -f static/build/ready
	@$(MAKE) --no-print-directory static/build/ready

# One file with everything in it, for machines without Node and without this folder: dist/levikki-*.whl. It fails where the bundles are missing.
wheel: $(VENV)/ready static/build/ready
	@rm -f dist/levikki-*.whl
	@$(BIN)/pip wheel --quiet --disable-pip-version-check --no-build-isolation --no-deps --no-index --wheel-dir dist .
	@ls dist/levikki-*.whl

# How well claims are read: per page, per rule family, with a confusion table of statuses. The page /about shows the table that it writes.
eval: $(VENV)/ready
	@$(BIN)/python -m benchmarks.evaluate --csv data/quality.csv

# W3C's SPARQL 1.1 suites (../shared/suites), over HTTP against the app; ARGS="--only protocol" runs a part.
conformance: $(VENV)/ready
	@$(BIN)/python -m benchmarks.conformance $(ARGS)

# Everything that CI checks beside the tests: style, types, docs freshness.
check: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/cog --check README.md docs/*.md

build: $(VENV)/ready
	@$(BIN)/levikki build

# Pinned by version and hash; the file names no registry.
$(VENV)/ready: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Levikki needs Python 3.11: install it, or say make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@echo "installing what requirements.lock pins (a minute or two, once)"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

# The readers that tests open exports with, from PyPI and npm: tests/tools. `make test` runs without them, .ci/run does not.
tools: .tools/ready

.tools/ready: tests/tools/requirements.lock tests/tools/package-lock.json
	@$(PYTHON) -m venv .tools
	@.tools/bin/pip install --quiet --disable-pip-version-check --require-hashes -r tests/tools/requirements.lock
	@cd tests/tools && npm ci --silent
	@touch $@

# Pin the newest versions anew, with hashes; needs pip-tools in the venv.
lock: $(VENV)/ready
	$(BIN)/pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --strip-extras \
	  --extra dev --build-deps-for wheel --output-file requirements.lock pyproject.toml
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --strip-extras \
	  --output-file tests/tools/requirements.lock tests/tools/requirements.in
	cd tests/tools && npm install --silent --package-lock-only

clean:
	rm -rf $(VENV) .tools .node tests/tools/node_modules frontend/node_modules static/build data/snapshots build dist *.egg-info
