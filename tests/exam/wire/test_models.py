"""Keras models between two processes: built anew here, of built-in layers only, and measured here."""

from __future__ import annotations

import json

import numpy as np
import pytest

from grader.exam.wire.models import ModelError, describe, rebuild

keras = pytest.importorskip("keras")


def sequential(**compiled):
    model = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(3, "relu", kernel_regularizer="l2"), keras.layers.Dropout(0.2),
         keras.layers.Dense(2, "softmax")]
    )  # fmt: skip
    if compiled:
        model.compile(**compiled)
    return model


def functional():
    inputs = keras.Input((8, 8, 1))
    x = keras.layers.Conv2D(2, 3, padding="same", activation="relu")(inputs)
    x = keras.layers.BatchNormalization()(keras.layers.Add()([x, inputs]))
    return keras.Model(inputs, keras.layers.Dense(3)(keras.layers.Flatten()(x)))


def recurrent():
    return keras.Sequential(
        [keras.Input((5, 2)), keras.layers.Bidirectional(keras.layers.LSTM(3)), keras.layers.Dense(1)]
    )


@pytest.mark.parametrize("make", [sequential, functional, recurrent])
def test_a_model_is_built_anew_and_answers_the_same(make):
    model = make()
    again = rebuild(describe(model))
    x = np.random.default_rng(0).normal(size=(3, *model.input_shape[1:])).astype("float32")
    assert np.allclose(again(x), model(x), atol=1e-6)
    assert [type(layer) for layer in again.layers] == [type(layer) for layer in model.layers]
    assert again.count_params() == model.count_params()


def test_a_model_that_is_not_built_yet_stays_so():
    model = keras.Sequential([keras.layers.Dense(3)])
    assert not rebuild(describe(model)).built


def test_a_compiled_model_is_measured_by_this_process():
    model = sequential(
        optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.1, 10)),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
    )
    again = rebuild(describe(model))
    x, y = np.random.default_rng(0).normal(size=(20, 4)), np.arange(20) % 2
    share = np.mean(model.predict(x, verbose=0).argmax(axis=1) == y)
    assert again.evaluate(x, y, verbose=0)[1] == pytest.approx(share)


@pytest.mark.parametrize(
    "metric",
    [
        keras.metrics.TopKCategoricalAccuracy(k=2, name="accuracy"),
        "top_k_categorical_accuracy",
        keras.metrics.AUC(name="accuracy"),
    ],
)
def test_a_metric_that_flatters_is_left_out(metric):
    again = rebuild(describe(sequential(optimizer="sgd", loss="categorical_crossentropy", metrics=[metric])))
    x, y = np.zeros((4, 4)), np.eye(2)[[0, 1, 0, 1]]
    assert "accuracy" not in again.evaluate(x, y, verbose=0, return_dict=True)


def test_what_is_not_built_in_is_not_described():
    class Lying(keras.Model):
        def call(self, x):
            return x

    class Custom(keras.layers.Layer):
        def call(self, x):
            return x

    lambda_ = keras.Sequential([keras.Input((4,)), keras.layers.Lambda(lambda x: x)])
    custom = keras.Sequential([keras.Input((4,)), Custom()])
    activation = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, activation=lambda x: x)])
    assert [describe(model) for model in (Lying(), lambda_, custom, activation)] == [None] * 4


def test_an_own_predict_does_not_come_along():
    model = sequential()
    model.predict = lambda *args, **kwargs: np.ones((1, 2))
    assert not np.allclose(rebuild(describe(model)).predict(np.ones((1, 4)), verbose=0), 1)


def config(change):
    text, weights = describe(sequential(optimizer="sgd", loss="mse"))
    parts = json.loads(text)
    change(parts, parts["config"]["layers"])
    return [json.dumps(parts), weights]


def layer(name, module="keras.layers", registered=None, **settings):
    def change(parts, layers):
        layers.insert(1, {"module": module, "class_name": name, "config": settings, "registered_name": registered})

    return change


HOSTILE = {
    "a Lambda": layer("Lambda", function={"class_name": "__lambda__", "config": {"code": "4wEA"}}),
    "a function": layer("Dense", units=2, activation={"module": "os", "class_name": "function", "config": "system"}),
    "a lambda as activation": layer("Dense", units=2, activation={"value": ["4wEA", None, None]}),
    "an activation of somebody's": layer("Dense", units=2, activation="my>relu"),
    "another module": layer("system", module="os"),
    "a saved model": layer("TFSMLayer", filepath="/tmp/x"),
    "a vocabulary from a file": layer("Normalization", vocabulary="/etc/passwd"),
    "a custom name": layer("Dense", units=2, registered="my>Dense"),
    "a number class": layer("Dense", units={"class_name": "__numpy__", "config": {}}),
    "a huge layer": layer("Dense", units=10**9),
    "a large layer without weights": layer("Dense", units=9_000_000),
    "a layer without its settings": layer("Dense"),
    "a model within": lambda parts, layers: parts.update(module="builtins", class_name="eval"),
    "many layers": lambda parts, layers: layers.extend([layers[1]] * 2000),
    "no layers": lambda parts, layers: parts.update(config=None),
}


# What a description can only show when Keras builds it; all others are refused before Keras sees them.
BUILT = ("a large layer without weights", "a layer without its settings", "no layers")


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_description_is_refused_with_little_work(change, monkeypatch):
    parts = config(change)
    seen, made, add_weight = [], [], keras.Layer.add_weight
    deserialize = keras.saving.deserialize_keras_object

    def build(config, **settings):
        seen.append(config)
        return deserialize(config, **settings)

    def add(self, shape=None, *args, **kwargs):
        made.append(int(np.prod(shape or ())))
        return add_weight(self, shape, *args, **kwargs)

    monkeypatch.setattr(keras.saving, "deserialize_keras_object", build)
    monkeypatch.setattr(keras.Layer, "add_weight", add)
    with pytest.raises(ModelError):
        rebuild(parts)
    assert len(seen) == (change in [HOSTILE[name] for name in BUILT])
    assert sum(made) <= 4 * sum(array.size for array in parts[1]) + 1000


@pytest.mark.parametrize(
    "parts",
    [
        None, [], ["{}", []], ["[" * 100_000, []], ["{", []], ["1" * 5000, []], [3, []], ["{}", [object()]],
        ["{}", [np.array(["x"])]],
    ],
)  # fmt: skip
def test_a_description_that_is_none_is_refused(parts):
    with pytest.raises(ModelError):
        rebuild(parts)


def test_weights_that_do_not_fit_are_refused():
    text, weights = describe(sequential())
    with pytest.raises(ModelError):
        rebuild([text, [array.T for array in weights]])
    with pytest.raises(ModelError):
        rebuild([text, weights[:-1]])


def test_the_memory_guard_is_taken_away_again():
    original = keras.Layer.add_weight
    with pytest.raises(ModelError):
        rebuild(config(HOSTILE["a large layer without weights"]))
    assert keras.Layer.add_weight is original
