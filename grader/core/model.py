"""The data that rooms pass to each other: assignments, submissions, limits, verdicts, results of exams.

Plain values in, plain values out: the classes are frozen where they can be, and compute only small derived values.
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
TIMES_THE_SOLUTION, LEAST_SECONDS = 10, 30.0  # a submission gets ten times the calibration's time, at least 30 seconds


class Outcome(enum.StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"  # one of the author's assertions did not hold
    ERROR = "error"  # the student's code raised something
    TIMEOUT = "timeout"
    UNANSWERED = "unanswered"  # the stub is still there
    NOT_RUN = "not run"  # the kernel had died or the notebook's time was up before the check's turn


class StopReason(enum.StrEnum):
    """Why a cell was stopped, or could not run."""

    CELL_TIME = "cell time"  # it passed the limit of a cell
    NOTEBOOK_TIME = "notebook time"  # the whole notebook passed its limit
    KILLED = "killed"  # the kernel was killed, because an earlier cell could not be interrupted
    MEMORY = "memory"  # the kernel passed its limit of memory
    DIED = "died"  # the kernel ended for another reason


@dataclass(frozen=True)
class Stopped:
    """Why a cell has no result. ``seconds`` is the limit of time that it passed, ``memory_bytes`` the limit of memory."""

    reason: StopReason
    seconds: float | None = None
    memory_bytes: int | None = None


@dataclass(frozen=True)
class Limits:
    """What one submission may use: all its processes together, unless a field's comment says otherwise. Sizes are in bytes.

    ``cell_seconds`` and ``notebook_seconds`` are elapsed time. None means the limit that follows from the calibration, or no
    limit without a calibration. ``memory_bytes`` counts what a submission uses on top of the memory that all submissions
    share: a single allocation beyond it raises MemoryError, and a kernel that exceeds it in any other way is killed. Files are
    kept in memory as well, but counted separately, by ``disk_bytes``. The fields after ``output_bytes`` apply only in the
    sandbox.
    """

    cell_seconds: float | None = None
    notebook_seconds: float | None = None
    output_bytes: int = 200_000  # of each cell; the rest is cut off
    memory_bytes: int = 2048 * MB
    disk_bytes: int = 256 * MB
    file_bytes: int = 256 * MB  # of each file
    open_files: int = 256  # of each process
    processes: int = 64  # threads count too: a kernel has about ten, TensorFlow about ten more
    cpu_seconds: int = 3600  # of each process

    def within(self, calibration: Calibration) -> Limits:
        """These limits with each missing time filled in: ten times what the calibration took, and at least half a minute."""
        cell = self.cell_seconds or max(LEAST_SECONDS, TIMES_THE_SOLUTION * calibration.cell_seconds)
        notebook = self.notebook_seconds or max(cell, TIMES_THE_SOLUTION * calibration.seconds, 2 * LEAST_SECONDS)
        return replace(self, cell_seconds=round(cell, 1), notebook_seconds=round(notebook, 1))


@dataclass(frozen=True)
class Calibration:
    """The result of putting an assignment's own solution through the exam, before any submission.

    ``paths`` are the ways in which checks used proxies; a submission's proxies may be used in these ways only. ``unprotected``
    maps the grade_id of each check that must run in the student kernel to what went wrong with it in the examiner; ``failed``
    maps those that the solution fails wherever they run to the check's message.
    ``problems`` are sentences for the teacher. ``cell_seconds`` is the time of the slowest cell, ``seconds`` that of the whole
    notebook. ``failure`` says why the solution could not be examined at all; it is empty if it could.
    """

    paths: frozenset[str] = frozenset()
    unprotected: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    cell_seconds: float = 0.0
    seconds: float = 0.0
    peak_bytes: int = 0
    failure: str = ""
    failed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Assignment:
    """One lecture in its three versions, ready to be released and graded.

    ``source`` has solutions and hidden tests. ``with_stubs`` has stubs in place of the solutions but keeps the hidden tests:
    it is what nbgrader keeps in its gradebook. ``release`` is the student version. ``files`` maps the name of each file that
    the notebook reads to its content. ``students_files`` are the author's versions of files that students hand in themselves;
    the examiner never gets these.
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
    """The result of one check. ``message`` is for the student; it is empty if the check passed.

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
    """Something about a submission that the teacher should know. ``fixed`` is True if the grader has repaired it."""

    text: str
    fixed: bool = False


@dataclass(frozen=True)
class Submission:
    """One notebook that was handed in: by whom, for which assignment, its bytes, and the problems found while reading it.

    ``notebook`` is None if the bytes are not a readable notebook; ``assignment`` is None if it belongs to no lecture. ``files``
    are the files handed in with it. Only the student kernel gets them; the assignment's own files take precedence.
    ``repaired`` is true if `grader.submissions.repair` has repaired the notebook already: once is enough.
    """

    student: str
    assignment: str | None
    origin: PurePath  # where it was found, for messages
    content: bytes
    notebook: NotebookNode | None = None
    problems: tuple[Problem, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    repaired: bool = False


@dataclass
class ExamResult:
    """The result of an exam: the executed notebook, a verdict for each check, and a log.

    ``peak_bytes`` is the highest memory use of the student kernel that was measured, 0 if it is not known. ``cpu`` maps each of
    the grader's own steps to the CPU seconds that it took.
    """

    notebook: NotebookNode
    verdicts: tuple[Verdict, ...]
    seconds: float
    problems: tuple[Problem, ...] = ()
    peak_bytes: int = 0
    cpu: dict[str, float] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)  # the traceback, if the grader itself failed
