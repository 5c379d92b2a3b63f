"""What an assignment's own solution showed in the exam, kept as JSON from one run to the next.

In: a `Reference`, and the state that it is good for. Out: bytes, and back; None where they are damaged.
"""

from __future__ import annotations

import json

from grader.core.model import Reference


def reference_bytes(reference: Reference, state: str) -> bytes:
    kept = {
        "state": state,
        "paths": sorted(reference.paths),
        "unprotected": dict(reference.unprotected),
        "problems": list(reference.problems),
        "cell_seconds": reference.cell_seconds,
        "seconds": reference.seconds,
        "peak_bytes": reference.peak_bytes,
        "failure": reference.failure,
    }
    return (json.dumps(kept, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def read_reference(content: bytes) -> tuple[Reference, str] | None:
    """A reference and its state."""
    try:
        kept = json.loads(content)
        reference = Reference(
            frozenset(_texts(kept["paths"])),
            dict(zip(_texts(list(kept["unprotected"])), _texts(list(kept["unprotected"].values())), strict=True)),
            tuple(_texts(kept["problems"])),
            float(kept["cell_seconds"]),
            float(kept["seconds"]),
            int(kept["peak_bytes"]),
            str(kept["failure"]),
        )
        return reference, str(kept["state"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _texts(found: object) -> list[str]:
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise TypeError("not a list of texts")
    return found
