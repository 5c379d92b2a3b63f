"""Proxies: what a check can do with a student's objects, and what a lying object cannot."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from grader.exam.proxies.proxy import Proxy
from grader.exam.wire.limits import BoundaryError, WireLimits


def test_a_function_is_called_in_the_other_process(names):
    assert names.add(1) == 3
    assert names.add("a", b="b") == "ab"
    assert np.array_equal(names.add(np.arange(3), 1), [1, 2, 3])
    assert callable(names.add) and not callable(names.Point(1))
    assert (names.add.__name__, names.add.__doc__) == ("add", "Add two.")
    assert str(inspect.signature(names.add)) == "(a, b=2, *rest, key=None)"
    assert "function add" in repr(names.add)
    assert type(names.add).__name__ == "function"


def test_objects_can_be_used_as_such(names):
    point = names.Point(3)
    assert isinstance(point, Proxy) and type(point).__name__ == "Point"
    assert (point.x, point.kind, point.moved(2).x) == (3, "point", 5)
    assert (point + names.Point(1)).x == 4 and (1 + point).x == 4
    assert (len(point), point[4], float(point), 3 in point, 4 in point) == (3, 12, 3.0, True, False)
    assert point == names.Point(3) and point != names.Point(4)
    assert point.itself() is point
    assert isinstance(point, names.Point) and not isinstance(3, names.Point)
    point.x = 8
    assert point.x == 8
    with point as inside:
        assert inside.x == "in"
    assert point.x == "out"
    assert not hasattr(point, "nothing")
    with pytest.raises(TypeError):
        point(1)


def test_loops_over_a_student_s_generator_ask_for_each_item(names, connection):
    assert list(names.count(4)) == [0, 1, 2, 3]
    connection.limits = WireLimits(items=50)
    with pytest.raises(BoundaryError, match="never ends"):
        list(names.for_ever())


HONEST = {"lie", "lies", "same", "Point", "Point()", "Point()==", "Point().moved", "Point().moved()"}


@pytest.fixture
def strict(connection):
    """Held to what the reference solution was seen to do: `lie` and `lies` gave numbers."""
    connection.paths = frozenset(HONEST)
    return connection


def test_an_object_that_equals_everything_equals_nothing(strict):
    answer = strict.fetch("lie")(1)
    assert (answer == 3) is False
    assert (answer != 3) is True
    assert not np.any(np.equal(np.array([3.0]), np.array([answer], dtype=object)))
    assert strict.fetch("lies")() != [1.0]
    with pytest.raises(TypeError):
        np.isclose(answer, 3.0)


@pytest.mark.parametrize(
    "use", [lambda o: o.evaluate(1, 2), lambda o: o.score, lambda o: o(1), lambda o: setattr(o, "x", 1)]
)
def test_an_object_in_place_of_a_number_is_asked_for_nothing(strict, use):
    with pytest.raises((AttributeError, TypeError), match="object"):
        use(strict.fetch("lie")())
    assert np.shape(strict.fetch("lie")()) == ()


def test_where_the_reference_has_an_object_the_student_s_is_asked(strict):
    assert strict.fetch("Point")(2) == strict.fetch("Point")(2)


def test_an_object_seen_where_it_may_be_used_is_no_more_than_itself_elsewhere(strict):
    assert (strict.fetch("lie")() == strict.fetch("Point")(2)) is False


def test_nodes_may_be_walked_in_another_order_than_the_reference_s(connection):
    youngest_first, oldest_first = (3, 2, 1), (1, 2, 3)
    walk = "[family[-n].parents for n in order]"
    connection.seen.clear()
    eval(walk, {"family": connection.fetch("family")(), "order": oldest_first})
    connection.paths = frozenset(connection.seen)
    family = connection.fetch("family")()
    names = [[parent.name for parent in family[-n].parents] for n in youngest_first]
    assert names == [["b"], ["a"], []]
