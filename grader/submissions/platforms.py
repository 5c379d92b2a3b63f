"""How learning platforms name what they hand out: a table, one row a platform.

In: the name of a file or a folder. Out: which platform wrote it, whose it is, and what the student called it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Platform:
    """One platform. ``pattern`` finds the group ``what``, and the groups that ``who`` is put together from.

    ``names_folders`` if it also names folders in this way.
    """

    name: str
    pattern: re.Pattern[str]
    who: str
    names_folders: bool = False


@dataclass(frozen=True)
class PlatformName:
    """A name as a platform writes it."""

    platform: Platform
    who: str
    what: str


PLATFORMS = (
    # The first row that fits a name counts.
    Platform(
        "Moodle",
        re.compile(r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<what>.*)"),
        "{name}_{id}",
        names_folders=True,
    ),
    Platform(
        "Canvas",
        re.compile(r"(?P<name>[^\W_]+?)(?:_LATE)?_(?P<id>\d{3,})_\d{3,}_(?P<what>.+)"),
        "{name}_{id}",
    ),
)


def platform_name(name: str) -> PlatformName | None:
    """What a name says, if one of the platforms wrote it."""
    for platform in PLATFORMS:
        if found := platform.pattern.fullmatch(name):
            return PlatformName(platform, platform.who.format_map(found.groupdict()), found["what"])
    return None
