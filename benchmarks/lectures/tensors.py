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
#     title: A first look at tensors
#     minutes: 20
#     points: 9
# ---

# %% [markdown]
# # A first look at tensors
#
# A lecture for benchmarks: it imports TensorFlow, like most notebooks of such a course, but hardly uses it.

# %%
import os
from itertools import pairwise

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
_stderr, _nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
os.dup2(_nowhere, 2)  # TensorFlow writes log lines while it starts, whatever the level
import tensorflow as tf

tf.constant(0.0)
os.dup2(_stderr, 2)

print("TensorFlow is ready.")

# %% [markdown]
# A **tensor** is an array that TensorFlow computes with. It has a shape, and all of its entries have the same type.

# %% [markdown]
# ### Exercise 1: from rows to a tensor
#
# Write `to_tensor(rows)`: a tensor of type `float32` with the numbers of `rows`, a list of rows. `tf.constant` makes one.


# %% exercise="to_tensor"
def to_tensor(rows):
    """Return a float32 tensor with the numbers of a list of rows."""
    ### BEGIN SOLUTION
    return tf.constant(rows, dtype=tf.float32)
    ### END SOLUTION


# %% wrong="to_tensor" says="should be float32"
def to_tensor(rows):
    return tf.constant(rows)


# %% wrong="to_tensor" says="one row for each list"
def to_tensor(rows):
    return tf.transpose(tf.constant(rows, dtype=tf.float32))


# %% check="to_tensor" points=2
_got = to_tensor([[1, 2, 3], [4, 5, 6]])
assert tuple(_got.shape) == (2, 3), f"The shape should be (2, 3), one row for each list; yours is {tuple(_got.shape)}."
assert "float32" in str(_got.dtype), f"The type should be float32; yours is {_got.dtype}."
print("Two rows of three numbers become a tensor.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(1)
for _shape in ((1, 1), (3, 2), (2, 5)):
    _rows = _rng.normal(size=_shape).tolist()
    assert np.allclose(np.asarray(to_tensor(_rows)), _rows, atol=1e-6), "The numbers are not those of the rows."
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 2: one layer
#
# Write `layer(x, w, b)`: the product of `x` and `w`, plus `b`, with every negative number replaced by 0. `tf.matmul`
# multiplies, and `tf.nn.relu` replaces negative numbers.


# %% exercise="layer"
def layer(x, w, b):
    """Return max(0, x w + b). Shapes: x (n, i), w (i, o), b (o,); all float32."""
    ### BEGIN SOLUTION
    return tf.nn.relu(tf.matmul(x, w) + b)
    ### END SOLUTION


# %% wrong="layer" says="negative"
def layer(x, w, b):
    return tf.matmul(x, w) + b


# %% wrong="layer" says="bias"
def layer(x, w, b):
    return tf.nn.relu(tf.matmul(x, w))


# %% check="layer" points=4
_x, _w = np.array([[1, 2]], dtype="float32"), np.array([[1, -1, 0], [1, -1, 1]], dtype="float32")
_b = np.array([0, 0, 5], dtype="float32")
_got = np.asarray(layer(_x, _w, _b))
assert _got.shape == (1, 3), f"One row in, one row out: the shape should be (1, 3), yours is {_got.shape}."
assert _got.min() >= 0, f"Your smallest number is {_got.min():g}. Every negative number should become 0."
assert _got[0, 2] > 2, "The last number is too small. Add the bias before you replace negative numbers."
print("A layer of three neurons does what it should.")
### BEGIN HIDDEN TESTS
# reference: layer
_rng = np.random.default_rng(2)
for _n, _i, _o in ((1, 1, 1), (4, 3, 2), (10, 5, 7)):
    _x, _w, _b = (_rng.normal(size=_s).astype("float32") for _s in ((_n, _i), (_i, _o), (_o,)))
    _got, _want = np.asarray(layer(_x, _w, _b)), np.asarray(reference_layer(_x, _w, _b))
    assert np.allclose(_got, _want, atol=1e-5), f"For {_n} rows of {_i} numbers the layer is off."
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 3: count
#
# Write `parameters(sizes)`: the number of weights and biases of a network whose layers have these sizes. `[2, 3, 1]` means
# two inputs, three neurons, one output.


# %% exercise="parameters"
def parameters(sizes):
    """Return the number of weights and biases, a whole number."""
    ### BEGIN SOLUTION
    return sum((before + 1) * after for before, after in pairwise(sizes))
    ### END SOLUTION


# %% wrong="parameters" says="biases"
def parameters(sizes):
    return sum(before * after for before, after in pairwise(sizes))


# %% wrong="parameters" says="between two layers"
def parameters(sizes):
    return sum(sizes)


# %% check="parameters" points=3
_got = parameters([2, 3, 1])
assert _got != 9, "You have counted only the weights. Count the biases too, one for each neuron."
assert _got > 6, (
    f"You get {_got}. The weights are between two layers: from each neuron to each neuron of the next layer."
)
print("The network with three neurons has the right number.")
### BEGIN HIDDEN TESTS
# reference: parameters
for _sizes in ([2, 3, 1], [1, 1], [784, 128, 10], [4, 3, 2, 1]):
    assert parameters(_sizes) == reference_parameters(_sizes), f"For the sizes {_sizes} the number is wrong."
### END HIDDEN TESTS
