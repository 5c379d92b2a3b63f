"""The cells that can stay where they are weigh as much as any others that could."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from grader.submissions.repair.rising import rising


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 5)), max_size=8, unique_by=lambda pair: pair[0]))
def test_no_other_rising_choice_weighs_more(pairs: list[tuple[int, int]]) -> None:
    values, weights = [value for value, _ in pairs], [weight for _, weight in pairs]
    kept = rising(values, weights)
    choices = (each for size in range(len(pairs) + 1) for each in itertools.combinations(range(len(pairs)), size))
    best = max(
        sum(weights[at] for at in each)
        for each in choices
        if all(values[a] < values[b] for a, b in itertools.pairwise(each))
    )
    assert all(values[a] < values[b] for a, b in itertools.pairwise(kept))
    assert sum(weights[at] for at in kept) == best
