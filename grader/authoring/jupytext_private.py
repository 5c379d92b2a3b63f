"""The one private part of Jupytext that the grader uses: its parser of strings, which knows whether a line begins inside one.

In: the text of a percent script. Out: the numbers of the lines that begin a cell. Jupytext gives cells no line numbers, so its
own parser must say which markers it takes for cells. tests/authoring/test_jupytext_private.py says what breaks.
"""

from __future__ import annotations

import re

from jupytext.stringparser import StringParser


def cell_lines(text: str) -> list[int]:
    """The lines of a script, counted from 1, that Jupytext reads as the beginning of a cell."""
    parser = StringParser("python")
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not parser.is_quoted() and re.match(r"# ?%%%*(\s|$)", line):
            found.append(number)
        parser.read_line(line)
    return found
