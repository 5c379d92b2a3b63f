# Each command sets itself up: a .venv in this folder, made once. PYTHON names another interpreter than python3.
PYTHON ?= python3
BIN := .venv/bin
DEMO := build/demo

.NOTPARALLEL:
.PHONY: setup sandbox test lint quick demo build times bench container colab clean

setup: .venv/installed

.venv/installed: pyproject.toml
	@$(PYTHON) tools/check_machine.py
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[course,dev]'
	touch $@

# What grades needs the sandbox: that it cannot work here is reported before anything is installed.
sandbox:
	@$(if $(wildcard .venv/installed),$(BIN)/python,$(PYTHON)) tools/check_machine.py --sandbox

test: setup
	$(BIN)/python -m pytest -n 2 --dist loadgroup

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check grader tests docs benchmarks tools
	$(BIN)/mypy grader
	$(BIN)/lint-imports
	$(BIN)/deptry grader
	$(BIN)/grader lint

quick: setup
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m 'not slow and not browser'

build: setup
	$(BIN)/grader build

# How long each notebook takes, into docs/times.md. Let the machine be idle.
times: setup
	$(BIN)/grader times

demo: sandbox setup
	rm -rf $(DEMO)
	$(BIN)/grader build
	$(BIN)/grader sample $(DEMO)/submissions
	$(BIN)/grader grade $(DEMO)/submissions --out $(DEMO)/course --cell-time 20

# Side by side with stock nbgrader; a quarter of an hour. DATA names an .npz file of MNIST for lecture 10.
WITH_DATA = --kinds a,b,c,d,own,start --data mnist=$(DATA)  # a variable: a comma would end an argument of $(if)
bench: sandbox setup
	$(BIN)/python -m benchmarks.throughput $(if $(DATA),$(WITH_DATA))

# The Dockerfile and its image, with Podman as the engine; needs root and Debian's podman, runc, catatonit and debootstrap. Four minutes.
container: setup
	tests/container/run.sh

# Every lecture, run with the versions that Colab has. COLAB_PYTHON names a Python of Colab's version.
COLAB_PYTHON ?= python3.13
colab:
	$(COLAB_PYTHON) -m venv build/colab/venv
	build/colab/venv/bin/python -m pip install --quiet --disable-pip-version-check \
		--editable '.[course]' --constraint tests/course/colab.txt
	build/colab/venv/bin/grader build --solutions build/colab/notebooks

clean:
	rm -rf .venv build
