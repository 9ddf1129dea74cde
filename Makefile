# make demo   the whole path: atoms, micrographs, a network, real micrographs; opens in report.html
# make test   everything that CI runs: ruff, import contracts, types, tests, examples, documentation
# make docs   the documentation as web pages; runs the examples

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO_OUT ?= demo-run
WORKERS ?= 2
SPHINX := -W --keep-going -q -b html

.PHONY: demo test docs clean

demo: $(VENV)/.train
	$(BIN)/seg-train run demo --out $(DEMO_OUT) --workers $(WORKERS)

test: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2
	$(BIN)/python -m sphinx $(SPHINX) docs docs/_build/html

docs: $(VENV)/.docs
	$(BIN)/python -m sphinx $(SPHINX) docs docs/_build/html

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.train: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --disable-pip-version-check -e ".[train]"
	@touch $@

$(VENV)/.dev: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --disable-pip-version-check -e ".[dev]"
	@touch $@

$(VENV)/.docs: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --disable-pip-version-check -e ".[docs]"
	@touch $@

clean:
	rm -rf $(VENV) $(DEMO_OUT) docs/_build docs/gallery docs/api examples/runs
