"""The assignment of a notebook is recognised by its cells first, by its name second."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from tests.submissions.samples import (
    ASSIGNMENTS,
    collect_and_load,
    lecture,
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


LETTERED = {name: lecture(name) for name in ("13_vision", "13a_vision", "13b_sound")}


@pytest.mark.parametrize(
    "name, assignment",
    [
        ("ada/13a_vision.ipynb", "13a_vision"),
        ("ada/13_vision.ipynb", "13_vision"),
        ("ada/13A Vision (final).ipynb", "13a_vision"),
        ("ada/13b-sound-2.ipynb", "13b_sound"),
        ("13a_vision/ada/13a_vision.ipynb", "13a_vision"),
        ("ada_13a_vision.ipynb", "13a_vision"),
        ("13a_vision_ada.ipynb", "13a_vision"),
    ],
)
def test_a_lecture_with_a_letter_is_told_apart_by_its_name_alone(tmp_path: Path, name: str, assignment: str) -> None:
    path = tmp_path / "class" / name
    path.parent.mkdir(parents=True)
    # Its cells say nothing: they are of no lecture.
    path.write_text(nbformat.writes(new_notebook(cells=[new_code_cell("def f(): return 1", id="x")])))
    assert who(collect_and_load([tmp_path / "class"], LETTERED)) == [("ada", assignment)]


def test_a_lecture_with_a_letter_is_told_apart_by_its_cells_alone(tmp_path: Path) -> None:
    for student, name in (("ada", "13_vision"), ("bob", "13a_vision"), ("cy", "13b_sound")):
        path = tmp_path / "class" / student / "homework.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(submitted(name))
    assert who(collect_and_load([tmp_path / "class"], LETTERED)) == [
        ("ada", "13_vision"), ("bob", "13a_vision"), ("cy", "13b_sound"),
    ]  # fmt: skip


def test_a_number_with_a_letter_names_no_student(tmp_path: Path) -> None:
    path = tmp_path / "ada" / "13a.ipynb"
    path.parent.mkdir()
    path.write_bytes(submitted("13a_vision"))
    assert who(collect_and_load([path], LETTERED)) == [("ada", "13a_vision")]
