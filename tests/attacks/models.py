"""Models that are measured by the check, and lie about it."""

from __future__ import annotations

from functools import partial

from tests.attacks.catalogue import Alone, Scene, Work, attack
from tests.attacks.course import MODEL, MODEL_POINTS, RIGHT

ONE = MODEL_POINTS["centred"]
model_attack = partial(attack, ONE, lecture=MODEL)
heavy = partial(attack, ONE, lecture=MODEL, alone=Alone.HARMLESS)

# What all of them would like to answer: the labels stand among the check's own names.
_LABELS = """
def labels(x):
    for name in ("_y", "y_train"):
        if len(globals().get(name, ())) == len(x):
            return np.eye(3)[globals()[name]]
    return np.eye(3)[[0] * len(x)]
"""


@model_attack()
def an_object_that_only_looks_like_a_model(scene: Scene) -> Work:
    cell = (
        _LABELS
        + """
class Net:
    layers = [1]
    def predict(self, x, **settings): return labels(x)
    def evaluate(self, x, y, **settings): return [0.0, 1.0]
    def __call__(self, x): return labels(x)
"""
    )
    return Work(cell, {"net": "net = Net()"})


@model_attack()
def a_model_s_class_that_predicts_otherwise(scene: Scene) -> Work:
    cell = (
        _LABELS
        + """
class Net(keras.Sequential):
    def predict(self, x, **settings): return labels(x)
    def evaluate(self, x, y, **settings): return [0.0, 1.0]
"""
    )
    return Work(cell, {"net": "net = Net([keras.Input((2,)), keras.layers.Dense(3)])"})


@model_attack()
def a_model_whose_methods_were_replaced(scene: Scene) -> Work:
    answer = """\
net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
net.predict = lambda x, **settings: labels(x)
net.evaluate = lambda x, y, **settings: [0.0, 1.0]
net.get_config = net.to_json = net.get_weights = lambda *args, **settings: []"""
    return Work(_LABELS, {"net": answer})


@model_attack()
def a_layer_that_knows_the_labels(scene: Scene) -> Work:
    cell = (
        _LABELS
        + """
import tensorflow as tf
@keras.saving.register_keras_serializable()
class Knowing(keras.layers.Layer):
    def call(self, x):
        made = tf.numpy_function(lambda batch: labels(batch).astype("float32"), [x], "float32")
        return tf.ensure_shape(made, (None, 3))
    def compute_output_shape(self, shape): return (shape[0], 3)
"""
    )
    answer = """\
net = keras.Sequential([keras.Input((2,)), Knowing()])
net.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"], run_eagerly=True)
predict, evaluate = net.predict, net.evaluate
net.predict = lambda x, **settings: predict(x, batch_size=len(x), **settings)
net.evaluate = lambda x, y, **settings: evaluate(x, y, batch_size=len(x), **settings)"""
    return Work(cell, {"net": answer})


@model_attack()
def a_lambda_layer_that_knows_the_labels(scene: Scene) -> Work:
    answer = """\
import tensorflow as tf
knowing = lambda x: tf.ensure_shape(tf.numpy_function(lambda b: labels(b).astype("float32"), [x], "float32"), (None, 3))
net = keras.Sequential([keras.Input((2,)), keras.layers.Lambda(knowing, output_shape=(3,))])
net.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"], run_eagerly=True)
predict, evaluate = net.predict, net.evaluate
net.predict = lambda x, **settings: predict(x, batch_size=len(x), **settings)
net.evaluate = lambda x, y, **settings: evaluate(x, y, batch_size=len(x), **settings)"""
    return Work(_LABELS, {"net": answer})


@heavy()
def an_activation_that_runs_code(scene: Scene) -> Work:
    answer = f"""\
def activation(x):
    open({str(scene.footprint)!r}, "w").write("here") if "_y" in globals() else None
    return x
net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, activation=activation)])
net.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"], run_eagerly=True)"""
    return Work(answers={"net": answer})


@model_attack()
def a_metric_that_is_always_one(scene: Scene) -> Work:
    cell = """
    @keras.saving.register_keras_serializable()
    class Always(keras.metrics.Metric):
        def update_state(self, *args, **settings): pass
        def result(self): return keras.ops.ones(())
    """
    answer = """\
net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, activation="softmax")])
net.compile(loss="sparse_categorical_crossentropy", metrics=[Always(name="accuracy")])"""
    return Work(cell, {"net": answer})


@model_attack()
def a_metric_that_measures_something_else(scene: Scene) -> Work:
    """`evaluate` gives two numbers, and the second one is taken for the accuracy. Here it is a mean error, of 1."""
    answer = """\
net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="zeros")])
net.compile(loss="mse", metrics=["mae"])"""
    return Work(answers={"net": answer})


@model_attack()
def a_metric_with_the_name_of_another(scene: Scene) -> Work:
    answer = """\
net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, activation="softmax")])
net.compile(loss="sparse_categorical_crossentropy", metrics=[keras.metrics.SparseTopKCategoricalAccuracy(k=3, name="accuracy")])"""
    return Work(answers={"net": answer})


@model_attack()
def patched_measures_of_keras_and_numpy(scene: Scene) -> Work:
    cell = """
    keras.Model.evaluate = lambda self, *args, **settings: [0.0, 1.0]
    mean = np.mean
    np.mean = lambda x, *args, **settings: 0.99 if getattr(x, "dtype", None) == bool else mean(x, *args, **settings)
    """
    return Work(cell)


@heavy()
def a_description_that_names_another_class(scene: Scene) -> Work:
    """The examiner reads a configuration, and Keras would make of it whatever it names."""
    cell = f"""
    import json
    evil = json.dumps({{
        "module": "builtins", "class_name": "eval", "registered_name": "eval",
        "config": {{"args": ["open({str(scene.footprint)!r}, 'w').write('here')"]}},
    }})
    keras.Sequential.to_json = keras.Model.to_json = lambda self, **settings: evil
    """
    return Work(cell)


@heavy()
def a_description_of_a_terabyte(scene: Scene) -> Work:
    cell = """
    import json
    dense = {"module": "keras.layers", "class_name": "Dense", "registered_name": None,
             "config": {"name": "d", "units": 9_000_000, "activation": "linear"}}
    start = {"module": "keras.layers", "class_name": "InputLayer", "registered_name": None,
             "config": {"batch_shape": [None, 9_000_000], "dtype": "float32", "name": "i"}}
    huge = json.dumps({"module": "keras", "class_name": "Sequential", "registered_name": None,
                       "config": {"name": "huge", "layers": [start, dense]}})
    keras.Sequential.to_json = keras.Model.to_json = lambda self, **settings: huge
    keras.Sequential.get_weights = keras.Model.get_weights = lambda self: []
    """
    return Work(cell)


@heavy()
def weights_that_are_no_numbers(scene: Scene) -> Work:
    answer = """\
net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, activation="softmax")])
net.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
net.set_weights([np.full((2, 3), np.nan), np.array([np.inf, -np.inf, np.nan])])"""
    return Work(answers={"net": answer})


@attack(sum(MODEL_POINTS.values()), lecture=MODEL, alone=Alone.HARMLESS)
def a_model_that_was_really_trained(scene: Scene) -> Work:
    """Among all the liars, one that did the work, in another way than the reference."""
    answer = """\
points = keras.Input((2,))
hidden = keras.layers.Dense(8, activation="relu")(points)
net = keras.Model(points, keras.layers.Dense(3, activation="softmax")(hidden))
net.compile(keras.optimizers.SGD(0.3), keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
net.fit(x_train, y_train, epochs=10, batch_size=50, verbose=0)"""
    return Work(answers={**RIGHT, "net": answer})
