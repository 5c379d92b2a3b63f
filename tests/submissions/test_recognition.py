"""The assignment of a notebook is recognised by its cells first, by its name second."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from tests.submissions.samples import (
    ASSIGNMENTS,
    collect_and_load,
    messages_of,
    submitted,
    who,
)


def test_what_the_release_says_of_itself_counts_more_than_the_name(tmp_path: Path) -> None:
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "03_neuron.ipynb").write_bytes(submitted("04_network", said=True))
    assert who(collect_and_load([tmp_path], ASSIGNMENTS)) == [("ada", "04_network")]


def test_when_the_name_and_the_cells_differ_the_cells_count_and_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "03_neuron.ipynb").write_bytes(submitted("04_network"))
    (found,) = collect_and_load([tmp_path], ASSIGNMENTS).submissions
    assert found.assignment == "04_network"
    assert messages_of(found) == "It is called 03_neuron, but its cells are those of 04_network, as which it counts."


def test_a_notebook_without_metadata_is_recognised_by_its_texts(tmp_path: Path) -> None:
    notebook = nbformat.reads(submitted("04_network").decode(), as_version=4)
    for index, cell in enumerate(notebook.cells):
        cell.metadata, cell.id = NotebookNode(), f"new-{index}"
    (tmp_path / "ada.ipynb").write_text(nbformat.writes(notebook))
    assert who(collect_and_load([tmp_path], ASSIGNMENTS)) == [("ada", "04_network")]


def test_a_notebook_of_no_assignment_is_a_submission_with_a_problem(tmp_path: Path) -> None:
    (tmp_path / "ada.ipynb").write_text(nbformat.writes(new_notebook(cells=[new_code_cell("1 + 1")])))
    (found,) = collect_and_load([tmp_path], ASSIGNMENTS).submissions
    assert (found.student, found.assignment) == ("ada", None)
    assert "does not look like any of 03_neuron, 04_network" in messages_of(found)


def test_a_notebook_that_is_only_called_so_is_told(tmp_path: Path) -> None:
    (tmp_path / "ada_03_neuron.ipynb").write_text(nbformat.writes(new_notebook(cells=[new_code_cell("1 + 1")])))
    (found,) = collect_and_load([tmp_path], ASSIGNMENTS).submissions
    assert found.assignment == "03_neuron" and "nothing in it is" in messages_of(found)
