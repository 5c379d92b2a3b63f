"""Hashes of everything that a result depends on. A later run compares them and keeps the results that are still valid.

In: an assignment and how it is examined; what was handed in. Out: hexadecimal digests.
"""

from __future__ import annotations

import functools
import hashlib
import platform
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path

from nbformat import NotebookNode

import grader
from grader import __version__
from grader.core.cell_names import modules_imported
from grader.core.cells import notebook_bytes
from grader.core.errors import GraderError
from grader.core.model import Assignment, Limits

# Another version of these may give other results, whatever a notebook imports: they run its cells, or lie below its imports.
ALWAYS = ("ipykernel", "ipython", "numpy", "tensorflow", "keras")


def assignment_fingerprint(assignment: Assignment, sandbox: str, data: Mapping[str, Path]) -> str:
    """Hash an assignment: its cells, the files they read, the sandbox, the data sets, and the versions of what runs them.

    Raises:
        GraderError: a data set cannot be read.
    """
    digest = hashlib.sha256()
    for part in (__version__, platform.python_version(), sandbox):
        _add(digest, part.encode())
    for distribution in libraries_of(assignment.source):
        _add(digest, distribution.encode(), _installed(distribution).encode())
    for notebook in (assignment.source, assignment.with_stubs):
        _add(digest, notebook_bytes(notebook))
    for files in (assignment.files, assignment.students_files):
        for name, content in sorted(files.items()):
            _add(digest, name.encode(), content)
    for name, path in sorted(data.items()):
        _add(digest, name.encode(), _digest_of(path))
    return digest.hexdigest()


def submission_fingerprint(assignment_fingerprints: Iterable[str], content: bytes, limits: Limits) -> str:
    """Hash a submission: its bytes, the limits that were asked for, and the fingerprints of its notebooks' assignments."""
    digest = hashlib.sha256()
    _add(digest, " ".join(assignment_fingerprints).encode(), str(limits).encode(), content)
    return digest.hexdigest()


def libraries_of(source: NotebookNode) -> list[str]:
    """The distributions whose versions count for a notebook: of every module that it imports, and what is below them."""
    code = (cell.source for cell in source.cells if cell.cell_type == "code")
    roots = {module.split(".")[0] for text in code for module in modules_imported(text)} - sys.stdlib_module_names
    # A module without a distribution lies beside the notebook, and its bytes count.
    return sorted({*ALWAYS, *(name for root in roots for name in _distributions().get(root, ()))})


@functools.cache
def code_fingerprint(*rooms: str) -> str:
    """A hash of the grader's own modules in these rooms: what they made or found holds for this very code."""
    package, digest = Path(grader.__file__).parent, hashlib.sha256()
    for path in sorted(path for room in rooms for path in (package / room).rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


@functools.cache
def _distributions() -> Mapping[str, list[str]]:
    """The installed distributions by the modules that they bring. It takes a look at every file that is installed."""
    return packages_distributions()


def _add(digest: hashlib._Hash, *parts: bytes) -> None:
    for part in parts:  # with its length, so that moving bytes from one part to the next changes the hash
        digest.update(f"{len(part)} ".encode() + part)


def _installed(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


def _digest_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        raise GraderError(f"{path}: cannot be read ({error.strerror}). Name another file with --data.") from error
