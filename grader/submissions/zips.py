"""Zips, and the zips in them: what they hold, and the bytes of one member. Nothing is unpacked to disk, no size is believed.

In: an open zip. Out: the notebooks and folders in it; and, when it is asked for, the bytes of one notebook. A zip that was made
to do harm costs little: sizes, numbers and depths have limits, and what breaks one is refused with a sentence.
"""

from __future__ import annotations

import io
import lzma
import re
import stat
import struct
import threading
import time
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO, cast

from grader.submissions.found import (
    A_FOLDER,
    A_LINK,
    AN_ARCHIVE,
    MOST_BYTES,
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

MOST_BYTES_OF_ZIP = 500_000_000  # unpacked, with the zips in it
MOST_MEMBERS = 100_000
MOST_BYTES_OF_LISTING = 20_000_000  # of a zip: what it says about its members
MOST_TIMES_PACKED = 200  # a notebook is packed to a tenth; a file that grows more than this is a bomb
MOST_ZIPS_IN_ZIPS = 3
MOST_FOLDERS_IN_ZIP = 20  # on the way to a notebook
MOST_FOLDERS_IN_ALL = 10_000
LONGEST_PART = 255  # of a path: no disk holds a longer one
MOST_OPEN_ZIPS = 4  # kept open while notebooks are read from them in turn

UNREADABLE = (  # what reading a damaged zip may raise
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, RuntimeError, NotImplementedError,
    ValueError, OverflowError, MemoryError, KeyError, IndexError, UnicodeError,
)  # fmt: skip

_TOO_MUCH = f"The zip holds more than {MOST_BYTES_OF_ZIP // 1_000_000} MB. Pack the notebooks only."
_TOO_MANY = f"The zip holds more than {MOST_MEMBERS} files, or too many folders. Pack the notebooks only."


def list_zip(file: BinaryIO, location: Location, origin: PurePath, folders: tuple[str, ...], found: Found) -> str:
    """Note what a zip holds in ``found``, below these folders. Says what is wrong with the zip as a whole."""
    return _list_zip(file, location, origin, folders, found, _Budget())


@dataclass
class _Budget:
    """How much may still be taken from one zip and the zips in it."""

    left: int = MOST_BYTES_OF_ZIP
    folders: int = MOST_FOLDERS_IN_ALL
    deep: int = 0


class _TooMany(Exception):
    """A zip names more files or folders than anybody can have meant."""


class _Listing(io.BufferedReader):
    """A zip whose list of members is not read if it is larger than any course's."""

    listed = False

    def read(self, size: int | None = -1, /) -> bytes:
        if not self.listed and (size or 0) > MOST_BYTES_OF_LISTING:
            raise _TooMany
        return super().read(size)


class _Zip:
    """An open zip, with the list of its members."""

    def __init__(self, file: BinaryIO) -> None:
        self._listing = _Listing(cast("io.RawIOBase", file))
        try:
            self.archive = zipfile.ZipFile(self._listing)
        except BaseException:
            self._listing.close()
            raise
        self._listing.listed = True
        self.members = self.archive.infolist()

    def close(self) -> None:
        self.archive.close()
        self._listing.close()


class OpenZips:
    """The zips that were read from last. They stay open, since a list of members is long and notebooks come one by one."""

    def __init__(self, open_file: Callable[[Path], BinaryIO]) -> None:
        self._open_file = open_file
        self._open: OrderedDict[tuple[object, ...], _Zip] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, location: Location, most: int) -> tuple[bytes, str]:
        with self._lock:
            opened = self._opened(location.path, location.members[:-1])
            return _unpacked(opened.archive, opened.members[location.members[-1]], most)

    def _opened(self, path: Path, members: tuple[int, ...]) -> _Zip:
        status = path.stat()
        key = (path, status.st_ino, status.st_size, status.st_mtime_ns, members)
        if key not in self._open:
            self._open[key] = self._open_one(path, members)
            while len(self._open) > MOST_OPEN_ZIPS:
                self._open.popitem(last=False)[1].close()
        self._open.move_to_end(key)
        return self._open[key]

    def _open_one(self, path: Path, members: tuple[int, ...]) -> _Zip:
        if not members:
            return _Zip(self._open_file(path))
        outer = self._opened(path, members[:-1])
        content, fault = _unpacked(outer.archive, outer.members[members[-1]], MOST_BYTES_OF_ZIP)
        if fault:
            raise zipfile.BadZipFile(fault)
        return _Zip(io.BytesIO(content))


def _list_zip(
    file: BinaryIO, location: Location, origin: PurePath, folders: tuple[str, ...], found: Found, budget: _Budget
) -> str:
    """List the notebooks of a zip, and of the zips in it. Says what is wrong with the zip as a whole."""
    try:
        opened = _Zip(file)
        try:
            return _ZipWalk(opened, location, origin, found, budget).run(folders)
        finally:
            opened.close()
    except _TooMany:
        return _TOO_MANY
    except UNREADABLE:
        return "The zip is damaged. It has to be handed in again."


class _ZipWalk:
    """Lists one zip. ``named`` are the folders in it that have been met."""

    def __init__(self, opened: _Zip, location: Location, origin: PurePath, found: Found, budget: _Budget) -> None:
        self.archive, self.members = opened.archive, opened.members
        self.location, self.origin, self.found, self.budget = location, origin, found, budget
        self.named: set[tuple[str, ...]] = set()

    def run(self, folders: tuple[str, ...]) -> str:
        if len(self.members) > MOST_MEMBERS:
            return _TOO_MANY
        if sum(member.file_size for member in self.members) > self.budget.left:
            return _TOO_MUCH
        by_name = sorted(enumerate(self.members), key=lambda each: each[1].filename)
        refused = [why for number, member in by_name if (why := self.take(number, member, folders))]
        if refused:
            others = f" {len(refused) - 1} more were refused." if len(refused) > 1 else ""
            self.found.strays.append(Stray(self.origin, f"{refused[0]} Find out who made the zip.{others}"))
        return ""

    def take(self, number: int, member: zipfile.ZipInfo, folders: tuple[str, ...]) -> str:
        """List one member: a notebook, a zip, or a folder's name. Says why, where it is refused."""
        name = _member_name(member)
        parts = [part for part in name.split("/") if part not in ("", ".")]
        if not parts or any(is_skipped(part) and part != ".." for part in parts):
            return ""
        if len(parts) > MOST_FOLDERS_IN_ZIP or max(map(len, parts)) > LONGEST_PART:
            return f"The zip holds a file whose name is too long or that lies too deep ({name[:80]!r}); refused."
        if ".." in parts or name.startswith("/") or re.match(r"[A-Za-z]:", name):
            return f"The zip holds a file that would lie outside of it ({name[:80]!r}); refused."
        place, last, is_folder = self.origin.joinpath(*parts), parts[-1], name.endswith("/")
        for part in parts[:-1]:
            folders = self.enter(folders, part, self.origin)
        location = Location(self.location.path, (*self.location.members, number))
        if NOTEBOOK.search(last):
            fault = A_FOLDER if is_folder else self.pay(member, MOST_BYTES)
            self.found.files.append(
                FoundFile(folders, last, place, _member_time(member), member.file_size, location, fault)
            )
        elif is_folder:
            self.enter(folders, last, place)
        elif last.lower().endswith(".zip"):
            fault = self.walk_inner(member, location, place, names_below(folders, last[:-4]))
            self.enter(folders, last[:-4], place, fault)
        elif OTHER_ARCHIVE.search(last):
            self.found.strays.append(Stray(place, AN_ARCHIVE))
        return ""

    def enter(self, above: tuple[str, ...], folder: str, origin: PurePath, fault: str = "") -> tuple[str, ...]:
        """Note a folder of the zip."""
        below = names_below(above, folder)
        if below and (fault or below not in self.named):
            self.budget.folders -= 1
            if self.budget.folders < 0:
                raise _TooMany
            self.named.add(below)
            self.found.folders.append(FoundFolder(below, origin, fault))
        return below

    def pay(self, member: zipfile.ZipInfo, most: int) -> str:
        """Take a member's size from what may be read in all. Says why, where it is refused."""
        fault = _refusal(member, most) or (_TOO_MUCH if member.file_size > self.budget.left else "")
        if not fault:
            self.budget.left -= member.file_size
        return fault

    def walk_inner(self, member: zipfile.ZipInfo, location: Location, place: PurePath, folders: tuple[str, ...]) -> str:
        """List a zip in a zip. Says why, where that is not done."""
        if self.budget.deep >= MOST_ZIPS_IN_ZIPS:
            return "It is a zip in a zip in a zip; that deep it is not opened. Pack the notebooks once."
        fault = self.pay(member, MOST_BYTES_OF_ZIP)
        content, fault = (b"", fault) if fault else _unpacked(self.archive, member, MOST_BYTES_OF_ZIP)
        if not fault:
            self.budget.deep += 1
            fault = _list_zip(io.BytesIO(content), location, place, folders, self.found, self.budget)
            self.budget.deep -= 1
        return fault


def _member_name(member: zipfile.ZipInfo) -> str:
    """The name as it was meant: Windows writes backslashes, a Mac UTF-8 without saying so."""
    name = member.filename
    if not member.flag_bits & 0x800 and not name.isascii():
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = member.filename
    return printable(name.replace("\\", "/"))


def _member_time(member: zipfile.ZipInfo) -> float:
    try:
        return time.mktime((*member.date_time, 0, 0, -1))
    except (ValueError, OverflowError, TypeError):
        return 0.0


def _refusal(member: zipfile.ZipInfo, most: int) -> str:
    """Why a member is not read; empty if it may be."""
    if member.flag_bits & 0x1:
        return "It is encrypted. Pack it without a password."
    if stat.S_ISLNK(member.external_attr >> 16):
        return A_LINK
    if member.file_size > 1_000_000 and member.file_size > MOST_TIMES_PACKED * max(member.compress_size, 1):
        return "It is packed beyond belief; a notebook never is. Refused. Ask for the notebook itself."
    return too_large(most) if member.file_size > most else ""


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> tuple[bytes, str]:
    """The bytes of a member, or why they are not read. No more is read than the size that the zip gives."""
    if fault := _refusal(member, most):
        return b"", fault
    try:
        with archive.open(member) as file:
            content = file.read(member.file_size + 1)
    except NotImplementedError:
        return b"", "It is packed in a way that is not known here. Pack it as an ordinary zip."
    except UNREADABLE:
        return b"", "It is damaged in the zip. It has to be handed in again."
    return content, ""
