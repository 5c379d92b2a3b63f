"""What one side accepts from the other, and the errors that refuse the rest.

In: nothing. Out: `WireLimits`, and the family of `BoundaryError`, which all modules of the conversation share.
"""

from __future__ import annotations

from dataclasses import dataclass

from grader.core.errors import GraderError


class BoundaryError(GraderError):
    """The student kernel's answer could not be read, or did not come. The check that asked for it fails."""


class BoundaryTimeout(BoundaryError):
    """No answer came in time."""


class BoundaryClosed(BoundaryError):
    """The other process is gone."""


@dataclass(frozen=True)
class WireLimits:
    """How much may be sent. The examiner holds what it receives to these limits; sizes are in bytes."""

    message_bytes: int = 512 << 20
    exam_bytes: int = 4 << 30  # all that is received in one exam
    nodes: int = 5_000_000  # values within values of one message
    depth: int = 100
    integer_bytes: int = 64 << 10
    callbacks: int = 1_000_000  # calls of the examiner's functions by the student's, in one exam
    callback_depth: int = 50
    items: int = 1_000_000  # that one loop over a proxy may take


def unreadable(why: str) -> BoundaryError:
    return BoundaryError(f"The answer could not be read: {why}.")
