"""Count work in place of time: how many functions a piece of code calls, of Python's and of C's."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType


@dataclass
class Work:
    """What was counted. ``calls`` is final when the block has ended."""

    calls: int = 0


@contextmanager
def counted() -> Iterator[Work]:
    """Count the calls within a block."""
    work = Work()

    def count(frame: FrameType, event: str, argument: object) -> None:
        work.calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield work
    finally:
        sys.setprofile(before)
