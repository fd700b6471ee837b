# Everything a newcomer needs: only make and Python 3.11 or newer have to be there.
SHELL := /bin/sh
.DEFAULT_GOAL := help

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Tests take what they need from the bundled PostgreSQL, or from TALENT_REGISTRY_PG_BINDIR.
WORKERS ?= auto
# What the coverage that the house demands is measured by; measuring every other test as well would cost minutes.
MEASURED := tests/domain tests/services tests/api/test_credentials.py tests/api/test_entitlements.py \
	tests/api/test_placement_sums.py tests/api/test_planned_reads.py tests/web/test_streams.py
# Of these what takes long and reaches nothing that the others do not: not measured.
APART := $(addprefix tests/services/test_,recalled_lives.py simulations.py effects.py four_clocks.py household_stays.py \
	generation.py corrected_credentials.py roster_sets.py verification_batches.py verifications_at_once.py contested_cases.py roll_races.py)
# The rest of the tests: every other room, whatever rooms there are, and what was set apart.
REST := $(filter-out $(MEASURED:%=%/) tests/bench/ tests/data/ tests/__pycache__/,$(wildcard tests/*/)) $(APART)

.PHONY: help demo serve test check bench lock

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' Makefile

demo: $(VENV)/.run ## Set everything up and tell the registry's story in the terminal
	@TALENT_REGISTRY_DATA="$(CURDIR)/.demo" TALENT_REGISTRY_ALLOW_TEST_IDENTITIES=true $(BIN)/talent-registry demo

serve: $(VENV)/.run ## Serve the registry on http://127.0.0.1:8000, with data in this user's own folder
	@$(BIN)/talent-registry serve

test: $(VENV)/.test ## Run every test, with the coverage the house demands
	@rm -f .coverage .coverage.*
	$(BIN)/python -m pytest -n $(WORKERS) --cov --cov-report= $(MEASURED) $(APART:%=--ignore=%)
	$(BIN)/python -m pytest -n $(WORKERS) $(REST) $(filter %.py,$(MEASURED:%=--ignore=%))
	$(BIN)/python -m coverage report --include='talent_registry/domain/*' --fail-under=100
	$(BIN)/python -m coverage report --include='talent_registry/services/*' --fail-under=95

check: $(VENV)/.dev ## Run what CI checks before the tests, in CI's order
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/house

bench: $(VENV)/.test ## Measure the registry against its peers and goals; PART=pages for one part, PEOPLE=1000000 for full size
	@$(BIN)/python -m pytest -q -s -o 'norecursedirs=.*' $(if $(PART),tests/bench/test_$(PART).py,tests/bench)

# An environment that lacks what pyproject.toml newly asks for can still write the lock that holds it.
lock: ## Write requirements/*.lock anew from pyproject.toml
	@test -x $(BIN)/uv || $(MAKE) $(VENV)/.dev
	@sh requirements/lock.sh $(BIN)/uv

# One environment; each stamp says which lock it holds. A newer lock or pyproject.toml installs again, nothing else does.
# --no-deps: a lock is complete, and the pip of Python 3.11 looks past it for what is asked with an extra (coverage[toml]).
$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "需要 Python 3.11 或更新版本（含 venv 与 pip）；Debian: apt-get install python3-venv" >&2; \
		echo "Python 3.11 or newer with venv and pip is needed; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@echo "正在准备 $(VENV) / making $(VENV) with $(PYTHON)" >&2
	@$(PYTHON) -m venv --clear $(VENV)

# The library by which others verify receipts in JavaScript, beside the environment and not in the tree.
$(VENV)/.jose: tests/signing/package.json tests/signing/package-lock.json | $(BIN)/python
	@mkdir -p $(VENV)/jose
	@cp tests/signing/package.json tests/signing/package-lock.json $(VENV)/jose/
	@npm ci --prefix $(VENV)/jose --ignore-scripts --no-audit --no-fund
	@touch $@

$(VENV)/.run: requirements/run.lock pyproject.toml | $(BIN)/python
	@echo "正在安装 / installing requirements/run.lock" >&2
	@$(PIP) install --require-hashes --no-deps --only-binary :all: -r requirements/run.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: requirements/test.lock pyproject.toml | $(BIN)/python
	@echo "正在安装 / installing requirements/test.lock" >&2
	@$(PIP) install --require-hashes --no-deps --only-binary :all: -r requirements/test.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.run

$(VENV)/.dev: requirements/dev.lock pyproject.toml | $(BIN)/python
	@echo "正在安装 / installing requirements/dev.lock" >&2
	@$(PIP) install --require-hashes --no-deps --only-binary :all: -r requirements/dev.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(PIP) check
	@touch $@ $(VENV)/.test $(VENV)/.run
