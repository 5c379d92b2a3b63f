"""What `make` finds out about a machine before it installs anything."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kernel.conftest import needs_linux, needs_sandbox

ROOT = Path(__file__).parent.parent
WITHOUT_NAMESPACES = ("unshare", "-Ur", "sh", "-c", 'echo 0 > /proc/sys/user/max_user_namespaces; exec "$@"', "sh")

Check = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A fresh clone, as far as installing goes."""
    (tmp_path / "tools").mkdir()
    for name in ("Makefile", "pyproject.toml", "tools/check_machine.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def check(project: Path) -> Check:
    """A function that runs the check there: ``check("--sandbox", before=…, PATH=…)``."""

    def run(*words: str, before: tuple[str, ...] = (), **environment: str) -> subprocess.CompletedProcess[str]:
        command = [*before, sys.executable, "tools/check_machine.py", *words]
        return subprocess.run(command, cwd=project, capture_output=True, text=True, env={**os.environ, **environment})

    return run


def test_an_old_python_can_read_the_check():
    ast.parse((ROOT / "tools" / "check_machine.py").read_text(), feature_version=(3, 6))


@needs_sandbox
def test_a_machine_that_has_everything_hears_nothing(check):
    run = check("--sandbox")
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_a_python_out_of_range_is_named_with_one_that_fits(check, project, tmp_path):
    text = (project / "pyproject.toml").read_text()
    (project / "pyproject.toml").write_text(text.replace(">=3.11,<3.14", ">=3.90,<3.93"))
    newer = tmp_path / "bin" / "python3.91"
    newer.parent.mkdir()
    newer.write_text("#!/bin/sh\n")
    newer.chmod(0o755)
    run = check(PATH=f"{newer.parent}{os.pathsep}{os.environ['PATH']}")
    (line,) = run.stderr.splitlines()
    assert run.returncode == 1
    assert line.startswith("Python 3.90 to 3.92 is needed") and line.endswith("Type `make setup PYTHON=python3.91`.")


def test_without_a_python_that_fits_it_is_to_be_installed_first(check, project):
    text = (project / "pyproject.toml").read_text()
    (project / "pyproject.toml").write_text(text.replace(">=3.11,<3.14", ">=3.90,<3.93"))
    run = check()
    assert run.returncode == 1
    assert "Install another one, then type `make setup PYTHON=python3.91`." in run.stderr


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_that_cannot_make_environments_is_reported_with_the_package_to_install(check, tmp_path, module):
    (tmp_path / "missing").mkdir()
    (tmp_path / "missing" / f"{module}.py").write_text("raise ImportError('Debian has it in another package')\n")
    run = check(PYTHONPATH=str(tmp_path / "missing"))
    (line,) = run.stderr.splitlines()
    assert run.returncode == 1
    assert line.endswith(f"type `sudo apt install python3.{sys.version_info[1]}-venv`.")


@needs_sandbox
def test_without_user_namespaces_the_check_warns_and_with_the_option_sandbox_it_fails(check):
    warned, failed = (check(*words, before=WITHOUT_NAMESPACES) for words in ((), ("--sandbox",)))
    assert warned.returncode == 0 and failed.returncode == 1
    assert warned.stderr.startswith("Warning, for teachers only: Grading needs user namespaces")
    for run in (warned, failed):
        assert "Type `sudo sysctl -w user.max_user_namespaces=15000`." in run.stderr
        assert len(run.stderr.splitlines()) == 1


@needs_sandbox
def test_what_the_check_allows_without_a_systems_bubblewrap_the_kernel_allows(check):
    run = check("--sandbox", PATH="/nowhere")
    assert run.returncode == 0, run.stderr


@needs_linux
def test_a_system_that_cannot_be_asked_is_not_blamed(project):
    code = (
        "import ctypes, sys; sys.path.insert(0, 'tools'); import check_machine\n"
        "ctypes.CDLL = lambda *args, **kwargs: object()\n"
        "assert check_machine.namespaces_refused() == ''"
    )
    subprocess.run([sys.executable, "-c", code], cwd=project, check=True)


@pytest.fixture
def make(project: Path, tmp_path: Path) -> Check:
    """A function that calls make with a Python that does everything but make an environment: ``make("demo")``."""
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\n[ "$1" = -m ] && echo "installing with $*" && exit 9\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)

    def run(*words: str, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        command = [*before, "make", f"PYTHON={python}", *words]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        return subprocess.run(command, cwd=project, capture_output=True, text=True, env=environment)

    return run


@needs_sandbox
@pytest.mark.parametrize("target", ["demo", "bench"])
def test_without_user_namespaces_what_grades_stops_before_anything_is_installed(make, target):
    run = make(target, before=WITHOUT_NAMESPACES)
    assert run.returncode != 0
    assert "sudo sysctl" in run.stderr and "installing" not in run.stdout


@needs_sandbox
def test_without_user_namespaces_a_student_can_still_set_jupyter_up(make):
    run = make("setup", before=WITHOUT_NAMESPACES)
    assert "installing with -m venv .venv" in run.stdout
    assert "Warning, for teachers only" in run.stderr
