"""NumPy's arrays, scalars and dtypes come back as they went, in memory of their own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from grader.exam.wire.arrays import is_array, is_plain_dtype
from tests.exam.wire.test_codec import a, decoded, encoded

plain_dtypes = st.one_of(
    npst.boolean_dtypes(), npst.integer_dtypes(), npst.unsigned_integer_dtypes(), npst.floating_dtypes(sizes=(16, 32, 64)),
    npst.complex_number_dtypes(sizes=(64, 128)), npst.datetime64_dtypes(), npst.unicode_string_dtypes(),
    npst.byte_string_dtypes(),
)  # fmt: skip


@given(npst.arrays(plain_dtypes, npst.array_shapes(min_dims=0, min_side=0)))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_arrays_come_back_as_they_went(array):
    back = decoded(encoded(array))
    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    assert back.tobytes() == array.tobytes()
    assert back.flags.owndata or back.base.flags.owndata


@pytest.mark.parametrize(
    "value", [np.float32(1.5), np.int8(-3), np.bool_(True), np.str_("é"), np.datetime64("2026-01-01")]
)
def test_numpy_scalars_keep_their_type(value):
    back = decoded(encoded(value))
    assert type(back) is type(value) and back == value


def test_a_constant_array_stays_constant():
    array = np.arange(3)
    array.flags.writeable = False
    assert not decoded(encoded(array)).flags.writeable


def test_views_and_fortran_arrays_keep_their_values():
    array = np.asfortranarray(np.arange(12).reshape(3, 4))[::2, ::-1]
    assert np.array_equal(decoded(encoded(array)), array)


def test_a_true_of_another_byte_counts_once():
    """NumPy would count a boolean of the byte 200 as 200."""
    array = decoded(a(b"|b1", 3, data=bytes([200, 1, 0])))
    assert array.dtype == bool and array.mean() == pytest.approx(2 / 3)


def test_a_dtype_comes_back():
    assert decoded(encoded(np.dtype("<f4"))) == np.dtype("<f4")
    assert decoded(encoded(np.dtype("M8[ms]"))) == np.dtype("M8[ms]")


def test_only_numpy_s_own_arrays_of_plain_types_are_taken_for_arrays():
    class Like:
        __class__ = np.ndarray

    assert is_array(np.zeros(2))
    assert not is_array(np.ma.array([1])) and not is_array(Like()) and not is_array([1])
    assert [is_plain_dtype(np.dtype(each)) for each in ("f8", "U3", "M8[s]", "O", "i4,f8", "V8")] == [True] * 3 + [
        False
    ] * 3
