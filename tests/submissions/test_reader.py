"""Folders and files are looked into safely: no link is followed, no device is opened, nothing too large is read."""

from __future__ import annotations

import os
import stat
import tracemalloc
from pathlib import Path

import pytest

from grader.core.errors import IntakeError
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


def test_of_a_course_of_nbgraders_only_the_submissions_are_read(tmp_path: Path) -> None:
    write(
        tmp_path,
        "source/03_neuron/03_neuron.ipynb",
        "release/03_neuron/03_neuron.ipynb",
        "submitted/ada/03_neuron/03_neuron.ipynb",
        "autograded/ada/03_neuron/03_neuron.ipynb",
    )
    assert who(collect_and_load([tmp_path], ASSIGNMENTS)) == [("ada", "03_neuron")]


def test_hidden_things_checkpoints_and_other_files_are_left_alone(tmp_path: Path) -> None:
    write(tmp_path, "ada/03_neuron.ipynb", "ada/.ipynb_checkpoints/03_neuron-checkpoint.ipynb", "__MACOSX/._x.ipynb")
    write(tmp_path, "ada/._03_neuron.ipynb", "ada/data/digits.csv", "ada/notes.pdf")
    collected = collect_and_load([tmp_path], ASSIGNMENTS)
    assert who(collected) == [("ada", "03_neuron")]
    assert collected.strays == () and collected.submissions[0].problems == ()


def test_a_path_that_is_not_there_is_an_error_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match=r"nowhere: no such file or directory\. [A-Z]"):
        collect_and_load([tmp_path / "nowhere"], ASSIGNMENTS)


def test_links_pipes_and_folders_called_notebooks_are_told_and_never_read(tmp_path: Path) -> None:
    write(tmp_path, "ada/03_neuron.ipynb")
    for name in ("bob", "cy", "dee"):
        (tmp_path / name).mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "bob/03_neuron.ipynb").symlink_to(tmp_path / "secret.txt")
    os.mkfifo(tmp_path / "cy/03_neuron.ipynb")
    (tmp_path / "dee/03_neuron.ipynb").mkdir()
    (tmp_path / "eve").symlink_to(tmp_path / "ada")
    (tmp_path / "fay.zip").symlink_to(tmp_path / "secret.txt")
    collected = collect_and_load([tmp_path], ASSIGNMENTS)
    told = {each.student: messages_of(each) for each in collected.submissions}
    link = "It is a link, and links are not followed. Hand in the file itself."
    assert told["bob"] == told["fay"] == link
    assert told["cy"] == "It is not an ordinary file. Hand in the notebook as a file."
    assert told["dee"] == "It is a folder, not a notebook. Hand in the notebook itself."
    assert [stray.path.name for stray in collected.strays] == ["eve"]
    assert all(each.content == b"" for each in collected.submissions if each.student != "ada")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a device")
def test_a_device_is_told_and_not_even_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ada").mkdir()
    os.mknod(tmp_path / "ada" / "03_neuron.ipynb", stat.S_IFCHR | 0o600, os.makedev(1, 5))
    opened: list[object] = []
    monkeypatch.setattr("os.open", lambda path, *flags: opened.append(path))
    (found,) = collect_and_load([tmp_path], ASSIGNMENTS).submissions
    assert "not an ordinary file" in messages_of(found) and opened == []


def test_a_notebook_of_500_mb_is_refused_unread(tmp_path: Path) -> None:
    write(tmp_path, "ada/03_neuron.ipynb")
    (tmp_path / "bob").mkdir()
    with (tmp_path / "bob" / "03_neuron.ipynb").open("wb") as file:
        file.truncate(500_000_000)
    tracemalloc.start()
    collected = collect_and_load([tmp_path], ASSIGNMENTS)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert who(collected) == ADA_AND_BOB and peak < 5_000_000
    assert "larger than 50 MB. Clear its outputs" in messages_of(collected.submissions[1])


def test_a_file_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.submissions.reader.MOST_BYTES", 100)
    monkeypatch.setattr("grader.submissions.zips.MOST_BYTES", 100)
    write(tmp_path, "ada/03_neuron.ipynb")
    (tmp_path / "bob.zip").write_bytes(zip_of({"03_neuron.ipynb": submitted()}))
    collected = collect_and_load([tmp_path], ASSIGNMENTS)
    assert who(collected) == ADA_AND_BOB
    assert all("larger than" in messages_of(each) and each.notebook is None for each in collected.submissions)


def test_other_archives_and_other_files_are_told(tmp_path: Path) -> None:
    write(tmp_path, "ada/03_neuron.ipynb", "bob/03_neuron.rar", "notes.txt")
    collected = collect_and_load([tmp_path, tmp_path / "notes.txt"], ASSIGNMENTS)
    assert who(collected) == [("ada", "03_neuron"), ("bob", None)]
    assert {stray.path.name for stray in collected.strays} == {"03_neuron.rar", "notes.txt"}
