"""What travels between the rooms: a submission, the limits, a verdict, what an exam gives back.

Plain data, without behaviour beyond small derived values, so that every room can take one and give the next.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from pathlib import PurePath

from nbformat import NotebookNode


class Outcome(enum.StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"  # an assertion of the author's did not hold
    ERROR = "error"  # the student's code raised something
    TIMEOUT = "timeout"
    UNANSWERED = "unanswered"  # the stub is still there
    NOT_RUN = "not run"  # the kernel died, or the notebook's time was over, before the check's turn


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Times in seconds of wall clock, sizes in bytes."""

    cell_seconds: float = 120.0
    notebook_seconds: float = 600.0
    output_bytes: int = 200_000  # of each cell; what goes beyond is cut


@dataclass(frozen=True)
class Verdict:
    """The result of one check. ``message`` is a sentence for the student, empty when the check passed."""

    grade_id: str
    points: float
    max_points: float
    outcome: Outcome
    message: str = ""


@dataclass(frozen=True)
class Problem:
    """Something about a submission that the teacher should know. ``mended`` tells whether it could be put right."""

    text: str
    mended: bool = False


@dataclass(frozen=True)
class Submission:
    """One notebook as it came in: whose, for which assignment, its bytes, and what was wrong on the way.

    ``notebook`` is None where the bytes are no readable notebook; ``assignment`` is None where no lecture fits.
    """

    student: str
    assignment: str | None
    origin: PurePath  # where it was found; for messages
    content: bytes
    notebook: NotebookNode | None = None
    problems: tuple[Problem, ...] = ()


@dataclass
class ExamResult:
    """What an exam gives back: the executed notebook, a verdict for each check, and a log."""

    notebook: NotebookNode
    verdicts: tuple[Verdict, ...]
    seconds: float
    problems: tuple[Problem, ...] = ()
    log: list[str] = field(default_factory=list)  # the traceback, where the grader itself failed

    @property
    def points(self) -> float:
        return sum(verdict.points for verdict in self.verdicts)
