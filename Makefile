# Every verb of this project; `make` or `make help` lists them.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Rooms without I/O: no branch of them may be untested.
PURE := authz_sidecar/core/*,authz_sidecar/dialects/*,authz_sidecar/located_yaml/*,authz_sidecar/policy_file/*
COMPILE := uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --quiet --python-version 3.11
SOURCES := authz_sidecar tests deploy docs benchmarks

.PHONY: help
help: ## list the verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

# A stamp per set of requirements; the larger set satisfies the smaller.
$(VENV)/demo.stamp: requirements/demo.txt pyproject.toml | $(VENV)/pyvenv.cfg
	@test -e $(VENV)/dev.stamp || $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/demo.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt pyproject.toml | $(VENV)/pyvenv.cfg
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# What the Dockerfile installs, fetched beforehand: the tests themselves reach nothing but loopback.
$(VENV)/wheels.stamp: requirements/runtime.txt requirements/build.txt | $(VENV)/pyvenv.cfg
	@$(BIN)/pip download --quiet --disable-pip-version-check --only-binary :all: --require-hashes \
	  --dest $(VENV)/wheels -r requirements/runtime.txt -r requirements/build.txt
	@touch $@

.PHONY: install
install: $(VENV)/dev.stamp ## install everything for development into .venv

.PHONY: demo
demo: $(VENV)/demo.stamp ## the guide's whole MFA flow through a real proxy (PROXY=traefik|nginx, ONCE=1 to exit after it)
	@$(BIN)/python -m deploy.demo --proxy "$(or $(PROXY),traefik)" $(if $(ONCE),--once)

.PHONY: test
test: $(VENV)/dev.stamp $(VENV)/wheels.stamp ## every test, with the real proxies (as root on Debian it installs them)
	@deploy/install-test-services
ifdef ARGS
	$(BIN)/pytest $(ARGS)
else
	$(BIN)/pytest --ignore=tests/property --ignore=tests/wire --cov --cov-report=term
	@$(BIN)/coverage report --include="$(PURE)" --fail-under=100 >$(VENV)/pure.txt || { cat $(VENV)/pure.txt; exit 1; }
	@# Thousands of examples would take twice as long while lines are counted.
	$(BIN)/pytest tests/property tests/wire
endif

.PHONY: check
check: $(VENV)/dev.stamp ## format, lint, types, layers, dependencies, spelling, generated files
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/deptry authz_sidecar
	$(BIN)/codespell
	$(BIN)/python -m docs.generate --check

.PHONY: format
format: $(VENV)/dev.stamp ## rewrite the sources in the project's format
	$(BIN)/ruff check --fix-only --quiet $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

.PHONY: mutate
mutate: $(VENV)/dev.stamp ## change the core in hundreds of ways: the tests must notice nine in ten
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/mutate.txt
	@rm -rf mutants && $(BIN)/python -m mutmut run > $(VENV)/mutate.txt || { tail -n 30 $(VENV)/mutate.txt; exit 1; }
	@$(BIN)/python -m mutmut results && $(BIN)/python -m mutmut export-cicd-stats > /dev/null
	@$(BIN)/python -c 'import json; s = json.load(open("mutants/mutmut-cicd-stats.json")); \
	  print(s["killed"], "of", s["total"], "mutants noticed"); raise SystemExit(s["killed"] < 0.9 * s["total"])'

.PHONY: docs
docs: $(VENV)/dev.stamp ## write the pages of docs/ and the schemas in config/ that are made from the code
	@$(BIN)/python -m docs.generate

.PHONY: lock
lock: ## compile requirements/*.txt anew from pyproject.toml (needs uv)
	$(COMPILE) pyproject.toml --output-file requirements/runtime.txt
	$(COMPILE) --group build --output-file requirements/build.txt
	$(COMPILE) pyproject.toml --group demo --output-file requirements/demo.txt
	$(COMPILE) pyproject.toml --group dev --output-file requirements/dev.txt
	$(COMPILE) pyproject.toml --group mutate --output-file requirements/mutate.txt

.PHONY: clean
clean: ## remove what the other verbs made
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage* mutants
