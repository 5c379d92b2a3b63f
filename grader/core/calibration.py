"""What an assignment's own solution showed in the exam, kept as JSON from one run to the next.

In: a `Calibration`, and the state that it is good for. Out: bytes, and back; None where they are damaged.
"""

from __future__ import annotations

import json

from grader.core.model import Calibration


def calibration_bytes(calibration: Calibration, state: str) -> bytes:
    kept = {
        "state": state,
        "paths": sorted(calibration.paths),
        "unprotected": dict(calibration.unprotected),
        "problems": list(calibration.problems),
        "cell_seconds": calibration.cell_seconds,
        "seconds": calibration.seconds,
        "peak_bytes": calibration.peak_bytes,
        "failure": calibration.failure,
    }
    return (json.dumps(kept, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def read_calibration(content: bytes) -> tuple[Calibration, str] | None:
    """A calibration and its state."""
    try:
        kept = json.loads(content)
        calibration = Calibration(
            frozenset(_texts(kept["paths"])),
            dict(zip(_texts(list(kept["unprotected"])), _texts(list(kept["unprotected"].values())), strict=True)),
            tuple(_texts(kept["problems"])),
            float(kept["cell_seconds"]),
            float(kept["seconds"]),
            int(kept["peak_bytes"]),
            str(kept["failure"]),
        )
        return calibration, str(kept["state"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _texts(found: object) -> list[str]:
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise TypeError("not a list of texts")
    return found
