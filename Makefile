# Commands for people who work on this project. `make` alone lists them.
# Everything is installed into $(VENV); no Node or browser has to be there before.

VENV ?= .venv
APP ?= magic_8_ball
PORT ?= 7860
PYTEST_ARGS ?=
BENCH_ARGS ?=
PROOF_ARGS ?=

BIN := $(VENV)/bin
PY := $(BIN)/python
PIP := $(PY) -m pip --disable-pip-version-check install --quiet
STAMPS := $(VENV)/.stamps
TEMPLATES := backend/gradio_webrtc/templates/sources.sha256
NODE_MODULES := frontend/node_modules/.lock.sha256
INSTALL_INPUTS := pyproject.toml hatch_build.py
DEMOS := $(sort $(patsubst demo/%/app.py,%,$(wildcard demo/*/app.py)))
FRONTEND_SOURCES := $(shell find frontend -name node_modules -prune -o -type f -print 2>/dev/null)

# node and npm come from a wheel in the virtual environment.
export PATH := $(abspath $(BIN)):$(PATH)
export GRADIO_ANALYTICS_ENABLED := False
export HF_HUB_DISABLE_TELEMETRY := 1

.DEFAULT_GOAL := help
# Installing is one step after the other; only what checks runs side by side.
ifeq ($(filter check-%,$(MAKECMDGOALS)),)
.NOTPARALLEL:
endif
TOGETHER := $(MAKE) --no-print-directory --jobs=2 $(if $(filter output-sync,$(.FEATURES)),--output-sync)
.PHONY: help demo known-demo test check check-packages check-python check-types check-page \
	check-page-types check-page-tests audit format docs bench proof performance dist sbom clean

help: ## List the commands
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

demo: known-demo $(STAMPS)/app $(TEMPLATES) $(STAMPS)/demo-$(APP) ## Serve a demo at http://localhost:7860 (APP=magic_8_ball, PORT=7860)
	GRADIO_SERVER_PORT=$(PORT) $(PY) demo/$(APP)/app.py

known-demo:
	@$(if $(filter $(APP),$(DEMOS)),:,echo "No demo is called '$(APP)'. Choose one of: $(DEMOS)." >&2; exit 2)

test: $(STAMPS)/dev $(TEMPLATES) $(NODE_MODULES) ## Run every check and every test
	$(PY) -m tests.support.chromium
	$(PY) -m tests.support.coturn
	$(PY) -m tests.support.debian_programs
	$(PY) -m tests.support.on_uvloop
	$(TOGETHER) $(CHECKS) check-page-tests
	$(BIN)/pytest --numprocesses=auto --durations=10 $(PYTEST_ARGS)

check: $(STAMPS)/dev $(TEMPLATES) $(NODE_MODULES) ## Lint and type-check all code, and tell of known weaknesses of packages
	$(TOGETHER) $(CHECKS) check-packages

CHECKS := check-types check-page-types check-page check-python

check-python:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(PY) tools/structure.py

# Importing the component makes Gradio write .pyi files beside the sources; mypy would read those.
check-types:
	find backend/gradio_webrtc -name "*.pyi" -delete
	$(BIN)/mypy

# Tells, and fails for nothing: not among the checks of `make test`, where nobody reads it.
check-packages:
	$(PY) tools/audit.py

audit: $(STAMPS)/dev ## Fail for known weaknesses of what users get, and where nothing could be asked
	$(PY) tools/audit.py --required

check-page:
	cd frontend && npm run --silent lint

check-page-types:
	cd frontend && npm run --silent check

check-page-tests:
	cd frontend && npm run --silent test

format: $(STAMPS)/dev ## Format the Python code and fix what ruff can fix
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(STAMPS)/docs ## Build the documentation into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

bench: $(STAMPS)/dev $(TEMPLATES) ## Measure against the budgets and print the table
	$(PY) -m bench $(BENCH_ARGS)

proof: $(STAMPS)/dev $(TEMPLATES) ## Run the long searches and soaks before a release (PROOF_ARGS="PART --seconds 60")
	$(PY) -m proof $(PROOF_ARGS)

performance: $(STAMPS)/dev ## Write docs/performance.md and its pictures from what make proof found
	$(PY) -m proof.report

dist: $(STAMPS)/dev ## Build the wheel and the source distribution into dist/
	$(PY) -m build

sbom: $(STAMPS)/dev $(NODE_MODULES) ## List what a release brings with it, Python and npm packages, into dist/
	$(PY) tools/sbom.py --output dist

clean: ## Remove everything that was installed or built
	rm -rf $(VENV) backend/gradio_webrtc/templates backend/gradio_webrtc/*.pyi \
		backend/gradio_webrtc/*/*.pyi dist clients/typescript/dist build site \
		frontend/node_modules .bench .proof .mypy_cache .ruff_cache .pytest_cache .import_linter_cache \
		.hypothesis .gradio test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMPS)/venv:
	python=$$(tools/find_python.sh) && $$python -m venv --clear $(VENV)
	mkdir -p $(STAMPS)
	touch $@

# The build hook builds the front end on the way. The weights of better recognition have no wheels for
# Linux older than glibc 2.34, which pip cannot be told; what is built in serves there.
$(STAMPS)/app: $(INSTALL_INPUTS) | $(STAMPS)/venv
	$(PIP) --editable ".[stt,voice]" || $(PIP) --editable ".[voice]" || $(PIP) --editable .
	touch $@

# What a demo needs besides this package, which is installed already and from here.
$(STAMPS)/demo-$(APP): demo/$(APP)/requirements.txt | $(STAMPS)/app
	sed '/^gradio_webrtc/d' $< > $@.txt
	if [ -s $@.txt ]; then $(PIP) --requirement $@.txt; fi
	touch $@

$(STAMPS)/dev: $(INSTALL_INPUTS) | $(STAMPS)/venv
	$(PIP) --editable ".[dev,stt]" || $(PIP) --editable ".[dev]"
	touch $(STAMPS)/app $@

$(STAMPS)/docs: $(INSTALL_INPUTS) | $(STAMPS)/venv
	$(PIP) --editable ".[docs]"
	touch $(STAMPS)/app $@

$(TEMPLATES): $(FRONTEND_SOURCES) tools/frontend_build.py | $(STAMPS)/app
	$(PIP) --no-deps --editable .
	touch $@

$(NODE_MODULES): frontend/package-lock.json | $(STAMPS)/dev
	$(PY) tools/frontend_build.py packages
	touch $@
