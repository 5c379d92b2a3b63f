"""What lies in an nbgrader course's ``submitted/``: whose, for which assignment, and what has changed since it was graded.

In: nbgrader's course folder, the notebooks that the gradebook knows. Out: a light handle for each submission; what is wrong
with the rest; bytes and times, without following a link.
"""

from __future__ import annotations

import fnmatch
import glob
import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import find_all_files

from grader.core.errors import CourseError, IntakeError
from grader.core.model import Problem
from grader.gradebook.nbgrader_source import is_ordinary
from grader.submissions.found import MOST_BYTES, Stray
from grader.submissions.notebook_file import read_notebook

GENERATE = "Make its release with `nbgrader generate_assignment NAME`, then grade."


@dataclass(frozen=True)
class SubmittedFolder:
    """What one student has submitted for one assignment. ``paths`` are its notebooks that the gradebook knows, by name."""

    student: str
    assignment: str
    folder: Path
    paths: Mapping[str, Path]


def submitted_folders(
    coursedir: CourseDirectory,
    known: Mapping[str, Sequence[str]],
    assignments: Sequence[str] = (),
    students: Sequence[str] = (),
) -> tuple[list[SubmittedFolder], list[Stray]]:
    """What was submitted, as far as it is wanted and known. ``known`` lists the notebooks of each assignment.

    Raises:
        CourseError: nothing is known, or not what is wanted.
        IntakeError: nothing was submitted.
    """
    root = Path(coursedir.root)
    if not any(known.values()):
        raise CourseError(f"{root}: the gradebook knows no notebook. {GENERATE}")
    unknown = [name for name in assignments if name not in known]
    if unknown:
        raise CourseError(
            f"{root}: the gradebook knows no assignment {', '.join(unknown)}, only {', '.join(known)}. {GENERATE}"
        )
    found, strays = [], []
    for student, assignment, folder in _folders(coursedir):
        if (assignments and assignment not in assignments) or (students and student not in students):
            continue
        if assignment not in known:
            strays.append(Stray(folder, f"The gradebook knows no assignment '{assignment}'. {GENERATE}"))
            continue
        paths = {path.stem: path for path in sorted(folder.glob("*.ipynb")) if not path.name.startswith(".")}
        other = [f"{name}.ipynb" for name in paths if name not in known[assignment]]
        paths = {name: path for name, path in paths.items() if name in known[assignment]}
        if other:
            wanted = ", ".join(f"{name}.ipynb" for name in known[assignment])
            why = f"{', '.join(other)} is not graded: the notebooks of {assignment} are {wanted}."
            strays.append(Stray(folder, f"{why} Rename it, if it is one of them."))
        if paths:
            found.append(SubmittedFolder(student, assignment, folder, paths))
        elif not other:
            strays.append(Stray(folder, "No notebook was submitted."))
    if not found:
        lines = "".join(f"{stray.path}: {stray.text}\n" for stray in strays)
        where = coursedir.format_path(coursedir.submitted_directory, "*", "*")
        raise IntakeError(f"{lines}{where}: nothing to grade is there. Run `nbgrader collect`, or copy it there.")
    return found, strays


def _folders(coursedir: CourseDirectory) -> Iterator[tuple[str, str, Path]]:
    """Student, assignment and folder of each submission."""
    structure = coursedir.directory_structure.format(
        nbgrader_step=glob.escape(coursedir.submitted_directory), student_id="*", assignment_id="*"
    )
    names = re.compile(
        coursedir.format_path(coursedir.submitted_directory, "(?P<student_id>.*)", "(?P<assignment_id>.*)", escape=True)
    )
    excluded = coursedir.student_id_exclude.split(",")
    for place in sorted(glob.glob(os.path.join(glob.escape(coursedir.root), structure))):  # noqa: PTH118, PTH207
        match = names.fullmatch(place)
        if match is None or not Path(place).is_dir():
            continue
        student = match["student_id"]
        if student not in excluded and fnmatch.fnmatchcase(student, coursedir.student_id):
            yield student, match["assignment_id"], Path(place)


def content_of(folder: Path, ignore: Sequence[str]) -> bytes:
    """A digest of each file of a submission, with its name. ``ignore`` is nbgrader's."""
    content = bytearray()
    for path in map(Path, sorted(find_all_files(str(folder), ignore))):
        name = path.relative_to(folder).as_posix()
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if is_ordinary(path) else "left out"
        content += f"{name!r} {digest};".encode("utf-8", "surrogatepass")
    return bytes(content)


def timestamp_of(coursedir: CourseDirectory, folder: Path) -> datetime | None:
    """When it was submitted, if that is known.

    Raises:
        ValueError: ``timestamp.txt`` holds no time.
    """
    try:
        return coursedir.get_existing_timestamp(str(folder))
    except AttributeError as error:  # nbgrader's own message about it fails
        raise ValueError from error


def read_submitted(path: Path) -> tuple[NotebookNode | None, tuple[Problem, ...]]:
    """A submitted notebook, None if it cannot be read; and what is wrong with it."""
    if not is_ordinary(path):
        return None, (Problem("It is a link or no file at all, so it was not read."),)
    if path.stat().st_size > MOST_BYTES:
        return None, (Problem(f"It is larger than {MOST_BYTES // 1_000_000} MB. Clear its outputs."),)
    return read_notebook(path.read_bytes())
