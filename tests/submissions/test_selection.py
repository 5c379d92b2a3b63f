"""Of several files the right one counts, and every student has a name that is safe for a folder."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from tests.conftest import says_how_to_fix
from tests.submissions.samples import (
    ASSIGNMENTS,
    collect_and_load,
    messages_of,
    submitted,
    who,
    write,
    zip_of,
)


def test_of_several_files_the_latest_counts_and_the_others_are_told(tmp_path: Path) -> None:
    write(tmp_path, "ada/03_neuron.ipynb", "ada/03_neuron (1).ipynb", "ada/Copy of 03_neuron.ipynb")
    os.utime(tmp_path / "ada/03_neuron.ipynb", (1_700_000_100, 1_700_000_100))
    (found,) = collect_and_load([tmp_path], ASSIGNMENTS).submissions
    assert found.origin.name == "03_neuron.ipynb"
    assert "Handed in 3 times" in messages_of(found) and "Copy of 03_neuron.ipynb" in messages_of(found)


def test_at_the_same_time_the_longest_name_counts(tmp_path: Path) -> None:
    write(tmp_path, "ada/03_neuron.ipynb", "ada/03_neuron (1).ipynb")
    (found,) = collect_and_load([tmp_path], ASSIGNMENTS).submissions
    assert found.origin.name == "03_neuron (1).ipynb"


def test_in_a_zip_the_time_of_the_file_in_it_counts(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo("ada/03_neuron.ipynb", (2025, 3, 2, 1, 1, 1)), submitted())
        archive.writestr(zipfile.ZipInfo("ada/03_neuron (1).ipynb", (2025, 3, 1, 1, 1, 1)), submitted())
    (found,) = collect_and_load([tmp_path / "x.zip"], ASSIGNMENTS).submissions
    assert found.origin.name == "03_neuron.ipynb"


def test_a_broken_copy_does_not_push_a_readable_one_aside(tmp_path: Path) -> None:
    write(tmp_path, "ada/03_neuron.ipynb")
    (tmp_path / "ada/03_neuron (1).ipynb").write_bytes(b"")
    (found,) = collect_and_load([tmp_path], ASSIGNMENTS).submissions
    assert found.notebook is not None and "03_neuron (1).ipynb" in messages_of(found)


def test_names_are_kept_where_they_are_safe(tmp_path: Path) -> None:
    names = ["José Ñandú", "O'Brien, Pat", "李雷", "ada-1"]
    write(tmp_path, *(f"{name}/03_neuron.ipynb" for name in names))
    collected = collect_and_load([tmp_path], ASSIGNMENTS)
    assert sorted(each.student for each in collected.submissions) == sorted(names)
    assert not any(each.problems for each in collected.submissions)


def test_unsafe_names_are_made_safe_and_never_become_another_students(tmp_path: Path) -> None:
    names = ["a..b", "a_b", "x\ny", "st*r", "right\u202eleft", "n" * 200]
    write(tmp_path, *(f"{name}/03_neuron.ipynb" for name in names))
    collected = collect_and_load([tmp_path], ASSIGNMENTS)
    students = [each.student for each in collected.submissions]
    assert len(set(students)) == len(names)
    assert {"a_b", "a_b-2", "x_y", "st_r", "rightleft"} <= set(students)
    assert sum("cannot name a folder" in messages_of(each) for each in collected.submissions) == 5


def test_names_that_some_system_or_command_takes_for_something_else_are_changed(tmp_path: Path) -> None:
    names = ["CON", "nul.txt", "Com1", "-rf", "--help", " . ", "...", "a" * 255, "e\u0301" * 60, "x. "]
    (tmp_path / "x.zip").write_bytes(
        zip_of({f"{name}/03_neuron.ipynb": submitted() for name in names if name != "..."})
    )
    collected = collect_and_load([tmp_path / "x.zip"], ASSIGNMENTS)
    students = {each.student for each in collected.submissions}
    assert {"CON_", "nul.txt_", "Com1_", "_rf", "_-help", "unnamed", "é" * 60, "x"} <= students
    assert "a" * 100 in students


def test_names_that_look_the_same_stay_two_and_are_told(tmp_path: Path) -> None:
    names = ["ada", "Ada", "ad\u200ba", "ada\u202e", "ADA"]
    write(tmp_path, *(f"{name}/03_neuron.ipynb" for name in names))
    collected = collect_and_load([tmp_path], ASSIGNMENTS)
    assert len({each.student.casefold() for each in collected.submissions}) == len(names)
    assert sum("cannot name a folder" in messages_of(each) for each in collected.submissions) == len(names) - 1


def test_one_name_written_in_two_ways_is_one_student_and_is_told(tmp_path: Path) -> None:
    write(tmp_path, "Jose\u0301/03_neuron.ipynb", "Jos\u00e9/03_neuron.ipynb")
    (found,) = collect_and_load([tmp_path], ASSIGNMENTS).submissions
    assert found.student == "Jos\u00e9" and "Handed in 2 times" in messages_of(found)


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
    (tmp_path / "ada.zip").write_bytes(zip_of({"03_neuron.ipynb": submitted(answer="Ada's own")}))
    forged = {planted.format(name): submitted(answer="not hers") for name in ("ada", "bob")}
    (tmp_path / "mallory.zip").write_bytes(_at(LATER, forged))
    collected = collect_and_load([tmp_path], ASSIGNMENTS)
    (ada,) = [each for each in collected.submissions if each.student == "ada"]
    assert b"Ada's own" in ada.content
    assert ada.problems == ()  # Ada reads them
    (stray,) = collected.strays
    assert "in the name of 'ada' and lies in 'mallory'" in stray.text and says_how_to_fix(stray.text)


def test_what_lies_in_the_folder_of_one_who_has_handed_in_is_that_student_s(tmp_path: Path) -> None:
    write(tmp_path, "ada/03_neuron.ipynb", "ada/old/03_neuron.ipynb", "ada/backup/03_neuron.ipynb")
    write(
        tmp_path, "bob/03_neuron.ipynb", "mallory/03_neuron.ipynb", "mallory/cy/03_neuron.ipynb", "mallory/dee/x.ipynb"
    )
    collected = collect_and_load([tmp_path], ASSIGNMENTS)
    assert [student for student, _ in who(collected)] == ["ada", "bob", "mallory"]
    assert "Handed in 3 times" in messages_of(collected.submissions[0])
    assert "Handed in 3 times" in messages_of(collected.submissions[2])
