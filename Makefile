PYTHON ?= python3
BIN := .venv/bin
ARTWORKS ?=
LIMITS := $(if $(SEED),--seed $(SEED)) $(if $(MINUTES),--minutes $(MINUTES))
STAMP := .venv/.installed
NODE := local/node_modules/.installed
WEB := frontend/node_modules/.installed
LIGHTHOUSE := frontend/lighthouse/node_modules/.installed
DIST := frontend/dist/index.html
SWAGGER := chalicelib/web/swagger_ui
export PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help setup run dev web web-check lighthouse demo screenshots proof faults test coverage check rules format types package bench openapi lock migration clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) $(NODE) $(DIST)  ## install what the project needs into this folder, and build the web app

$(STAMP): requirements.txt requirements-dev.txt gpu_handlers/requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed (PYTHON=…)")'
	@echo "Installing the Python packages into .venv (the first time takes some minutes)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(NODE): local/package-lock.json
	@command -v npm >/dev/null || { echo "Node.js 20 or newer is needed"; exit 1; }
	@echo "Installing the OpenID provider and Swagger UI"
	@npm ci --prefix local --silent --no-audit --no-fund --ignore-scripts
	@mkdir -p $(SWAGGER)
	@cd local/node_modules/swagger-ui-dist && cp swagger-ui-bundle.js swagger-ui.css LICENSE ../../../$(SWAGGER)/
	@touch $@

$(WEB): frontend/package-lock.json frontend/package.json
	@echo "Installing what the web app is built with"
	@npm ci --prefix frontend --silent --no-audit --no-fund --ignore-scripts
	@touch $@

$(DIST): $(WEB) frontend/index.html frontend/vite.config.js $(shell find frontend/src frontend/public -type f -not -name '*.spec.js')
	@echo "Building the web app"
	@npm run build --prefix frontend --silent -- --logLevel warn

run: setup  ## the whole platform on this machine; PORT=8000, SEED=1 with demo content
	@exec $(BIN)/python -m local.run $(if $(filter-out 0,$(SEED)),--seed)

dev: setup  ## the same, with the web app reloading as you write
	@exec $(BIN)/python -m local.run --hot-reload

web: $(DIST)  ## build the web app into frontend/dist

web-check: $(DIST)  ## the web app's lint, types, unit tests and size
	@cd frontend && npm run --silent lint && npm run --silent types && npm run --silent coverage && npm run --silent budget

$(LIGHTHOUSE): frontend/lighthouse/package-lock.json
	@npm ci --prefix frontend/lighthouse --silent --no-audit --no-fund --ignore-scripts
	@touch $@

lighthouse: setup $(LIGHTHOUSE)  ## what Lighthouse says of the public pages of the running platform; ARGS="--runs 5"
	@CHROMIUM="$$($(BIN)/python -m local.chromium)" node frontend/lighthouse/audit.mjs http://localhost:$(PORT) $(ARGS)

demo: setup  ## the whole journey, printed; ARTWORKS=folder of your own pictures
	@exec $(BIN)/python -m local.demo $(if $(ARTWORKS),--artworks "$(ARTWORKS)")

screenshots: setup  ## README's pictures, of a running platform that was seeded (make run SEED=1)
	@$(BIN)/python -m local.screenshots $(ARGS)

proof: setup  ## does the ledger add up? Of the running stack or DATABASE_URL; ARGS=--sql
	@$(BIN)/python -m local.proof $(ARGS)

faults: setup  ## the fault campaign; RUNS=200 of the platform, HISTORIES=10000, SEED=…, MINUTES=… each
	@PATH="$$($(BIN)/python -m local.exiftool):$$PATH" PLANTED=all $(BIN)/python -m pytest -q --no-cov tests/faults/test_planted.py
	@PATH="$$($(BIN)/python -m local.exiftool):$$PATH" $(BIN)/python -m tests.faults --histories $(or $(HISTORIES),1000) $(LIMITS)
	@$(BIN)/python -m tests.outages --runs $(or $(RUNS),20) $(LIMITS)

test: setup $(LIGHTHOUSE)  ## every test; some: ARGS="tests/ledger -k hold"
	@PATH="$$($(BIN)/python -m local.exiftool):$$PATH" $(BIN)/python -m pytest $(ARGS)

coverage: setup  ## every test, a third slower, and what they leave untouched
	@$(MAKE) --no-print-directory test ARGS="--cov --cov-report=term"

check:  ## what a change must pass
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target web-check rules types
	@$(MAKE) --no-print-directory test

rules: $(STAMP)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports
	@$(BIN)/hadolint gpu_handlers/*/Dockerfile

types: $(STAMP)
	@$(BIN)/mypy

format: setup  ## lay the code out
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

package: setup  ## build what would be deployed; STAGE=dev
	@$(BIN)/python -m local.package --stage $(or $(STAGE),dev)

bench: setup .venv/.benchmarks  ## ratios against named baselines; BENCH="reads scale load ledger history inference training copies fidelity" ARGS="--rounds 30"
	@for name in $(or $(BENCH),reads scale load); do \
		echo "== $$name"; $(BIN)/python -m benchmarks.$$name $(ARGS) || exit 1; done

.venv/.benchmarks: benchmarks/requirements.txt $(STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt -r benchmarks/requirements.txt
	@touch $@

openapi: setup  ## write docs/openapi.json
	@$(BIN)/python -m local.openapi

lock: setup  ## pin, by hash, all that the GPU images install: the versions tested here
	@$(BIN)/python -m pip freeze --exclude torch > .venv/tested.txt
	@$(BIN)/uv pip compile gpu_handlers/requirements.txt --constraint .venv/tested.txt \
		--python-version 3.12 --python-platform x86_64-manylinux_2_34 --only-binary :all: \
		--generate-hashes --no-header --no-annotate --quiet --output-file gpu_handlers/requirements.lock

migration: setup  ## draft a migration from the tables; MESSAGE="add a column"
	@$(BIN)/python -m local.migration "$(MESSAGE)"

clean:  ## forget the local platform's data
	@rm -rf .local/postgres .local/rabbitmq .local/aws .local/toss .local/logs .local/adapters
