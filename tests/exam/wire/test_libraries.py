"""Objects of libraries are sent as copies; parts that do not fit together are refused."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from grader.exam.wire import arrays
from grader.exam.wire.codec import _READERS, Decoder, Encoder
from grader.exam.wire.libraries import BY_TAG, LIBRARY_TYPES, type_of, write_library_object
from grader.exam.wire.limits import BoundaryError, WireLimits


def through_parts(value):
    to = Encoder(WireLimits())
    assert write_library_object(to, value, 0)
    return Decoder(to.out, WireLimits(), lambda tag, of, depth: BY_TAG[tag].build(of.value(depth + 1))).whole()


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": [1.5, math.nan]}),
        pd.DataFrame({"t": pd.to_datetime(["2026-01-01", "2026-02-01"])}, index=["p", "q"]),
        pd.DataFrame(np.eye(2), index=pd.MultiIndex.from_tuples([(1, "a"), (2, "b")])),
        pd.DataFrame([[1, 2], [3, 4]], columns=["same", "same"]),
        pd.DataFrame(),
    ],
)
def test_frames_come_back_by_columns(frame):
    back = through_parts(frame)
    pd.testing.assert_frame_equal(back, frame, check_index_type=False, check_column_type=False)


def test_series_and_indices_come_back():
    series = pd.Series([1.5, 2.5], index=["a", "b"], name="s")
    pd.testing.assert_series_equal(through_parts(series), series)
    index = pd.Index(["a", "b"], name="i")
    pd.testing.assert_index_equal(through_parts(index), index)


@pytest.mark.parametrize(
    "parts",
    [
        None, [], [1, 2, 3], [["a"], range(2), []], [["a"], range(2), [[1, 2, 3]]], [["a"], range(10**12), [[1]]],
        [["a"], [1], [np.zeros((1, 1))]], [{}, {}, {}],
    ],
)  # fmt: skip
def test_a_frame_whose_parts_do_not_fit_is_refused(parts):
    with pytest.raises((BoundaryError, TypeError)):
        BY_TAG[b"P"].build(parts)


@pytest.mark.parametrize(
    ("tag", "parts"),
    [
        (b"S", ["x", None, [1]]), (b"S", ["x", [1, 2], [1]]), (b"S", ["x", range(10**12), [1]]), (b"S", [1, 2]),
        (b"I", ["x", None]), (b"I", ["x", np.zeros((1, 1))]), (b"I", []), (b"k", [1.0]), (b"k", None),
        (b"R", []), (b"R", ["PCG64", {}]), (b"R", ["MT19937", np.random.MT19937(1).state]), (b"R", ["os", {}]),
    ],
)  # fmt: skip
def test_other_objects_whose_parts_do_not_fit_are_refused(tag, parts):
    with pytest.raises((BoundaryError, TypeError)):
        BY_TAG[tag].build(parts)


def test_a_generator_comes_back_in_its_state():
    ours = np.random.default_rng(5)
    ours.normal(size=3)
    assert through_parts(ours).normal() == np.random.default_rng(5).normal(size=4)[3]


@pytest.mark.parametrize("change", [{"has_uint32": 2}, {"uinteger": 1 << 32}, {"state": {"state": -1, "inc": 1}}])
def test_a_generator_with_an_impossible_state_is_refused(change):
    state = np.random.PCG64(1).state
    with pytest.raises(BoundaryError, match="unknown kind"):
        BY_TAG[b"R"].build(["PCG64", {**state, **change}])


def test_only_the_examiner_s_generators_may_be_of_any_kind():
    row, parts = BY_TAG[b"R"], ["Philox", np.random.Philox(1).state]
    assert row.build_trusted(parts).random() == np.random.Generator(np.random.Philox(1)).random()
    with pytest.raises(BoundaryError):
        row.build(parts)


def test_parts_hold_no_references_to_objects_that_the_other_process_knows():
    """An array within a series is a copy, even if the array itself is known by a number."""
    values = np.arange(3.0)
    series = pd.Series(values, copy=False)
    to = Encoder(WireLimits(), write_library, known_number=lambda value: 5 if value is values else None)
    to.encode([values, series])
    assert to.out.count(b"m\x05\0\0\0") == 1


def write_library(to, value, depth):
    assert write_library_object(to, value, depth)


def test_every_type_has_a_tag_that_nothing_else_has():
    tags = [row.tag for row in LIBRARY_TYPES]
    assert len(set(tags)) == len(tags) and all(len(tag) == 1 for tag in tags)
    assert not set(tags) & {*_READERS, *arrays.READERS, *(bytes([tag]) for tag in b"umhCGnp")}


def test_a_plain_object_is_of_no_type():
    for value in (1, [1], np.zeros(2), np.float64(1), object(), pd):
        assert type_of(value) is None
        assert not write_library_object(Encoder(WireLimits()), value, 0)


def test_an_object_only_takes_on_another_of_its_own_type():
    frame, series = pd.DataFrame({"a": [1]}), pd.Series([1])
    with pytest.raises(BoundaryError, match="has become another"):
        type_of(frame).update(frame, series)
    with pytest.raises(BoundaryError, match="has become another"):
        generator = np.random.default_rng(1)
        type_of(generator).update(generator, frame)


WRITES_WITHOUT_LIBRARIES = """
import sys
from grader.exam.wire.codec import Encoder
from grader.exam.wire.libraries import write_library_object
from grader.exam.wire.limits import WireLimits
assert not write_library_object(Encoder(WireLimits()), object(), 0)
loaded = {"numpy", "pandas", "keras", "tensorflow", "msgspec", "nbformat", "IPython"} & set(sys.modules)
assert not loaded, loaded
"""


def test_no_library_is_imported_to_write_an_object():
    subprocess.run([sys.executable, "-c", WRITES_WITHOUT_LIBRARIES], check=True)
