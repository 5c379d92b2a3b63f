"""What runs in the sandbox needs nothing but Python: the zygote may start before anything else is imported."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import grader.kernel.inside
from grader.kernel.sandbox import ZYGOTE_MODULE

FOLDER = Path(grader.kernel.inside.__file__).parent
ALLOWED = {"grader.core.errors", "grader.core.model"}
PRIVATE = {"ipykernel_private": {"ipykernel"}}  # imported within a function, when a fork becomes a kernel


def imported(path: Path) -> set[str]:
    """The full names of all modules that a file's import statements name, wherever they are."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module is not None
            names |= (
                {f"{node.module}.{alias.name}" for alias in node.names} if node.module.endswith("inside") else set()
            )
            names |= {node.module}
    return names


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_a_module_imports_the_standard_library_and_its_neighbours_only(path):
    for name in imported(path):
        if name.split(".")[0] in sys.stdlib_module_names or name.startswith("grader.kernel.inside") or name in ALLOWED:
            continue
        assert name.split(".")[0] in PRIVATE.get(path.stem, ()), f"{path.name} imports {name}"


def test_the_zygote_s_module_is_where_the_host_says_and_loads_nothing_else():
    code = (
        f"import sys; sys.path.append({str(FOLDER.parents[2])!r})\n"
        f"before = set(sys.modules); import importlib; module = importlib.import_module({ZYGOTE_MODULE!r})\n"
        "assert callable(module.main)\n"
        "new = {name.split('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names - {'grader'}\n"
        "sys.exit(f'imported: {new}' if new else None)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.append({str(FOLDER.parents[2])!r})\n{code}"]
    )
    assert done.returncode == 0
