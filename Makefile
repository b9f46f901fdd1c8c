# Reprise. `make` alone tells what there is; `make demo` starts everything.
.DEFAULT_GOAL := help
SHELL := /bin/sh
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed
NAME ?=
N ?=
FOLDER ?=
SEED ?= 1
export UV_PYTHON_DOWNLOADS := never

PO := $(wildcard locale/*/LC_MESSAGES/*.po locale/unfold/*/LC_MESSAGES/*.po)
MO := $(PO:.po=.mo)

.PHONY: help install demo stop manage test check bench soak mutate lock messages clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(STAMP) $(MO) ## virtual environment, dependencies, translations (the other targets do it by themselves)

$(STAMP): requirements-dev.lock
	@sh deploy/install.sh "$(PYTHON)" "$(VENV)" $< $@

%.mo: %.po | $(STAMP)
	@$(PY) -m babel.messages.frontend compile --input-file=$< --output-file=$@ 2>/dev/null || \
		{ echo "$< cannot be compiled" >&2; exit 1; }

demo: install ## start everything and a demo store: PORT=8000 DATA_DIR=.run/data DETACH=1
	@exec $(PY) -m deploy.demo --end-with-parent

stop: install ## stop what `make demo` started (DATA_DIR= if it was started with one)
	@exec $(PY) -m deploy.stop

manage: install ## run a management command against the same servers: ARGS="shell"
	@exec $(PY) -m deploy.manage $(ARGS)

test: install ## all tests, with servers of their own, browser tests included
	@exec $(PY) -m tests.run_all

check: install ## style, types, floors, templates, migrations, deployment settings
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy --no-error-summary .
	$(VENV)/bin/lint-imports
	$(VENV)/bin/djlint --lint --quiet templates
	@exec $(PY) -m deploy.check

bench: install ## measure: NAME=quote [SEED=1]; JSON lines, also under bench/results
	@exec $(PY) -m bench.run bench $(NAME) --seed $(SEED)

soak: install ## a long campaign: NAME=… N=… [SEED=1]; the evidence goes to docs/evidence
	@exec $(PY) -m bench.run soak $(NAME) --n "$(N)" --seed $(SEED)

mutate: install ## break the price rules on purpose: do their tests notice? N=500 for fewer; FOLDER=… goes on after a stop
	@exec $(PY) -m bench.mutation.run $(if $(N),--most "$(N)") $(if $(FOLDER),--folder "$(FOLDER)")

lock: $(STAMP) ## write both lock files anew from pyproject.toml
	$(PY) -m uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		pyproject.toml -o requirements.lock
	$(PY) -m uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--all-extras pyproject.toml -o requirements-dev.lock

messages: install ## collect the texts to translate into locale/
	@exec $(PY) manage.py collect_messages --settings config.settings.test

clean: ## remove what was installed and measured; data of a demo stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis bench/results
