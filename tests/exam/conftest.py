"""A venue for all exams of this folder: warm and walled where that works, else ordinary processes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.exam.backend import OpenVenue, Venue
from grader.kernel.sandbox import Walls
from tests.kernel.conftest import sandbox_works


@pytest.fixture(scope="session")
def venue() -> Iterator[Venue]:
    walls = Walls.BUBBLEWRAP if sandbox_works() else Walls.SPAWN
    with OpenVenue(walls, ["numpy"]) as opened:
        yield opened.venue
