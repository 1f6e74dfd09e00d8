# `make demo` and `make test` are all that a newcomer needs; the rest is for people who work on Fairlead.
PYTHON ?= python3
BOOT := .bootstrap/bin
BIN := .venv/bin
UV := $(BOOT)/uv
COMPILE := $(UV) pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11

# Without compiled files every process that a test starts compiles all libraries anew: two seconds each.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check suite fast hunt setup setup-dev lock docs clean

demo: setup ## load the canned team, print its brief and serve its pages (NO_SERVE=1 stops after the brief)
	@$(BIN)/fairlead demo $(if $(NO_SERVE),--no-serve)

# At once, since reading all types for the first time keeps one core busy and the other idle.
test: setup-dev ## lint, types, import rules and the suite
	@$(MAKE) --no-print-directory -j 2 check suite

suite: setup-dev ## the tests alone
	@$(BIN)/pytest -n 2 --dist loadfile -m "not slow and not servers"

check: setup-dev ## lint, types and import rules
	@$(BIN)/ruff check -q . && $(BIN)/ruff format -q --check . && $(BIN)/mypy --no-error-summary && $(BIN)/lint-imports

fast: ## the quickest part of the suite
	@$(BIN)/pytest -x -m "not slow and not servers and not browser" tests/model tests/config tests/architecture

hunt: setup-dev ## property tests on examples of their own, other ones each time (ROUNDS=5 runs them five times)
	@for round in $$(seq $(or $(ROUNDS),1)); do FAIRLEAD_HUNT=1 $(BIN)/pytest -n 2 --dist loadfile -m "not slow and not servers" \
		$$(grep -rlE '^@given|^    @given' tests) || exit 1; done

setup: .venv/.ready
setup-dev: .venv/.ready-dev

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Fairlead needs Python 3.11 or later; set PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv .bootstrap || { echo "python venv is missing; on Debian: apt install python3-venv"; exit 1; }
	@$(BOOT)/pip install -q --disable-pip-version-check uv

.venv/.ready: $(UV) requirements.lock pyproject.toml
	@echo "setting up .venv from requirements.lock"
	@test -x $(BIN)/python || $(UV) venv -q --python "$$($(BOOT)/python -c 'import sys; print(sys.executable)')" .venv
	@VIRTUAL_ENV=.venv $(UV) pip install -q --require-hashes -r requirements.lock
	@VIRTUAL_ENV=.venv $(UV) pip install -q --no-deps --no-build-isolation -e .
	@touch $@

.venv/.ready-dev: .venv/.ready requirements-dev.lock
	@echo "adding what tests need from requirements-dev.lock"
	@VIRTUAL_ENV=.venv $(UV) pip install -q --require-hashes -r requirements-dev.lock
	@touch $@

lock: $(UV) ## resolve the dependencies anew
	@$(COMPILE) pyproject.toml --group build -o requirements.lock
	@$(COMPILE) pyproject.toml --group build --group dev -c requirements.lock -o requirements-dev.lock

docs: setup ## write the generated pages of docs/
	@$(BIN)/fairlead docs docs

clean:
	@rm -rf .venv .bootstrap .mypy_cache .ruff_cache .hypothesis .import_linter_cache .screenshots
