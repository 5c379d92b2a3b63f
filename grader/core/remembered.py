"""Remembers what a function made of the last objects that it was given, by their identity.

In: a function of one object, such as a source notebook, which is read for each submission and never changes. Out: the same
function, which does its work once for each object in each process.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TypeVar

MOST = 32  # a batch has a few sources, and is graded one assignment after the other

T = TypeVar("T")
R = TypeVar("R")


def remembered(function: Callable[[T], R]) -> Callable[[T], R]:
    """Comparing two notebooks takes longer than reading one, and they cannot be hashed; so it is identity that counts.

    The objects are held, so that none is taken for one that is gone.
    """
    known: deque[tuple[T, R]] = deque(maxlen=MOST)

    def once(given: T) -> R:
        for seen, result in known:
            if seen is given:
                return result
        result = function(given)
        known.append((given, result))
        return result

    once.__doc__ = function.__doc__
    return once
