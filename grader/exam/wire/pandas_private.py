"""The one private part of pandas that the grader uses: an object takes over all that another one holds.

In: two frames, or two series. Out: the first one, changed in place. The tests of this module say what has changed when a new
version of pandas does without it; pyproject.toml bounds the version.
"""

from __future__ import annotations

from typing import Any


def replace_contents(old: Any, new: Any) -> None:
    """Let ``old`` hold the values, the index and the columns of ``new``, whatever other names ``old`` has."""
    old._update_inplace(new)
