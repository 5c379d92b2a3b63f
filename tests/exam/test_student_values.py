"""What the student kernel sends of an object: its plain form, whatever its own methods would say, and its names."""

from __future__ import annotations

import collections
import enum
import struct

import numpy as np
import pytest

from grader.exam.student_values import plain_form, words_of


class Number(float):
    def __add__(self, other):
        return 99.0

    def __float__(self):
        return 99.0


class Whole(int):
    def __int__(self):
        return 99

    def __index__(self):
        return 99


class Text(str):
    def __str__(self):
        return "lie"


class Items(list):
    def __iter__(self):
        return iter(["lie"])

    def __len__(self):
        return 99


class Table(dict):
    def items(self):
        return [("lie", 1)]


class Colour(enum.IntEnum):
    RED = 1


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Number(1.5), 1.5), (Whole(3), 3), (Text("true"), "true"), (Items([1, 2]), [1, 2]), (Table(a=1), {"a": 1}),
        (Colour.RED, 1), (collections.OrderedDict(a=1), {"a": 1}), (collections.namedtuple("P", "x y")(1, 2), (1, 2)),
        (np.longdouble(2), 2.0), (np.clongdouble(1j), 1j),
    ],
)  # fmt: skip
def test_a_value_of_a_subclass_is_read_past_what_it_overrides(value, plain):
    form = plain_form(value)
    assert type(form) is type(plain) and form == plain


def test_the_sign_of_zero_is_kept():
    form = plain_form(Number(-0.0))
    assert struct.pack("d", form) == struct.pack("d", -0.0)


def test_subclasses_of_arrays_become_arrays():
    for array in (np.ma.array([1, 2]), np.zeros(2).view(np.recarray), np.zeros(2, dtype="g")):
        form = plain_form(array)
        assert type(form) is np.ndarray and form.dtype.char not in "gG"


def test_what_has_no_plain_form_stays_itself():
    class Pretender:
        __class__ = int

    for value in (object(), len, Pretender(), np.zeros(2), 5):
        assert plain_form(value) is value


def test_an_object_is_named_by_its_class_and_itself():
    def double(x):
        """Return twice x."""

    assert words_of(double) == ("function", "double", "Return twice x.")


def test_names_that_raise_or_are_no_texts_are_left_out():
    class Shy:
        __doc__ = 5

        @property
        def __name__(self):
            raise RuntimeError

    assert words_of(Shy()) == ("Shy", None, None)
    assert words_of(Text("x"))[0] == "Text"
