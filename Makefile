# Each command sets itself up: a .venv in this folder, made once. PYTHON names another interpreter than python3.
PYTHON ?= python3
BIN := .venv/bin
DEMO := build/demo

.PHONY: setup test lint quick demo build times bench colab clean

setup: .venv/installed

.venv/installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info[:2] <= (3, 13) else "Python 3.11 to 3.13 is needed; this is " + sys.version.split()[0] + ". Use another: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[course,dev]'
	touch $@

test: setup
	$(BIN)/python -m pytest

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check grader tests docs benchmarks
	$(BIN)/mypy grader
	$(BIN)/lint-imports
	$(BIN)/deptry grader
	$(BIN)/grader lint

quick: setup
	$(BIN)/python -m pytest -m 'not slow and not browser'

build: setup
	$(BIN)/grader build

# How long each notebook takes, into docs/times.md. Let the machine be idle.
times: setup
	$(BIN)/grader times

demo: setup
	rm -rf $(DEMO)
	$(BIN)/grader build
	$(BIN)/grader sample $(DEMO)/submissions
	$(BIN)/grader grade $(DEMO)/submissions --out $(DEMO)/course --cell-time 20

# Side by side with stock nbgrader; a quarter of an hour. DATA names an .npz file of MNIST for lecture 10.
WITH_DATA = --kinds a,b,c,d,own,start --data mnist=$(DATA)  # a variable: a comma would end an argument of $(if)
bench: setup
	$(BIN)/python -m benchmarks.throughput $(if $(DATA),$(WITH_DATA))

# Every lecture, run with the versions that Colab has. COLAB_PYTHON names a Python of Colab's version.
COLAB_PYTHON ?= python3.13
colab:
	$(COLAB_PYTHON) -m venv build/colab/venv
	build/colab/venv/bin/python -m pip install --quiet --disable-pip-version-check \
		--editable '.[course]' --constraint tests/course/colab.txt
	build/colab/venv/bin/grader build --solutions build/colab/notebooks

clean:
	rm -rf .venv build
