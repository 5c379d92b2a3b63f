"""What must hold of a lecture, as far as it can be read without running anything.

In: a `Script` and the `Assignment` built from it. Out: an `AuthoringError` for each thing that does not hold. One rule, one
function; `RULES` lists them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.authoring.markers import BEGIN_HIDDEN, BEGIN_SOLUTION, END_HIDDEN, END_SOLUTION, inside, outside
from grader.authoring.references import PREFIX
from grader.authoring.script import Kind, Script, line_of
from grader.core.cell_names import names_of
from grader.core.errors import AuthoringError
from grader.core.model import Assignment
from grader.exam.ownership.dataflow import students_names

# A line that gives nothing away by itself: of its shape, anybody would have written it.
SAYS_LITTLE = re.compile(
    r"\W*|#.*|(import|from) .*|return \w+|(for|if|while|with|elif|else|try|except|finally)\b.*:|pass|\w+ = \w+"
)
SCHEME_LINE = re.compile(r"^\s*[-*]\s*(?P<points>\d+(?:\.\d+)?) points?:", re.MULTILINE)


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
                    f"a hidden line of `{cell.grade_id}` is also in the release: `{line}`.",
                    "write one of the two in another way.",
                )


def _doubts_about_names(script: Script, assignment: Assignment) -> Iterator[str]:
    """Where the exam cannot know which names a cell binds, or whose they are."""
    sources = {cell.id: cell.source for cell in assignment.source.cells}
    for warning in students_names(assignment.source).warnings:
        line = line_of(script, sources.get(warning.cell_id, ""))
        yield f"{script.path}:{line}: {warning.message}"


def doubts_about_names(script: Script, assignment: Assignment) -> Iterator[str]:
    """Where the exam cannot know which names a cell binds, or whose they are."""
    sources = {cell.id: cell.source for cell in assignment.source.cells}
    for warning in students_names(assignment.source).warnings:
        line = line_of(script, sources.get(warning.cell_id, ""))
        yield f"{script.path}:{line}: {warning.message}"


RULES = (_points_add_up, _exercises_are_checked, _schemes_add_up, _checks_keep_names, _nothing_leaks)
