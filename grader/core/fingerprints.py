"""Hashes of everything that a result depends on. A later run compares them and keeps the results that are still valid.

In: an assignment and how it is examined; a submission. Out: hexadecimal digests.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from grader import __version__
from grader.core.cells import notebook_bytes
from grader.core.errors import GraderError
from grader.core.model import Assignment, Limits, Submission

LIBRARIES = ("numpy", "tensorflow", "keras")  # another version of these may give other numbers


def assignment_fingerprint(assignment: Assignment, sandbox: str, data: Mapping[str, Path]) -> str:
    """Hash an assignment: its cells, the files they read, the sandbox, the data sets, and the versions of what runs them.

    Raises:
        GraderError: a data set cannot be read.
    """
    digest = hashlib.sha256()
    for part in (__version__, platform.python_version(), *map(_installed, LIBRARIES), sandbox):
        _add(digest, part.encode())
    for notebook in (assignment.source, assignment.with_stubs):
        _add(digest, notebook_bytes(notebook))
    for files in (assignment.files, assignment.students_files):
        for name, content in sorted(files.items()):
            _add(digest, name.encode(), content)
    for name, path in sorted(data.items()):
        _add(digest, name.encode(), _digest_of(path))
    return digest.hexdigest()


def submission_fingerprint(assignment_digest: str, submission: Submission, limits: Limits) -> str:
    """Hash a submission: its bytes, the limits that were asked for, and its assignment's fingerprint."""
    digest = hashlib.sha256()
    _add(digest, assignment_digest.encode(), str(limits).encode(), submission.content)
    return digest.hexdigest()


def _add(digest: hashlib._Hash, *parts: bytes) -> None:
    for part in parts:  # with its length, so that moving bytes from one part to the next changes the hash
        digest.update(f"{len(part)} ".encode() + part)


def _installed(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ""


def _digest_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        raise GraderError(f"{path}: cannot be read ({error.strerror}). Name another file with --data.") from error
