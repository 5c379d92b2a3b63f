"""Downloads of learning platforms are understood."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.submissions.platforms import platform_name
from tests.submissions.samples import (
    ASSIGNMENTS,
    collect_and_load,
    who,
    write,
)


def test_downloads_from_moodle_and_canvas_are_understood(tmp_path: Path) -> None:
    write(
        tmp_path,
        "moodle/Ada Lovelace_12345_assignsubmission_file_/03_neuron.ipynb",
        "moodle/Bob Moss_678_assignsubmission_file_/anything.ipynb",
        "canvas/lovelaceada_12345_777777_03_neuron-1.ipynb",
        "canvas/mossbob_LATE_678_888888_03_neuron.ipynb",
    )
    assert who(collect_and_load([tmp_path / "moodle"], ASSIGNMENTS)) == [
        ("Ada Lovelace_12345", "03_neuron"), ("Bob Moss_678", "03_neuron"),
    ]  # fmt: skip
    assert who(collect_and_load([tmp_path / "canvas"], ASSIGNMENTS)) == [
        ("lovelaceada_12345", "03_neuron"), ("mossbob_678", "03_neuron"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "platform", "who", "what"),
    [
        ("Ada Lovelace_12345_assignsubmission_file_", "Moodle", "Ada Lovelace_12345", ""),
        ("Ada Lovelace_12345_assignsubmission_file_hw.ipynb", "Moodle", "Ada Lovelace_12345", "hw.ipynb"),
        ("Bob_1_2_assignsubmission_onlinetext_", "Moodle", "Bob_1_2", ""),
        ("lovelaceada_12345_777777_03_neuron-1.ipynb", "Canvas", "lovelaceada_12345", "03_neuron-1.ipynb"),
        ("mossbob_LATE_678_888888_hw.ipynb", "Canvas", "mossbob_678", "hw.ipynb"),
    ],
)
def test_the_name_that_a_platform_gives_is_taken_apart(name: str, platform: str, who: str, what: str) -> None:
    found = platform_name(name)
    assert found is not None
    assert (found.platform.name, found.who, found.what) == (platform, who, what)


@pytest.mark.parametrize("name", ["03_neuron.ipynb", "ada_03_neuron.ipynb", "ada", "a_1_2.ipynb"])
def test_other_names_are_left_alone(name: str) -> None:
    assert platform_name(name) is None
