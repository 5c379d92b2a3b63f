"""The grader's exceptions. Each message names the file, says what is wrong with it, and then how to fix it."""

from __future__ import annotations

from pathlib import Path


class GraderError(Exception):
    """The base class: something that the user can fix. The command line prints the message without a traceback."""


class AuthoringError(GraderError):
    """A mistake in a lecture's script. The message reads ``file:line: what is wrong. How to fix it.``"""

    def __init__(self, path: Path, line: int, what: str, fix: str) -> None:
        self.path, self.line, self.what, self.fix = path, line, what, fix
        super().__init__(f"{path}:{line}: {what} {fix[:1].upper()}{fix[1:]}")


class AuthoringErrors(GraderError):
    """All mistakes in one or more scripts, reported together."""

    def __init__(self, errors: list[AuthoringError]) -> None:
        self.errors = errors
        super().__init__("\n".join(str(error) for error in errors))


class CourseError(GraderError):
    """A course folder, or one of its lectures, is missing or unusable."""


class IntakeError(GraderError):
    """A path given to ``grader grade`` cannot be read at all."""
