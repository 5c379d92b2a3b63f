"""Errors go to the other process by the name of a builtin class, and a text."""

from __future__ import annotations

import numpy as np
import pytest

from grader.exam.wire.remote_errors import CLASSES, LONGEST_TEXT, error_of, report_of


def test_every_builtin_error_can_be_reported_and_made():
    for name, kind in CLASSES.items():
        assert type(error_of(name, "text")) is kind
    assert type(error_of("NoSuchError", "x")) is Exception
    assert report_of(UnicodeDecodeError("utf-8", b"x", 0, 1, "why"))[0] == "UnicodeError"
    assert report_of(np.linalg.LinAlgError("singular")) == ("LinAlgError", "singular")


class Odd(ValueError):
    def __str__(self) -> str:
        raise KeyboardInterrupt


def test_a_text_that_raises_is_left_out():
    assert report_of(Odd("x")) == ("ValueError", "")


@pytest.mark.parametrize("name", [None, 5, b"ValueError", "__import__", "object", "print"])
def test_a_name_that_is_no_error_makes_an_exception(name):
    assert type(error_of(name, ["no text"])) is Exception


def test_long_texts_are_cut():
    assert len(report_of(ValueError("x" * 10_000))[1]) == LONGEST_TEXT
    assert len(str(error_of("ValueError", "x" * 10_000))) == LONGEST_TEXT
