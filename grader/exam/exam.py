"""The exam of one submission: fix it, run it, judge it, by two processes in lock step.

The student kernel runs what the student wrote. The examiner runs the checks, and asks the kernel for the student's names. An
exam is a pure function of (assignment, submission, limits, backend): it reads no gradebook and writes no file, so it can be
held in any process.
"""

from __future__ import annotations

import asyncio
import copy
import time
from collections.abc import Mapping, Sequence
from typing import Any

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbclient.util import run_sync
from nbformat import NotebookNode

from grader.core.cells import grade_id_of, is_check
from grader.core.model import Assignment, Calibration, ExamResult, Limits, Problem, Submission, Verdict
from grader.core.record import write_check_record
from grader.core.remembered import remembered
from grader.exam.backend import BackendAddress
from grader.exam.examiner_client import GRACE_SECONDS, Examiner, ExaminerGone
from grader.exam.examiner_main import Said
from grader.exam.execution import TIMEOUT, Client, Executed, add_error, execute
from grader.exam.ownership.dataflow import CellPlan, Plan, Role, students_names
from grader.exam.ownership.demos import demos_of, idle_demos
from grader.exam.student_agent import FD
from grader.exam.verdicts import judge
from grader.submissions.repair import repair


def hold_exam(
    assignment: Assignment, submission: Submission, limits: Limits, backend: BackendAddress, calibration: Calibration
) -> ExamResult:
    """Examine one submission. ``calibration`` is what `calibrate` has found for its assignment in this backend.

    One without a readable notebook gets no verdict. The graded version with nothing answered stands in its place, so that
    the gradebook and its student's page can say what was wrong.

    Raises:
        GraderError: no exam can be held here; that is no fault of the submission's.
    """
    if submission.notebook is None:
        return ExamResult(copy.deepcopy(assignment.with_stubs), (), 0.0)
    began, cpu = time.monotonic(), time.process_time()
    if submission.repaired:
        notebook, problems = copy.deepcopy(submission.notebook), tuple[Problem, ...]()
    else:
        notebook, problems = repair(submission.notebook, assignment.with_stubs)
    repairing = time.process_time() - cpu
    files = {**submission.files, **assignment.files}
    result = examine(notebook, assignment, limits, backend, calibration, files)
    result.seconds = time.monotonic() - began
    result.problems = (*problems, *result.problems)
    result.cpu["repair"] = repairing
    return result


def examine(
    notebook: NotebookNode,
    assignment: Assignment,
    limits: Limits,
    backend: BackendAddress,
    calibration: Calibration,
    files: Mapping[str, bytes] | None = None,
) -> ExamResult:
    """Examine a notebook in which the given cells and the checks are in place, and write the outputs into it.

    ``files`` is what the student kernel finds beside the notebook, where that is more than the assignment's own files,
    which the examiner gets.

    Raises:
        GraderError: no exam can be held here; that is no fault of the submission's.
    """
    began, cpu = time.monotonic(), time.process_time()
    exam = _Exam(
        notebook,
        assignment,
        limits.within(calibration),
        backend,
        list(calibration.paths),
        frozenset(calibration.unprotected),
    )
    skip = idle_demos(notebook, assignment.with_stubs)
    executed, verdicts = exam.hold(skip, assignment.files if files is None else files)
    return ExamResult(
        notebook,
        verdicts,
        time.monotonic() - began,
        (*(Problem(line, fixed=True) for line in exam.edited), *(Problem(line) for line in executed.lines)),
        executed.peak_bytes,
        {
            "exam": time.process_time() - cpu,
            "student kernel": executed.cpu_seconds,
            "examiner": exam.examiner.cpu_seconds if exam.examiner is not None else 0.0,
        },
    )


def calibrate(assignment: Assignment, limits: Limits, backend: BackendAddress) -> Calibration:
    """Put the assignment's own solution through the exam, to see which checks the wall breaks, and how long it takes.

    Raises:
        GraderError: no exam can be held here.
    """
    unprotected: dict[str, str] = {}
    while True:
        exam = _Exam(copy.deepcopy(assignment.source), assignment, limits, backend, None, frozenset(unprotected))
        began = time.monotonic()
        executed, verdicts = exam.hold(demos_of(assignment.source), {**assignment.files, **assignment.students_files})
        seconds = time.monotonic() - began
        failed = {verdict.grade_id: verdict.message for verdict in verdicts if verdict.points < verdict.max_points}
        broken = _passed_in_one_kernel(assignment, limits, backend, set(failed) - set(unprotected)) if failed else set()
        if not broken:
            break
        # A check that runs elsewhere leaves its names there: what needs them may fail in the next round.
        unprotected |= {grade_id: failed[grade_id] for grade_id in broken}
    problems = [
        f"The source's own solution does not get full points for {grade_id}: {message}"
        for grade_id, message in failed.items()
        if grade_id not in unprotected
    ]
    return Calibration(
        frozenset(exam.seen),
        unprotected,
        (*problems, *executed.lines),
        executed.cell_seconds,
        seconds,
        executed.peak_bytes,
    )


def _passed_in_one_kernel(
    assignment: Assignment, limits: Limits, backend: BackendAddress, failed: set[str]
) -> set[str]:
    """Which of the checks that failed across the wall pass where nbgrader would run them."""
    if not failed:
        return set()
    notebook = copy.deepcopy(assignment.source)
    files = {**assignment.files, **assignment.students_files}
    execute(notebook, limits, files=files, skip=demos_of(notebook), backend=backend)
    return {
        verdict.grade_id
        for verdict in judge(notebook)
        if verdict.grade_id in failed and verdict.points == verdict.max_points
    }


class _Exam:
    """One notebook, and what is to be done with each of its cells.

    ``paths`` are the ways in which stand-ins may be used; None allows all of them.
    """

    def __init__(
        self,
        notebook: NotebookNode,
        assignment: Assignment,
        limits: Limits,
        backend: BackendAddress,
        paths: list[str] | None,
        unprotected: frozenset[str],
    ) -> None:
        self.notebook, self.limits, self.backend, self.unprotected = notebook, limits, backend, unprotected
        self.paths = paths
        plan = _plan_of(assignment.source)
        self.plans = _plans(notebook, assignment, plan, unprotected)
        # What the examiner runs of the author's, in the author's order, whatever a student has made of it.
        order = [cell.id for cell in assignment.with_stubs.cells]
        self.given = [cell for cell in assignment.with_stubs.cells if plan.of(cell.id).role is Role.BOTH]
        self.before = {cell_id: set(order[:place]) for place, cell_id in enumerate(order)}
        self.examiner: Examiner | None = None
        if any(plan.role is Role.CHECK for plan in self.plans.values()):
            self.examiner = Examiner(backend, assignment.files, limits, paths)
        self.edited = _edited(self.given, notebook) if self.examiner is not None else []
        self.seen: list[str] = []

    def hold(self, skip: set[int], files: Mapping[str, bytes]) -> tuple[Executed, tuple[Verdict, ...]]:
        client = _ExamClient(self, skip)
        executed = client.run(files)
        verdicts = judge(self.notebook, self.unprotected)
        for verdict in verdicts:
            cell = client.checks.get(verdict.grade_id)
            if cell is not None:
                write_check_record(cell, verdict)
                # Only now: what the student's code printed during a check has no part in the verdict.
                cell.outputs = [*client.printed.get(verdict.grade_id, ()), *cell.outputs]
        return executed, verdicts


_plan_of = remembered(students_names)


def _plans(
    notebook: NotebookNode, assignment: Assignment, plan: Plan, unprotected: frozenset[str]
) -> dict[int, CellPlan]:
    """The plan of each code cell, by its position. Cells that are not as the author wrote them are the student's."""
    authored = {cell.id: cell for cell in assignment.with_stubs.cells}
    plans = {}
    for position, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        mine = plan.of(cell.id) if cell.id in authored else CellPlan(cell.id, Role.STUDENT)
        trusted = mine.role in (Role.BOTH, Role.CHECK)
        if (trusted and authored[cell.id].source != cell.source) or grade_id_of(cell) in unprotected:
            mine = CellPlan(cell.id, Role.STUDENT)
        plans[position] = mine
    return plans


def _edited(given: Sequence[NotebookNode], notebook: NotebookNode) -> list[str]:
    """What to tell of given cells that nothing locks, and that the student has changed."""
    texts = {cell.id: cell.source for cell in notebook.cells}
    changed = [cell.source.strip() for cell in given if texts.get(cell.id, cell.source) != cell.source]
    beginnings = [text.split("\n")[0][:60] for text in changed]
    return [
        f"The given cell that begins with `{text}` was changed; the checks use the original." for text in beginnings
    ]


class _ExamClient(Client):
    """Runs the student's cells in the student kernel, and lets the examiner run its own."""

    def __init__(self, exam: _Exam, skip: set[int]) -> None:
        super().__init__(exam.notebook, exam.limits, skip, exam.backend)
        self.exam, self.examiner = exam, exam.examiner
        self.checks = {grade_id_of(cell): cell for cell in exam.notebook.cells if is_check(cell)}
        self.printed: dict[str, list[NotebookNode]] = {}
        self.run_given: set[str] = set()

    async def async_execute(self, *args: Any, **kwargs: Any) -> NotebookNode:
        if self.examiner is None:
            return await super().async_execute(*args, **kwargs)
        try:
            await self.examiner.start()
            if self.examiner.wall is not None:
                kwargs["fds"] = {FD: self.examiner.wall.fileno()}
            kwargs["env"] = {**kwargs.get("env", {}), **self.examiner.kernel_env}
            return await super().async_execute(*args, **kwargs)
        finally:
            if self.exam.paths is None:
                self.exam.seen = await self.examiner.seen()
            await self.examiner.close()

    execute = run_sync(async_execute)

    async def async_start_new_kernel(self, **kwargs: Any) -> None:
        await super().async_start_new_kernel(**kwargs)
        if self.examiner is not None:
            self.examiner.release_wall()

    async def run_cell(self, cell: NotebookNode, cell_index: int, **kwargs: Any) -> None:
        plan = self.exam.plans[cell_index]
        if plan.role in (Role.CHECK, Role.BOTH) and self.examiner is not None:
            await self._catch_up(cell.id)
        if plan.role is Role.CHECK:
            await self._check(plan, cell, cell_index, **kwargs)
        elif plan.role is Role.BOTH and self.examiner is not None:
            self.run_given.add(cell.id)
            theirs = super().run_cell(cell, cell_index, **kwargs)
            ours = self.examiner.run(cell.source, _file_of(cell), self._seconds())
            await asyncio.gather(theirs, ours)
        else:
            await super().run_cell(cell, cell_index, **kwargs)

    async def _catch_up(self, cell_id: str) -> None:
        """Run the given cells before this one that the notebook no longer has as they were."""
        assert self.examiner is not None
        for cell in self.exam.given:
            if cell.id in self.exam.before.get(cell_id, ()) and cell.id not in self.run_given:
                self.run_given.add(cell.id)
                await self.examiner.run(cell.source, _file_of(cell), self._seconds())

    async def _check(self, plan: CellPlan, cell: NotebookNode, cell_index: int, **kwargs: Any) -> None:
        """The examiner runs the check; meanwhile the student kernel runs the code that answers it."""
        assert self.examiner is not None
        seconds = self._seconds()
        cell.outputs = []
        try:
            code = await self.examiner.open(plan, cell.source, _file_of(cell), seconds)
        except ExaminerGone:
            add_error(cell, TIMEOUT, f"stopped after {seconds:g} s")
            return
        serving = nbformat.v4.new_code_cell(code, metadata=copy.deepcopy(cell.metadata))
        self.nb.cells[cell_index] = serving  # where nbclient looks for a display that is to be updated
        self.timeout = round(seconds + GRACE_SECONDS)  # the examiner is the first to say that time is over
        served = asyncio.ensure_future(super().run_cell(serving, cell_index, **kwargs))
        said = await self.examiner.check(seconds)
        if said["broken"] and not served.done():
            # Nobody asks any more: what the kernel is still busy with is of no use.
            await self.km.interrupt_kernel()
        if said["error"] is not None and said["error"][0] == TIMEOUT:
            self.log_lines.append(f"{self.place()} was {said['error'][1]}.")
        try:
            await served
        except (DeadKernelError, CellTimeoutError):
            _write(said, cell)
            raise
        finally:
            self.nb.cells[cell_index] = cell
            # A display of the student's can be changed later, and must not be where the examiner's outputs will stand.
            self.clear_display_id_mapping(cell_index)
            self.printed[grade_id_of(cell)] = _prints(serving)
        cell.execution_count = serving.execution_count
        _write(said, cell)


def _file_of(cell: NotebookNode) -> str:
    return f"<{grade_id_of(cell) or cell.id}>"


def _write(said: Said, cell: NotebookNode) -> None:
    """What the examiner says of a check, as the outputs that nbgrader reads."""
    if said["stdout"]:
        cell.outputs.append(nbformat.v4.new_output("stream", name="stdout", text=said["stdout"]))
    if said["error"] is not None:
        name, text, line = said["error"]
        where = [f"in line {line} of this cell"] if line else []
        trace = [*where, f"{name}: {text}"]
        cell.outputs.append(nbformat.v4.new_output("error", ename=name, evalue=text, traceback=trace))
    elif said["value"] is not None:
        data = {"text/plain": said["value"]}
        cell.outputs.append(nbformat.v4.new_output("execute_result", data=data, execution_count=cell.execution_count))


def _prints(serving: NotebookNode) -> list[NotebookNode]:
    """What the student's code printed while it answered a check."""
    text = "".join(out.text for out in serving.outputs if out.output_type == "stream")
    return [nbformat.v4.new_output("stream", name="stdout", text=text)] if text else []


__all__ = ["calibrate", "examine", "hold_exam"]
