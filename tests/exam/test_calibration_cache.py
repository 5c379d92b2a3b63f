"""A solution is examined once for all folders that are graded into, as long as nothing that counts has changed."""

from __future__ import annotations

import pytest

from grader.core.model import Calibration
from grader.exam import calibration_cache
from grader.exam.calibration_cache import cache_calibration, cached_calibration

SOUND = Calibration(frozenset({"double()"}), {"plot_check": "no figure"}, (), 1.5, 2.5, 10)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_a_sound_calibration_is_found_by_its_fingerprint_alone():
    cache_calibration(SOUND, "one")
    assert cached_calibration("one") == SOUND
    assert cached_calibration("another") is None


@pytest.mark.parametrize(
    "calibration",
    [Calibration(failure="no kernel"), Calibration(problems=("does not get full points",), failed={"a_check": "No."})],
)
def test_what_went_wrong_is_tried_again(calibration):
    cache_calibration(calibration, "one")
    assert cached_calibration("one") is None


def test_a_calibration_holds_only_for_the_code_that_made_it(monkeypatch):
    cache_calibration(SOUND, "one")
    monkeypatch.setattr(calibration_cache, "code_fingerprint", lambda *rooms: "changed")
    assert cached_calibration("one") is None


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"\xff"])
def test_a_damaged_file_counts_as_none_and_is_replaced(cache, content):
    cache_calibration(SOUND, "one")
    [file] = (cache / "calibrations").iterdir()
    file.write_bytes(content)
    assert cached_calibration("one") is None
    cache_calibration(SOUND, "one")
    assert cached_calibration("one") == SOUND


def test_a_cache_that_cannot_be_written_stops_nothing(cache):
    cache.write_text("a file in the place of the folder")
    cache_calibration(SOUND, "one")
    assert cached_calibration("one") is None
