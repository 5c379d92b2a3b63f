"""Where CPU time goes: seconds by the name of a step. In: what is measured on the way. Out: a table's lines."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


class Profile:
    """Seconds of CPU time, added up by step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Count the CPU time of this process until the end of the block."""
        before = time.process_time()
        try:
            yield
        finally:
            self.add({name: time.process_time() - before})

    def add(self, seconds: Mapping[str, float]) -> None:
        for name, value in seconds.items():
            self.seconds[name] = self.seconds.get(name, 0.0) + value
