"""However folders and files are laid out, each notebook has its student and its assignment."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.submissions.samples import (
    ADA_AND_BOB,
    ASSIGNMENTS,
    collect_and_load,
    messages_of,
    submitted,
    who,
    write,
    zip_of,
)

LAYOUTS = {
    "nbgrader": ["ada/03_neuron/03_neuron.ipynb", "bob/03_neuron/03_neuron.ipynb"],
    "nbgrader, below submitted": ["submitted/ada/03_neuron/03_neuron.ipynb", "submitted/bob/03_neuron/03_neuron.ipynb"],
    "student folders": ["ada/03_neuron.ipynb", "bob/03_neuron.ipynb"],
    "assignment folders": ["03_neuron/ada.ipynb", "03_neuron/bob.ipynb"],
    "assignment, student": ["03_neuron/ada/03_neuron.ipynb", "03_neuron/bob/solution.ipynb"],
    "flat": ["ada_03_neuron.ipynb", "bob-03_neuron (1).ipynb"],
    "flat, assignment first": ["03_neuron_ada.ipynb", "03_neuron - bob.ipynb"],
    "flat, decorated": ["ada_03_neuron_final.ipynb", "bob 03_neuron v2.ipynb"],
    "flat in an assignment's folder": ["03_neuron/ada_03_neuron.ipynb", "03_neuron/bob_03_neuron.ipynb"],
    "Colab copies": ["ada/Copy of 03_neuron.ipynb", "bob/Copy of Copy of 03_neuron (2).ipynb"],
    "other names": ["ada/my homework.ipynb", "bob/Untitled.ipynb"],
    "only students": ["ada.ipynb", "bob.ipynb"],
    "a common top folder": ["week 3/ada/03_neuron.ipynb", "week 3/bob/03_neuron.ipynb"],
    "a common top folder, flat": ["week 3/ada_03_neuron.ipynb", "week 3/bob_03_neuron.ipynb"],
    "a browser's ending": ["ada/03_neuron.ipynb.txt", "bob/03_neuron.IPYNB"],
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_folder_is_understood(layout: str, tmp_path: Path) -> None:
    collected = collect_and_load([write(tmp_path / "class", *LAYOUTS[layout])], ASSIGNMENTS)
    assert who(collected) == ADA_AND_BOB
    assert collected.strays == ()
    assert all(each.notebook is not None and each.problems == () for each in collected.submissions)


@pytest.mark.parametrize("top", ["", "download/", "class/"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_zip_is_understood_as_a_folder_is(layout: str, top: str, tmp_path: Path) -> None:
    path = tmp_path / "class.zip"
    path.write_bytes(zip_of({top + name: submitted() for name in LAYOUTS[layout]}))
    assert who(collect_and_load([path], ASSIGNMENTS)) == ADA_AND_BOB


def test_a_zip_for_each_student_is_understood(tmp_path: Path) -> None:
    (tmp_path / "ada.zip").write_bytes(zip_of({"03_neuron.ipynb": submitted()}))
    (tmp_path / "bob.zip").write_bytes(zip_of({"bob/work/03_neuron.ipynb": submitted()}))
    (tmp_path / "cy_03_neuron.zip").write_bytes(zip_of({"cy/mine.ipynb": submitted()}))
    assert who(collect_and_load([tmp_path], ASSIGNMENTS)) == [*ADA_AND_BOB, ("cy", "03_neuron")]


def test_zips_in_a_zip_are_understood(tmp_path: Path) -> None:
    inner = {f"{name}.zip": zip_of({"03_neuron.ipynb": submitted()}) for name in ("ada", "bob")}
    (tmp_path / "all.zip").write_bytes(zip_of(inner))
    assert who(collect_and_load([tmp_path / "all.zip"], ASSIGNMENTS)) == ADA_AND_BOB


def test_a_student_folder_or_notebook_by_itself(tmp_path: Path) -> None:
    write(tmp_path, "ada/03_neuron.ipynb")
    assert who(collect_and_load([tmp_path / "ada"], ASSIGNMENTS)) == [("ada", "03_neuron")]
    assert who(collect_and_load([tmp_path / "ada" / "03_neuron.ipynb"], ASSIGNMENTS)) == [("ada", "03_neuron")]


def test_a_notebook_of_nobody_is_told(tmp_path: Path) -> None:
    write(tmp_path, "submitted/03_neuron.ipynb")
    (found,) = collect_and_load([tmp_path / "submitted"], ASSIGNMENTS).submissions
    assert found.student == "unknown" and "says whose it is" in messages_of(found)


def test_groups_are_still_understood(tmp_path: Path) -> None:
    write(tmp_path, *(f"group {at}/{name}/03_neuron.ipynb" for at, name in zip("1122", "abcd", strict=True)))
    collected = collect_and_load([tmp_path], ASSIGNMENTS)
    assert [student for student, _ in who(collected)] == list("abcd")
    assert collected.strays == () and not any(each.problems for each in collected.submissions)
