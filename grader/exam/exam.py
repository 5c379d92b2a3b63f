"""The exam of one submission: repair it, run it, judge it, with two processes that go through the notebook in step.

In: an assignment, a submission, limits, a backend, the assignment's calibration. Out: the executed notebook and its verdicts.
The student kernel runs the student's code. The examiner runs the checks, and asks the kernel for the student's names. An exam
reads no gradebook and writes no file, so any process can hold it.
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
from grader.core.model import Assignment, Calibration, ExamResult, Limits, Problem, Stopped, Submission, Verdict
from grader.core.record import write_check_record
from grader.core.remembered import remembered
from grader.exam.backend import BackendAddress
from grader.exam.examiner_client import GRACE_SECONDS, ExaminerClient, ExaminerGone
from grader.exam.execution import Client, Executed
from grader.exam.orders import TIMEOUT, CellReport
from grader.exam.ownership.dataflow import students_names
from grader.exam.ownership.demos import idle_demos
from grader.exam.ownership.plan import CellPlan, Plan, Role
from grader.exam.stopped import mark_stopped
from grader.exam.student_agent import FD
from grader.exam.verdicts import judge
from grader.submissions.repair import repair


def hold_exam(
    assignment: Assignment, submission: Submission, limits: Limits, backend: BackendAddress, calibration: Calibration
) -> ExamResult:
    """Examine one submission. ``calibration`` is the result of `calibrate` for its assignment in this backend.

    A submission without a readable notebook gets no verdict. Its result holds the notebook with stubs, so that the gradebook
    and the student's page can say what was wrong.

    Raises:
        GraderError: no exam can be held here. The submission is not at fault.
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
    """Examine a notebook that has all given cells and checks, and write the outputs into it.

    ``files`` are those that the student kernel finds beside the notebook, if they are more than the assignment's own. The
    examiner gets the assignment's own.

    Raises:
        GraderError: no exam can be held here. The submission is not at fault.
    """
    began, cpu = time.monotonic(), time.process_time()
    exam = NotebookExam(
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


class NotebookExam:
    """The exam of one notebook: which process runs which of its cells.

    ``paths`` are the ways in which proxies may be used; None allows all of them, and ``seen`` then holds those that were.
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
        # The given cells that the examiner runs, in the author's order, whatever the student has done to them.
        order = [cell.id for cell in assignment.with_stubs.cells]
        self.given = [cell for cell in assignment.with_stubs.cells if plan.of(cell.id).role is Role.BOTH]
        self.before = {cell_id: set(order[:position]) for position, cell_id in enumerate(order)}
        self.examiner: ExaminerClient | None = None
        if any(plan.role is Role.CHECK for plan in self.plans.values()):
            self.examiner = ExaminerClient(backend, assignment.files, limits, paths)
        self.edited = _edited(self.given, notebook) if self.examiner is not None else []
        self.seen: list[str] = []

    def hold(self, skip: set[int], files: Mapping[str, bytes]) -> tuple[Executed, tuple[Verdict, ...]]:
        """Run the notebook without the cells at the positions ``skip``, with these files beside it, and judge it."""
        client = _ExamClient(self, skip)
        executed = client.run(files)
        verdicts = judge(self.notebook, self.unprotected)
        for verdict in verdicts:
            cell = client.checks.get(verdict.grade_id)
            if cell is not None:
                write_check_record(cell, verdict)
                # Only now, since what the student's code printed during a check must not influence the verdict.
                cell.outputs = [*client.printed.get(verdict.grade_id, ()), *cell.outputs]
        return executed, verdicts


_plan_of = remembered(students_names)


def _plans(
    notebook: NotebookNode, assignment: Assignment, plan: Plan, unprotected: frozenset[str]
) -> dict[int, CellPlan]:
    """The plan of each code cell, by its position. Cells that differ from the author's are the student's."""
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
    """Sentences about the given cells that are not locked and that the student has changed."""
    texts = {cell.id: cell.source for cell in notebook.cells}
    changed = [cell.source.strip() for cell in given if texts.get(cell.id, cell.source) != cell.source]
    beginnings = [text.split("\n")[0][:60] for text in changed]
    return [
        f"The given cell that begins with `{text}` was changed; the checks use the original." for text in beginnings
    ]


class _ExamClient(Client):
    """Runs the student's cells in the student kernel, and lets the examiner run the checks and the given cells."""

    def __init__(self, exam: NotebookExam, skip: set[int]) -> None:
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
            if self.examiner.student_end is not None:
                kwargs["fds"] = {FD: self.examiner.student_end.fileno()}
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
            self.examiner.release_student_end()

    async def run_cell(self, cell: NotebookNode, cell_index: int, **kwargs: Any) -> None:
        plan = self.exam.plans[cell_index]
        if plan.role in (Role.CHECK, Role.BOTH) and self.examiner is not None:
            await self._catch_up(cell.id)
        if plan.role is Role.CHECK:
            await self._check(plan, cell, cell_index, **kwargs)
        elif plan.role is Role.BOTH and self.examiner is not None:
            self.run_given.add(cell.id)
            theirs = super().run_cell(cell, cell_index, **kwargs)
            ours = self.examiner.run(cell.source, _file_of(cell), self.seconds_left())
            await asyncio.gather(theirs, ours)
        else:
            await super().run_cell(cell, cell_index, **kwargs)

    async def _catch_up(self, cell_id: str) -> None:
        """Let the examiner run those given cells above this one that the student has changed, moved or deleted."""
        assert self.examiner is not None
        for cell in self.exam.given:
            if cell.id in self.exam.before.get(cell_id, ()) and cell.id not in self.run_given:
                self.run_given.add(cell.id)
                await self.examiner.run(cell.source, _file_of(cell), self.seconds_left())

    async def _check(self, plan: CellPlan, cell: NotebookNode, cell_index: int, **kwargs: Any) -> None:
        """The examiner runs the check; meanwhile the student kernel runs the code that answers it."""
        assert self.examiner is not None
        self.begin_cell()
        seconds = self.seconds_left()
        cell.outputs = []
        try:
            code = await self.examiner.open(plan, cell.source, _file_of(cell), seconds)
        except ExaminerGone:
            mark_stopped(cell, self.limit)
            return
        serving = nbformat.v4.new_code_cell(code, metadata=copy.deepcopy(cell.metadata))
        self.nb.cells[cell_index] = serving  # where nbclient looks for a display that is to be updated
        self.timeout = round(seconds + GRACE_SECONDS)  # the examiner notices first that the time is over
        served = asyncio.ensure_future(super().run_cell(serving, cell_index, **kwargs))
        report = await self.examiner.check(seconds)
        if report["broken"] and not served.done():
            # Nobody waits any more for what the kernel is still computing.
            await self.km.interrupt_kernel()
        if _timed_out(report):
            self.note_timeout()
        try:
            await served
        except (DeadKernelError, CellTimeoutError):
            _write(report, cell, self.limit)
            raise
        finally:
            self.nb.cells[cell_index] = cell
            # The student's code can change its displays later, but not the examiner's outputs, which go to the same cell.
            self.clear_display_id_mapping(cell_index)
            self.printed[grade_id_of(cell)] = _prints(serving)
        cell.execution_count = serving.execution_count
        _write(report, cell, self.limit)


def _file_of(cell: NotebookNode) -> str:
    return f"<{grade_id_of(cell) or cell.id}>"


def _timed_out(report: CellReport) -> bool:
    return report["error"] is not None and report["error"][0] == TIMEOUT


def _write(report: CellReport, cell: NotebookNode, limit: Stopped) -> None:
    """Write the examiner's report of a check as the outputs that nbgrader reads. ``limit`` ended it, if it timed out."""
    if report["stdout"]:
        cell.outputs.append(nbformat.v4.new_output("stream", name="stdout", text=report["stdout"]))
    if _timed_out(report):
        mark_stopped(cell, limit)
    elif report["error"] is not None:
        name, text, line = report["error"]
        where = [f"in line {line} of this cell"] if line else []
        trace = [*where, f"{name}: {text}"]
        cell.outputs.append(nbformat.v4.new_output("error", ename=name, evalue=text, traceback=trace))
    elif report["value"] is not None:
        data = {"text/plain": report["value"]}
        cell.outputs.append(nbformat.v4.new_output("execute_result", data=data, execution_count=cell.execution_count))


def _prints(serving: NotebookNode) -> list[NotebookNode]:
    """What the student's code printed while it answered a check."""
    text = "".join(out.text for out in serving.outputs if out.output_type == "stream")
    return [nbformat.v4.new_output("stream", name="stdout", text=text)] if text else []


__all__ = ["NotebookExam", "examine", "hold_exam"]
