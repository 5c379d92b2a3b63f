"""Calibrations from one run to the next: what is kept comes back, what is damaged is as if it were not there."""

from __future__ import annotations

import json

import pytest

from grader.core.calibration import calibration_bytes, read_calibration
from grader.core.model import Calibration

FULL = Calibration(
    paths=frozenset({"double()", "model.predict"}),
    unprotected={"plot_check": "AttributeError: no figure 🙂"},
    problems=("The source's own solution does not get full points for a: b",),
    cell_seconds=1.25,
    seconds=7.5,
    peak_bytes=123_456_789,
    failure="",
)


@pytest.mark.parametrize("calibration", [FULL, Calibration(), Calibration(failure="no kernel")])
def test_what_is_kept_comes_back_with_its_fingerprint(calibration):
    assert read_calibration(calibration_bytes(calibration, "abc")) == (calibration, "abc")


def test_the_same_calibration_gives_the_same_bytes():
    again = Calibration(**{**vars(FULL), "paths": frozenset(sorted(FULL.paths, reverse=True))})
    assert calibration_bytes(again, "abc") == calibration_bytes(FULL, "abc")


@pytest.mark.parametrize("content", [b"", b"{", b"null", b"[]", b"{}", b"\xff", b"[" * 100_000])
def test_what_is_no_calibration_is_none(content):
    assert read_calibration(content) is None


@pytest.mark.parametrize("name", [*(name for name in vars(FULL) if name != "failed"), "fingerprint"])
def test_a_calibration_that_lacks_a_field_is_none(name):
    kept = json.loads(calibration_bytes(FULL, "abc"))
    del kept[name]
    assert read_calibration(json.dumps(kept).encode()) is None


@pytest.mark.parametrize(
    ("name", "value"), [("paths", "all"), ("paths", [1]), ("unprotected", []), ("seconds", "long"), ("fingerprint", 7)]
)
def test_a_field_of_another_type_makes_it_none(name, value):
    kept = {**json.loads(calibration_bytes(FULL, "abc")), name: value}
    assert read_calibration(json.dumps(kept).encode()) is None


def test_half_a_character_in_an_error_s_text_does_not_stop_it_from_being_kept():
    content = calibration_bytes(Calibration(unprotected={"a": "half: \ud83d"}), "abc")
    found = read_calibration(content)
    assert found is not None and found[0].unprotected["a"].startswith("half: ")
