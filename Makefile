# Two commands matter: `make demo` sets everything up and runs the built-in study; `make test` sets everything up and tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo setup test thorough docs fast long tensorflow portable ray clusters jax room floors lint bench-env lock clean

help:
	@echo "make demo       set up .venv and run the built-in study: sweep run demo"
	@echo "make test       set up .venv and run lint, types, floors, docs and the tests: fast, long, tensorflow, portable, ray, clusters, jax"
	@echo "make fast       the tests of a minute: without Ray, TensorFlow, simulations, fuzz and commands"
	@echo "make long, make tensorflow, make portable, make ray, make clusters, make jax   the other parts of the tests, each alone"
	@echo "make room ROOM=stats   the tests of one folder, without Ray"
	@echo "make floors     which folder of sweep/ imports which, floor by floor"
	@echo "make thorough   all tests, the slow ones too, and fuzz tests with 2,000 examples: before a release"
	@echo "make docs       build the pages of docs/ into docs/_build; a broken link is an error"
	@echo "make bench-env  set up what the benchmarks' rivals need"
	@echo "make lock       resolve the lock files again (needs uv)"

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] <= (3, 13) else "Expected Python 3.11 to 3.13. Received: " + sys.version.split()[0] + ". Say make PYTHON=/path/to/python3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: $(BIN)/python locks/requirements.lock pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r locks/requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp locks/requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r locks/requirements-dev.lock
	touch $@

$(VENV)/bench.stamp: $(VENV)/dev.stamp locks/requirements-bench.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r locks/requirements-bench.lock
	touch $@

# The S3 server of the tests lives apart: what it depends on does not agree with the run-time pins.
$(VENV)-s3/stamp: $(BIN)/python locks/requirements-s3.lock
	$(BIN)/python -m venv $(VENV)-s3
	$(VENV)-s3/bin/pip install --quiet --disable-pip-version-check --require-hashes -r locks/requirements-s3.lock
	touch $@

# W&B lies apart, too: Ray Tune imports it wherever it is installed, which costs each run a second and leaves files behind.
$(VENV)-wandb/stamp: $(BIN)/python locks/requirements-wandb.lock
	$(BIN)/python -m venv $(VENV)-wandb
	$(VENV)-wandb/bin/pip install --quiet --disable-pip-version-check --require-hashes -r locks/requirements-wandb.lock
	touch $@

# JAX lies apart, so that its tests run without TensorFlow; all other packages are those of $(VENV), shown there.
$(VENV)-jax/stamp: $(VENV)/dev.stamp locks/requirements-jax.lock tests/with_jax/share.py
	$(BIN)/python -m venv $(VENV)-jax
	$(BIN)/python tests/with_jax/share.py $(VENV) $(VENV)-jax
	$(VENV)-jax/bin/pip install --quiet --disable-pip-version-check --require-hashes -r locks/requirements-jax.lock
	touch $@

# Sphinx lies apart, and reads the docstrings with the packages of $(VENV), shown there as to JAX.
$(VENV)-docs/stamp: $(VENV)/dev.stamp locks/requirements-docs.lock tests/with_jax/share.py
	$(BIN)/python -m venv $(VENV)-docs
	$(BIN)/python tests/with_jax/share.py $(VENV) $(VENV)-docs
	$(VENV)-docs/bin/pip install --quiet --disable-pip-version-check --require-hashes -r locks/requirements-docs.lock
	touch $@

# axe-core (MPL-2.0) comes where npm is, for tests/page alone: it is never shipped. Without it those tests skip.
.axe/stamp: tests/page/package-lock.json tests/page/package.json
	@mkdir -p .axe && cp tests/page/package.json tests/page/package-lock.json .axe
	@if command -v npm >/dev/null && npm ci --prefix .axe --ignore-scripts --no-audit --no-fund --silent; then touch $@; \
	else echo "axe-core cannot be installed here: the tests that need it will skip"; fi

demo: $(VENV)/run.stamp
	$(BIN)/sweep run demo

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy sweep
	$(BIN)/lint-imports

# All pages anew: a link to a page that has not changed is looked at, too. It asks no network.
docs: $(VENV)-docs/stamp
	$(VENV)-docs/bin/python -m sphinx --fail-on-warning --keep-going --nitpicky --fresh-env --quiet docs docs/_build
	@echo "docs/_build/index.html"

floors: $(VENV)/dev.stamp
	$(BIN)/python benchmarks/floors.py

# All that `make test` needs, and nothing run yet.
setup: $(VENV)/dev.stamp $(VENV)-s3/stamp $(VENV)-wandb/stamp $(VENV)-jax/stamp $(VENV)-docs/stamp .axe/stamp

# The tests in seven parts, all but `portable` and `jax` each in two processes that take a file at a time. A process
# starts Ray once, and TensorFlow's fork server once, for all of its tests that need no more than that.
PROCESSES = -n 2 --dist loadfile
CLUSTERS = tests/cluster tests/hosts tests/nodes tests/object_store tests/slurm tests/submit
# Only the files that hold such tests are read: each process imports what a file imports before it knows its marks.
marked = $(shell grep -rlE --include='test_*.py' 'mark\.$(1)\b' tests)

fast: $(VENV)/dev.stamp
	$(BIN)/pytest -m "not long and not ray and not tensorflow and not portable and not jax and not thorough" $(PROCESSES) $(PYTEST)

long: $(VENV)/dev.stamp .axe/stamp
	$(BIN)/pytest --ignore tests/object_store -m "long and not ray and not tensorflow and not portable and not jax and not thorough" \
	  $(PROCESSES) $(PYTEST)

tensorflow: $(VENV)/dev.stamp
	$(BIN)/pytest $(call marked,tensorflow) -m "tensorflow and not ray and not thorough" $(PROCESSES) $(PYTEST)

# An emulator takes one core, and minutes: two at a time, a test each.
portable: $(VENV)/dev.stamp
	$(BIN)/pytest tests/portable -m "portable and not thorough" -n 2 --dist load $(PYTEST)

ray: $(VENV)/dev.stamp
	$(BIN)/pytest $(filter-out $(CLUSTERS:%=%/%),$(call marked,ray)) -m "ray and not thorough" $(PROCESSES) $(PYTEST)

# Those with nodes, heads and hosts of their own, with a real Slurm, and with servers of object stores.
clusters: $(VENV)/dev.stamp $(VENV)-s3/stamp
	$(BIN)/pytest $(filter $(CLUSTERS:%=%/%),$(call marked,ray)) -m "ray and not thorough" $(PROCESSES) $(PYTEST)
	$(BIN)/pytest tests/object_store -m "not ray and not thorough" $(PROCESSES) $(PYTEST)

# In one process: most of the time its trials compile, which takes both cores.
jax: $(VENV)-jax/stamp
	$(VENV)-jax/bin/python -m pytest tests/with_jax -m "jax and not thorough" $(PYTEST)

ROOM ?= stats
room: $(VENV)/dev.stamp
	$(BIN)/pytest tests/$(ROOM) -m "not ray" $(PYTEST)

# All parts run even where one fails; the seconds of each stand at the end.
test: setup
	@told=""; code=0; \
	for part in lint docs fast long tensorflow portable ray clusters jax; do \
	  began=$$(date +%s); answer=passed; \
	  $(MAKE) --no-print-directory $$part || { code=1; answer=FAILED; }; \
	  told="$$told\n== $$part $$(( $$(date +%s) - began )) s, $$answer"; \
	done; printf "$$told\n"; exit $$code

# What is slow by nature: it is run before a release.
thorough: test
	$(BIN)/pytest -m "thorough and not jax" $(PYTEST)
	$(VENV)-jax/bin/python -m pytest tests/with_jax -m "jax and thorough" $(PYTEST)
	SEEDSWEEP_SIMULATIONS=long $(BIN)/pytest tests/stats tests/metrics -m "not ray and not tensorflow" $(PROCESSES) $(PYTEST)
	SEEDSWEEP_FUZZ=long $(BIN)/pytest tests/fuzz $(PYTEST)

bench-env: $(VENV)/bench.stamp

OPTIONS = --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header
LOCK = uv pip compile pyproject.toml $(OPTIONS)
lock:
	uv pip compile tests/object_store/server.txt $(OPTIONS) -o locks/requirements-s3.lock
	uv pip compile tests/export/wandb.txt $(OPTIONS) -c locks/requirements-dev.lock -o locks/requirements-wandb.lock
	$(LOCK) --extra docs -c locks/requirements-dev.lock -o locks/requirements-docs.lock
	uv pip compile tests/with_jax/jax.txt $(OPTIONS) -c locks/requirements-dev.lock -o locks/requirements-jax.lock
	$(LOCK) --extra run --extra build -o locks/requirements.lock
	$(LOCK) --extra run --extra build --extra gpu -c locks/requirements.lock -o locks/requirements-gpu.lock
	$(LOCK) --extra run --extra build --extra dev -c locks/requirements.lock -o locks/requirements-dev.lock
	$(LOCK) --extra run --extra build --extra dev --extra bench -c locks/requirements-dev.lock -o locks/requirements-bench.lock

clean:
	rm -rf $(VENV) $(VENV)-s3 $(VENV)-wandb $(VENV)-jax $(VENV)-docs .axe docs/_build docs/reference .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
