"""What a zygote imports before its first fork: everything that it can, nothing that starts a thread."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib import metadata

import pytest

from grader.kernel.inside.preload import KERNEL_MODULES, LAZY_MODULES
from tests.kernel.conftest import needs_linux

pytestmark = needs_linux


@pytest.fixture
def preloaded(tmp_path):
    """A function that preloads modules in a process with one thread, as a zygote does.

    ``modules`` maps their names to their code. What is returned: the error's text, the module that it blames, and which of
    ``modules`` are imported.
    """
    script = (
        "import json, sys\nfrom grader.kernel.inside import preload\n"
        "names, lazy, known = json.loads(sys.argv[1])\npreload.LAZY_MODULES.update(lazy)\nerror = blamed = ''\n"
        "try:\n    preload.import_modules(names, kernel=False)\n"
        "except preload.PreloadError as caught:\n    error, blamed = str(caught), caught.module\n"
        "print(json.dumps([error, blamed, [name for name in known if name in sys.modules]]))"
    )

    def preload(names: Sequence[str], modules: Mapping[str, str], lazy: Mapping[str, Sequence[str]] | None = None):
        for name, code in modules.items():
            (tmp_path / f"{name}.py").write_text(code)
        words = json.dumps([names, lazy or {}, list(modules)])
        environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
        run = subprocess.run(
            [sys.executable, "-c", script, words], env=environment, capture_output=True, text=True, check=True
        )
        return tuple(json.loads(run.stdout))

    return preload


THREAD = "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True, name='counts sheep').start()\n"


def test_modules_are_imported_with_those_that_they_would_import_later(preloaded):
    lazy = {"alpha": ["alpha_part", "a_part_that_other_versions_have"]}
    assert preloaded(["alpha"], {"alpha": "", "alpha_part": ""}, lazy) == ("", "", ["alpha", "alpha_part"])


@pytest.mark.parametrize(
    ("code", "words"),
    [("raise ValueError('not today')", "ValueError: not today"), ("import no_such_thing", "No module named")],
)
def test_a_module_that_fails_is_named_with_its_error_and_the_fix(preloaded, code, words):
    error, blamed, _ = preloaded(["beta"], {"beta": code})
    assert error.startswith("the module beta cannot be imported: ")
    assert words in error and "Install it, or remove it from the list" in error
    assert blamed == "beta"


def test_a_module_that_is_not_installed_is_named(preloaded):
    error, blamed, _ = preloaded(["no_such_module"], {})
    assert "no_such_module cannot be imported: ModuleNotFoundError" in error
    assert blamed == "no_such_module"


def test_a_module_that_starts_a_thread_is_refused_by_the_thread_s_name(preloaded):
    error, blamed, _ = preloaded(["busy"], {"busy": THREAD})
    assert "importing busy started 1 thread(s) (counts sheep)" in error
    assert blamed == "busy"


def test_a_part_that_starts_a_thread_is_named_and_the_module_that_asked_for_it_is_blamed(preloaded):
    error, blamed, _ = preloaded(["alpha"], {"alpha": "", "alpha_part": THREAD}, {"alpha": ["alpha_part"]})
    assert "importing alpha_part started 1 thread(s)" in error
    assert blamed == "alpha"


def test_all_that_a_kernel_imports_when_it_starts_is_there():
    missing = [name for name in KERNEL_MODULES if importlib.util.find_spec(name) is None]
    assert not missing, f"gone in ipykernel {metadata.version('ipykernel')} or IPython {metadata.version('ipython')}"


@pytest.mark.slow
@pytest.mark.parametrize("library", LAZY_MODULES)
def test_all_that_a_library_imports_later_is_there(library):
    pytest.importorskip(library)
    missing = [name for name in LAZY_MODULES[library] if importlib.util.find_spec(name) is None]
    assert not missing, (
        f"gone in {library} {metadata.version(library)}: forks are slower by the import of what replaced it"
    )
