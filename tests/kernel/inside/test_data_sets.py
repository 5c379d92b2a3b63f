"""The teacher's data sets in the place of those that Keras would download."""

from __future__ import annotations

import sys
from types import ModuleType

import numpy as np
import pytest

from grader.kernel.inside.data_sets import load_data
from grader.kernel.inside.preload import PreloadError

PARTS = {"x_train": [[1, 2]], "y_train": [0], "x_test": [[3, 4]], "y_test": [1]}


@pytest.fixture
def keras(monkeypatch):
    """A stand-in for Keras with the modules in which it keeps mnist; the real one is tried in tests/kernel/test_warm.py."""

    def download(path="mnist.npz"):
        """Loads the MNIST dataset."""
        raise AssertionError("a download")

    made = {}
    for name in ("keras", "keras.datasets", "keras.datasets.mnist", "keras.src.datasets.mnist"):
        made[name] = ModuleType(name)
        monkeypatch.setitem(sys.modules, name, made[name])
    made["keras"].datasets = made["keras.datasets"]
    made["keras.datasets"].mnist = made["keras.datasets.mnist"]
    made["keras.datasets.mnist"].load_data = made["keras.src.datasets.mnist"].load_data = download
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    return made


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "digits.npz"
    np.savez(path, **{name: np.array(part) for name, part in PARTS.items()})
    return path


def test_load_data_returns_the_file_s_arrays_wherever_keras_keeps_the_function(keras, file):
    load_data({"mnist": file})
    for module in ("keras.datasets.mnist", "keras.src.datasets.mnist"):
        (x_train, y_train), (x_test, y_test) = keras[module].load_data("another path")
        assert [part.tolist() for part in (x_train, y_train, x_test, y_test)] == list(PARTS.values())
        assert keras[module].load_data.__doc__ == "Loads the MNIST dataset."


def test_each_call_returns_copies_that_a_student_may_change(keras, file):
    load_data({"mnist": file})
    (x_train, _), _ = keras["keras.datasets.mnist"].load_data()
    x_train[0] = 0
    assert keras["keras.datasets.mnist"].load_data()[0][0].tolist() == PARTS["x_train"]


def test_a_data_set_that_keras_does_not_have_is_named_with_those_that_it_has(keras, file):
    with pytest.raises(PreloadError, match=r"no data set of Keras is called digits\. Use one of .*mnist"):
        load_data({"digits": file})


def test_a_file_without_the_arrays_is_named_with_what_it_needs(keras, tmp_path):
    file = tmp_path / "x.npz"
    np.savez(file, x_train=np.zeros(1))
    with pytest.raises(
        PreloadError, match=r"mnist, .*x\.npz: .*Give an \.npz file with x_train, y_train, x_test, y_test"
    ):
        load_data({"mnist": file})
    file.write_bytes(b"not an archive")
    with pytest.raises(PreloadError, match=r"x\.npz"):
        load_data({"mnist": file})


def test_a_pickle_in_the_file_is_not_read(keras, tmp_path):
    file = tmp_path / "x.npz"
    np.savez(file, **{name: np.array([{}], dtype=object) for name in PARTS})
    with pytest.raises(PreloadError, match="Object arrays cannot be loaded"):
        load_data({"mnist": file})
