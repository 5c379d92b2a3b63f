"""Keras's private class: where it is, and that pyproject.toml bounds the version of Keras."""

from __future__ import annotations

import json

import pytest

from grader.exam.wire.keras_private import FUNCTIONAL, functional_class
from tests.exam.wire.bounds import bounded

keras = pytest.importorskip("keras")


def test_a_functional_model_is_of_the_private_class_and_its_configuration_names_it():
    inputs = keras.Input((2,))
    model = keras.Model(inputs, keras.layers.Dense(1)(inputs))
    config = json.loads(model.to_json())
    moved = "Keras has moved its class of functional models: change FUNCTIONAL and functional_class in wire/keras_private.py"
    assert type(model) is functional_class(), moved
    assert (config["module"], config["class_name"]) == FUNCTIONAL, moved


def test_pyproject_bounds_keras():
    assert bounded("keras")
