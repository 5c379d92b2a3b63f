"""How long each notebook takes from top to bottom: the release that students get, and the source with its solutions.

In: the lectures of a course. Out: a `Timing` for each, and the page that lists them. Every cell is run, including figures and
long training, in a fresh kernel that sees two cores, as many as Colab gives.
"""

from __future__ import annotations

import copy
import os
import platform
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib import metadata
from typing import Any

from nbformat import NotebookNode

from grader.authoring.build import read_course
from grader.authoring.course import Course
from grader.authoring.script import read_script
from grader.core.cells import grade_id_of
from grader.core.model import Limits
from grader.exam.execution import ORDINARY, Client
from grader.exam.orders import TIMEOUT
from grader.exam.stopped import DEAD

LIMIT = 90.0  # seconds, for either version of a lecture
CORES = 2
PATIENCE = 10  # a notebook is stopped after this many times the limit, so that one that hangs is reported as well


@dataclass(frozen=True)
class Run:
    """One run of a notebook: the elapsed seconds, its slowest cell, and the error that stopped it, if any."""

    seconds: float
    slowest: str
    slowest_seconds: float
    failure: str = ""


@dataclass(frozen=True)
class Timing:
    """A lecture's two notebooks. ``minutes`` is the time that its header promises students."""

    name: str
    minutes: int
    release: Run
    solution: Run

    def problems(self, limit: float) -> Iterator[str]:
        """A message for each notebook that fails or reaches the limit."""
        for version, run in (("release", self.release), ("solution", self.solution)):
            where = f"{self.name}, {version}"
            if run.failure:
                yield f"{where}: {run.failure}. Run `grader validate {self.name}` to see the line."
            if run.seconds >= limit:
                yield (
                    f"{where}: it takes {run.seconds:.1f} s, but must take less than {limit:g} s. Begin with its slowest cell: "
                    f"{run.slowest}, {run.slowest_seconds:.1f} s."
                )


def time_lectures(course: Course, names: Sequence[str] = (), limit: float = LIMIT) -> Iterator[Timing]:
    """Run the release and the source of all lectures, or of those named. Each lecture's times come as soon as it is done.

    Raises:
        AuthoringErrors: the mistakes of all scripts together, before anything runs.
    """
    for assignment in read_course(course, names):
        yield Timing(
            assignment.name,
            read_script(course.solutions / f"{assignment.name}.py").minutes,
            _time(assignment.release, assignment.files, limit, stubs=True),
            _time(assignment.source, assignment.files, limit, stubs=False),
        )


def times_page(timings: Iterable[Timing], limit: float, load: float | None) -> str:
    """The page that lists the times, in Markdown. ``load`` is the value of `load_now` before the first run."""
    rows = "\n".join(
        f"| {timing.name} | {timing.minutes} | {timing.release.seconds:.1f} | {_slowest(timing.release)} "
        f"| {timing.solution.seconds:.1f} | {_slowest(timing.solution)} |"
        for timing in timings
    )
    return f"""\
# How long the notebooks take

Each notebook was run from top to bottom in a fresh kernel, as *Run all* does, figures and training included: the release
that students get (its exercises are not solved, so their cells end with an error at once), and the same notebook with its
solutions. The seconds are elapsed time, including the kernel's start. Each notebook must stay below {limit:g} seconds.

| lecture | minutes for a student | release, s | its slowest cell | solution, s | its slowest cell |
|---|---:|---:|---|---:|---|
{rows}

Measured on {date.today().isoformat()}: {cores_in_words()}; Python {platform.python_version()}; {_tensorflow()}; {_data()};
{"load not known" if load is None else f"a load of {load:.1f} from other work at the start"}.

To measure again, let the machine be idle and run `make times`, or `make times MNIST_NPZ=$PWD/mnist.npz` for the real digits.
This rewrites this page. It fails if a notebook takes too long or a solution does not work.
"""


def load_now() -> float | None:
    """How many processes wanted a core on average in the last minute; None if the system does not report it."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def cores_in_words() -> str:
    """The machine's cores, and how many of them the kernels used."""
    cores = os.cpu_count() or 1
    if not hasattr(os, "sched_setaffinity"):
        return f"{platform.machine()}, {cores} cores, all of them used: {platform.system()} cannot limit a process to {CORES}"
    used = min(CORES, len(os.sched_getaffinity(0)))
    return f"{platform.machine()}, {cores} cores, {used} of them used"


class _Stopwatch(Client):
    """Runs a notebook and records how long each cell took, by its position."""

    def __init__(self, notebook: NotebookNode, limits: Limits) -> None:
        super().__init__(notebook, limits, set(), ORDINARY)
        self.cell_seconds: dict[int, float] = {}

    async def run_cell(self, cell: NotebookNode, cell_index: int, **kwargs: Any) -> None:
        began = time.monotonic()
        try:
            await super().run_cell(cell, cell_index, **kwargs)
        finally:
            self.cell_seconds[cell_index] = time.monotonic() - began


def _time(notebook: NotebookNode, files: dict[str, bytes], limit: float, *, stubs: bool) -> Run:
    notebook = copy.deepcopy(notebook)
    stopwatch = _Stopwatch(notebook, Limits(notebook_seconds=PATIENCE * limit))
    began = time.monotonic()
    with _two_cores():
        stopwatch.run(files)
    seconds = time.monotonic() - began
    position = max(stopwatch.cell_seconds, key=stopwatch.cell_seconds.__getitem__, default=0)
    return Run(
        seconds, _place(notebook, position), stopwatch.cell_seconds.get(position, 0.0), _failure(notebook, stubs)
    )


@contextmanager
def _two_cores() -> Iterator[None]:
    """Processes started in the block see only two cores, if the system can do that."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:CORES])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _failure(notebook: NotebookNode, stubs: bool) -> str:
    """The first error. In a notebook with stubs, only a timeout or a dead kernel counts."""
    for position, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "error" and (not stubs or output.ename in (TIMEOUT, DEAD)):
                return f"{_place(notebook, position)} fails: {output.ename}: {output.evalue}"
    return ""


def _place(notebook: NotebookNode, position: int) -> str:
    """A cell in words: its number, and its name or the heading above it."""
    grade_id = grade_id_of(notebook.cells[position])
    if grade_id and "--" not in grade_id:  # the build numbers cells without a name: start--3
        return f"cell {position + 1} ({grade_id})"
    for cell in reversed(notebook.cells[: position + 1]):
        headings = [line for line in cell.source.splitlines() if line.startswith("#")]
        if cell.cell_type == "markdown" and headings:
            return f"cell {position + 1} (under “{headings[-1].strip('# ')}”)"
    return f"cell {position + 1}"


def _slowest(run: Run) -> str:
    return f"{run.slowest}, {run.slowest_seconds:.1f} s".replace("|", "\\|")


def _data() -> str:
    """Which digits lecture 10 used. The small data set takes a third of the time of the real one."""
    return "MNIST from a file" if os.environ.get("MNIST_NPZ") else "data as each notebook finds it"


def _tensorflow() -> str:
    try:
        return f"TensorFlow {metadata.version('tensorflow')}"
    except metadata.PackageNotFoundError:
        return "without TensorFlow"
