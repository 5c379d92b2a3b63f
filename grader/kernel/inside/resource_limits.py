"""Limits of one fork that the kernel itself enforces.

In: the fields of `grader.core.model.Limits` as a mapping. Out: a process, and later its children, that cannot go beyond them.
"""

from __future__ import annotations

import resource
from collections.abc import Mapping
from pathlib import Path


def set_limits(limits: Mapping[str, int]) -> None:
    """Apply all limits but that of memory, which is for `limit_memory`, to this process and its children."""
    wanted = {
        resource.RLIMIT_NOFILE: limits["open_files"],
        resource.RLIMIT_NPROC: limits["processes"],
        resource.RLIMIT_FSIZE: limits["file_bytes"],
        resource.RLIMIT_CPU: limits["cpu_seconds"],
        resource.RLIMIT_CORE: 0,
    }
    for name, value in wanted.items():
        _limit(name, value)


def limit_memory(memory_bytes: int) -> None:
    """Let each process have this many bytes beyond what this one has now.

    An allocation beyond that is a MemoryError, which a notebook survives. Processes that together use more are ended by
    the zygote.
    """
    status = Path("/proc/self/status").read_text()
    kilobytes = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmData:"))
    _limit(resource.RLIMIT_DATA, kilobytes * 1024 + memory_bytes)


def _limit(name: int, value: int) -> None:
    hard = resource.getrlimit(name)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(name, (value, value))
