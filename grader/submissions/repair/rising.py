"""The heaviest rising subsequence: which cells can stay where they are.

In: numbers with weights. Out: the positions of those that rise and weigh most together.
"""

from __future__ import annotations

from collections.abc import Sequence


def rising(values: Sequence[int], weights: Sequence[int]) -> list[int]:
    """The positions of the heaviest rising subsequence."""
    best: list[int] = []
    came_from: list[int] = []
    for i, value in enumerate(values):
        before = max((j for j in range(i) if values[j] < value), key=lambda j: best[j], default=-1)
        came_from.append(before)
        best.append(weights[i] + (best[before] if before >= 0 else 0))
    at = max(range(len(values)), key=lambda j: best[j], default=-1)
    kept: list[int] = []
    while at >= 0:
        kept.append(at)
        at = came_from[at]
    return kept[::-1]
