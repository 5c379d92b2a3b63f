"""Prove a lecture: what its author claims of exercises, checks and wrong answers is read, and then run.

In: a lecture's script. Out: a `LectureReport` with every error and warning, each with file and line; or the
executed solutions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from grader.authoring import proofs
from grader.authoring.build import build_assignment
from grader.authoring.course import Course
from grader.authoring.script import Kind, read_script
from grader.authoring.static_rules import RULES, doubts_about_names
from grader.core.atomic import write_atomically
from grader.core.cells import notebook_bytes
from grader.core.errors import AuthoringError, AuthoringErrors, GraderError
from grader.core.model import Assignment
from grader.kernel.sandbox import SandboxKind


@dataclass
class LectureReport:
    """What was proved of a lecture, and each thing that does not hold.

    ``warnings`` say where the exam cannot know whose a name is, as ``file:line: sentence``. A lecture with warnings is sound.
    """

    name: str
    checks: int = 0
    wrong_answers: int = 0
    points: float = 0
    errors: list[AuthoringError] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def summary(self) -> str:
        if self.errors:
            return f"{self.name}: {len(self.errors)} error{'s' * (len(self.errors) != 1)}"
        return (
            f"{self.name}: sound. {self.points:g} points, {self.checks} checks; "
            f"{self.wrong_answers} wrong answers fail, each with its sentence."
        )


def validate_lecture(course: Course, path: Path, sandbox: SandboxKind = SandboxKind.BUBBLEWRAP) -> LectureReport:
    """Prove one lecture. Mistakes that can be read come first; the notebook runs only if there are none of them.

    ``sandbox`` is where the exam runs.

    Raises:
        SandboxError: the sandbox does not work here.
    """
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
    report.warnings += doubts_about_names(script, assignment)
    for rule in RULES:
        report.errors += rule(script, assignment)
    if not report.errors:
        report.errors += proofs.source_passes(script, assignment)
        report.errors += proofs.release_scores_nothing(script, assignment)
    if not report.errors:  # what the source fails in one kernel, it fails in the exam
        report.errors += proofs.exam_tells_right_from_wrong(script, assignment, sandbox)
    report.errors.sort(key=lambda error: error.line)
    return report


def write_solutions(assignments: Iterable[Assignment], folder: Path) -> Iterator[Path]:
    """Execute each source notebook, demos and all, and write it into ``folder``.

    Raises:
        GraderError: a cell of a source fails.
    """
    for assignment in assignments:
        notebook = proofs.run_source(assignment)
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
