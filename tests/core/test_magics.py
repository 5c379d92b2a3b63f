"""IPython's own lines are taken out of a cell, as IPython itself would see them, and Python reads the rest."""

from __future__ import annotations

import ast

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from grader.core.cell_names import names_of
from grader.core.magics import without_magics

CELLS = [
    "%matplotlib inline\ny = x",
    "  %matplotlib inline\n  y = x",
    "!pip install \\\n  numpy\ny = x",
    "%timeit f(x)\ny = x",
    "files = !ls\ny = x",
    "a, b = %sx ls\ny = x",
    "d['k'] = %pwd\ny = x",
    "?files\ny = x",
    "if x:\n    !ls\n    y = 1",
    "for i in x:\n    %pwd\n    y = i",
    "text = '''\n%no magic\n! nor this\n'''\n!ls\ny = x",
    "y = (x\n  % z\n  != w)\n!ls",
    "y = x \\\n  % z\n!ls",
    "y = 'it\\'s = %d' % x  # = !ls\n%pwd",
    "y = x != z\n%pwd",
    "f(a=x, b='(')\n%pwd\ny = x",
    ">>> y = x\n... z = y\n",
    "In [3]: if x:\n   ...:     y = 1\n",
    "\n\n%pwd\ny = x",
    "# 100% !sure?\n!ls\ny = x  # what?",
    "files?\ny = x",
    "np.add??\ny = x",
]


@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_has_the_names_that_it_has_for_ipython(cell: str) -> None:
    names, wanted = names_of(cell), names_of(TransformerManager().transform_cell(cell))
    assert names.readable and wanted.readable
    assert names.binds == wanted.binds
    assert names.reads == wanted.reads - {"get_ipython"}


@pytest.mark.parametrize("cell", CELLS)
def test_the_lines_stay_where_they_are(cell: str) -> None:
    assert without_magics(cell).count("\n") == cell.count("\n")


@pytest.mark.parametrize(
    ("cell", "binds"),
    [
        ("%%time\n%%capture out\ny = 1", {"out", "y"}),
        ("\n%%capture\ny = 1", {"y"}),
        ("%%time\n%%bash\ny=1", set()),
        ("%%writefile y.py\ny = 1", set()),
        ("%time y = 1", {"y"}),
        ("if True:\n    %prun y = 1", {"y"}),
    ],
)
def test_a_cell_magic_runs_its_cell_or_hides_it(cell: str, binds: set[str]) -> None:
    assert names_of(cell).readable and names_of(cell).binds == binds


def test_plain_python_is_not_touched() -> None:
    code = "x = '''\n%a\n!b\n'''\ny = (1\n  % 2)\n\nclass A:\n    s = \"it's\"  # (\n"
    assert ast.dump(ast.parse(without_magics(code))) == ast.dump(ast.parse(code))
