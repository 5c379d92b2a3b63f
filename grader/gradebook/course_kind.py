"""Which kind of course a folder is.

In: a folder. Out: whether it is one of nbgrader's. Nothing is imported for it, so that the command line can answer at once.
"""

from __future__ import annotations

from pathlib import Path


def is_nbgrader_course(root: Path) -> bool:
    """Whether a folder is an nbgrader course, and not one of the grader's."""
    if any((root / "solutions").glob("*.py")):
        return False
    return (root / "nbgrader_config.py").is_file() or any((root / "source").glob("*/*.ipynb"))
