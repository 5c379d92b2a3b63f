"""Finds what lies under a path, and reads it safely. Nothing is unpacked to disk, no link is followed, nothing is run.

In: a folder, a zip or a notebook. Out: the notebooks and folders in it by name, size and time; and, when it is asked for, the
bytes of one notebook. A class is never held in memory: each notebook is read from the folder or the zip when its turn comes.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path, PurePath
from typing import BinaryIO

from grader.core.errors import IntakeError
from grader.submissions.found import (
    A_FOLDER,
    A_LINK,
    AN_ARCHIVE,
    MOST_BYTES,
    NO_NOTEBOOK,
    NOTEBOOK,
    OTHER_ARCHIVE,
    Found,
    FoundFile,
    FoundFolder,
    Location,
    Stray,
    is_skipped,
    names_below,
    printable,
    too_large,
)
from grader.submissions.zips import MOST_BYTES_OF_ZIP, UNREADABLE, OpenZips, list_zip

MOST_FOLDERS = 50  # on the way to a notebook
_OF_NBGRADER = {"source", "release", "autograded", "feedback", "gradebook.db", "nbgrader_config.py"}
_NO_FILE = "It is not an ordinary file. Hand in the notebook as a file."


class _Refused(Exception):
    """Why a file is not read, as a sentence for the teacher."""


def find(path: Path) -> Found:
    """All notebooks and folders under a path. No notebook is read yet.

    Raises:
        IntakeError: the path does not exist, or cannot be looked into.
    """
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        raise IntakeError(f"{path}: {_reason(error)}. Give the folder, the zip or the notebook as it is.") from error
    found = Found(path.resolve().name)
    if stat.S_ISDIR(status.st_mode):
        names = {entry.name for entry in _entries(path, found)}
        if "submitted" in names and names & _OF_NBGRADER:
            path = path / "submitted"  # a course of nbgrader's: the source and the release are no submissions
        _walk_folder(path, (), found)
        if found.is_empty:
            found.strays.append(Stray(path, NO_NOTEBOOK))
    elif path.suffix.lower() == ".zip":
        found.name = path.stem
        # A zip that was named may be a link, which the teacher made.
        fault = _walk_zip(Location(path.resolve()), path, (), found)
        if fault or found.is_empty:
            found.strays.append(Stray(path, fault or NO_NOTEBOOK))
    elif NOTEBOOK.search(path.name):
        found.name = path.resolve().parent.name
        found.files.append(FoundFile((), path.name, path, status.st_mtime, status.st_size, Location(path.resolve())))
    else:
        found.strays.append(
            Stray(path, "It is neither a folder, nor a zip, nor a notebook (.ipynb). Name one of these.")
        )
    return found


def read(location: Location) -> tuple[bytes, str]:
    """The bytes of a notebook, or why it is not read."""
    if not location.members:
        return _read_file(location.path, MOST_BYTES)
    try:
        return _zips.read(location, MOST_BYTES)
    except (_Refused, *UNREADABLE):
        return b"", "The zip can no longer be read. Leave it where it is, and run again."


# --- folders --------------------------------------------------------------------------------------------------------


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[0].lower() + error.strerror[1:]
    return "it cannot be read"


def _entries(path: Path, found: Found) -> list[os.DirEntry[str]]:
    """What lies in a folder, by name, without hidden things."""
    try:
        with os.scandir(path) as entries:
            return sorted((entry for entry in entries if not is_skipped(entry.name)), key=lambda entry: entry.name)
    except OSError as error:
        found.strays.append(Stray(path, f"The folder cannot be looked into: {_reason(error)}. Make it readable."))
        return []


def _walk_folder(path: Path, folders: tuple[str, ...], found: Found) -> None:
    """List a folder and all below it. Links are never followed: they may lead out of the submission."""
    if len(path.parts) > MOST_FOLDERS:
        found.strays.append(Stray(path, "It lies too deep to be looked into. Move it further up."))
        return
    for entry in _entries(path, found):
        place, name = Path(entry.path), printable(entry.name)
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError as error:
            found.strays.append(Stray(place, _unreadable(error)))
            continue
        if NOTEBOOK.search(name):
            found.files.append(FoundFile(folders, name, place, status.st_mtime, status.st_size, Location(place)))
        elif stat.S_ISDIR(status.st_mode):
            below = names_below(folders, name)
            if below != folders:
                found.folders.append(FoundFolder(below, place))
            _walk_folder(place, below, found)
        elif name.lower().endswith(".zip"):
            below = names_below(folders, name[:-4])
            fault = _walk_zip(Location(place), place, below, found)
            found.folders.append(FoundFolder(below, place, fault))
        elif stat.S_ISLNK(status.st_mode):
            found.strays.append(Stray(place, A_LINK))
        elif OTHER_ARCHIVE.search(name):
            found.strays.append(Stray(place, AN_ARCHIVE))


# Windows knows none of these flags but the first.
_READ_ONLY = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))


def _open(path: Path, most: int) -> tuple[BinaryIO, int]:
    """An ordinary file, opened, and its size. Waits for no pipe and follows no link.

    Raises:
        _Refused: it is not an ordinary file, or cannot be read, or is larger than ``most``.
    """
    try:
        status = path.lstat()  # before it is opened: opening a device may already do something
        if stat.S_ISLNK(status.st_mode):
            raise _Refused(A_LINK)
        if not stat.S_ISREG(status.st_mode):
            raise _Refused(A_FOLDER if stat.S_ISDIR(status.st_mode) else _NO_FILE)
        file = os.fdopen(os.open(path, _READ_ONLY), "rb")
    except OSError as error:
        raise _Refused(A_LINK if error.errno == errno.ELOOP else _unreadable(error)) from error
    status = os.fstat(file.fileno())
    if stat.S_ISREG(status.st_mode) and status.st_size <= most:
        return file, status.st_size
    file.close()
    raise _Refused(too_large(most) if stat.S_ISREG(status.st_mode) else _NO_FILE)


def _read_file(path: Path, most: int) -> tuple[bytes, str]:
    """The bytes of an ordinary file, or why they are not read."""
    try:
        file, size = _open(path, most)
        with file:
            content = file.read(size + 1)
    except _Refused as refused:
        return b"", str(refused)
    except OSError as error:
        return b"", _unreadable(error)
    return (b"", too_large(most)) if len(content) > most else (content, "")


def _unreadable(error: OSError) -> str:
    return f"It cannot be read: {_reason(error)}. Make it readable, or ask for it again."


def _open_zip(path: Path) -> BinaryIO:
    return _open(path, MOST_BYTES_OF_ZIP)[0]


_zips = OpenZips(_open_zip)


def _walk_zip(location: Location, origin: PurePath, folders: tuple[str, ...], found: Found) -> str:
    """List a zip on disk. Says what is wrong with it as a whole."""
    try:
        file = _open_zip(location.path)
    except _Refused as refused:
        return str(refused)
    with file:
        return list_zip(file, location, origin, folders, found)
