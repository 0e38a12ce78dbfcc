# make demo      the bridge beside a real OpenID provider, with people to try it as
# make test      everything that proves it works
# make install   only the environment in .venv
# make check     what `make test` runs, when the servers it needs are already installed
# make quick     the tests of rules and layers, in less than a minute: while you change something
# make coverage  the tests once more, measuring which lines and branches of app/ they reach
# make fuzz      a few minutes' search for input that breaks a promise, with other values each time
# make drills    stops, hangs and kills what it runs on, and says what came of it (not part of `make test`)
# make providers tries logins and logouts against a real Keycloak and oidc-provider (not part of `make test`)
# make bench     what logins and session checks cost, beside a naive Flask app (docs/performance.md; needs a quiet machine)
# make messages  collects what is said, and shows what is left to translate (docs/translating.md)
# make lock      renew config/requirements/ (needs uv)

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help install demo test check format-check lint types layers tests quick coverage fuzz bench drills providers messages servers format lock clean
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
LOCKS := config/requirements
PIP := -m pip --disable-pip-version-check install --quiet --require-hashes

help:
	@sed -n '/^# /!q;s/^# //p' Makefile

install: .venv/.installed-bridge .venv/.installed-tests .venv/.installed-bench .venv/.installed-canaille

demo: .venv/.installed-bridge .venv/.installed-canaille
	@exec $(BIN)/sso-bridge demo

test: servers
	@$(MAKE) check

check: install format-check lint types tests

format-check:
	@$(BIN)/ruff format --check .

lint:
	@$(BIN)/ruff check .

types:
	@$(BIN)/mypy

# The tests hold the layers too; this shows where an arrow goes wrong.
layers: .venv/.installed-tests
	@$(BIN)/lint-imports --no-cache

# Each process starts servers of its own, on ports of its own.
PYTEST := $(BIN)/pytest --numprocesses=auto --maxprocesses=4 --dist=worksteal

# COVERAGE=1 measures which lines and branches of app/ they reach, and takes half as long again.
tests:
	@$(PYTEST) $(if $(COVERAGE),--cov --cov-report=term:skip-covered)

# No server, no browser, no network.
quick: .venv/.installed-tests
	@$(BIN)/pytest -q --numprocesses=2 --dist=worksteal tests/unit tests/architecture

coverage: .venv/.installed-tests .venv/.installed-canaille servers
	@$(MAKE) tests COVERAGE=1

# SECONDS for each of sixteen parsers, then every property test with three times as many values as in the tests.
fuzz: SECONDS := 4
fuzz: .venv/.installed-fuzz
	@log=$$(mktemp); $(BIN)/python -m tests.fuzz.run $(SECONDS) 2>"$$log" || { tail -n 40 "$$log" >&2; exit 1; }
	@$(BIN)/pytest -q -m hypothesis --hypothesis-profile=exploring --numprocesses=2 --dist=worksteal

# BENCH="check-sqlite --runs 5" for some scenarios, BENCH=--list for their names, BENCH=--write to put table, figures and
# picture into docs/. What has a million accounts is made once, and kept in .venv/bench.
bench: .venv/.installed-bench servers
	@$(BIN)/python -m tests.bench.run $(BENCH)

# Each of tests/drills; DRILLS="redis_full slow_bodies" for some of them, DRILLS=--write to put the table into docs.
drills: .venv/.installed-tests servers
	@missing=; \
	{ command -v pgbouncer || ls /usr/sbin/pgbouncer; } >/dev/null 2>&1 || missing="$$missing pgbouncer"; \
	{ command -v nginx || ls /usr/sbin/nginx; } >/dev/null 2>&1 || missing="$$missing nginx-light"; \
	$(call need,$$missing,The drills need)
	@$(BIN)/python -m tests.drills.run $(DRILLS)

# Keycloak by Maven's coordinates, oidc-provider by npm, once, into .venv/providers. PROVIDERS=--write: into docs too.
providers: .venv/.installed-tests
	@missing=; for program in java mvn node npm; do command -v $$program >/dev/null || missing="$$missing $$program"; done; \
	[ -z "$$missing" ] || { echo "Real providers need what is missing here:$$missing" \
	    "(Debian: default-jre-headless maven nodejs npm)" >&2; exit 1; }
	@$(BIN)/python -m tests.compatibility.run $(PROVIDERS)

messages: .venv/.installed-tests
	@$(BIN)/python -m tests.architecture.messages

format: .venv/.installed-tests
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

# Databases and browser that the tests start themselves, each on a free port with data of its own.
servers:
	@missing=; \
	command -v chromium >/dev/null || missing="$$missing chromium"; \
	command -v redis-server >/dev/null || missing="$$missing redis-server"; \
	{ command -v postgres || ls /usr/lib/postgresql/*/bin/postgres; } >/dev/null 2>&1 || missing="$$missing postgresql"; \
	PATH="$$PATH:/usr/sbin" command -v pgbouncer >/dev/null || missing="$$missing pgbouncer"; \
	PATH="$$PATH:/usr/sbin" command -v nginx >/dev/null || missing="$$missing nginx-light"; \
	command -v systemd-analyze >/dev/null || missing="$$missing systemd"; \
	$(call need,$$missing,The tests need)

.venv/bin/python:
	@python=; \
	for name in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	    if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$name; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	    echo "SSO Bridge needs Python 3.11 or newer; found: $$(python3 --version 2>&1 || true)." \
	         "Install a newer one and run: make PYTHON=/path/to/python3" >&2; exit 1; \
	fi; \
	missing=; "$$python" -c 'import venv, ensurepip' 2>/dev/null || missing=" $$(basename "$$(readlink -f "$$(command -v "$$python")")")-venv"; \
	$(call need,$$missing,Making a Python environment needs); \
	echo "Making .venv with $$("$$python" --version)"; \
	"$$python" -m venv .venv

.venv/.installed-bridge: $(LOCKS)/runtime.txt $(LOCKS)/build.txt pyproject.toml | .venv/bin/python
	@echo "Installing what the bridge runs on"
	@$(call pip,$(BIN)/python,$(LOCKS)/runtime.txt -r $(LOCKS)/build.txt)
	@$(BIN)/python -m pip --disable-pip-version-check install --quiet --no-index --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q app # a service may not be allowed to write here, and would compile at every start
	@touch $@

.venv/.installed-tests: $(LOCKS)/test.txt | .venv/.installed-bridge
	@echo "Installing what the tests run on"
	@$(call pip,$(BIN)/python,$(LOCKS)/test.txt)
	@touch $@

.venv/.installed-fuzz: $(LOCKS)/fuzz.txt | .venv/.installed-tests
	@echo "Installing what the search for bad input runs on"
	@$(call pip,$(BIN)/python,$(LOCKS)/fuzz.txt)
	@touch $@

.venv/.installed-bench: $(LOCKS)/bench.txt | .venv/.installed-tests
	@echo "Installing the yardstick of the benchmark"
	@$(call pip,$(BIN)/python,$(LOCKS)/bench.txt)
	@touch $@

.venv/.installed-canaille: $(LOCKS)/canaille.txt | .venv/bin/python
	@echo "Installing the demo's OpenID provider"
	@[ -x .venv/canaille/bin/python ] || $(BIN)/python -m venv .venv/canaille
	@$(call pip,.venv/canaille/bin/python,$(LOCKS)/canaille.txt)
	@touch $@

lock:
	@command -v uv >/dev/null || { echo "Locks are made by uv, which is not installed: see its documentation." >&2; exit 1; }
	@lock() { uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade --no-annotate \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" "$$@"; }; \
	lock pyproject.toml --output-file $(LOCKS)/runtime.txt; \
	lock pyproject.toml --extra test --constraint $(LOCKS)/runtime.txt --output-file $(LOCKS)/test.txt; \
	lock $(LOCKS)/build.in --output-file $(LOCKS)/build.txt; \
	lock $(LOCKS)/fuzz.in --output-file $(LOCKS)/fuzz.txt; \
	lock $(LOCKS)/bench.in --constraint $(LOCKS)/runtime.txt --output-file $(LOCKS)/bench.txt; \
	lock $(LOCKS)/canaille.in --output-file $(LOCKS)/canaille.txt
	@! grep -nE '://|--(extra-)?index-url|--find-links' $(LOCKS)/*.txt

clean:
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .coverage

# need(packages, why): Debian packages that are missing. Root installs them; anybody else is told the line to run.
define need
if [ -n "$(strip $(1))" ]; then \
    if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
        echo "$(strip $(2)) packages, installed now:$(1)"; \
        export DEBIAN_FRONTEND=noninteractive; \
        { apt-get update -qq && apt-get install -qq -y --no-install-recommends $(1); } </dev/null >/dev/null \
            || { echo "Could not install$(1): see the lines above." >&2; exit 1; }; \
    else \
        echo "$(strip $(2)) packages that are missing. Run: sudo apt-get install$(1)" >&2; exit 1; \
    fi; \
fi
endef

# pip(python, lock): installs a lock, every file checked against its hash.
define pip
$(1) $(PIP) -r $(2) || { \
    echo "The packages could not be installed: see the lines above." >&2; \
    command -v cc >/dev/null || echo "One that has no ready-made build for this machine needs a C compiler:" \
        "sudo apt-get install build-essential python3-dev" >&2; \
    exit 1; }
endef
