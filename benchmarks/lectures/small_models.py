# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
#   lecture:
#     title: Small models
#     minutes: 45
#     points: 14
#     files: [digits.npz]
# ---

# %% [markdown]
# # Small models
#
# A lecture for benchmarks: its exercises build and train small Keras models, and its checks measure how good they are.

# %%
import os

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
_stderr, _nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
os.dup2(_nowhere, 2)  # TensorFlow writes log lines while it starts, whatever the level
import keras

keras.ops.zeros(1)
os.dup2(_stderr, 2)

SEED = 5
keras.utils.set_random_seed(SEED)

# %% [markdown]
# ## Two moons
#
# Points of two classes, 0 and 1, on two interlocking half circles. No straight line separates them.


# %%
def two_moons(n, seed):
    """Return n points, shape (n, 2), and their classes, shape (n,)."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, size=n)
    angle = rng.uniform(0, np.pi, size=n)
    x = np.where(labels, 1 - np.cos(angle), np.cos(angle))
    y = np.where(labels, 0.5 - np.sin(angle), np.sin(angle))
    points = np.stack([x, y], axis=1) + rng.normal(scale=0.1, size=(n, 2))
    return points.astype("float32"), labels.astype("float32")


x_moons, y_moons = two_moons(400, SEED)
x_new, y_new = two_moons(400, SEED + 1)
print("points to learn from", x_moons.shape, "and for the final test", x_new.shape)

# %% tags=["demo"]
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(5, 3))
ax.scatter(*x_moons.T, c=y_moons, s=8, cmap="coolwarm")
ax.set(title="No straight line separates the two moons", xlabel="x", ylabel="y")
plt.show()

# %% [markdown]
# ### Exercise 1: build
#
# Write `build(hidden)`: a `keras.Sequential` model with two inputs, one hidden layer of `hidden` ReLU neurons, and one sigmoid
# output. Do not train it.


# %% exercise="build"
def build(hidden):
    """Return a network 2 -> hidden (ReLU) -> 1 (sigmoid), not yet trained."""
    ### BEGIN SOLUTION
    return keras.Sequential(
        [
            keras.Input(shape=(2,)),
            keras.layers.Dense(hidden, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    ### END SOLUTION


# %% wrong="build" says="between 0 and 1"
def build(hidden):
    return keras.Sequential(
        [keras.Input(shape=(2,)), keras.layers.Dense(hidden, activation="relu"), keras.layers.Dense(1)]
    )


# %% wrong="build" says="parameters"
def build(hidden):
    return keras.Sequential([keras.Input(shape=(2,)), keras.layers.Dense(1, activation="sigmoid")])


# %% check="build" points=3
_model = build(5)
assert tuple(_model.output_shape) == (None, 1), (
    f"The model should give one number for each point; its output has the shape {_model.output_shape}."
)
assert _model.count_params() > 20, (
    f"The model has {_model.count_params()} parameters, too few for five hidden neurons: is the hidden layer there?"
)
_got = np.asarray(_model(100 * x_moons[:50]))
assert _got.min() >= 0 and _got.max() <= 1, (
    f"The output should be between 0 and 1; yours ranges from {_got.min():.3g} to {_got.max():.3g}."
)
print("The model has one hidden layer and gives a number between 0 and 1.")
### BEGIN HIDDEN TESTS
# reference: build
for _hidden in (1, 7):
    assert build(_hidden).count_params() == reference_build(_hidden).count_params(), (
        f"With {_hidden} hidden neurons the number of parameters is wrong."
    )
_layers = [_layer.get_config().get("activation") for _layer in build(3).layers]
assert _layers == ["relu", "sigmoid"], f"The activations are {_layers}, not relu and sigmoid."
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 2: train
#
# Write `train(model, x, y)`: compile the model with the loss `binary_crossentropy`, fit it to the points, and return it.
# An `Adam` optimiser with a learning rate of 0.05 needs about ten epochs.


# %% exercise="train"
def train(model, x, y):
    """Compile the model and fit it to points x, shape (n, 2), with classes y, shape (n,). Return the model."""
    ### BEGIN SOLUTION
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=10, batch_size=32, verbose=0)
    return model
    ### END SOLUTION


# %% wrong="train" says="has not learnt"
def train(model, x, y):
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    return model


# %% wrong="train" says="has not learnt"
def train(model, x, y):
    model.compile(optimizer=keras.optimizers.SGD(1e-4), loss="binary_crossentropy")
    model.fit(x, y, epochs=2, verbose=0)
    return model


# %% wrong="train" says="return"
def train(model, x, y):
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="binary_crossentropy")
    model.fit(x, y, epochs=3, verbose=0)


# %% check="train" points=4
_trained = train(build(16), x_moons, y_moons)
assert _trained is not None, "Your function returns None: return the model."
_share = np.mean((np.asarray(_trained.predict(x_new, verbose=0)).ravel() > 0.5) == y_new)
assert _share > 0.85, f"The model has not learnt enough: it is right on {100 * _share:.0f} % of new points."
print(f"Your model is right on {100 * _share:.0f} % of points that it has never seen.")
### BEGIN HIDDEN TESTS
_fresh, _labels = two_moons(1000, SEED + 2)
_share = np.mean((np.asarray(_trained(_fresh)).ravel() > 0.5) == _labels)
assert _share > 0.85, f"On fresh data the model has not learnt enough: it is right on {100 * _share:.0f} %."
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 3: decide
#
# Write `decide(model, x)`: the class of each point, an array of 0 and 1 with the shape `(n,)`.


# %% exercise="decide"
def decide(model, x):
    """Return the classes that the model gives to the points x, shape (n, 2): whole numbers, shape (n,)."""
    ### BEGIN SOLUTION
    return (model.predict(x, verbose=0)[:, 0] > 0.5).astype(int)
    ### END SOLUTION


# %% wrong="decide" says="(n,)"
def decide(model, x):
    return (model.predict(x, verbose=0) > 0.5).astype(int)


# %% wrong="decide" says="whole numbers"
def decide(model, x):
    return model.predict(x, verbose=0)[:, 0]


# %% check="decide" points=2
_model = build(2)
_model.set_weights([np.eye(2, dtype="float32"), np.zeros(2), np.array([[4.0], [-4.0]]), np.array([0.0])])
_points = np.array([[1, 0], [0, 1], [3, 1], [1, 3]], dtype="float32")
_got = np.asarray(decide(_model, _points))
assert _got.shape == (4,), f"Four points need four classes, shape (n,); yours has the shape {_got.shape}."
assert set(_got.tolist()) <= {0, 1}, f"The classes are whole numbers, 0 or 1; you give {_got.tolist()}."
print("Four points get four classes.")
### BEGIN HIDDEN TESTS
assert _got.tolist() == [1, 0, 1, 0], f"The classes of the four points should not be {_got.tolist()}."
_got = np.asarray(decide(_model, x_new))
assert np.array_equal(_got, x_new[:, 0].clip(0) > x_new[:, 1].clip(0)), "On many points some classes are wrong."
### END HIDDEN TESTS

# %% [markdown]
# ## Digits
#
# `digits.npz` holds small pictures of handwritten digits, 28 × 28 pixels, as numbers from 0 to 255.

# %%
with np.load("digits.npz", allow_pickle=False) as _arrays:
    x_digits = _arrays["x_train"].reshape(-1, 784).astype("float32") / 255
    y_digits = _arrays["y_train"]
    x_fresh = _arrays["x_test"].reshape(-1, 784).astype("float32") / 255
    y_fresh = _arrays["y_test"]
print("digits", x_digits.shape, "and for the final test", x_fresh.shape)

# %% [markdown]
# ### Exercise 4: ten classes
#
# Build `reader`, a model with 784 inputs and ten softmax outputs, and train it on `x_digits` and `y_digits` until it reads four
# out of five new digits.

# %% exercise="reader"
### BEGIN SOLUTION
reader = keras.Sequential(
    [
        keras.Input(shape=(784,)),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
reader.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
reader.fit(x_digits, y_digits, epochs=3, batch_size=32, verbose=0)
### END SOLUTION

# %% wrong="reader" says="four out of five"
reader = keras.Sequential([keras.Input(shape=(784,)), keras.layers.Dense(10, activation="softmax")])

# %% wrong="reader" says="ten numbers"
reader = keras.Sequential([keras.Input(shape=(784,)), keras.layers.Dense(1)])

# %% check="reader" points=5
_got = np.asarray(reader.predict(x_digits[:200], verbose=0))
assert _got.shape == (200, 10), f"The model should give ten numbers for each digit; the shape is {_got.shape}."
assert np.allclose(_got.sum(axis=1), 1, atol=1e-4), "The ten numbers of a digit should add up to 1: use softmax."
print("The model gives ten probabilities for each digit.")
### BEGIN HIDDEN TESTS
_share = np.mean(np.asarray(reader.predict(x_fresh, verbose=0)).argmax(axis=1) == y_fresh)
assert _share > 0.8, f"The model should read four out of five new digits; it reads {100 * _share:.0f} %."
### END HIDDEN TESTS
