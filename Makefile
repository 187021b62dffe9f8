# Five commands: make run | test | check | bench | extension. `make install` only sets things up.
SHELL := /bin/bash
.ONESHELL:
.SHELLFLAGS := -euo pipefail -c
PYTHON ?= python3
BIN := .venv/bin
RUNTIME := .venv/.runtime-ready
DEV := .venv/.dev-ready
NODE := extension/node_modules/.ready
NODE_DEV := extension/node_modules/.dev-ready
PEERS := tests/bench/peers/node_modules/.ready

.PHONY: run install cluster cluster-test test fuzz audit check bench bench-day extension format pictures lock clean

run: $(RUNTIME) $(NODE)
	@npm run --silent build --prefix extension
	exec $(BIN)/aftertouch serve

install: $(RUNTIME) $(NODE)

test: $(DEV) $(NODE_DEV)
	@scripts/need-browser
	npm run --silent build --prefix extension
	AFTERTOUCH_TEST=1 npm run --silent build --prefix extension
	npm run --silent test --prefix extension
	$(BIN)/pytest -n 2 --ignore tests/e2e $(ARGS)
	$(BIN)/pytest -n 2 --dist loadfile tests/e2e $(ARGS)

fuzz: $(DEV)
	@AFTERTOUCH_FUZZ=$${AFTERTOUCH_FUZZ:-25000} $(BIN)/pytest -n 2 --dist worksteal tests/security
	@AFTERTOUCH_BACKLOG=$${AFTERTOUCH_BACKLOG:-50000} $(BIN)/pytest tests/faults -k F18

cluster: $(DEV)
	@exec $(BIN)/python -m tests.cluster.cluster

cluster-test: $(DEV)
	@AFTERTOUCH_CLUSTER_MAILBOXES=200 AFTERTOUCH_CLUSTER_SECONDS=60 AFTERTOUCH_CLUSTER_POLL=60 AFTERTOUCH_CLUSTER_PATIENCE=120 \
		$(BIN)/pytest tests/cluster -s $(ARGS)

check: $(DEV) $(NODE_DEV)
	@$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	npm run --silent lint --prefix extension
	npm run --silent typecheck --prefix extension

bench: $(DEV) $(NODE_DEV) $(PEERS)
	@npm run --silent build --prefix extension
	$(BIN)/python -m tests.bench $(ARGS)

bench-day: $(DEV)
	@nice $(BIN)/python -m tests.bench day

extension: $(NODE)
	@npm run --silent build --prefix extension

format: $(DEV) $(NODE_DEV)
	@$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	npm run --silent format --prefix extension

audit: $(DEV) .venv/audit/.ready
	@scripts/audit $(ARGS)

pictures: $(DEV) $(NODE_DEV)
	@AFTERTOUCH_TEST=1 npm run --silent build --prefix extension
	$(BIN)/pytest tests/e2e/test_main_job.py tests/e2e/test_extension_store_pictures.py
	for one in gmail outlook panel; do cp .run/pictures/store-$$one.png extension/store/$$one.png; done
	cp .run/pictures/{banner-gmail,banner-outlook,history,time-line}.png docs/pictures/

lock: $(DEV)
	@scripts/lock

clean:
	rm -rf .venv extension/node_modules extension/dist app/web/static/built .run

.venv/bin/uv: requirements-uv.lock
	@scripts/make-venv $(PYTHON)

$(RUNTIME): requirements.lock .venv/bin/uv
	@$(BIN)/uv --system-certs pip install --quiet --compile-bytecode --require-hashes -r requirements.lock
	$(BIN)/uv --system-certs pip install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q app connectors
	touch $@

$(DEV): requirements-dev.lock $(RUNTIME)
	@$(BIN)/uv --system-certs pip install --quiet --require-hashes -r requirements-dev.lock
	touch $@

.venv/audit/.ready: requirements-audit.lock $(RUNTIME)
	@$(BIN)/uv venv --quiet --clear .venv/audit
	$(BIN)/uv --system-certs pip install --quiet --python .venv/audit --require-hashes -r requirements-audit.lock
	touch $@

$(NODE): extension/package-lock.json
	@scripts/need-node
	npm ci --omit=dev --loglevel=error --no-audit --no-fund --prefix extension
	touch $@

$(NODE_DEV): extension/package-lock.json
	@scripts/need-node
	npm ci --loglevel=error --no-audit --no-fund --prefix extension
	touch $(NODE) $@

$(PEERS): tests/bench/peers/package-lock.json
	@scripts/need-node
	npm ci --loglevel=error --no-audit --no-fund --prefix tests/bench/peers
	touch $@
