"""What the grader needs of Jupytext's private parser. If one of these fails with a new Jupytext, change `jupytext_private`."""

from __future__ import annotations

import jupytext
import pytest

from grader.authoring.jupytext_private import cell_lines

SCRIPTS = {
    "cells": "# %%\nx = 1\n# %% [markdown]\n# text\n# %%\ny = 2\n",
    "a marker in a string": '# %%\nx = """\n# %%\n"""\n# %%\ny = 2\n',
    "a marker in a string of one quote": "# %%\nx = '# %%'\n# %%\ny = 2\n",
    "a cell within a cell": "# %%\nx = 1\n# %%% x\nz = 1\n# %%\ny = 2\n",
    "a magic is no marker": "# %%\n# %%time\nx = 1\n# %%\ny = 2\n",
    "a quote in a comment": "# %%\n# don't\n# %%\ny = 2\n",
}


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_the_lines_are_those_that_jupytext_takes_for_cells(text):
    cells = jupytext.reads(text, fmt="py:percent").cells
    assert len(cell_lines(text)) == len(cells)
    assert all(text.splitlines()[line - 1].startswith("# %%") for line in cell_lines(text))
