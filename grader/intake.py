"""What was handed in: whose it is, for which assignment, and what is wrong with it.

In: folders, zips and notebooks, as nbgrader, a learning platform or a student lays them out. Out: a submission for each
student and assignment, and what belongs to no submission. Zips are read in memory; nothing is unpacked, nothing is run.
"""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import re
import stat
import time
import unicodedata
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import Any

import nbformat
from nbformat import NotebookNode

from grader.errors import IntakeError
from grader.repair import grade_id_of, ids_of, released_text, text_of, tidied
from grader.results import Problem, Submission

MOST_BYTES = 50_000_000  # of a notebook
MOST_BYTES_OF_ZIP = 500_000_000  # unpacked, with the zips in it
MOST_MEMBERS = 100_000
MOST_TIMES_PACKED = 200  # a notebook is packed to a tenth; a file that grows more than this is a bomb
MOST_ZIPS_IN_ZIPS = 3
MOST_CELLS = 10_000
DEEPEST = 40  # levels of JSON
LONGEST_NAME = 100
CLEARLY = 0.25  # of what is peculiar to an assignment, this much has to be in a notebook of it

_NOTEBOOK = re.compile(r"\.ipynb(\.txt|\.json)?$", re.IGNORECASE)  # browsers and Windows add the second ending
_OTHER_ARCHIVE = re.compile(r"\.(rar|7z|tar|tgz|gz|bz2|xz)$", re.IGNORECASE)
_SKIPPED = {"__macosx"}
_NO_NAMES = {"submitted", "submissions", "submission"}  # folders that say neither who nor what
_OF_NBGRADER = {"source", "release", "autograded", "feedback", "gradebook.db", "nbgrader_config.py"}
_COPY_BEFORE = re.compile(r"^(copy of|kopie von|copie de|copia de|cópia de|copia di|kopia)[ _]+", re.IGNORECASE)
_COPY_BEHIND = re.compile(r"([ _]*\(\d+\)|[ _]*-[ _]*cop(y|ie|ia)\d*|[ _]+copy(?![^\W_])[ _]*\d*)$", re.IGNORECASE)
_DECORATION = re.compile(
    r"v?\d{1,2}|v\d+|final|finished|done|solved|solutions?|answers?|submit|submission|my|new|latest|last|version|fixed"
    r"|completed?|late|draft|backup|copy|of|attempt|hw|homework|assignment|exercises?|notebook|ipynb|untitled\d*",
    re.IGNORECASE,
)
_MOODLE = re.compile(r"(?P<who>.+?_\d+)_assignsubmission_(?:file|onlinetext)_?(?P<what>.*)")
_CANVAS = re.compile(r"(?P<who>[^\W_]+?)(?:_LATE)?_(?P<number>\d{3,})_\d{3,}_(?P<what>.+)")
_UNSAFE = re.compile(r'[/\\:*?"<>|\[\]]')
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_UNREADABLE_ZIP = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError, OverflowError,
    MemoryError, KeyError, IndexError, UnicodeError,
)  # fmt: skip


@dataclass(frozen=True)
class Stray:
    """Something that was found and belongs to no submission: where, and what is wrong with it."""

    path: PurePath
    text: str


@dataclass(frozen=True)
class Collected:
    """All that was found, in the order of students and assignments."""

    submissions: tuple[Submission, ...]
    strays: tuple[Stray, ...] = ()


@dataclass(frozen=True)
class _File:
    """A notebook as it was found. ``fault`` says why it could not be read."""

    folders: tuple[str, ...]
    name: str
    origin: PurePath
    modified: float
    content: bytes = b""
    fault: str = ""


@dataclass(frozen=True)
class _Folder:
    """A folder, or a zip in it. ``fault`` says why it could not be opened."""

    folders: tuple[str, ...]
    origin: PurePath
    fault: str = ""


@dataclass
class _Scope:
    """What lies under one of the given paths."""

    name: str
    files: list[_File] = field(default_factory=list)
    folders: list[_Folder] = field(default_factory=list)
    strays: list[Stray] = field(default_factory=list)


@dataclass(frozen=True)
class _Label:
    """What a name says: of which assignment, and what else; that may be a student."""

    assignment: str | None
    rest: str


@dataclass(frozen=True)
class _Candidate:
    """A submission before names are made safe and copies are sorted out."""

    student: str
    file: _File
    assignment: str | None
    notebook: NotebookNode | None
    problems: tuple[Problem, ...]


def collect(paths: Sequence[Path], assignments: Mapping[str, NotebookNode]) -> Collected:
    """Find every submission under ``paths``. ``assignments`` gives the source notebook of each assignment.

    Raises:
        IntakeError: one of the paths does not exist, or cannot be looked into.
    """
    candidates: list[_Candidate] = []
    strays: list[Stray] = []
    features = _Features(assignments)
    seen: set[PurePath] = set()
    for path in paths:
        scope = _walked(Path(path))
        scope.files = [file for file in scope.files if file.origin not in seen]
        seen.update(file.origin for file in scope.files)
        layout = _Layout(scope, assignments)
        candidates += [_candidate(file, layout, features) for file in scope.files]
        for found in _without_notebook(scope, layout):
            if isinstance(found, Stray):
                strays.append(found)
            else:
                candidates.append(found)
        strays += scope.strays
    submissions = _latest(_with_safe_names(candidates))
    submissions.sort(key=lambda each: (each.student, each.assignment or "", str(each.origin)))
    return Collected(tuple(submissions), tuple(strays))


# --- looking around -------------------------------------------------------------------------------------------------


def _walked(path: Path) -> _Scope:
    """All notebooks and folders under a path."""
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        raise IntakeError(
            f"{path}: {_reason(error)}. Mend: give the folder, the zip or the notebook as it is."
        ) from error
    scope = _Scope(path.resolve().name)
    if stat.S_ISDIR(status.st_mode):
        entries = _entries(path, scope) or []
        names = {entry.name for entry in entries}
        if "submitted" in names and names & _OF_NBGRADER:
            path = path / "submitted"  # a course of nbgrader's: the source and the release are no submissions
        _walk_folder(path, (), scope)
        if not scope.files and not scope.folders and not scope.strays:
            scope.strays.append(Stray(path, "There is no notebook here."))
    elif path.suffix.lower() == ".zip":
        scope.name = path.stem
        content, fault = _read_file(path, MOST_BYTES_OF_ZIP)
        fault = fault or _walk_zip(content, path, (), scope, _Budget())
        if fault or not (scope.files or scope.folders or scope.strays):
            scope.strays.append(Stray(path, fault or "There is no notebook in it."))
    elif _NOTEBOOK.search(path.name):
        scope.name = path.resolve().parent.name
        content, fault = _read_file(path.resolve(), MOST_BYTES)
        scope.files.append(_File((), path.name, path, status.st_mtime, content, fault))
    else:
        scope.strays.append(Stray(path, "It is no folder, no zip and no notebook (.ipynb)."))
    return scope


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[0].lower() + error.strerror[1:]
    return "it cannot be read"


def _entries(path: Path, scope: _Scope) -> list[os.DirEntry[str]]:
    """What lies in a folder, by name, without hidden things."""
    try:
        with os.scandir(path) as found:
            return sorted((entry for entry in found if not _is_skipped(entry.name)), key=lambda entry: entry.name)
    except OSError as error:
        scope.strays.append(Stray(path, f"The folder cannot be looked into: {_reason(error)}."))
        return []


def _is_skipped(name: str) -> bool:
    return name.startswith(".") or name.lower() in _SKIPPED


def _below(folders: tuple[str, ...], name: str) -> tuple[str, ...]:
    """The names on the way, without those that say nothing, and those that say the same again."""
    said = folders[-1] if folders else ""
    return folders if name.lower() in _NO_NAMES or name == said else (*folders, name)


def _walk_folder(path: Path, folders: tuple[str, ...], scope: _Scope) -> None:
    """Read a folder and all below it. Links are never followed: they may lead out of the submission."""
    for entry in _entries(path, scope):
        place, name = Path(entry.path), _printable(entry.name)
        status = entry.stat(follow_symlinks=False)
        is_notebook = _NOTEBOOK.search(name)
        if is_notebook:
            content, fault = _read_file(place, MOST_BYTES)
            scope.files.append(_File(folders, name, place, status.st_mtime, content, fault))
        elif stat.S_ISDIR(status.st_mode):
            below = _below(folders, name)
            if below != folders:
                scope.folders.append(_Folder(below, place))
            _walk_folder(place, below, scope)
        elif name.lower().endswith(".zip"):
            content, fault = _read_file(place, MOST_BYTES_OF_ZIP)
            below = _below(folders, name[:-4])
            fault = fault or _walk_zip(content, place, below, scope, _Budget())
            scope.folders.append(_Folder(below, place, fault))
        elif stat.S_ISLNK(status.st_mode):
            scope.strays.append(Stray(place, "It is a link; links are not followed."))
        elif _OTHER_ARCHIVE.search(name):
            scope.strays.append(Stray(place, "It is an archive of a kind that is not opened. Mend: pack it as a zip."))


def _read_file(path: Path, most: int) -> tuple[bytes, str]:
    """The bytes of an ordinary file, or why they are not read. Waits for no pipe and follows no link."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ELOOP:
            return b"", "It is a link; hand in the file itself."
        if error.errno == errno.ENXIO:
            return b"", "It is no ordinary file."
        return b"", f"It cannot be read: {_reason(error)}."
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            return b"", "It is a folder, not a notebook."
        if not stat.S_ISREG(status.st_mode):
            return b"", "It is no ordinary file."
        if status.st_size > most:
            return b"", _too_large(most)
        try:
            content = file.read(most + 1)
        except OSError as error:
            return b"", f"It cannot be read: {_reason(error)}."
    return (b"", _too_large(most)) if len(content) > most else (content, "")


def _too_large(most: int) -> str:
    return f"It is larger than {most // 1_000_000} MB. Mend: clear its outputs, and hand it in again."


@dataclass
class _Budget:
    """How much may still be unpacked from one zip and the zips in it."""

    left: int = MOST_BYTES_OF_ZIP
    deep: int = 0


def _walk_zip(content: bytes, origin: PurePath, folders: tuple[str, ...], scope: _Scope, budget: _Budget) -> str:
    """Read the notebooks of a zip, and of the zips in it. Says what is wrong with the zip as a whole."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS:
                return f"The zip holds more than {MOST_MEMBERS} files. Mend: pack the notebooks only."
            if sum(member.file_size for member in members) > budget.left:
                return f"The zip holds more than {MOST_BYTES_OF_ZIP // 1_000_000} MB. Mend: pack the notebooks only."
            for member in sorted(members, key=lambda member: member.filename):
                _take_member(archive, member, origin, folders, scope, budget)
    except _UNREADABLE_ZIP:
        return "The zip is damaged; it has to be handed in again."
    return ""


def _take_member(
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    origin: PurePath,
    folders: tuple[str, ...],
    scope: _Scope,
    budget: _Budget,
) -> None:
    """Take one file of a zip: a notebook, a zip, or a folder's name."""
    name = _member_name(member)
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if not parts or any(_is_skipped(part) and part != ".." for part in parts):
        return
    place = origin.joinpath(*parts)
    if ".." in parts or name.startswith("/") or re.match(r"[A-Za-z]:", name):
        scope.strays.append(Stray(origin, f"The zip holds a file that would lie outside of it ({name[:80]}); refused."))
        return
    below = folders
    for part in parts[:-1]:
        below = _below(below, part)
        if below:
            scope.folders.append(_Folder(below, origin))
    is_folder = name.endswith("/")
    if _NOTEBOOK.search(parts[-1]):
        unpacked, fault = (
            (b"", "It is a folder, not a notebook.") if is_folder else _unpacked(archive, member, budget, MOST_BYTES)
        )
        scope.files.append(_File(below, parts[-1], place, _member_time(member), unpacked, fault))
    elif is_folder:
        below = _below(below, parts[-1])
        if below:
            scope.folders.append(_Folder(below, place))
    elif parts[-1].lower().endswith(".zip"):
        below = _below(below, parts[-1][:-4])
        if budget.deep >= MOST_ZIPS_IN_ZIPS:
            fault = "It is a zip in a zip in a zip; that deep it is not opened."
        else:
            unpacked, fault = _unpacked(archive, member, budget, MOST_BYTES_OF_ZIP)
            if not fault:
                budget.deep += 1
                fault = _walk_zip(unpacked, place, below, scope, budget)
                budget.deep -= 1
        scope.folders.append(_Folder(below, place, fault))
    elif _OTHER_ARCHIVE.search(parts[-1]):
        scope.strays.append(Stray(place, "It is an archive of a kind that is not opened. Mend: pack it as a zip."))


def _member_name(member: zipfile.ZipInfo) -> str:
    """The name as it was meant: Windows writes backslashes, a Mac UTF-8 without saying so."""
    name = member.filename
    if not member.flag_bits & 0x800 and not name.isascii():
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = member.filename
    return _printable(name.replace("\\", "/"))


def _member_time(member: zipfile.ZipInfo) -> float:
    try:
        return time.mktime((*member.date_time, 0, 0, -1))
    except (ValueError, OverflowError, TypeError):
        return 0.0


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: _Budget, most: int) -> tuple[bytes, str]:
    """The bytes of a member, or why they are not read. What the zip says of its size is not believed."""
    if member.flag_bits & 0x1:
        return b"", "It is encrypted. Mend: pack it without a password."
    if stat.S_ISLNK(member.external_attr >> 16):
        return b"", "It is a link; hand in the file itself."
    if member.file_size > 1_000_000 and member.file_size > MOST_TIMES_PACKED * max(member.compress_size, 1):
        return b"", "It is packed beyond belief; a notebook never is. Refused."
    most = min(most, budget.left)
    if member.file_size > most:
        return b"", _too_large(most)
    try:
        with archive.open(member) as file:
            content = file.read(most + 1)
    except _UNREADABLE_ZIP:
        return b"", "It is damaged in the zip; it has to be handed in again."
    budget.left -= len(content)
    return (b"", _too_large(most)) if len(content) > most else (content, "")


def _printable(name: str) -> str:
    """A name that can be written and compared: valid Unicode, composed as on Linux and Windows."""
    return unicodedata.normalize("NFC", name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


# --- whose, and for which assignment --------------------------------------------------------------------------------


def _label(text: str, assignments: Iterable[str]) -> _Label:
    """Read a file's or folder's name: which assignment it names, and who stands before or behind it."""
    text = _NOTEBOOK.sub("", text)
    for pattern in (_MOODLE, _CANVAS):
        if found := pattern.fullmatch(text):
            who = found["who"] if pattern is _MOODLE else f"{found['who']}_{found['number']}"
            return _Label(_label(found["what"], assignments).assignment, who)
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
        return _Label(None, _undecorated(text))
    size, assignment, at = best
    before, behind = text[: words[at][1]], text[words[at + size - 1][2] :]
    return _Label(assignment, _undecorated(before) or _undecorated(behind))


def _undecorated(text: str) -> str:
    """The text, if it is more than "final", "v2" or "my solution"; else nothing."""
    text = text.strip(" _-.+,()")
    words = re.findall(r"[^\W_]+", text)
    return "" if all(_DECORATION.fullmatch(word) for word in words) else text


class _Layout:
    """How the folders under one path are laid out: which name a student, which an assignment."""

    def __init__(self, scope: _Scope, assignments: Mapping[str, NotebookNode]) -> None:
        self._root = scope.name
        self._assignments = list(assignments)
        self._labels: dict[str, _Label] = {}
        self._children: dict[tuple[str, ...], set[str]] = defaultdict(set)
        self._people_in: dict[tuple[str, ...], set[str]] = defaultdict(set)
        self._leaves: set[tuple[str, ...]] = set()
        for file in scope.files:
            folders = self._named(file.folders)
            for depth in range(len(folders)):
                self._children[folders[:depth]].add(folders[depth])
            self._leaves.add(folders)
            if who := self.label(file.name).rest:
                self._people_in[folders].add(who.casefold())

    def label(self, name: str) -> _Label:
        if name not in self._labels:
            self._labels[name] = _label(name, self._assignments)
        return self._labels[name]

    def assignment(self, file: _File) -> str | None:
        """The assignment that the file's name says, or else the nearest folder's."""
        named = (self.label(name).assignment for name in (file.name, *reversed(file.folders)))
        return next((name for name in named if name), None)

    def student(self, file: _File) -> str:
        """Whose the file is; an empty string where neither its name nor a folder says so."""
        folders, who = self._named(file.folders), self.label(file.name).rest
        by_folder = self.student_of(folders)
        if who and (not by_folder or self._is_flat(folders)):
            return who
        return by_folder or self.fallback()

    def fallback(self) -> str:
        """The student whose folder was handed to the grader by itself."""
        label = self.label(self._root)
        return (
            "" if label.assignment and not label.rest or self._root.lower() in _NO_NAMES else label.rest or self._root
        )

    def student_of(self, folders: tuple[str, ...]) -> str:
        """The student whom the folders on the way name; an empty string where none does."""
        people = [at for at, name in enumerate(folders) if not self.is_assignment(name)]
        if not people:
            return ""
        of_assignment = [at for at, name in enumerate(folders) if self.is_assignment(name)]
        above = [at for at in people if of_assignment and at < of_assignment[0]]
        below = [at for at in people if of_assignment and at > of_assignment[0]]
        if above and below:
            siblings = [name for name in self._children[folders[: below[0]]] if not self.is_assignment(name)]
            chosen = below[0] if len(siblings) > 1 or len(self._children[()]) == 1 else above[-1]
        elif above:
            chosen = above[-1]  # nbgrader's own way: STUDENT/ASSIGNMENT
        else:
            chosen = self._first_person(folders, below or people)
        return self.label(folders[chosen]).rest or folders[chosen]

    def is_assignment(self, name: str) -> bool:
        """Whether a folder's name says an assignment, and no student."""
        label = self.label(name)
        return label.assignment is not None and not label.rest

    def _named(self, folders: tuple[str, ...]) -> tuple[str, ...]:
        """The folders without a top one that only repeats the zip's name."""
        return folders[1:] if folders and folders[0] == self._root else folders

    def _first_person(self, folders: tuple[str, ...], people: Sequence[int]) -> int:
        """The outermost folder that is one student's: not one with several folders of notebooks in it."""
        for at in people[:-1]:
            if len(self._children[folders[: at + 1]]) < 2:
                return at
        return people[-1]

    def _is_flat(self, folders: tuple[str, ...]) -> bool:
        """Whether the notebooks in a folder are of several students, named in the file names."""
        if not folders:
            return True
        several = len(self._people_in[folders]) > 1
        if self.is_assignment(folders[-1]):
            return several
        return several and (len(self._leaves) == 1 or self._same_assignment_twice(folders))

    def _same_assignment_twice(self, folders: tuple[str, ...]) -> bool:
        named = Counter(
            label.assignment
            for name in self._names_in(folders)
            if (label := self.label(name)).rest and label.assignment
        )
        return any(count > 1 for count in named.values())

    def _names_in(self, folders: tuple[str, ...]) -> Iterator[str]:
        return (name for name in self._labels if name in self._files_in.get(folders, ()))

    _files_in: dict[tuple[str, ...], set[str]] = {}
