"""Where CPU time goes. In: blocks of code, or measurements, each with the name of a step. Out: CPU seconds by step."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


class Profile:
    """CPU seconds, added up by step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Add the CPU time that this process uses in the block."""
        before = time.process_time()
        try:
            yield
        finally:
            self.add({name: time.process_time() - before})

    def add(self, seconds: Mapping[str, float]) -> None:
        for name, value in seconds.items():
            self.seconds[name] = self.seconds.get(name, 0.0) + value
