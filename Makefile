PYTHON ?= python3
ENV := .venv
BIN := $(ENV)/bin
READY := $(ENV)/.ready
# Prefect and Great Expectations would otherwise report their use; nothing here needs the network once installed.
export PREFECT_SERVER_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1

.PHONY: demo test check bench serve deploy worker clean

# the main job on real digits: leaves data, config and report in ./matchset-demo/digits
demo: $(READY)
	$(BIN)/matchset demo digits

# every test, the slow ones too; files of tests side by side, for what a file shares is made once
test: $(READY)
	$(BIN)/python -m pytest -n logical --maxprocesses 4 --dist loadfile

# lint, format, types, import rules
check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# comparisons with peers; prints the tables of benchmarks/README.md
bench: $(READY)
	$(BIN)/python benchmarks/build.py
	$(BIN)/python benchmarks/resume.py
	$(BIN)/python benchmarks/splitting.py
	$(BIN)/python benchmarks/few_groups.py
	$(BIN)/python benchmarks/near_duplicates.py

# a Prefect server on 127.0.0.1:4200 for teams that schedule builds
serve: $(READY)
	$(BIN)/prefect server start --host 127.0.0.1

# register the deployments of prefect.yaml with that server, or the one that PREFECT_API_URL names; then run a worker
deploy worker: export PREFECT_API_URL ?= http://127.0.0.1:4200/api
deploy: $(READY)
	$(BIN)/prefect work-pool inspect local >/dev/null || $(BIN)/prefect work-pool create local --type process
	$(BIN)/prefect --no-prompt deploy --all

# run what is scheduled or asked for, on this machine, until Ctrl-C
worker: $(READY)
	$(BIN)/prefect worker start --pool local

clean:
	rm -rf $(ENV) matchset-demo

# A half-made environment never counts as ready: the marker comes last.
$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("Matchset needs Python 3.11 or newer; found %s. Try: make PYTHON=python3.12" % sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(ENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[demo,dask,test]'
	touch $(READY)
