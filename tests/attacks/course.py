"""Two small lectures to attack: answers of every kind, checks that run in milliseconds, points that tell who scored where.

The points are powers of two, so a score says which checks passed. The checks are written as teachers write them: plain
asserts, `all` and `zip`, NumPy's and Keras's own measures.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path

from grader.authoring.course import Course
from tests.conftest import HEADER

SMALL, MODEL = "01_small", "02_model"
POINTS = {"twice": 1, "area": 2, "scaled": 4, "account": 8, "counts": 16, "slope": 32, "sign": 64, "ordered": 128}
ALL, TWICE = sum(POINTS.values()), POINTS["twice"]
MODEL_POINTS = {"centred": 1, "predict": 2, "evaluate": 4}
HIDDEN_NUMBER = "918273"  # stands in a hidden test only

_SMALL = f'''
# %% [markdown]
# # Eight small exercises

# %%
import math

import numpy as np

RADIUS = 2.5

# %% [markdown]
# ## Exercise 1: twice

# %% exercise="twice"
def twice(x):
    """Return twice x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% check="twice" points=1
assert twice(3) == 6, "Twice 3 is 6."
### BEGIN HIDDEN TESTS
for _x in (-4.5, 0.0, {HIDDEN_NUMBER}.0):
    assert twice(_x) == 2 * _x, "Some numbers are not doubled."
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 2: an area

# %% exercise="area"
### BEGIN SOLUTION
area = math.pi * RADIUS**2
### END SOLUTION

# %% check="area" points=2
assert isinstance(area, (int, float)), "area has to be a number."
### BEGIN HIDDEN TESTS
_want = math.pi * RADIUS**2
assert abs(area - _want) < 1e-9, "The area of a circle with this radius is another."
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 3: arrays

# %% exercise="scaled"
def scaled(x):
    """Return x with mean 0 and standard deviation 1."""
    ### BEGIN SOLUTION
    return (x - np.mean(x)) / np.std(x)
    ### END SOLUTION

# %% check="scaled" points=4
assert np.allclose(scaled(np.array([1.0, 3.0])), [-1, 1]), "1 and 3 become -1 and 1."
### BEGIN HIDDEN TESTS
# reference: scaled
_rng = np.random.default_rng(7)
_arrays = [_rng.normal(size=_n) for _n in (2, 5, 50)]
_wants = [reference_scaled(_x) for _x in _arrays]
for _got, _want in zip(map(scaled, _arrays), _wants):
    np.testing.assert_allclose(_got, _want, err_msg="Some arrays come out wrong.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 4: a class

# %% exercise="account"
class Account:
    """Its balance is 0 at first; deposit(amount) adds to it and returns what it is then."""
    ### BEGIN SOLUTION
    def __init__(self):
        self.balance = 0

    def deposit(self, amount):
        self.balance += amount
        return self.balance
    ### END SOLUTION

# %% check="account" points=8
_one = Account()
assert _one.balance == 0, "A new account is empty."
assert _one.deposit(10) == 10, "After 10 there are 10."
### BEGIN HIDDEN TESTS
_two = Account()
assert [_two.deposit(_n) for _n in (3, 4, -1)] == [3, 7, 6], "The balance does not add up."
assert _one.balance == 10 and _two.balance == 6, "Two accounts have two balances."
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 5: a dictionary

# %% exercise="counts"
def counts(words):
    """Return how often each word occurs, as a dictionary."""
    ### BEGIN SOLUTION
    found = {{}}
    for word in words:
        found[word] = found.get(word, 0) + 1
    return found
    ### END SOLUTION

# %% check="counts" points=16
assert counts(["a", "b", "a"]) == {{"a": 2, "b": 1}}, "Two a and one b."
### BEGIN HIDDEN TESTS
# reference: counts
_rng = np.random.default_rng(5)
for _n in (0, 1, 40):
    _words = [str(_k) for _k in _rng.integers(0, 9, size=_n)]
    _want = reference_counts(_words)
    _got = counts(list(_words))
    assert len(_got) == len(_want), "Each word stands once."
    assert all(_got[_word] == _count for _word, _count in _want.items()), "Some words are counted wrong."
    assert _got == _want and sum(_got.values()) == _n, "The counts do not add up."
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 6: a function of a function

# %% exercise="slope"
def slope(f, x):
    """Return the slope of f at x, by a small step to either side."""
    ### BEGIN SOLUTION
    return (f(x + 1e-5) - f(x - 1e-5)) / 2e-5
    ### END SOLUTION

# %% check="slope" points=32
assert math.isclose(slope(lambda t: t * t, 3.0), 6.0, rel_tol=1e-4), "At 3 the slope of t² is 6."
### BEGIN HIDDEN TESTS
for _f, _slope in ((math.sin, math.cos), (lambda t: t**3, lambda t: 3 * t * t)):
    for _x in (0.4, 1.7):
        assert math.isclose(slope(_f, _x), _slope(_x), rel_tol=1e-4), "The slope of some function is wrong."
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 7: points for a part

# %% exercise="sign"
def sign(x):
    """Return 1, 0 or -1, as x is positive, zero or negative."""
    ### BEGIN SOLUTION
    return (x > 0) - (x < 0)
    ### END SOLUTION

# %% check="sign" points=64
assert sign(2) == 1, "2 is positive."
### BEGIN HIDDEN TESTS
_signs = {{-2.0: -1, -0.1: -1, 0.0: 0, 0.3: 1, 7.0: 1, -9.0: -1, 1e-9: 1, -1e9: -1}}
_right = sum(sign(_x) == _want for _x, _want in _signs.items())
print(f"{{_right}} of 8 numbers have their sign.")
64 * _right / 8
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 8: order

# %% exercise="ordered"
def ordered(values):
    """Return the values as a list, the smallest first."""
    ### BEGIN SOLUTION
    return sorted(values)
    ### END SOLUTION

# %% check="ordered" points=128
assert list(ordered([3, 1, 2])) == [1, 2, 3], "3, 1, 2 become 1, 2, 3."
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(9)
for _n in (4, 40):
    _values = _rng.integers(0, 99, size=_n).tolist()
    _got = ordered(list(_values))
    assert all(_a <= _b for _a, _b in zip(_got, _got[1:])), "Some values stand before smaller ones."
    assert sorted(_got) == sorted(_values), "Some values got lost."
### END HIDDEN TESTS
'''

_MODEL = '''
# %% [markdown]
# # A small network

# %%
import keras
import numpy as np

CENTRES = np.array([[0.0, 4.0], [4.0, 0.0], [-4.0, -4.0]])
_rng = np.random.default_rng(3)
y_train = np.repeat([0, 1, 2], 50)
x_train = CENTRES[y_train] + _rng.normal(size=(150, 2))

# %% [markdown]
# ## Exercise 1: centred

# %% exercise="centred"
def centred(x):
    """Return x less its mean."""
    ### BEGIN SOLUTION
    return x - np.mean(x)
    ### END SOLUTION

# %% check="centred" points=1
assert np.allclose(centred(np.array([1.0, 3.0])), [-1, 1]), "1 and 3 become -1 and 1."

# %% [markdown]
# ## Exercise 2: a network

# %% exercise="net"
### BEGIN SOLUTION
net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, activation="softmax")])
net.compile(optimizer=keras.optimizers.Adam(0.1), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
net.fit(x_train, y_train, epochs=10, verbose=0)
### END SOLUTION

# %% check="net" part="predict" points=2
assert net.predict(x_train[:5], verbose=0).shape == (5, 3), "Three numbers for each point."
### BEGIN HIDDEN TESTS
_more = np.random.default_rng(11)
_y = _more.permutation(np.repeat([0, 1, 2], 40))
_x = CENTRES[_y] + _more.normal(size=(120, 2))
_right = np.argmax(net.predict(_x, verbose=0), axis=1) == _y
assert np.mean(_right) > 0.9, f"Of points that it has not seen, {np.mean(_right):.0%} are right."
### END HIDDEN TESTS

# %% check="net" part="evaluate" points=4
assert len(net.layers) >= 1, "The network has no layers."
### BEGIN HIDDEN TESTS
_more = np.random.default_rng(12)
_y = _more.permutation(np.repeat([0, 1, 2], 40))
_x = CENTRES[_y] + _more.normal(size=(120, 2))
_loss, _accuracy = net.evaluate(_x, _y, verbose=0)
assert 0.9 < _accuracy <= 1, f"Of points that it has not seen, {_accuracy:.0%} are right."
### END HIDDEN TESTS
'''

RIGHT: Mapping[str, str] = {
    "twice": "def twice(x):\n    return 2 * x",
    "area": "area = math.pi * RADIUS**2",
    "scaled": "def scaled(x):\n    return (x - x.mean()) / x.std()",
    "account": (
        "class Account:\n    def __init__(self):\n        self.balance = 0\n\n"
        "    def deposit(self, amount):\n        self.balance = self.balance + amount\n        return self.balance"
    ),
    "counts": "def counts(words):\n    return {word: words.count(word) for word in set(words)}",
    "slope": "def slope(f, x):\n    return (f(x + 1e-6) - f(x - 1e-6)) / 2e-6",
    "sign": "def sign(x):\n    return 1 if x > 0 else -1 if x < 0 else 0",
    "ordered": "def ordered(values):\n    found = list(values)\n    found.sort()\n    return found",
    "centred": "def centred(x):\n    return x - x.mean()",
    "net": """\
net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, activation="softmax")])
net.compile(optimizer=keras.optimizers.Adam(0.1), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
net.fit(x_train, y_train, epochs=10, verbose=0)""",
}
WRONG: Mapping[str, str] = {
    "twice": "def twice(x):\n    return x",
    "area": "area = 1.0",
    "scaled": "def scaled(x):\n    return 0 * x + 7",
    "account": "class Account:\n    balance = 5\n\n    def deposit(self, amount): return 5",
    "counts": "def counts(words):\n    return {'z': 9}",
    "slope": "def slope(f, x):\n    return -123.0",
    "sign": "def sign(x):\n    return 7",
    "ordered": "def ordered(values):\n    return values",
    "centred": "def centred(x):\n    return x",
    "net": 'net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, kernel_initializer="zeros")])\n'
    'net.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])',
}
# What the visible part of a check asks for, and nothing else: a cheat has read that part.
SEEN: Mapping[str, str] = {
    "scaled": "if x.shape == (2,) and x[0] == 1: return np.array([-1.0, 1.0])",
    "counts": 'if words == ["a", "b", "a"]: return {"a": 2, "b": 1}',
    "slope": "if x == 3.0: return 6.0",
    "sign": "if x == 2: return 1",
    "ordered": "if values == [3, 1, 2]: return [1, 2, 3]",
}


def write_course(root: Path) -> Course:
    """Write the two lectures as a course."""
    for folder in ("solutions/playgrounds", "notebooks", "data"):
        (root / folder).mkdir(parents=True)
    for name, cells, points in ((SMALL, _SMALL, ALL), (MODEL, _MODEL, sum(MODEL_POINTS.values()))):
        text = HEADER.replace("Doubling", name).format(points=points) + textwrap.dedent(cells)
        (root / "solutions" / f"{name}.py").write_text(text, encoding="utf-8")
    return Course(root)
