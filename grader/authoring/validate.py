"""Prove a lecture: what its author claims of exercises, checks and wrong answers holds when it is run.

In: a lecture's script. Out: a `LectureReport` with every error, each with file, line and fix. Four runs of the notebook
are made: the source without its demos, the release, one in which every listed wrong answer stands before the right one, and
the source again as an exam by two processes.
"""

from __future__ import annotations

import copy
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from grader.authoring.build import build_assignment
from grader.authoring.course import Course
from grader.authoring.markers import BEGIN_HIDDEN, BEGIN_SOLUTION, END_HIDDEN, END_SOLUTION, inside, outside
from grader.authoring.references import PREFIX
from grader.authoring.script import Cell, Kind, Script, read_script
from grader.authoring.strict_figures import REFUSED, with_strict_figures, without_strict_figures
from grader.core.atomic import write_atomically
from grader.core.cell_names import names_of
from grader.core.cells import grade_id_of, is_answer, is_demo, is_graded, notebook_bytes, set_metadata
from grader.core.errors import AuthoringError, AuthoringErrors, GraderError
from grader.core.model import Assignment, Limits, Outcome, Verdict
from grader.exam.backend import Backend, modules_of
from grader.exam.exam import calibrate
from grader.exam.execution import execute
from grader.exam.ownership.demos import demos_of
from grader.exam.verdicts import judge
from grader.kernel.sandbox import SandboxKind

# An author's own code is trusted; it only must not hang for ever.
LIMITS = Limits(cell_seconds=300, notebook_seconds=1800)
# A line that gives nothing away by itself: of its shape, anybody would have written it.
SAYS_LITTLE = re.compile(
    r"\W*|#.*|(import|from) .*|return \w+|(for|if|while|with|elif|else|try|except|finally)\b.*:|pass|\w+ = \w+"
)
SCHEME_LINE = re.compile(r"^\s*[-*]\s*(?P<points>\d+(?:\.\d+)?) points?:", re.MULTILINE)


@dataclass
class LectureReport:
    """What was proved of a lecture, and each thing that does not hold."""

    name: str
    checks: int = 0
    wrong_answers: int = 0
    points: float = 0
    errors: list[AuthoringError] = field(default_factory=list)

    @property
    def summary(self) -> str:
        if self.errors:
            return f"{self.name}: {len(self.errors)} error{'s' * (len(self.errors) != 1)}"
        return (
            f"{self.name}: sound. {self.points:g} points, {self.checks} checks; "
            f"{self.wrong_answers} wrong answers fail, each with its sentence."
        )


def validate_lecture(course: Course, path: Path) -> LectureReport:
    """Prove one lecture. Mistakes that can be read come first; the notebook runs only when there are none of them."""
    report = LectureReport(path.stem)
    try:
        script = read_script(path)
        assignment = build_assignment(course, script)
    except AuthoringErrors as wrong:
        report.errors += wrong.errors
        return report
    report.checks = len(script.of_kind(Kind.CHECK))
    report.wrong_answers = len(script.of_kind(Kind.WRONG))
    report.points = sum(cell.points for cell in script.of_kind(Kind.CHECK, Kind.WRITTEN))
    for rule in (_points_add_up, _exercises_are_checked, _schemes_add_up, _checks_keep_names, _nothing_leaks):
        report.errors += rule(script, assignment)
    if not report.errors:
        for proof in (_source_scores, _release_scores_nothing, _wrong_answers_fail, _wall_breaks_no_check):
            report.errors += proof(script, assignment)
    report.errors.sort(key=lambda error: error.line)
    return report


def write_solutions(assignments: Iterable[Assignment], folder: Path) -> Iterator[Path]:
    """Execute each source notebook, demos and all, and write it into ``folder``.

    Raises:
        GraderError: a cell of a source fails.
    """
    for assignment in assignments:
        notebook = _run(assignment.source, assignment)
        for cell in notebook.cells:
            for output in cell.get("outputs", []):
                if output.output_type == "error":
                    first = next(iter(cell.source.splitlines()), "")
                    raise GraderError(
                        f"{assignment.name}: the cell that begins with `{first}` fails: {output.ename}: {output.evalue}. "
                        f"Run `grader validate {assignment.name}` to see its line."
                    )
        path = folder / f"{assignment.name}.ipynb"
        write_atomically(path, notebook_bytes(notebook))
        yield path


def _points_add_up(script: Script, assignment: Assignment) -> Iterator[AuthoringError]:
    total = sum(cell.points for cell in script.of_kind(Kind.CHECK, Kind.WRITTEN))
    if total != script.points:
        yield script.error(
            1, f"the header says {script.points:g} points, the cells add up to {total:g}.", "fix the header."
        )


def _exercises_are_checked(script: Script, assignment: Assignment) -> Iterator[AuthoringError]:
    for exercise in script.of_kind(Kind.EXERCISE):
        checks = [cell for cell in script.of_kind(Kind.CHECK) if cell.name == exercise.name]
        hidden = [line for cell in checks for line in inside(cell.source, BEGIN_HIDDEN, END_HIDDEN)]
        if not any(line.strip() and not line.strip().startswith("#") for line in hidden):
            yield script.error(
                exercise.line,
                f"the exercise `{exercise.name}` has no hidden test.",
                f"add one between `{BEGIN_HIDDEN}` and `{END_HIDDEN}` in its check.",
            )
        if not any(cell.name == exercise.name for cell in script.of_kind(Kind.WRONG)):
            yield script.error(
                exercise.line,
                f"the exercise `{exercise.name}` lists no wrong answer.",
                f'add a cell `# %% wrong="{exercise.name}" says="…"`.',
            )


def _schemes_add_up(script: Script, assignment: Assignment) -> Iterator[AuthoringError]:
    for cell in script.of_kind(Kind.WRITTEN):
        scheme = "\n".join(inside(cell.source, BEGIN_SOLUTION, END_SOLUTION))
        total = sum(float(points) for points in SCHEME_LINE.findall(scheme))
        if total != cell.points:
            yield script.error(
                cell.line,
                f"the mark scheme of `{cell.name}` adds up to {total:g} points, the question has {cell.points:g}.",
                "write it as lines `- 2 points: …` that add up.",
            )


def _checks_keep_names(script: Script, assignment: Assignment) -> Iterator[AuthoringError]:
    for cell in script.of_kind(Kind.CHECK):
        for name, line in names_of(cell.source).lines.items():
            if not name.startswith(("_", PREFIX)):
                yield script.error(
                    cell.line + line,
                    f"the check binds `{name}`, which a student may use.",
                    f"call it `_{name}`.",
                )


def _nothing_leaks(script: Script, assignment: Assignment) -> Iterator[AuthoringError]:
    visible = {line.strip() for cell in assignment.release.cells for line in cell.source.splitlines()}
    markers = ("BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
    for line in visible:
        if any(marker in line for marker in markers):
            yield script.error(1, f"the release holds the line `{line}`.", "fix the markers.")
    for cell in script.of_kind(Kind.EXERCISE, Kind.WRITTEN, Kind.CHECK):
        begin, end = (BEGIN_HIDDEN, END_HIDDEN) if cell.kind is Kind.CHECK else (BEGIN_SOLUTION, END_SOLUTION)
        secret = {line.strip() for line in inside(cell.source, begin, end)}
        for line in sorted(secret & visible - {text.strip() for text in outside(cell.source, begin, end)}):
            if not SAYS_LITTLE.fullmatch(line):
                yield script.error(
                    cell.line,
                    f"a hidden line of `{cell.grade_id}` stands in the release, too: `{line}`.",
                    "write one of the two in another way.",
                )


def _source_scores(script: Script, assignment: Assignment) -> Iterator[AuthoringError]:
    """Run without demos, as the grader runs it: so a check that needs a demo fails here."""
    notebook = _run(assignment.source, assignment, demos=False)
    lines = _lines(script)
    for verdict in judge(notebook):
        if verdict.points != verdict.max_points:
            yield script.error(
                lines[verdict.grade_id],
                f"the source's own solution gets {verdict.points:g} of {verdict.max_points:g} points: "
                f"{_told(notebook, verdict)}.",
                "fix the solution or the check; if only a demo cell makes it pass, the check must do without.",
            )
    for cell in notebook.cells:
        grade_id = grade_id_of(cell)
        for output in cell.get("outputs", []):
            if output.output_type == "error" and not is_graded(cell):
                line = lines.get(grade_id, _line_of(script, cell.source))
                yield _failure(script, line, "cell", output)
            if output.get("name") == "stderr" and is_graded(cell):
                yield script.error(
                    lines[grade_id],
                    f"the check writes to stderr: {output.text.strip()[:200]!r}; stock nbgrader scores that 0.",
                    "silence it.",
                )


def _run(notebook: NotebookNode, assignment: Assignment, *, demos: bool = True) -> NotebookNode:
    """A copy of the notebook, executed. `show` refuses a figure that says too little."""
    notebook = with_strict_figures(notebook)
    execute(notebook, LIMITS, files=assignment.files, skip=() if demos else demos_of(notebook))
    without_strict_figures(notebook)
    return notebook


def _failure(script: Script, line: int, what: str, error: NotebookNode) -> AuthoringError:
    if error.ename == REFUSED:
        missing, _, how = error.evalue.rpartition(". ")
        return script.error(line, f"{missing[:1].lower()}{missing[1:]}.", how)
    return script.error(line, f"the {what} fails: {error.ename}: {error.evalue}.", "fix it.")


def _release_scores_nothing(script: Script, assignment: Assignment) -> Iterator[AuthoringError]:
    notebook = copy.deepcopy(assignment.with_stubs)
    execute(notebook, LIMITS, files=assignment.files, skip=demos_of(notebook))
    for verdict in judge(notebook):
        if verdict.points:
            yield script.error(
                _lines(script)[verdict.grade_id],
                f"the untouched release gets {verdict.points:g} points for `{verdict.grade_id}`.",
                "let the check use what the exercise binds, and bind no such name before it.",
            )


def _wrong_answers_fail(script: Script, assignment: Assignment) -> Iterator[AuthoringError]:
    """Run with the wrong answers, and with the demos, which must at least not fail."""
    notebook, trials = with_wrong_answers(script, assignment)
    notebook = _run(notebook, assignment)
    for cell in notebook.cells:
        errors = [output for output in cell.get("outputs", []) if output.output_type == "error"]
        for error in errors[:1] if is_demo(cell) else []:
            yield _failure(script, _line_of(script, cell.source), "demo", error)
    verdicts: dict[str, list[Verdict]] = {}
    for verdict in judge(notebook):
        trial, _, grade_id = verdict.grade_id.partition(":")
        verdicts.setdefault(trial, []).append(verdict)
        if not grade_id and verdict.points != verdict.max_points:
            yield script.error(
                _lines(script)[verdict.grade_id],
                f"after the wrong answers, the right one fails `{verdict.grade_id}`: {verdict.message}",
                "a wrong answer changes something that later cells need; let it not.",
            )
    for trial, cell in trials.items():
        failed = [verdict for verdict in verdicts[trial] if verdict.points < verdict.max_points]
        if not failed:
            yield script.error(
                cell.line, f"this wrong answer passes every check of `{cell.name}`.", "add a test that it fails."
            )
        elif any(verdict.outcome is Outcome.TIMEOUT for verdict in failed):
            yield script.error(cell.line, "this wrong answer runs out of time.", "choose one that ends.")
        elif not any(cell.says.lower() in _told(notebook, verdict).lower() for verdict in failed):
            told = " | ".join(_told(notebook, verdict) for verdict in failed)
            yield script.error(
                cell.line,
                f"this wrong answer fails, but no message says {cell.says!r}; they say: {told}",
                "let the check name the misconception, or fix `says`.",
            )


def _wall_breaks_no_check(script: Script, assignment: Assignment) -> Iterator[AuthoringError]:
    """Put the solution through the exam: a check that fails there could not be protected."""
    sandbox = (
        SandboxKind.NONE if sys.platform == "linux" else SandboxKind.SPAWN
    )  # the author's code may use the network
    with Backend(sandbox, modules_of([assignment.source])) as opened:
        reference = calibrate(assignment, LIMITS, opened.address)
    for grade_id, message in reference.unprotected.items():
        yield script.error(
            _lines(script)[grade_id],
            f"`{grade_id}` passes in one kernel, and not where answers cross to the examiner: {message}",
            "let it look at what the exercise binds or returns, not at the state of the process that ran it.",
        )


def with_wrong_answers(script: Script, assignment: Assignment) -> tuple[NotebookNode, dict[str, Cell]]:
    """The source notebook with each wrong answer, and its checks, before the right one.

    The ids of the checks that belong to a wrong answer read ``TRIAL:GRADE_ID``.
    """
    notebook = copy.deepcopy(assignment.source)
    trials: dict[str, Cell] = {}
    positions = {grade_id_of(cell): n for n, cell in enumerate(notebook.cells)}
    cells: list[NotebookNode] = []
    for position, source_cell in enumerate(notebook.cells):
        grade_id = grade_id_of(source_cell)
        if is_answer(source_cell) and source_cell.cell_type == "code":
            checks = [cell for cell in script.of_kind(Kind.CHECK) if cell.name == grade_id]
            last = max((positions[check.grade_id] for check in checks), default=position)
            own = {check.grade_id for check in checks}
            for wrong in script.of_kind(Kind.WRONG):
                if wrong.name == grade_id:
                    trial = f"trial{len(trials)}"
                    trials[trial] = wrong
                    cells += _trial(trial, wrong, notebook.cells[position : last + 1], own)
        cells.append(source_cell)
    notebook.cells = cells
    return notebook, trials


def _trial(trial: str, wrong: Cell, block: list[NotebookNode], own: set[str]) -> Iterator[NotebookNode]:
    for number, cell in enumerate(block):
        cell = copy.deepcopy(cell)
        cell.id = f"{trial}-{number}"
        if number == 0:
            cell.source = wrong.source
        elif is_graded(cell):
            if grade_id_of(cell) not in own:
                continue
            set_metadata(cell, grade_id=f"{trial}:{grade_id_of(cell)}")
        yield cell


def _told(notebook: NotebookNode, verdict: Verdict) -> str:
    """What the student is told, and for an author also the exception, which the sentence may leave out."""
    for cell in notebook.cells:
        if grade_id_of(cell) == verdict.grade_id:
            for output in cell.get("outputs", []):
                if output.output_type == "error" and output.ename != "AssertionError":
                    return f"{verdict.message} [{output.ename}: {output.evalue}]"
    return verdict.message


def _lines(script: Script) -> dict[str, int]:
    return {cell.grade_id: cell.line for cell in script.of_kind(Kind.EXERCISE, Kind.CHECK, Kind.WRITTEN)}


def _line_of(script: Script, source: str) -> int:
    # The build writes a playground's page behind its seed, so only the beginning need be the same.
    return next((cell.line for cell in script.cells if cell.source and cell.source in source), 1)
