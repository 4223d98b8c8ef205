# Every target sets up what it needs. `make help` lists them.

.DEFAULT_GOAL := help
.PHONY: help demo test check peers soak bench format lock clean

# The first Python that is new enough; `make PYTHON=/path/to/python3 demo` chooses another.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)

VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.ready
DEV := $(VENV)/.ready-dev
WORKERS ?= 2
PIP_INSTALL = -m pip --disable-pip-version-check install -qq

help:  ## List the targets.
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' $(MAKEFILE_LIST) | expand -t 10

demo: $(RUNTIME)  ## Run two circuits from both SDKs on every cloud of the sandbox.
	@$(BIN)/ketbridge demo

test: $(DEV)  ## Run the tests (no soak, no benchmarks).
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -m "not soak and not benchmark"

check: $(DEV)  ## Lint, formatting, types, and the direction of imports.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports

peers: $(DEV)  ## Run public clients, in environments of their own, against the sandbox.
	PYTHONPATH=tests $(BIN)/python -m peers.run

soak: $(DEV)  ## Run the tests that take minutes.
	$(BIN)/python -m pytest -m soak

bench: $(DEV)  ## Measure speed against the goals and against other clients.
	PYTHONPATH=tests $(BIN)/python -m benchmarks.run

format: $(DEV)  ## Format the code and mend what ruff can mend.
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

lock:  ## Write constraints.txt anew from the newest releases that fit pyproject.toml.
	rm -rf .venv-lock
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python $(PIP_INSTALL) --upgrade 'pip>=25.1'
	.venv-lock/bin/python $(PIP_INSTALL) -e '.[all]' --group dev
	{ echo '# Releases that are known to work together; `make lock` writes this file.'; \
	  .venv-lock/bin/python -m pip freeze --exclude-editable; } > constraints.txt
	rm -rf .venv-lock

clean:  ## Remove everything that the other targets made.
	rm -rf $(VENV) .venv-lock .peers build dist .hypothesis .pytest_cache .mypy_cache .ruff_cache \
		.import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUNTIME): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { \
		echo 'Ketbridge needs Python 3.11 or newer, and python3 here is older or missing.'; \
		echo 'Install one, or name it: make PYTHON=/path/to/python3 $(MAKECMDGOALS)'; exit 1; } >&2
	@echo 'Setting up $(VENV) (once; a minute or two) ...'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python $(PIP_INSTALL) --upgrade 'pip>=25.1'
	@$(BIN)/python $(PIP_INSTALL) -c constraints.txt -e '.[all]'
	@touch $@

$(DEV): $(RUNTIME)
	@echo 'Adding the development tools to $(VENV) ...'
	@$(BIN)/python $(PIP_INSTALL) -c constraints.txt -e '.[all]' --group dev
	@touch $@
