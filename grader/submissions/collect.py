"""What was handed in: whose it is, for which assignment, and what is wrong with it.

In: folders, zips and notebooks, as nbgrader, a learning platform or a student lays them out. Out: a submission for each
student and assignment, and what belongs to no submission. Zips are read in memory; nothing is unpacked, nothing is run.
"""

from __future__ import annotations

import errno
import hashlib
import io
import json
import lzma
import os
import re
import stat
import struct
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

from grader.core.cells import grade_id_of, ids_of, nbgrader_metadata, released_text, replace_metadata, text_of, tidied
from grader.core.errors import IntakeError
from grader.core.model import Problem, Submission
from grader.core.record import read_source_record, write_source_record

MOST_BYTES = 50_000_000  # of a notebook
MOST_BYTES_OF_ZIP = 500_000_000  # unpacked, with the zips in it
MOST_MEMBERS = 100_000
MOST_BYTES_OF_LISTING = 20_000_000  # of a zip: what it says of its members
MOST_TIMES_PACKED = 200  # a notebook is packed to a tenth; a file that grows more than this is a bomb
MOST_ZIPS_IN_ZIPS = 3
MOST_PARTS = 3_000_000  # values of JSON: each takes up to a hundred bytes, however few it took in the file
MOST_CELLS = 10_000
MOST_FOLDERS = 50  # on the way to a notebook
MOST_FOLDERS_IN_ZIP = 20
MOST_FOLDERS_IN_ALL = 10_000  # of a zip
LONGEST_PART = 255  # of a path: no disk holds a longer one
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
    r"v?\d{1,2}[a-z]?|v\d+|final|finished|done|solved|solutions?|answers?|submit|submission|new|latest|last|version|fixed"
    r"|completed?|late|draft|backup|copy|of|attempt|hw|homework|assignment|exercises?|notebook|ipynb|untitled\d*",
    re.IGNORECASE,
)
_MOODLE = re.compile(r"(?P<who>.+?_\d+)_assignsubmission_(?:file|onlinetext)_?(?P<what>.*)")
_CANVAS = re.compile(r"(?P<who>[^\W_]+?)(?:_LATE)?_(?P<number>\d{3,})_\d{3,}_(?P<what>.+)")
_UNSAFE = re.compile(r'[/\\:*?"<>|\[\]]')
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)  # no folder on Windows
_OF_CELLS = (  # nbgrader's metadata of a cell
    "grade", "solution", "locked", "task", "points", "grade_id", "cell_type", "checksum", "schema_version",
)  # fmt: skip
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_UNREADABLE_ZIP = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, RuntimeError, NotImplementedError,
    ValueError, OverflowError, MemoryError, KeyError, IndexError, UnicodeError,
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
    within: str = ""  # another person, in whose folder or zip it lies


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
        layout = _Layout(scope, assignments)
        found = [*_without_notebook(scope, layout), *scope.strays]
        strays += [each for each in found if isinstance(each, Stray) and each.path not in seen]
        candidates += [each for each in found if isinstance(each, _Candidate) and each.file.origin not in seen]
        candidates += [_candidate(file, layout, features) for file in scope.files if file.origin not in seen]
        seen.update(file.origin for file in scope.files)
        seen.update(folder.origin for folder in scope.folders)
        seen.update(stray.path for stray in scope.strays)
    submissions, planted = _latest(_with_safe_names(candidates))
    strays += planted
    submissions.sort(key=lambda each: (each.student, each.assignment or "", str(each.origin)))
    return Collected(tuple(submissions), tuple(strays))


# --- looking around -------------------------------------------------------------------------------------------------


_NOTHING = "There is no notebook here. Ask for the file that ends in .ipynb."
_LINK = "It is a link, and links are not followed. Hand in the file itself."
_NO_FILE = "It is no ordinary file. Hand in the notebook as a file."
_FOLDER = "It is a folder, not a notebook. Hand in the notebook itself."
_TOO_MUCH = f"The zip holds more than {MOST_BYTES_OF_ZIP // 1_000_000} MB. Pack the notebooks only."
_TOO_MANY = f"The zip holds more than {MOST_MEMBERS} files, or too many folders. Pack the notebooks only."


def _walked(path: Path) -> _Scope:
    """All notebooks and folders under a path."""
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        raise IntakeError(f"{path}: {_reason(error)}. Give the folder, the zip or the notebook as it is.") from error
    scope = _Scope(path.resolve().name)
    if stat.S_ISDIR(status.st_mode):
        entries = _entries(path, scope) or []
        names = {entry.name for entry in entries}
        if "submitted" in names and names & _OF_NBGRADER:
            path = path / "submitted"  # a course of nbgrader's: the source and the release are no submissions
        _walk_folder(path, (), scope)
        if not scope.files and not scope.folders and not scope.strays:
            scope.strays.append(Stray(path, _NOTHING))
    elif path.suffix.lower() == ".zip":
        scope.name = path.stem
        content, fault = _read_file(path.resolve(), MOST_BYTES_OF_ZIP)
        fault = fault or _walk_zip(content, path, (), scope, _Budget())
        if fault or not (scope.files or scope.folders or scope.strays):
            scope.strays.append(Stray(path, fault or _NOTHING))
    elif _NOTEBOOK.search(path.name):
        scope.name = path.resolve().parent.name
        content, fault = _read_file(path.resolve(), MOST_BYTES)
        scope.files.append(_File((), path.name, path, status.st_mtime, content, fault))
    else:
        scope.strays.append(Stray(path, "It is no folder, no zip and no notebook (.ipynb). Name one of these."))
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
        scope.strays.append(Stray(path, f"The folder cannot be looked into: {_reason(error)}. Make it readable."))
        return []


def _is_skipped(name: str) -> bool:
    return name.startswith(".") or name.lower() in _SKIPPED


def _below(folders: tuple[str, ...], name: str) -> tuple[str, ...]:
    """The names on the way, without those that say nothing, and those that say the same again."""
    said = folders[-1] if folders else ""
    return folders if name.lower() in _NO_NAMES or name == said else (*folders, name)


def _walk_folder(path: Path, folders: tuple[str, ...], scope: _Scope) -> None:
    """Read a folder and all below it. Links are never followed: they may lead out of the submission."""
    if len(path.parts) > MOST_FOLDERS:
        scope.strays.append(Stray(path, "It lies too deep to be looked into. Move it further up."))
        return
    for entry in _entries(path, scope):
        place, name = Path(entry.path), _printable(entry.name)
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError as error:
            scope.strays.append(Stray(place, _unreadable(error)))
            continue
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
            scope.strays.append(Stray(place, _LINK))
        elif _OTHER_ARCHIVE.search(name):
            scope.strays.append(Stray(place, "It is an archive of a kind that is not opened. Pack it as a zip."))


# Windows knows none of these flags but the first.
_READ_ONLY = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))


def _read_file(path: Path, most: int) -> tuple[bytes, str]:
    """The bytes of an ordinary file, or why they are not read. Waits for no pipe and follows no link."""
    try:
        status = path.lstat()  # before it is opened: to open a device may already do something
        if stat.S_ISLNK(status.st_mode):
            return b"", _LINK
        if not stat.S_ISREG(status.st_mode):
            return b"", _FOLDER if stat.S_ISDIR(status.st_mode) else _NO_FILE
        with os.fdopen(os.open(path, _READ_ONLY), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                return b"", _NO_FILE
            content = file.read(status.st_size + 1) if status.st_size <= most else b""
    except OSError as error:
        return b"", _LINK if error.errno == errno.ELOOP else _unreadable(error)
    return (b"", _too_large(most)) if max(len(content), status.st_size) > most else (content, "")


def _unreadable(error: OSError) -> str:
    return f"It cannot be read: {_reason(error)}. Make it readable, or ask for it again."


def _too_large(most: int) -> str:
    return f"It is larger than {most // 1_000_000} MB. Clear its outputs, and hand it in again."


@dataclass
class _Budget:
    """How much may still be taken from one zip and the zips in it."""

    left: int = MOST_BYTES_OF_ZIP
    folders: int = MOST_FOLDERS_IN_ALL
    deep: int = 0


class _Listing(io.BytesIO):
    """A zip in memory, whose list of members is not read where it is larger than it can be."""

    open = False

    def read(self, size: int | None = -1, /) -> bytes:
        if not self.open and (size or 0) > MOST_BYTES_OF_LISTING:
            raise _TooMany
        return super().read(size)


class _TooMany(Exception):
    """A zip names more files or folders than anybody can have meant."""


def _walk_zip(content: bytes, origin: PurePath, folders: tuple[str, ...], scope: _Scope, budget: _Budget) -> str:
    """Read the notebooks of a zip, and of the zips in it. Says what is wrong with the zip as a whole."""
    listing, refused = _Listing(content), list[str]()
    try:
        with zipfile.ZipFile(listing) as archive:
            listing.open = True
            members = archive.infolist()
            if len(members) > MOST_MEMBERS:
                return _TOO_MANY
            if sum(member.file_size for member in members) > budget.left:
                return _TOO_MUCH
            named: set[tuple[str, ...]] = set()
            for member in sorted(members, key=lambda member: member.filename):
                why = _take_member(archive, member, origin, folders, scope, budget, named)
                refused += [why] if why else []
    except _TooMany:
        return _TOO_MANY
    except _UNREADABLE_ZIP:
        return "The zip is damaged. It has to be handed in again."
    if refused:
        others = f" {len(refused) - 1} more were refused." if len(refused) > 1 else ""
        scope.strays.append(Stray(origin, f"{refused[0]} Look who made the zip.{others}"))
    return ""


def _take_member(
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    origin: PurePath,
    folders: tuple[str, ...],
    scope: _Scope,
    budget: _Budget,
    named: set[tuple[str, ...]],
) -> str:
    """Take one file of a zip: a notebook, a zip, or a folder's name. Says why, where it is refused.

    ``named`` are the folders of this zip that have been met.
    """
    name = _member_name(member)
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if not parts or any(_is_skipped(part) and part != ".." for part in parts):
        return ""
    if len(parts) > MOST_FOLDERS_IN_ZIP or max(map(len, parts)) > LONGEST_PART:
        return f"The zip holds a file whose name is too long or that lies too deep ({name[:80]!r}); refused."
    if ".." in parts or name.startswith("/") or re.match(r"[A-Za-z]:", name):
        return f"The zip holds a file that would lie outside of it ({name[:80]!r}); refused."
    place, below = origin.joinpath(*parts), folders

    def enter(folder: str, where: PurePath, fault: str = "") -> None:
        nonlocal below
        below = _below(below, folder)
        if below and (fault or below not in named):
            budget.folders -= 1
            if budget.folders < 0:
                raise _TooMany
            named.add(below)
            scope.folders.append(_Folder(below, where, fault))

    for part in parts[:-1]:
        enter(part, origin)
    is_folder = name.endswith("/")
    if _NOTEBOOK.search(parts[-1]):
        unpacked, fault = (b"", _FOLDER) if is_folder else _unpacked(archive, member, budget, MOST_BYTES)
        scope.files.append(_File(below, parts[-1], place, _member_time(member), unpacked, fault))
    elif is_folder:
        enter(parts[-1], place)
    elif parts[-1].lower().endswith(".zip"):
        above = below
        fault = _walk_inner(archive, member, place, _below(above, parts[-1][:-4]), scope, budget)
        enter(parts[-1][:-4], place, fault)
    elif _OTHER_ARCHIVE.search(parts[-1]):
        scope.strays.append(Stray(place, "It is an archive of a kind that is not opened. Pack it as a zip."))
    return ""


def _walk_inner(
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    place: PurePath,
    folders: tuple[str, ...],
    scope: _Scope,
    budget: _Budget,
) -> str:
    """Look into a zip in a zip. Says why, where that is not done."""
    if budget.deep >= MOST_ZIPS_IN_ZIPS:
        return "It is a zip in a zip in a zip; that deep it is not opened. Pack the notebooks once."
    unpacked, fault = _unpacked(archive, member, budget, MOST_BYTES_OF_ZIP)
    if not fault:
        budget.deep += 1
        fault = _walk_zip(unpacked, place, folders, scope, budget)
        budget.deep -= 1
    return fault


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
        return b"", "It is encrypted. Pack it without a password."
    if stat.S_ISLNK(member.external_attr >> 16):
        return b"", _LINK
    if member.file_size > 1_000_000 and member.file_size > MOST_TIMES_PACKED * max(member.compress_size, 1):
        return b"", "It is packed beyond belief; a notebook never is. Refused. Ask for the notebook itself."
    if member.file_size > most:
        return b"", _too_large(most)
    if member.file_size > budget.left:
        return b"", _TOO_MUCH
    try:
        with archive.open(member) as file:
            content = file.read(most + 1)
    except NotImplementedError:
        return b"", "It is packed in a way that is not known here. Pack it as an ordinary zip."
    except _UNREADABLE_ZIP:
        return b"", "It is damaged in the zip. It has to be handed in again."
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
        self._people_in: dict[tuple[str, ...], dict[str | None, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._leaves: set[tuple[str, ...]] = set()
        for file in scope.files:
            folders = self._named(file.folders)
            for depth in range(len(folders)):
                self._children[folders[:depth]].add(folders[depth])
            self._leaves.add(folders)
            label = self.label(file.name)
            if label.rest:
                self._people_in[folders][label.assignment].add(label.rest.casefold())

    def label(self, name: str) -> _Label:
        if name not in self._labels:
            self._labels[name] = _label(name, self._assignments)
        return self._labels[name]

    def assignment(self, file: _File) -> str | None:
        """The assignment that the file's name says, or else the nearest folder's."""
        named = (self.label(name).assignment for name in (file.name, *reversed(file.folders), self._root))
        return next((name for name in named if name), None)

    def owner(self, file: _File) -> tuple[str, str]:
        """Whose the file is, an empty string where neither its name nor a folder says so; and in whose folder it lies,
        where that is named like another person's, or a group's."""
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
        return "" if self.is_assignment(self._root) or self._root.lower() in _NO_NAMES else self.person(self._root)

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
            return above[-1]  # nbgrader's own way: STUDENT/ASSIGNMENT
        return self._first_person(folders, below or people)

    def person(self, folder: str) -> str:
        """The student whom a folder's name means: as it is given, but for an assignment's name or Moodle's words."""
        label = self.label(folder)
        return label.rest or folder if label.assignment or _MOODLE.fullmatch(folder) else folder

    def is_assignment(self, name: str) -> bool:
        """Whether a folder's name says an assignment, and no student."""
        label = self.label(name)
        return label.assignment is not None and not label.rest

    def _named(self, folders: tuple[str, ...]) -> tuple[str, ...]:
        """The folders without a top one that only repeats the zip's name."""
        return folders[1:] if folders and folders[0] == self._root else folders

    def _people_below(self, folders: tuple[str, ...]) -> int:
        """How many folders with notebooks stand in a folder, but for those that name an assignment."""
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


class _Features:
    """What is peculiar to each assignment: grade_ids, cell ids and texts that no other assignment has."""

    def __init__(self, assignments: Mapping[str, NotebookNode]) -> None:
        self.assignments = assignments
        owners: dict[tuple[str, str], set[str]] = defaultdict(set)
        for name, source in assignments.items():
            for feature in _features(source):
                owners[feature].add(name)
        self._owner = {feature: next(iter(names)) for feature, names in owners.items() if len(names) == 1}
        self._all = Counter((owner, kind) for (kind, _), owner in self._owner.items())

    def shares(self, notebook: NotebookNode) -> dict[str, float]:
        """How much of what is peculiar to each assignment is in the notebook, from 0 to 1."""
        found = Counter((self._owner[each], each[0]) for each in _features(notebook) if each in self._owner)
        shares = dict.fromkeys(self.assignments, 0.0)
        for (owner, kind), count in found.items():
            shares[owner] = max(shares[owner], count / self._all[owner, kind])
        return shares


def _features(notebook: NotebookNode) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for cell in notebook.cells:
        found |= {("id", own) for own in ids_of(cell)}
        text = tidied(released_text(cell) if "HIDDEN TESTS" in text_of(cell) else text_of(cell))
        if len(text) >= 20:  # "import numpy as np" is in every notebook
            found.add(("text", text))
        if grade_id := grade_id_of(cell):
            found.add(("grade_id", grade_id))
    return found


def _candidate(file: _File, layout: _Layout, features: _Features) -> _Candidate:
    """Read one file, and find out whose it is and for which assignment."""
    problems = [Problem(file.fault)] if file.fault else []
    notebook: NotebookNode | None = None
    if not file.fault:
        notebook, found = read_notebook(file.content)
        problems += found
    student, within = layout.owner(file)
    if not student:
        student = "unknown"
        problems.append(Problem("Neither the file nor a folder says whose it is. Put it into a folder of that name."))
    assignment, found = _assignment(notebook, layout.assignment(file), features)
    return _Candidate(student, file, assignment, notebook and _slim(notebook), (*problems, *found), within)


def _slim(notebook: NotebookNode) -> NotebookNode:
    """The notebook without its outputs, which grading makes anew, and metadata that nobody reads: a class of them is held
    in memory."""
    for cell in notebook.cells:
        known = nbgrader_metadata(cell)
        cell.metadata = _kept(cell.metadata, ("id", "tags"))
        if known:
            replace_metadata(cell, _kept(known, _OF_CELLS))
        if cell.cell_type == "code":
            cell.outputs = []
    kernel = notebook.metadata.get("kernelspec")
    notebook.metadata = NotebookNode()
    if isinstance(kernel, dict):
        notebook.metadata["kernelspec"] = _kept(kernel, ("name", "display_name", "language"))
    return notebook


def _kept(metadata: Mapping[str, Any], names: Iterable[str]) -> NotebookNode:
    return NotebookNode({name: metadata[name] for name in names if name in metadata and _is_small(metadata[name])})


def _is_small(value: object) -> bool:
    """Whether it is a value as nbgrader writes it, or a few words."""
    if isinstance(value, list):
        return len(value) <= 100 and all(isinstance(each, str) for each in value)
    return isinstance(value, (str, bool, float)) or value is None or (isinstance(value, int) and abs(value) < 1 << 53)


def _assignment(
    notebook: NotebookNode | None, named: str | None, features: _Features
) -> tuple[str | None, tuple[Problem, ...]]:
    """Which assignment a notebook is for: what its cells clearly say, then what it is called."""
    if notebook is None:
        return named, () if named else (Problem("Its name says no assignment either."),)
    own = read_source_record(notebook).assignment
    said = own if own in features.assignments else named
    shares = features.shares(notebook)
    first, second = (sorted(shares.items(), key=lambda share: -share[1]) + [("", 0.0)] * 2)[:2]
    clear = first[1] >= CLEARLY and first[1] >= 2 * second[1]
    if said is None and clear:
        return first[0], ()
    if said is None:
        names = ", ".join(features.assignments)
        return None, (Problem(f"It does not look like any of {names}. Hand in the notebook that was released."),)
    if clear and first[0] != said and shares[said] < CLEARLY:
        return first[0], (
            Problem(f"It is called {said}, but its cells are those of {first[0]}, as which it counts.", True),
        )
    if not any(shares.values()):
        return said, (
            Problem(f"It is called {said}, but nothing in it is: look whether the right file was handed in."),
        )
    return said, ()


def _without_notebook(scope: _Scope, layout: _Layout) -> Iterator[_Candidate | Stray]:
    """The students whose folder or zip holds no notebook, and what else could not be opened."""
    held = {file.folders[:depth] for file in scope.files for depth in range(len(file.folders) + 1)}
    named: dict[tuple[str, ...], set[str]] = defaultdict(set)  # the assignments that folders in or above a folder name
    for folder in scope.folders:
        for depth in range(1, len(folder.folders) + 1):
            named[folder.folders[:depth]].update(filter(layout.is_assignment, folder.folders))
    faults: dict[tuple[str, ...], str] = {}  # what could not be opened in a folder or below it
    for folder in scope.folders:
        for depth in range(1, len(folder.folders) + 1) if folder.fault else ():
            faults.setdefault(folder.folders[:depth], folder.fault)
    told: set[tuple[str, ...]] = set()
    for folder in sorted(scope.folders, key=lambda each: (len(each.folders), not each.fault, str(each.origin))):
        path = folder.folders
        if (path in held and not folder.fault) or any(path[:depth] in told for depth in range(len(path) + 1)):
            continue
        student, last = layout.student_of(path), path[-1] if path else ""
        is_told = bool(folder.fault) or layout.is_assignment(last)
        problem = folder.fault or faults.get(path, _NOTHING)
        if student and (is_told or student == layout.person(last)):
            told.add(path)
            names = {layout.label(name).assignment for name in named[path]}
            assignment = names.pop() if len(names) == 1 else layout.label(last).assignment
            file = _File(path, last, folder.origin, 0.0)
            yield _Candidate(student, file, assignment, None, (Problem(problem),))
        elif is_told:
            told.add(path)
            yield Stray(folder.origin, problem)


# --- copies and names -----------------------------------------------------------------------------------------------


def _with_safe_names(candidates: Iterable[_Candidate]) -> list[_Candidate]:
    """The candidates under names that nbgrader can use for a folder. Two students never become one by it."""
    candidates = _of_those_who_handed_in(candidates)
    given = sorted({each.student for each in candidates}, key=lambda name: (_safe(name) != name, name))
    names: dict[str, str] = {}
    for name in given:
        safe, number = _safe(name), 1
        # Some file systems take `ada` and `Ada` for one folder.
        while safe.casefold() in (taken.casefold() for taken in names.values()):
            number += 1
            safe = f"{_safe(name)}-{number}"
        names[name] = safe
    return [
        each
        if names[each.student] == each.student
        else replace(
            each,
            student=names[each.student],
            problems=(
                *each.problems,
                Problem(
                    f"The name {each.student[:LONGEST_NAME]!r} cannot name a folder; {names[each.student]!r} is used.",
                    True,
                ),
            ),
        )
        for each in candidates
    ]


def _of_those_who_handed_in(candidates: Iterable[_Candidate]) -> list[_Candidate]:
    """The candidates; what lies deeper in the folder of a student who has handed in is that student's own, too, whatever
    its folder is called: ``ada/old/`` is Ada's, and nobody hands in for others."""
    candidates = list(candidates)
    own = {each.student for each in candidates if not each.within}
    return [replace(each, student=each.within, within="") if each.within in own else each for each in candidates]


def _safe(name: str) -> str:
    """A student's name that is safe as the name of a folder, on every system."""
    name = "".join("_" if unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") else sign for sign in name)
    name = "".join(sign for sign in name if unicodedata.category(sign) != "Cf")  # invisible, and turns text around
    name = _UNSAFE.sub("_", name).replace("..", "_").strip().lstrip(".").rstrip(". ")
    name = re.sub("^-", "_", name)  # a command would take it for an option
    name = name[:LONGEST_NAME].encode("utf-8")[:200].decode("utf-8", "ignore").rstrip(". ") or "unnamed"
    return f"{name}_" if _DEVICE.fullmatch(name) else name


def _latest(candidates: Iterable[_Candidate]) -> tuple[list[Submission], list[Stray]]:
    """One submission for each student and assignment: the latest that can be read. The others are reported, and what lies
    in somebody else's folder under the name of a student who has handed in as well."""
    groups: dict[tuple[str, str], list[_Candidate]] = defaultdict(list)
    submissions: list[Submission] = []
    for each in candidates:
        if each.assignment is None:
            submissions.append(_submission(each))
        else:
            groups[each.student, each.assignment].append(each)
    strays: list[Stray] = []
    for group in groups.values():
        own = [each for each in group if not each.within] or group
        *others, kept = sorted(own, key=_lateness)
        submission = _submission(kept)
        if others := [other for other in others if _NOTEBOOK.search(other.file.name)]:
            # The student reads this, too: names of files, and no path of the teacher's machine.
            names = ", ".join(f"'{other.file.name}'" for other in others)
            told = Problem(
                f"Handed in {len(others) + 1} times; '{kept.file.name}' counts, the latest. Left out: {names}.", True
            )
            submission = replace(submission, problems=(*submission.problems, told))
        submissions.append(submission)
        for each in group:
            if each.within and own is not group:
                text = f"It is in the name of '{each.student}' and lies in '{each.within}', so it was left out: "
                text += "there is one in a folder of the student's own. Look who handed it in."
                strays.append(Stray(each.file.origin, text))
    return submissions, strays


def _lateness(candidate: _Candidate) -> tuple[bool, int, int, str]:
    """What makes a file the one that counts. Zips know the time to two seconds only."""
    file = candidate.file
    return candidate.notebook is not None, int(file.modified // 2), len(file.name), str(file.origin)


def _submission(candidate: _Candidate) -> Submission:
    file = candidate.file
    return Submission(
        candidate.student, candidate.assignment, file.origin, file.content, candidate.notebook, candidate.problems
    )


# --- reading a notebook ---------------------------------------------------------------------------------------------


_ASK = "Ask for the notebook as Jupyter saves it."
_TOO_MANY_CELLS = f"It has more than {MOST_CELLS} cells, or none that can be read. {_ASK}"


def read_notebook(content: bytes) -> tuple[NotebookNode | None, tuple[Problem, ...]]:
    """Parse a notebook, fix what can safely be fixed, and bring it to nbformat 4.5. None where it is no notebook."""
    problems: list[Problem] = []
    text, fixed = _decoded(content)
    if fixed:
        problems.append(Problem(fixed, fixed=True))
    try:
        found, fault = _parsed(text)
        if not fault:
            found, old = _upgraded(found)
            fault = "" if found else old
            if found and old:
                problems.append(Problem(old, fixed=True))
        notebook = None if fault else _fixed(found, problems)
    except RecursionError:
        notebook, fault = None, f"It is nested too deeply for a notebook. {_ASK}"
    return notebook, (*problems, Problem(fault)) if fault else tuple(problems)


def _decoded(content: bytes) -> tuple[str, str]:
    """The text of a file, and what is unusual about how it was written."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace"), "It was written in UTF-16, not UTF-8; read as that."
    if b"\0" in content[:4]:
        order = "utf-16-be" if content[:1] == b"\0" else "utf-16-le"
        return content.decode(order, "replace"), "It was written in UTF-16, not UTF-8; read as that."
    try:
        return content.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        return content.decode("latin-1"), "It is not UTF-8; read as Latin-1. Letters with accents may be wrong."


def _parsed(text: str) -> tuple[Any, str]:
    """The JSON of a notebook, or what the file is instead."""
    stripped = text.strip()
    if not stripped:
        return None, "The file is empty. Hand it in again."
    if text.count(",") + text.count("{") + text.count("[") > MOST_PARTS:
        return None, "It has too many parts for a notebook. Clear its outputs, and hand it in again."
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        start = stripped[:15].lower()
        if start.startswith(("<!doctype", "<html")):
            return None, "It is a web page, not a notebook. Download the notebook itself."
        if stripped.startswith("PK\x03\x04"):
            return None, "It is a zip that is called a notebook. Call it .zip."
        if start.startswith("{") and (error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated")):
            return None, "The file is cut off before its end. Hand it in again."
        return None, f"It is no notebook: not JSON (line {error.lineno}, column {error.colno}). {_ASK}"
    except ValueError:
        return None, f"It is no notebook: it holds a number that is too long. {_ASK}"
    if not isinstance(found, dict) or not any(isinstance(found.get(name), list) for name in ("cells", "worksheets")):
        return None, f"It is no notebook: JSON, but without cells. {_ASK}"
    if re.search(r"\\u[dD][89a-fA-F]", text):
        found = _without_surrogates(found)
    return found, ""


def _without_surrogates(value: Any) -> Any:
    """The same JSON; halves of characters, which cannot be written to a file, replaced."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_without_surrogates(each) for each in value]
    if isinstance(value, dict):
        return {_without_surrogates(name): _without_surrogates(each) for name, each in value.items()}
    return value


def _upgraded(found: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The notebook in format 4, and what is to be told of it; an empty one where its format is unknown."""
    version = found.get("nbformat")
    if not isinstance(version, int):
        version = 4
    if isinstance(found.get("worksheets"), list) and "cells" not in found:
        version = min(version, 3)
    elif version == 3:
        version = 4
    if version == 4 or (version > 4 and "cells" in found):
        return found, "" if version == 4 else f"Its format is said to be {version}; read as format 4."
    if version == 3:
        try:
            if sum(len(sheet["cells"]) for sheet in found["worksheets"]) > MOST_CELLS:
                return {}, _TOO_MANY_CELLS
            for sheet in found["worksheets"]:
                for cell in sheet["cells"]:
                    cell.setdefault("outputs", [])
            old = nbformat.from_dict({"metadata": {}, **found, "nbformat": 3})
            upgraded: dict[str, Any] = nbformat.v4.upgrade(old, from_version=3, from_minor=0)
        except (KeyError, TypeError, AttributeError, ValueError):
            return {}, "It is in the old format 3, and damaged. Open it in Jupyter and save it."
        for cell in upgraded["cells"]:
            cell.pop("id", None)  # random ones; the repair makes ids that are the same each time
        return upgraded, "It was in the old format 3; upgraded."
    return {}, f"Its format {str(version)[:20]} is too old. Open it in Jupyter and save it."


def _fixed(found: dict[str, Any], problems: list[Problem]) -> NotebookNode | None:
    """A sound notebook of format 4.5 out of whatever stands in the cells."""
    raw = found.get("cells")
    if not isinstance(raw, list) or len(raw) > MOST_CELLS:
        problems.append(Problem(_TOO_MANY_CELLS))
        return None
    fixed, ids, repeated = 0, set[str](), 0
    cells: list[NotebookNode] = []
    for at, each in enumerate(raw):
        cell, sound = _fixed_cell(each)
        fixed += not sound
        if cell is None:
            continue
        wanted = [own for own in ids_of(cell) if _ID.fullmatch(own)]
        repeated += bool(wanted) and wanted[0] in ids
        free = [own for own in wanted if own not in ids]
        cell["id"] = free[0] if free else f"own-{hashlib.sha256(f'{at}/{cell.source}'.encode()).hexdigest()[:16]}"
        ids.add(cell["id"])
        cells.append(cell)
    if fixed:
        problems.append(Problem(f"Damaged cells were fixed: {fixed} of {len(raw)}.", fixed=True))
    if repeated:
        problems.append(Problem("Some cells had the id of another; they got ids of their own.", fixed=True))
    notebook = nbformat.from_dict(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": _fixed_metadata(found.get("metadata")), "cells": cells}
    )
    return _valid(notebook, problems)


def _fixed_metadata(found: object) -> dict[str, Any]:
    """The notebook's metadata, without what nbformat would stumble over."""
    metadata = _shallow(found)
    for name, needed in (("kernelspec", ("name", "display_name")), ("language_info", ("name",))):
        part = metadata.get(name, {})
        if not (isinstance(part, dict) and all(isinstance(part.get(each), str) for each in needed)):
            metadata.pop(name, None)
    for name in ("orig_nbformat", "orig_nbformat_minor", "authors", "title", "widgets"):
        metadata.pop(name, None)
    return metadata


def _shallow(found: object) -> dict[str, Any]:
    """A dictionary of what is not nested beyond reason."""
    return {name: each for name, each in found.items() if not _is_deep(each)} if isinstance(found, dict) else {}


def _is_deep(value: object, left: int = DEEPEST) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return left == 0 or any(_is_deep(each, left - 1) for each in inner)


def _fixed_cell(found: object) -> tuple[NotebookNode | None, bool]:
    """A sound cell, and whether it was one already; None where there is nothing to make one of."""
    if not isinstance(found, dict):
        return None, False
    kind, source, metadata = found.get("cell_type"), found.get("source"), found.get("metadata")
    is_text = isinstance(source, str) or (isinstance(source, list) and all(isinstance(line, str) for line in source))
    sound = kind in ("code", "markdown", "raw") and is_text and isinstance(metadata, dict)
    if kind not in ("code", "markdown", "raw"):
        kind = "code" if "outputs" in found or "execution_count" in found else "markdown"
    cell = NotebookNode(cell_type=kind, metadata=_shallow(metadata), source=text_of(found))
    if isinstance(found.get("id"), str):
        cell["id"] = found["id"]
    if not isinstance(cell.metadata.get("tags", []), list):
        del cell.metadata["tags"]
    if kind == "code":
        outputs = found.get("outputs", [])
        cell["outputs"] = [made for made in map(_fixed_output, outputs) if made] if isinstance(outputs, list) else []
        count = found.get("execution_count")
        cell["execution_count"] = count if _is_count(count) else None
    elif isinstance(found.get("attachments"), dict):
        cell["attachments"] = _shallow(found["attachments"])
    return cell, sound


def _is_count(value: object) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0)


def _fixed_output(found: object) -> dict[str, Any] | None:
    """A sound output; None for one that is not: grading makes new ones anyway."""
    if not isinstance(found, dict):
        return None
    kind = found.get("output_type")
    if kind == "stream":
        name, text = found.get("name"), _joined(found.get("text"))
        return {"output_type": kind, "name": name, "text": text} if isinstance(name, str) and text is not None else None
    if kind == "error":
        lines = found.get("traceback")
        words = {name: found.get(name) for name in ("ename", "evalue")}
        fine = isinstance(lines, list) and all(isinstance(each, str) for each in [*lines, *words.values()])
        return {"output_type": kind, **words, "traceback": lines} if fine else None
    if kind not in ("display_data", "execute_result") or not isinstance(found.get("data"), dict):
        return None
    data = {name: each if name.endswith("json") else _joined(each) for name, each in _shallow(found["data"]).items()}
    output = {"output_type": kind, "metadata": _shallow(found.get("metadata"))}
    output["data"] = {name: each for name, each in data.items() if each is not None}
    if kind == "execute_result":
        count = found.get("execution_count")
        output["execution_count"] = count if _is_count(count) else None
    return output


def _joined(text: object) -> str | None:
    """A text that nbformat may keep as a list of lines."""
    if isinstance(text, list) and all(isinstance(line, str) for line in text):
        return "".join(text)
    return text if isinstance(text, str) else None


def _valid(notebook: NotebookNode, problems: list[Problem]) -> NotebookNode | None:
    """The notebook, if nbformat finds nothing more in it; else without outputs and what editors keep in the metadata."""
    try:
        nbformat.validate(notebook)
        return notebook
    except nbformat.ValidationError:
        pass
    for cell in notebook.cells:
        known = nbgrader_metadata(cell)
        cell.metadata = NotebookNode({name: each for name, each in cell.metadata.items() if name == "id"})
        if known:
            replace_metadata(cell, known)
        cell.pop("attachments", None)
        if cell.cell_type == "code":
            cell.outputs = []
    record = read_source_record(notebook)
    notebook.metadata = NotebookNode({name: each for name, each in notebook.metadata.items() if name == "kernelspec"})
    write_source_record(notebook, record)
    problems.append(Problem("Some of its metadata or outputs were invalid; left out.", fixed=True))
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError:
        problems.append(Problem("It is no valid notebook. Open it in Jupyter and save it."))
        return None
    return notebook
