"""What an assignment's own solution showed in the exam, kept as JSON from one run to the next.

In: a `Calibration`, and the fingerprint of the assignment that it holds for. Out: bytes, and back; None if they are damaged.
"""

from __future__ import annotations

import json
from dataclasses import fields

import msgspec

from grader.core.model import Calibration

_FINGERPRINT = "fingerprint"
_FINGERPRINT_ONCE = "state"  # what version 0.x called it

# What a file must hold. Older ones lack the checks that fail.
_NEEDED = {_FINGERPRINT, *(each.name for each in fields(Calibration))} - {"failed"}


def calibration_bytes(calibration: Calibration, fingerprint: str) -> bytes:
    kept = {_FINGERPRINT: fingerprint, **msgspec.to_builtins(calibration, order="sorted")}
    return (json.dumps(kept, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def read_calibration(content: bytes) -> tuple[Calibration, str] | None:
    """A calibration and its fingerprint."""
    try:
        kept = msgspec.json.decode(content, type=dict[str, object])
        if _FINGERPRINT_ONCE in kept:
            kept[_FINGERPRINT] = kept.pop(_FINGERPRINT_ONCE)
        if not kept.keys() >= _NEEDED:
            return None
        return msgspec.convert(kept, Calibration), msgspec.convert(kept.get(_FINGERPRINT), str)
    except (msgspec.MsgspecError, RecursionError):
        return None
