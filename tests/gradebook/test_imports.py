"""The gradebook's room imports no room that comes after it."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

from grader import gradebook


def test_the_gradebook_imports_neither_grading_nor_what_comes_after_it():
    modules = [f"grader.gradebook.{each.name}" for each in pkgutil.iter_modules(gradebook.__path__)]
    assert len(modules) > 10
    code = f"""
import importlib, sys
for name in {modules!r}:
    importlib.import_module(name)
later = ("grader.grading", "grader.desk", "grader.cli", "pebble")
print([name for name in sys.modules if name.startswith(later)])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
