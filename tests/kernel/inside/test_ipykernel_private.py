"""What breaks if ipykernel changes the private parts that `ipykernel_private` uses."""

from __future__ import annotations

import asyncio
import logging
from importlib import metadata

import pytest

from grader.kernel.inside.ipykernel_private import MESSAGES_KEPT, forget_children
from tests.kernel.conftest import needs_sandbox

VERSION = metadata.version("ipykernel")


@pytest.fixture
def kernel(monkeypatch):
    """A kernel that has one child process, and the signals that the child got."""
    from ipykernel.kernelbase import Kernel

    kernel = Kernel(log=logging.getLogger("test"))
    kernel.signals = []
    monkeypatch.setattr(kernel, "_signal_children", lambda number: kernel.signals.append(number), raising=False)
    return kernel


def test_ipykernel_finds_its_children_by_the_method_that_is_replaced(kernel):
    assert callable(getattr(kernel, "_process_children", None)), (
        f"ipykernel {VERSION} has no Kernel._process_children: a kernel in the sandbox takes itself for its own child and is "
        "ended by force when it is asked to shut down"
    )


def test_a_kernel_that_forgets_its_children_ends_without_waiting_for_them(kernel, monkeypatch):
    endings = iter([["a child"], ["a child"], []])
    monkeypatch.setattr(kernel, "_process_children", lambda: next(endings))
    asyncio.run(kernel._progressively_terminate_all_children())
    assert kernel.signals, f"ipykernel {VERSION} no longer asks _process_children when it shuts down"
    kernel.signals.clear()
    forget_children(kernel)
    asyncio.run(kernel._progressively_terminate_all_children())
    assert kernel.signals == []


@needs_sandbox
def test_a_kernel_keeps_its_outputs_for_a_client_that_is_slower(kernels):
    code = "from ipykernel.kernelapp import IPKernelApp; print(IPKernelApp.instance().iopub_thread.socket.sndhwm)"
    assert kernels().run(code) == str(MESSAGES_KEPT), f"ipykernel {VERSION} makes its output socket elsewhere"


def test_the_threads_that_are_stopped_by_hand_are_still_called_that():
    from ipykernel.control import ControlThread
    from ipykernel.kernelapp import IPKernelApp

    assert "control_thread" in IPKernelApp.class_trait_names() or hasattr(IPKernelApp, "control_thread"), VERSION
    assert callable(ControlThread.stop) and callable(ControlThread.join), VERSION
