"""What a check hands over: the student's code changes its copies, and the check's own objects change alike."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest


def test_what_was_passed_comes_back_as_the_same_object(names):
    for value in (np.arange(3), [1], {}, set()):
        assert names.same(value) is value
    assert names.same(names.Point) is names.Point


@pytest.mark.parametrize("value", [np.arange(3), [1, 2], np.zeros((2, 2))[0]])
def test_a_change_in_place_is_seen_by_the_examiner(names, value):
    names.change(value)
    assert value[0] == 99


def test_changes_of_containers_are_seen_and_keep_what_is_the_same(names):
    first = [1]
    values = [first, 2]
    names.grow(values)
    assert values[0] == 0 and values[2]["new"] is first
    table = {"old": 1}
    names.fill(table)
    assert table == {"old": 1, "k": [1]}
    pair = (np.zeros(2), np.ones(2))
    names.inner(pair)
    assert pair[0][0] == 7


def test_a_frame_changed_in_place_is_seen(names):
    frame = pd.DataFrame({"a": [1, 2]})
    names.spoil(frame)
    assert frame["b"].tolist() == [2, 4]


def test_an_array_that_must_not_change_raises_where_it_is_changed(names):
    array = np.arange(3)
    array.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        names.change(array)


def test_a_random_generator_moves_on_here_as_it_does_there(names):
    ours, theirs = np.random.default_rng(5), np.random.default_rng(5)
    assert np.array_equal(names.draw(theirs), ours.normal(size=2))
    assert theirs.normal() == ours.normal()
