"""What was found under a path: notebooks and folders by name, size and time, and what belongs to no submission.

In: names as a folder or a zip gives them. Out: those names, cleaned; plain data. No notebook's bytes are held here.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path, PurePath

MOST_BYTES = 50_000_000  # of a notebook

NOTEBOOK = re.compile(r"\.ipynb(\.txt|\.json)?$", re.IGNORECASE)  # browsers and Windows add the second ending
OTHER_ARCHIVE = re.compile(r"\.(rar|7z|tar|tgz|gz|bz2|xz)$", re.IGNORECASE)
NO_NAMES = {"submitted", "submissions", "submission"}  # folders that say neither who nor what
_SKIPPED = {"__macosx"}

NO_NOTEBOOK = "There is no notebook here. Ask for the file that ends in .ipynb."
A_LINK = "It is a link, and links are not followed. Hand in the file itself."
A_FOLDER = "It is a folder, not a notebook. Hand in the notebook itself."
AN_ARCHIVE = "It is an archive of a kind that is not opened. Pack it as a zip."


@dataclass(frozen=True)
class Stray:
    """Something that was found and belongs to no submission: where, and what is wrong with it."""

    path: PurePath
    text: str


@dataclass(frozen=True)
class Location:
    """Where bytes can be read from: a file, or the member of a zip; ``members`` are its numbers in a zip within a zip."""

    path: Path
    members: tuple[int, ...] = ()


@dataclass(frozen=True)
class FoundFile:
    """A notebook by its name. ``folders`` are those on the way to it. ``fault`` says why it cannot be read."""

    folders: tuple[str, ...]
    name: str
    origin: PurePath  # for messages
    modified: float
    size: int
    location: Location
    fault: str = ""


@dataclass(frozen=True)
class FoundFolder:
    """A folder, or a zip. ``fault`` says why it could not be opened."""

    folders: tuple[str, ...]
    origin: PurePath
    fault: str = ""


@dataclass
class Found:
    """All that lies under a path. ``name`` is the name of its top folder or zip."""

    name: str
    files: list[FoundFile] = field(default_factory=list)
    folders: list[FoundFolder] = field(default_factory=list)
    strays: list[Stray] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.files or self.folders or self.strays)


def is_skipped(name: str) -> bool:
    return name.startswith(".") or name.lower() in _SKIPPED


def names_below(folders: tuple[str, ...], name: str) -> tuple[str, ...]:
    """The names on the way, without those that say nothing, and those that only repeat the name before."""
    last = folders[-1] if folders else ""
    return folders if name.lower() in NO_NAMES or name == last else (*folders, name)


def printable(name: str) -> str:
    """A name that can be written and compared: valid Unicode, composed as on Linux and Windows."""
    return unicodedata.normalize("NFC", name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


def too_large(most: int) -> str:
    return f"It is larger than {most // 1_000_000} MB. Clear its outputs, and hand it in again."
