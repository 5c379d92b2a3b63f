"""How submissions are laid out: which folder or file name means a student, which an assignment.

In: what was found under a path, and the names of the assignments. Out: for each file its student and the assignment that its
name says.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.submissions.found import NO_NAMES, NOTEBOOK, Found, FoundFile
from grader.submissions.platforms import platform_name

_COPY_BEFORE = re.compile(r"^(copy of|kopie von|copie de|copia de|cópia de|copia di|kopia)[ _]+", re.IGNORECASE)
_COPY_BEHIND = re.compile(r"([ _]*\(\d+\)|[ _]*-[ _]*cop(y|ie|ia)\d*|[ _]+copy(?![^\W_])[ _]*\d*)$", re.IGNORECASE)
_DECORATION = re.compile(
    r"v?\d{1,2}[a-z]?|v\d+|final|finished|done|solved|solutions?|answers?|submit|submission|new|latest|last|version|fixed"
    r"|completed?|late|draft|backup|copy|of|attempt|hw|homework|assignment|exercises?|notebook|ipynb|untitled\d*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Label:
    """What a name says: the assignment, and the rest, which may be a student."""

    assignment: str | None
    rest: str


def read_label(text: str, assignments: Iterable[str]) -> Label:
    """Read a file's or folder's name: which assignment it names, and which student before or after that."""
    text = NOTEBOOK.sub("", text)
    if given := platform_name(text):
        return Label(read_label(given.what, assignments).assignment, given.who)
    while (shorter := _COPY_BEHIND.sub("", _COPY_BEFORE.sub("", text))) != text and shorter:
        text = shorter
    words = [(found[0].casefold(), found.start(), found.end()) for found in re.finditer(r"[^\W_]+", text)]
    best: tuple[int, str, int] | None = None
    for assignment in assignments:
        wanted = [word.casefold() for word in re.findall(r"[^\W_]+", assignment)]
        for at in range(len(words) - len(wanted) + 1) if wanted else ():
            if [word for word, _, _ in words[at : at + len(wanted)]] == wanted:
                best = max(best or (0, "", 0), (len(wanted), assignment, at))
    if best is None:
        return Label(None, _undecorated(text))
    size, assignment, at = best
    before, behind = text[: words[at][1]], text[words[at + size - 1][2] :]
    return Label(assignment, _undecorated(before) or _undecorated(behind))


def _undecorated(text: str) -> str:
    """The text, if it is more than "final", "v2" or "my solution"; else nothing."""
    text = text.strip(" _-.+,()")
    words = re.findall(r"[^\W_]+", text)
    return "" if all(_DECORATION.fullmatch(word) for word in words) else text


class Layout:
    """How the folders under one path are laid out: which name a student, which an assignment."""

    def __init__(self, found: Found, assignments: Iterable[str]) -> None:
        self._root = found.name
        self._assignments = list(assignments)
        self._labels: dict[str, Label] = {}
        self._children: dict[tuple[str, ...], set[str]] = defaultdict(set)
        self._people_in: dict[tuple[str, ...], dict[str | None, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._leaves: set[tuple[str, ...]] = set()
        for file in found.files:
            folders = self._named(file.folders)
            for depth in range(len(folders)):
                self._children[folders[:depth]].add(folders[depth])
            self._leaves.add(folders)
            label = self.label(file.name)
            if label.rest:
                self._people_in[folders][label.assignment].add(label.rest.casefold())

    def label(self, name: str) -> Label:
        if name not in self._labels:
            self._labels[name] = read_label(name, self._assignments)
        return self._labels[name]

    def assignment(self, file: FoundFile) -> str | None:
        """The assignment that the file's name gives, or else the nearest folder's."""
        named = (self.label(name).assignment for name in (file.name, *reversed(file.folders), self._root))
        return next((name for name in named if name), None)

    def owner(self, file: FoundFile) -> tuple[str, str]:
        """Whose the file is, an empty string if neither its name nor a folder says so; and in whose folder it lies, if that
        is named like another person's, or a group's."""
        folders, who = self._named(file.folders), self.label(file.name).rest
        at = self._student_at(folders)
        if who and (at is None or self._is_flat(folders)):
            return who, "" if at is None else self.person(folders[at])
        if at is None:
            return self.fallback(), ""
        above = [name for name in folders[:at] if not self.is_assignment(name)]
        return self.person(folders[at]), self.person(above[-1]) if above else ""

    def fallback(self) -> str:
        """The student whose folder was handed to the grader by itself."""
        return "" if self.is_assignment(self._root) or self._root.lower() in NO_NAMES else self.person(self._root)

    def student_of(self, folders: tuple[str, ...]) -> str:
        """The student whom the folders on the way name; an empty string where none does."""
        folders = self._named(folders)
        at = self._student_at(folders)
        return "" if at is None else self.person(folders[at])

    def _student_at(self, folders: tuple[str, ...]) -> int | None:
        """Which of the folders on the way is the student's."""
        people = [at for at, name in enumerate(folders) if not self.is_assignment(name)]
        if not people:
            return None
        of_assignment = [at for at, name in enumerate(folders) if self.is_assignment(name)]
        above = [at for at in people if of_assignment and at < of_assignment[0]]
        below = [at for at in people if of_assignment and at > of_assignment[0]]
        if above and below:
            siblings = self._people_below(folders[: below[0]])
            is_below = siblings > 1 or (siblings == 1 and len(self._children[()]) == 1)
            return below[0] if is_below else above[-1]
        if above:
            return above[-1]  # nbgrader's layout: STUDENT/ASSIGNMENT
        return self._first_person(folders, below or people)

    def person(self, folder: str) -> str:
        """The student whom a folder's name means: as it is given, but for an assignment's name or a platform's words."""
        label, given = self.label(folder), platform_name(folder)
        by_platform = given is not None and given.platform.names_folders
        return label.rest or folder if label.assignment or by_platform else folder

    def is_assignment(self, name: str) -> bool:
        """Whether a folder's name names an assignment and no student."""
        label = self.label(name)
        return label.assignment is not None and not label.rest

    def _named(self, folders: tuple[str, ...]) -> tuple[str, ...]:
        """The folders without a top one that only repeats the zip's name."""
        return folders[1:] if folders and folders[0] == self._root else folders

    def _people_below(self, folders: tuple[str, ...]) -> int:
        """How many folders with notebooks a folder holds, without those that name an assignment."""
        return sum(not self.is_assignment(name) for name in self._children[folders])

    def _first_person(self, folders: tuple[str, ...], people: Sequence[int]) -> int:
        """The folder that is one student's: below the last one with several folders of notebooks in it."""
        several = [at for at in people[:-1] if self._people_below(folders[: at + 1]) > 1]
        return next(at for at in people if not several or at > several[-1])

    def _is_flat(self, folders: tuple[str, ...]) -> bool:
        """Whether the notebooks in a folder are of several students, named in the file names."""
        if not folders:
            return True
        named = self._people_in[folders]
        several = len(set().union(*named.values())) > 1
        if self.is_assignment(folders[-1]) or len(self._leaves) == 1:
            return several
        return any(len(people) > 1 for assignment, people in named.items() if assignment)
