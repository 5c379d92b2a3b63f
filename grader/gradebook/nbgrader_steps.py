"""The exam inside stock nbgrader: for `nbgrader autograde`, and for the Autograde button of formgrader.

These lines in `nbgrader_config.py` are enough:

    from grader.plugin import AUTOGRADE, SANITIZE
    c.Autograde.sanitize_preprocessors = SANITIZE
    c.Autograde.autograde_preprocessors = AUTOGRADE

They are nbgrader's own lists with three steps replaced and one added: `Repair` repairs a submission nbgrader would stop at;
`Exam` runs it, `SaveVerdicts` writes the examiner's points, `Harmless` keeps a student's HTML from the teacher's browser. A
course with lists of its own names these classes in them. `Exam.sandbox`, `Exam.modules`, `Exam.data` and `Exam.limits` are
configured like every other trait of nbgrader's.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde
from nbgrader.preprocessors import ClearOutput, Execute, NbGraderPreprocessor, SaveAutoGrades
from nbgrader.utils import is_solution
from traitlets import Dict, Enum, List, Unicode

from grader.core.cells import grade_id_of, text_of
from grader.core.fingerprints import assignment_fingerprint
from grader.core.model import Assignment, Calibration, ExamResult, Limits
from grader.exam.backend import Backend, BackendAddress, modules_of
from grader.exam.calibrate import calibrate
from grader.exam.exam import examine
from grader.gradebook.nbgrader_private import ScoresStep
from grader.gradebook.nbgrader_source import NotebookSource, checks_of, files_beside, read_notebook
from grader.kernel.sandbox import SandboxKind
from grader.pages.sanitize_html import sanitize_notebook
from grader.submissions.repair import repair

NO_LIMIT = 10_000_000.0  # seconds


class _OfCourse:
    """What `Repair` and `Exam` share: they look up the teacher's side of their notebook."""

    parent: Any
    notebooks: Mapping[str, NotebookSource] | None = None
    """Those that have been read already, by their keys. None: each is read when its turn comes."""

    def course_notebook(self, resources: Any) -> NotebookSource | None:
        """The teacher's side of the notebook that is being converted; None where the gradebook does not know it."""
        names = resources["nbgrader"]
        if self.notebooks is not None:
            return self.notebooks.get(f"{names['assignment']}/{names['notebook']}")
        converter = self.parent.parent  # a step's parent is the exporter
        with Gradebook(names["db_url"], converter.coursedir.course_id) as gradebook:
            try:
                return read_notebook(converter, gradebook, names["assignment"], names["notebook"])
            except MissingEntry:
                return None


class Repair(_OfCourse, ClearOutput):
    """Repairs what students and their editors do to a notebook, before nbgrader would stop at it; and clears its outputs."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        notebook = self.course_notebook(resources)
        if notebook is None or notebook.exam is None:
            return super().preprocess(nb, resources)
        nb, problems = repair(nb, notebook.exam.with_stubs)
        for problem in problems:
            self.log.warning("%s, %s: %s", resources["nbgrader"]["student"], notebook.key, problem.text)
        return nb, resources


class Exam(_OfCourse, Execute):
    """Runs a submission by two processes in a sandbox. One that needs another kernel is run as nbgrader runs it.

    The source's own solution goes first, once in each process.
    """

    sandbox = Enum([str(kind) for kind in SandboxKind], "bubblewrap", help="The sandbox around the kernels.").tag(
        config=True
    )
    modules = List(
        Unicode(), help="Modules to import before the first fork. Without any, those that the source imports."
    ).tag(config=True)
    data = Dict(help="Data sets of Keras: name to .npz file.").tag(config=True)
    limits = Dict(help="Fields of Limits that differ from its defaults, e.g. memory_bytes.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any, km: Any = None) -> tuple[NotebookNode, Any]:
        notebook = self.course_notebook(resources)
        if notebook is not None and notebook.exam is not None:
            resources.setdefault("grader", {})["authors"] = [text_of(cell) for cell in notebook.exam.with_stubs.cells]
        if notebook is None or notebook.stock:
            if notebook is not None:
                self.log.warning("%s: %s", notebook.key, notebook.stock)
            return super().preprocess(nb, resources, km)
        result = self.examined(nb, notebook, Path(resources["metadata"]["path"]))
        note_result(result, resources)
        return result.notebook, resources

    def examined(self, nb: NotebookNode, notebook: NotebookSource, folder: Path) -> ExamResult:
        """Hold the exam of a sanitised notebook, with the files of its folder beside it."""
        limits = self.limits_of_course(Limits(**self.limits))
        assignment = notebook.exam or Assignment(notebook.key, notebook.name, nb, nb, nb, {})
        modules = self.modules or modules_of([assignment.source])
        with _backend(
            SandboxKind(self.sandbox), modules, {name: Path(file) for name, file in self.data.items()}
        ) as backend:
            if notebook.unprotected:
                self.log.warning("%s: %s", notebook.key, notebook.unprotected)
                calibration = Calibration(unprotected=dict.fromkeys(checks_of(nb), notebook.unprotected))
            else:
                calibration = self._calibrated(assignment, limits, backend)
            files, left_out = files_beside(folder, self.parent.parent.coursedir.ignore, limits.disk_bytes)
            for name, why in left_out.items():
                self.log.warning("%s: %s %s", folder, name, why)
            return examine(nb, assignment, limits, backend, calibration, files)

    def limits_of_course(self, limits: Limits) -> Limits:
        """The limits; where they say nothing of a cell's time, nbgrader's ``Execute.timeout``, if it is not the default."""
        if limits.cell_seconds is not None or self.timeout in (None, Execute.timeout.default_value):
            return limits
        return replace(limits, cell_seconds=float(self.timeout) if self.timeout > 0 else NO_LIMIT)

    def _calibrated(self, assignment: Assignment, limits: Limits, backend: BackendAddress) -> Calibration:
        known = f"{assignment_fingerprint(assignment, backend.sandbox, {})} {limits}"
        if known not in _calibrations:
            calibration = _calibrations[known] = calibrate(assignment, limits, backend)
            for line in told_of(calibration):
                self.log.warning("%s: %s", assignment.name, line)
        return _calibrations[known]


class SaveVerdicts(ScoresStep):
    """nbgrader's step, with the examiner's points in place of what the cell's output looks like.

    Points that a teacher has given are treated as nbgrader treats them, and so is what nbgrader itself has run. What could
    not be examined waits for the teacher.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        noted = resources.get("grader", {})
        self.result: ExamResult | None = noted.get("result")
        self.unreadable = bool(noted.get("unreadable"))
        return super().preprocess(nb, resources)

    def add_score(self, cell: NotebookNode, resources: Any) -> None:
        if self.result is None or (is_solution(cell) and not self.unreadable):
            super().add_score(cell, resources)
            return
        grade_id = grade_id_of(cell)
        points = {verdict.grade_id: verdict.points for verdict in self.result.verdicts}
        grade = self.gradebook.find_grade(grade_id, self.notebook_id, self.assignment_id, self.student_id)
        grade.auto_score = points.get(grade_id)
        grade.needs_manual_grade = grade.auto_score is None or grade.manual_score is not None
        self.gradebook.db.commit()


class Harmless(NbGraderPreprocessor):
    """Takes out of text and outputs what nbgrader's pages would run, load or be steered by."""

    typed = 0  # cells whose text is shown as it was typed

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        self.typed = sanitize_notebook(nb, resources.get("grader", {}).get("authors", ()))
        return nb, resources


def note_result(result: ExamResult, resources: Any) -> None:
    """Leave a result for the steps that follow: others come between, and may clear the metadata of cells."""
    resources.setdefault("grader", {})["result"] = result


def told_of(calibration: Calibration) -> list[str]:
    """What a teacher should know of an assignment, in sentences."""
    unprotected = [
        f"The check {grade_id} is not protected: it runs in the process that runs the student's code, because in a "
        f"second process the source's own solution fails it: {message}"
        for grade_id, message in calibration.unprotected.items()
    ]
    return [*unprotected, *calibration.problems]


def _with_ours(steps: str) -> list[Any]:
    """One of nbgrader's lists of steps, with ours in it."""
    ours = {ClearOutput: Repair, Execute: Exam, SaveAutoGrades: SaveVerdicts}
    return [ours.get(step, step) for step in Autograde.class_traits()[steps].default()]


SANITIZE = _with_ours("sanitize_preprocessors")
AUTOGRADE = [*_with_ours("autograde_preprocessors"), Harmless]


# One warm process, and what has been found out, for as long as this process lives ------------------------------------

_calibrations: dict[str, Calibration] = {}
_held: dict[int, Backend] = {}  # by the process's id: a fork of it has no part in it
_modules: set[str] = set()  # that the backend held was asked for; it may have refused some
_lock = threading.RLock()


@contextmanager
def _backend(sandbox: SandboxKind, modules: Sequence[str], data: Mapping[str, Path]) -> Iterator[BackendAddress]:
    """This process's backend. One that lacks a module gives way to one that has those of both."""
    with _lock:
        held = _held.get(os.getpid())
        if held is None or (held.sandbox, held.data) != (sandbox, data) or not _modules.issuperset(modules):
            _close_backend()
            _modules.update(modules)
            held = _held[os.getpid()] = Backend(sandbox, sorted(_modules), data)
        held.revive()
        yield held.address


@atexit.register
def _close_backend() -> None:
    held = _held.pop(os.getpid(), None)
    if held is not None:
        held.close()
