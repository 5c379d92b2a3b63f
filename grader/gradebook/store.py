"""Where results are kept, as the grading loop sees it: what was handed in, what is current, what is saved, the grades.

In: nothing; this is the protocol that `folder_store` (the grader's own folder) and `nbgrader_course` (any nbgrader course)
keep. Out: the types that pass between a store and the loop.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from grader.core.errors import GraderError
from grader.core.grades import ClassGrades
from grader.core.model import Assignment, Calibration, ExamResult, Limits, Submission
from grader.kernel.sandbox import SandboxKind
from grader.submissions.found import Stray


@dataclass(frozen=True)
class Conditions:
    """How exams are held, so far as it decides their results. ``data`` maps names of Keras' data sets to files."""

    limits: Limits
    sandbox: SandboxKind
    data: Mapping[str, Path] = field(default_factory=dict)


@dataclass
class Work:
    """What was handed in, loaded: the notebooks that must be examined, none where no exam can be held.

    A store may keep more in a subclass. The loop lets go of it as soon as it is saved.
    """

    submissions: Sequence[Submission]


H = TypeVar("H")  # a handle of what one student has handed in for one assignment: light, without the notebooks
W = TypeVar("W", bound=Work)


class Graded(Protocol):
    """What has grades, and a folder for the pages that show them."""

    @property
    def pages(self) -> Path: ...

    def grades(self) -> ClassGrades:
        """What everybody has now, with points and comments that a teacher has given."""
        ...


class Store(Graded, Protocol[H, W]):
    """Keeps results. One process uses it, and nobody else writes to it meanwhile.

    ``limits`` are those of the conditions, completed by what the course itself says. ``strays`` are what was found and
    belongs to no submission; loading and saving may add to them. ``address`` names the gradebook for people.
    """

    @property
    def limits(self) -> Limits: ...

    @property
    def address(self) -> str: ...

    strays: list[Stray]

    def handed_in(self) -> Sequence[H]:
        """What was handed in, in the order in which it is to be graded."""
        ...

    def exams(self, handed_in: Iterable[H]) -> Mapping[str, Assignment]:
        """The assignments that exams of these need, by the names that their submissions carry."""
        ...

    def fingerprint(self, handed_in: H) -> str:
        """A hash of all that decides the result: see `grader.core.fingerprints`."""
        ...

    def is_current(self, handed_in: H, fingerprint: str) -> bool:
        """Whether a result with this fingerprint is kept already."""
        ...

    def load(self, handed_in: H) -> W | None:
        """Read what was handed in. None if it cannot be graded; ``strays`` says why."""
        ...

    def calibration(self, name: str, *, renew: bool = False) -> Calibration | None:
        """What an assignment's own solution showed; None if it must be examined first. ``renew`` passes over a kept one."""
        ...

    def save_calibration(self, name: str, calibration: Calibration) -> None: ...

    def save(self, work: W, results: Mapping[str, ExamResult], fingerprint: str) -> bool:
        """Keep the results of all notebooks of a work, by the names of their assignments. False if that was refused.

        Raises:
            GraderError: nothing more can be saved here.
        """
        ...


def path_in(root: Path, *parts: str) -> Path:
    """A place in a folder.

    Raises:
        GraderError: one of the parts is not a plain name, so that it could lead out of the folder.
    """
    if any(part in ("", ".", "..") or Path(part).name != part for part in parts):
        raise GraderError(f"{'/'.join(parts)}: this is not a place in {root}. Give it another name.")
    return root.joinpath(*parts)
