"""Where the grader keeps what can be made again: built lectures, calibrations.

In: nothing. Out: the user's cache folder, or the one that the environment variable GRADER_CACHE names. It can be deleted at any
time.
"""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path


def cache_folder() -> Path:
    named = os.environ.get("GRADER_CACHE")
    return Path(named) if named else user_cache_path("grader")
