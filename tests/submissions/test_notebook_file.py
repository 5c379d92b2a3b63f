"""Notebook files are read, however damaged or old they are, or refused with the reason."""

from __future__ import annotations

import json
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_output

from grader.submissions.notebook_file import read_notebook
from tests.submissions.samples import (
    submitted,
    zip_of,
)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "The file is empty."),
        (b" \n", "The file is empty."),
        (b"hello", "It is not a notebook: not JSON (line 1, column 1)."),
        (submitted()[:700], "The file is cut off before its end"),
        (b"<!DOCTYPE html><html>", "It is a web page"),
        (zip_of({"a.ipynb": b""}), "It is a zip that is called a notebook"),
        (b"[1, 2]", "It is not a notebook: JSON, but without cells."),
        (b'{"cells": 7}', "It is not a notebook: JSON, but without cells."),
        (b'{"nbformat": 2, "worksheets": []}', "Its format 2 is too old"),
        (b'{"cells": ' + b"[" * 100_000, "It is nested too deeply"),
        (b'{"cells": [' + b"9" * 10_000 + b"]}", "a number that is too long"),
        (b'{"nbformat": 4, "cells": [' + b"{}," * 20_000 + b"{}]}", "more than 10000 cells"),
        (
            b'{"nbformat": 4, "cells": [' + b"{}," * 2_000_000 + b"{}]}",
            "too many parts for a notebook. Clear its outputs",
        ),
        (b'{"nbformat": 3, "worksheets": [{"cells": [' + b"{}," * 1_000_000 + b"{}]}]}", "more than 10000 cells"),
    ],
)
def test_what_is_no_notebook_is_told(content: bytes, told: str) -> None:
    notebook, problems = read_notebook(content)
    assert notebook is None
    assert any(told in problem.text and not problem.fixed for problem in problems)


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8-sig", ""), ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"), ("utf-16-be", "UTF-16"), ("latin-1", "Latin-1")],
)
def test_other_encodings_are_read(encoding: str, told: str) -> None:
    text = json.dumps(
        {"nbformat": 4, "cells": [{"cell_type": "code", "source": "é", "metadata": {}}]}, ensure_ascii=False
    )
    notebook, problems = read_notebook(text.encode(encoding))
    assert notebook is not None and notebook.cells[0].source == "é"
    assert [told in problem.text and problem.fixed for problem in problems] == ([True] if told else [])


def test_a_notebook_as_colab_saves_it_is_upgraded_without_a_word() -> None:
    cells = [
        {
            "cell_type": "code",
            "source": ["x = 1\n", "y = 2"],
            "metadata": {"id": "abc-1"},
            "outputs": [],
            "execution_count": None,
        },
        {"cell_type": "markdown", "source": ["text"], "metadata": {"id": "no good id!"}},
    ]
    content = json.dumps({"nbformat": 4, "nbformat_minor": 0, "metadata": {"colab": {}}, "cells": cells}).encode()
    notebook, problems = read_notebook(content)
    assert problems == () and notebook is not None
    nbformat.validate(notebook)
    assert (notebook.nbformat_minor, notebook.cells[0].id, notebook.cells[0].source) == (5, "abc-1", "x = 1\ny = 2")
    assert notebook == read_notebook(content)[0], "made ids are the same each time"


def test_format_3_is_upgraded_and_told() -> None:
    old = nbformat.v3.new_notebook(
        worksheets=[
            nbformat.v3.new_worksheet(
                cells=[nbformat.v3.new_code_cell(input="x = 1"), nbformat.v3.new_text_cell("markdown", source="text")]
            )
        ]
    )
    notebook, problems = read_notebook(json.dumps(old).encode())
    assert notebook is not None and [cell.source for cell in notebook.cells] == ["x = 1", "text"]
    assert [(problem.text, problem.fixed) for problem in problems] == [("It was in the old format 3; upgraded.", True)]
    nbformat.validate(notebook)


def test_cells_with_missing_and_wrong_fields_are_mended() -> None:
    cells: list[Any] = [
        {"cell_type": "code", "source": "x = 1"},
        {"source": "text", "metadata": {}},
        {"cell_type": "code", "source": 7, "metadata": [], "outputs": "none", "execution_count": "x"},
        {"cell_type": "heading", "level": 2, "source": "Title", "metadata": {}, "extra": 1},
        "no cell",
        {"cell_type": "code", "source": "half \ud83d", "metadata": {"tags": 7, "collapsed": "?"}, "id": "a b"},
    ]
    notebook, problems = read_notebook(json.dumps({"nbformat": 4, "cells": cells}).encode())
    assert notebook is not None
    nbformat.validate(notebook)
    nbformat.writes(notebook).encode()
    assert [cell.source for cell in notebook.cells] == ["x = 1", "text", "", "Title", "half ?"]
    assert problems[0].text == "Damaged cells were fixed: 5 of 6." and problems[0].fixed


def test_invalid_outputs_are_dropped_and_sound_ones_kept() -> None:
    good = new_output("stream", name="stdout", text="hello")
    outputs = [good, {"output_type": "stream"}, {"output_type": "error", "ename": 1}, 5, {"output_type": "new"}]
    cell = {"cell_type": "code", "source": "", "metadata": {}, "outputs": outputs, "execution_count": 1}
    notebook, _ = read_notebook(json.dumps({"nbformat": 4, "cells": [cell]}).encode())
    assert notebook is not None and notebook.cells[0].outputs == [good]


def test_ids_that_stand_twice_are_made_unique_and_told() -> None:
    cell = {"cell_type": "markdown", "source": "", "metadata": {}, "id": "same"}
    notebook, problems = read_notebook(json.dumps({"nbformat": 4, "nbformat_minor": 5, "cells": [cell, cell]}).encode())
    assert notebook is not None and len({each.id for each in notebook.cells}) == 2
    assert [problem.fixed for problem in problems] == [True]


def test_a_sound_notebook_is_read_as_it_is() -> None:
    content = submitted(said=True)
    notebook, problems = read_notebook(content)
    assert problems == () and notebook == nbformat.reads(content.decode(), as_version=4)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


CELL = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw", "heading", 3]),
        "source": JSON,
        "metadata": JSON | st.dictionaries(st.sampled_from(["tags", "nbgrader", "id", "collapsed", "name"]), JSON),
        "outputs": JSON | st.lists(st.dictionaries(st.sampled_from(["output_type", "data", "text", "name"]), JSON)),
        "execution_count": JSON,
        "attachments": JSON,
        "id": JSON,
    },
)


@settings(max_examples=200, deadline=None)
@given(cells=st.lists(CELL | JSON, max_size=5), metadata=JSON, version=st.sampled_from([2, 3, 4, 5, "4", None]))
def test_whatever_json_stands_in_a_notebook_it_is_read_or_refused(
    cells: list[Any], metadata: Any, version: Any
) -> None:
    for found in (
        {"nbformat": version, "metadata": metadata, "cells": cells},
        {"nbformat": version, "metadata": metadata, "worksheets": [{"cells": cells}]},
    ):
        notebook, problems = read_notebook(json.dumps(found).encode())
        if notebook is None:
            assert problems
        else:
            nbformat.validate(notebook)
            nbformat.writes(notebook).encode()
