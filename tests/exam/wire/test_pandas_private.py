"""pandas's private method: that it does what it is used for, and that pyproject.toml bounds the version of pandas."""

from __future__ import annotations

import pandas as pd

from grader.exam.wire.pandas_private import replace_contents
from tests.exam.wire.bounds import bounded

GONE = "pandas no longer replaces an object's contents by _update_inplace: find another way in wire/pandas_private.py"


def test_a_frame_takes_over_all_of_another_one():
    old, new = pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"b": ["x"], "c": [1.5]}, index=["row"])
    other_name = old
    replace_contents(old, new)
    pd.testing.assert_frame_equal(other_name, new, obj=GONE)


def test_a_series_takes_over_all_of_another_one():
    old, new = pd.Series([1, 2], name="s"), pd.Series([3.5], index=["row"], name="s")
    other_name = old
    replace_contents(old, new)
    pd.testing.assert_series_equal(other_name, new, obj=GONE)


def test_pyproject_bounds_pandas():
    assert bounded("pandas")
