"""Each module that another process finds by its name is there, and brings only what that process needs."""

from __future__ import annotations

import importlib
import importlib.resources
import json
import subprocess
import sys

import pytest

from grader.exam import modules
from grader.exam.modules import EXAM_MODULES, EXAMINER_CODE, EXAMINER_MAIN, EXAMINER_TARGET, STUDENT_AGENT, serving_code


@pytest.mark.parametrize("name", EXAM_MODULES)
def test_a_module_that_the_zygote_loads_is_there(name):
    assert importlib.import_module(name).__name__ == name


def test_a_forked_examiner_s_target_is_a_function():
    module, _, function = EXAMINER_TARGET.partition(":")
    assert callable(getattr(importlib.import_module(module), function))


def test_a_spawned_examiner_s_code_runs_the_same_function():
    names: dict[str, object] = {}
    exec(EXAMINER_CODE.replace("main()", "found = main"), names)
    assert names["found"] is importlib.import_module(EXAMINER_MAIN).main


def test_the_code_that_a_student_kernel_executes_calls_the_agent(monkeypatch):
    calls = []
    monkeypatch.setattr(importlib.import_module(STUDENT_AGENT), "serve", lambda *args: calls.append(args))
    names = {"get_ipython": lambda: Shell}
    before = set(names)
    exec(serving_code(bytes([171]) * 32, 1000), names)
    assert calls == [(Shell.user_ns, "ab" * 32, 1000)]
    assert set(names) - before <= {"__builtins__"}  # it leaves no name behind


class Shell:
    user_ns: dict[str, object] = {}  # noqa: RUF012 - as IPython's shell has it


HEAVY = {
    "numpy",
    "pandas",
    "keras",
    "tensorflow",
    "nbformat",
    "msgspec",
    "IPython",
    "jupyter_client",
    "traitlets",
    "zmq",
}
LOADED = "import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"


def loaded_by(module: str) -> set[str]:
    code = LOADED.format(module=module)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("name", EXAM_MODULES)
def test_the_processes_of_an_exam_load_nothing_heavy(name):
    assert loaded_by(name) & HEAVY == set()


def test_the_student_kernel_loads_nothing_of_the_grader_s_but_its_end_of_the_conversation():
    own = {name for name in loaded_by(STUDENT_AGENT) if name.startswith("grader.")}
    allowed = ("grader.core.errors", "grader.exam.operations", "grader.exam.student_", "grader.exam.wire")
    assert {name for name in own if not name.startswith(allowed)} == {"grader.core", "grader.exam"}


def test_no_other_file_names_these_modules_in_a_string():
    root = importlib.resources.files("grader")
    for path in sorted(root.rglob("*.py")):
        if path.name != "modules.py":
            text = path.read_text()
            for name in (STUDENT_AGENT, EXAMINER_MAIN):
                assert f'"{name}' not in text and f"'{name}" not in text, (
                    f"{path} names {name}; it belongs in {modules}"
                )
