"""What a check passes to the student's code: its own functions, given classes, what Python can import."""

from __future__ import annotations

import numpy as np
import pytest

from tests.exam.plain_student import end, serve


def test_a_check_s_own_function_is_called_back(names):
    calls = []
    assert names.apply(lambda x: calls.append(x) or 2 * x, 4) == 9
    assert calls == [4]
    assert names.apply(np.sqrt, 9.0) == 4
    assert names.apply(names.Point, 3).x == 4


def test_calls_back_and_forth_are_answered_in_turn(names):
    deeper = names.deeper
    assert deeper(lambda n: deeper(lambda k: k, n) + 1, 5) == 6


def test_an_error_of_a_check_s_function_reaches_the_student_s_code_and_comes_back(names):
    with pytest.raises(ZeroDivisionError):
        names.apply(lambda x: 1 / 0, 4)


def test_an_instance_of_a_given_class_goes_over_by_its_name(connection, student):
    namespace = {"__name__": "__main__"}
    exec("class Given:\n    def __init__(self, x): self.x = x", namespace)
    end(connection, student)
    student.execute("class Given:\n    def __init__(self, x): self.x = x")
    serve(connection, student, namespace)
    assert connection.fetch("attributes")(namespace["Given"](5)) == (5, "Given")
