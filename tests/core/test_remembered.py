"""Work that depends on one object is done once for each object."""

from __future__ import annotations

from grader.core.remembered import MOST, remembered


def test_it_is_the_same_object_that_counts_and_not_an_equal_one():
    given = []

    @remembered
    def length(text):
        given.append(text)
        return len(text)

    one, equal = [1], [1]
    assert (length(one), length(one), length(equal)) == (1, 1, 1)
    assert len(given) == 2 and given[0] is one and given[1] is equal


def test_only_the_last_objects_are_held():
    given = []
    once = remembered(given.append)
    objects = [object() for _ in range(MOST + 1)]
    for each in [*objects, *objects[1:], objects[0]]:
        once(each)
    assert len(given) == MOST + 2, "the first was forgotten, the others were not"
