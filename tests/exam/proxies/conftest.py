"""A plain student process, and a connection to it, for all tests of this folder."""

from __future__ import annotations

import time

import pytest

from grader.exam.proxies.connection import StudentConnection
from tests.exam.plain_student import Student, end, serve

ANSWERS = '''
import collections, enum, fractions, numpy as np, pandas as pd
number, text, table = 42, "hello", {"a": [1, 2.5], "b": (None, True)}

def add(a, b=2, *rest, key=None):
    """Add two."""
    return a + b

def same(x): return x
def change(x): x[0] = 99
def grow(x): x.append({"new": x[0]}); x[0] = 0
def fill(d): d["k"] = [1]
def inner(pair): pair[0][0] = 7
def spoil(frame): frame["b"] = frame["a"] * 2
def apply(f, x): return f(x) + 1
def deeper(f, n): return n if n == 0 else f(n - 1) + 1
def draw(rng): return rng.normal(size=2)
def count(n):
    yield from range(n)
def for_ever():
    while True: yield 1
def fail(kind, *args): raise kind(*args)
class Odd(ValueError): pass
def odd(): raise Odd("odd")
def leave(): raise SystemExit(3)
def deep():
    x = []
    for _ in range(500): x = [x]
    return x
def big(): return np.zeros(10_000_000)
def attributes(point): return point.x, type(point).__name__
class Point:
    kind = "point"
    def __init__(self, x): self.x = x
    def moved(self, by): return Point(self.x + by)
    def itself(self): return self
    def __add__(self, other): return Point(self.x + getattr(other, "x", other))
    def __radd__(self, other): return Point(other + self.x)
    def __eq__(self, other): return self.x == other.x
    def __len__(self): return 3
    def __getitem__(self, k): return self.x * k
    def __float__(self): return float(self.x)
    def __contains__(self, k): return k == self.x
    def __enter__(self): self.x = "in"; return self
    def __exit__(self, *e): self.x = "out"
class Node:
    def __init__(self, name, *parents): self.name, self.parents = name, list(parents)
def family(): a = Node("a"); b = Node("b", a); return [Node("c", b), b, a]
class Plain: pass
class Always:
    def __eq__(self, other): return True
    def __ne__(self, other): return True
    def __getattr__(self, name): return lambda *a, **k: 1.0
    def __array__(self, *a, **k): return np.array(1.0)
    def evaluate(self, *args): return [0.0, 1.0]
always = Always()
def lie(*args): return always
def lies(*args): return [always]
class Colour(enum.IntEnum): RED = 1
class Str(str): pass
def clothes():
    return (collections.OrderedDict(a=1), collections.namedtuple("N", "x y")(1, 2), Colour.RED, Str("s"), np.matrix([[1, 2]]),
            fractions.Fraction(1, 3), collections.Counter("aab"), np.longdouble(2), collections.defaultdict(list))
def views(): return {"x": 1}.keys(), map(str, [1, 2]), (i for i in range(3)), np.array([None, 1])
'''


@pytest.fixture(scope="module")
def student(tmp_path_factory):
    student = Student(tmp_path_factory.mktemp("student"))
    assert student.execute(ANSWERS) == ""
    yield student
    student.close()


@pytest.fixture
def connection(student):
    """A connection whose student is serving."""
    connection = StudentConnection(student.sock, deadline=time.monotonic() + 30)
    serve(connection, student, {})
    yield connection
    end(connection, student)


@pytest.fixture
def names(connection):
    """The student's names as attributes."""

    class Names:
        def __getattr__(self, name):
            return connection.fetch(name)

    return Names()
