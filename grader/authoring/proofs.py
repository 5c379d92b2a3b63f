"""What holds of a lecture when it is run: three proofs, and the runs that they need.

In: a `Script`, the `Assignment` built from it, a sandbox. Out: an `AuthoringError` for each thing that does not hold.
The source runs once in one kernel, with its demos, as a student and stock nbgrader would run it. The untouched release runs
once in one kernel. The exam calibrates the solution, and then examines every listed wrong answer.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace

from nbformat import NotebookNode

from grader.authoring.script import Kind, Script, line_of
from grader.authoring.strict_figures import REFUSED, with_strict_figures, without_strict_figures
from grader.authoring.wrong_answers import with_wrong_answers
from grader.core.cells import grade_id_of, is_demo, is_graded
from grader.core.errors import AuthoringError
from grader.core.fingerprints import assignment_fingerprint
from grader.core.model import Assignment, Calibration, Limits, Outcome, Verdict
from grader.exam.backend import Backend, modules_of
from grader.exam.calibrate import calibrate
from grader.exam.calibration_cache import cache_calibration, cached_calibration
from grader.exam.exam import examine
from grader.exam.execution import execute
from grader.exam.ownership.demos import demos_of
from grader.exam.verdicts import judge
from grader.kernel.sandbox import SandboxKind

# An author's own code is trusted; it only must not hang for ever.
LIMITS = Limits(cell_seconds=300, notebook_seconds=1800)


def source_passes(script: Script, assignment: Assignment) -> Iterator[AuthoringError]:
    """In one kernel, demos and all: the solution gets full points, no cell fails, no figure says too little."""
    notebook = run_source(assignment)
    lines = _lines(script)
    for verdict in judge(notebook):
        if verdict.points != verdict.max_points:
            yield script.error(
                lines[verdict.grade_id],
                f"the source's own solution gets {verdict.points:g} of {verdict.max_points:g} points: "
                f"{_message(notebook, verdict)}.",
                "fix the solution or the check.",
            )
    for cell in notebook.cells:
        grade_id = grade_id_of(cell)
        errors = [output for output in cell.get("outputs", []) if output.output_type == "error"]
        for error in errors[:1] if not is_graded(cell) else []:
            line = lines.get(grade_id, line_of(script, cell.source))
            yield _failure(script, line, "demo" if is_demo(cell) else "cell", error)
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr" and is_graded(cell):
                yield script.error(
                    lines[grade_id],
                    f"the check writes to stderr: {output.text.strip()[:200]!r}; stock nbgrader scores that 0.",
                    "silence it.",
                )


def release_scores_nothing(script: Script, assignment: Assignment) -> Iterator[AuthoringError]:
    notebook = copy.deepcopy(assignment.with_stubs)
    execute(notebook, LIMITS, files=assignment.files, skip=demos_of(notebook))
    for verdict in judge(notebook):
        if verdict.points:
            yield script.error(
                _lines(script)[verdict.grade_id],
                f"the untouched release gets {verdict.points:g} points for `{verdict.grade_id}`.",
                "let the check use what the exercise binds, and bind no such name before it.",
            )


def exam_tells_right_from_wrong(
    script: Script, assignment: Assignment, sandbox: SandboxKind
) -> Iterator[AuthoringError]:
    """In the exam, without demos: every check is protected, the solution passes, each wrong answer fails with its sentence."""
    tried, trials = with_wrong_answers(script, assignment)
    with Backend(sandbox, modules_of([assignment.source])) as backend:
        fingerprint = assignment_fingerprint(assignment, sandbox, {})
        calibration = cached_calibration(fingerprint)
        if calibration is None:
            calibration = calibrate(assignment, LIMITS, backend.address)
            cache_calibration(calibration, fingerprint)
        yield from _calibration_errors(script, calibration)
        trial_assignment = replace(assignment, source=tried, with_stubs=tried)
        result = examine(copy.deepcopy(tried), trial_assignment, LIMITS, backend.address, calibration)
    verdicts: dict[str, list[Verdict]] = {}
    for verdict in result.verdicts:
        trial, _, grade_id = verdict.grade_id.rpartition(":")
        verdicts.setdefault(trial, []).append(verdict)
        if not trial and verdict.points != verdict.max_points and grade_id not in calibration.failed:
            yield script.error(
                _lines(script)[grade_id],
                f"after the wrong answers, the right one fails `{grade_id}`: {verdict.message}",
                "a wrong answer changes something that later cells need; let it not.",
            )
    for trial, cell in trials.items():
        failed = [verdict for verdict in verdicts[trial] if verdict.points < verdict.max_points]
        messages = [_message(result.notebook, verdict) for verdict in failed]
        if not failed:
            yield script.error(
                cell.line, f"this wrong answer passes every check of `{cell.name}`.", "add a test that it fails."
            )
        elif any(verdict.outcome is Outcome.TIMEOUT for verdict in failed):
            yield script.error(cell.line, "this wrong answer runs out of time.", "choose one that ends.")
        elif not any(cell.says.lower() in message.lower() for message in messages):
            yield script.error(
                cell.line,
                f"this wrong answer fails, but no message says {cell.says!r}; they say: {' | '.join(messages)}",
                "let the check name the misconception, or fix `says`.",
            )


def _calibration_errors(script: Script, calibration: Calibration) -> Iterator[AuthoringError]:
    for grade_id, message in calibration.unprotected.items():
        yield script.error(
            _lines(script)[grade_id],
            f"`{grade_id}` passes in one kernel, but not in the examiner, which sees answers only: {message}",
            "let it look at what the exercise binds or returns, not at the state of the process that ran it.",
        )
    for grade_id, message in calibration.failed.items():
        yield script.error(
            _lines(script)[grade_id],
            f"without demos, the source's own solution fails `{grade_id}`: {message}",
            "fix the solution or the check; if only a demo cell makes it pass, the check must do without it.",
        )


def run_source(assignment: Assignment) -> NotebookNode:
    """The source notebook, executed with its demos in one kernel. `show` refuses a figure that says too little."""
    notebook = with_strict_figures(assignment.source)
    execute(notebook, LIMITS, files=assignment.files)
    without_strict_figures(notebook)
    return notebook


def _failure(script: Script, line: int, what: str, error: NotebookNode) -> AuthoringError:
    if error.ename == REFUSED:
        missing, _, how = error.evalue.rpartition(". ")
        return script.error(line, f"{missing[:1].lower()}{missing[1:]}.", how)
    return script.error(line, f"the {what} fails: {error.ename}: {error.evalue}.", "fix it.")


def _message(notebook: NotebookNode, verdict: Verdict) -> str:
    """The sentence for the student, and for an author also the exception, which the sentence may leave out."""
    for cell in notebook.cells:
        if grade_id_of(cell) == verdict.grade_id:
            for output in cell.get("outputs", []):
                if output.output_type == "error" and output.ename != "AssertionError":
                    return f"{verdict.message} [{output.ename}: {output.evalue}]"
    return verdict.message


def _lines(script: Script) -> dict[str, int]:
    return {cell.grade_id: cell.line for cell in script.of_kind(Kind.EXERCISE, Kind.CHECK, Kind.WRITTEN)}
