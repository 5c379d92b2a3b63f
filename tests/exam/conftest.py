"""A backend for all exams of this folder: in the sandbox where that works, else in ordinary processes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.core.model import ExamResult
from grader.exam.backend import Backend, BackendAddress
from grader.kernel.sandbox import SandboxKind
from tests.kernel.conftest import sandbox_works


@pytest.fixture(scope="session")
def backend() -> Iterator[BackendAddress]:
    kind = SandboxKind.BUBBLEWRAP if sandbox_works() else SandboxKind.SPAWN
    with Backend(kind, ["numpy"]) as opened:
        yield opened.address


def points_of(result: ExamResult) -> float:
    return sum(verdict.points for verdict in result.verdicts)
