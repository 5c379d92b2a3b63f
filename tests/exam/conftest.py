"""A backend for all exams of this folder: warm and walled where that works, else ordinary processes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.core.model import ExamResult
from grader.exam.backend import Backend, BackendAddress
from grader.kernel.sandbox import SandboxKind
from tests.kernel.conftest import sandbox_works


@pytest.fixture(scope="session")
def backend() -> Iterator[BackendAddress]:
    walls = SandboxKind.BUBBLEWRAP if sandbox_works() else SandboxKind.SPAWN
    with Backend(walls, ["numpy"]) as opened:
        yield opened.address


def points_of(result: ExamResult) -> float:
    return sum(verdict.points for verdict in result.verdicts)
