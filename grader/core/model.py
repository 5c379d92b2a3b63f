"""What travels between the rooms: a submission, the limits, a verdict, what an exam gives back.

Plain data, without behaviour beyond small derived values, so that every room can take one and give the next.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the command line shows the limits, and starts without nbformat
    from nbformat import NotebookNode

MB = 1 << 20
TIMES_THE_SOLUTION, LEAST_SECONDS = 10, 30.0  # how much longer than the calibration a submission may take


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
    """What one submission may use: all its processes together where not said otherwise. Sizes in bytes.

    ``cell_seconds`` and ``notebook_seconds`` are of wall clock; None stands for what the calibration run says, where there is
    one, and for no limit elsewhere. ``memory_bytes`` is what it uses beyond the memory that all submissions share: a single
    allocation beyond it is a MemoryError, and a kernel that passes it in another way is ended. Files lie in memory, too, at
    most ``disk_bytes`` of them, counted apart. What is below ``output_bytes`` holds in the sandbox only.
    """

    cell_seconds: float | None = None
    notebook_seconds: float | None = None
    output_bytes: int = 200_000  # of each cell; what goes beyond is cut
    memory_bytes: int = 2048 * MB
    disk_bytes: int = 256 * MB
    file_bytes: int = 256 * MB  # of each file
    open_files: int = 256  # of each process
    processes: int = 64  # threads count, too: a kernel has about ten, TensorFlow some ten more
    cpu_seconds: int = 3600  # of each process

    def within(self, calibration: Calibration) -> Limits:
        """These limits, with ten times what the calibration took, and at least half a minute, where nothing is said."""
        cell = self.cell_seconds or max(LEAST_SECONDS, TIMES_THE_SOLUTION * calibration.cell_seconds)
        notebook = self.notebook_seconds or max(cell, TIMES_THE_SOLUTION * calibration.seconds, 2 * LEAST_SECONDS)
        return replace(self, cell_seconds=round(cell, 1), notebook_seconds=round(notebook, 1))


@dataclass(frozen=True)
class Calibration:
    """What an assignment's own solution showed when it was put through the exam, before any submission.

    ``paths`` are the ways in which stand-ins were used: no submission's may be used in another. ``unprotected`` tells for
    the checks that must run in the student kernel, by their grade_id, what became of them in the examiner. ``problems`` are
    sentences for the teacher. ``cell_seconds`` is what the slowest cell took, ``seconds`` the whole notebook. ``failure`` says
    why there is no calibration, where the exam of the solution could not be held at all.
    """

    paths: frozenset[str] = frozenset()
    unprotected: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    cell_seconds: float = 0.0
    seconds: float = 0.0
    peak_bytes: int = 0
    failure: str = ""


@dataclass(frozen=True)
class Assignment:
    """One lecture in its three versions, ready to be released and graded.

    ``source`` has solutions and hidden tests. ``with_stubs`` has stubs for the solutions and still the hidden tests: it is what
    nbgrader keeps in its gradebook. ``release`` is the student version. ``files`` maps the name of a file that the
    notebook reads to its content. ``students_files`` are the author's versions of files that students hand in themselves:
    no examiner gets such a file.
    """

    name: str
    title: str
    source: NotebookNode
    with_stubs: NotebookNode
    release: NotebookNode
    files: dict[str, bytes]
    students_files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """The result of one check. ``message`` is a sentence for the student, empty when the check passed.

    ``protected`` is False for a check that had to run in the process that runs the student's code.
    """

    grade_id: str
    points: float
    max_points: float
    outcome: Outcome
    message: str = ""
    protected: bool = True


@dataclass(frozen=True)
class Problem:
    """Something about a submission that the teacher should know. ``fixed`` tells whether it could be put right."""

    text: str
    fixed: bool = False


@dataclass(frozen=True)
class Submission:
    """One notebook as it came in: whose, for which assignment, its bytes, and what was wrong on the way.

    ``notebook`` is None where the bytes are no readable notebook; ``assignment`` is None where no lecture fits. ``files`` are
    what was handed in beside it, for the student kernel only; the assignment's own files go over them. ``repaired`` is true
    if `grader.submissions.repair` has been at the notebook already: once is enough.
    """

    student: str
    assignment: str | None
    origin: PurePath  # where it was found; for messages
    content: bytes
    notebook: NotebookNode | None = None
    problems: tuple[Problem, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    repaired: bool = False


@dataclass
class ExamResult:
    """What an exam gives back: the executed notebook, a verdict for each check, and a log.

    ``peak_bytes`` is the most memory that the student kernel was seen to use, 0 where that is not known. ``cpu`` tells in
    seconds of CPU what the grader itself did, by the name of the step.
    """

    notebook: NotebookNode
    verdicts: tuple[Verdict, ...]
    seconds: float
    problems: tuple[Problem, ...] = ()
    peak_bytes: int = 0
    cpu: dict[str, float] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)  # the traceback, where the grader itself failed
