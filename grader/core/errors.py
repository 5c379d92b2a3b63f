"""The errors of the grader. Each message names the file, what is wrong in it, and how to fix it."""

from __future__ import annotations

from pathlib import Path


class GraderError(Exception):
    """The root of the family: something the user can put right. The command line prints it without a traceback."""


class AuthoringError(GraderError):
    """A mistake in a lecture's script, written as ``file:line: what. How.``"""

    def __init__(self, path: Path, line: int, what: str, fix: str) -> None:
        self.path, self.line, self.what, self.fix = path, line, what, fix
        super().__init__(f"{path}:{line}: {what} {fix[:1].upper()}{fix[1:]}")


class AuthoringErrors(GraderError):
    """All mistakes of one or more scripts, reported together."""

    def __init__(self, errors: list[AuthoringError]) -> None:
        self.errors = errors
        super().__init__("\n".join(str(error) for error in errors))


class CourseError(GraderError):
    """A course folder, or a lecture of it, is not there or not as it should be."""


class IntakeError(GraderError):
    """A path that was handed to ``grader grade`` cannot be read at all."""
