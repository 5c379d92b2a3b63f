"""Forbidden system calls: on processors that are known they are refused, on all others the teacher hears of it."""

from __future__ import annotations

import ctypes
import logging
import os
import platform
import sys
from collections.abc import Iterator

import pytest

from grader.exam.backend import Backend
from grader.kernel.inside import call_filter
from grader.kernel.sandbox import SandboxKind
from grader.kernel.warm import Zygote
from tests.kernel.conftest import CONNECTION, Talk, needs_linux, needs_sandbox

pytestmark = needs_linux
PER_LINUX, PER_LINUX32 = 0, 8
intel = pytest.mark.skipif(platform.machine() != "x86_64", reason="only x86-64 Linux can pass for another processor")


@pytest.fixture
def another_processor() -> Iterator[None]:
    """Processes that are started meanwhile see a processor whose calls are not known."""
    libc = ctypes.CDLL(None)
    if libc.personality(PER_LINUX32) < 0 or os.uname().machine == "x86_64":
        pytest.skip("this system does not let a process choose its personality")
    yield
    libc.personality(PER_LINUX)


@pytest.mark.parametrize("machine", call_filter.MACHINES)
def test_on_known_processors_nothing_is_missing(monkeypatch, machine):
    monkeypatch.setattr(call_filter.platform, "machine", lambda: machine)
    assert call_filter.missing_protection() == []


def test_on_an_unknown_processor_no_filter_is_installed_and_a_sentence_says_so(monkeypatch):
    monkeypatch.setattr(call_filter.platform, "machine", lambda: "riscv64")
    assert call_filter.forbid_calls() is False
    [sentence] = call_filter.missing_protection()
    assert "riscv64" in sentence and "x86_64 and aarch64" in sentence and "cannot forbid system calls" in sentence


def test_every_call_has_a_number_for_each_processor_and_no_two_share_one():
    for column in range(len(call_filter.MACHINES)):
        numbers = [pair[column] for pair in call_filter.FORBIDDEN.values()]
        assert len(set(numbers)) == len(numbers)
        assert call_filter.CLONE[column] not in numbers and call_filter.CLONE3[column] not in numbers


@needs_sandbox
@intel
def test_a_backend_on_an_unknown_processor_warns_once_and_still_confines(another_processor, caplog):
    with (
        caplog.at_level(logging.WARNING, "grader"),
        Backend(SandboxKind.BUBBLEWRAP) as backend,
    ):
        assert [record.getMessage() for record in caplog.records] == list(backend.warnings)
        assert backend.zygote is not None
        backend.zygote.process.kill()
        backend.zygote.process.wait()
        assert backend.revive()
        [warning] = backend.warnings
        assert len(caplog.records) == 1
        assert "i686" in warning
        talk = _talk(backend.zygote)
        assert "Seccomp:\t0" in talk.run("print(open('/proc/self/status').read())")
        assert talk.run("import os; print(os.path.exists('/etc/hostname'))") == "False"
        talk.close()


@needs_sandbox
def test_on_this_processor_there_is_no_warning(zygote):
    assert platform.machine() in call_filter.MACHINES, sys.platform
    assert zygote.warnings == ()


def _talk(zygote: Zygote) -> Talk:
    folder = zygote.address.new_folder()
    return Talk(folder, zygote.address.fork(folder, CONNECTION))
