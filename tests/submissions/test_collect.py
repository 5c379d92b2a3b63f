"""Submissions are found, named and read, however they were handed in; nothing disappears without a word."""

from __future__ import annotations

import io
import json
import os
import stat
import struct
import time
import tracemalloc
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from grader.core.errors import IntakeError
from grader.core.model import Submission
from grader.submissions.collect import Collected, collect, read_notebook
from tests.conftest import says_how_to_fix


def _lecture(name: str) -> NotebookNode:
    """A lecture with an exercise and its check."""
    flags: dict[str, Any] = {"schema_version": 3, "task": False}
    solution = {"nbgrader": {"grade": False, "solution": True, "locked": False, "grade_id": f"{name}-f", **flags}}
    check = {
        "nbgrader": {"grade": True, "solution": False, "locked": True, "points": 1, "grade_id": f"{name}-t", **flags}
    }
    return new_notebook(
        cells=[
            new_markdown_cell(f"# The lecture {name}\nA long story about {name}.", id=f"{name}-title"),
            new_code_cell(
                "def f():\n    # YOUR CODE HERE\n    raise NotImplementedError()", id=f"{name}-a", metadata=solution
            ),
            new_code_cell(f"assert f() == '{name}', 'f of {name} is wrong'", id=f"{name}-b", metadata=check),
        ],
        metadata={"grader": {"assignment": name}, "kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )


ASSIGNMENTS = {name: _lecture(name) for name in ("03_neuron", "04_network")}


def _bytes(name: str = "03_neuron", answer: str = "def f(): return 1", *, said: bool = False) -> bytes:
    """A submission; it says of itself which lecture it is only where asked to."""
    notebook = _lecture(name)
    notebook.cells[1].source = answer
    if not said:
        del notebook.metadata["grader"]
    return str(nbformat.writes(notebook)).encode()


def _write(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_bytes("04_network" if "network" in name else "03_neuron"))
        os.utime(path, (1_700_000_000, 1_700_000_000))
    return root


def _zip(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _who(collected: Collected) -> list[tuple[str, str | None]]:
    return [(each.student, each.assignment) for each in collected.submissions]


def _told(submission: Submission) -> str:
    return " ".join(problem.text for problem in submission.problems)


ADA_AND_BOB = [("ada", "03_neuron"), ("bob", "03_neuron")]

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
    collected = collect([_write(tmp_path / "class", *LAYOUTS[layout])], ASSIGNMENTS)
    assert _who(collected) == ADA_AND_BOB
    assert collected.strays == ()
    assert all(each.notebook is not None and each.problems == () for each in collected.submissions)


@pytest.mark.parametrize("top", ["", "download/", "class/"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_zip_is_understood_as_a_folder_is(layout: str, top: str, tmp_path: Path) -> None:
    path = tmp_path / "class.zip"
    path.write_bytes(_zip({top + name: _bytes() for name in LAYOUTS[layout]}))
    assert _who(collect([path], ASSIGNMENTS)) == ADA_AND_BOB


def test_a_zip_for_each_student_is_understood(tmp_path: Path) -> None:
    (tmp_path / "ada.zip").write_bytes(_zip({"03_neuron.ipynb": _bytes()}))
    (tmp_path / "bob.zip").write_bytes(_zip({"bob/work/03_neuron.ipynb": _bytes()}))
    (tmp_path / "cy_03_neuron.zip").write_bytes(_zip({"cy/mine.ipynb": _bytes()}))
    assert _who(collect([tmp_path], ASSIGNMENTS)) == [*ADA_AND_BOB, ("cy", "03_neuron")]


def test_zips_in_a_zip_are_understood(tmp_path: Path) -> None:
    inner = {f"{name}.zip": _zip({"03_neuron.ipynb": _bytes()}) for name in ("ada", "bob")}
    (tmp_path / "all.zip").write_bytes(_zip(inner))
    assert _who(collect([tmp_path / "all.zip"], ASSIGNMENTS)) == ADA_AND_BOB


def test_downloads_from_moodle_and_canvas_are_understood(tmp_path: Path) -> None:
    _write(
        tmp_path,
        "moodle/Ada Lovelace_12345_assignsubmission_file_/03_neuron.ipynb",
        "moodle/Bob Moss_678_assignsubmission_file_/anything.ipynb",
        "canvas/lovelaceada_12345_777777_03_neuron-1.ipynb",
        "canvas/mossbob_LATE_678_888888_03_neuron.ipynb",
    )
    assert _who(collect([tmp_path / "moodle"], ASSIGNMENTS)) == [
        ("Ada Lovelace_12345", "03_neuron"), ("Bob Moss_678", "03_neuron"),
    ]  # fmt: skip
    assert _who(collect([tmp_path / "canvas"], ASSIGNMENTS)) == [
        ("lovelaceada_12345", "03_neuron"), ("mossbob_678", "03_neuron"),
    ]  # fmt: skip


def test_several_assignments_and_several_paths_come_in_a_fixed_order(tmp_path: Path) -> None:
    _write(tmp_path / "a", "bob/04_network.ipynb", "ada/03_neuron.ipynb", "ada/04_network/04_network.ipynb")
    _write(tmp_path / "b", "cy/03_neuron.ipynb")
    both = collect([tmp_path / "b", tmp_path / "a"], ASSIGNMENTS)
    assert _who(both) == [("ada", "03_neuron"), ("ada", "04_network"), ("bob", "04_network"), ("cy", "03_neuron")]
    assert both.submissions == collect([tmp_path / "a", tmp_path / "b", tmp_path / "a"], ASSIGNMENTS).submissions


def test_a_student_folder_or_notebook_by_itself(tmp_path: Path) -> None:
    _write(tmp_path, "ada/03_neuron.ipynb")
    assert _who(collect([tmp_path / "ada"], ASSIGNMENTS)) == [("ada", "03_neuron")]
    assert _who(collect([tmp_path / "ada" / "03_neuron.ipynb"], ASSIGNMENTS)) == [("ada", "03_neuron")]


def test_a_notebook_of_nobody_is_told(tmp_path: Path) -> None:
    _write(tmp_path, "submitted/03_neuron.ipynb")
    (found,) = collect([tmp_path / "submitted"], ASSIGNMENTS).submissions
    assert found.student == "unknown" and "says whose it is" in _told(found)


def test_of_a_course_of_nbgraders_only_the_submissions_are_read(tmp_path: Path) -> None:
    _write(
        tmp_path,
        "source/03_neuron/03_neuron.ipynb",
        "release/03_neuron/03_neuron.ipynb",
        "submitted/ada/03_neuron/03_neuron.ipynb",
        "autograded/ada/03_neuron/03_neuron.ipynb",
    )
    assert _who(collect([tmp_path], ASSIGNMENTS)) == [("ada", "03_neuron")]


def test_hidden_things_checkpoints_and_other_files_are_left_alone(tmp_path: Path) -> None:
    _write(tmp_path, "ada/03_neuron.ipynb", "ada/.ipynb_checkpoints/03_neuron-checkpoint.ipynb", "__MACOSX/._x.ipynb")
    _write(tmp_path, "ada/._03_neuron.ipynb", "ada/data/digits.csv", "ada/notes.pdf")
    collected = collect([tmp_path], ASSIGNMENTS)
    assert _who(collected) == [("ada", "03_neuron")]
    assert collected.strays == () and collected.submissions[0].problems == ()


# --- which assignment -----------------------------------------------------------------------------------------------


def test_what_the_release_says_of_itself_counts_more_than_the_name(tmp_path: Path) -> None:
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "03_neuron.ipynb").write_bytes(_bytes("04_network", said=True))
    assert _who(collect([tmp_path], ASSIGNMENTS)) == [("ada", "04_network")]


def test_when_the_name_and_the_cells_differ_the_cells_count_and_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "03_neuron.ipynb").write_bytes(_bytes("04_network"))
    (found,) = collect([tmp_path], ASSIGNMENTS).submissions
    assert found.assignment == "04_network"
    assert _told(found) == "It is called 03_neuron, but its cells are those of 04_network, as which it counts."


def test_a_notebook_without_metadata_is_recognised_by_its_texts(tmp_path: Path) -> None:
    notebook = nbformat.reads(_bytes("04_network").decode(), as_version=4)
    for index, cell in enumerate(notebook.cells):
        cell.metadata, cell.id = NotebookNode(), f"new-{index}"
    (tmp_path / "ada.ipynb").write_text(nbformat.writes(notebook))
    assert _who(collect([tmp_path], ASSIGNMENTS)) == [("ada", "04_network")]


def test_a_notebook_of_no_assignment_is_a_submission_with_a_problem(tmp_path: Path) -> None:
    (tmp_path / "ada.ipynb").write_text(nbformat.writes(new_notebook(cells=[new_code_cell("1 + 1")])))
    (found,) = collect([tmp_path], ASSIGNMENTS).submissions
    assert (found.student, found.assignment) == ("ada", None)
    assert "does not look like any of 03_neuron, 04_network" in _told(found)


def test_a_notebook_that_is_only_called_so_is_told(tmp_path: Path) -> None:
    (tmp_path / "ada_03_neuron.ipynb").write_text(nbformat.writes(new_notebook(cells=[new_code_cell("1 + 1")])))
    (found,) = collect([tmp_path], ASSIGNMENTS).submissions
    assert found.assignment == "03_neuron" and "nothing in it is" in _told(found)


# --- copies, names, what is missing ---------------------------------------------------------------------------------


def test_of_several_files_the_latest_counts_and_the_others_are_told(tmp_path: Path) -> None:
    _write(tmp_path, "ada/03_neuron.ipynb", "ada/03_neuron (1).ipynb", "ada/Copy of 03_neuron.ipynb")
    os.utime(tmp_path / "ada/03_neuron.ipynb", (1_700_000_100, 1_700_000_100))
    (found,) = collect([tmp_path], ASSIGNMENTS).submissions
    assert found.origin.name == "03_neuron.ipynb"
    assert "Handed in 3 times" in _told(found) and "Copy of 03_neuron.ipynb" in _told(found)


def test_at_the_same_time_the_longest_name_counts(tmp_path: Path) -> None:
    _write(tmp_path, "ada/03_neuron.ipynb", "ada/03_neuron (1).ipynb")
    (found,) = collect([tmp_path], ASSIGNMENTS).submissions
    assert found.origin.name == "03_neuron (1).ipynb"


def test_in_a_zip_the_time_of_the_file_in_it_counts(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo("ada/03_neuron.ipynb", (2025, 3, 2, 1, 1, 1)), _bytes())
        archive.writestr(zipfile.ZipInfo("ada/03_neuron (1).ipynb", (2025, 3, 1, 1, 1, 1)), _bytes())
    (found,) = collect([tmp_path / "x.zip"], ASSIGNMENTS).submissions
    assert found.origin.name == "03_neuron.ipynb"


def test_a_broken_copy_does_not_push_a_readable_one_aside(tmp_path: Path) -> None:
    _write(tmp_path, "ada/03_neuron.ipynb")
    (tmp_path / "ada/03_neuron (1).ipynb").write_bytes(b"")
    (found,) = collect([tmp_path], ASSIGNMENTS).submissions
    assert found.notebook is not None and "03_neuron (1).ipynb" in _told(found)


def test_names_are_kept_where_they_are_safe(tmp_path: Path) -> None:
    names = ["José Ñandú", "O'Brien, Pat", "李雷", "ada-1"]
    _write(tmp_path, *(f"{name}/03_neuron.ipynb" for name in names))
    collected = collect([tmp_path], ASSIGNMENTS)
    assert sorted(each.student for each in collected.submissions) == sorted(names)
    assert not any(each.problems for each in collected.submissions)


def test_unsafe_names_are_made_safe_and_never_become_another_students(tmp_path: Path) -> None:
    names = ["a..b", "a_b", "x\ny", "st*r", "right\u202eleft", "n" * 200]
    _write(tmp_path, *(f"{name}/03_neuron.ipynb" for name in names))
    collected = collect([tmp_path], ASSIGNMENTS)
    students = [each.student for each in collected.submissions]
    assert len(set(students)) == len(names)
    assert {"a_b", "a_b-2", "x_y", "st_r", "rightleft"} <= set(students)
    assert sum("cannot name a folder" in _told(each) for each in collected.submissions) == 5


def test_a_name_in_a_macs_zip_is_the_same_as_elsewhere(tmp_path: Path) -> None:
    data = bytearray(_zip({"Jose\u0301/03_neuron.ipynb": _bytes()}))
    for at in (data.find(b"PK\x03\x04") + 6, data.find(b"PK\x01\x02") + 8):
        (flags,) = struct.unpack_from("<H", data, at)
        struct.pack_into("<H", data, at, flags & ~0x800)  # a Mac does not say that its names are UTF-8
    (tmp_path / "x.zip").write_bytes(bytes(data))
    assert _who(collect([tmp_path / "x.zip"], ASSIGNMENTS)) == [("José", "03_neuron")]


def test_a_windows_zip_has_folders_too(tmp_path: Path) -> None:
    data = _zip({"ada/03_neuron.ipynb": _bytes()}).replace(b"ada/03", b"ada\\03")
    (tmp_path / "x.zip").write_bytes(data)
    assert _who(collect([tmp_path / "x.zip"], ASSIGNMENTS)) == [("ada", "03_neuron")]


def test_names_that_some_system_or_command_takes_for_something_else_are_changed(tmp_path: Path) -> None:
    names = ["CON", "nul.txt", "Com1", "-rf", "--help", " . ", "...", "a" * 255, "e\u0301" * 60, "x. "]
    (tmp_path / "x.zip").write_bytes(_zip({f"{name}/03_neuron.ipynb": _bytes() for name in names if name != "..."}))
    collected = collect([tmp_path / "x.zip"], ASSIGNMENTS)
    students = {each.student for each in collected.submissions}
    assert {"CON_", "nul.txt_", "Com1_", "_rf", "_-help", "unnamed", "é" * 60, "x"} <= students
    assert "a" * 100 in students


def test_names_that_look_the_same_stay_two_and_are_told(tmp_path: Path) -> None:
    names = ["ada", "Ada", "ad\u200ba", "ada\u202e", "ADA"]
    _write(tmp_path, *(f"{name}/03_neuron.ipynb" for name in names))
    collected = collect([tmp_path], ASSIGNMENTS)
    assert len({each.student.casefold() for each in collected.submissions}) == len(names)
    assert sum("cannot name a folder" in _told(each) for each in collected.submissions) == len(names) - 1


def test_one_name_written_in_two_ways_is_one_student_and_is_told(tmp_path: Path) -> None:
    _write(tmp_path, "Jose\u0301/03_neuron.ipynb", "Jos\u00e9/03_neuron.ipynb")
    (found,) = collect([tmp_path], ASSIGNMENTS).submissions
    assert found.student == "Jos\u00e9" and "Handed in 2 times" in _told(found)


# --- in the name of others ------------------------------------------------------------------------------------------


def _at(seconds: tuple[int, ...], files: dict[str, bytes]) -> bytes:
    """A zip whose files say that they are of this time."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, seconds), content)  # type: ignore[arg-type]
    return packed.getvalue()


LATER = (2099, 1, 1, 0, 0, 0)


@pytest.mark.parametrize("planted", ["{0}/03_neuron.ipynb", "{0}_03_neuron.ipynb", "{0}/03_neuron/03_neuron.ipynb"])
def test_nobody_hands_in_for_one_who_has_handed_in(planted: str, tmp_path: Path) -> None:
    (tmp_path / "ada.zip").write_bytes(_zip({"03_neuron.ipynb": _bytes(answer="Ada's own")}))
    forged = {planted.format(name): _bytes(answer="not hers") for name in ("ada", "bob")}
    (tmp_path / "mallory.zip").write_bytes(_at(LATER, forged))
    collected = collect([tmp_path], ASSIGNMENTS)
    (ada,) = [each for each in collected.submissions if each.student == "ada"]
    assert b"Ada's own" in ada.content
    assert ada.problems == ()  # Ada reads them
    (stray,) = collected.strays
    assert "in the name of 'ada' and lies in 'mallory'" in stray.text and says_how_to_fix(stray.text)


def test_what_lies_in_the_folder_of_one_who_has_handed_in_is_that_student_s(tmp_path: Path) -> None:
    _write(tmp_path, "ada/03_neuron.ipynb", "ada/old/03_neuron.ipynb", "ada/backup/03_neuron.ipynb")
    _write(
        tmp_path, "bob/03_neuron.ipynb", "mallory/03_neuron.ipynb", "mallory/cy/03_neuron.ipynb", "mallory/dee/x.ipynb"
    )
    collected = collect([tmp_path], ASSIGNMENTS)
    assert [student for student, _ in _who(collected)] == ["ada", "bob", "mallory"]
    assert "Handed in 3 times" in _told(collected.submissions[0])
    assert "Handed in 3 times" in _told(collected.submissions[2])


def test_groups_are_still_understood(tmp_path: Path) -> None:
    _write(tmp_path, *(f"group {at}/{name}/03_neuron.ipynb" for at, name in zip("1122", "abcd", strict=True)))
    collected = collect([tmp_path], ASSIGNMENTS)
    assert [student for student, _ in _who(collected)] == list("abcd")
    assert collected.strays == () and not any(each.problems for each in collected.submissions)


def test_a_students_folder_without_a_notebook_is_a_submission_with_a_problem(tmp_path: Path) -> None:
    _write(tmp_path, "ada/03_neuron/03_neuron.ipynb", "ada/figures/plot.png", "cy/03_neuron/notes.txt")
    (tmp_path / "bob").mkdir()
    collected = collect([tmp_path], ASSIGNMENTS)
    assert _who(collected) == [("ada", "03_neuron"), ("bob", None), ("cy", "03_neuron")]
    assert all(
        _told(each).startswith("There is no notebook here. Ask for the file") for each in collected.submissions[1:]
    )
    assert collected.strays == ()


def test_an_empty_folder_of_an_assignment_is_a_stray(tmp_path: Path) -> None:
    _write(tmp_path, "03_neuron/ada.ipynb", "04_network/readme.txt")
    collected = collect([tmp_path], ASSIGNMENTS)
    assert _who(collected) == [("ada", "03_neuron")]
    assert [stray.path.name for stray in collected.strays] == ["04_network"]


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    (stray,) = collect([tmp_path], ASSIGNMENTS).strays
    assert stray.text.startswith("There is no notebook here. Ask for the file")


def test_a_path_that_is_not_there_is_an_error_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match=r"nowhere: no such file or directory\. [A-Z]"):
        collect([tmp_path / "nowhere"], ASSIGNMENTS)


# --- files that are no plain files ----------------------------------------------------------------------------------


def test_links_pipes_and_folders_called_notebooks_are_told_and_never_read(tmp_path: Path) -> None:
    _write(tmp_path, "ada/03_neuron.ipynb")
    for name in ("bob", "cy", "dee"):
        (tmp_path / name).mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "bob/03_neuron.ipynb").symlink_to(tmp_path / "secret.txt")
    os.mkfifo(tmp_path / "cy/03_neuron.ipynb")
    (tmp_path / "dee/03_neuron.ipynb").mkdir()
    (tmp_path / "eve").symlink_to(tmp_path / "ada")
    (tmp_path / "fay.zip").symlink_to(tmp_path / "secret.txt")
    collected = collect([tmp_path], ASSIGNMENTS)
    told = {each.student: _told(each) for each in collected.submissions}
    link = "It is a link, and links are not followed. Hand in the file itself."
    assert told["bob"] == told["fay"] == link
    assert told["cy"] == "It is no ordinary file. Hand in the notebook as a file."
    assert told["dee"] == "It is a folder, not a notebook. Hand in the notebook itself."
    assert [stray.path.name for stray in collected.strays] == ["eve"]
    assert all(each.content == b"" for each in collected.submissions if each.student != "ada")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a device")
def test_a_device_is_told_and_not_even_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ada").mkdir()
    os.mknod(tmp_path / "ada" / "03_neuron.ipynb", stat.S_IFCHR | 0o600, os.makedev(1, 5))
    opened: list[object] = []
    monkeypatch.setattr("os.open", lambda path, *flags: opened.append(path))
    (found,) = collect([tmp_path], ASSIGNMENTS).submissions
    assert "no ordinary file" in _told(found) and opened == []


def test_a_notebook_of_500_mb_is_refused_unread(tmp_path: Path) -> None:
    _write(tmp_path, "ada/03_neuron.ipynb")
    (tmp_path / "bob").mkdir()
    with (tmp_path / "bob" / "03_neuron.ipynb").open("wb") as file:
        file.truncate(500_000_000)
    tracemalloc.start()
    collected = collect([tmp_path], ASSIGNMENTS)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert _who(collected) == ADA_AND_BOB and peak < 5_000_000
    assert "larger than 50 MB. Clear its outputs" in _told(collected.submissions[1])


def test_a_file_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.submissions.collect.MOST_BYTES", 100)
    _write(tmp_path, "ada/03_neuron.ipynb")
    (tmp_path / "bob.zip").write_bytes(_zip({"03_neuron.ipynb": _bytes()}))
    collected = collect([tmp_path], ASSIGNMENTS)
    assert _who(collected) == ADA_AND_BOB
    assert all("larger than" in _told(each) and each.notebook is None for each in collected.submissions)


def test_other_archives_and_other_files_are_told(tmp_path: Path) -> None:
    _write(tmp_path, "ada/03_neuron.ipynb", "bob/03_neuron.rar", "notes.txt")
    collected = collect([tmp_path, tmp_path / "notes.txt"], ASSIGNMENTS)
    assert _who(collected) == [("ada", "03_neuron"), ("bob", None)]
    assert {stray.path.name for stray in collected.strays} == {"03_neuron.rar", "notes.txt"}


# --- zips that mean harm --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["../../evil/03_neuron.ipynb", "/etc/03_neuron.ipynb", "C:/x/03_neuron.ipynb", "a/../b.ipynb"]
)
def test_a_member_that_would_lie_outside_of_the_zip_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(_zip({name: _bytes(), "ada/03_neuron.ipynb": _bytes()}))
    collected = collect([tmp_path / "x.zip"], ASSIGNMENTS)
    assert _who(collected) == [("ada", "03_neuron")]
    assert len(collected.strays) == 1 and "outside" in collected.strays[0].text


def test_links_and_encrypted_members_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        link = zipfile.ZipInfo("ada/03_neuron.ipynb")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    data = bytearray(_zip({"bob/03_neuron.ipynb": _bytes()}))
    for at in (data.find(b"PK\x03\x04") + 6, data.find(b"PK\x01\x02") + 8):
        data[at] |= 1
    (tmp_path / "y.zip").write_bytes(bytes(data))
    collected = collect([tmp_path / "x.zip", tmp_path / "y.zip"], ASSIGNMENTS)
    assert _who(collected) == ADA_AND_BOB
    assert [_told(each).split(".")[0] for each in collected.submissions] == [
        "It is a link, and links are not followed",
        "It is encrypted",
    ]


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    (tmp_path / "ada.zip").write_bytes(_zip({"03_neuron.ipynb": b" " * 30_000_000}))
    (found,) = collect([tmp_path], ASSIGNMENTS).submissions
    assert "packed beyond belief" in _told(found) and found.content == b""


@dataclass
class _SmallBudget:
    left: int = 1000
    folders: int = 10
    deep: int = 0


def test_a_zip_with_more_in_it_than_is_bearable_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.submissions.collect._Budget", lambda: _SmallBudget())
    (tmp_path / "ada.zip").write_bytes(_zip({"03_neuron.ipynb": _bytes()}))
    (found,) = collect([tmp_path], ASSIGNMENTS).submissions
    assert found.student == "ada" and "more than 500 MB" in _told(found)


def _quine(deep: int) -> bytes:
    """A zip in a zip in a zip …"""
    content = _zip({"03_neuron.ipynb": _bytes()})
    for _ in range(deep):
        content = _zip({"more.zip": content})
    return content


def test_zips_in_zips_are_opened_so_far_and_no_further(tmp_path: Path) -> None:
    (tmp_path / "ada.zip").write_bytes(_quine(2))
    (tmp_path / "bob.zip").write_bytes(_quine(20))
    collected = collect([tmp_path], ASSIGNMENTS)
    assert _who(collected) == [("ada", "03_neuron"), ("bob", None)]
    assert "that deep it is not opened. Pack the notebooks once" in _told(collected.submissions[1])


def test_all_zips_in_a_zip_share_one_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = _zip({"03_neuron.ipynb": _bytes() + b" " * 20_000})
    monkeypatch.setattr("grader.submissions.collect._Budget", lambda: _SmallBudget(left=70_000, folders=100))
    (tmp_path / "x.zip").write_bytes(_zip({f"s{number}.zip": inner for number in range(9)}))
    collected = collect([tmp_path / "x.zip"], ASSIGNMENTS)
    read = [each for each in collected.submissions if each.notebook is not None]
    assert 0 < len(read) < 4 and len(collected.submissions) == 9
    assert all("more than 500 MB. " in _told(each) for each in collected.submissions if each not in read)


def test_a_zip_that_names_too_many_folders_is_refused_and_costs_little(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bob.zip", "w") as archive:
        for number in range(1500):
            archive.writestr("/".join(f"{number}-{at}" for at in range(15)) + "/x.txt", b"")
    _write(tmp_path, "ada/03_neuron.ipynb")
    collected = collect([tmp_path], ASSIGNMENTS)
    assert ("ada", "03_neuron") in _who(collected)
    told = [_told(each) for each in collected.submissions if each.student == "bob"]
    told += [stray.text for stray in collected.strays]
    assert any("too many folders. Pack" in text for text in told)


def test_a_list_of_members_that_is_longer_than_any_course_is_not_read(tmp_path: Path) -> None:
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\1\2", 20, 3, 20, 0, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"x"
    listing = entry * 500_000
    ending = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 65535, 65535, len(listing), 0, 0)
    (tmp_path / "bob.zip").write_bytes(listing + ending)
    _write(tmp_path, "ada/03_neuron.ipynb")
    tracemalloc.start()
    collected = collect([tmp_path], ASSIGNMENTS)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert _who(collected) == [("ada", "03_neuron"), ("bob", None)]
    assert "too many folders. Pack" in _told(collected.submissions[1]) and peak < 4 * len(listing)


def test_names_in_a_zip_that_no_disk_could_hold_are_refused_at_once(tmp_path: Path) -> None:
    names = [
        "_" * 30_000 + ".ipynb",
        " - copy" * 5000 + ".ipynb",
        "/".join("deep" * 1 + str(at) for at in range(40)) + "/x.ipynb",
    ]
    (tmp_path / "x.zip").write_bytes(_zip({**{name: _bytes() for name in names}, "ada/03_neuron.ipynb": _bytes()}))
    began = time.monotonic()
    collected = collect([tmp_path / "x.zip"], ASSIGNMENTS)
    assert time.monotonic() - began < 2
    assert _who(collected) == [("ada", "03_neuron")]
    (stray,) = collected.strays
    assert "too long" in stray.text and "2 more were refused" in stray.text and len(stray.text) < 400


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_member_is_told_however_it_is_packed(method: int, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr("ada/03_neuron.ipynb", _bytes())
    data = bytearray(packed.getvalue())
    start = data.find(b".ipynb") + 6
    data[start : start + 60] = bytes(60)
    (tmp_path / "x.zip").write_bytes(bytes(data))
    _write(tmp_path, "bob/03_neuron.ipynb")
    collected = collect([tmp_path / "x.zip", tmp_path / "bob"], ASSIGNMENTS)
    assert _who(collected) == ADA_AND_BOB
    assert "damaged in the zip. It has to be handed in again" in _told(collected.submissions[0])


def test_a_way_of_packing_that_is_not_known_is_told(tmp_path: Path) -> None:
    data = bytearray(_zip({"ada/03_neuron.ipynb": _bytes()}))
    for at in (data.find(b"PK\x03\x04") + 8, data.find(b"PK\x01\x02") + 10):
        struct.pack_into("<H", data, at, 9)  # Deflate64, as Windows packs large files
    (tmp_path / "x.zip").write_bytes(bytes(data))
    (found,) = collect([tmp_path / "x.zip"], ASSIGNMENTS).submissions
    assert "packed in a way that is not known here. Pack it as an ordinary zip" in _told(found)


def test_a_size_that_is_a_lie_is_not_believed(tmp_path: Path) -> None:
    data = bytearray(_zip({"ada/03_neuron.ipynb": b"x" * 5000, "bob/03_neuron.ipynb": _bytes()}))
    for at in (data.find(b"PK\x03\x04") + 22, data.find(b"PK\x01\x02") + 24):
        struct.pack_into("<I", data, at, 10)
    (tmp_path / "x.zip").write_bytes(bytes(data))
    collected = collect([tmp_path / "x.zip"], ASSIGNMENTS)
    assert _who(collected) == ADA_AND_BOB
    assert "damaged" in _told(collected.submissions[0]) and collected.submissions[1].notebook is not None


def test_a_zip_that_is_none_does_not_stop_the_others(tmp_path: Path) -> None:
    _write(tmp_path, "ada/03_neuron.ipynb")
    (tmp_path / "bob.zip").write_bytes(b"PK\x03\x04 no zip at all")
    (tmp_path / "cy_03_neuron.zip").write_bytes(_zip({"03_neuron.ipynb": _bytes()})[:-30])
    collected = collect([tmp_path], ASSIGNMENTS)
    assert _who(collected) == [("ada", "03_neuron"), ("bob", None), ("cy", "03_neuron")]
    assert all("zip is damaged" in _told(each) for each in collected.submissions[1:])
    assert "damaged" in collect([tmp_path / "bob.zip"], ASSIGNMENTS).strays[0].text


@settings(max_examples=100, deadline=None)
@given(at=st.integers(0, 600), sign=st.integers(0, 255), cut=st.integers(0, 300))
def test_no_damage_to_a_zip_raises(at: int, sign: int, cut: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    data = bytearray(_zip({"ada/03_neuron.ipynb": _bytes(), "bob/x.zip": _zip({"03_neuron.ipynb": _bytes()})}))
    data[at % len(data)] = sign
    path = tmp_path_factory.mktemp("zips") / "x.zip"
    path.write_bytes(bytes(data[: len(data) - cut]))
    collected = collect([path], ASSIGNMENTS)
    assert collected.submissions or collected.strays


# --- notebooks that are none, or almost -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "The file is empty."),
        (b" \n", "The file is empty."),
        (b"hello", "It is no notebook: not JSON (line 1, column 1)."),
        (_bytes()[:700], "The file is cut off before its end"),
        (b"<!DOCTYPE html><html>", "It is a web page"),
        (_zip({"a.ipynb": b""}), "It is a zip that is called a notebook"),
        (b"[1, 2]", "It is no notebook: JSON, but without cells."),
        (b'{"cells": 7}', "It is no notebook: JSON, but without cells."),
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


def test_what_a_class_holds_in_memory_is_what_grading_needs(tmp_path: Path) -> None:
    notebook = nbformat.reads(_bytes(said=True).decode(), as_version=4)
    notebook.metadata["junk"] = list(range(50_000))
    for cell in notebook.cells:
        cell.metadata |= {"junk": list(range(50_000)), "tags": ["demo"]}
        cell.metadata.setdefault("nbgrader", {})["junk"] = {"more": 1}
        if cell.cell_type == "code":
            cell.outputs = [new_output("stream", text="x" * 100_000)]
    (tmp_path / "ada.ipynb").write_text(nbformat.writes(notebook))
    (found,) = collect([tmp_path], ASSIGNMENTS).submissions
    assert found.notebook is not None and found.problems == ()
    assert len(nbformat.writes(found.notebook)) < 5000
    assert [cell.metadata.tags for cell in found.notebook.cells] == [["demo"]] * 3
    assert found.notebook.cells[2].metadata.nbgrader == ASSIGNMENTS["03_neuron"].cells[2].metadata.nbgrader


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "9" * 4000, "-" + "9" * 4000])
def test_numbers_that_no_notebook_has_do_no_harm(number: str, tmp_path: Path) -> None:
    text = _bytes(said=True).decode().replace('"execution_count": null', f'"execution_count": {number}')
    text = text.replace('"points": 1', f'"points": {number}').replace(
        '"nbformat_minor": 5', f'"nbformat_minor": {number}'
    )
    (tmp_path / "ada.ipynb").write_text(text)
    _write(tmp_path, "bob/03_neuron.ipynb")
    collected = collect([tmp_path], ASSIGNMENTS)
    assert _who(collected) == ADA_AND_BOB
    assert all(each.notebook is not None and nbformat.writes(each.notebook) for each in collected.submissions)


def test_a_sound_notebook_is_read_as_it_is() -> None:
    content = _bytes(said=True)
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


LETTERED = {name: _lecture(name) for name in ("13_vision", "13a_vision", "13b_sound")}


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
    assert _who(collect([tmp_path / "class"], LETTERED)) == [("ada", assignment)]


def test_a_lecture_with_a_letter_is_told_apart_by_its_cells_alone(tmp_path: Path) -> None:
    for student, name in (("ada", "13_vision"), ("bob", "13a_vision"), ("cy", "13b_sound")):
        path = tmp_path / "class" / student / "homework.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(_bytes(name))
    assert _who(collect([tmp_path / "class"], LETTERED)) == [
        ("ada", "13_vision"), ("bob", "13a_vision"), ("cy", "13b_sound"),
    ]  # fmt: skip


def test_a_number_with_a_letter_names_no_student(tmp_path: Path) -> None:
    path = tmp_path / "ada" / "13a.ipynb"
    path.parent.mkdir()
    path.write_bytes(_bytes("13a_vision"))
    assert _who(collect([path], LETTERED)) == [("ada", "13a_vision")]
