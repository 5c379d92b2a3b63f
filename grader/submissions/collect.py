"""Collects what was handed in: whose it is, for which assignment, and what is wrong with it.

In: folders, zips and notebooks, as nbgrader, a learning platform or a student lays them out. Out: for each student and
assignment a light handle that reads its submission when it is asked to, and what belongs to no submission.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from nbformat import NotebookNode

from grader.core.model import Problem, Submission
from grader.submissions.found import NO_NOTEBOOK, Found, FoundFile, Location, Stray
from grader.submissions.layout import Layout
from grader.submissions.notebook_file import read_notebook, slim
from grader.submissions.reader import find, read
from grader.submissions.recognition import Recognition
from grader.submissions.selection import Candidate, select

_CHANGED = "The file changed or went away after it was found. Run again, and leave the files as they are meanwhile."


@dataclass(frozen=True)
class Collected:
    """All that was found, in the order of students and assignments. The class's notebooks are not held in memory."""

    submissions: tuple[SubmissionHandle, ...]
    strays: tuple[Stray, ...] = ()


@dataclass(frozen=True)
class SubmissionHandle:
    """A submission that has been found and not been loaded.

    ``origin`` is for messages. ``digest`` is the SHA-256 of its bytes; empty, as ``readable`` is False, if there is nothing to
    read. ``size`` is in bytes, ``modified`` in seconds since 1970.
    """

    student: str
    assignment: str | None
    origin: PurePath
    problems: tuple[Problem, ...]
    size: int
    modified: float
    digest: str
    readable: bool  # it is a notebook
    location: Location | None  # of its bytes, if there are any

    def content(self) -> bytes:
        """The bytes that were handed in, read again; none if there are none, or if they are not what they were."""
        return self._read_again() or b""

    def load(self) -> Submission:
        """The submission, with its bytes and its notebook."""
        content, notebook, problems = self._read_again(), None, self.problems
        if content is None:
            problems = (*problems, Problem(_CHANGED))
        elif self.readable:
            parsed, _ = read_notebook(content)
            notebook = parsed and slim(parsed)
        return Submission(self.student, self.assignment, self.origin, content or b"", notebook, problems)

    def _read_again(self) -> bytes | None:
        """None if the bytes are not what they were."""
        if self.location is None:
            return b""
        content, fault = read(self.location)
        return None if fault or _digest(content) != self.digest else content


def collect(paths: Sequence[Path], assignments: Mapping[str, NotebookNode]) -> Collected:
    """Find every submission under ``paths``. ``assignments`` gives the source notebook of each assignment.

    Each notebook is read once, to recognise its assignment, and again when it is loaded.

    Raises:
        IntakeError: one of the paths does not exist, or cannot be looked into.
    """
    recognition = Recognition(assignments)
    candidates: list[Candidate] = []
    strays: list[Stray] = []
    seen: set[PurePath] = set()
    for path in paths:
        found = find(Path(path))
        layout = Layout(found, assignments)
        others = [*_without_notebook(found, layout), *found.strays]
        strays += [each for each in others if isinstance(each, Stray) and each.path not in seen]
        candidates += [each for each in others if isinstance(each, Candidate) and each.file.origin not in seen]
        candidates += [_candidate(file, layout, recognition) for file in found.files if file.origin not in seen]
        seen.update(file.origin for file in found.files)
        seen.update(folder.origin for folder in found.folders)
        seen.update(stray.path for stray in found.strays)
    selected, planted = select(candidates)
    return Collected(tuple(map(_handle, selected)), (*strays, *planted))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _handle(candidate: Candidate) -> SubmissionHandle:
    file = candidate.file
    return SubmissionHandle(
        candidate.student,
        candidate.assignment,
        file.origin,
        candidate.problems,
        file.size,
        file.modified,
        candidate.digest,
        candidate.readable,
        file.location if candidate.digest else None,
    )


def _candidate(file: FoundFile, layout: Layout, recognition: Recognition) -> Candidate:
    """Read one file, and keep whose it is, for which assignment, and what is wrong with it."""
    content, fault = (b"", file.fault) if file.fault else read(file.location)
    notebook, problems = (None, (Problem(fault),)) if fault else read_notebook(content)
    student, within = layout.owner(file)
    if not student:
        student = "unknown"
        text = "Neither the file nor a folder says whose it is. Put it into a folder of that name."
        problems = (*problems, Problem(text))
    traits = None if notebook is None else recognition.traits(notebook)
    assignment, odd = recognition.assignment(traits, layout.assignment(file))
    digest = "" if fault else _digest(content)
    return Candidate(student, file, assignment, notebook is not None, (*problems, *odd), digest, within)


def _without_notebook(found: Found, layout: Layout) -> Iterator[Candidate | Stray]:
    """The students whose folder or zip holds no notebook, and what else could not be opened."""
    held = {file.folders[:depth] for file in found.files for depth in range(len(file.folders) + 1)}
    named: dict[tuple[str, ...], set[str]] = defaultdict(set)  # the assignments that folders in or above a folder name
    for folder in found.folders:
        for depth in range(1, len(folder.folders) + 1):
            named[folder.folders[:depth]].update(filter(layout.is_assignment, folder.folders))
    faults: dict[tuple[str, ...], str] = {}  # what could not be opened in a folder or below it
    for folder in found.folders:
        for depth in range(1, len(folder.folders) + 1) if folder.fault else ():
            faults.setdefault(folder.folders[:depth], folder.fault)
    reported: set[tuple[str, ...]] = set()
    for folder in sorted(found.folders, key=lambda each: (len(each.folders), not each.fault, str(each.origin))):
        path = folder.folders
        if (path in held and not folder.fault) or any(path[:depth] in reported for depth in range(len(path) + 1)):
            continue
        student, last = layout.student_of(path), path[-1] if path else ""
        is_reported = bool(folder.fault) or layout.is_assignment(last)
        problem = folder.fault or faults.get(path, NO_NOTEBOOK)
        if student and (is_reported or student == layout.person(last)):
            reported.add(path)
            names = {layout.label(name).assignment for name in named[path]}
            assignment = names.pop() if len(names) == 1 else layout.label(last).assignment
            file = FoundFile(path, last, folder.origin, 0.0, 0, Location(Path(folder.origin)), problem)
            yield Candidate(student, file, assignment, False, (Problem(problem),))
        elif is_reported:
            reported.add(path)
            yield Stray(folder.origin, problem)


__all__ = ["Collected", "Stray", "SubmissionHandle", "collect"]
