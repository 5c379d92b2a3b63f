"""nbgrader's markers of solutions and hidden tests.

In: the source of a cell. Out: the lines between the markers, and those outside them.
"""

from __future__ import annotations

BEGIN_SOLUTION, END_SOLUTION = "### BEGIN SOLUTION", "### END SOLUTION"
BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
NBGRADER_MARKERS = (
    "BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN TESTS", "END HIDDEN TESTS", "BEGIN MARK SCHEME", "END MARK SCHEME",
)  # fmt: skip


def marked_regions(source: str, begin: str, end: str) -> list[tuple[int, int]]:
    """The line numbers (from 0) of each pair of markers in ``source``.

    Raises:
        ValueError: the markers do not come in pairs; the first argument says what is wrong, the second at which line.
    """
    regions: list[tuple[int, int]] = []
    opened: int | None = None
    # nbgrader looks for the words alone, with any number of # or none before them.
    first, last = begin.removeprefix("### "), end.removeprefix("### ")
    for number, line in enumerate(source.splitlines()):
        if first in line:
            if opened is not None:
                raise ValueError(f"`{begin}` is inside another such region.", number)
            opened = number
        elif last in line:
            if opened is None:
                raise ValueError(f"`{end}` has no `{begin}` before it.", number)
            regions.append((opened, number))
            opened = None
    if opened is not None:
        raise ValueError(f"`{begin}` has no `{end}` after it.", opened)
    return regions


def inside(source: str, begin: str, end: str) -> list[str]:
    """The lines of ``source`` that stand between the markers."""
    lines = source.splitlines()
    return [line for first, last in marked_regions(source, begin, end) for line in lines[first + 1 : last]]


def outside(source: str, begin: str, end: str) -> list[str]:
    """The lines of ``source`` that stand outside the markers, without the markers themselves."""
    lines = source.splitlines()
    hidden = {n for first, last in marked_regions(source, begin, end) for n in range(first, last + 1)}
    return [line for number, line in enumerate(lines) if number not in hidden]
