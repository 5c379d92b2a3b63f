"""All that was handed in is collected, and nothing disappears without a word; a class is not held in memory."""

from __future__ import annotations

import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output

from grader.submissions.collect import collect
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


def test_several_assignments_and_several_paths_come_in_a_fixed_order(tmp_path: Path) -> None:
    write(tmp_path / "a", "bob/04_network.ipynb", "ada/03_neuron.ipynb", "ada/04_network/04_network.ipynb")
    write(tmp_path / "b", "cy/03_neuron.ipynb")
    both = collect_and_load([tmp_path / "b", tmp_path / "a"], ASSIGNMENTS)
    assert who(both) == [("ada", "03_neuron"), ("ada", "04_network"), ("bob", "04_network"), ("cy", "03_neuron")]
    assert (
        both.submissions == collect_and_load([tmp_path / "a", tmp_path / "b", tmp_path / "a"], ASSIGNMENTS).submissions
    )


def test_a_students_folder_without_a_notebook_is_a_submission_with_a_problem(tmp_path: Path) -> None:
    write(tmp_path, "ada/03_neuron/03_neuron.ipynb", "ada/figures/plot.png", "cy/03_neuron/notes.txt")
    (tmp_path / "bob").mkdir()
    collected = collect_and_load([tmp_path], ASSIGNMENTS)
    assert who(collected) == [("ada", "03_neuron"), ("bob", None), ("cy", "03_neuron")]
    assert all(
        messages_of(each).startswith("There is no notebook here. Ask for the file")
        for each in collected.submissions[1:]
    )
    assert collected.strays == ()


def test_an_empty_folder_of_an_assignment_is_a_stray(tmp_path: Path) -> None:
    write(tmp_path, "03_neuron/ada.ipynb", "04_network/readme.txt")
    collected = collect_and_load([tmp_path], ASSIGNMENTS)
    assert who(collected) == [("ada", "03_neuron")]
    assert [stray.path.name for stray in collected.strays] == ["04_network"]


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    (stray,) = collect_and_load([tmp_path], ASSIGNMENTS).strays
    assert stray.text.startswith("There is no notebook here. Ask for the file")


def test_what_a_class_holds_in_memory_is_what_grading_needs(tmp_path: Path) -> None:
    notebook = nbformat.reads(submitted(said=True).decode(), as_version=4)
    notebook.metadata["junk"] = list(range(50_000))
    for cell in notebook.cells:
        cell.metadata |= {"junk": list(range(50_000)), "tags": ["demo"]}
        cell.metadata.setdefault("nbgrader", {})["junk"] = {"more": 1}
        if cell.cell_type == "code":
            cell.outputs = [new_output("stream", text="x" * 100_000)]
    (tmp_path / "ada.ipynb").write_text(nbformat.writes(notebook))
    (found,) = collect_and_load([tmp_path], ASSIGNMENTS).submissions
    assert found.notebook is not None and found.problems == ()
    assert len(nbformat.writes(found.notebook)) < 5000
    assert [cell.metadata.tags for cell in found.notebook.cells] == [["demo"]] * 3
    assert found.notebook.cells[2].metadata.nbgrader == ASSIGNMENTS["03_neuron"].cells[2].metadata.nbgrader


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "9" * 4000, "-" + "9" * 4000])
def test_numbers_that_no_notebook_has_do_no_harm(number: str, tmp_path: Path) -> None:
    text = submitted(said=True).decode().replace('"execution_count": null', f'"execution_count": {number}')
    text = text.replace('"points": 1', f'"points": {number}').replace(
        '"nbformat_minor": 5', f'"nbformat_minor": {number}'
    )
    (tmp_path / "ada.ipynb").write_text(text)
    write(tmp_path, "bob/03_neuron.ipynb")
    collected = collect_and_load([tmp_path], ASSIGNMENTS)
    assert who(collected) == ADA_AND_BOB
    assert all(each.notebook is not None and nbformat.writes(each.notebook) for each in collected.submissions)


@pytest.mark.parametrize("place", ["a folder", "a zip", "a zip in a zip"])
def test_a_submission_is_read_when_it_is_loaded(place: str, tmp_path: Path) -> None:
    content = {name: submitted(answer=f"def f(): return '{name}'") for name in ("ada", "bob", "cy")}
    files = {f"{name}/03_neuron.ipynb": each for name, each in content.items()}
    if place == "a folder":
        write(tmp_path, *files)
        for name, each in files.items():
            (tmp_path / name).write_bytes(each)
    else:
        packed = zip_of(files) if place == "a zip" else zip_of({"inner.zip": zip_of({"x": b"", **files})})
        (tmp_path / "class.zip").write_bytes(packed)
    path = tmp_path if place == "a folder" else tmp_path / "class.zip"
    collected = collect([path], ASSIGNMENTS)
    assert [each.size for each in collected.submissions] == [len(each) for each in content.values()]
    for handle in reversed(collected.submissions):  # in any order
        loaded = handle.load()
        assert loaded.content == handle.content() == content[handle.student]
        assert loaded.notebook is not None and loaded.notebook.cells[1].source.endswith(f"'{handle.student}'")
        assert (loaded.student, loaded.assignment, loaded.problems) == (handle.student, handle.assignment, ())


def test_a_class_is_not_held_in_memory(tmp_path: Path) -> None:
    notebook = nbformat.reads(submitted().decode(), as_version=4)
    notebook.cells += [new_code_cell(f"x = '{number}{'x' * 5000}'") for number in range(40)]
    for number in range(40):
        (tmp_path / f"student{number}.ipynb").write_text(nbformat.writes(notebook))
    collect([tmp_path], ASSIGNMENTS)  # what is imported on the way does not count
    tracemalloc.start()
    collected = collect([tmp_path], ASSIGNMENTS)
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    in_all = sum(each.size for each in collected.submissions)
    assert in_all > 8_000_000 and held < in_all / 50 and peak < in_all / 4


def test_a_zip_is_not_opened_anew_for_each_of_its_notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.zip").write_bytes(zip_of({f"s{number}/03_neuron.ipynb": submitted() for number in range(20)}))
    opened: list[object] = []

    class Counted(zipfile.ZipFile):
        def __init__(self, file: Any) -> None:
            opened.append(file)
            super().__init__(file)

    monkeypatch.setattr("zipfile.ZipFile", Counted)
    assert len(collect_and_load([tmp_path / "x.zip"], ASSIGNMENTS).submissions) == 20
    assert len(opened) == 2, "once to list it, once to read"


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("gone", [False, True])
def test_a_file_that_changes_before_it_is_loaded_is_not_graded_as_another(
    packed: bool, gone: bool, tmp_path: Path
) -> None:
    path = tmp_path / ("class.zip" if packed else "ada.ipynb")

    def put(content: bytes) -> None:
        path.write_bytes(zip_of({"ada/03_neuron.ipynb": content}) if packed else content)

    put(submitted())
    (handle,) = collect([path], ASSIGNMENTS).submissions
    assert handle.load().notebook is not None
    if gone:
        path.unlink()
    else:
        put(submitted(answer="def f(): return 2"))
    loaded = handle.load()
    assert loaded.notebook is None and loaded.content == b""
    assert "changed or went away after it was found. Run again" in messages_of(loaded)


def test_an_empty_file_is_no_file_that_changed(tmp_path: Path) -> None:
    (tmp_path / "ada.ipynb").write_bytes(b"")
    (handle,) = collect([tmp_path], ASSIGNMENTS).submissions
    assert not handle.readable and handle.load().problems == handle.problems
