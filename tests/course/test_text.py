"""The lectures, quizzes, playgrounds and pages of this course, as a careful editor reads them."""

from __future__ import annotations

from pathlib import Path

from grader.authoring.course import Course
from grader.authoring.lint import lint, pages_of

COURSE = Course(Path(__file__).parent.parent.parent)


def test_an_editor_would_change_nothing():
    findings = lint(COURSE)
    assert not findings, "\n".join(["", *(str(each).removeprefix(f"{COURSE.root}/") for each in findings)])


def test_the_handbook_is_among_what_is_read():
    read = {str(page.relative_to(COURSE.root)) for page in pages_of(COURSE)}
    assert {"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/exam.md", "docs/nbgrader.md"} <= read
    assert {"data/README.md", "benchmarks/README.md"} <= read
