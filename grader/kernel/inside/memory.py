"""How much memory a process and its children use. In: a process id. Out: bytes, read from /proc."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


def private_bytes(pid: int) -> int:
    """The memory of one process that belongs to no file. Pages that it shares with a parent count in full."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return (int(fields[1]) - int(fields[2])) * PAGE


def family(pid: int) -> Iterator[int]:
    """The process and all its descendants that have not ended."""
    yield pid
    try:
        for task in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - called often
            for child in Path(f"/proc/{pid}/task/{task}/children").read_text().split():
                yield from family(int(child))
    except (FileNotFoundError, ProcessLookupError):
        return


def used_bytes(pid: int, inherited: int, limit: int) -> int:
    """What a fork and its children use beyond the ``inherited`` memory that the fork shares with its zygote.

    A quick sum, which counts a page for each process that has it. Only where this is over ``limit`` are pages that
    several processes share counted once, which takes the kernel milliseconds.
    """
    members = list(family(pid))
    quick = max(0, sum(private_bytes(member) for member in members) - inherited)
    if quick <= limit:
        return quick
    return min(quick, sum(_proportional_bytes(member) for member in members))


def _proportional_bytes(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    except PermissionError:  # it hides its pages, so they count in full
        return private_bytes(pid)
    wanted = ("Pss_Anon:", "Pss_Shmem:")
    return sum(int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith(wanted))
