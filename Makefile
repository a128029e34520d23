# Everything starts here. `make demo` and `make test` need Python 3.11 or newer and nothing else.
.PHONY: demo test bench chaos check clean help
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet

# The newest suitable Python on the PATH, unless PYTHON says which.
CHECK_PYTHON := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c '$(CHECK_PYTHON)' 2>/dev/null && { echo $$python; break; }; done)

help:
	@echo "make demo    run Pooltrackr with demo data at http://localhost:8000 (XERO=real: your own Xero app)"
	@echo "make test    run all tests (ARGS='-k name' for some)"
	@echo "make bench   run the benchmarks, results in bench/results/"
	@echo "make chaos   run the long tests: faults, worst cases (marker long)"
	@echo "make check   lint, types, import rule, migrations, deployment settings"
	@echo "make clean   remove the demo's data, logs and caches (not .venv)"

demo: $(VENV)/.runtime
	$(BIN)/python manage.py demo $(if $(FRESH),--fresh) $(if $(XERO),--xero $(XERO))

test: $(VENV)/.development
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 8 --dist loadgroup $(ARGS)

bench: $(VENV)/.development
	@set -e; for file in bench/*.py; do echo "== $$file"; $(BIN)/python $$file $(ARGS); done

chaos: $(VENV)/.development
	$(BIN)/python -m pytest -m long $(ARGS)

check: $(VENV)/.development
	PATH="$(CURDIR)/$(BIN):$$PATH" tools/check

clean:
	rm -rf var .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@test -n "$(PYTHON)" || { \
		echo "Pooltrackr needs Python 3.11 or newer with its venv module, and found none."; \
		echo "On Debian and Ubuntu: apt-get install python3 python3-venv."; \
		echo "Or name one: make PYTHON=/path/to/python3.12 demo"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# Installed again whenever the list changes.
$(VENV)/.runtime: requirements.txt | $(BIN)/python
	@echo "Installing what Pooltrackr needs into $(VENV) ..."
	$(PIP) install --requirement requirements.txt
	@touch $@

$(VENV)/.development: requirements-dev.txt $(VENV)/.runtime
	@echo "Installing what the tests need into $(VENV) ..."
	$(PIP) install --requirement requirements-dev.txt
	@touch $@
