"""Calibrations in the user's cache, so that `grader validate` and every folder that is graded into examine a solution once.

In: an assignment's fingerprint. Out: the calibration that holds for it and for this very code; None if there is none. Only one
without a problem is kept: whatever went wrong is tried again.
"""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

from grader.core.atomic import write_atomically
from grader.core.calibration import calibration_bytes, read_calibration
from grader.core.errors import GraderError
from grader.core.fingerprints import code_fingerprint
from grader.core.model import Calibration
from grader.core.user_cache import cache_folder

ROOMS = ("core", "kernel", "submissions", "exam")  # the code that an exam runs


def cached_calibration(fingerprint: str) -> Calibration | None:
    try:
        kept = read_calibration(_path(fingerprint).read_bytes())
    except OSError:
        return None
    return kept[0] if kept is not None and kept[1] == fingerprint else None


def cache_calibration(calibration: Calibration, fingerprint: str) -> None:
    """Keep a calibration without a problem. A cache that cannot be written is no reason to stop."""
    if calibration.failure or calibration.problems:
        return
    with contextlib.suppress(GraderError):
        write_atomically(_path(fingerprint), calibration_bytes(calibration, fingerprint))


def _path(fingerprint: str) -> Path:
    key = hashlib.sha256(f"{fingerprint} {code_fingerprint(*ROOMS)}".encode()).hexdigest()
    return cache_folder() / "calibrations" / f"{key}.json"
